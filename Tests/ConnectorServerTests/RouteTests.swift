import ClerkPages
import Foundation
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import NIOEmbedded
import Testing
import VietnameseText

@testable import ConnectorServer

@Suite("The clerk server's routes")
struct RouteTests {
  /// Calls the routes without a socket.
  private func get(
    _ path: String, host: String? = "127.0.0.1:8080", method: HTTPRequest.Method = .get, language: String? = nil,
    broken: Bool = false, notice: ClerkSentence? = nil
  ) async throws -> (response: Response, body: String) {
    let responder = ClerkServer.responder(
      desk: InventedDesk(isBroken: broken, notice: notice), pages: try PageRenderer(),
      now: { Date(timeIntervalSince1970: 1_795_309_500) })
    var head = HTTPRequest(method: method, scheme: "http", authority: host, path: path)
    head.headerFields[.acceptLanguage] = language
    let request = Request(head: head, body: .init(buffer: ByteBuffer()))
    var logger = Logger(label: "test")
    logger.logLevel = .critical
    let context = BasicRequestContext(
      source: ApplicationRequestContextSource(channel: EmbeddedChannel(), logger: logger))
    let response = try await responder.respond(to: request, context: context)
    let collector = BodyCollector()
    try await response.body.write(collector)
    return (response, String(buffer: await collector.bytes.value))
  }

  @Test("The list and a letter are shown in Vietnamese unless English is asked for")
  func languages() async throws {
    let plain = try await get("/")
    #expect(plain.response.status == .ok)
    #expect(plain.response.headers[.contentType] == "text/html; charset=utf-8")
    #expect(plain.body.contains("<html lang=\"vi\">") && plain.body.contains("Đã tiếp nhận"))
    #expect(try await get("/letters/a1").body.contains("<html lang=\"vi\">"))
    #expect(try await get("/?lang=en").body.contains("<html lang=\"en\">"))
    #expect(try await get("/letters/a1?lang=en").body.contains("Accepted"))
    #expect(try await get("/", language: "en-GB,en;q=0.8").body.contains("<html lang=\"en\">"))
    #expect(try await get("/?lang=vi", language: "en").body.contains("<html lang=\"vi\">"))
    #expect(try await get("/?lang=fr", language: "fr").body.contains("<html lang=\"vi\">"))
  }

  @Test(
    "The browser's languages are weighed",
    arguments: [
      ("vi-VN,vi;q=0.9,en-US;q=0.6", "vi"), ("en;q=0.4, vi;q=0.5", "vi"), ("vi;q=0.4,en;q=0.5", "en"),
      ("fr,en;q=0.1", "en"), ("en;q=0", "vi"), ("en;q=x", "vi"), ("", "vi"), (";;;,,,q=", "vi"), ("en;q=9", "vi"),
    ])
  func acceptedLanguage(_ header: String, _ expected: String) {
    #expect(AcceptedLanguage.preferred(header).rawValue == expected)
  }

  @Test("The filter is read from the address, and only what it can mean")
  func filter() async throws {
    let page = try await get("/?q=ch%E1%BB%A9ng+th%C6%B0&direction=in&state=refused&page=3")
    #expect(page.body.contains("q=chứng thư direction=in state=refused page=3"))
    let odd = try await get("/?direction=up&state=%27%20or%201&page=-4&q=%20%20")
    #expect(odd.body.contains("q= direction=- state=- page=1"))
    let twice = try await get("/?q=a&q=b&q&=&%&x=%ZZ&q=%FF")
    #expect(twice.body.contains("q=a direction"))
    let long = try await get("/?q=" + String(repeating: "a", count: 3000))
    #expect(long.body.contains("q=" + String(repeating: "a", count: 200) + " direction"))
  }

  @Test("What does not exist is a page that says so", arguments: ["/letters/zz", "/nothing", "/letters/a1/x", "/.env"])
  func notFound(_ path: String) async throws {
    let page = try await get(path)
    #expect(page.response.status == .notFound)
    #expect(page.body.contains("Không tìm thấy"))
    #expect(!page.body.contains("zz"))
  }

