internal import COpenSSL

/// A request for a time stamp (RFC 3161 2.4.1) that asks for the authority's certificate in the answer.
///
/// Keep it until the answer is there: the answer is checked against it.
public struct TimeStampRequest: Sendable, Hashable, Codable {
  /// Longest answer taken.
  public static let maximumResponseByteCount = 1 << 20

  /// The request as it is sent (`application/timestamp-query`).
  public let der: [UInt8]
  public let imprint: [UInt8]
  public let algorithm: DigestAlgorithm
  /// The nonce, upper-case hexadecimal.
  public let nonceHex: String
  public let policyOID: String?

  /// - Parameters:
  ///   - digest: what is stamped, for a signature time stamp the digest of the signature value.
  ///   - nonce: random bytes, 8 by custom; the answer has to repeat them.
  ///   - policyOID: the authority's policy that is asked for, if any.
  public init(digest: [UInt8], algorithm: DigestAlgorithm = .sha256, nonce: [UInt8], policyOID: String? = nil)
    throws(SigningError)
  {
    guard algorithm.isSecure else { throw SigningError(.insecureAlgorithm, algorithm.rawValue) }
    guard digest.count == algorithm.byteCount, (1...32).contains(nonce.count) else {
      throw SigningError(.unsupportedAlgorithm, "digest of \(digest.count) bytes, nonce of \(nonce.count)")
    }
    let request = ScopedObject(try check(TS_REQ_new(), "TS_REQ_new")) { TS_REQ_free($0) }
    try check(TS_REQ_set_version(request.pointer, 1), "TS_REQ_set_version")
    let imprint = ScopedObject(try check(TS_MSG_IMPRINT_new(), "TS_MSG_IMPRINT_new")) { TS_MSG_IMPRINT_free($0) }
    let identifier = ScopedObject(try check(X509_ALGOR_new(), "X509_ALGOR_new")) { X509_ALGOR_free($0) }
    try check(
      X509_ALGOR_set0(identifier.pointer, OBJ_nid2obj(algorithm.nid), V_ASN1_NULL, nil), "X509_ALGOR_set0")
    try check(TS_MSG_IMPRINT_set_algo(imprint.pointer, identifier.pointer), "TS_MSG_IMPRINT_set_algo")
    var bytes = digest
    try check(TS_MSG_IMPRINT_set_msg(imprint.pointer, &bytes, Int32(bytes.count)), "TS_MSG_IMPRINT_set_msg")
    try check(TS_REQ_set_msg_imprint(request.pointer, imprint.pointer), "TS_REQ_set_msg_imprint")
    if let policyOID {
      guard let object = OBJ_txt2obj(policyOID, 1) else { throw .openSSL(.unsupportedAlgorithm, "policy identifier") }
      defer { ASN1_OBJECT_free(object) }
      try check(TS_REQ_set_policy_id(request.pointer, object), "TS_REQ_set_policy_id")
    }
    let number = ScopedObject(try ASN1Numbers.integer(nonce)) { ASN1_INTEGER_free($0) }
    try check(TS_REQ_set_nonce(request.pointer, number.pointer), "TS_REQ_set_nonce")
    try check(TS_REQ_set_cert_req(request.pointer, 1), "TS_REQ_set_cert_req")
    let pointer = request.pointer
    der = encoded { i2d_TS_REQ(pointer, $0) }
    nonceHex = ASN1Values.hexadecimal(number.pointer)
    self.imprint = digest
    self.algorithm = algorithm
    self.policyOID = policyOID
  }

  /// The token of an answer (`application/timestamp-reply`), checked against this request.
  ///
  /// Throws `.notATimeStamp` when the answer is none, `.timeStampRefused` with the authority's words when it refuses,
  /// `.timeStampMismatch` when digest, nonce or policy differ or the token's own signature is wrong.
  public func token(fromResponse response: [UInt8]) throws(SigningError) -> [UInt8] {
    guard response.count <= Self.maximumResponseByteCount else {
      throw SigningError(.tooLarge, "time-stamp response of \(response.count) bytes")
    }
    guard let (pointer, used) = decoded(response, { d2i_TS_RESP(nil, $0, $1) }) else {
      throw SigningError(.notATimeStamp, "no time-stamp response in \(response.count) bytes")
    }
    let answer = ScopedObject(pointer) { TS_RESP_free($0) }
    guard used == response.count else { throw SigningError(.notATimeStamp, "bytes after the time-stamp response") }
    let status = TS_RESP_get_status_info(answer.pointer)
    let code = ASN1_INTEGER_get(TS_STATUS_INFO_get0_status(status))
    guard code == TS_STATUS_GRANTED || code == TS_STATUS_GRANTED_WITH_MODS else {
      let words = elements(ofStack: TS_STATUS_INFO_get0_text(status)).prefix(4).map {
        ASN1Values.text($0.assumingMemoryBound(to: ASN1_STRING.self))
      }
      throw SigningError(.timeStampRefused, "status \(code): \(words.joined(separator: "; ").prefix(200))")
    }
    guard let token = TS_RESP_get_token(answer.pointer) else { throw SigningError(.notATimeStamp, "no token inside") }
    let der = encoded { i2d_PKCS7(token, $0) }
    let stamp = try TimeStampToken(der: der)
    guard stamp.imprintAlgorithm == algorithm, stamp.imprint == imprint else {
      throw SigningError(.timeStampMismatch, "the token is over other data")
    }
    guard stamp.nonceHex == nonceHex else { throw SigningError(.timeStampMismatch, "the nonce differs") }
    if let policyOID, stamp.policyOID != policyOID { throw SigningError(.timeStampMismatch, "the policy differs") }
    guard stamp.signature.isPassed else {
      throw SigningError(.timeStampMismatch, "token signature: \(stamp.signature.reason?.rawValue ?? "")")
    }
    return der
  }
}
