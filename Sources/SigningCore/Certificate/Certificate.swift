internal import COpenSSL
public import Foundation

/// An X.509 certificate (RFC 5280), parsed by OpenSSL and immutable. Two are equal when their encodings are.
public struct Certificate: Sendable, Hashable {
  /// Longest encoding taken.
  public static let maximumByteCount = 128 * 1024

  let object: OwnedObject
  /// SHA-256 of the encoding.
  let digest: [UInt8]

  /// From exactly one DER value.
  public init(der: [UInt8]) throws(SigningError) {
    guard der.count <= Self.maximumByteCount else { throw SigningError(.tooLarge, "certificate of \(der.count) bytes") }
    guard let (pointer, used) = decoded(der, { d2i_X509(nil, $0, $1) }) else {
      throw .openSSL(.notACertificate, "no X.509 certificate in \(der.count) bytes")
    }
    guard used == der.count else {
      X509_free(pointer)
      throw SigningError(.notACertificate, "\(der.count - used) bytes after the certificate")
    }
    try self.init(takingOwnership: pointer)
  }

  /// From the first certificate in PEM text.
  public init(pem: String) throws(SigningError) {
    guard let first = try Self.all(in: Array(pem.utf8)).first else {
      throw SigningError(.notACertificate, "no certificate in the text")
    }
    self = first
  }

  /// Owns `pointer`, which nobody else may change.
  init(takingOwnership pointer: OpaquePointer) throws(SigningError) {
    object = OwnedObject(takingOwnership: pointer) { X509_free($0) }
    // Parses and caches the extensions now, so that later reads find an object at rest.
    _ = X509_check_purpose(pointer, -1, 0)
    OpenSSLFailure.clear()
    var digest = [UInt8](repeating: 0, count: 32)
    guard X509_digest(pointer, try DigestAlgorithm.sha256.evp(), &digest, nil) == 1 else {
      throw .openSSL(.cryptographyFailed, "X509_digest")
    }
    self.digest = digest
  }

  /// Shares an object that something else owns too.
  init(borrowing pointer: OpaquePointer) throws(SigningError) {
    try check(X509_up_ref(pointer), "X509_up_ref")
    try self.init(takingOwnership: pointer)
  }

  /// All certificates of a file: one in DER, or any number in PEM. PEM blocks of other kinds are passed over.
  public static func all(in bytes: [UInt8]) throws(SigningError) -> [Certificate] {
    if !PEM.isText(bytes) { return [try Certificate(der: bytes)] }
    var certificates: [Certificate] = []
    for block in try PEM.blocks(in: bytes) where PEM.certificateLabels.contains(block.label) {
      certificates.append(try Certificate(der: block.der))
    }
    return certificates
  }

  public static func == (left: Certificate, right: Certificate) -> Bool { left.digest == right.digest }

  public func hash(into hasher: inout Hasher) { hasher.combine(digest) }

  /// SHA-256 of the encoding, lower-case hexadecimal.
  public var fingerprint: String { digest.hexadecimal }

  /// The encoding.
  public var der: [UInt8] { object.withPointer { pointer in encoded { i2d_X509(pointer, $0) } } }

  /// PEM text of the certificate.
  public var pem: String { PEM.text(label: "CERTIFICATE", der: der) }

  public var subject: DistinguishedName {
    object.withPointer { DistinguishedName(borrowing: X509_get_subject_name($0)) }
  }

  public var issuer: DistinguishedName { object.withPointer { DistinguishedName(borrowing: X509_get_issuer_name($0)) } }

  /// Serial number, upper-case hexadecimal, an even number of digits.
  public var serialHex: String { object.withPointer { ASN1Values.hexadecimal(X509_get0_serialNumber($0)) } }

  /// Start of the validity period; the distant future when the field is malformed, so that it fails closed.
  public var notBefore: Date { object.withPointer { ASN1Values.date(X509_get0_notBefore($0)) } ?? .distantFuture }

  /// End of the validity period; the distant past when the field is malformed, so that it fails closed.
  public var notAfter: Date { object.withPointer { ASN1Values.date(X509_get0_notAfter($0)) } ?? .distantPast }

  /// Whether basic constraints say that it is a certification authority.
  public var isCA: Bool { object.withPointer { X509_check_ca($0) == 1 } }

  /// Whether subject and issuer are the same name.
  public var isSelfIssued: Bool {
    object.withPointer { X509_NAME_cmp(X509_get_subject_name($0), X509_get_issuer_name($0)) == 0 }
  }

  /// The digest of the issuer's signature on this certificate; nil when it is not known here.
  public var signatureDigest: DigestAlgorithm? {
    object.withPointer { pointer in
      var digest = NID_undef
      guard X509_get_signature_info(pointer, &digest, nil, nil, nil) == 1 else {
        OpenSSLFailure.clear()
        return nil
      }
      return DigestAlgorithm(nid: digest)
    }
  }

  /// The public key's kind and length.
  public var publicKey: PublicKeyDescription {
    object.withPointer { pointer in
      guard let key = X509_get0_pubkey(pointer) else {
        OpenSSLFailure.clear()
        return PublicKeyDescription(kind: .other, bits: 0, name: "unreadable")
      }
      return PublicKeyDescription(borrowing: key)
    }
  }
}

extension PublicKeyDescription {
  /// Describes an EVP_PKEY.
  init(borrowing key: OpaquePointer) {
    let bits = Int(EVP_PKEY_get_bits(key))
    switch EVP_PKEY_get_base_id(key) {
    case EVP_PKEY_RSA: self.init(kind: .rsa, bits: bits, name: "RSA-\(bits)")
    case EVP_PKEY_RSA_PSS: self.init(kind: .rsaPSS, bits: bits, name: "RSA-PSS-\(bits)")
    case EVP_PKEY_EC:
      var buffer = [CChar](repeating: 0, count: 80)
      var length = 0
      let named = EVP_PKEY_get_group_name(key, &buffer, buffer.count, &length) == 1
      OpenSSLFailure.clear()
      let curve = named ? String(decoding: buffer.prefix(length).map(UInt8.init(bitPattern:)), as: UTF8.self) : "?"
      self.init(kind: .ec, bits: bits, name: "EC \(curve)")
    case EVP_PKEY_ED25519: self.init(kind: .other, bits: bits, name: "ED25519")
    case EVP_PKEY_ED448: self.init(kind: .other, bits: bits, name: "ED448")
    default: self.init(kind: .other, bits: bits, name: "other")
    }
  }
}
