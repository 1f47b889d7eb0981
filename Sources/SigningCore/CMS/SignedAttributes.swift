internal import COpenSSL

/// The signed attributes of a SignerInfo as the bytes that are signed.
enum SignedAttributes {
  /// DER of the attributes as a SET OF (RFC 5652 5.4), elements in ascending order of their encodings.
  static func encoding(of signer: OpaquePointer) throws(SigningError) -> [UInt8] {
    let count = CMS_signed_get_attr_count(signer)
    guard count > 0 else { throw SigningError(.draftUnreadable, "no signed attributes") }
    var attributes: [[UInt8]] = []
    for index in 0..<count {
      let attribute = try check(CMS_signed_get_attr(signer, index), "CMS_signed_get_attr")
      attributes.append(encoded { i2d_X509_ATTRIBUTE(attribute, $0) })
    }
    attributes.sort { $0.lexicographicallyPrecedes($1) }
    return DERValue.constructed(tag: V_ASN1_SET, tagClass: V_ASN1_UNIVERSAL, attributes)
  }
}
