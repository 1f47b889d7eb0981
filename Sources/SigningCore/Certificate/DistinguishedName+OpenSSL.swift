internal import COpenSSL

extension DistinguishedName {
  /// The name as OpenSSL parsed it.
  init(borrowing name: OpaquePointer?) {
    guard let name else {
      self.init(attributes: [])
      return
    }
    self.init(
      attributes: (0..<X509_NAME_entry_count(name)).compactMap { index in
        guard let entry = X509_NAME_get_entry(name, index), let object = X509_NAME_ENTRY_get_object(entry) else {
          return nil
        }
        let oid = ASN1Values.oid(object)
        let nid = OBJ_obj2nid(object)
        let short = nid == NID_undef ? nil : OBJ_nid2sn(nid).map { String(cString: $0) }
        return Attribute(
          oid: oid, name: short ?? oid, value: ASN1Values.text(X509_NAME_ENTRY_get_data(entry)),
          position: Int(X509_NAME_ENTRY_set(entry)))
      })
  }
}
