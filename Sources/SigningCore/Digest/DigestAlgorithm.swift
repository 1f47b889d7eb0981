/// A message digest. Weak ones are spelled so: they are recognised in what others signed, and refused by policy.
public enum DigestAlgorithm: String, Sendable, Hashable, Codable, CaseIterable {
  /// Of the SHA-2 family (FIPS 180-4) and no worse than RSA-2048, but out of use: taken from others, never used here.
  case sha224
  case sha256
  case sha384
  case sha512
  case insecureSHA1 = "sha1"
  case insecureMD5 = "md5"

  /// The algorithm with this object identifier, or nil when it is none that is known here.
  public init?(oid: String) {
    guard let match = Self.allCases.first(where: { $0.oid == oid }) else { return nil }
    self = match
  }

  /// The algorithm with a name as files and standards write it: `SHA-256`, `sha256`, `SHA256`.
  public init?(standardName: some StringProtocol) {
    let plain = standardName.lowercased().filter { $0 != "-" && $0 != "_" && $0 != " " }
    guard let match = Self(rawValue: plain) else { return nil }
    self = match
  }

  /// Object identifier in dotted form.
  public var oid: String {
    switch self {
    case .sha224: "2.16.840.1.101.3.4.2.4"
    case .sha256: "2.16.840.1.101.3.4.2.1"
    case .sha384: "2.16.840.1.101.3.4.2.2"
    case .sha512: "2.16.840.1.101.3.4.2.3"
    case .insecureSHA1: "1.3.14.3.2.26"
    case .insecureMD5: "1.2.840.113549.2.5"
    }
  }

  /// Length of the digest in bytes.
  public var byteCount: Int {
    switch self {
    case .sha224: 28
    case .sha256: 32
    case .sha384: 48
    case .sha512: 64
    case .insecureSHA1: 20
    case .insecureMD5: 16
    }
  }

  /// Whether new signatures may use it.
  public var isSecure: Bool {
    switch self {
    case .sha256, .sha384, .sha512: true
    case .sha224, .insecureSHA1, .insecureMD5: false
    }
  }
}
