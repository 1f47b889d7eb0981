import Foundation
import HTTPTransport
import Testing

@Suite("HTTP transport")
struct HTTPClientTests {
  private func failure(
    _ request: TransportRequest, _ client: HTTPClient = HTTPClient(), into sink: TransportSink = .memory
  ) async -> TransportError? {
    do throws(TransportError) {
      _ = try await client.send(request, into: sink)
      return nil
    } catch {
      return error
    }
  }

  @Test("A request that must not be made twice is not, when a kept connection dies under it")
  func noSilentRepetition() async throws {
    let server = try RawServer { _, head in head.hasPrefix("GET") ? .answer(RawServer.answer("ok")) : .close }
    let client = HTTPClient(configuration: TransportConfiguration(maximumConnections: 1))
    for _ in 0..<2 {
      let warm = try await client.send(TransportRequest(.get, url: server.url + "/warm", mayRepeat: true))
      #expect(warm.body == Array("ok".utf8))
    }
    let error = await failure(
      TransportRequest(.post, url: server.url + "/send", body: .bytes(Array("letter".utf8))), client)
    #expect(error?.code == .connectionLost && error?.reach == .unknown)
    #expect(server.requests.filter { $0.hasPrefix("POST") }.count == 1)
    // The danger is real: a request that may be repeated is, by libcurl itself.
    _ = try await client.send(TransportRequest(.get, url: server.url + "/warm", mayRepeat: true))
    _ = await failure(
      TransportRequest(.post, url: server.url + "/list", body: .bytes(Array("x".utf8)), mayRepeat: true), client)
    #expect(server.requests.filter { $0.hasPrefix("POST /list") }.count == 2)
  }

  @Test("Where nobody listens or no such name exists, nothing was sent")
  func neverSent() async throws {
    let server = try RawServer { _, _ in .close }
    let refused = await failure(TransportRequest(.post, url: "http://127.0.0.1:9/x", body: .bytes([1])))
    #expect(refused?.code == .connectionRefused && refused?.reach == .neverSent)
    let unnamed = await failure(TransportRequest(.get, url: "http://no-such-host.invalid/"))
    #expect(unnamed?.code == .nameNotResolved && unnamed?.reach == .neverSent)
    let scheme = await failure(TransportRequest(.get, url: "file:///etc/passwd"))
    #expect(scheme?.code == .invalidRequest && scheme?.reach == .neverSent)
    let missing = await failure(
      TransportRequest(.post, url: server.url, body: .file(path: "/no/such/file", suffix: [])))
    #expect(missing?.code == .bodyUnreadable && missing?.reach == .neverSent)
    #expect(server.requests.isEmpty)
  }

  @Test("Header fields cannot smuggle a line")
  func smuggling() async throws {
    let server = try RawServer { _, _ in .answer(RawServer.answer("")) }
    for value in ["a\r\nX-Evil: 1", "a\nb", "tiếng Việt", "a\0b"] {
      let error = await failure(TransportRequest(.get, url: server.url, headers: [TransportHeader("X-Name", value)]))
      #expect(error?.code == .invalidRequest)
    }
    #expect(server.requests.isEmpty)
    _ = try await HTTPClient().send(
      TransportRequest(
        .post, url: server.url, headers: [TransportHeader("XroadVnpt-Content-Type", "x"), TransportHeader("Empty", "")])
    )
    let head = try #require(server.requests.first)
    #expect(head.contains("XroadVnpt-Content-Type: x") && head.contains("Empty:") && head.contains("Content-Length: 0"))
    #expect(!head.contains("Expect:") && !head.lowercased().contains("urlencoded"))
  }

  @Test("Silence and slowness end at their limits, and the doubt is said")
  func timeouts() async throws {
    let server = try RawServer { _, head in
      head.hasPrefix("GET /stall") ? .hang("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nab") : .hang("")
    }
    let total = await failure(
      TransportRequest(
        .post, url: server.url, body: .bytes([1]), limits: TransportLimits(totalTimeout: .milliseconds(300))))
    #expect(total?.code == .timedOut && total?.reach == .unknown)
    let stalled = await failure(
      TransportRequest(
        .get, url: server.url + "/stall", limits: TransportLimits(totalTimeout: .seconds(30), stallTimeout: .seconds(1))
      ))
    #expect(stalled?.code == .stalled && stalled?.reach == .unknown)
  }

