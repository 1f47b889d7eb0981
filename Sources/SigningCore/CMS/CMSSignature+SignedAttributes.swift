internal import COpenSSL
internal import Foundation

/// One entry of a signing-certificate attribute (RFC 2634, RFC 5035): the digest of the signer's certificate.
struct SigningCertificateID {
  let algorithm: DigestAlgorithm?
  let hash: [UInt8]

  func names(_ certificate: Certificate) -> Bool {
    guard let algorithm, hash.count == algorithm.byteCount else { return false }
    return (try? Digest.of(certificate.der, algorithm)) == hash
  }

  /// The first entry, which is the signer's own, of `SigningCertificate` or `SigningCertificateV2`.
  init?(attribute der: [UInt8], isVersion2: Bool) {
    guard let outer = DERValue(der), outer.isSequence, outer.whole.count == der.count,
      let list = outer.children()?.first,
      list.isSequence, let first = list.children()?.first, first.isSequence, var fields = first.children()
    else { return nil }
    if isVersion2, let head = fields.first, head.isSequence {
      guard let object = head.children(maximumCount: 2)?.first,
        let (pointer, _) = decoded(Array(object.whole), { d2i_ASN1_OBJECT(nil, $0, $1) })
      else { return nil }
      algorithm = DigestAlgorithm(oid: ASN1Values.oid(pointer))
      ASN1_OBJECT_free(pointer)
      fields.removeFirst()
    } else {
      algorithm = isVersion2 ? .sha256 : .insecureSHA1
    }
    guard let value = fields.first, value.tag == V_ASN1_OCTET_STRING, value.tagClass == V_ASN1_UNIVERSAL else {
      return nil
    }
    hash = Array(value.content)
  }
}

extension CMSSignature {
  /// Reads the signed attributes and judges their presence; gives the signing-certificate entries, nil when malformed.
  mutating func readSignedAttributes(of signer: OpaquePointer) -> [SigningCertificateID]? {
    let count = CMS_signed_get_attr_count(signer)
    guard count > 0 else {
      signedAttributes = .failed(.signedAttributesMissing)
      return []
    }
    guard count <= 64 else {
      signedAttributes = .failed(.signedAttributeMalformed)
      return []
    }
    var values: [Int32: [UnsafeMutablePointer<ASN1_TYPE>]] = [:]
    var repeated = false
    for index in 0..<count {
      guard let attribute = CMS_signed_get_attr(signer, index) else { continue }
      let object = X509_ATTRIBUTE_get0_object(attribute)
      var nid = OBJ_obj2nid(object)
      if nid == NID_undef, ASN1Values.oid(object) == AdobeRevocationArchive.oid { nid = Self.adobeArchive }
      guard Self.attributesOfWeight.contains(nid) else { continue }
      if values[nid] != nil || X509_ATTRIBUTE_count(attribute) != 1 { repeated = true }
      if let value = X509_ATTRIBUTE_get0_type(attribute, 0) { values[nid, default: []].append(value) }
    }
    readClaims(values)
    let type = values[NID_pkcs9_contentType]?.first
    let digest = values[NID_pkcs9_messageDigest]?.first
    if repeated {
      signedAttributes = .failed(.signedAttributeRepeated)
    } else if let type, let digest {
      if type.pointee.type == V_ASN1_OBJECT, digest.pointee.type == V_ASN1_OCTET_STRING {
        messageDigest = ASN1Values.bytes(digest.pointee.value.octet_string)
        signedAttributes =
          ASN1Values.oid(type.pointee.value.object) == contentType ? .passed : .failed(.unexpectedContentType)
      } else {
        signedAttributes = .failed(.signedAttributeMalformed)
      }
    } else {
      signedAttributes = .failed(.signedAttributeMissing)
    }
    return Self.signingCertificates(values)
  }

  /// A number outside OpenSSL's table for the attribute that it does not know.
  private static let adobeArchive: Int32 = -1

  private static let attributesOfWeight: Set<Int32> = [
    NID_pkcs9_contentType, NID_pkcs9_messageDigest, NID_pkcs9_signingTime, NID_id_smime_aa_signingCertificate,
    NID_id_smime_aa_signingCertificateV2, adobeArchive,
  ]

  private mutating func readClaims(_ values: [Int32: [UnsafeMutablePointer<ASN1_TYPE>]]) {
    if let time = values[NID_pkcs9_signingTime]?.first,
      time.pointee.type == V_ASN1_UTCTIME || time.pointee.type == V_ASN1_GENERALIZEDTIME
    {
      claimedSigningTime = ASN1Values.date(time.pointee.value.asn1_string)
    }
    if let archive = values[Self.adobeArchive]?.first, archive.pointee.type == V_ASN1_SEQUENCE {
      revocation = revocation.merging(AdobeRevocationArchive.decode(ASN1Values.bytes(archive.pointee.value.sequence)))
    }
  }

  private static func signingCertificates(_ values: [Int32: [UnsafeMutablePointer<ASN1_TYPE>]])
    -> [SigningCertificateID]?
  {
    var ids: [SigningCertificateID] = []
    for (nid, isVersion2) in [
      (NID_id_smime_aa_signingCertificateV2, true), (NID_id_smime_aa_signingCertificate, false),
    ] {
      for value in values[nid] ?? [] {
        guard value.pointee.type == V_ASN1_SEQUENCE,
          let id = SigningCertificateID(
            attribute: ASN1Values.bytes(value.pointee.value.sequence), isVersion2: isVersion2)
        else { return nil }
        ids.append(id)
      }
    }
    return ids
  }
}
