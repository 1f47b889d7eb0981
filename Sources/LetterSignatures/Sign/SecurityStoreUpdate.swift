internal import PDFDocument

/// The incremental update that adds a document security store (ETSI EN 319 142-1, 5.4.2) or adds to the one there.
struct SecurityStoreUpdate {
  private let file: PDFFile
  private var update: IncrementalUpdate

  init(_ pdf: [UInt8]) throws(PDFError) {
    file = try PDFFile(PDFSource(bytes: pdf))
    update = try IncrementalUpdate(file)
  }

  func appendix(
    certificates: [[UInt8]], crls: [[UInt8]], responses: [[UInt8]], identifier: [UInt8]
  ) throws(PDFError) -> [UInt8] {
    var update = update
    guard let root = file.current.trailer["Root"]?.reference else { throw PDFError(.structureBroken, "no /Root") }
    var catalog = try file.catalog(in: file.current)
    var store = try file.resolve(catalog["DSS"], in: file.current).dictionary ?? PDFDictionary()
    store["Type"] = .name("DSS")
    for (key, values) in [("Certs", certificates), ("CRLs", crls), ("OCSPs", responses)] {
      var list = try file.resolve(store[key], in: file.current).array ?? []
      var known: Set<[UInt8]> = []
      for item in list.compactMap(\.reference) {
        known.insert(try file.decodedData(item, in: file.current, limit: 20 << 20))
      }
      for value in values where known.insert(value).inserted {
        let reference = update.newReference()
        update.set(reference, PDFDictionary(), data: value)
        list.append(.reference(reference))
      }
      if !list.isEmpty { store[key] = .array(list) }
    }
    let reference = update.newReference()
    update.set(reference, .dictionary(store))
    catalog["DSS"] = .reference(reference)
    update.set(root, .dictionary(catalog))
    return update.appendix(identifier: identifier).bytes
  }
}
