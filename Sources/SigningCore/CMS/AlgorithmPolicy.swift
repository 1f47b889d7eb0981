/// Which digests and key lengths are strong enough. OpenSSL's security levels do not look at the digest inside a CMS
/// signature, so the table is our own.
public struct AlgorithmPolicy: Sendable, Hashable, Codable {
  /// Shortest RSA modulus in bits.
  public var minimumRSABits: Int
  /// Shortest field of an elliptic curve in bits.
  public var minimumECBits: Int
  public var weakDigests: Set<DigestAlgorithm>

  public init(
    minimumRSABits: Int = 2_048, minimumECBits: Int = 224,
    weakDigests: Set<DigestAlgorithm> = [.insecureSHA1, .insecureMD5]
  ) {
    self.minimumRSABits = minimumRSABits
    self.minimumECBits = minimumECBits
    self.weakDigests = weakDigests
  }

  /// The digest's strength; nil is one that is not known here.
  public func finding(digest: DigestAlgorithm?) -> Finding {
    guard let digest else { return .indeterminate(.unsupportedAlgorithm) }
    return weakDigests.contains(digest) ? .failed(.weakDigest) : .passed
  }

  /// The key's strength.
  public func finding(key: PublicKeyDescription) -> Finding {
    switch key.kind {
    case .rsa, .rsaPSS: key.bits >= minimumRSABits ? .passed : .failed(.weakKey)
    case .ec: key.bits >= minimumECBits ? .passed : .failed(.weakKey)
    case .other: .indeterminate(.unsupportedAlgorithm)
    }
  }
}
