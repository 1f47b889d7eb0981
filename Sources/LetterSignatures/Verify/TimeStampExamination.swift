internal import Foundation
internal import SigningCore

/// What a time-stamp token is worth (RFC 3161; ETSI EN 319 102-1, 5.4).
struct TimeStampExamination {
  private(set) var fact = Fact.indeterminate("not-checked")
  /// The token's time, when it holds.
  private(set) var provedTime: Date?
  /// The token's time, whether it holds or not.
  private(set) var statedTime: Date?
  private(set) var signer: Certificate?
  private(set) var chainNow = Fact.indeterminate("not-checked")
  private(set) var revocation = Fact.indeterminate("not-checked")
  private(set) var path: PathReport?
  /// When the authority's certificate, or one above it, was revoked for a reason that leaves no trust in times it stated
  /// before: who has its key can state any time.
  private(set) var compromisedAt: Date?
  private(set) var problems: [Problem] = []

  /// - Parameter imprint: checks the token's imprint against what it should cover.
  init(
    _ der: [UInt8], _ examiner: SignatureExaminer, certificates: [Certificate],
    imprint: (TimeStampToken) throws -> Finding
  ) {
    let token: TimeStampToken
    let covers: Finding
    do {
      token = try TimeStampToken(der: der, signerCandidates: examiner.candidates)
      covers = try imprint(token)
    } catch {
      refuse(.failed("unreadable"), .formatFailure)
      return
    }
    statedTime = token.generatedAt
    signer = token.signerCertificate
    guard covers.isPassed else {
      refuse(Fact(covers), .hashFailure)
      return
    }
    guard token.signature.isPassed, let certificate = token.signerCertificate else {
      refuse(Fact(token.signature), .signatureCryptographicFailure)
      return
    }
    guard let validator = examiner.validator else {
      fact = .indeterminate(Finding.Reason.untrusted.rawValue)
      problems = [.open(.timeStampInvalid, .noCertificateChainFound, "time stamp: no anchor is configured")]
      return
    }
    let report = validator.validate(
      certificate, untrusted: token.cms.certificates + certificates + examiner.store.certificates,
      purpose: .timeStamping, at: token.generatedAt, now: examiner.now, evidence: examiner.store.evidence,
      fetched: examiner.fetched)
    path = report
    chainNow = Fact(report.standing(at: examiner.now))
    revocation = Fact(report.revocation)
    let algorithms = token.algorithms(under: examiner.policy.pathPolicy.algorithms)
    if token.generatedAt > examiner.now.addingTimeInterval(SignatureExaminer.clockTolerance) {
      fact = .failed("in-the-future")
      problems = [.open(.timeStampInvalid, .timeStampOrderFailure, "time stamp: its time lies in the future")]
    } else if let fault = Self.fault(report, algorithms) {
      fact = fault.fact
      problems = [fault.problem]
      if fault.problem.subindication == .cryptographicConstraintsFailure {
        problems.append(.open(.weakCryptography, .cryptographicConstraintsFailure, "a time stamp of weak algorithms"))
      }
    } else {
      fact = .passed
      provedTime = token.generatedAt
      compromisedAt = report.certificates.compactMap { Self.compromise($0.revocation) }.min()
    }
  }

  /// RFC 3161, 4: after these reasons, given as such, earlier tokens keep their worth; after all others none does.
  private static func compromise(_ status: RevocationStatus) -> Date? {
    switch status.reason {
    case .unspecified?, .affiliationChanged?, .superseded?, .cessationOfOperation?: nil
    default: status.revokedAt
    }
  }

  private mutating func refuse(_ fact: Fact, _ subindication: LetterReport.Subindication) {
    self.fact = fact
    problems = [.failed(.timeStampInvalid, subindication, "time stamp: \(fact.reason ?? "signature")")]
  }

  private static func fault(_ report: PathReport, _ algorithms: Finding) -> (fact: Fact, problem: Problem)? {
    func fault(
      _ finding: Finding, _ subindication: LetterReport.Subindication, _ code: LetterCode = .timeStampInvalid
    ) -> (Fact, Problem) {
      (Fact(finding), .open(code, subindication, "time stamp: \(finding.reason?.rawValue ?? "")"))
    }
    if !report.path.isPassed { return fault(report.path, .noCertificateChainFound) }
    if !report.validity.isPassed { return fault(report.validity, .outOfBoundsNoProof) }
    if !report.keyUsage.isPassed { return fault(report.keyUsage, .chainConstraintsFailure) }
    if !report.algorithms.isPassed { return fault(report.algorithms, .cryptographicConstraintsFailure) }
    if !algorithms.isPassed { return fault(algorithms, .cryptographicConstraintsFailure) }
    if report.revocation.isFailed { return fault(report.revocation, .revokedNoProof) }
    // That the authority's own status is not known is not the token's fault.
    if !report.revocation.isPassed { return fault(report.revocation, .tryLater, .revocationUnknown) }
    return nil
  }
}
