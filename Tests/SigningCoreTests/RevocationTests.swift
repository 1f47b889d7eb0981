import Foundation
import SigningCore
import Testing

@Suite("Revocation")
struct RevocationTests {
  private let signed = TestPKI.signed
  private let now = TestPKI.now
  private let day = TestPKI.day

  /// Status of the organisation's certificate, with lists of the store and evidence of the file.
  private func status(
    store: [RevocationList] = [], given: RevocationEvidence = .init(), at time: Date? = nil,
    of leaf: CertifiedKey? = nil
  ) throws -> RevocationStatus {
    let made = try TestPKI.shared()
    let rootList = try made.pki.root.revocationList(
      of: [], number: 1, thisUpdate: now - day, nextUpdate: now + 30 * day)
    return try TestPKI.validator(crls: store + [rootList]).validate(
      (leaf ?? made.organisation).certificate, purpose: .documentSigning, at: time ?? signed, now: now, evidence: given
    ).certificates[0].revocation
  }

  private func list(
    _ revoked: [(Date, RevocationReason?)] = [], this: Date, next: Date?, by authority: CertifiedKey? = nil,
    of leaf: CertifiedKey? = nil, digest: DigestAlgorithm = .sha256, extensions: [String: String] = [:]
  ) throws -> RevocationList {
    let made = try TestPKI.shared()
    return try (authority ?? made.pki.issuing).revocationList(
      of: revoked.map {
        RevokedCertificate(certificate: (leaf ?? made.organisation).certificate, revokedAt: $0.0, reason: $0.1)
      }, number: 1, thisUpdate: this, nextUpdate: next, digest: digest, extensions: extensions)
  }

  @Test("Revoked before the proved time counts, revoked after it does not but is told")
  func beforeAndAfter() throws {
    let before = try status(store: [list([(signed - day, .keyCompromise)], this: now - day, next: now + day)])
    #expect(before.finding == .failed(.revoked))
    #expect(before.revokedAt == signed - day)
    #expect(before.reason == .keyCompromise)
    let after = try status(store: [list([(signed + day, .cessationOfOperation)], this: now - day, next: now + day)])
    #expect(after.finding == .passed)
    #expect(after.revokedAt == signed + day)
    #expect(after.reason == .cessationOfOperation)
    // Without a proved time the same certificate is revoked now.
    let unproved = try status(
      store: [list([(signed + day, .cessationOfOperation)], this: now - day, next: now + day)], at: now)
    #expect(unproved.finding == .failed(.revoked))
  }

  @Test("An older good list from the file does not win over a newer one that says revoked")
  func oldListInFile() throws {
    let old = try list(this: signed - 300 * day, next: now + 300 * day)
    let new = try list([(signed - 100 * day, .superseded)], this: now - day, next: now + day)
    let status = try status(store: [new], given: RevocationEvidence(crls: [old]))
    #expect(status.finding == .failed(.revoked))
    #expect(status.source?.origin == .store)
    // And the other way round: the newer good list does not undo a revocation.
    let undone = try self.status(
      store: [list(this: now - day, next: now + day)],
      given: RevocationEvidence(crls: [list([(signed - 100 * day, .superseded)], this: signed, next: now)]))
    #expect(undone.finding == .failed(.revoked))
  }

  @Test("A certificate that came back from hold is good, one still on hold is not")
  func hold() throws {
    let held = try list([(signed - 20 * day, .certificateHold)], this: signed - 10 * day, next: now + day)
    #expect(try status(store: [held]).finding == .failed(.revoked))
    let released = try list(this: now - day, next: now + day)
    #expect(try status(store: [held, released]).finding == .passed)
  }

  @Test("No list, a stale list, one from the future, a forged one and another issuer's leave the question open")
  func unknown() throws {
    let made = try TestPKI.shared()
    #expect(try status().finding == .indeterminate(.noRevocationEvidence))
    let stale = try list(this: signed - 30 * day, next: signed - 20 * day)
    #expect(try status(store: [stale]).finding == .indeterminate(.staleRevocationEvidence))
    let future = try list(this: now + day, next: now + 2 * day)
    #expect(try status(store: [future]).finding == .indeterminate(.futureRevocationEvidence))
    let impostor = try CertificateProfile(
      subject: made.pki.issuing.certificate.subject.attributes.map { ($0.name, $0.value) }, serial: [3],
      notBefore: TestPKI.start, notAfter: TestPKI.end, key: .ec(curve: "P-256"), isCA: true,
      keyUsage: "critical,keyCertSign,cRLSign"
    ).make(issuer: nil)
    let forged = try list(this: now - day, next: now + day, by: impostor)
    #expect(try status(store: [forged]).finding == .indeterminate(.forgedRevocationEvidence))
    let foreign = try list(this: now - day, next: now + day, by: made.pki.timeStampingCA)
    #expect(try status(store: [foreign]).finding == .indeterminate(.noRevocationEvidence))
    let weak = try list(this: now - day, next: now + day, digest: .insecureSHA1)
    #expect(try status(store: [weak]).finding == .indeterminate(.weakDigest))
    // One good list among all of them settles it.
    let good = try list(this: now - day, next: now + day)
    let settled = try status(store: [stale, future, forged, foreign, weak, good])
    #expect(settled.finding == .passed)
    #expect(Set(settled.rejected) == [.futureRevocationEvidence, .forgedRevocationEvidence, .weakDigest])
  }

