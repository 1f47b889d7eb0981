internal import COpenSSL

/// A question to an OCSP responder about one certificate (RFC 6960 4.1), to be sent as `application/ocsp-request`.
public struct OCSPRequest: Sendable, Hashable {
  /// The request as it is sent.
  public let der: [UInt8]

  /// - Parameter nonce: random bytes against replay; nil for responders that answer from a store (RFC 5019).
  public init(certificate: Certificate, issuer: Certificate, nonce: [UInt8]? = nil) throws(SigningError) {
    let request = ScopedObject(try check(OCSP_REQUEST_new(), "OCSP_REQUEST_new")) { OCSP_REQUEST_free($0) }
    // SHA-1 only names the certificate here; responders of today know no other (RFC 5019 2.1.1).
    let names = try DigestAlgorithm.insecureSHA1.evp()
    let made = certificate.object.withPointer { subject in
      issuer.object.withPointer { OCSP_cert_to_id(names, subject, $0) }
    }
    let id = try check(made, "OCSP_cert_to_id")
    guard OCSP_request_add0_id(request.pointer, id) != nil else {
      OCSP_CERTID_free(id)
      throw .openSSL(.cryptographyFailed, "OCSP_request_add0_id")
    }
    if let nonce {
      var bytes = nonce
      try check(OCSP_request_add1_nonce(request.pointer, &bytes, Int32(bytes.count)), "OCSP_request_add1_nonce")
    }
    let pointer = request.pointer
    der = encoded { i2d_OCSP_REQUEST(pointer, $0) }
  }

  /// The answer, when it is one and repeats the nonce or leaves it out. What it says counts only after ``PathValidator``
  /// has checked its responder.
  public func response(from bytes: [UInt8]) throws(SigningError) -> OCSPResponse {
    let response = try OCSPResponse(der: bytes)
    guard let (pointer, _) = decoded(der, { d2i_OCSP_REQUEST(nil, $0, $1) }) else {
      throw SigningError(.notAnOCSPResponse, "the request cannot be read")
    }
    let request = ScopedObject(pointer) { OCSP_REQUEST_free($0) }
    let nonce = response.basic.withPointer { OCSP_check_nonce(request.pointer, $0) }
    OpenSSLFailure.clear()
    guard nonce != 0 else { throw SigningError(.notAnOCSPResponse, "the nonce differs") }
    return response
  }
}
