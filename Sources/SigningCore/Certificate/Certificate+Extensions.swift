internal import COpenSSL

extension Certificate {
  /// Key usage; nil when the extension is absent.
  public var keyUsage: KeyUsage? {
    object.withPointer { pointer in
      let flags = X509_get_key_usage(pointer)
      return flags == UInt32.max ? nil : KeyUsage(rawValue: flags & 0xff)
    }
  }

  /// Extended key usage; nil when the extension is absent.
  public var extendedKeyUsage: ExtendedKeyUsage? {
    withExtension(NID_ext_key_usage) { stack, isCritical in
      defer { OPENSSL_sk_pop_free(OpaquePointer(stack)) { ASN1_OBJECT_free($0.map { OpaquePointer($0) }) } }
      return ExtendedKeyUsage(
        oids: elements(ofStack: OpaquePointer(stack)).map { ASN1Values.oid(OpaquePointer($0)) }, isCritical: isCritical)
    }
  }

  /// Certificate policies as object identifiers, in order.
  public var policyOIDs: [String] {
    withExtension(NID_certificate_policies) { stack, _ in
      defer { CERTIFICATEPOLICIES_free(OpaquePointer(stack)) }
      return elements(ofStack: OpaquePointer(stack)).map {
        ASN1Values.oid($0.assumingMemoryBound(to: POLICYINFO.self).pointee.policyid)
      }
    } ?? []
  }

  /// E-mail addresses of the subject alternative name.
  public var subjectAltEmails: [String] {
    withExtension(NID_subject_alt_name) { names, _ in
      defer { GENERAL_NAMES_free(OpaquePointer(names)) }
      return elements(ofStack: OpaquePointer(names)).compactMap {
        let name = $0.assumingMemoryBound(to: GENERAL_NAME.self)
        return name.pointee.type == GEN_EMAIL ? ASN1Values.text(name.pointee.d.rfc822Name) : nil
      }
    } ?? []
  }

  /// Where the issuer's OCSP responder answers.
  public var ocspURLs: [String] { accessLocations(NID_ad_OCSP) }

  /// Where the issuer's certificate can be had.
  public var issuerURLs: [String] { accessLocations(NID_ad_ca_issuers) }

  /// Where the issuer's revocation lists can be had.
  public var crlURLs: [String] {
    withExtension(NID_crl_distribution_points) { points, _ in
      defer { CRL_DIST_POINTS_free(OpaquePointer(points)) }
      return elements(ofStack: OpaquePointer(points)).flatMap { element -> [String] in
        guard let name = element.assumingMemoryBound(to: DIST_POINT.self).pointee.distpoint, name.pointee.type == 0
        else { return [] }
        return ASN1Values.uris(name.pointee.name.fullname)
      }
    } ?? []
  }

  /// Whether one of the certificate's CRL distribution points has one of these full names (GENERAL_NAMES).
  func hasDistributionPoint(named names: OpaquePointer?) -> Bool {
    let wanted = elements(ofStack: names).map { $0.assumingMemoryBound(to: GENERAL_NAME.self) }
    return withExtension(NID_crl_distribution_points) { points, _ in
      defer { CRL_DIST_POINTS_free(OpaquePointer(points)) }
      return elements(ofStack: OpaquePointer(points)).contains { element in
        guard let point = element.assumingMemoryBound(to: DIST_POINT.self).pointee.distpoint, point.pointee.type == 0
        else { return false }
        return elements(ofStack: point.pointee.name.fullname).contains { own in
          wanted.contains { GENERAL_NAME_cmp($0, own.assumingMemoryBound(to: GENERAL_NAME.self)) == 0 }
        }
      }
    } ?? false
  }

  /// Whether an OCSP responder's certificate asks not to be checked itself (RFC 6960 4.2.2.2.1).
  var hasOCSPNoCheck: Bool { object.withPointer { X509_get_ext_by_NID($0, NID_id_pkix_OCSP_noCheck, -1) >= 0 } }

  private func accessLocations(_ method: Int32) -> [String] {
    withExtension(NID_info_access) { descriptions, _ in
      defer { AUTHORITY_INFO_ACCESS_free(OpaquePointer(descriptions)) }
      return elements(ofStack: OpaquePointer(descriptions)).compactMap {
        let description = $0.assumingMemoryBound(to: ACCESS_DESCRIPTION.self)
        guard OBJ_obj2nid(description.pointee.method) == method else { return nil }
        return ASN1Values.uri(description.pointee.location)
      }
    } ?? []
  }

  /// Hands the decoded extension over, which `body` has to free; nil when it is absent, doubled or malformed.
  private func withExtension<Result>(_ nid: Int32, _ body: (UnsafeMutableRawPointer, Bool) -> Result) -> Result? {
    object.withPointer { pointer in
      var critical: Int32 = 0
      guard let value = X509_get_ext_d2i(pointer, nid, &critical, nil) else {
        OpenSSLFailure.clear()
        return nil
      }
      return body(value, critical == 1)
    }
  }
}
