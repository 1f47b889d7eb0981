internal import COpenSSL
public import Foundation

/// A successful OCSP response (RFC 6960), parsed and immutable. What it says counts only after its responder was checked.
public struct OCSPResponse: Sendable, Hashable {
  /// Longest response taken.
  public static let maximumByteCount = 1 << 20

  let basic: OwnedObject
  private let digest: [UInt8]
  /// The response as it came.
  public let der: [UInt8]

  /// From exactly one DER value of a response with status "successful".
  public init(der: [UInt8]) throws(SigningError) {
    guard der.count <= Self.maximumByteCount else {
      throw SigningError(.tooLarge, "OCSP response of \(der.count) bytes")
    }
    guard let (pointer, used) = decoded(der, { d2i_OCSP_RESPONSE(nil, $0, $1) }) else {
      throw SigningError(.notAnOCSPResponse, "no OCSP response in \(der.count) bytes")
    }
    let response = ScopedObject(pointer) { OCSP_RESPONSE_free($0) }
    let status = OCSP_response_status(response.pointer)
    guard used == der.count, status == OCSP_RESPONSE_STATUS_SUCCESSFUL,
      let basic = OCSP_response_get1_basic(response.pointer)
    else { throw .openSSL(.notAnOCSPResponse, "status \(status), \(der.count - used) bytes after it") }
    self.basic = OwnedObject(takingOwnership: basic) { OCSP_BASICRESP_free($0) }
    self.der = der
    digest = try Digest.of(der)
  }

  public static func == (left: OCSPResponse, right: OCSPResponse) -> Bool { left.digest == right.digest }

  public func hash(into hasher: inout Hasher) { hasher.combine(digest) }

  /// When the responder made it; the distant future when malformed.
  public var producedAt: Date {
    basic.withPointer { ASN1Values.date(OCSP_resp_get0_produced_at($0)) } ?? .distantFuture
  }

  /// The certificates that the responder sent along.
  public var certificates: [Certificate] {
    basic.withPointer { response in
      elements(ofStack: OCSP_resp_get0_certs(response)).prefix(16).compactMap {
        try? Certificate(borrowing: OpaquePointer($0))
      }
    }
  }

  /// What a response says of one certificate.
  struct Entry {
    enum Status { case good, revoked, unknown }
    let status: Status
    let revokedAt: Date?
    let reason: RevocationReason?
    let thisUpdate: Date
    let nextUpdate: Date?
  }

  /// The newest entry for a certificate of this issuer; nil when there is none.
  func entry(for certificate: Certificate, issuer: Certificate) -> Entry? {
    basic.withPointer { response in
      var newest: Entry?
      let expected = ExpectedIDs(certificate: certificate, issuer: issuer)
      for index in 0..<min(OCSP_resp_count(response), 256) {
        guard let single = OCSP_resp_get0(response, index), let id = OCSP_SINGLERESP_get0_id(single),
          expected.match(id)
        else { continue }
        let entry = Self.entry(single)
        if let known = newest, known.thisUpdate >= entry.thisUpdate { continue }
        newest = entry
      }
      OpenSSLFailure.clear()
      return newest
    }
  }

  /// When what it says of a certificate was known, and when the next answer is due; nil when it does not speak of it.
  public func dates(of certificate: Certificate, issuer: Certificate) -> (thisUpdate: Date, nextUpdate: Date?)? {
    entry(for: certificate, issuer: issuer).map { ($0.thisUpdate, $0.nextUpdate) }
  }

  /// The CertIDs (RFC 6960 4.1.1) that name one certificate, made once for each digest that a response uses.
  private final class ExpectedIDs {
    private let certificate: Certificate
    private let issuer: Certificate
    private var ids: [DigestAlgorithm: OpaquePointer] = [:]

    init(certificate: Certificate, issuer: Certificate) {
      self.certificate = certificate
      self.issuer = issuer
    }

    deinit { for id in ids.values { OCSP_CERTID_free(id) } }

    func match(_ id: OpaquePointer) -> Bool {
      var algorithm: OpaquePointer?
      guard OCSP_id_get0_info(nil, &algorithm, nil, nil, id) == 1,
        let digest = DigestAlgorithm(nid: OBJ_obj2nid(algorithm))
      else { return false }
      if ids[digest] == nil, let implementation = try? digest.evp() {
        ids[digest] = certificate.object.withPointer { subject in
          issuer.object.withPointer { OCSP_cert_to_id(implementation, subject, $0) }
        }
      }
      return ids[digest].map { OCSP_id_cmp(id, $0) == 0 } ?? false
    }
  }

  private static func entry(_ single: OpaquePointer) -> Entry {
    var reason: Int32 = -1
    var revoked: UnsafeMutablePointer<ASN1_GENERALIZEDTIME>?
    var this: UnsafeMutablePointer<ASN1_GENERALIZEDTIME>?
    var next: UnsafeMutablePointer<ASN1_GENERALIZEDTIME>?
    let status: Entry.Status =
      switch OCSP_single_get0_status(single, &reason, &revoked, &this, &next) {
      case V_OCSP_CERTSTATUS_GOOD: .good
      case V_OCSP_CERTSTATUS_REVOKED: .revoked
      default: .unknown
      }
    return Entry(
      status: status, revokedAt: status == .revoked ? ASN1Values.date(revoked) ?? .distantPast : nil,
      reason: RevocationReason(rawValue: Int(reason)), thisUpdate: ASN1Values.date(this) ?? .distantFuture,
      nextUpdate: ASN1Values.date(next))
  }
}
