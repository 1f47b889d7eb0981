internal import COpenSSL
public import Foundation

/// A certificate and its private key, made here.
public struct CertifiedKey: Sendable {
  public let certificate: Certificate
  /// Issuing certificates up to and with the root, nearest first.
  public let issuers: [Certificate]
  let privateKey: OwnedObject

  /// The key as a signer; issuers but the root go along.
  public func signer(scheme: SignatureScheme? = nil) throws(SigningError) -> SoftwareKey {
    try SoftwareKey(
      key: privateKey, certificate: certificate, chain: issuers.filter { !$0.isSelfIssued }, scheme: scheme)
  }

  /// A PKCS#12 file with key, certificate and issuers (AES-256, PBKDF2).
  public func pkcs12(password: String, name: String = "") throws(SigningError) -> [UInt8] {
    let stack = ScopedObject(try check(OPENSSL_sk_new_null(), "OPENSSL_sk_new_null")) { OPENSSL_sk_free($0) }
    for issuer in issuers { _ = issuer.object.withPointer { OPENSSL_sk_push(stack.pointer, UnsafeRawPointer($0)) } }
    let made = certificate.object.withPointer { leaf in
      privateKey.withPointer { key in
        PKCS12_create(password, name.isEmpty ? nil : name, key, leaf, stack.pointer, 0, 0, 0, 0, 0)
      }
    }
    let store = ScopedObject(try check(made, "PKCS12_create")) { PKCS12_free($0) }
    let pointer = store.pointer
    return encoded { i2d_PKCS12(pointer, $0) }
  }
}

/// What a new certificate says of itself; texts of extensions are as in OpenSSL's `x509v3_config`.
public struct CertificateProfile: Sendable, Hashable {
  /// Kinds of key to make.
  public enum Key: Sendable, Hashable {
    case rsa(bits: Int)
    /// A curve by OpenSSL's name, such as `P-256`.
    case ec(curve: String)
  }

  /// Short names and values in the order of the encoding.
  public var subject: [(name: String, value: String)] {
    get { names.map { ($0.name, $0.value) } }
    set { names = newValue.map { Name(name: $0.name, value: $0.value) } }
  }
  public var serial: [UInt8]
  public var notBefore: Date
  public var notAfter: Date
  public var key: Key
  public var isCA: Bool
  /// For example `critical,digitalSignature,nonRepudiation`; nil leaves the extension out.
  public var keyUsage: String?
  public var extendedKeyUsage: String?
  public var policyOIDs: [String]
  public var subjectAltEmail: String?
  /// Further extensions by name, such as `crlDistributionPoints`.
  public var extensions: [String: String]
  /// Digest of the issuer's signature.
  public var digest: DigestAlgorithm

  private var names: [Name]

  private struct Name: Sendable, Hashable {
    let name: String
    let value: String
  }

  public init(
    subject: [(name: String, value: String)], serial: [UInt8], notBefore: Date, notAfter: Date,
    key: Key = .rsa(bits: 2_048), isCA: Bool = false, keyUsage: String? = "critical,digitalSignature,nonRepudiation",
    extendedKeyUsage: String? = nil, policyOIDs: [String] = [], subjectAltEmail: String? = nil,
    extensions: [String: String] = [:], digest: DigestAlgorithm = .sha256
  ) {
    names = subject.map { Name(name: $0.name, value: $0.value) }
    self.serial = serial
    self.notBefore = notBefore
    self.notAfter = notAfter
    self.key = key
    self.isCA = isCA
    self.keyUsage = keyUsage
    self.extendedKeyUsage = extendedKeyUsage
    self.policyOIDs = policyOIDs
    self.subjectAltEmail = subjectAltEmail
    self.extensions = extensions
    self.digest = digest
  }

  /// Makes a key, or takes that of another certificate, and a certificate signed by `issuer` or by itself.
  public func make(issuer: CertifiedKey?, keyOf other: CertifiedKey? = nil) throws(SigningError) -> CertifiedKey {
    let privateKey = if let other { other.privateKey } else { try makeKey() }
    let pointer = try check(X509_new(), "X509_new")
    do throws(SigningError) {
      try fill(pointer, privateKey: privateKey, issuer: issuer)
    } catch {
      X509_free(pointer)
      throw error
    }
    // Read anew, so that what is handed out is what others will parse.
    let der = encoded { i2d_X509(pointer, $0) }
    X509_free(pointer)
    return CertifiedKey(
      certificate: try Certificate(der: der), issuers: issuer.map { [$0.certificate] + $0.issuers } ?? [],
      privateKey: privateKey)
  }

