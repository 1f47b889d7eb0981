internal import Foundation
internal import PDFDocument
internal import SigningCore

/// What the signatures of one file are judged with.
struct SignatureExaminer {
  /// How much clocks may disagree.
  static let clockTolerance: TimeInterval = 300
  /// Signing times are met in the wild as local time (UTC+7) labelled UTC.
  static let localTimeTolerance: TimeInterval = 7 * 3600 + 300

  /// Where the signed bytes are read: the letter, or the content of a CMS file.
  let source: PDFSource
  /// A CMS file may have its content inside; the signature in a PDF never.
  var takesContentInside = false
  let store: SecurityStore
  let trust: TrustStore
  let policy: LetterPolicy
  let validator: PathValidator?
  /// What was asked for over the network.
  var fetched = RevocationEvidence()
  let now: Date

  /// Certificates a signature may mean that does not carry its signer's.
  var candidates: [Certificate] { store.certificates + trust.intermediates }

  /// The digest of the signed ranges, read in pieces.
  func digest(_ ranges: [Range<Int>], _ algorithm: DigestAlgorithm) throws -> [UInt8] {
    let digest = try Digest(algorithm)
    for range in ranges { try source.forEachPiece(of: range) { digest.update($0) } }
    return try digest.finalize()
  }

  // MARK: The signature itself

  /// The facts of a signature that do not depend on others.
  struct Own {
    var cryptographic = Fact.indeterminate("not-checked")
    var timeStamp = Fact.indeterminate("absent")
    var timeStampTime: Date?
    /// When the token holds.
    var stampedTime: Date?
    var claimedTime: Date?
    var cms: CMSSignature?
    var signer: Certificate?
    var stampPath: PathReport?
    /// Since when ``stampedTime`` has no worth by itself.
    var compromisedAt: Date?
    var chainNow = Fact.indeterminate("not-checked")
    var stampRevocation = Fact.indeterminate("not-checked")
    /// The digest or the signature's value is of an algorithm that is not known here.
    var isUnverified = false
    var problems: [Problem] = []
  }

  func examine(_ coverage: SignatureCoverage, subFilter: String?) -> Own {
    var own = Own()
    own.claimedTime = coverage.dictionary?["M"]?.string.flatMap { PDFDate($0.text)?.date }
    if subFilter == "ETSI.RFC3161" {
      examineDocumentTimeStamp(coverage, &own)
    } else if subFilter == "adbe.pkcs7.detached" || subFilter == "ETSI.CAdES.detached" {
      examineSignature(coverage, isCAdES: subFilter == "ETSI.CAdES.detached", &own)
    } else {
      own.cryptographic = .failed("unsupported-subfilter")
      own.problems.append(.failed(.signatureInvalid, .formatFailure, "a signature of an unsupported kind"))
      // The kinds of old that are bound to SHA-1 (ISO 32000-1, table 257).
      if subFilter == "adbe.pkcs7.sha1" || subFilter == "adbe.x509.rsa_sha1" {
        own.problems.append(
          .open(.weakCryptography, .cryptographicConstraintsFailure, "a kind of signature that needs SHA-1"))
      }
    }
    return own
  }