  @Test("A stale list still revokes")
  func staleRevokes() throws {
    let stale = try list([(signed - 40 * day, .keyCompromise)], this: signed - 30 * day, next: signed - 20 * day)
    #expect(try status(store: [stale]).finding == .failed(.revoked))
  }

  @Test("A list for authorities only, an indirect one and another distribution point do not speak for a leaf")
  func scope() throws {
    for (text, finding) in [
      ("critical,onlyCA", Finding.indeterminate(.revocationEvidenceOutOfScope)),
      ("critical,onlyuser", .passed),
      ("critical,indirectCRL", .indeterminate(.revocationEvidenceOutOfScope)),
      ("critical,onlyAA", .indeterminate(.revocationEvidenceOutOfScope)),
    ] {
      let point = text.replacingOccurrences(of: "critical,", with: "critical,") + ":TRUE"
      let list = try list(this: now - day, next: now + day, extensions: ["issuingDistributionPoint": point])
      #expect(try status(store: [list]).finding == finding, "\(text)")
    }
    let elsewhere = try list(
      this: now - day, next: now + day,
      extensions: ["issuingDistributionPoint": "critical,fullname:URI:http://crl.example/1.crl"])
    #expect(try status(store: [elsewhere]).finding == .indeterminate(.revocationEvidenceOutOfScope))
    let pointed = try TestPKI.leaf {
      $0.key = .ec(curve: "P-256")
      $0.extensions = ["crlDistributionPoints": "URI:http://crl.example/1.crl"]
    }
    #expect(try status(store: [elsewhere], of: pointed).finding == .passed)
    #expect(pointed.certificate.crlURLs == ["http://crl.example/1.crl"])
  }

  @Test("A revoked issuing authority fails the path, whatever the leaf's own list says")
  func revokedAuthority() throws {
    let made = try TestPKI.shared()
    let root = try made.pki.root.revocationList(
      of: [.init(certificate: made.pki.issuing.certificate, revokedAt: signed - day, reason: .caCompromise)], number: 2,
      thisUpdate: now - day, nextUpdate: now + day)
    let report = try TestPKI.validator(crls: [root, list(this: now - day, next: now + day)]).validate(
      made.organisation.certificate, purpose: .documentSigning, at: signed, now: now)
    #expect(report.revocation == .failed(.revoked))
    #expect(report.certificates[0].revocation.finding == .passed)
    #expect(report.certificates[1].revocation.reason == .caCompromise)
    #expect(!report.isTrusted)
  }

  // MARK: - OCSP

  private func answer(
    by responder: CertifiedKey? = nil, on leaf: CertifiedKey? = nil, revokedAt: Date? = nil, this: Date? = nil,
    next: Date? = nil
  ) throws -> RevocationEvidence {
    let made = try TestPKI.shared()
    let response = try (responder ?? made.pki.issuing).ocspResponse(
      on: (leaf ?? made.organisation).certificate, issuer: made.pki.issuing.certificate, revokedAt: revokedAt,
      reason: revokedAt == nil ? nil : .keyCompromise, thisUpdate: this ?? now - day, nextUpdate: next ?? now + day)
    return RevocationEvidence(crlDER: [], ocspDER: [response.der])
  }

  @Test("The issuer itself and a responder that it certified directly may answer")
  func responders() throws {
    let delegate = try TestPKI.leaf {
      $0.extendedKeyUsage = "OCSPSigning"
      $0.key = .ec(curve: "P-256")
      $0.extensions = ["noCheck": "ignored"]
    }
    for responder in [nil, delegate] {
      let good = try status(given: answer(by: responder))
      #expect(good.finding == .passed)
      #expect(good.source?.kind == .ocsp)
      #expect(good.source?.origin == .given)
      let revoked = try status(given: answer(by: responder, revokedAt: signed - day))
      #expect(revoked.finding == .failed(.revoked))
      #expect(revoked.reason == .keyCompromise)
      #expect(try status(given: answer(by: responder, revokedAt: signed + day)).finding == .passed)
    }
  }