  private func makeKey() throws(SigningError) -> OwnedObject {
    let made: OpaquePointer? =
      switch key {
      case .rsa(let bits): shim_RSA_gen(bits)
      case .ec(let curve): shim_EC_gen(curve)
      }
    return OwnedObject(takingOwnership: try check(made, "key generation")) { EVP_PKEY_free($0) }
  }

  private func fill(_ certificate: OpaquePointer, privateKey: OwnedObject, issuer: CertifiedKey?) throws(SigningError) {
    try check(X509_set_version(certificate, 2), "X509_set_version")
    let number = ScopedObject(try ASN1Numbers.integer(serial)) { ASN1_INTEGER_free($0) }
    try check(X509_set_serialNumber(certificate, number.pointer), "X509_set_serialNumber")
    let start = ScopedObject(try ASN1Numbers.time(notBefore)) { ASN1_TIME_free($0) }
    try check(X509_set1_notBefore(certificate, start.pointer), "X509_set1_notBefore")
    let end = ScopedObject(try ASN1Numbers.time(notAfter)) { ASN1_TIME_free($0) }
    try check(X509_set1_notAfter(certificate, end.pointer), "X509_set1_notAfter")
    try check(privateKey.withPointer { X509_set_pubkey(certificate, $0) }, "X509_set_pubkey")

    let name = ScopedObject(try check(X509_NAME_new(), "X509_NAME_new")) { X509_NAME_free($0) }
    for part in names {
      let added = X509_NAME_add_entry_by_txt(
        name.pointer, part.name, MBSTRING_UTF8, Array(part.value.utf8), Int32(part.value.utf8.count), -1, 0)
      try check(added, "subject attribute \(part.name)")
    }
    try check(X509_set_subject_name(certificate, name.pointer), "X509_set_subject_name")
    let signer = issuer?.certificate
    let issued = signer.map { $0.object.withPointer { X509_set_issuer_name(certificate, X509_get_subject_name($0)) } }
    try check(issued ?? X509_set_issuer_name(certificate, name.pointer), "X509_set_issuer_name")

    for (key, value) in extensionTexts {
      try add(key, value, to: certificate, issuer: signer)
    }
    let algorithm = try digest.evp()
    let signed = (issuer?.privateKey ?? privateKey).withPointer { X509_sign(certificate, $0, algorithm) }
    guard signed > 0 else { throw .openSSL(.cryptographyFailed, "X509_sign") }
  }

  private var extensionTexts: [(String, String)] {
    var texts: [(String, String)] = []
    texts.append(("basicConstraints", isCA ? "critical,CA:TRUE" : "CA:FALSE"))
    texts.append(("subjectKeyIdentifier", "hash"))
    texts.append(("authorityKeyIdentifier", "keyid:always"))
    if let keyUsage { texts.append(("keyUsage", keyUsage)) }
    if let extendedKeyUsage { texts.append(("extendedKeyUsage", extendedKeyUsage)) }
    if !policyOIDs.isEmpty { texts.append(("certificatePolicies", policyOIDs.joined(separator: ","))) }
    if let subjectAltEmail { texts.append(("subjectAltName", "email:\(subjectAltEmail)")) }
    for (key, value) in extensions.sorted(by: { $0.key < $1.key }) {
      // A text given by name replaces the usual one; an empty text leaves the extension out.
      texts.removeAll { $0.0 == key }
      if !value.isEmpty { texts.append((key, value)) }
    }
    return texts
  }

  private func add(_ name: String, _ value: String, to certificate: OpaquePointer, issuer: Certificate?)
    throws(SigningError)
  {
    let made: OpaquePointer? =
      if let issuer {
        issuer.object.withPointer {
          ExtensionText.parse(name, value, issuer: $0, subject: certificate, list: nil)
        }
      } else {
        ExtensionText.parse(name, value, issuer: certificate, subject: certificate, list: nil)
      }
    let item = ScopedObject(try check(made, "extension \(name)")) { X509_EXTENSION_free($0) }
    try check(X509_add_ext(certificate, item.pointer, -1), "X509_add_ext \(name)")
  }
}

/// Extensions from OpenSSL's configuration texts (`x509v3_config`).
enum ExtensionText {
  /// The extension, which the caller owns; nil when the text is wrong.
  static func parse(
    _ name: String, _ value: String, issuer: OpaquePointer, subject: OpaquePointer?, list: OpaquePointer?
  ) -> OpaquePointer? {
    // Some extensions insist on a configuration, even if they never look into it.
    guard let configuration = NCONF_new(nil) else { return nil }
    defer { NCONF_free(configuration) }
    var context = X509V3_CTX()
    return withUnsafeMutablePointer(to: &context) { context in
      X509V3_set_ctx(context, issuer, subject, nil, list, 0)
      X509V3_set_nconf(context, configuration)
      return X509V3_EXT_nconf(configuration, context, name, value)
    }
  }
}
