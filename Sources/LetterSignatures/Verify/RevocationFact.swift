public import Foundation
internal import SigningCore

/// What is known of one certificate's revocation, and from where.
public struct RevocationFact: Sendable, Hashable, Codable {
  /// In which path the certificate stands.
  public enum Role: String, Sendable, Hashable, Codable, CaseIterable {
    case signer
    case timeStamp
  }

  public enum Kind: String, Sendable, Hashable, Codable, CaseIterable {
    case crl
    case ocsp
  }

  public enum Origin: String, Sendable, Hashable, Codable, CaseIterable {
    /// The signed file or its signature.
    case file
    /// The trust folder.
    case store
    /// Asked for when it was checked.
    case network
  }

  public let role: Role
  /// The certificate's subject (RFC 4514).
  public let certificate: String
  public let status: Fact
  /// What the status rests on; nil when nothing counts.
  public let kind: Kind?
  public let origin: Origin?
  /// When that was made, and when the next one is due.
  public let thisUpdate: Date?
  public let nextUpdate: Date?
  /// When it was revoked, also when that came after the proved time.
  public let revokedAt: Date?

  private enum CodingKeys: String, CodingKey {
    case role, certificate, status, kind, origin, thisUpdate, nextUpdate, revokedAt
  }

  /// Writes every key, those without a value as null.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(role, forKey: .role)
    try container.encode(certificate, forKey: .certificate)
    try container.encode(status, forKey: .status)
    try container.encode(kind, forKey: .kind)
    try container.encode(origin, forKey: .origin)
    try container.encode(thisUpdate, forKey: .thisUpdate)
    try container.encode(nextUpdate, forKey: .nextUpdate)
    try container.encode(revokedAt, forKey: .revokedAt)
  }

  /// Every certificate of a path below its anchor; none when there is no path.
  static func all(in path: PathReport?, role: Role) -> [RevocationFact] {
    guard let path, path.path.isPassed else { return [] }
    return path.certificates.dropLast().map { RevocationFact($0, role: role) }
  }

  private init(_ certificate: PathReport.CertificateStatus, role: Role) {
    let known = certificate.revocation
    self.role = role
    self.certificate = certificate.certificate.subject.description
    status = Fact(known.finding)
    kind =
      switch known.source?.kind {
      case .crl?: .crl
      case .ocsp?: .ocsp
      case nil: nil
      }
    origin =
      switch known.source?.origin {
      case .given?: .file
      case .fetched?: .network
      case .store?: .store
      case nil: nil
      }
    thisUpdate = known.source?.thisUpdate
    nextUpdate = known.source?.nextUpdate
    revokedAt = known.revokedAt
  }
}
