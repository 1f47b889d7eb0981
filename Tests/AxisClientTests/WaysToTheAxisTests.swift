import AxisClient
import Foundation
import HTTPTransport
import Testing

/// The ways to an axis that are not a plain connection: forwarder, proxy, TLS with an own authority.
@Suite("Ways to the axis")
struct WaysToTheAxisTests {
  @Test("Through an X-Road adapter: destination and provider in the query, all else as it is")
  func forwarder() async throws {
    let bench = try await AxisBench.start()
    let provider = bench.url
    let adapter = try Relay(to: bench.port) { head in
      // What the adapter does: the service path behind /forward goes to the provider, its own parameters do not.
      var lines = head.components(separatedBy: "\r\n")
      let words = lines[0].split(separator: " ").map(String.init)
      guard words.count == 3, let forward = words[1].range(of: "/RestService/forward/"),
        let components = URLComponents(string: words[1]),
        components.queryItems?.first(where: { $0.name == "providerurl" })?.value == provider,
        components.queryItems?.first(where: { $0.name == "dstcode" })?.value == "VN:GOV:000.00.00.G22:truc"
      else { return .answer("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n") }
      let path = words[1][forward.upperBound...].prefix { $0 != "?" }
      lines[0] = "\(words[0]) /\(path) \(words[2])"
      return .pass(lines.joined(separator: "\r\n"))
    }
    let forwarder = AxisForwarder(
      url: adapter.url + "/XrdAdapter/RestService/forward/", destinationCode: "VN:GOV:000.00.00.G22:truc")
    let agency = bench.connection("SYS-A", forwarder: forwarder)
    let message = SampleMessage.document()
    let sent = await agency.sendEdoc(
      file: try bench.file("letter.edxml", message), from: AxisBench.agency, to: nil, messageType: .edoc)
    #expect(word(sent) == "accepted")
    let authority = bench.connection("SYS-C", forwarder: forwarder)
    let entry = try #require(await authority.getReceivedEdocList(.edoc).value?.first)
    let path = bench.path("fetched")
    #expect(word(await authority.fetchEdoc(docID: entry.docID, into: path)) == "accepted")
    #expect(FileManager.default.contents(atPath: path) == message)
    #expect(adapter.requestLines.allSatisfy { $0.contains("/XrdAdapter/RestService/forward/") })
    #expect(
      adapter.requestLines.first?.contains("dstcode=VN:GOV:000.00.00.G22:truc&providerurl=http:%2F%2F127.0.0.1")
        == true,
      "\(adapter.requestLines)")
    await bench.stop()
  }

  @Test("Through an HTTP proxy: the axis' address is asked for there; a dead proxy means that nothing was sent")
  func proxy() async throws {
    let bench = try await AxisBench.start()
    let base = bench.url
    let proxy = try Relay(to: bench.port) { head in
      .pass(head.replacingOccurrences(of: " \(base)/", with: " /"))
    }
    let message = SampleMessage.document()
    let file = try bench.file("letter.edxml", message)
    let agency = bench.connection("SYS-A", transport: TransportConfiguration(proxy: proxy.url))
    #expect(
      word(await agency.sendEdoc(file: file, from: AxisBench.agency, to: nil, messageType: .edoc)) == "accepted")
    #expect(proxy.requestLines == ["POST \(base)/sendEdoc HTTP/1.1"])
    let dead = TransportConfiguration(proxy: "http://127.0.0.1:\(try RawServer.freePort())")
    let unreached = await bench.connection("SYS-A", transport: dead).sendEdoc(
      file: file, from: AxisBench.agency, to: nil, messageType: .edoc)
    #expect(word(unreached).hasPrefix("tryAgain notReached"), "\(word(unreached))")
    await bench.stop()
  }

  @Test("A proxy that refuses the tunnel to a TLS axis has sent nothing on")
  func tunnelRefused() async throws {
    let proxy = try Relay(to: 1) { _ in
      .answer("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
    }
    let connection = AxisConnection(
      account: AxisAccount(endpoint: "https://axis.invalid", systemID: "S", secret: "s"),
      transport: HTTPClient(configuration: TransportConfiguration(proxy: proxy.url)), now: { Date() })
    let file = NSTemporaryDirectory() + "/tunnel-\(UUID().uuidString)"
    try SampleMessage.document().write(to: URL(fileURLWithPath: file))
    let outcome = await connection.sendEdoc(file: file, from: "A", to: nil, messageType: .edoc)
    #expect(word(outcome).hasPrefix("tryAgain notReached"), "\(word(outcome))")
    #expect(proxy.requestLines == ["CONNECT axis.invalid:443 HTTP/1.1"])
  }

  @Test("Over TLS only with the right authority and our own certificate")
  func tls() async throws {
    let message = SampleMessage.document()
    let server = try TLSServer(message: message)
    func fetch(_ tls: TransportConfiguration.TLS, proxy: String? = nil) async -> String {
      let connection = AxisConnection(
        account: AxisAccount(endpoint: server.url, systemID: "S", secret: "s", retrieval: .downloadOnly),
        transport: HTTPClient(configuration: TransportConfiguration(tls: tls, proxy: proxy)), now: { Date() })
      var outcome = ""
      // The server may still be starting.
      for _ in 0..<50 {
        outcome = word(await connection.fetchEdoc(docID: "d", into: server.path("fetched")))
        if !outcome.hasPrefix("tryAgain notReached") { break }
        try? await Task.sleep(for: .milliseconds(100))
      }
      return outcome
    }
    typealias TLS = TransportConfiguration.TLS
    let (ca, certificate, key) = (server.path("ca.crt"), server.path("client.crt"), server.path("client.key"))
    #expect(
      await fetch(TLS(authorityFile: ca, clientCertificateFile: certificate, clientKeyFile: key)) == "accepted")
    #expect(FileManager.default.contents(atPath: server.path("fetched")) == message)
    #expect(
      await fetch(
        TLS(
          authorityFile: ca, clientCertificateFile: certificate, clientKeyFile: server.path("client-locked.key"),
          clientKeyPassword: "locked")) == "accepted")
    let proxy = try Relay(to: server.port) { _ in .tunnel }
    #expect(
      await fetch(TLS(authorityFile: ca, clientCertificateFile: certificate, clientKeyFile: key), proxy: proxy.url)
        == "accepted")
    #expect(proxy.requestLines == ["CONNECT 127.0.0.1:\(server.port) HTTP/1.1"])
    let system = await fetch(TLS(clientCertificateFile: certificate, clientKeyFile: key))
    #expect(system == "tryAgain notTrusted transport-peer-not-trusted", "\(system)")
    let other = await fetch(
      TLS(authorityFile: server.path("other.crt"), clientCertificateFile: certificate, clientKeyFile: key))
    #expect(other == "tryAgain notTrusted transport-peer-not-trusted", "\(other)")
    let nobody = await fetch(TLS(authorityFile: ca))
    #expect(nobody.hasPrefix("tryAgain "), "\(nobody)")
    let locked = await fetch(
      TLS(
        authorityFile: ca, clientCertificateFile: certificate, clientKeyFile: server.path("client-locked.key"),
        clientKeyPassword: "wrong"))
    #expect(locked == "tryAgain notTrusted transport-tls-failed", "\(locked)")
  }
}
