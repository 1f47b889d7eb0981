/// The key usage extension (RFC 5280 4.2.1.3).
public struct KeyUsage: OptionSet, Sendable, Hashable, Codable {
  public let rawValue: UInt32

  public init(rawValue: UInt32) { self.rawValue = rawValue }

  public static let digitalSignature = KeyUsage(rawValue: 0x80)
  /// Also called content commitment.
  public static let nonRepudiation = KeyUsage(rawValue: 0x40)
  public static let keyEncipherment = KeyUsage(rawValue: 0x20)
  public static let dataEncipherment = KeyUsage(rawValue: 0x10)
  public static let keyAgreement = KeyUsage(rawValue: 0x08)
  public static let certificateSigning = KeyUsage(rawValue: 0x04)
  public static let crlSigning = KeyUsage(rawValue: 0x02)
}

/// The extended key usage extension (RFC 5280 4.2.1.12).
public struct ExtendedKeyUsage: Sendable, Hashable, Codable {
  /// Purposes as object identifiers, in order.
  public let oids: [String]
  public let isCritical: Bool

  public init(oids: [String], isCritical: Bool) {
    self.oids = oids
    self.isCritical = isCritical
  }

  public static let any = "2.5.29.37.0"
  public static let emailProtection = "1.3.6.1.5.5.7.3.4"
  public static let clientAuthentication = "1.3.6.1.5.5.7.3.2"
  public static let timeStamping = "1.3.6.1.5.5.7.3.8"
  public static let ocspSigning = "1.3.6.1.5.5.7.3.9"
  /// RFC 9336.
  public static let documentSigning = "1.3.6.1.5.5.7.3.36"
  /// Microsoft's document signing purpose, older than RFC 9336.
  public static let microsoftDocumentSigning = "1.3.6.1.4.1.311.10.3.12"
  /// Adobe's authentic documents trust.
  public static let adobeDocumentSigning = "1.2.840.113583.1.1.5"
}

/// What kind of public key a certificate holds.
public struct PublicKeyDescription: Sendable, Hashable, Codable {
  public enum Kind: String, Sendable, Hashable, Codable {
    case rsa
    case rsaPSS = "rsa-pss"
    case ec
    case other
  }

  public let kind: Kind
  /// Length of the modulus or of the curve's field.
  public let bits: Int
  /// For the operator: `RSA-2048`, `EC prime256v1`.
  public let name: String

  public init(kind: Kind, bits: Int, name: String) {
    self.kind = kind
    self.bits = bits
    self.name = name
  }
}
