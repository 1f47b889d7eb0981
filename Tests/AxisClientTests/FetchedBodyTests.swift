import Foundation
import HTTPTransport
import Testing

@testable import AxisClient

@Suite("What a fetching call gives: a message, or an answer about it")
struct FetchedBodyTests {
  private static let letter = "<?xml version=\"1.0\"?><edXML>đ</edXML>"

  /// Fetches from an axis that downloads `download` and gives the message by `getEdoc`.
  private func fetch(_ download: String, _ retrieval: AxisAccount.Retrieval) async throws -> (
    outcome: String, calls: Int, file: Data?
  ) {
    let encoded = Data(Self.letter.utf8).base64EncodedString()
    let server = try RawServer { _, head in
      .answer(
        RawServer.answer(
          head.hasPrefix("GET ") ? download : #"{"status":"OK","ErrorCode":"0","data":"\#(encoded)"}"#))
    }
    let connection = AxisConnection(
      account: AxisAccount(endpoint: server.url, systemID: "S", secret: "s", retrieval: retrieval),
      transport: HTTPClient(), now: { Date() })
    let path = NSTemporaryDirectory() + "/fetched-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: path) }
    let outcome = word(await connection.fetchEdoc(docID: "d", into: path))
    return (outcome, server.requests.count, FileManager.default.contents(atPath: path))
  }

  @Test(
    "What is downloaded and is no XML, or is a page, is not the message: getEdoc decides",
    arguments: [
      #"{"status":"FAIL","message":"timeout"}"#, #"{"hello":"world"}"#, "[]", "Hệ thống đang bảo trì",
      "\r\n<!DOCTYPE HTML><p>Bảo trì</p>", "<html>Bảo trì</html>", "\u{feff}<HTML>Bảo trì</HTML>",
      #"{"status":"FAIL","message":""# + String(repeating: "x", count: 70_000) + #""}"#,
    ])
  func answerInPlaceOfMessage(_ download: String) async throws {
    let both = try await fetch(download, .downloadThenGet)
    #expect(both.outcome == "accepted" && both.calls == 2)
    #expect(both.file == Data(Self.letter.utf8))
    let only = try await fetch(download, .downloadOnly)
    #expect(only.outcome.hasPrefix("tryAgain "), "\(only.outcome)")
    #expect(only.calls == 1 && only.file == nil)
  }

  @Test("What begins as XML is the message", arguments: [letter, "\u{feff}" + letter, " \r\n" + letter, "<htm/>"])
  func xml(_ download: String) async throws {
    let got = try await fetch(download, .downloadThenGet)
    #expect(got.outcome == "accepted" && got.calls == 1)
    #expect(got.file == Data(download.utf8))
  }

  @Test("A text's beginning is found behind either byte order mark")
  func beginning() {
    let texts: [[UInt8]] = [
      [0xff, 0xfe, 0x3c, 0, 0x48, 0], [0xfe, 0xff, 0, 0x3c, 0, 0x48], [0xef, 0xbb, 0xbf, 0x20, 0x3c, 0x48],
    ]
    for text in texts { #expect(text.textBeginning == [0x3c, 0x68]) }
    let blank: [UInt8] = [0xff, 0xfe, 0x20, 0, 0x0a]
    #expect(blank.textBeginning.isEmpty)
  }

  /// What is decoded from an answer that has `text` as its message between `before` and `after`.
  private func decode(
    _ text: String, at place: EncodedMessage.Place = .axis,
    between before: String = #"{"status":"OK","ErrorCode":"0","data":""#, _ after: String = #""}"#
  ) throws -> Data? {
    let path = NSTemporaryDirectory() + "/encoded-\(UUID().uuidString)"
    defer { for file in [path, path + ".answer"] { try? FileManager.default.removeItem(atPath: file) } }
    try Data((before + text + after).utf8).write(to: URL(fileURLWithPath: path + ".answer"))
    let decoded = try EncodedMessage(place, answer: path + ".answer", into: path)
    let message = FileManager.default.contents(atPath: path)
    let envelope = String(decoding: decoded.envelope, as: UTF8.self)
    #expect(envelope == before + after || message == nil && envelope == before + text + after)
    #expect(decoded.byteCount == message?.count)
    return message
  }

  @Test("Base64 is decoded whatever its lines end with", arguments: ["", "\n", "\r\n", #"\r\n"#])
  func lines(_ end: String) throws {
    let message = Data((0..<(1 << 20)).map { UInt8(truncatingIfNeeded: ($0 &* 31) ^ ($0 >> 8)) })
    let encoded = Array(message.base64EncodedData())
    let lines = stride(from: 0, to: encoded.count, by: 64).map { start in
      String(decoding: encoded[start..<min(start + 64, encoded.count)], as: UTF8.self)
    }
    let text = lines.joined(separator: end)
    #expect(try decode(text) == message)
    #expect(try decode(text.replacingOccurrences(of: "/", with: #"\/"#)) == message)
    // Some JSON libraries write every plus so.
    let escaped = text.replacingOccurrences(of: "+", with: #"\u002B"#)
    #expect(try escaped != text && decode(escaped) == message)
    #expect(try decode(text, at: .gateway, between: #"{"edxml":""#) == message)
  }

  @Test("A message that comes as text is the same in pieces of any size, however JSON writes it")
  func text() throws {
    let text =
      "\u{feff}<?xml version=\"1.0\"?>\n<edXML>"
      + (0..<18_000).map { "đề \\ \($0) 😀\t" }.joined() + "</edXML>\r\n"
    let plain = try #require(String(data: try JSONEncoder().encode(text), encoding: .utf8)).dropFirst().dropLast()
    let escaped = text.utf16.map { "\\u" + String(Int($0) + 0x10000, radix: 16).dropFirst() }.joined()
    // Shifted by a byte at a time, so that the ends of pieces fall into characters and escapes.
    for shift in 0..<3 {
      let before = #"{"\#(String(repeating: "x", count: shift))": {}, "data": {"edxml": ""#
      let after = #"", "attachments": []}}"#
      #expect(try decode(String(plain), at: .gateway, between: before, after) == Data(text.utf8))
      #expect(try decode(escaped, at: .gateway, between: before, after) == Data(text.utf8))
    }
    // Foundation's reader would drop a mark behind an escape.
    let marks = "<a>\r\n\u{feff}b\"\u{feff}</a>"
    let marked = marks.replacing("\r\n", with: #"\r\n"#).replacing("\"", with: #"\""#)
    #expect(try decode(marked, at: .gateway, between: #"{"edxml":""#) == Data(marks.utf8))
    #expect(try decode("<a>\n</a>", at: .gateway, between: #"{"edxml":""#) == Data("<a>\n</a>".utf8))
    for broken in [
      #"<a>\u00"#, #"<a>\u0\n"#, #"<a>\x"#, "<a>\\\n</a>", #"<a>\u+0e9"#, #"<a>\ud83d\u0041"#, #"<a>\ude00"#,
    ] {
      #expect(throws: EncodedMessage.Failure.self, "\(broken)") {
        try decode(broken, at: .gateway, between: #"{"edxml":""#)
      }
    }
    // The axis gives no text, and half characters without end are none.
    #expect(try decode("<edXML/>") == nil)
    #expect(throws: EncodedMessage.Failure.self) {
      try decode("<" + String(repeating: #"\ud83d"#, count: 200_000), at: .gateway, between: #"{"edxml":""#)
    }
  }

  @Test("A message is taken from one place only, which is the answer itself or its data")
  func place() throws {
    let elsewhere = [
      #"[{"docId":"d","edxml":""#: #""}]"#, #"{"success":true,"previous":{"edxml":""#: #""}}"#,
      #"{"success":true,"data":[{"edxml":""#: #""}]}"#, #"{"data":{"old":{"edxml":""#: #""}}}"#,
      #"{"data":{},"old":{"edxml":""#: #""}}"#,
    ]
    for (before, after) in elsewhere {
      #expect(try decode("<a/>", at: .gateway, between: before, after) == nil, "\(before)")
    }
    #expect(
      try decode("<a/>", at: .gateway, between: #"{"old":{},"Data":{"x":[],"edXML":""#, "\"}}") == Data("<a/>".utf8))
    #expect(throws: EncodedMessage.Failure.self) {
      try decode("<a/>", at: .gateway, between: #"{"edxml":"<b/>","data":{"edxml":""#, "\"}}")
    }
  }

  @Test("What stands beside the message is cut, and is JSON still")
  func beside() throws {
    let start = #"{"attachments":[{"fileContent":"#
    for (unit, kept) in [("A", 4096), ("đ", 8192), (#"\u00e9"#, nil), ("AA\\\"", nil)] as [(String, Int?)] {
      let path = NSTemporaryDirectory() + "/encoded-\(UUID().uuidString)"
      defer { for file in [path, path + ".answer"] { try? FileManager.default.removeItem(atPath: file) } }
      let answer = start + "\"" + String(repeating: unit, count: 100_000) + #" và kết thúc ở đây."}],"edxml":"<a/>"}"#
      try Data(answer.utf8).write(to: URL(fileURLWithPath: path + ".answer"))
      let decoded = try EncodedMessage(.gateway, answer: path + ".answer", into: path)
      let read = try #require(AxisAnswer(decoded.envelope))
      #expect(read.has("attachments") && read.exactText("edxml") == "")
      #expect(FileManager.default.contents(atPath: path) == Data("<a/>".utf8))
      if let kept { #expect(decoded.envelope.count < kept + 200) }
    }
  }

  @Test("An answer with more blanks than lines of base64 can have is refused at once")
  func blanks() throws {
    let blanks = String(repeating: " ", count: 1 << 20)
    #expect(try decode("AAAA" + blanks) == nil)
    #expect(try decode(String(repeating: "A ", count: 1 << 18)) == nil)
    #expect(try decode(String(repeating: #"\n"#, count: 1 << 18)) == nil)
    #expect(try decode("AAAA" + String(repeating: " ", count: 1000))?.count == 3)
  }

  @Test("A list of messages may be less large than one of agencies")
  func listSizes() async throws {
    #expect(AxisLimits().maximumMailboxBytes == 16 << 20 && AxisLimits().maximumListBytes == 96 << 20)
    let server = try RawServer { _, _ in
      .answerAndClose(
        RawServer.answer(
          #"{"ErrorCode":"0","data":[]}"# + String(repeating: " ", count: 2000), headers: "Connection: close\r\n"))
    }
    let connection = AxisConnection(
      account: AxisAccount(endpoint: server.url, systemID: "S", secret: "s"), transport: HTTPClient(),
      limits: AxisLimits(maximumMailboxBytes: 1000), now: { Date() })
    let tooLarge = "tryAgain unreadableAnswer transport-response-too-large"
    #expect(word(await connection.getReceivedEdocList(.edoc)) == tooLarge)
    #expect(word(await connection.getSentEdocList(.edoc, docID: nil)) == tooLarge)
    #expect(word(await connection.getAgenciesList()) == "accepted")
  }
}
