internal import PDFDocument

extension RevisionComparison {
  /// Justifies what the document security store is made of.
  mutating func justifyStore(_ old: PDFObject?, _ new: PDFObject?) throws(PDFError) {
    guard let new, !new.isNull else {
      if let old, !old.isNull { report(nil, "security_store_removed") }
      return
    }
    var oldContainers: Set<Int> = []
    var oldStreams: Set<Int> = []
    try walkStore(old, in: base, containers: &oldContainers, streams: &oldStreams)
    var containers: Set<Int> = []
    var streams: Set<Int> = []
    try walkStore(new, in: current, containers: &containers, streams: &streams)
    if let store = try file.resolve(new, in: current).dictionary, !Set(store.keys).isSubset(of: Self.storeKeys) {
      report(new.reference?.number, "security_store_keys")
    }
    let fresh = containers.union(streams).intersection(added)
    let renewed = containers.intersection(changed).intersection(oldContainers)
    justified.formUnion(fresh)
    justified.formUnion(renewed)
    if !fresh.isEmpty || !renewed.isEmpty || !Self.same(old, new) { otherAdditions = true }
  }

  /// Keys of the store and of its entries for single signatures (ETSI EN 319 142-1, 5.4.2).
  private static let storeKeys: Set<String> = ["Type", "VRI", "Certs", "CRLs", "OCSPs"]
  private static let relatedKeys: Set<String> = ["Type", "Cert", "CRL", "OCSP", "TU", "TS"]

  /// The store's dictionaries and arrays, and the streams that they hold. Its shape is fixed; what has another shape is
  /// not entered, and so not justified.
  private func walkStore(
    _ value: PDFObject?, in revision: PDFRevision, containers: inout Set<Int>, streams: inout Set<Int>
  ) throws(PDFError) {
    func open(_ value: PDFObject?) throws(PDFError) -> PDFObject {
      if let reference = value?.reference {
        let object = try file.object(reference, in: revision)
        if object.stream == nil, !object.isNull { containers.insert(reference.number) }
        return object
      }
      return value ?? .null
    }
    func take(_ value: PDFObject?) throws(PDFError) {
      guard let reference = value?.reference,
        let stream = try file.object(reference, in: revision).stream,
        // Nothing in a page may double as a certificate.
        Set(stream.dictionary.keys).isSubset(of: ["Length", "Filter", "DecodeParms", "DL"])
      else { return }
      streams.insert(reference.number)
    }
    func list(_ value: PDFObject?) throws(PDFError) {
      for item in (try open(value).array ?? []).prefix(10_000) { try take(item) }
    }
    guard let store = try open(value).dictionary, !store.hasDuplicateKeys,
      Set(store.keys).isSubset(of: Self.storeKeys)
    else { return }
    for key in ["Certs", "CRLs", "OCSPs"] { try list(store[key]) }
    guard let related = try open(store["VRI"]).dictionary else { return }
    for entry in related.entries.prefix(1000) {
      guard let one = try open(entry.value).dictionary, Set(one.keys).isSubset(of: Self.relatedKeys) else { continue }
      for key in ["Cert", "CRL", "OCSP"] { try list(one[key]) }
      try take(one["TS"])
    }
  }

  /// Signing software in use leaves entries for single signatures behind that no store names. They hold nothing but
  /// references to what is a store's, and nothing refers to them.
  mutating func justifyStrayEntries() {
    for number in added.subtracting(justified) {
      guard let reference = file.reference(to: number, in: current),
        case .dictionary(let entry)? = try? file.object(reference, in: current), entry["Type"]?.name == "VRI",
        Set(entry.keys).isSubset(of: Self.relatedKeys)
      else { continue }
      justified.insert(number)
    }
  }
}
