import Foundation
import LetterSignatures
import SigningCore
import Testing

@testable import Connector

/// Asking authorities over HTTP, against a server of the test on this host.
@Suite("Revocation fetcher", .serialized)
struct RevocationFetcherTests {
  static let now = Date(timeIntervalSince1970: 1_790_000_000)
  static let hour: TimeInterval = 3_600
  static let pki = Result {
    try ThrowAwayPKI(
      .init(notBefore: now.addingTimeInterval(-8_000 * hour), notAfter: now.addingTimeInterval(8_000 * hour)))
  }
  static let content = Array("Công văn thử".utf8)

  let server: LoopbackServer
  let pki: ThrowAwayPKI

  init() throws {
    server = try LoopbackServer()
    pki = try Self.pki.get()
  }

  private func issue(crl: String? = "/issuing.crl", ocsp: String? = nil) throws -> CertifiedKey {
    var profile = try pki.organisationProfile(
      name: "Sở Thử", superior: "Ủy ban nhân dân tỉnh Thử", province: "Tỉnh Thử", taxCode: "0000000000")
    if let crl { profile.extensions["crlDistributionPoints"] = "URI:\(server.url(crl))" }
    if let ocsp { profile.extensions["authorityInfoAccess"] = "OCSP;URI:\(server.url(ocsp))" }
    return try profile.make(issuer: pki.issuing)
  }

  private func sign(_ key: CertifiedKey) async throws -> [UInt8] {
    let cms = try await CMSDraft.sign(messageDigest: try Digest.of(Self.content), with: try key.signer())
    let digest = try Digest.of(try CMSAssembly.signatureValue(of: cms))
    let request = try TimeStampRequest(digest: digest, nonce: [1, 2, 3, 4, 5, 6, 7, 8])
    let answer = try pki.timeStampAuthority().respond(to: request.der, at: Self.now, serial: [7])
    return try CMSAssembly.addingSignatureTimeStamp(try request.token(fromResponse: answer), to: cms)
  }

  /// Knows the lists of all authorities but the issuing one.
  private func verifier(trusting anchor: Bool = true) throws -> LetterVerifier {
    let lists = try pki.revocationLists(thisUpdate: Self.now, nextUpdate: Self.now + 48 * Self.hour)
      .filter { $0.name != "issuing" }.map(\.list)
    return try LetterVerifier(
      trust: TrustStore(
        anchors: [anchor ? pki.root.certificate : pki.timeStampingCA.certificate],
        intermediates: [pki.issuing.certificate, pki.timeStampingCA.certificate],
        revocation: RevocationEvidence(crls: lists)))
  }

  private func list(revoking key: CertifiedKey? = nil, until: TimeInterval = 24) throws -> [UInt8] {
    let revoked = key.map {
      [RevokedCertificate(certificate: $0.certificate, revokedAt: Self.now - Self.hour, reason: .keyCompromise)]
    }
    return try pki.issuing.revocationList(
      of: revoked ?? [], number: 1, thisUpdate: Self.now, nextUpdate: Self.now + until * Self.hour
    ).der
  }

  private func verify(
    _ cms: [UInt8], _ fetcher: RevocationFetcher?, at time: Date = Self.now + 600, trusting anchor: Bool = true
  ) async throws -> LetterReport {
    try await verifier(trusting: anchor).fetching(with: fetcher, at: time) {
      $0.verify(cms: cms, content: Self.content, at: time)
    }
  }

  private func fetcher(_ change: (inout RevocationFetcher.Rules) -> Void = { _ in }) -> RevocationFetcher {
    var rules = RevocationFetcher.Rules(timeout: 5, allowsPrivateAddresses: true)
    change(&rules)
    return RevocationFetcher(rules: rules)
  }

  @Test(
    "A list is fetched from the certificate's address, and the report says from where and when; without leave none is")
  func list() async throws {
    defer { server.stop() }
    server.answer("/issuing.crl", .init(body: try list()))
    let cms = try await sign(issue())
    #expect(try await verify(cms, nil).codes == [.revocationUnknown])
    #expect(server.asked.isEmpty)
    let report = try await verify(cms, fetcher())
    #expect(report.decision == .accept, "\(report.detail)")
    let fact = try #require(report.signatures.first?.revocationEvidence.first)
    #expect(fact.origin == .network && fact.kind == .crl && fact.thisUpdate == Self.now)
    #expect(server.asked == ["/issuing.crl"])
  }

  @Test("A list that names the certificate refuses the letter; an empty one of a stranger leaves it open")
  func revoked() async throws {
    defer { server.stop() }
    let key = try issue()
    let cms = try await sign(key)
    server.answer("/issuing.crl", .init(body: try list(revoking: key)))
    #expect(try await verify(cms, fetcher()).codes.contains(.certificateRevoked))
    let stranger = try pki.timeStampingCA.revocationList(
      of: [], number: 1, thisUpdate: Self.now, nextUpdate: Self.now + Self.hour)
    server.answer("/issuing.crl", .init(body: stranger.der))
    #expect(try await verify(cms, fetcher()).codes == [.revocationUnknown])
  }