  func examineSignature(_ coverage: SignatureCoverage, isCAdES: Bool, _ own: inout Own) {
    let cms: CMSSignature
    let content: Finding
    do {
      cms = try CMSSignature(
        der: coverage.contents, signerCandidates: candidates,
        maximumByteCount: takesContentInside ? LetterVerifier.maximumCMSByteCount : CMSSignature.maximumByteCount)
      content =
        coverage.declared.isEmpty
        ? .indeterminate(.notChecked) : try cms.content(matches: { try digest(coverage.declared, $0) })
    } catch {
      own.cryptographic = .failed("unreadable-cms")
      own.problems.append(.failed(.signatureInvalid, .formatFailure, "the signature is no readable CMS"))
      return
    }
    own.cms = cms
    own.signer = cms.signerCertificate
    if let claimed = cms.claimedSigningTime { own.claimedTime = claimed }
    if !cms.trailingBytesAreZero {
      own.problems.append(.policy(.contentsPadding, "bytes other than zero after the CMS"))
    }
    if cms.hasEncapsulatedContent != takesContentInside {
      own.cryptographic = .failed(takesContentInside ? "no-content-inside" : "content-inside")
      own.problems.append(
        .failed(
          .signatureInvalid, content.reason == .digestMismatch ? .hashFailure : .formatFailure,
          takesContentInside ? "the CMS has no content inside" : "the CMS brings its own content"))
      examineTokens(cms, &own)
      return
    }
    var form = [cms.structure, cms.signedAttributes]
    // The older kind of signature has no such attribute; where it is, it must fit.
    if isCAdES || cms.signingCertificate.isFailed { form.append(cms.signingCertificate) }
    let shape = Finding.worst(form)
    let findings = Finding.worst([content, shape, cms.signature])
    own.cryptographic =
      coverage.fault == .byteRangeBeyondFile ? .failed("signed-bytes-missing") : Fact(findings)
    if content.reason == .digestMismatch {
      own.problems.append(.failed(.modified, .hashFailure, "the signed bytes have another digest"))
    } else if content.isIndeterminate, coverage.fault == nil {
      own.problems.append(
        .open(.weakCryptography, .cryptographicConstraintsFailure, "digest: \(content.reason?.rawValue ?? "")"))
    }
    if !shape.isPassed {
      own.problems.append(.failed(.signatureInvalid, .formatFailure, "CMS: \(shape.reason?.rawValue ?? "")"))
    }
    // What cannot be checked for its algorithm is told below.
    let isUnsupported = cms.signature == .indeterminate(.unsupportedAlgorithm)
    own.isUnverified = content.isIndeterminate || isUnsupported
    if !cms.signature.isPassed, !isUnsupported {
      own.problems.append(
        .failed(.signatureInvalid, .signatureCryptographicFailure, "CMS: \(cms.signature.reason?.rawValue ?? "")"))
    }
    if cms.contentType != "1.2.840.113549.1.7.1" {
      own.cryptographic = .failed("content-type")
      own.problems.append(.failed(.signatureInvalid, .formatFailure, "the CMS is not over plain data"))
    }
    let algorithms = cms.algorithms(under: policy.pathPolicy.algorithms)
    if !algorithms.isPassed {
      if own.cryptographic.result == .passed { own.cryptographic = .indeterminate(algorithms.reason?.rawValue ?? "") }
      own.problems.append(
        .open(.weakCryptography, .cryptographicConstraintsFailure, "CMS: \(algorithms.reason?.rawValue ?? "")"))
    }
    examineTokens(cms, &own)
  }

  private func examineTokens(_ cms: CMSSignature, _ own: inout Own) {
    // Every token must hold: a bad one beside a good one is nobody's honest work.
    for token in cms.timeStampTokens.prefix(8) {
      let stamp = TimeStampExamination(token, self, certificates: cms.certificates) { token in
        try token.imprint(matches: { try Digest.of(cms.signatureValue, $0) })
      }
      if !stamp.problems.isEmpty {
        own.problems += stamp.problems
        own.timeStamp = stamp.fact
        own.timeStampTime = own.timeStampTime ?? stamp.statedTime
        own.stampPath = stamp.path
      } else if own.timeStamp == .indeterminate("absent") {
        own.timeStamp = stamp.fact
        own.timeStampTime = stamp.statedTime
        own.stampedTime = stamp.provedTime
        own.stampPath = stamp.path
        own.compromisedAt = stamp.compromisedAt
      }
    }
    if own.timeStamp.result != .passed { own.stampedTime = nil }
  }

