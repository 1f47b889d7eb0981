internal import COpenSSL

/// What a PKCS#12 file (RFC 7292) holds.
enum KeyStore {
  struct Contents {
    let key: OwnedObject
    let certificate: Certificate
    let others: [Certificate]
  }

  /// Opens a store; one with the old RC2 encryption, as Windows exports it, with OpenSSL's legacy algorithms, which are
  /// loaded for this reading only and for nothing else.
  static func open(_ bytes: [UInt8], password: String) throws(SigningError) -> Contents {
    do throws(SigningError) {
      return try read(bytes, password: password, library: nil)
    } catch  where error.code == .unsupportedAlgorithm {
      guard let library = OSSL_LIB_CTX_new() else { throw error }
      defer { OSSL_LIB_CTX_free(library) }
      guard let usual = OSSL_PROVIDER_load(library, "default") else { throw error }
      defer { OSSL_PROVIDER_unload(usual) }
      guard let legacy = OSSL_PROVIDER_load(library, "legacy") else {
        OpenSSLFailure.clear()
        throw error
      }
      defer { OSSL_PROVIDER_unload(legacy) }
      return try read(bytes, password: password, library: library)
    }
  }

  private static func read(_ bytes: [UInt8], password: String, library: OpaquePointer?) throws(SigningError) -> Contents
  {
    var prepared = PKCS12_init_ex(NID_pkcs7_data, library, nil)
    let read = bytes.withUnsafeBufferPointer { buffer in
      var cursor = buffer.baseAddress
      return d2i_PKCS12(&prepared, &cursor, buffer.count)
    }
    guard let read else {
      // A failed d2i has freed what it was given.
      OpenSSLFailure.clear()
      throw SigningError(.notAKeyStore, "no PKCS#12 structure in \(bytes.count) bytes")
    }
    let store = ScopedObject(read) { PKCS12_free($0) }
    // Some stores carry no MAC at all; the password is then tried on the contents.
    let isProtected = PKCS12_mac_present(store.pointer) == 1
    guard !isProtected || PKCS12_verify_mac(store.pointer, password, Int32(password.utf8.count)) == 1 else {
      OpenSSLFailure.clear()
      throw SigningError(.wrongPassword, "the PKCS#12 integrity check does not fit the password")
    }
    var key: OpaquePointer?
    var leaf: OpaquePointer?
    var authorities: OpaquePointer?
    guard PKCS12_parse(store.pointer, password, &key, &leaf, &authorities) == 1 else {
      throw .openSSL(
        isProtected ? .unsupportedAlgorithm : .wrongPassword, "the contents of the PKCS#12 file cannot be decrypted")
    }
    let keyObject = ScopedObject(key) { EVP_PKEY_free($0) }
    let leafObject = ScopedObject(leaf) { X509_free($0) }
    let others = ScopedObject(authorities) { OPENSSL_sk_pop_free($0) { X509_free($0.map { OpaquePointer($0) }) } }
    guard let key = keyObject.pointer else {
      throw SigningError(.keyStoreWithoutKey, "no private key in the PKCS#12 file")
    }
    guard let leaf = leafObject.pointer else {
      throw SigningError(.keyStoreWithoutCertificate, "no certificate for the key in the file")
    }
    return Contents(
      key: try usual(key), certificate: try Certificate(der: encoded { i2d_X509(leaf, $0) }),
      others: elements(ofStack: others.pointer).prefix(32).compactMap { element in
        try? Certificate(der: encoded { i2d_X509(OpaquePointer(element), $0) })
      })
  }

  /// The key as an object of OpenSSL's usual library, so that it outlives the one it was read with.
  private static func usual(_ key: OpaquePointer) throws(SigningError) -> OwnedObject {
    var der = encoded { i2d_PrivateKey(key, $0) }
    defer { der.withUnsafeMutableBytes { OPENSSL_cleanse($0.baseAddress, $0.count) } }
    guard let (copy, _) = decoded(der, { d2i_AutoPrivateKey(nil, $0, $1) }) else {
      throw .openSSL(.unsupportedAlgorithm, "the private key's kind")
    }
    return OwnedObject(takingOwnership: copy) { EVP_PKEY_free($0) }
  }
}