  @Test("A responder without the purpose, of another authority or revoked itself may not answer")
  func wrongResponders() throws {
    let made = try TestPKI.shared()
    #expect(try status(given: answer(by: made.person)).finding == .indeterminate(.ocspResponderNotAuthorised))
    let foreign = try TestPKI.leaf(issuer: made.pki.timeStampingCA) {
      $0.extendedKeyUsage = "OCSPSigning"
      $0.key = .ec(curve: "P-256")
    }
    #expect(try status(given: answer(by: foreign)).finding == .indeterminate(.ocspResponderNotAuthorised))
    let delegate = try TestPKI.leaf {
      $0.extendedKeyUsage = "OCSPSigning"
      $0.key = .ec(curve: "P-256")
    }
    #expect(try status(given: answer(by: delegate)).finding == .passed)
    let lost = try made.pki.issuing.revocationList(
      of: [.init(certificate: delegate.certificate, revokedAt: signed - 100 * day, reason: .keyCompromise)], number: 5,
      thisUpdate: signed - 30 * day, nextUpdate: signed - 20 * day)
    #expect(
      try status(store: [lost], given: answer(by: delegate)).finding == .indeterminate(.staleRevocationEvidence))
    #expect(try status(store: [lost], given: answer(by: delegate)).rejected.contains(.ocspResponderNotAuthorised))
  }

  @Test("An answer about another certificate, a stale one and a damaged one leave the question open")
  func uselessAnswers() throws {
    let made = try TestPKI.shared()
    #expect(try status(given: answer(on: made.person)).finding == .indeterminate(.noRevocationEvidence))
    let stale = try answer(this: signed - 10 * day, next: signed - 9 * day)
    #expect(try status(given: stale).finding == .indeterminate(.staleRevocationEvidence))
    var der = try #require(answer().ocspResponses.first).der
    // Inside the signed part, before the certificates that come along.
    der[120] ^= 1
    let damaged = RevocationEvidence(crlDER: [], ocspDER: [der])
    #expect(try status(given: damaged).finding.isIndeterminate)
  }

  @Test("A question gets the answer of the openssl command's responder, and another nonce is refused")
  func question() throws {
    let made = try TestPKI.shared()
    let request = try OCSPRequest(
      certificate: made.organisation.certificate, issuer: made.pki.issuing.certificate, nonce: [1, 2, 3, 4, 5, 6, 7, 8])
    let answer = try OpenSSLCommand.withFolder([
      "ca.p12": made.pki.issuing.pkcs12(password: "x"), "q.der": request.der,
      "index.txt": Array("V\t400101000000Z\t\t\(made.organisation.certificate.serialHex)\tunknown\t/CN=x\n".utf8),
    ]) { folder in
      _ = try OpenSSLCommand.run(
        ["pkcs12", "-in", "ca.p12", "-passin", "pass:x", "-nodes", "-out", "ca.pem"], in: folder)
      let output = try OpenSSLCommand.run(
        [
          "ocsp", "-index", "index.txt", "-CA", "ca.pem", "-rsigner", "ca.pem", "-rkey", "ca.pem", "-reqin", "q.der",
          "-respout",
          "r.der", "-ndays", "3",
        ], in: folder)
      #expect(output.status == 0, "\(output.text)")
      return try Array(Data(contentsOf: folder.appendingPathComponent("r.der")))
    }
    let response = try request.response(from: answer)
    let rootList = try made.pki.root.revocationList(
      of: [], number: 1, thisUpdate: Date() - day, nextUpdate: Date() + 30 * day)
    let report = try TestPKI.validator(crls: [rootList]).validate(
      made.organisation.certificate, purpose: .documentSigning, at: Date(), now: Date(),
      evidence: RevocationEvidence(ocspResponses: [response]))
    #expect(report.revocation == .passed)
    let other = try OCSPRequest(
      certificate: made.organisation.certificate, issuer: made.pki.issuing.certificate, nonce: [8, 7, 6, 5, 4, 3, 2, 1])
    expectCode(.notAnOCSPResponse) { try other.response(from: answer) }
    expectCode(.notAnOCSPResponse) { try request.response(from: [0x30, 0x03, 0x0a, 0x01, 0x06]) }
  }

  @Test("Evidence that cannot be read is counted, not fatal")
  func unreadable() throws {
    let good = try list(this: now - day, next: now + day).der
    let evidence = RevocationEvidence(crlDER: [good, [], good, [1, 2, 3]], ocspDER: [[0x30, 0]])
    #expect(evidence.crls.count == 1)
    #expect(evidence.unreadable == 3)
    expectCode(.notARevocationList) { try RevocationList(der: good + [0]) }
  }

  @Test("Adobe's signed revocation attribute carries lists and responses there and back")
  func adobeArchive() throws {
    let made = try TestPKI.shared()
    let evidence = try RevocationEvidence(
      crls: [list(this: now - day, next: now + day)], ocspResponses: answer().ocspResponses)
    let signer = try made.organisation.signer()
    let draft = try CMSDraft(signer: signer, messageDigest: Digest.of([UInt8]([1])), revocation: evidence)
    let cms = try draft.complete(signature: signer.signature(over: draft.bytesToSign.bytes))
    let facts = try CMSSignature(der: cms)
    #expect(facts.signature == .passed)
    #expect(facts.revocation == evidence)
  }
}