  private func examineDocumentTimeStamp(_ coverage: SignatureCoverage, _ own: inout Own) {
    let stamp = TimeStampExamination(coverage.contents, self, certificates: []) { token in
      if coverage.declared.isEmpty { return .indeterminate(.notChecked) }
      if !token.cms.trailingBytesAreZero { return .failed(.signedAttributeMalformed) }
      return try token.imprint(matches: { try digest(coverage.declared, $0) })
    }
    own.signer = stamp.signer
    own.timeStamp = stamp.fact
    own.cryptographic = stamp.path == nil ? stamp.fact : .passed
    own.timeStampTime = stamp.statedTime
    own.stampedTime = stamp.provedTime
    own.stampPath = stamp.path
    own.compromisedAt = stamp.compromisedAt
    own.chainNow = stamp.chainNow
    own.stampRevocation = stamp.revocation
    own.problems += stamp.problems
    if stamp.problems.contains(where: { $0.subindication == .hashFailure }) {
      own.problems.append(.failed(.modified, .hashFailure, "the bytes of a document time stamp have another digest"))
    }
  }

  // MARK: The signer's certificate

  struct Chain {
    var chain = Fact.indeterminate("not-checked")
    var chainNow = Fact.indeterminate("not-checked")
    var revocation = Fact.indeterminate("not-checked")
    var report: PathReport?
    var problems: [Problem] = []
  }

  /// - Parameter proof: the time at which the signature is known to have existed; nil when nothing proves one.
  func examineChain(_ signer: Certificate?, _ cms: CMSSignature?, proof: Date?) -> Chain {
    var chain = Chain()
    guard let signer, let cms else {
      if cms != nil {
        chain.problems.append(.open(.certificateUntrusted, .noSigningCertificateFound, "no signing certificate"))
      }
      return chain
    }
    guard let validator else {
      chain.chain = .failed(Finding.Reason.untrusted.rawValue)
      chain.problems.append(.open(.certificateUntrusted, .noCertificateChainFound, "no anchor is configured"))
      return chain
    }
    let report = validator.validate(
      signer, untrusted: cms.certificates + store.certificates, purpose: .documentSigning, at: proof ?? now, now: now,
      evidence: store.evidence.merging(cms.revocation), fetched: fetched)
    chain.report = report
    chain.chain = Fact(Finding.worst([report.path, report.validity, report.keyUsage, report.algorithms]))
    chain.chainNow = Fact(report.standing(at: now))
    chain.revocation = Fact(report.revocation)
    if !report.path.isPassed {
      chain.problems.append(
        .open(.certificateUntrusted, .noCertificateChainFound, "path: \(report.path.reason?.rawValue ?? "")"))
    }
    if !report.validity.isPassed {
      let reason = report.validity.reason
      if reason == .notYetValid {
        chain.problems.append(.failed(.certificateNotYetValid, .notYetValid, "validity: not yet valid"))
      }
      chain.problems.append(
        .open(
          .certificateExpired, reason == .notYetValid ? .notYetValid : .outOfBoundsNoProof,
          "validity: \(reason?.rawValue ?? "")"))
    }
    if !report.keyUsage.isPassed {
      chain.problems.append(
        .open(.certificateKeyUsage, .chainConstraintsFailure, "usage: \(report.keyUsage.reason?.rawValue ?? "")"))
    }
    if !report.algorithms.isPassed {
      chain.problems.append(
        .open(
          .weakCryptography, .cryptographicConstraintsFailure, "chain: \(report.algorithms.reason?.rawValue ?? "")"))
    }
    chain.problems += revocationProblems(report, proof: proof)
    return chain
  }

  private func revocationProblems(_ report: PathReport, proof: Date?) -> [Problem] {
    if report.revocation.isFailed {
      let isLeaf = report.certificates.first.map { $0.revocation.finding.isFailed } ?? false
      if !isLeaf { return [.open(.certificateRevoked, .revokedAuthorityNoProof, "an issuing certificate was revoked")] }
      if proof == nil {
        return [.open(.certificateRevoked, .revokedNoProof, "revoked, and no proof of an earlier time")]
      }
      return [.failed(.certificateRevoked, .revoked, "the certificate was revoked before it signed")]
    }
    // Without a path there is nothing whose revocation could be known.
    if !report.revocation.isPassed, report.path.isPassed {
      return [.open(.revocationUnknown, .tryLater, "revocation: \(report.revocation.reason?.rawValue ?? "")")]
    }
    return []
  }
}
