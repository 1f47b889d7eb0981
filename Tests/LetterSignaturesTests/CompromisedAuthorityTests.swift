import Foundation
import LetterSignatures
import SigningCore
import Testing

/// Time stamps of an authority that was revoked after it made them (RFC 3161, 4).
@Suite("Time stamps of revoked authorities")
struct CompromisedAuthorityTests {
  let bench: SigningBench

  init() throws { bench = try SigningBench.shared.get() }

  /// The report at a time when the authority has been revoked, after it stamped the letter.
  private func report(_ letter: [UInt8], revokedFor reason: RevocationReason?) throws -> LetterReport {
    var pki = bench.pki
    pki.revoke(pki.timeStamping.certificate, at: SigningBench.now + 3600, reason: reason)
    let trust = try pki.trustStore(
      thisUpdate: SigningBench.now + 7200, nextUpdate: SigningBench.now + 10 * 86_400)
    return try LetterVerifier(trust: trust).verify(letter, sender: bench.sender, at: SigningBench.now + 86_400)
  }

  @Test(
    "A reason that says nothing of the key leaves earlier time stamps their worth",
    arguments: [RevocationReason.superseded, .cessationOfOperation, .affiliationChanged])
  func harmless(reason: RevocationReason) async throws {
    let letter = try await bench.signedTwice(SigningBench.letter())
    let report = try report(letter, revokedFor: reason)
    #expect(report.decision == .accept, "\(report.detail)")
  }

  @Test(
    "Where the key may be lost, its time stamps prove nothing any more, its own over the whole file among them",
    arguments: [RevocationReason.keyCompromise, nil])
  func lost(reason: RevocationReason?) async throws {
    let letter = try await bench.signedTwice(SigningBench.letter())
    let archived = try await LetterSigner.addDocumentTimeStamp(pdf: letter, bench.request(5), timeStamp: bench.stamps)
    // A list of before the revocation, which the file brings, hides nothing.
    let stored = try LetterSigner.addSecurityStore(
      pdf: letter, certificates: [bench.pki.issuing.certificate], evidence: bench.verifier.trust.revocation,
      identifier: [UInt8](repeating: 4, count: 16))
    for file in [letter, archived, stored] {
      let report = try report(file, revokedFor: reason)
      #expect(report.decision == .reject)
      #expect(report.codes.contains(.timeStampInvalid), "\(report.codes)")
      #expect(report.integrity == .intact)
      #expect(report.signatures.allSatisfy { $0.timeStamp.reason == "authority-compromised" })
    }
  }

  @Test("A later time stamp of another authority, made before the key was lost, keeps them")
  func archived() async throws {
    var profile = CertificateProfile(
      subject: [("C", "VN"), ("CN", "TSA khác")], serial: [0x77], notBefore: SigningBench.now - 86_400,
      notAfter: SigningBench.now + 30 * 86_400)
    profile.extendedKeyUsage = "critical,timeStamping"
    let other = try profile.make(issuer: bench.pki.timeStampingCA)
    let letter = try await bench.signedTwice(SigningBench.letter())
    func archived(after seconds: TimeInterval) async throws -> [UInt8] {
      let stamps = SigningBench.Stamps(
        authority: try TimeStampAuthority(key: try other.signer(), policyOID: "2.999.1.3"),
        time: SigningBench.now + seconds)
      return try await LetterSigner.addDocumentTimeStamp(pdf: letter, bench.request(5), timeStamp: stamps)
    }
    let kept = try report(try await archived(after: 600), revokedFor: .keyCompromise)
    #expect(kept.decision == .accept, "\(kept.detail)")
    let late = try report(try await archived(after: 4000), revokedFor: .keyCompromise)
    #expect(late.codes.contains(.timeStampInvalid), "\(late.codes)")
  }
}
