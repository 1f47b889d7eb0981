/// How a signature value is made: key kind, padding and digest.
public enum SignatureScheme: String, Sendable, Hashable, Codable, CaseIterable {
  case rsaPKCS1SHA256 = "rsa-pkcs1-sha256"
  case rsaPKCS1SHA384 = "rsa-pkcs1-sha384"
  case rsaPKCS1SHA512 = "rsa-pkcs1-sha512"
  case rsaPSSSHA256 = "rsa-pss-sha256"
  case rsaPSSSHA384 = "rsa-pss-sha384"
  case rsaPSSSHA512 = "rsa-pss-sha512"
  case ecdsaSHA256 = "ecdsa-sha256"
  case ecdsaSHA384 = "ecdsa-sha384"
  case ecdsaSHA512 = "ecdsa-sha512"

  /// The digest of the scheme.
  public var digest: DigestAlgorithm {
    switch self {
    case .rsaPKCS1SHA256, .rsaPSSSHA256, .ecdsaSHA256: .sha256
    case .rsaPKCS1SHA384, .rsaPSSSHA384, .ecdsaSHA384: .sha384
    case .rsaPKCS1SHA512, .rsaPSSSHA512, .ecdsaSHA512: .sha512
    }
  }

  /// The kind of key and padding.
  public var kind: SignatureKind {
    switch self {
    case .rsaPKCS1SHA256, .rsaPKCS1SHA384, .rsaPKCS1SHA512: .rsaPKCS1
    case .rsaPSSSHA256, .rsaPSSSHA384, .rsaPSSSHA512: .rsaPSS
    case .ecdsaSHA256, .ecdsaSHA384, .ecdsaSHA512: .ecdsa
    }
  }

  /// The usual scheme for a public key: RSA with PKCS#1 v1.5, ECDSA, and RSA-PSS where the key allows nothing else.
  public init(for key: PublicKeyDescription) throws(SigningError) {
    switch key.kind {
    case .rsa: self = .rsaPKCS1SHA256
    case .rsaPSS: self = .rsaPSSSHA256
    case .ec: self = key.bits > 384 ? .ecdsaSHA512 : key.bits > 256 ? .ecdsaSHA384 : .ecdsaSHA256
    case .other: throw SigningError(.unsupportedAlgorithm, "no signature scheme for a \(key.name) key")
    }
  }
}

/// Key kind and padding of a signature, the digest apart.
public enum SignatureKind: String, Sendable, Hashable, Codable {
  case rsaPKCS1 = "rsa-pkcs1"
  case rsaPSS = "rsa-pss"
  case ecdsa
  case other
}
