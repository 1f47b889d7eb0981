internal import PDFDocument
internal import XMLTree

/// The file's description: the information dictionary, and the metadata stream (XMP, ISO 16684-1).
extension RevisionComparison {
  /// Whether a signature, a time stamp or a security store was added: software that does so renews dates by itself.
  private var signedOn: Bool { !newFields.isEmpty || otherAdditions }

  /// Keys of the information dictionary that signing software sets by itself.
  private static let silentInfoKeys: Set<String> = ["ModDate", "Producer"]

  mutating func compareDescriptions() throws(PDFError) {
    let oldInfo = try file.resolve(base.trailer["Info"], in: base).dictionary
    let newInfo = try file.resolve(current.trailer["Info"], in: current).dictionary
    if let reference = current.trailer["Info"]?.reference {
      // A description is a flat dictionary; anything else in its place is not one.
      let isFlat =
        newInfo?.entries.allSatisfy { entry in
          switch entry.value {
          case .dictionary, .array, .stream: false
          default: true
          }
        } ?? true
      if isFlat, newInfo?["Type"] == nil,
        added.contains(reference.number) || Self.same(base.trailer["Info"], current.trailer["Info"])
      {
        justified.insert(reference.number)
      }
    }
    guard oldInfo != newInfo else { return }
    let keys = Set(oldInfo?.keys ?? []).union(newInfo?.keys ?? [])
    let different = keys.filter { !Self.same(oldInfo?[$0], newInfo?[$0]) }
    if !different.isSubset(of: Self.silentInfoKeys) || !signedOn { metadataChanged = true }
  }

  mutating func compareMetadata(_ old: PDFObject?, _ new: PDFObject?) throws(PDFError) {
    guard !Self.same(old, new) || (new?.reference.map { changed.contains($0.number) } ?? false) else { return }
    if !signedOn || !sameProperties(old?.reference, new?.reference) { metadataChanged = true }
    guard let before = old?.reference, let after = new?.reference, before == after else { return }
    let value = try file.object(after, in: current)
    if value.dictionary?["Type"]?.name == "Metadata",
      try file.object(before, in: base).dictionary?["Type"]?.name == "Metadata"
    {
      justified.insert(after.number)
    } else {
      metadataChanged = true
    }
  }

  /// Properties of XMP that software renews when it writes the file.
  private static let silentProperties: Set<String> = [
    "ModifyDate", "MetadataDate", "Producer", "InstanceID", "xmptk",
  ]

  /// Whether both streams say the same but for what software renews; what cannot be read does not.
  private func sameProperties(_ old: PDFReference?, _ new: PDFReference?) -> Bool {
    guard let old, let new, let before = properties(of: old, in: base), let after = properties(of: new, in: current)
    else { return false }
    return before == after
  }

  private func properties(of reference: PDFReference, in revision: PDFRevision) -> [String]? {
    guard let bytes = try? file.decodedData(reference, in: revision, limit: 1 << 20),
      let document = try? DocumentReader().read(bytes)
    else { return nil }
    var found: [String] = []
    Self.collect(document.root, path: "", &found)
    return found.sorted()
  }

  private static func collect(_ element: Element, path: String, _ found: inout [String]) {
    guard !silentProperties.contains(element.localName) else { return }
    let path = "\(path)/\(element.namespace ?? "") \(element.localName)"
    for attribute in element.attributes where !silentProperties.contains(attribute.localName) {
      found.append("\(path)@\(attribute.namespace ?? "") \(attribute.localName)=\(attribute.value)")
    }
    let text = element.text
    if !text.allSatisfy(\.isWhitespace) { found.append("\(path)=\(text)") }
    for child in element.elements { collect(child, path: path, &found) }
  }
}
