internal import COpenSSL
public import Foundation

/// A certificate revocation list (RFC 5280 5), parsed and immutable. What it says counts only after its signature was
/// checked against the issuer of the certificate in question.
public struct RevocationList: Sendable, Hashable {
  /// Longest list taken.
  public static let maximumByteCount = 64 << 20

  let object: OwnedObject
  let digest: [UInt8]

  /// From exactly one DER value.
  public init(der: [UInt8]) throws(SigningError) {
    guard der.count <= Self.maximumByteCount else {
      throw SigningError(.tooLarge, "revocation list of \(der.count) bytes")
    }
    guard let (pointer, used) = decoded(der, { d2i_X509_CRL(nil, $0, $1) }) else {
      throw SigningError(.notARevocationList, "no CRL in \(der.count) bytes")
    }
    let owned = OwnedObject(takingOwnership: pointer) { X509_CRL_free($0) }
    guard used == der.count else {
      throw SigningError(.notARevocationList, "\(der.count - used) bytes after the list")
    }
    object = owned
    digest = try Digest.of(der)
  }

  init(borrowing pointer: OpaquePointer) throws(SigningError) {
    try check(X509_CRL_up_ref(pointer), "X509_CRL_up_ref")
    object = OwnedObject(takingOwnership: pointer) { X509_CRL_free($0) }
    digest = try Digest.of(encoded { i2d_X509_CRL(pointer, $0) })
  }

  /// All lists of a file: one in DER, or any number in PEM.
  public static func all(in bytes: [UInt8]) throws(SigningError) -> [RevocationList] {
    if !PEM.isText(bytes) { return [try RevocationList(der: bytes)] }
    var lists: [RevocationList] = []
    for block in try PEM.blocks(in: bytes) where block.label == "X509 CRL" {
      lists.append(try RevocationList(der: block.der))
    }
    return lists
  }

  public static func == (left: RevocationList, right: RevocationList) -> Bool { left.digest == right.digest }

  public func hash(into hasher: inout Hasher) { hasher.combine(digest) }

  public var der: [UInt8] { object.withPointer { pointer in encoded { i2d_X509_CRL(pointer, $0) } } }

  public var issuer: DistinguishedName { object.withPointer { DistinguishedName(borrowing: X509_CRL_get_issuer($0)) } }

  /// When it was made; the distant future when the field is malformed, so that it is never used.
  public var thisUpdate: Date { object.withPointer { ASN1Values.date(X509_CRL_get0_lastUpdate($0)) } ?? .distantFuture }

  /// When the next one is due at the latest; nil when absent or malformed.
  public var nextUpdate: Date? { object.withPointer { ASN1Values.date(X509_CRL_get0_nextUpdate($0)) } }

  /// What a list says of one certificate.
  struct Entry {
    let revokedAt: Date
    let reason: RevocationReason?
    let invalidSince: Date?
  }

  /// The entry for a certificate; nil when it is not listed or was removed from hold.
  func entry(for certificate: Certificate) -> Entry? {
    object.withPointer { list in
      certificate.object.withPointer { subject in
        var revoked: OpaquePointer?
        let found = X509_CRL_get0_by_cert(list, &revoked, subject)
        guard found == 1, let revoked else {
          OpenSSLFailure.clear()
          return nil
        }
        var reason: RevocationReason?
        if let value = X509_REVOKED_get_ext_d2i(revoked, NID_crl_reason, nil, nil) {
          let enumerated = value.assumingMemoryBound(to: ASN1_ENUMERATED.self)
          reason = RevocationReason(rawValue: ASN1_ENUMERATED_get(enumerated))
          ASN1_ENUMERATED_free(enumerated)
        }
        var since: Date?
        if let value = X509_REVOKED_get_ext_d2i(revoked, NID_invalidity_date, nil, nil) {
          let time = value.assumingMemoryBound(to: ASN1_GENERALIZEDTIME.self)
          since = ASN1Values.date(time)
          ASN1_GENERALIZEDTIME_free(time)
        }
        OpenSSLFailure.clear()
        // A malformed date counts as revoked from the beginning.
        return Entry(
          revokedAt: ASN1Values.date(X509_REVOKED_get0_revocationDate(revoked)) ?? .distantPast, reason: reason,
          invalidSince: since)
      }
    }
  }

  /// Whether the issuer's name on the list is the subject of `issuer`.
  public func isNamed(for issuer: Certificate) -> Bool {
    object.withPointer { list in
      issuer.object.withPointer { X509_NAME_cmp(X509_CRL_get_issuer(list), X509_get_subject_name($0)) == 0 }
    }
  }

  /// Whether the list's signature verifies with the key of `issuer`.
  public func isSigned(by issuer: Certificate) -> Bool {
    object.withPointer { list in
      issuer.object.withPointer { issuer in
        guard let key = X509_get0_pubkey(issuer) else { return false }
        let result = X509_CRL_verify(list, key)
        OpenSSLFailure.clear()
        return result == 1
      }
    }
  }

  /// The digest of the list's signature; nil when it is not known here.
  var signatureDigest: DigestAlgorithm? {
    object.withPointer { list in
      var digest = NID_undef
      guard OBJ_find_sigid_algs(X509_CRL_get_signature_nid(list), &digest, nil) == 1 else { return nil }
      return DigestAlgorithm(nid: digest)
    }
  }

  /// Whether the list's silence speaks for `certificate` (RFC 5280 5.2.5, 6.3.3): complete, direct, of the right kind and
  /// distribution point, and without critical extensions that are not understood.
  func covers(_ certificate: Certificate) -> Bool {
    object.withPointer { list in
      for index in 0..<max(0, X509_CRL_get_ext_count(list)) {
        guard let item = X509_CRL_get_ext(list, index) else { return false }
        let nid = OBJ_obj2nid(X509_EXTENSION_get_object(item))
        if nid == NID_delta_crl { return false }
        if X509_EXTENSION_get_critical(item) == 1, nid != NID_issuing_distribution_point { return false }
      }
      var critical: Int32 = 0
      guard let value = X509_CRL_get_ext_d2i(list, NID_issuing_distribution_point, &critical, nil) else {
        OpenSSLFailure.clear()
        // -1 is "absent"; anything else is doubled or malformed.
        return critical == -1
      }
      let point = OpaquePointer(value)
      defer { ISSUING_DIST_POINT_free(UnsafeMutablePointer(point)) }
      let scope = UnsafeMutablePointer<ISSUING_DIST_POINT>(point).pointee
      if scope.indirectCRL != 0 || scope.onlyattr != 0 || scope.onlysomereasons != nil { return false }
      if scope.onlyuser != 0, certificate.isCA { return false }
      if scope.onlyCA != 0, !certificate.isCA { return false }
      guard let name = scope.distpoint else { return true }
      guard name.pointee.type == 0 else { return false }
      return certificate.hasDistributionPoint(named: name.pointee.name.fullname)
    }
  }
}
