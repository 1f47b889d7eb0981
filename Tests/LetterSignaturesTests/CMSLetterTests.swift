import Foundation
import LetterSignatures
import SigningCore
import Testing

/// Signatures in files of their own, made by `openssl cms`.
@Suite("Letters signed as CMS")
struct CMSLetterTests {
  /// Keys of a PKI that is valid today, since OpenSSL writes today's signing time.
  private struct Desk {
    let pki: ThrowAwayPKI
    let agency: CertifiedKey
    let other: CertifiedKey
    let leader: CertifiedKey
    let named: CertifiedKey
    let now = Date()

    static let shared = Result { try Desk() }

    private init() throws {
      let day: TimeInterval = 86_400
      pki = try ThrowAwayPKI(.init(notBefore: Date() - day, notAfter: Date() + 365 * day))
      agency = try pki.issueOrganisation(
        name: "Sở Thử", superior: "Ủy ban nhân dân tỉnh Thử", province: "Tỉnh Thử", taxCode: "0000000000")
      other = try pki.issueOrganisation(
        name: "Sở Khác", superior: "Ủy ban nhân dân tỉnh Thử", province: "Tỉnh Thử", taxCode: "0000000001")
      leader = try pki.issuePerson(
        name: "Lò Thị Thử", organisation: "Tỉnh Thử", unit: "Sở Thử", province: "Tỉnh Thử",
        personalNumber: "000000000000")
      var profile = try pki.organisationProfile(
        name: "Vụ Thử", superior: "Bộ Thử", province: "Tỉnh Thử", taxCode: "0000000002", email: nil)
      profile.subject.removeAll { $0.name == "UID" }
      profile.policyOIDs = []
      named = try profile.make(issuer: pki.issuing)
    }

    func trust(revoking: Certificate? = nil) throws -> TrustStore {
      var pki = pki
      if let revoking { pki.revoke(revoking, at: now - 3600, reason: .keyCompromise) }
      return try pki.trustStore(thisUpdate: now - 600, nextUpdate: now + 86_400)
    }

    var sender: ExpectedSender { ExpectedSender(organId: "000.00.00", certificates: [agency.certificate.fingerprint]) }

    /// `openssl cms -sign`, with a time stamp added unless `stamped` is false.
    func signed(
      _ content: [UInt8], by key: CertifiedKey, detached: Bool, options: [String] = ["-cades"], stamped: Bool = true
    ) async throws -> [UInt8] {
      let folder = FileManager.default.temporaryDirectory.appending(path: "cms-\(UUID().uuidString)")
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      defer { try? FileManager.default.removeItem(at: folder) }
      try Data(content).write(to: folder.appending(path: "content"))
      try Data(try key.pkcs12(password: "dev", name: "key")).write(to: folder.appending(path: "key.p12"))
      try openssl(
        ["pkcs12", "-in", "key.p12", "-passin", "pass:dev", "-nodes", "-nokeys", "-clcerts", "-out", "crt"], folder)
      try openssl(["pkcs12", "-in", "key.p12", "-passin", "pass:dev", "-nodes", "-nocerts", "-out", "key"], folder)
      try openssl(
        [
          "cms", "-sign", "-binary", "-in", "content", "-signer", "crt", "-inkey", "key", "-outform", "DER", "-out",
          "out",
        ]
          + (detached ? [] : ["-nodetach"]) + options, folder)
      let cms = Array(try Data(contentsOf: folder.appending(path: "out")))
      guard stamped else { return cms }
      let stamps = SigningBench.Stamps(authority: try pki.timeStampAuthority(), time: Date())
      let imprint = try Digest.of(try CMSAssembly.signatureValue(of: cms))
      return try CMSAssembly.addingSignatureTimeStamp(
        try await stamps.token(for: imprint, algorithm: .sha256), to: cms)
    }

    private func openssl(_ arguments: [String], _ folder: URL) throws {
      let process = Process()
      process.executableURL = URL(filePath: "/usr/bin/env")
      process.arguments = ["openssl"] + arguments
      process.currentDirectoryURL = folder
      process.standardError = FileHandle.nullDevice
      try process.run()
      process.waitUntilExit()
      try #require(process.terminationStatus == 0, "openssl \(arguments)")
    }

