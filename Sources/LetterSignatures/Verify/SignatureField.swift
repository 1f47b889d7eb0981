internal import PDFDocument

/// A signature field of the form (ISO 32000-1, 12.7.4.5) as of one revision.
struct SignatureField {
  /// The full name: the partial names from the root down, joined by points.
  let name: String
  let reference: PDFReference?
  let dictionary: PDFDictionary
  /// The value as written: a reference, in files of some software the signature's dictionary itself.
  let value: PDFObject?

  var isSigned: Bool { value.map { !$0.isNull } ?? false }

  /// The object in which the signature's dictionary stands: one of its own, or the field; nil when it is neither.
  var holder: PDFReference? {
    if let own = value?.reference { return own }
    guard case .dictionary? = value, dictionary["V"] != nil else { return nil }
    return reference
  }
}

/// What a form has as of one revision.
struct FormFields {
  var signatures: [SignatureField] = []
  /// Whether it has fields of other kinds: texts, buttons, choices.
  var hasOthers = false
  /// Fields that only group others under their name, by full name.
  var groups: [PDFReference: String] = [:]
}

extension PDFFile {
  /// The signature fields that a reader finds: through the catalog's form only, never by searching the file's bytes.
  /// - Throws: `PDFError` when the form is not of the shape that the standard asks.
  func signatureFields(in revision: PDFRevision) throws(PDFError) -> [SignatureField] {
    try formFields(in: revision).signatures
  }

  /// All fields of the form, by kind.
  /// - Throws: `PDFError` when the form is not of the shape that the standard asks.
  func formFields(in revision: PDFRevision) throws(PDFError) -> FormFields {
    var fields = FormFields()
    let form = try resolve(try catalog(in: revision)["AcroForm"], in: revision)
    guard let form = form.dictionary else {
      if form.isNull { return fields }
      throw PDFError(.structureBroken, "/AcroForm is no dictionary")
    }
    guard !form.hasDuplicateKeys else { throw PDFError(.structureBroken, "/AcroForm has a key twice") }
    guard let roots = try resolve(form["Fields"], in: revision).array else { return fields }
    var seen: Set<PDFReference> = []
    var pending: [(value: PDFObject, parentName: String, type: String?, signature: PDFObject?, depth: Int)] =
      roots.reversed().map { ($0, "", nil, nil, 0) }
    var visited = 0
    while let next = pending.popLast() {
      visited += 1
      guard visited <= 50_000, next.depth <= 32 else { throw PDFError(.tooMany, "too many form fields") }
      if let reference = next.value.reference, !seen.insert(reference).inserted { continue }
      guard let field = try resolve(next.value, in: revision).dictionary else { continue }
      guard !field.hasDuplicateKeys else { throw PDFError(.structureBroken, "a form field has a key twice") }
      let partial = try resolve(field["T"], in: revision).string?.text
      let name = [next.parentName, partial ?? ""].filter { !$0.isEmpty }.joined(separator: ".")
      let type = try resolve(field["FT"], in: revision).name ?? next.type
      let signature = field["V"] ?? next.signature
      let kids = try resolve(field["Kids"], in: revision).array ?? []
      // A kid without a name of its own is only a widget of this field.
      var children: [PDFObject] = []
      for kid in kids {
        if let dictionary = try resolve(kid, in: revision).dictionary, dictionary["T"] != nil { children.append(kid) }
      }
      if children.isEmpty {
        if type == "Sig" {
          fields.signatures.append(
            SignatureField(name: name, reference: next.value.reference, dictionary: field, value: signature))
        } else {
          fields.hasOthers = true
        }
      } else {
        if let reference = next.value.reference { fields.groups[reference] = name }
        pending.append(contentsOf: children.reversed().map { ($0, name, type, signature, next.depth + 1) })
      }
    }
    return fields
  }

  /// Whether a field's signature certifies the file as final (`/DocMDP`, P 1; ISO 32000-1, 12.8.2.2), or its field locks it
  /// so (ISO 32000-2, table 236): then only time stamps and the security store may follow.
  func isFinal(_ field: SignatureField, in revision: PDFRevision) throws(PDFError) -> Bool {
    guard field.isSigned else { return false }
    let lock = try resolve(field.dictionary["Lock"], in: revision).dictionary
    if try resolve(lock?["P"], in: revision).integer == 1 { return true }
    let signature = try resolve(field.value, in: revision).dictionary
    for item in try resolve(signature?["Reference"], in: revision).array ?? [] {
      let reference = try resolve(item, in: revision).dictionary
      guard try resolve(reference?["TransformMethod"], in: revision).name == "DocMDP" else { continue }
      let parameters = try resolve(reference?["TransformParams"], in: revision).dictionary
      if try resolve(parameters?["P"], in: revision).integer == 1 { return true }
    }
    return false
  }
}
