import Foundation
import SigningCore
import Testing

@Suite("Hostile input")
struct HostileInputTests {
  /// A small generator with a fixed seed, so that a failure can be seen again.
  private struct Dice: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
      state &+= 0x9e37_79b9_7f4a_7c15
      var z = state
      z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
      z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
      return z ^ (z >> 31)
    }
  }

  private static func mutated(_ bytes: [UInt8], _ dice: inout Dice) -> [UInt8] {
    var bytes = bytes
    for _ in 0..<Int.random(in: 1...4, using: &dice) {
      let position = Int.random(in: 0..<bytes.count, using: &dice)
      switch Int.random(in: 0..<5, using: &dice) {
      case 0: bytes[position] ^= UInt8(1 << Int.random(in: 0..<8, using: &dice))
      case 1: bytes[position] = UInt8.random(in: 0...255, using: &dice)
      case 2: bytes.removeSubrange(position..<min(bytes.count, position + 7))
      case 3: bytes.insert(contentsOf: bytes[position..<min(bytes.count, position + 9)], at: position)
      default: bytes.removeLast(min(bytes.count - 1, Int.random(in: 0..<40, using: &dice)))
      }
      if bytes.isEmpty { bytes = [0] }
    }
    return bytes
  }

  @Test("Mutated signatures, stamps, lists, answers and key stores never crash and never pass with other bytes signed")
  func mutations() throws {
    let made = try TestPKI.shared()
    let signer = try made.organisation.signer()
    let digest = try Digest.of([UInt8]([1, 2, 3]))
    let draft = try CMSDraft(signer: signer, messageDigest: digest)
    let cms = try draft.complete(signature: signer.signature(over: draft.bytesToSign.bytes))
    let request = try TimeStampRequest(digest: Digest.of(CMSAssembly.signatureValue(of: cms)), nonce: [1, 2, 3])
    let reply = try made.pki.timeStampAuthority().respond(to: request.der, at: TestPKI.signed, serial: [1])
    let token = try request.token(fromResponse: reply)
    let stamped = try CMSAssembly.addingSignatureTimeStamp(token, to: cms)
    let list = try made.pki.issuing.revocationList(
      of: [.init(certificate: made.person.certificate, revokedAt: TestPKI.signed)], number: 1,
      thisUpdate: TestPKI.signed,
      nextUpdate: TestPKI.now)
    let answer = try made.pki.issuing.ocspResponse(
      on: made.organisation.certificate, issuer: made.pki.issuing.certificate, thisUpdate: TestPKI.signed,
      nextUpdate: TestPKI.now)
    let validator = try TestPKI.validator()
    var dice = Dice(state: 20_261_122)
    for _ in 0..<400 {
      if let facts = try? CMSSignature(der: Self.mutated(stamped, &dice), keepingContent: true) {
        let passed = [
          facts.structure, facts.signedAttributes, facts.signature, facts.signingCertificate,
          facts.content(matches: digest),
        ].allSatisfy(\.isPassed)
        if passed { #expect(facts.signerCertificate == made.organisation.certificate) }
        for token in facts.timeStampTokens { _ = try? TimeStampToken(der: token) }
      }
      if let facts = try? TimeStampToken(der: Self.mutated(token, &dice)), facts.signature.isPassed {
        #expect(facts.generatedAt == TestPKI.signed)
        #expect(facts.imprint == request.imprint)
      }
      _ = try? request.token(fromResponse: Self.mutated(reply, &dice))
      let evidence = RevocationEvidence(
        crlDER: [Self.mutated(list.der, &dice)], ocspDER: [Self.mutated(answer.der, &dice)])
      if !evidence.isEmpty {
        _ = validator.validate(
          made.person.certificate, purpose: .documentSigning, at: TestPKI.signed, now: TestPKI.now, evidence: evidence)
      }
      if let certificate = try? Certificate(der: Self.mutated(made.organisation.certificate.der, &dice)) {
        _ = (
          certificate.subject.description, certificate.keyUsage, certificate.extendedKeyUsage, certificate.policyOIDs
        )
        _ = (certificate.subjectAltEmails, certificate.crlURLs, certificate.ocspURLs, certificate.publicKey)
        let report = validator.validate(certificate, purpose: .documentSigning, at: TestPKI.signed, now: TestPKI.now)
        #expect(!report.isTrusted || certificate == made.organisation.certificate)
      }
    }
    let store = try made.organisation.pkcs12(password: "x")
    for _ in 0..<60 { _ = try? SoftwareKey(pkcs12: Self.mutated(store, &dice), password: "x") }
  }

  @Test("Deep nesting and huge lengths end at once")
  func depth() {
    let nested = (0..<20_000).reduce(into: [UInt8]()) { bytes, _ in bytes += [0x30, 0x80] }
    let huge: [UInt8] = [0x30, 0x84, 0x7f, 0xff, 0xff, 0xff] + [UInt8](repeating: 0x30, count: 1_000)
    for bytes in [nested, huge, [0x30, 0x84, 0xff, 0xff, 0xff, 0xff]] {
      expectCode(.notACMSSignature) { try CMSSignature(der: bytes) }
      expectCode(.notATimeStamp) { try TimeStampToken(der: bytes) }
      expectCode(.notACertificate) { try Certificate(der: bytes) }
      expectCode(.notARevocationList) { try RevocationList(der: bytes) }
      expectCode(.notAnOCSPResponse) { try OCSPResponse(der: bytes) }
      expectCode(.notAKeyStore) { try SoftwareKey(pkcs12: bytes, password: "x") }
    }
  }
}
