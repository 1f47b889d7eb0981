internal import COpenSSL

/// An `EVP_MD` fetched once and kept for the life of the process.
struct FetchedDigest: @unchecked Sendable {
  // Proof: a fetched EVP_MD is immutable and OpenSSL documents it as usable from several threads; it is never freed here.
  let pointer: OpaquePointer?
}

extension DigestAlgorithm {
  private static let fetched: [DigestAlgorithm: FetchedDigest] = Dictionary(
    uniqueKeysWithValues: allCases.map { ($0, FetchedDigest(pointer: EVP_MD_fetch(nil, $0.openSSLName, nil))) })

  private var openSSLName: String {
    switch self {
    case .sha224: "SHA2-224"
    case .sha256: "SHA2-256"
    case .sha384: "SHA2-384"
    case .sha512: "SHA2-512"
    case .insecureSHA1: "SHA1"
    case .insecureMD5: "MD5"
    }
  }

  /// OpenSSL's implementation, or an error when the library was built or configured without it.
  func evp() throws(SigningError) -> OpaquePointer {
    guard let pointer = Self.fetched[self]?.pointer else {
      throw .openSSL(.unsupportedAlgorithm, "digest \(rawValue) is not available")
    }
    return pointer
  }

  /// OpenSSL's numeric identifier.
  var nid: Int32 {
    switch self {
    case .sha224: NID_sha224
    case .sha256: NID_sha256
    case .sha384: NID_sha384
    case .sha512: NID_sha512
    case .insecureSHA1: NID_sha1
    case .insecureMD5: NID_md5
    }
  }

  init?(nid: Int32) {
    guard let match = Self.allCases.first(where: { $0.nid == nid }) else { return nil }
    self = match
  }
}
