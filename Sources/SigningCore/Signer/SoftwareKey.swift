internal import COpenSSL

/// A private key in memory with its certificate, from a PKCS#12 file. Loading checks the key once; keep it loaded.
public final class SoftwareKey: Signer {
  /// Longest key store taken.
  public static let maximumByteCount = 1 << 20

  public let certificate: Certificate
  public let chain: [Certificate]
  public let scheme: SignatureScheme
  let privateKey: OwnedObject

  /// Opens a PKCS#12 file (`.p12`, `.pfx`) with its password.
  ///
  /// Throws `.notAKeyStore`, `.wrongPassword`, `.keyStoreWithoutKey`, `.keyStoreWithoutCertificate`,
  /// `.unsupportedAlgorithm` (an encryption that OpenSSL no longer offers), `.tooLarge`.
  public convenience init(pkcs12: [UInt8], password: String, scheme: SignatureScheme? = nil) throws(SigningError) {
    guard pkcs12.count <= Self.maximumByteCount else {
      throw SigningError(.tooLarge, "key store of \(pkcs12.count) bytes")
    }
    let contents = try KeyStore.open(pkcs12, password: password)
    // The root goes with the verifier's trust, not with the signature.
    let chain = contents.others.filter { $0 != contents.certificate && !$0.isSelfIssued }
    try self.init(key: contents.key, certificate: contents.certificate, chain: chain, scheme: scheme)
  }

  /// From a private key in PEM (PKCS#8 or traditional, not encrypted) and its certificate.
  public convenience init(
    privateKeyPEM: String, certificate: Certificate, chain: [Certificate] = [], scheme: SignatureScheme? = nil
  ) throws(SigningError) {
    guard let block = try PEM.blocks(in: Array(privateKeyPEM.utf8)).first(where: { $0.label.hasSuffix("PRIVATE KEY") }),
      let (pointer, _) = decoded(block.der, { d2i_AutoPrivateKey(nil, $0, $1) })
    else { throw SigningError(.keyStoreWithoutKey, "no unencrypted private key in the text") }
    let owned = OwnedObject(takingOwnership: pointer) { EVP_PKEY_free($0) }
    try self.init(key: owned, certificate: certificate, chain: chain, scheme: scheme)
  }

  init(key: OwnedObject, certificate: Certificate, chain: [Certificate], scheme: SignatureScheme?) throws(SigningError)
  {
    let fits = certificate.object.withPointer { leaf in key.withPointer { X509_check_private_key(leaf, $0) } }
    OpenSSLFailure.clear()
    guard fits == 1 else { throw SigningError(.keyDoesNotMatchCertificate, "public keys differ") }
    let usual = try SignatureScheme(for: certificate.publicKey)
    let chosen = scheme ?? usual
    let kinds: Set<SignatureKind> = usual.kind == .rsaPKCS1 ? [.rsaPKCS1, .rsaPSS] : [usual.kind]
    guard kinds.contains(chosen.kind) else {
      throw SigningError(.unsupportedAlgorithm, "\(chosen.rawValue) with a \(certificate.publicKey.name) key")
    }
    privateKey = key
    self.certificate = certificate
    self.chain = chain
    self.scheme = chosen
  }

  public func sign(_ bytes: BytesToSign) async throws -> [UInt8] {
    try signature(over: bytes.bytes, scheme: bytes.scheme)
  }

  /// Signs at once, for callers that know the key is in memory.
  public func signature(over bytes: [UInt8], scheme: SignatureScheme? = nil) throws(SigningError) -> [UInt8] {
    try privateKey.withPointer { (key) throws(SigningError) in try (scheme ?? self.scheme).sign(bytes, key: key) }
  }
}
