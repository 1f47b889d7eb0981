internal import COpenSSL

extension SignatureScheme {
  /// Signs `bytes` with an EVP_PKEY that holds the private key.
  func sign(_ bytes: [UInt8], key: OpaquePointer) throws(SigningError) -> [UInt8] {
    let context = ScopedObject(try check(EVP_MD_CTX_new(), "EVP_MD_CTX_new")) { EVP_MD_CTX_free($0) }
    var keyContext: OpaquePointer?
    try check(EVP_DigestSignInit(context.pointer, &keyContext, try digest.evp(), nil, key), "EVP_DigestSignInit")
    try setPadding(keyContext)
    var count = 0
    try check(EVP_DigestSign(context.pointer, nil, &count, bytes, bytes.count), "EVP_DigestSign")
    var signature = [UInt8](repeating: 0, count: count)
    try check(EVP_DigestSign(context.pointer, &signature, &count, bytes, bytes.count), "EVP_DigestSign")
    return Array(signature.prefix(count))
  }

  /// Whether `signature` (ECDSA: in DER) over `bytes` fits the public key.
  func verifies(_ signature: [UInt8], over bytes: [UInt8], key: OpaquePointer) throws(SigningError) -> Bool {
    let context = ScopedObject(try check(EVP_MD_CTX_new(), "EVP_MD_CTX_new")) { EVP_MD_CTX_free($0) }
    var keyContext: OpaquePointer?
    try check(EVP_DigestVerifyInit(context.pointer, &keyContext, try digest.evp(), nil, key), "EVP_DigestVerifyInit")
    try setPadding(keyContext)
    let result = EVP_DigestVerify(context.pointer, signature, signature.count, bytes, bytes.count)
    OpenSSLFailure.clear()
    return result == 1
  }

  private func setPadding(_ context: OpaquePointer?) throws(SigningError) {
    guard kind == .rsaPSS else { return }
    try check(EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PSS_PADDING), "RSA-PSS padding")
    // RSASSA-PSS with a salt as long as the digest, as RFC 4056 and ETSI TS 119 312 ask.
    try check(EVP_PKEY_CTX_set_rsa_pss_saltlen(context, RSA_PSS_SALTLEN_DIGEST), "RSA-PSS salt")
  }

  /// An ECDSA value as DER; a token's or remote service's fixed-length `r || s` is converted.
  func derSignature(_ signature: [UInt8], keyBits: Int) -> [UInt8] {
    let half = (keyBits + 7) / 8
    guard kind == .ecdsa, signature.count == 2 * half else { return signature }
    if let (value, used) = decoded(signature, { d2i_ECDSA_SIG(nil, $0, $1) }) {
      ECDSA_SIG_free(value)
      if used == signature.count { return signature }
    }
    guard let value = ECDSA_SIG_new() else { return signature }
    defer { ECDSA_SIG_free(value) }
    let (r, s) = signature.withUnsafeBufferPointer { buffer in
      (
        BN_bin2bn(buffer.baseAddress, Int32(half), nil),
        BN_bin2bn(buffer.baseAddress.map { $0 + half }, Int32(half), nil)
      )
    }
    guard let r, let s, ECDSA_SIG_set0(value, r, s) == 1 else {
      BN_free(r)
      BN_free(s)
      return signature
    }
    return encoded { i2d_ECDSA_SIG(value, $0) }
  }

  /// Writes the scheme as AlgorithmIdentifier of a CMS SignerInfo (RFC 3370, RFC 4056, RFC 5754).
  func write(to algorithm: UnsafeMutablePointer<X509_ALGOR>) throws(SigningError) {
    switch kind {
    case .rsaPKCS1:
      try check(X509_ALGOR_set0(algorithm, OBJ_nid2obj(NID_rsaEncryption), V_ASN1_NULL, nil), "X509_ALGOR_set0")
    case .ecdsa:
      var nid = NID_undef
      try check(OBJ_find_sigid_by_algs(&nid, digest.nid, NID_X9_62_id_ecPublicKey), "ECDSA algorithm")
      try check(X509_ALGOR_set0(algorithm, OBJ_nid2obj(nid), V_ASN1_UNDEF, nil), "X509_ALGOR_set0")
    case .rsaPSS: try writePSS(to: algorithm)
    case .other: throw SigningError(.unsupportedAlgorithm, rawValue)
    }
  }

  private func writePSS(to algorithm: UnsafeMutablePointer<X509_ALGOR>) throws(SigningError) {
    let parameters = ScopedObject(try check(RSA_PSS_PARAMS_new(), "RSA_PSS_PARAMS_new")) { RSA_PSS_PARAMS_free($0) }
    let hash = try check(X509_ALGOR_new(), "X509_ALGOR_new")
    parameters.pointer.pointee.hashAlgorithm = hash
    X509_ALGOR_set_md(hash, try digest.evp())
    let mask = try check(X509_ALGOR_new(), "X509_ALGOR_new")
    parameters.pointer.pointee.maskGenAlgorithm = mask
    let maskParameter = try check(asn1Sequence(encoded { i2d_X509_ALGOR(hash, $0) }), "ASN1_STRING")
    guard X509_ALGOR_set0(mask, OBJ_nid2obj(NID_mgf1), V_ASN1_SEQUENCE, maskParameter) == 1 else {
      ASN1_STRING_free(maskParameter)
      throw .openSSL(.cryptographyFailed, "mask generation")
    }
    let salt = try check(ASN1_INTEGER_new(), "ASN1_INTEGER_new")
    parameters.pointer.pointee.saltLength = salt
    try check(ASN1_INTEGER_set(salt, digest.byteCount), "salt length")
    let pointer = parameters.pointer
    let value = try check(asn1Sequence(encoded { i2d_RSA_PSS_PARAMS(pointer, $0) }), "ASN1_STRING")
    guard X509_ALGOR_set0(algorithm, OBJ_nid2obj(NID_rsassaPss), V_ASN1_SEQUENCE, value) == 1 else {
      ASN1_STRING_free(value)
      throw .openSSL(.cryptographyFailed, "RSA-PSS parameters")
    }
  }

  /// An ASN1_STRING of type SEQUENCE that holds `der`, the caller's to own.
  private func asn1Sequence(_ der: [UInt8]) -> UnsafeMutablePointer<ASN1_STRING>? {
    guard !der.isEmpty, let string = ASN1_STRING_type_new(V_ASN1_SEQUENCE) else { return nil }
    guard ASN1_STRING_set(string, der, Int32(der.count)) == 1 else {
      ASN1_STRING_free(string)
      return nil
    }
    return string
  }
}