  @Test("OCSP is asked first; an answer that is out of date does not count, and the list is asked instead")
  func ocsp() async throws {
    defer { server.stop() }
    let key = try issue(ocsp: "/ocsp")
    let cms = try await sign(key)
    func response(_ hours: TimeInterval) throws -> [UInt8] {
      try pki.issuing.ocspResponse(
        on: key.certificate, issuer: pki.issuing.certificate, thisUpdate: Self.now + (hours - 1) * Self.hour,
        nextUpdate: Self.now + hours * Self.hour
      ).der
    }
    server.answer("/ocsp", .init(body: try response(1)))
    let report = try await verify(cms, fetcher())
    #expect(report.decision == .accept, "\(report.detail)")
    #expect(report.signatures.first?.revocationEvidence.first?.kind == .ocsp)
    #expect(server.asked == ["/ocsp"])
    server.answer("/ocsp", .init(body: try response(-1)))
    server.answer("/issuing.crl", .init(body: try list()))
    #expect(try await verify(cms, fetcher()).signatures.first?.revocationEvidence.first?.kind == .crl)
  }

  @Test("An answer is used again until the next one is due, in memory and on the disk, and then asked for anew")
  func cache() async throws {
    defer { server.stop() }
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("fetch-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    server.answer("/issuing.crl", .init(body: try list(until: 2)))
    let cms = try await sign(issue())
    let first = fetcher { $0.cacheFolder = folder.path }
    for _ in 0..<3 { #expect(try await verify(cms, first).decision == .accept) }
    #expect(server.asked.count == 1)
    let second = fetcher { $0.cacheFolder = folder.path }
    #expect(try await verify(cms, second).decision == .accept)
    #expect(await second.takeAttempts().map(\.outcome) == ["cached"])
    #expect(server.asked.count == 1)
    _ = try await verify(cms, second, at: Self.now + 3 * Self.hour)
    #expect(server.asked.count == 2)
  }

  @Test("Neither this host nor private networks are asked unless that is allowed")
  func privateAddresses() async throws {
    defer { server.stop() }
    server.answer("/issuing.crl", .init(body: try list()))
    let cms = try await sign(issue())
    let careful = fetcher { $0.allowsPrivateAddresses = false }
    #expect(try await verify(cms, careful).codes == [.revocationUnknown])
    #expect(server.asked.isEmpty)
    #expect(await careful.takeAttempts().first?.outcome.contains("private network") == true)
  }

  @Test("Too long, too slow, or led to another protocol: no answer, and the letter stays open")
  func limits() async throws {
    defer { server.stop() }
    let cms = try await sign(issue())
    server.answer("/issuing.crl", .init(body: [UInt8](repeating: 0x30, count: 100_000)))
    #expect(try await verify(cms, fetcher { $0.maximumBytes = 50_000 }).codes == [.revocationUnknown])
    server.answer("/issuing.crl", .init(body: try list(), delay: 2))
    let begin = ContinuousClock.now
    #expect(try await verify(cms, fetcher { $0.timeout = 0.3 }).codes == [.revocationUnknown])
    #expect(ContinuousClock.now - begin < .seconds(2))
    for place in ["file:///etc/passwd", "gopher://127.0.0.1/", "/issuing.crl"] {
      server.answer("/issuing.crl", .init(status: 302, headers: ["Location: \(place)"]))
      #expect(try await verify(cms, fetcher()).codes == [.revocationUnknown])
    }
    server.answer("/issuing.crl", .init(status: 301, headers: ["Location: /moved.crl"]))
    server.answer("/moved.crl", .init(body: try list()))
    #expect(try await verify(cms, fetcher()).decision == .accept)
  }

  @Test("The addresses in a certificate that leads to no anchor are never asked")
  func strangers() async throws {
    defer { server.stop() }
    server.answer("/issuing.crl", .init(body: try list()))
    let cms = try await sign(issue(ocsp: "/ocsp"))
    #expect(try await verify(cms, fetcher(), trusting: false).codes.contains(.certificateUntrusted))
    #expect(server.asked.isEmpty)
  }

  @Test("Only addresses of HTTP without a password in them are asked")
  func addresses() {
    for good in ["http://a.example/x.crl", "HTTPS://a.example"] { #expect(RevocationFetcher.isUsable(good)) }
    for bad in [
      "ldap://a.example/x", "file:///x", "http://u:p@a.example/", "http://", "//a.example", "ftp://a.example",
    ] {
      #expect(!RevocationFetcher.isUsable(bad), "\(bad)")
    }
  }
}
