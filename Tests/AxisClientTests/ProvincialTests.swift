import AxisClient
import AxisSimulator
import Foundation
import HTTPTransport
import Synchronization
import Testing

@Suite("A provincial gateway")
struct ProvincialTests {
  @Test("A letter goes from sender to receiver byte for byte, and done takes it off the list")
  func letter() async throws {
    let bench = try await AxisBench.start(kind: .provincial)
    let (agency, authority) = (bench.gateway("SYS-P"), bench.gateway("SYS-C"))
    for message in [SampleMessage.document(), SampleMessage.document(padding: 3 << 20) + Data("\r\n".utf8)] {
      let file = try bench.file("letter.edxml", message)
      let sent = await agency.sendEdoc(file: file, from: "H99.17", to: nil, messageType: .edoc)
      #expect(word(sent) == "refused account 19", "the message names another system's agency as its sender")
      let own = try bench.file(
        "own.edxml",
        Data(String(decoding: message, as: UTF8.self).replacingOccurrences(of: AxisBench.agency, with: "H99.17").utf8))
      #expect(word(await agency.sendEdoc(file: own, from: "H99.17", to: nil, messageType: .edoc)) == "accepted")
      let entry = try #require(await authority.getReceivedEdocList(.edoc).value?.first)
      #expect(entry.from == ["H99.17"] && entry.to == [AxisBench.authority] && entry.status == "initial")
      let path = bench.path("fetched")
      #expect(word(await authority.fetchEdoc(docID: entry.docID, into: path)) == "accepted")
      #expect(FileManager.default.contents(atPath: path) == FileManager.default.contents(atPath: own))
      #expect(word(await authority.updateStatus(docID: entry.docID, .done)) == "accepted")
      #expect(await authority.countReceived(.edoc).value == 0)
    }
    let status = try bench.file("status.edxml", SampleMessage.status(about: "H99.17"))
    #expect(
      word(await authority.sendEdoc(file: status, from: AxisBench.authority, to: nil, messageType: .status))
        == "accepted")
    #expect(await agency.getReceivedEdocList(.status).value?.count == 1)
    #expect(await agency.getAgenciesList().value?.contains { $0.code == "H99.17" } == true)
    #expect(word(await agency.getSentEdocList(.edoc, docID: nil)) == "refused message not-offered")
    await bench.stop()
  }

  @Test("Wrong login, wrong key: the account is refused, no message is")
  func account() async throws {
    let bench = try await AxisBench.start(kind: .provincial)
    let file = try bench.file("letter.edxml", SampleMessage.document())
    for gateway in [bench.gateway("SYS-P", password: "wrong"), bench.gateway("SYS-P", secret: "wrong")] {
      let sent = await gateway.sendEdoc(file: file, from: "H99.17", to: nil, messageType: .edoc)
      #expect(word(sent).hasPrefix("refused account "), "\(word(sent))")
    }
    await bench.stop()
  }

  @Test("A letter whose answer is lost is of unknown outcome; one that was not sent is tried again")
  func lost() async throws {
    let faults = #"{"rules": [{"operation": "sendEdoc", "fault": "loseAnswer", "limit": 1}]}"#
    let bench = try await AxisBench.start(faults: faults, kind: .provincial)
    let message = String(decoding: SampleMessage.document(), as: UTF8.self)
    let file = try bench.file(
      "letter.edxml", Data(message.replacingOccurrences(of: AxisBench.agency, with: "H99.17").utf8))
    let gateway = bench.gateway("SYS-P")
    #expect(
      word(await gateway.sendEdoc(file: file, from: "H99.17", to: nil, messageType: .edoc))
        == "unknown interrupted transport-connection-lost")
    #expect(await bench.gateway("SYS-C").getReceivedEdocList(.edoc).value?.count == 1)
    await bench.stop()
    let away = bench.gateway("SYS-P")
    #expect(
      word(await away.sendEdoc(file: file, from: "H99.17", to: nil, messageType: .edoc)).hasPrefix(
        "tryAgain notReached"))
  }

  /// A gateway that answers calls with `answers` in turn, and each login with a new token.
  private func gateway(_ answers: [String], login: String? = nil) throws -> (RawServer, ProvincialConnection) {
    let server = try RawServer { number, head in
      if head.contains("/v1/auth/login") {
        return .answer(login ?? RawServer.answer(#"{"data":{"token":"t\#(number)"}}"#))
      }
      return .answer(head.contains("Bearer stale") ? "" : answers[min(number - 1, answers.count - 1)])
    }
    let connection = ProvincialConnection(
      account: ProvincialAccount(endpoint: server.url, systemID: "S", secretKey: "k", username: "u", password: "p"),
      transport: HTTPClient(), now: { Date() })
    return (server, connection)
  }

  @Test("A token is used until the gateway forgets it; then one new login, and the call is made again")
  func tokens() async throws {
    let good = RawServer.answer(#"{"success":true,"data":[]}"#)
    let (server, connection) = try gateway([good, good, RawServer.answer("{}", status: "401 Unauthorized"), good])
    for _ in 0..<3 { #expect(word(await connection.getReceivedEdocList(.edoc)) == "accepted") }
    let lines = server.requests.map { String($0.prefix { $0 != "\r\n" }) }
    #expect(lines.filter { $0.contains("/login") }.count == 2)
    #expect(lines.filter { $0.contains("syncReceivedEdocList?messageType=edoc&fromDate=20") }.count == 4, "\(lines)")
    #expect(server.requests.contains { $0.contains("Authorization: Bearer t0") && $0.contains("X-SystemId: S") })
    #expect(server.requests.last?.contains("Bearer t4") == true)

    let refused = RawServer.answer("{}", status: "401 Unauthorized")
    let (busy, stubborn) = try gateway([refused])
    #expect(word(await stubborn.updateStatus(docID: "d", .done)) == "refused account http-401")
    #expect(busy.requests.count == 4, "no endless logins")
  }

  @Test("A login that is not answered leaves the call undone")
  func loginAway() async throws {
    let (server, connection) = try gateway([], login: RawServer.answer("oops", status: "502 Bad Gateway"))
    let file = NSTemporaryDirectory() + "/p-\(UUID().uuidString)"
    try Data("x".utf8).write(to: URL(fileURLWithPath: file))
    #expect(
      word(await connection.sendEdoc(file: file, from: "A", to: nil, messageType: .edoc))
        == "tryAgain axisFault http-502")
    #expect(server.requests.count == 1)
  }

  @Test(
    "Each code of the gateway has its meaning",
    arguments: [
      ("10", "refused message 10"), ("15", "refused account 15"), ("18", "refused receiver 18"),
      ("19", "refused account 19"), ("20", "tryAgain axisFault error-20"), ("21", "tryAgain axisFault error-21"),
      ("22", "refused message 22"), ("23", "refused receiver 23"), ("99", "tryAgain unrecognisedCode error-99"),
    ])
  func codes(_ pair: (String, String)) async throws {
    let body =
      #"{"success":false,"message":"lỗi","data":{"docId":"","status":"FAIL","errorCode":\#(pair.0),"errorDesc":"x"}}"#
    let (server, connection) = try gateway([RawServer.answer(body)])
    let file = NSTemporaryDirectory() + "/p-\(UUID().uuidString)"
    try Data("x".utf8).write(to: URL(fileURLWithPath: file))
    #expect(word(await connection.sendEdoc(file: file, from: "A", to: nil, messageType: .edoc)) == pair.1)
    #expect(server.requests.count == 2)
  }

  @Test("The mailbox is listed back to what cannot be fetched, and not without end")
  func listedDays() async throws {
    // Monday 2026-03-02 08:00 in Vietnam.
    let now = Date(timeIntervalSince1970: 1_772_413_200)
    let (server, _) = try gateway([RawServer.answer(#"{"success":true,"data":[]}"#)])
    let connection = ProvincialConnection(
      account: ProvincialAccount(endpoint: server.url, systemID: "S", secretKey: "k", username: "u", password: "p"),
      transport: HTTPClient(), now: { now })
    for days: Double? in [nil, 40, 400, -1] {
      let since = days.map { now.addingTimeInterval(-$0 * 86_400) }
      #expect(word(await connection.getReceivedEdocList(.edoc, waitingSince: since)) == "accepted")
    }
    let starts = server.requests.compactMap { head -> String? in
      guard let name = head.range(of: "fromDate=") else { return nil }
      return String(head[name.upperBound...].prefix { $0 != "&" }).replacingOccurrences(of: "%2F", with: "/")
    }
    #expect(starts == ["2026/01/31", "2025/12/22", "2025/11/02", "2026/01/31"], "\(starts)")
  }

  @Test("A message is fetched up to the limit of messages, with its attachments beside it or not")
  func large() async throws {
    let path = NSTemporaryDirectory() + "/p-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: path) }
    let content = String(repeating: "QUJD", count: 17 << 20)
    let xml = "<edXML><Attachment>\(content)</Attachment></edXML>"
    for beside in ["", #","attachments":[{"fileName":"a.pdf","fileContent":"\#(content.prefix(3 << 20))"}]"#] {
      let (server, connection) = try gateway([RawServer.answer(#"{"docId":"d","edxml":"\#(xml)"\#(beside)}"#)])
      #expect(word(await connection.fetchEdoc(docID: "d", into: path)) == "accepted")
      #expect(FileManager.default.contents(atPath: path) == Data(xml.utf8))
      #expect(server.requests.count == 2)
    }
    let (server, _) = try gateway([RawServer.answer(#"{"docId":"d","edxml":"\#(xml)"}"#)])
    let small = ProvincialConnection(
      account: ProvincialAccount(endpoint: server.url, systemID: "S", secretKey: "k", username: "u", password: "p"),
      transport: HTTPClient(), limits: AxisLimits(maximumMessageBytes: 60 << 20), now: { Date() })
    #expect(
      word(await small.fetchEdoc(docID: "d", into: path)) == "tryAgain unreadableAnswer transport-response-too-large")
    #expect(!FileManager.default.fileExists(atPath: path) && server.requests.count == 2)
  }

  @Test("A message is taken as text or in base64, and not without the attachments that come beside it")
  func forms() async throws {
    let path = NSTemporaryDirectory() + "/p-\(UUID().uuidString)"
    let xml = "<edXML>đ</edXML>"
    for (body, expected) in [
      (
        #"{"docId":"d","from":"A","fromName":"A","edocCode":"1","edocAbstract":"","edxml":"\#(xml)","attachments":[]}"#,
        "accepted"
      ),
      (#"{"docId":"d","edxml":"\#(xml)","attachments":[],"success":true}"#, "accepted"),
      (#"{"docId":"d","edxml":"\#(xml)","success":false}"#, "tryAgain unrecognisedCode error-none"),
      (#"{"docId":"d","edxml":null}"#, "tryAgain unreadableAnswer body-no-code"),
      (#"{"docId":"d","edxml":"\#(Data(xml.utf8).base64EncodedString())","success":true}"#, "accepted"),
      (
        #"{"docId":"d","edxml":"\#(xml)","attachments":[{"fileName":"a"}],"success":true}"#,
        "tryAgain unreadableAnswer body-incomplete"
      ),
      (
        #"{"success":true,"data":{"edxml":"\#(xml)","attachments":[{"fileName":"a"}]}}"#,
        "tryAgain unreadableAnswer body-incomplete"
      ),
      (#"[{"docId":"d","edxml":"\#(xml)"}]"#, "tryAgain unreadableAnswer body-incomplete"),
      (#"{"docId":"d","success":true}"#, "tryAgain unreadableAnswer body-incomplete"),
      (#"{"edxml":"N/A","success":true}"#, "tryAgain unreadableAnswer body-incomplete"),
      // Why there is none counts, whatever stands in its place.
      (#"{"success":false,"data":{"errorCode":"15","errorDesc":"x"},"edxml":"N/A"}"#, "refused account 15"),
    ] {
      let (server, connection) = try gateway([RawServer.answer(body)])
      #expect(word(await connection.fetchEdoc(docID: "d", into: path)) == expected, "\(body)")
      #expect(server.requests.count == 2)
      if expected == "accepted" { #expect(FileManager.default.contents(atPath: path) == Data(xml.utf8)) }
      try? FileManager.default.removeItem(atPath: path)
    }
  }
}