  @Test(
    "Every answer carries the security headers",
    arguments: ["/", "/letters/a1", "/letters/zz", "/nothing", "/health", "/clerk.css"])
  func securityHeaders(_ path: String) async throws {
    for broken in [false, true] {
      let response = try await get(path, broken: broken).response
      for (name, value) in SecurityHeaders<BasicRequestContext>.fields {
        #expect(response.headers[name] == value, "\(path) \(name)")
      }
      #expect(response.headers[.cacheControl] == (path == "/clerk.css" ? "max-age=300" : "no-store"))
    }
    #expect(SecurityHeaders<BasicRequestContext>.fields.count == 6)
  }

  @Test(
    "A request under another host name is turned away",
    arguments: [
      "example.vn", "127.0.0.1.example.vn", "localhost.example.vn:8080", "10.0.0.1", "[::2]", "::1", "[::1]x", "",
      "127.0.0.1:80:80", "0.0.0.0", "128.0.0.1", "localhost:http", "0177.0.0.1",
    ])
  func wrongHost(_ host: String) async throws {
    for path in ["/", "/letters/a1", "/health", "/clerk.css"] {
      #expect(try await get(path, host: host).response.status == .misdirectedRequest, "\(path)")
    }
    #expect(try await get("/", host: nil).response.status == .misdirectedRequest)
  }

  @Test(
    "A request that names loopback is let in",
    arguments: ["127.0.0.1", "127.0.0.1:8080", "localhost", "LOCALHOST:1", "[::1]", "[::1]:8080", "127.0.0.2:80"])
  func ourHost(_ host: String) async throws {
    #expect(try await get("/", host: host).response.status == .ok)
  }

  @Test("Only GET is answered", arguments: [HTTPRequest.Method.post, .put, .delete, .patch, .options, .head, .trace])
  func methods(_ method: HTTPRequest.Method) async throws {
    let page = try await get("/", method: method)
    #expect(page.response.status == .methodNotAllowed)
    #expect(page.response.headers[.allow] == "GET")
  }

  @Test("An overlong address is refused")
  func overlong() async throws {
    let page = try await get("/?q=" + String(repeating: "a", count: 5000))
    #expect(page.response.status == .uriTooLong)
  }

  @Test("Health says ok, or that the store does not answer, and nothing more")
  func health() async throws {
    let well = try await get("/health")
    #expect(well.response.status == .ok && well.body == "{\"status\":\"ok\"}\n")
    let ill = try await get("/health", broken: true)
    #expect(ill.response.status == .serviceUnavailable && ill.body == "{\"status\":\"store-unavailable\"}\n")
  }

  @Test("What keeps the connector from working is told above everything, on every page, as text")
  func notice() async throws {
    let notice = ClerkSentence(vi: "Ổ đĩa <đầy>.", en: "The disk is <full>.")
    for path in ["/", "/letters/a1", "/letters/none"] {
      let page = try await get(path, notice: notice).body
      #expect(page.contains("<p class=\"notice\" role=\"alert\">Ổ đĩa &lt;đầy&gt;.</p>"), "\(path)")
      #expect(try await !get(path).body.contains("role=\"alert\""))
    }
    #expect(try await get("/?lang=en", notice: notice).body.contains("The disk is &lt;full&gt;."))
  }

  @Test("A failure of the store is a plain page without internals")
  func failure() async throws {
    let page = try await get("/", broken: true)
    #expect(page.response.status == .internalServerError)
    #expect(page.body.contains("Không đọc được sổ văn bản"))
    #expect(!page.body.contains("Broken"))
  }

  @Test("The style sheet is served")
  func styleSheet() async throws {
    let sheet = try await get("/clerk.css")
    #expect(sheet.response.headers[.contentType] == "text/css; charset=utf-8")
    #expect(sheet.body.contains("@media print"))
  }
}

/// Gathers a response's body.
private struct BodyCollector: ResponseBodyWriter {
  actor Bytes {
    var value = ByteBuffer()
    func append(_ buffer: ByteBuffer) { value.writeImmutableBuffer(buffer) }
  }

  let bytes = Bytes()
  func write(_ buffer: ByteBuffer) async throws { await bytes.append(buffer) }
  consuming func finish(_ trailingHeaders: HTTPFields?) async throws {}
}
