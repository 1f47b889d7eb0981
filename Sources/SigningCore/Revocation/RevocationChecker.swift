internal import COpenSSL
internal import Foundation
internal import Synchronization

/// Finds out whether one certificate was revoked at a proved time, from lists and responses at hand.
final class RevocationChecker: Sendable {
  private let policy: PathPolicy
  /// Signature checks of lists, which can be long, by list and issuer.
  private let verifiedLists = Mutex<[ListKey: Bool]>([:])

  private struct ListKey: Hashable {
    let list: [UInt8]
    let issuer: [UInt8]
  }

  init(policy: PathPolicy) { self.policy = policy }

  /// One authentic statement on the certificate.
  private struct Statement {
    enum Kind {
      case good
      case revoked(at: Date, reason: RevocationReason?, reachesBack: Bool)
    }
    let kind: Kind
    let source: RevocationStatus.Source
    /// Whether silence of this source means "good" at the proved time.
    let isFresh: Bool
  }

  /// Other certificates of the issuer's name, which may hold the key that signs its lists (a new key, or one for lists).
  final class Authorities: Sendable {
    let certificates: [Certificate]
    /// Whether a path from such a certificate to the same anchor holds.
    let vouches: @Sendable (Certificate) -> Bool
    /// How often a foreign key is tried in one validation: files bring lists and certificates in any number and with keys
    /// of any length.
    private let attemptsLeft = Mutex(64)

    init(certificates: [Certificate], vouches: @escaping @Sendable (Certificate) -> Bool) {
      self.certificates = certificates
      self.vouches = vouches
    }

    static let none = Authorities(certificates: []) { _ in false }

    func mayTry() -> Bool {
      attemptsLeft.withLock {
        $0 -= 1
        return $0 >= 0
      }
    }
  }

  /// The status of `certificate`, issued by `issuer`, at `provedTime`.
  func status(
    of certificate: Certificate, issuer: Certificate, at provedTime: Date, now: Date, given: RevocationEvidence,
    fetched: RevocationEvidence, store: RevocationEvidence, authorities: Authorities = .none
  ) -> RevocationStatus {
    var statements: [Statement] = []
    var rejected: [Finding.Reason] = []
    func note(_ result: Result<Statement, Rejection>?) {
      switch result {
      case .success(let statement)?: statements.append(statement)
      case .failure(let rejection)?:
        if !rejected.contains(rejection.reason) { rejected.append(rejection.reason) }
      case nil: break
      }
    }
    let question = Question(
      certificate: certificate, issuer: issuer, provedTime: provedTime, now: now, authorities: authorities)
    let lists = given.merging(fetched).merging(store).crls
    for (origin, evidence) in [(RevocationStatus.Source.Origin.given, given), (.fetched, fetched), (.store, store)] {
      for list in evidence.crls { note(statement(of: list, on: question, origin: origin)) }
      for response in evidence.ocspResponses {
        note(statement(of: response, on: question, origin: origin, lists: lists))
      }
    }
    return decide(statements, rejected)
  }

  /// Revocation is final, so any authentic "revoked" wins over any "good", however new; only a certificate on hold can
  /// come back, and then the newest source decides.
  private func decide(_ statements: [Statement], _ rejected: [Finding.Reason]) -> RevocationStatus {
    let newestFirst = statements.sorted { $0.source.thisUpdate > $1.source.thisUpdate }
    func status(_ statement: Statement, _ finding: Finding) -> RevocationStatus {
      if case .revoked(let date, let reason, _) = statement.kind {
        return RevocationStatus(
          finding: finding, source: statement.source, revokedAt: date, reason: reason, rejected: rejected)
      }
      return RevocationStatus(finding: finding, source: statement.source, rejected: rejected)
    }
    for statement in newestFirst {
      if case .revoked(_, let reason, true) = statement.kind, reason != .certificateHold {
        return status(statement, .failed(.revoked))
      }
    }
    // A list of before the revocation does not hide that it happened later: for a time stamp that may count.
    let later = newestFirst.lazy.compactMap { statement -> (at: Date, reason: RevocationReason?)? in
      guard case .revoked(let date, let reason, _) = statement.kind, reason != .certificateHold else { return nil }
      return (at: date, reason: reason)
    }.first
    for statement in newestFirst {
      switch statement.kind {
      case .revoked(_, _, reachesBack: true): return status(statement, .failed(.revoked))
      // Listed, but only since after the proved time: that also says that it was good before.
      case .revoked(_, _, reachesBack: false): return status(statement, .passed)
      case .good where statement.isFresh:
        return RevocationStatus(
          finding: .passed, source: statement.source, revokedAt: later?.at, reason: later?.reason, rejected: rejected)
      case .good: continue
      }
    }
    let stale = statements.isEmpty ? rejected : [.staleRevocationEvidence] + rejected
    let reason = Self.tellingFirst.first { stale.contains($0) } ?? stale.first ?? .noRevocationEvidence
    return RevocationStatus(finding: .indeterminate(reason), rejected: stale)
  }

  private static let tellingFirst: [Finding.Reason] = [
    .staleRevocationEvidence, .ocspResponderNotAuthorised, .forgedRevocationEvidence, .futureRevocationEvidence,
    .weakDigest, .ocspStatusUnknown, .revocationEvidenceOutOfScope,
  ]

  private struct Question {
    let certificate: Certificate
    let issuer: Certificate
    let provedTime: Date
    let now: Date
    let authorities: Authorities
  }

  private struct Rejection: Error {
    let reason: Finding.Reason
  }

  // MARK: - Lists

