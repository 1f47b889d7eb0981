internal import COpenSSL
public import Foundation

/// A time-stamp authority in software (RFC 3161), for development and tests.
///
/// Its clock and serial numbers come in from outside.
public final class TimeStampAuthority: Sendable {
  /// Longest request taken.
  public static let maximumRequestByteCount = 64 * 1024

  private let key: SoftwareKey
  private let policyOID: String

  /// - Parameters:
  ///   - key: key and certificate with the critical extended key usage timeStamping.
  ///   - policyOID: the policy named in tokens.
  public init(key: SoftwareKey, policyOID: String) throws(SigningError) {
    self.key = key
    self.policyOID = policyOID
    let context = try makeContext(answer: Answer(date: Date(timeIntervalSince1970: 0), serial: [1]))
    TS_RESP_CTX_free(context)
  }

  /// The answer to a request, as DER of a TimeStampResp; a refusal is an answer too.
  public func respond(to request: [UInt8], at date: Date, serial: [UInt8]) throws(SigningError) -> [UInt8] {
    guard request.count <= Self.maximumRequestByteCount else {
      throw SigningError(.tooLarge, "time-stamp request of \(request.count) bytes")
    }
    let answer = Answer(date: date, serial: serial)
    defer { withExtendedLifetime(answer) {} }
    let context = ScopedObject(try makeContext(answer: answer)) { TS_RESP_CTX_free($0) }
    guard let length = Int32(exactly: request.count) else { throw SigningError(.tooLarge, "time-stamp request") }
    let der: [UInt8]? = request.withUnsafeBytes { bytes in
      guard let bio = BIO_new_mem_buf(bytes.baseAddress, length) else { return nil }
      defer { BIO_free(bio) }
      guard let response = TS_RESP_create_response(context.pointer, bio) else { return nil }
      defer { TS_RESP_free(response) }
      return encoded { i2d_TS_RESP(response, $0) }
    }
    OpenSSLFailure.clear()
    guard let der, !der.isEmpty else { throw SigningError(.cryptographyFailed, "TS_RESP_create_response") }
    return der
  }

  /// Time and serial number of one answer, lent to OpenSSL's callbacks.
  private final class Answer {
    let date: Date
    let serial: [UInt8]

    init(date: Date, serial: [UInt8]) {
      self.date = date
      self.serial = serial
    }
  }

  private func makeContext(answer: Answer) throws(SigningError) -> OpaquePointer {
    let context = try check(TS_RESP_CTX_new(), "TS_RESP_CTX_new")
    do throws(SigningError) {
      try configure(context)
    } catch {
      TS_RESP_CTX_free(context)
      throw error
    }
    let lent = Unmanaged.passUnretained(answer).toOpaque()
    TS_RESP_CTX_set_serial_cb(
      context,
      { _, data in
        guard let data else { return nil }
        return try? ASN1Numbers.integer(Unmanaged<Answer>.fromOpaque(data).takeUnretainedValue().serial)
      }, lent)
    TS_RESP_CTX_set_time_cb(
      context,
      { _, data, seconds, microseconds in
        guard let data else { return 0 }
        let time = Unmanaged<Answer>.fromOpaque(data).takeUnretainedValue().date.timeIntervalSince1970
        seconds?.pointee = Int(time.rounded(.down))
        microseconds?.pointee = 0
        return 1
      }, lent)
    return context
  }

  private func configure(_ context: OpaquePointer) throws(SigningError) {
    let signed = key.certificate.object.withPointer { TS_RESP_CTX_set_signer_cert(context, $0) }
    guard signed == 1 else {
      throw .openSSL(.unsuitableCertificate, "critical extended key usage timeStamping is asked for")
    }
    try check(key.privateKey.withPointer { TS_RESP_CTX_set_signer_key(context, $0) }, "TS_RESP_CTX_set_signer_key")
    let chain = ScopedObject(try check(OPENSSL_sk_new_null(), "OPENSSL_sk_new_null")) { OPENSSL_sk_free($0) }
    for authority in key.chain {
      _ = authority.object.withPointer { OPENSSL_sk_push(chain.pointer, UnsafeRawPointer($0)) }
    }
    if !key.chain.isEmpty { try check(TS_RESP_CTX_set_certs(context, chain.pointer), "TS_RESP_CTX_set_certs") }
    guard let policy = OBJ_txt2obj(policyOID, 1) else { throw .openSSL(.unsupportedAlgorithm, "policy identifier") }
    defer { ASN1_OBJECT_free(policy) }
    try check(TS_RESP_CTX_set_def_policy(context, policy), "TS_RESP_CTX_set_def_policy")
    for algorithm in DigestAlgorithm.allCases where algorithm.isSecure {
      try check(TS_RESP_CTX_add_md(context, try algorithm.evp()), "TS_RESP_CTX_add_md")
    }
    let digest = try DigestAlgorithm.sha256.evp()
    try check(TS_RESP_CTX_set_signer_digest(context, digest), "TS_RESP_CTX_set_signer_digest")
    try check(TS_RESP_CTX_set_ess_cert_id_digest(context, digest), "TS_RESP_CTX_set_ess_cert_id_digest")
    try check(TS_RESP_CTX_set_accuracy(context, 1, 0, 0), "TS_RESP_CTX_set_accuracy")
  }
}