  @Test("An answer over its cap is an error, and no file is left")
  func caps() async throws {
    let server = try RawServer { _, head in
      if head.hasPrefix("GET /head") {
        return .answer(
          "HTTP/1.1 200 OK\r\n" + String(repeating: "X-Long: \(String(repeating: "a", count: 900))\r\n", count: 100)
            + "Content-Length: 0\r\n\r\n")
      }
      return .answer(RawServer.answer(String(repeating: "x", count: 5000)))
    }
    let limits = TransportLimits(maximumResponseBytes: 4999)
    let path = NSTemporaryDirectory() + "/sink-" + UUID().uuidString
    for sink in [TransportSink.memory, .file(path: path)] {
      let error = await failure(TransportRequest(.get, url: server.url, limits: limits), into: sink)
      #expect(error?.code == .responseTooLarge)
    }
    #expect(!FileManager.default.fileExists(atPath: path))
    #expect(await failure(TransportRequest(.get, url: server.url + "/head"))?.code == .responseTooLarge)
    let whole = try await HTTPClient().send(
      TransportRequest(.get, url: server.url, limits: TransportLimits(maximumResponseBytes: 5000)),
      into: .file(path: path))
    #expect(whole.sinkPath == path && whole.bodyByteCount == 5000)
    #expect(FileManager.default.contents(atPath: path)?.count == 5000)
    try FileManager.default.removeItem(atPath: path)
  }

  @Test("A cut answer is an error; any status is a response; the file is for good answers only")
  func answers() async throws {
    let server = try RawServer { _, head in
      switch head.split(separator: " ")[1] {
      case "/cut": .answerAndClose("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")
      case "/chunk": .answerAndClose("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n")
      case "/moved": .answer(RawServer.answer("", status: "302 Found", headers: "Location: http://127.0.0.1:1/\r\n"))
      case "/junk": .answerAndClose("SSH-2.0-OpenSSH\r\n")
      default: .answer(RawServer.answer("sorry", status: "503 Busy", headers: "Retry-After: 7\r\n"))
      }
    }
    let path = NSTemporaryDirectory() + "/sink-" + UUID().uuidString
    for name in ["/cut", "/chunk"] {
      let error = await failure(TransportRequest(.get, url: server.url + name), into: .file(path: path))
      #expect(error?.code == .connectionLost, "\(name) \(String(describing: error))")
    }
    #expect(try await HTTPClient().send(TransportRequest(.get, url: server.url + "/moved")).status == 302)
    #expect(await failure(TransportRequest(.get, url: server.url + "/junk")) != nil)
    let busy = try await HTTPClient().send(TransportRequest(.get, url: server.url), into: .file(path: path))
    #expect(busy.status == 503 && busy.sinkPath == nil && busy.body == Array("sorry".utf8))
    #expect(busy.header("retry-AFTER") == "7")
    #expect(!FileManager.default.fileExists(atPath: path))
  }

  @Test("A cancelled call ends soon")
  func cancellation() async throws {
    let server = try RawServer { _, _ in .hang("") }
    let url = server.url
    let task = Task { try await HTTPClient().send(TransportRequest(.post, url: url, body: .bytes([1]))) }
    while server.requests.isEmpty { try await Task.sleep(for: .milliseconds(10)) }
    task.cancel()
    let begin = ContinuousClock.now
    let result = await task.result
    #expect(throws: TransportError.self) { try result.get() }
    #expect(ContinuousClock.now - begin < .seconds(60))
  }

  @Test("More calls than connections wait in order and all end")
  func queueing() async throws {
    let server = try RawServer { _, _ in .answer(RawServer.answer("ok")) }
    let client = HTTPClient(configuration: TransportConfiguration(maximumConnections: 2))
    let url = server.url
    let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
      for _ in 0..<40 {
        group.addTask { try await client.send(TransportRequest(.get, url: url, mayRepeat: true)).status }
      }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(statuses.count == 40 && statuses.allSatisfy { $0 == 200 })
  }
}
