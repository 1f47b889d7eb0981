internal import COpenSSL

extension OCSPResponse {
  /// The certificate whose key signed the response, out of those it brought and `candidates`; nil when the signature does
  /// not verify. Whether that certificate may answer is another question.
  func verifiedResponder(candidates: [Certificate]) -> Certificate? {
    defer {
      OpenSSLFailure.clear()
      withExtendedLifetime(candidates) {}
    }
    guard let stack = OPENSSL_sk_new_null() else { return nil }
    defer { OPENSSL_sk_free(stack) }
    for candidate in candidates {
      _ = candidate.object.withPointer { OPENSSL_sk_push(stack, UnsafeRawPointer($0)) }
    }
    return basic.withPointer { response in
      // OCSP_NOVERIFY leaves the responder's path, which has rules and a time of its own, to us.
      guard OCSP_basic_verify(response, stack, nil, UInt(OCSP_NOVERIFY)) == 1 else { return nil }
      var signer: OpaquePointer?
      guard OCSP_resp_get0_signer(response, &signer, stack) == 1, let signer else { return nil }
      return try? Certificate(borrowing: signer)
    }
  }

  /// The digest of the response's signature; nil when it is not known here.
  var signatureDigest: DigestAlgorithm? {
    basic.withPointer { response in
      var object: OpaquePointer?
      X509_ALGOR_get0(&object, nil, nil, OCSP_resp_get0_tbs_sigalg(response))
      var digest = NID_undef
      guard OBJ_find_sigid_algs(OBJ_obj2nid(object), &digest, nil) == 1 else { return nil }
      return DigestAlgorithm(nid: digest)
    }
  }
}

extension Certificate {
  /// Whether names and key identifiers agree and `issuer`'s key signed this certificate.
  public func isIssued(by issuer: Certificate) -> Bool {
    object.withPointer { subject in
      issuer.object.withPointer { issuer in
        defer { OpenSSLFailure.clear() }
        guard X509_check_issued(issuer, subject) == X509_V_OK, let key = X509_get0_pubkey(issuer) else { return false }
        return X509_verify(subject, key) == 1
      }
    }
  }
}