  /// nil: the list is another issuer's and says nothing here.
  private func statement(of list: RevocationList, on question: Question, origin: RevocationStatus.Source.Origin)
    -> Result<Statement, Rejection>?
  {
    guard list.isNamed(for: question.issuer) else { return nil }
    guard let signer = signer(of: list, question) else {
      return .failure(Rejection(reason: .forgedRevocationEvidence))
    }
    if let usage = signer.keyUsage, !usage.contains(.crlSigning) {
      return .failure(Rejection(reason: .revocationEvidenceOutOfScope))
    }
    if let weak = weakness(list.signatureDigest) { return .failure(weak) }
    let source = RevocationStatus.Source(
      kind: .crl, origin: origin, thisUpdate: list.thisUpdate, nextUpdate: list.nextUpdate)
    guard source.thisUpdate <= question.now + policy.clockSkew else {
      return .failure(Rejection(reason: .futureRevocationEvidence))
    }
    let fresh = isFresh(source, at: question.provedTime)
    guard let entry = list.entry(for: question.certificate) else {
      // A list of changes or of other certificates can tell "revoked", but its silence tells nothing.
      guard list.covers(question.certificate) else {
        return .failure(Rejection(reason: .revocationEvidenceOutOfScope))
      }
      return .success(Statement(kind: .good, source: source, isFresh: fresh))
    }
    // The invalidity date says since when the key must be taken as lost, even before the authority acted.
    let since = min(entry.revokedAt, entry.invalidSince ?? entry.revokedAt)
    return .success(
      Statement(
        kind: .revoked(at: entry.revokedAt, reason: entry.reason, reachesBack: since <= question.provedTime),
        source: source, isFresh: fresh))
  }

  /// The certificate whose key signed the list: the issuer's, or another of the same name under the same anchor
  /// (RFC 5280 6.3.3 f).
  private func signer(of list: RevocationList, _ question: Question) -> Certificate? {
    if isAuthentic(list, issuer: question.issuer) { return question.issuer }
    return question.authorities.certificates.first {
      list.isNamed(for: $0) && $0 != question.issuer && isAuthentic(list, issuer: $0)
        && question.authorities.vouches($0)
    }
  }

  private func isAuthentic(_ list: RevocationList, issuer: Certificate) -> Bool {
    let key = ListKey(list: list.digest, issuer: issuer.digest)
    if let known = verifiedLists.withLock({ $0[key] }) { return known }
    let authentic = list.isSigned(by: issuer)
    verifiedLists.withLock {
      // Letters bring lists of their own: the cache must not grow with what is sent to us.
      if $0.count >= 512 { $0.removeAll() }
      $0[key] = authentic
    }
    return authentic
  }

  /// Evidence proves "good at the proved time" when it was made after it, or was still in force then.
  private func isFresh(_ source: RevocationStatus.Source, at provedTime: Date) -> Bool {
    if source.thisUpdate >= provedTime { return true }
    let end = source.nextUpdate ?? source.thisUpdate + policy.freshnessWithoutNextUpdate
    return end + policy.clockSkew >= provedTime
  }

  private func weakness(_ digest: DigestAlgorithm?) -> Rejection? {
    guard let digest else { return Rejection(reason: .unsupportedAlgorithm) }
    return policy.algorithms.weakDigests.contains(digest) ? Rejection(reason: .weakDigest) : nil
  }

  // MARK: - Responses

  /// nil: the response is about other certificates.
  private func statement(
    of response: OCSPResponse, on question: Question, origin: RevocationStatus.Source.Origin, lists: [RevocationList]
  ) -> Result<Statement, Rejection>? {
    guard let entry = response.entry(for: question.certificate, issuer: question.issuer) else { return nil }
    guard let responder = response.verifiedResponder(candidates: [question.issuer]) else {
      return .failure(Rejection(reason: .forgedRevocationEvidence))
    }
    guard isAuthorised(responder, producedAt: response.producedAt, question: question, lists: lists) else {
      return .failure(Rejection(reason: .ocspResponderNotAuthorised))
    }
    if let weak = weakness(response.signatureDigest) { return .failure(weak) }
    let source = RevocationStatus.Source(
      kind: .ocsp, origin: origin, thisUpdate: entry.thisUpdate, nextUpdate: entry.nextUpdate)
    guard source.thisUpdate <= question.now + policy.clockSkew else {
      return .failure(Rejection(reason: .futureRevocationEvidence))
    }
    let fresh = isFresh(source, at: question.provedTime)
    switch entry.status {
    case .good: return .success(Statement(kind: .good, source: source, isFresh: fresh))
    case .revoked:
      let date = entry.revokedAt ?? .distantPast
      return .success(
        Statement(
          kind: .revoked(at: date, reason: entry.reason, reachesBack: date <= question.provedTime), source: source,
          isFresh: fresh))
    case .unknown: return .failure(Rejection(reason: .ocspStatusUnknown))
    }
  }

  /// RFC 6960 4.2.2.2: the issuer itself, or whom the issuer certified directly for OCSPSigning.
  private func isAuthorised(_ responder: Certificate, producedAt: Date, question: Question, lists: [RevocationList])
    -> Bool
  {
    if responder == question.issuer { return true }
    guard responder.extendedKeyUsage?.oids.contains(ExtendedKeyUsage.ocspSigning) == true,
      responder.isIssued(by: question.issuer),
      PathValidator.validity(of: responder, at: min(producedAt, question.now)).isPassed,
      policy.algorithms.finding(key: responder.publicKey).isPassed,
      policy.algorithms.finding(digest: responder.signatureDigest).isPassed
    else { return false }
    if responder.hasOCSPNoCheck { return true }
    let delegate = Question(
      certificate: responder, issuer: question.issuer, provedTime: min(producedAt, question.now), now: question.now,
      authorities: question.authorities)
    let statements = lists.compactMap { try? statement(of: $0, on: delegate, origin: .given)?.get() }
    return !decide(statements, []).finding.isFailed
  }
}
