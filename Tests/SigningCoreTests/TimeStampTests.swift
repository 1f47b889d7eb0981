import Foundation
import SigningCore
import Testing

@Suite("Time stamp")
struct TimeStampTests {
  private let digest = [UInt8](repeating: 0xa5, count: 32)

  private func stamp(_ digest: [UInt8], algorithm: DigestAlgorithm = .sha256, authority: TimeStampAuthority? = nil)
    throws -> [UInt8]
  {
    let request = try TimeStampRequest(digest: digest, algorithm: algorithm, nonce: try randomBytes(8))
    let authority = try authority ?? TestPKI.shared().pki.timeStampAuthority()
    let response = try authority.respond(to: request.der, at: TestPKI.signed, serial: try randomBytes(8))
    return try request.token(fromResponse: response)
  }

  @Test("A stamp proves its digest and time", arguments: [DigestAlgorithm.sha256, .sha384, .sha512])
  func facts(_ algorithm: DigestAlgorithm) throws {
    let digest = try Digest.of(self.digest, algorithm)
    let token = try TimeStampToken(der: stamp(digest, algorithm: algorithm))
    #expect(token.generatedAt == TestPKI.signed)
    #expect(token.imprintAlgorithm == algorithm)
    #expect(token.imprint(matches: digest) == .passed)
    #expect(token.imprint(matches: digest.reversed()) == .failed(.digestMismatch))
    #expect(token.signature == .passed)
    #expect(token.algorithms(under: AlgorithmPolicy()) == .passed)
    #expect(token.policyOID == "2.999.1.3")
    #expect(token.accuracySeconds == 1)
    #expect(token.signerCertificate == (try TestPKI.shared().pki.timeStamping.certificate))
  }

  @Test("The openssl command accepts the answer to its own request")
  func secondOpinion() throws {
    let pki = try TestPKI.shared().pki
    try OpenSSLCommand.withFolder([
      "data": digest, "root.pem": Array(pki.root.certificate.pem.utf8),
      "ca.pem": Array(pki.timeStampingCA.certificate.pem.utf8),
    ]) { folder in
      _ = try OpenSSLCommand.run(["ts", "-query", "-data", "data", "-sha256", "-cert", "-out", "q.tsq"], in: folder)
      let query = try Array(Data(contentsOf: folder.appendingPathComponent("q.tsq")))
      let reply = try pki.timeStampAuthority().respond(to: query, at: Date(), serial: [1, 2, 3])
      try Data(reply).write(to: folder.appendingPathComponent("r.tsr"))
      let output = try OpenSSLCommand.run(
        ["ts", "-verify", "-queryfile", "q.tsq", "-in", "r.tsr", "-CAfile", "root.pem", "-untrusted", "ca.pem"],
        in: folder)
      #expect(output.status == 0, "\(output.text)")
    }
  }

  @Test("An answer to another request, a refusal and rubbish are told apart")
  func refusals() throws {
    let authority = try TestPKI.shared().pki.timeStampAuthority()
    let request = try TimeStampRequest(digest: digest, nonce: [1, 2, 3, 4, 5, 6, 7, 8])
    let answer = try authority.respond(to: request.der, at: TestPKI.signed, serial: [9])
    let sameDigest = try TimeStampRequest(digest: digest, nonce: [8, 2, 3, 4, 5, 6, 7, 8])
    let otherDigest = try TimeStampRequest(digest: digest.map { ~$0 }, nonce: [1, 2, 3, 4, 5, 6, 7, 8])
    _ = try request.token(fromResponse: answer)
    expectCode(.timeStampMismatch) { try sameDigest.token(fromResponse: answer) }
    expectCode(.timeStampMismatch) { try otherDigest.token(fromResponse: answer) }
    expectCode(.notATimeStamp) { try request.token(fromResponse: Array("<html>".utf8)) }
    let refusal = try authority.respond(to: Array("rubbish".utf8), at: TestPKI.signed, serial: [9])
    expectCode(.timeStampRefused) { try request.token(fromResponse: refusal) }
    expectCode(.tooLarge) {
      try authority.respond(to: [UInt8](repeating: 0, count: 65_537), at: TestPKI.signed, serial: [9])
    }
    expectCode(.insecureAlgorithm) {
      try TimeStampRequest(digest: [UInt8](repeating: 0, count: 20), algorithm: .insecureSHA1, nonce: [1])
    }
    var damaged = answer
    damaged[damaged.count - 5] ^= 4
    expectCode(.timeStampMismatch) { try request.token(fromResponse: damaged) }
    expectCode(.notATimeStamp) { try TimeStampToken(der: answer) }
  }

  @Test("A certificate without the critical purpose timeStamping makes no authority")
  func authorityNeedsPurpose() throws {
    expectCode(.unsuitableCertificate) {
      try TimeStampAuthority(key: TestPKI.shared().organisation.signer(), policyOID: "2.999.1.3")
    }
  }

  @Test("A stamp joins the signature that it covers, and only that one")
  func signatureTimeStamp() async throws {
    let signer = try TestPKI.shared().organisation.signer()
    let cms = try await CMSDraft.sign(messageDigest: digest, with: signer)
    let value = try CMSAssembly.signatureValue(of: cms)
    let stamped = try CMSAssembly.addingSignatureTimeStamp(stamp(Digest.of(value)), to: cms)
    let facts = try CMSSignature(der: stamped)
    #expect(facts.signature == .passed)
    #expect(facts.signatureValue == value)
    #expect(facts.content(matches: digest) == .passed)
    let token = try TimeStampToken(der: try #require(facts.timeStampTokens.first))
    #expect(facts.timeStampTokens.count == 1)
    #expect(try token.imprint(matches: Digest.of(facts.signatureValue)) == .passed)
    expectCode(.timeStampMismatch) { try CMSAssembly.addingSignatureTimeStamp(stamp(digest), to: cms) }
  }

  @Test("One flipped bit of the token's content or signature is noticed")
  func damage() throws {
    let token = try stamp(digest)
    let good = try TimeStampToken(der: token)
    var damagedSignature = token
    damagedSignature[token.count - 20] ^= 1
    #expect(try TimeStampToken(der: damagedSignature).signature == .failed(.signatureInvalid))
    let start = try #require(token.firstRange(of: digest))
    var damagedImprint = token
    damagedImprint[start.lowerBound] ^= 1
    let facts = try TimeStampToken(der: damagedImprint)
    #expect(facts.signature == .failed(.digestMismatch))
    #expect(facts.imprint(matches: digest) == .failed(.digestMismatch))
    #expect(good.signature == .passed)
  }
}