    func verify(
      _ cms: [UInt8], _ content: [UInt8]?, sender: ExpectedSender?? = nil, trust: TrustStore? = nil,
      policy: LetterPolicy = LetterPolicy()
    ) throws -> LetterReport {
      try LetterVerifier(trust: trust ?? self.trust(), policy: policy).verify(
        cms: cms, content: content, sender: sender ?? self.sender, at: Date() + 60)
    }
  }

  private let desk: Desk
  private let letter = SigningBench.letter()

  init() throws { desk = try Desk.shared.get() }

  @Test("A detached and an enveloping signature of the sender with time stamp are accepted, in DER and PEM")
  func accepted() async throws {
    let detached = try await desk.signed(letter, by: desk.agency, detached: true)
    let report = try desk.verify(detached, letter)
    #expect(report.decision == .accept, "\(report.detail)")
    #expect(report.integrity == .intact)
    #expect(report.indication == .totalPassed)
    let facts = try #require(report.signatures.first)
    #expect(facts.level == .bT)
    #expect(facts.signerKind == .organisation)
    for fact in [
      facts.cryptographic, facts.coverage, facts.changesAfter, facts.chain, facts.revocation, facts.timeStamp,
    ] { #expect(fact.result == .passed) }
    let enveloping = try await desk.signed(letter, by: desk.agency, detached: false)
    #expect(try desk.verify(enveloping, nil).decision == .accept)
    let pem =
      "-----BEGIN CMS-----\n\(Data(detached).base64EncodedString(options: [.lineLength64Characters, .endLineWithLineFeed]))\n-----END CMS-----\n"
    #expect(try desk.verify(Array(pem.utf8), letter).decision == .accept)
    #expect(try desk.verify(detached + [0x0A], letter).codes == [.trailingWhitespace])
  }

  @Test("A signature without the signing-certificate attribute counts as of the older kind")
  func olderKind() async throws {
    let report = try desk.verify(try await desk.signed(letter, by: desk.agency, detached: true, options: []), letter)
    #expect(report.decision == .accept, "\(report.detail)")
    #expect(report.signatures.first?.level == .pkcs7T)
  }

  @Test("Other content, a changed byte inside, and a content beside an enveloping signature are not accepted")
  func changed() async throws {
    let detached = try await desk.signed(letter, by: desk.agency, detached: true)
    var other = letter
    other[other.count / 2] ^= 1
    #expect(try desk.verify(detached, other).codes == [.modified])
    #expect(try desk.verify(detached, []).codes == [.modified])
    let enveloping = try await desk.signed(letter, by: desk.agency, detached: false)
    for content in [letter, other] {
      let report = try desk.verify(enveloping, content)
      #expect(report.decision == .reject)
      #expect(report.codes.contains(.signatureInvalid))
    }
    let place = try #require(Data(enveloping).range(of: Data("Cong van thu".utf8))?.lowerBound)
    var inside = enveloping
    inside[place] ^= 1
    #expect(try desk.verify(inside, nil).codes == [.modified])
  }

  @Test("No time stamp, a person, another organisation, a revoked and an untrusted certificate keep their codes")
  func rules() async throws {
    let bare = try await desk.signed(letter, by: desk.agency, detached: true, stamped: false)
    #expect(try desk.verify(bare, letter).codes == [.noTimeStamp])
    let person = try await desk.signed(letter, by: desk.leader, detached: true)
    #expect(try desk.verify(person, letter).codes == [.wrongSignerKind])
    let other = try await desk.signed(letter, by: desk.other, detached: true)
    #expect(try desk.verify(other, letter).codes == [.wrongOrganisation, .wrongSignerKind])
    let good = try await desk.signed(letter, by: desk.agency, detached: true)
    let revoked = try desk.verify(good, letter, trust: try desk.trust(revoking: desk.agency.certificate))
    #expect(revoked.codes == [.certificateRevoked])
    let nothing = TrustStore(anchors: [])
    #expect(try desk.verify(good, letter, trust: nothing).codes.contains(.certificateUntrusted))
    let unknown = TrustStore(anchors: try desk.trust().anchors, intermediates: try desk.trust().intermediates)
    #expect(try desk.verify(good, letter, trust: unknown).codes.contains(.revocationUnknown))
    var strict = LetterPolicy()
    strict.requirePerson = true
    #expect(try desk.verify(good, letter, policy: strict).codes == [.personSignatureMissing])
  }

  @Test("No signed attributes, SHA-1 and damaged files are not accepted")
  func forms() async throws {
    func codes(_ options: [String]) async throws -> [LetterCode] {
      try desk.verify(
        try await desk.signed(letter, by: desk.agency, detached: true, options: options, stamped: false), letter
      ).codes
    }
    #expect(try await codes(["-noattr"]).contains(.signatureInvalid))
    #expect(try await codes(["-md", "sha1"]).contains(.weakCryptography))
    // Of the SHA-2 family, so it counts unless the policy says otherwise.
    #expect(try await codes(["-md", "sha224"]) == [.noTimeStamp])
    var strict = LetterPolicy()
    strict.weakDigests.insert(.sha224)
    let short = try await desk.signed(letter, by: desk.agency, detached: true, options: ["-md", "sha224"])
    #expect(try desk.verify(short, letter).decision == .accept)
    #expect(try desk.verify(short, letter, policy: strict).codes == [.weakCryptography])
    let once = try await desk.signed(letter, by: desk.agency, detached: true)
    #expect(try desk.verify(once + [1], letter).decision == .unreadable)
    #expect(try desk.verify(once + once, letter).decision == .unreadable)
    #expect(try desk.verify(Array(once.dropLast()), letter).decision == .unreadable)
    #expect(try desk.verify(once, nil).decision == .unreadable)
    #expect(try desk.verify([], letter).decision == .unreadable)
    #expect(try desk.verify(letter, letter).decision == .unreadable)
  }

  @Test("Where only the name says organisation, words decide with a warning; a surname is no word")
  func names() async throws {
    let cms = try await desk.signed(letter, by: desk.named, detached: true)
    #expect(try desk.verify(cms, letter, sender: .some(nil)).codes == [.wrongSignerKind])
    var policy = LetterPolicy()
    policy.organisationWords = ["Vụ", "Sở"]
    let byName = try desk.verify(cms, letter, sender: .some(nil), policy: policy)
    #expect(byName.codes == [.signerKindByName])
    #expect(byName.decision == .warn)
    #expect(byName.signatures.first?.signerKindBy == "name")
    // The registered sender is another: the name helps nobody.
    #expect(try desk.verify(cms, letter, policy: policy).codes.contains(.wrongOrganisation))
    policy.organisationWords = ["Vũ", "Sở"]
    #expect(try desk.verify(cms, letter, sender: .some(nil), policy: policy).codes == [.wrongSignerKind])
  }

  @Test("Changed signature files: nothing is accepted whose content differs, and nothing crashes")
  func mutations() async throws {
    let detached = try await desk.signed(letter, by: desk.agency, detached: true)
    let enveloping = try await desk.signed(letter, by: desk.agency, detached: false)
    var other = letter
    other[100] ^= 0x20
    var state: UInt64 = 42
    func next(_ bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % bound
    }
    let verifier = try LetterVerifier(trust: desk.trust())
    for _ in 0..<100 {
      var file = detached
      file[next(file.count)] ^= UInt8(1 << next(8))
      let report = verifier.verify(cms: file, content: other, sender: desk.sender, at: Date() + 60)
      #expect(report.decision == .reject || report.decision == .unreadable)
    }
    let place = try #require(Data(enveloping).range(of: Data(letter.prefix(64)))?.lowerBound)
    for _ in 0..<100 {
      var file = enveloping
      file[place + next(letter.count)] ^= UInt8(1 << next(8))
      let report = verifier.verify(cms: file, content: nil, sender: desk.sender, at: Date() + 60)
      #expect(report.decision == .reject || report.decision == .unreadable)
    }
  }

  @Test("Only the name makes a file CMS, so that no PDF hides in one")
  func byName() {
    #expect(LetterVerifier.isCMS(path: "/x/cong-van.pdf.p7s"))
    #expect(LetterVerifier.isCMS(path: "CONG-VAN.P7M"))
    #expect(!LetterVerifier.isCMS(path: "cong-van.p7s.pdf"))
  }
}
