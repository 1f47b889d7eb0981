public import Foundation

/// What in a trust store gets old.
extension TrustStore {
  /// One certificate or list with its age.
  public struct Age: Sendable, Hashable {
    public enum State: String, Sendable, Hashable {
      case current
      /// Within the warning time.
      case expiresSoon
      case expired
      case notYetValid
    }

    public let role: TrustFolder.Role
    /// Subject of a certificate, issuer of a list.
    public let name: String
    /// SHA-256 of a certificate; nil for lists.
    public let fingerprint: String?
    /// The end of validity, or when the next list is due; nil for a list that names no such time.
    public let until: Date?
    public let state: State
  }

  /// How long before its end a certificate is called `expiresSoon`, seconds: a new one takes weeks to get.
  public static let warningTime: TimeInterval = 60 * 86_400
  /// The same for a list before the next one is due, but no more than the last quarter of its time: many are made daily.
  static let listWarningTime: TimeInterval = 2 * 86_400

  /// Every anchor, intermediate and list (of each issuer the newest) with its state at `now`.
  ///
  /// - Parameter warning: how long before its end a certificate is called `expiresSoon`, seconds.
  public func ages(at now: Date, warning: TimeInterval = TrustStore.warningTime) -> [Age] {
    var ages: [Age] = []
    for (role, certificates) in [(TrustFolder.Role.anchor, anchors), (.intermediate, intermediates)] {
      for certificate in certificates {
        let end = certificate.notAfter
        let state: Age.State =
          if end < now { .expired } else if certificate.notBefore > now {
            .notYetValid
          } else if end
            < now.addingTimeInterval(warning)
          { .expiresSoon } else { .current }
        ages.append(
          Age(
            role: role, name: certificate.subject.description, fingerprint: certificate.fingerprint, until: end,
            state: state))
      }
    }
    var newest: [DistinguishedName: RevocationList] = [:]
    for list in revocation.crls {
      if let other = newest[list.issuer], other.thisUpdate >= list.thisUpdate { continue }
      newest[list.issuer] = list
    }
    for list in newest.values.sorted(by: { $0.issuer.description < $1.issuer.description }) {
      let state: Age.State =
        if let next = list.nextUpdate, next < now { .expired } else if list.thisUpdate > now {
          .notYetValid
        } else if let next = list.nextUpdate,
          next < now + min(Self.listWarningTime, next.timeIntervalSince(list.thisUpdate) / 4)
        { .expiresSoon } else { .current }
      ages.append(
        Age(role: .crl, name: list.issuer.description, fingerprint: nil, until: list.nextUpdate, state: state))
    }
    return ages
  }
}
