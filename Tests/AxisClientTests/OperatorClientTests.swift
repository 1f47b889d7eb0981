import AxisClient
import Foundation
import SigningCore
import Testing

/// The embedded axis under the operator's client, as domain notes 13 saw it; none of our client's code is used.
@Suite("The operator's client at the embedded axis")
struct OperatorClientTests {
  private static let secret = AxisBench.secrets["SYS-A"] ?? ""
  private static let authoritySecret = AxisBench.secrets["SYS-C"] ?? ""

  private static func timestamp(_ ago: TimeInterval = 0) -> String {
    let format = DateFormatter()
    format.locale = Locale(identifier: "en_US_POSIX")
    format.timeZone = TimeZone(secondsFromGMT: 7 * 3600)
    format.dateFormat = "ddMMyyyy'T'HHmmss'+'SSSS"
    return format.string(from: Date().addingTimeInterval(-ago))
  }

  private static func unpadded(_ bytes: [UInt8]) throws -> String {
    try Digest.of(bytes).map { String($0, radix: 16) }.joined()
  }

  private func port(_ bench: AxisBench) throws -> Int { try #require(URL(string: bench.url)?.port) }

  @Test("Stale headers, old timestamp, Expect, CR LF and keep-alive: a letter goes through on one connection")
  func wholeRun() async throws {
    let bench = try await AxisBench.start()
    let message = Array(SampleMessage.document())
    // One timestamp for all calls, hours old; header order as a hash map gives it.
    let stamp = Self.timestamp(5 * 3600)
    let client = try RawClient(port: port(bench))
    let agencies = try await client.send(
      "POST", "/getAgenciesListQD20",
      RawClient.headers(
        [("level", "1"), ("systemid", "SYS-A"), ("timestamp", stamp), ("Content-Type", "application/json")],
        secret: Self.secret)
        + ["Content-Type: application/json"])
    #expect(agencies.status == 200 && agencies.errorCode == "0")
    #expect(
      (agencies.json["data"] as? [[String: Any]])?.contains { $0["code102"] as? String == AxisBench.agency } == true)

    // sendEdoc comes over another HTTP stack, with other headers, and CR LF after the file.
    let sender = try RawClient(port: port(bench))
    let sent = try await sender.send(
      "POST", "/sendEdoc",
      RawClient.headers(
        [
          ("hash-file", try Self.unpadded(message)), ("level", "1"), ("from", AxisBench.agency),
          ("messagetype", "edoc"),
          ("servicetype", "eDoc"), ("Content-Type", "application/octet-stream"), ("systemid", "SYS-A"),
          ("timestamp", stamp),
        ], secret: Self.secret)
        + ["Content-Type: application/octet-stream", "Cache-Control: no-cache", "Pragma: no-cache"],
      body: message + [13, 10])
    #expect(sent.status == 200 && sent.errorCode == "0")
    let senderID = try #require(sent.json["DocId"] as? String)

    // The receiver's service object still carries an old hash-file, filePath and from, all signed.
    let receiver = try RawClient(port: port(bench))
    let stale = [("hash-file", "abc"), ("filePath", "/tmp/store"), ("from", "somebody"), ("level", "1")]
    func receive(
      _ method: String, _ name: String, _ own: [(String, String)], body: [UInt8] = [], expecting: Bool = false
    ) async throws -> RawClient.Answer {
      try await receiver.send(
        method, "/" + name,
        RawClient.headers(
          stale + own + [("systemid", "SYS-C"), ("timestamp", stamp), ("Content-Type", "application/json")],
          secret: Self.authoritySecret)
          + ["Content-Type: application/json"], body: body, expecting: expecting)
    }
    let kind = [("servicetype", "eDoc"), ("messagetype", "edoc")]
    let list = try await receive("POST", "getReceivedEdocList", kind)
    let entry = try #require((list.json["data"] as? [[String: Any]])?.first)
    let docID = try #require(entry["docId"] as? String)
    #expect(entry["status"] as? String == "initial")
    #expect(
      try await receive("POST", "countReceiveEdoc", kind, body: Array("{}".utf8), expecting: true).json["count"] as? Int
        == 1)
    let got = try await receive("POST", "getEdoc", [("docId", docID)], body: Array("{}".utf8), expecting: true)
    #expect(
      Data(base64Encoded: got.json["data"] as? String ?? "") == Data(message), "one CR LF, no more, was taken off")
    let raw = try await receive("GET", "downloadEdoc", [("docId", docID)])
    #expect(raw.status == 200 && raw.body == message)
    // One sample writes docid.
    #expect(
      try await receive(
        "POST", "updateStatus", [("docid", docID), ("status", "done")], body: Array("{}".utf8), expecting: true
      ).errorCode == "0")
    #expect((try await receive("POST", "getReceivedEdocList", kind).json["data"] as? [Any])?.isEmpty == true)
    let register = #"{"id":"7","pcode":"","code":"H97.01","name":"Chi cục Thử","mail":"a@vi.du","mobile":"","fax":""}"#
    #expect(
      try await receive("POST", "registerAgency", [], body: Array(register.utf8), expecting: true).errorCode == "0")

    let history = try await sender.send(
      "POST", "/getSentEdocList",
      RawClient.headers(
        kind + [
          ("docId", senderID), ("systemid", "SYS-A"), ("timestamp", stamp), ("Content-Type", "application/json"),
        ], secret: Self.secret))
    #expect((history.json["data"] as? [[String: Any]])?.map { $0["receiveStatus"] as? String } == ["done"])
    await bench.stop()
  }

  @Test("A changed header, a wrong hash or a missing signature is refused as 15, and nothing is stored")
  func forgery() async throws {
    let bench = try await AxisBench.start()
    let client = try RawClient(port: port(bench))
    let message = Array(SampleMessage.document())
    let parameters = [
      ("timestamp", Self.timestamp()), ("systemid", "SYS-A"), ("Content-Type", "application/octet-stream"),
      ("from", AxisBench.agency), ("servicetype", "eDoc"), ("messagetype", "edoc"), ("to", #"["G11.99"]"#),
      ("hash-file", try Self.unpadded(message)),
    ]
    func send(_ lines: [String]) async throws -> String {
      try await client.send("POST", "/sendEdoc", lines, body: message + [13, 10]).errorCode
    }
    for (key, value) in [
      ("from", "H99.16"), ("to", #"["H99.16"]"#), ("messagetype", "status"), ("timestamp", Self.timestamp(60)),
      ("hash-file", "00"),
    ] {
      #expect(
        try await send(RawClient.headers(parameters, secret: Self.secret, change: [key: value])) == "15", "\(key)")
    }
    #expect(
      try await send(RawClient.headers(parameters, secret: Self.secret, hash: String(repeating: "0", count: 64)))
        == "15")
    #expect(try await send(RawClient.headers(parameters, secret: "x")) == "15")
    let good = try RawClient.headers(parameters, secret: Self.secret)
    for missing in [
      "XroadVnpt-sign-header:", "XroadVnpt-hash-header:", "XroadVnpt-systemid:", "XroadVnpt-timestamp:",
      "XroadVnpt-to:",
    ] {
      #expect(try await send(good.filter { !$0.hasPrefix(missing) }) == "15", "without \(missing)")
    }
    #expect(try await send(good + ["xroadvnpt-to: [\"H99.16\"]"]) == "15", "a second, unsigned receiver")
    // Another system's signature does not lend its codes.
    let foreign = parameters.map { $0.0 == "systemid" ? ("systemid", "SYS-C") : $0 }
    #expect(try await send(RawClient.headers(foreign, secret: Self.authoritySecret)) == "19")
    let otherFile = parameters.map { $0.0 == "hash-file" ? ("hash-file", "00ff") : $0 }
    #expect(try await send(RawClient.headers(otherFile, secret: Self.secret)) == "10")
    #expect(await bench.connection("SYS-C").countReceived(.edoc).value == 0)
    // Names in any case, and true hexadecimal, are fine.
    let padded = parameters.map {
      $0.0 == "hash-file" ? ("hash-file", (try? Digest.of(message).hexadecimal) ?? "") : $0
    }
    let lower = try RawClient.headers(padded, secret: Self.secret).map { line in
      let colon = line.firstIndex(of: ":") ?? line.startIndex
      return line[..<colon].lowercased() + line[colon...]
    }
    #expect(try await send(lower) == "0")
    await bench.stop()
  }

  @Test("A message that ends in CR LF of its own keeps it, with or without the appended one")
  func ownLineEnd() async throws {
    let bench = try await AxisBench.start()
    let client = try RawClient(port: port(bench))
    let message = Array("no XML at all\r\n".utf8)
    for body in [message + [13, 10], message] {
      let lines = try RawClient.headers(
        [
          ("timestamp", Self.timestamp()), ("systemid", "SYS-A"), ("Content-Type", "application/octet-stream"),
          ("from", AxisBench.agency), ("to", "G11.99"), ("hash-file", try Self.unpadded(message)),
        ], secret: Self.secret)
      #expect(try await client.send("POST", "/sendEdoc", lines, body: body).errorCode == "0")
    }
    let authority = bench.connection("SYS-C")
    for entry in try #require(await authority.getReceivedEdocList(.edoc).value) {
      let path = bench.path(entry.docID)
      _ = await authority.fetchEdoc(docID: entry.docID, into: path)
      #expect(FileManager.default.contents(atPath: path) == Data(message))
    }
    await bench.stop()
  }

  @Test("What is no operation, and what is no HTTP, gets an answer and does no harm")
  func nonsense() async throws {
    let bench = try await AxisBench.start()
    #expect(try await RawClient(port: port(bench)).send("POST", "/deleteEverything", []).status == 404)
    #expect(try await RawClient(port: port(bench)).send("PUT", "/sendEdoc", []).status == 405)
    #expect(
      try await RawClient(port: port(bench)).send("POST", "/sendEdoc", ["XroadVnpt-systemid: SYS-A"]).errorCode == "15")
    #expect(try await RawClient(port: port(bench)).send("GET", "/x", ["Broken Header"]).status == 400)
    #expect(await bench.connection("SYS-A").countReceived(.edoc).value == 0)
    await bench.stop()
  }
}
