internal import COpenSSL
public import Foundation

/// One revoked certificate on a list that is to be made.
public struct RevokedCertificate: Sendable, Hashable {
  public let certificate: Certificate
  public let revokedAt: Date
  public let reason: RevocationReason?

  public init(certificate: Certificate, revokedAt: Date, reason: RevocationReason? = nil) {
    self.certificate = certificate
    self.revokedAt = revokedAt
    self.reason = reason
  }
}

extension CertifiedKey {
  /// A revocation list of this authority (RFC 5280 5), complete and direct.
  ///
  /// - Parameter extensions: further extensions by OpenSSL's name, such as `issuingDistributionPoint`.
  public func revocationList(
    of revoked: [RevokedCertificate], number: Int, thisUpdate: Date, nextUpdate: Date?,
    digest: DigestAlgorithm = .sha256,
    extensions: [String: String] = [:]
  ) throws(SigningError) -> RevocationList {
    let list = ScopedObject(try check(X509_CRL_new(), "X509_CRL_new")) { X509_CRL_free($0) }
    let pointer = list.pointer
    try check(X509_CRL_set_version(pointer, 1), "X509_CRL_set_version")
    try check(
      certificate.object.withPointer { X509_CRL_set_issuer_name(pointer, X509_get_subject_name($0)) },
      "X509_CRL_set_issuer_name")
    let this = ScopedObject(try ASN1Numbers.time(thisUpdate)) { ASN1_TIME_free($0) }
    try check(X509_CRL_set1_lastUpdate(pointer, this.pointer), "X509_CRL_set1_lastUpdate")
    if let nextUpdate {
      let next = ScopedObject(try ASN1Numbers.time(nextUpdate)) { ASN1_TIME_free($0) }
      try check(X509_CRL_set1_nextUpdate(pointer, next.pointer), "X509_CRL_set1_nextUpdate")
    }
    for entry in revoked { try add(entry, to: pointer) }
    try check(X509_CRL_sort(pointer), "X509_CRL_sort")
    let serial = ScopedObject(try check(ASN1_INTEGER_new(), "ASN1_INTEGER_new")) { ASN1_INTEGER_free($0) }
    try check(ASN1_INTEGER_set(serial.pointer, number), "CRL number")
    try check(X509_CRL_add1_ext_i2d(pointer, NID_crl_number, serial.pointer, 0, 0), "CRL number")
    for (name, value) in [("authorityKeyIdentifier", "keyid:always")] + extensions.sorted(by: { $0.key < $1.key }) {
      let made = certificate.object.withPointer {
        ExtensionText.parse(name, value, issuer: $0, subject: nil, list: pointer)
      }
      let item = ScopedObject(try check(made, "extension \(name)")) { X509_EXTENSION_free($0) }
      try check(X509_CRL_add_ext(pointer, item.pointer, -1), "X509_CRL_add_ext")
    }
    let algorithm = try digest.evp()
    guard privateKey.withPointer({ X509_CRL_sign(pointer, $0, algorithm) }) > 0 else {
      throw .openSSL(.cryptographyFailed, "X509_CRL_sign")
    }
    return try RevocationList(der: encoded { i2d_X509_CRL(pointer, $0) })
  }

  private func add(_ entry: RevokedCertificate, to list: OpaquePointer) throws(SigningError) {
    let revoked = try check(X509_REVOKED_new(), "X509_REVOKED_new")
    do throws(SigningError) {
      try check(
        entry.certificate.object.withPointer { X509_REVOKED_set_serialNumber(revoked, X509_get_serialNumber($0)) },
        "X509_REVOKED_set_serialNumber")
      let date = ScopedObject(try ASN1Numbers.time(entry.revokedAt)) { ASN1_TIME_free($0) }
      try check(X509_REVOKED_set_revocationDate(revoked, date.pointer), "X509_REVOKED_set_revocationDate")
      if let reason = entry.reason {
        let code = ScopedObject(try check(ASN1_ENUMERATED_new(), "ASN1_ENUMERATED_new")) { ASN1_ENUMERATED_free($0) }
        try check(ASN1_ENUMERATED_set(code.pointer, reason.rawValue), "reason")
        try check(X509_REVOKED_add1_ext_i2d(revoked, NID_crl_reason, code.pointer, 0, 0), "reason")
      }
      try check(X509_CRL_add0_revoked(list, revoked), "X509_CRL_add0_revoked")
    } catch {
      X509_REVOKED_free(revoked)
      throw error
    }
  }

  /// An OCSP response that this key signs on a certificate of `issuer`.
  ///
  /// producedAt is the machine's own clock: OpenSSL offers no other.
  public func ocspResponse(
    on subject: Certificate, issuer: Certificate, revokedAt: Date? = nil, reason: RevocationReason? = nil,
    thisUpdate: Date,
    nextUpdate: Date?, includingCertificate: Bool = true
  ) throws(SigningError) -> OCSPResponse {
    let basic = ScopedObject(try check(OCSP_BASICRESP_new(), "OCSP_BASICRESP_new")) { OCSP_BASICRESP_free($0) }
    // RFC 6960 and its clients go by SHA-1 in CertID, which names and does not protect.
    let names = try DigestAlgorithm.insecureSHA1.evp()
    let made = subject.object.withPointer { subject in
      issuer.object.withPointer { OCSP_cert_to_id(names, subject, $0) }
    }
    let id = ScopedObject(try check(made, "OCSP_cert_to_id")) { OCSP_CERTID_free($0) }
    let this = ScopedObject(try ASN1Numbers.generalizedTime(thisUpdate)) { ASN1_GENERALIZEDTIME_free($0) }
    let next = ScopedObject(try nextUpdate.map { date throws(SigningError) in try ASN1Numbers.generalizedTime(date) }) {
      ASN1_GENERALIZEDTIME_free($0)
    }
    let end = ScopedObject(try revokedAt.map { date throws(SigningError) in try ASN1Numbers.generalizedTime(date) }) {
      ASN1_GENERALIZEDTIME_free($0)
    }
    let status = revokedAt == nil ? V_OCSP_CERTSTATUS_GOOD : V_OCSP_CERTSTATUS_REVOKED
    _ = try check(
      OCSP_basic_add1_status(
        basic.pointer, id.pointer, status, Int32(reason?.rawValue ?? 0), end.pointer, this.pointer, next.pointer),
      "OCSP_basic_add1_status")
    let algorithm = try DigestAlgorithm.sha256.evp()
    let flags = includingCertificate ? UInt(0) : UInt(OCSP_NOCERTS)
    let signed = certificate.object.withPointer { responder in
      privateKey.withPointer { OCSP_basic_sign(basic.pointer, responder, $0, algorithm, nil, flags) }
    }
    try check(signed, "OCSP_basic_sign")
    let response = ScopedObject(
      try check(OCSP_response_create(OCSP_RESPONSE_STATUS_SUCCESSFUL, basic.pointer), "OCSP_response_create")
    ) { OCSP_RESPONSE_free($0) }
    let pointer = response.pointer
    return try OCSPResponse(der: encoded { i2d_OCSP_RESPONSE(pointer, $0) })
  }
}
