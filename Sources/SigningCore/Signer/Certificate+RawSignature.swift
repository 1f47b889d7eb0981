internal import COpenSSL

extension Certificate {
  /// Whether a bare signature value, as XML signatures carry it, over `bytes` fits the certificate's public key.
  ///
  /// ECDSA values may be `r || s` (RFC 4050) or DER. Says nothing about the certificate itself.
  public func verifies(
    _ signature: [UInt8], over bytes: [UInt8], scheme: SignatureScheme
  ) throws(SigningError) -> Bool {
    let key = publicKey
    switch (scheme.kind, key.kind) {
    case (.rsaPKCS1, .rsa), (.rsaPSS, .rsa), (.rsaPSS, .rsaPSS), (.ecdsa, .ec): break
    default: return false
    }
    let value = scheme.derSignature(signature, keyBits: key.bits)
    return try object.withPointer { pointer throws(SigningError) in
      guard let handle = X509_get0_pubkey(pointer) else {
        OpenSSLFailure.clear()
        return false
      }
      return try scheme.verifies(value, over: bytes, key: handle)
    }
  }
}

extension SignatureScheme {
  /// A signature value as XML signatures carry it: ECDSA as `r || s` of the curve's length, all others unchanged.
  public func bareSignature(_ signature: [UInt8], for key: PublicKeyDescription) throws(SigningError) -> [UInt8] {
    let half = (key.bits + 7) / 8
    guard kind == .ecdsa else { return signature }
    guard let (value, used) = decoded(signature, { d2i_ECDSA_SIG(nil, $0, $1) }) else {
      guard signature.count == 2 * half else { throw .openSSL(.signatureDoesNotMatch, "ECDSA value") }
      OpenSSLFailure.clear()
      return signature
    }
    defer { ECDSA_SIG_free(value) }
    guard used == signature.count else { throw SigningError(.signatureDoesNotMatch, "bytes after the ECDSA value") }
    var bare = [UInt8](repeating: 0, count: 2 * half)
    let fits = bare.withUnsafeMutableBufferPointer { buffer in
      BN_bn2binpad(ECDSA_SIG_get0_r(value), buffer.baseAddress, Int32(half)) == half
        && BN_bn2binpad(ECDSA_SIG_get0_s(value), buffer.baseAddress.map { $0 + half }, Int32(half)) == half
    }
    guard fits else { throw .openSSL(.signatureDoesNotMatch, "ECDSA value") }
    return bare
  }
}
