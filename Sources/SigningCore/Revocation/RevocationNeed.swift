public import Foundation

/// A certificate whose status could be asked for at the addresses that it names.
///
/// It stands in a path that holds up to an anchor, so its addresses are its authority's and not a stranger's.
public struct RevocationNeed: Sendable, Hashable {
  public let certificate: Certificate
  public let issuer: Certificate
}

extension PathReport {
  /// The certificates whose status is open, or known only from evidence that was made before `provedTime` and is out of
  /// date at `now`: what an authority says today may be more.
  public func revocationNeeds(provedTime: Date, now: Date) -> [RevocationNeed] {
    guard path.isPassed else { return [] }
    return zip(certificates, certificates.dropFirst()).compactMap { status, issuer in
      guard status.revocation.couldBeBetterKnown(provedTime: provedTime, now: now) else { return nil }
      return RevocationNeed(certificate: status.certificate, issuer: issuer.certificate)
    }
  }
}

extension RevocationStatus {
  fileprivate func couldBeBetterKnown(provedTime: Date, now: Date) -> Bool {
    switch finding {
    case .failed: return false
    case .indeterminate: return true
    case .passed:
      guard let source else { return false }
      return source.thisUpdate < provedTime && (source.nextUpdate ?? .distantPast) < now
    }
  }
}
