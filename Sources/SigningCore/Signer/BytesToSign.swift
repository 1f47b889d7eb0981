internal import COpenSSL
internal import Foundation

/// What a key has to sign, in each of the forms that keys ask for: a software key and `CKM_SHA256_RSA_PKCS` take the
/// ``bytes``, remote signing (CSC `signatures/signHash`, SIM PKI) takes the ``digest``, `CKM_RSA_PKCS` the ``digestInfo()``.
public struct BytesToSign: Sendable, Hashable, Codable {
  /// DER of the signed attributes, encoded as a SET (RFC 5652 5.4).
  public let bytes: [UInt8]
  public let scheme: SignatureScheme
  /// Digest of ``bytes`` with the scheme's algorithm.
  public let digest: [UInt8]

  public init(bytes: [UInt8], scheme: SignatureScheme) throws(SigningError) {
    self.bytes = bytes
    self.scheme = scheme
    digest = try Digest.of(bytes, scheme.digest)
  }

  /// DER of PKCS#1's DigestInfo around the digest.
  public func digestInfo() throws(SigningError) -> [UInt8] {
    let info = ScopedObject(try check(X509_SIG_new(), "X509_SIG_new")) { X509_SIG_free($0) }
    var algorithm: UnsafeMutablePointer<X509_ALGOR>?
    var value: UnsafeMutablePointer<ASN1_OCTET_STRING>?
    X509_SIG_getm(info.pointer, &algorithm, &value)
    try check(X509_ALGOR_set0(algorithm, OBJ_nid2obj(scheme.digest.nid), V_ASN1_NULL, nil), "X509_ALGOR_set0")
    try check(ASN1_OCTET_STRING_set(value, digest, Int32(digest.count)), "ASN1_OCTET_STRING_set")
    let pointer = info.pointer
    return encoded { i2d_X509_SIG(pointer, $0) }
  }

  private enum CodingKeys: CodingKey { case bytes, scheme }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    try self.init(
      bytes: Array(try container.decode(Data.self, forKey: .bytes)),
      scheme: try container.decode(SignatureScheme.self, forKey: .scheme))
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(Data(bytes), forKey: .bytes)
    try container.encode(scheme, forKey: .scheme)
  }
}
