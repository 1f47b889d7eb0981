internal import PDFDocument

extension RevisionComparison {
  /// The form may get new signature fields, and empty ones may be signed.
  mutating func compareForms(
    _ old: PDFObject?, _ new: PDFObject?, forbidsSignatures: Bool
  ) throws(PDFError) {
    let before = try file.resolve(old, in: base).dictionary ?? PDFDictionary()
    guard let after = try file.resolve(new, in: current).dictionary, !after.hasDuplicateKeys else {
      report(nil, "form_removed")
      return
    }
    let known = try file.formFields(in: base)
    var allowed = true
    for key in Set(before.keys).union(after.keys).sorted() where !Self.same(before[key], after[key]) {
      switch key {
      case "Fields": break
      case "SigFlags":
        if ![1, 3].contains(after[key]?.integer) { allowed = false }
      case "DR":
        // Resources for texts: where there are such, a new font is a new look for a name that was undefined.
        let hasTexts = known.hasOthers ? true : try hasFreeText()
        if hasTexts {
          allowed = false
        } else if try !extends(before[key], after[key], depth: 0) {
          allowed = false
        }
      case "NeedAppearances", "Q":
        // For fields with text; without them, and not asked for, nothing is drawn anew.
        if known.hasOthers || after[key]?.boolean == true { allowed = false }
      case "DA":
        let hasTexts = known.hasOthers ? true : try hasFreeText()
        if before[key] != nil || hasTexts { allowed = false }
      default: allowed = false
      }
      if !allowed {
        report(new?.reference?.number, "form_\(key.prefix(32))")
        break
      }
    }
    if allowed, let reference = new?.reference,
      added.contains(reference.number) || Self.same(old, new)
    {
      justified.insert(reference.number)
    }
    let fieldsBefore = try file.resolve(before["Fields"], in: base).array ?? []
    let fieldsAfter = try file.resolve(after["Fields"], in: current).array ?? []
    if let reference = after["Fields"]?.reference,
      added.contains(reference.number) || Self.same(before["Fields"], after["Fields"])
    {
      justified.insert(reference.number)
    }
    guard Array(fieldsAfter.prefix(fieldsBefore.count)) == fieldsBefore else {
      report(new?.reference?.number, "form_fields_removed_or_reordered")
      return
    }
    var names = Set(known.signatures.map(\.name))
    var widgets: Set<PDFReference> = []
    for item in fieldsAfter.dropFirst(fieldsBefore.count) {
      try acceptNewNode(item, in: nil, &names, &widgets, forbidsSignatures: forbidsSignatures)
    }
    try acceptGrownGroups(known.groups, &names, &widgets, forbidsSignatures: forbidsSignatures)
    try acceptFilledFields(forbidsSignatures: forbidsSignatures, &widgets)
    try comparePages(widgets)
  }

  /// Whether a page had an annotation of free text when it was signed: readers draw it with the form's resources when it has
  /// no picture of its own (ISO 32000-1, 12.5.6.6).
  private func hasFreeText() throws(PDFError) -> Bool {
    for page in try file.pages(in: base) {
      let annotations = try file.resolve(try file.object(page, in: base).dictionary?["Annots"], in: base).array ?? []
      for item in annotations {
        let annotation = try file.resolve(item, in: base).dictionary
        if try file.resolve(annotation?["Subtype"], in: base).name == "FreeText", annotation?["AP"] == nil {
          return true
        }
      }
    }
    return false
  }

  /// Whether `new` has all that `old` has, unchanged, and perhaps more: then what is new is justified.
  private mutating func extends(_ old: PDFObject?, _ new: PDFObject?, depth: Int) throws(PDFError) -> Bool {
    guard let old, !old.isNull else {
      justifyTree(new, depth: 0)
      return true
    }
    guard let before = try file.resolve(old, in: base).dictionary,
      let after = try file.resolve(new, in: current).dictionary, !after.hasDuplicateKeys
    else { return false }
    for (key, value) in after.entries where !Self.same(before[key], value) {
      // Two levels: the kinds of resources, and the resources of a kind.
      guard before[key] == nil || depth == 0, try extends(before[key], value, depth: depth + 1) else { return false }
    }
    guard before.keys.allSatisfy({ after[$0] != nil }) else { return false }
    if let reference = new?.reference, new == old || added.contains(reference.number) {
      justified.insert(reference.number)
    }
    return true
  }

  /// Keys that a signature field, which is its own widget, may have.
  private static let fieldKeys: Set<String> = [
    "FT", "T", "V", "Type", "Subtype", "Rect", "F", "P", "AP", "AS", "Lock", "SV", "TU", "TM", "Ff", "MK", "BS",
    "Border", "DA", "DR", "Q", "NM", "M", "Contents", "Kids",
  ]
  /// Keys that a widget apart from its field may have.
  private static let widgetKeys: Set<String> = [
    "Type", "Subtype", "Rect", "F", "P", "AP", "AS", "MK", "BS", "Border", "DA", "NM", "M", "Contents", "Parent",
  ]

  /// - Parameter group: the field that it stands below, with its full name.
  mutating func acceptNewField(
    _ reference: PDFReference, _ field: PDFDictionary, in group: FieldGroup?, _ names: Set<String>,
    _ widgets: inout Set<PDFReference>, forbidsSignatures: Bool
  ) throws(PDFError) -> String? {
    let keys = group == nil ? Self.fieldKeys : Self.fieldKeys.union(["Parent"])
    guard !field.hasDuplicateKeys, field["FT"]?.name == "Sig",
      let partial = try file.resolve(field["T"], in: current).string?.text,
      case let name = group.map({ $0.name.isEmpty ? partial : "\($0.name).\(partial)" }) ?? partial,
      !names.contains(name), Set(field.keys).isSubset(of: keys), field["Parent"]?.reference == group?.reference,
      case let subtype = try file.resolve(field["Subtype"], in: current), subtype.isNull || subtype.name == "Widget"
    else {
      report(reference.number, "form_field_added")
      return nil
    }
    var kids: [(PDFReference, PDFDictionary)] = []
    for kid in try file.resolve(field["Kids"], in: current).array ?? [] {
      guard let kidReference = kid.reference, added.contains(kidReference.number),
        case .dictionary(let widget) = try file.object(kidReference, in: current), !widget.hasDuplicateKeys,
        Set(widget.keys).isSubset(of: Self.widgetKeys), widget["Subtype"]?.name == "Widget",
        widget["Parent"]?.reference == reference
      else {
        report(kid.reference?.number ?? reference.number, "form_field_added")
        return nil
      }
      kids.append((kidReference, widget))
    }
    guard try acceptValue(of: reference, field, kids, name, forbidsSignatures: forbidsSignatures) else { return nil }
    if let list = field["Kids"]?.reference, added.contains(list.number) { justified.insert(list.number) }
    widgets.insert(reference)
    widgets.formUnion(kids.map(\.0))
    return name
  }

  /// A signature's or document time stamp's dictionary must be new; then all new objects below the field are its own.
  private mutating func acceptValue(
    of reference: PDFReference, _ field: PDFDictionary, _ kids: [(PDFReference, PDFDictionary)], _ name: String,
    forbidsSignatures: Bool
  ) throws(PDFError) -> Bool {
    let shown = [field] + kids.map(\.1)
    if let value = field["V"], !value.isNull {
      // An object of its own must be new; one inside the field is as new as the field.
      guard value.reference.map({ added.contains($0.number) }) ?? true,
        case .dictionary(let dictionary) = try file.resolve(value, in: current)
      else {
        report(reference.number, "form_field_added")
        return false
      }
      let isTimeStamp = try file.resolve(dictionary["SubFilter"], in: current).name == "ETSI.RFC3161"
      if forbidsSignatures, !isTimeStamp {
        report(reference.number, "signature_after_final_certification")
        return false
      }
      // Anyone can have a time stamp made, so it must not show anything.
      if isTimeStamp {
        for widget in shown where !Self.showingKeys.isDisjoint(with: widget.keys) {
          if try isVisible(widget) {
            report(reference.number, "visible_document_time_stamp")
            return false
          }
        }
      }
      newFields.insert(name)
    } else if shown.contains(where: { !Self.showingKeys.isDisjoint(with: $0.keys) }) {
      // No one answers for what an unsigned field shows.
      report(reference.number, "empty_field_with_appearance")
      return false
    }
    justified.insert(reference.number)
    justified.formUnion(kids.map(\.0.number))
    for widget in shown {
      for key in ["V", "AP", "Lock", "SV", "MK", "BS", "DR"] { justifyTree(widget[key], depth: 0) }
    }
    return true
  }

  /// What makes readers draw a widget.
  private static let showingKeys: Set<String> = ["AP", "MK", "BS", "Border"]

  private func isVisible(_ widget: PDFDictionary) throws(PDFError) -> Bool {
    let numbers = try file.resolve(widget["Rect"], in: current).array?.compactMap { $0.number } ?? []
    guard numbers.count == 4 else { return true }
    return abs(numbers[2] - numbers[0]) > 0 && abs(numbers[3] - numbers[1]) > 0
  }

  /// Signature fields that stood empty when it was signed and carry a signature now.
  private mutating func acceptFilledFields(
    forbidsSignatures: Bool, _ widgets: inout Set<PDFReference>
  ) throws(PDFError) {
    for field in try file.signatureFields(in: base) where !field.isSigned {
      guard let reference = field.reference, changed.contains(reference.number),
        let kids = try changedWidgets(of: field, reference),
        case .dictionary(let after) = try file.object(reference, in: current), !after.hasDuplicateKeys
      else { continue }
      let free: Set<String> = ["V", "AP", "AS", "F", "Ff", "M", "MK", "DA", "Q", "Type"]
      let keys = Set(field.dictionary.keys).union(after.keys)
      guard keys.subtracting(free).allSatisfy({ Self.same(field.dictionary[$0], after[$0]) }),
        let value = after["V"], value.reference != nil || value.dictionary != nil
      else {
        report(reference.number, "form_field_changed")
        continue
      }
      if try acceptValue(of: reference, after, kids, field.name, forbidsSignatures: forbidsSignatures) {
        widgets.insert(reference)
      }
    }
  }

  /// The widgets of a field that have a new appearance; nil when one has more than that.
  private func changedWidgets(
    of field: SignatureField, _ reference: PDFReference
  ) throws(PDFError) -> [(PDFReference, PDFDictionary)]? {
    var found: [(PDFReference, PDFDictionary)] = []
    for kid in try file.resolve(field.dictionary["Kids"], in: base).array ?? [] {
      guard let number = kid.reference, changed.contains(number.number) else { continue }
      guard case .dictionary(let before) = try file.object(number, in: base),
        case .dictionary(let after) = try file.object(number, in: current), !after.hasDuplicateKeys,
        Set(before.keys).union(after.keys).subtracting(["AP", "F", "M", "MK"]).allSatisfy({
          Self.same(before[$0], after[$0])
        })
      else { return nil }
      found.append((number, after))
    }
    return found
  }

  /// A page may only get the widgets of new signature fields.
  private mutating func comparePages(_ widgets: Set<PDFReference>) throws(PDFError) {
    var candidates: Set<PDFReference> = []
    for widget in widgets {
      if let page = try file.object(widget, in: current).dictionary?["P"]?.reference { candidates.insert(page) }
    }
    for number in changed {
      guard let reference = file.reference(to: number, in: base) else { continue }
      if try file.object(reference, in: base).dictionary?["Type"]?.name == "Page" { candidates.insert(reference) }
    }
    for page in candidates {
      guard case .dictionary(let before) = try file.object(page, in: base),
        case .dictionary(let after) = try file.object(page, in: current), !after.hasDuplicateKeys,
        before["Type"]?.name == "Page"
      else { continue }
      let keys = Set(before.keys).union(after.keys).subtracting(["Annots"])
      guard keys.allSatisfy({ Self.same(before[$0], after[$0]) }) else { continue }
      let old = try file.resolve(before["Annots"], in: base).array ?? []
      let new = try file.resolve(after["Annots"], in: current).array ?? []
      guard Array(new.prefix(old.count)) == old,
        new.dropFirst(old.count).allSatisfy({ $0.reference.map(widgets.contains) ?? false })
      else { continue }
      justified.insert(page.number)
      if let list = after["Annots"]?.reference,
        added.contains(list.number) || Self.same(before["Annots"], after["Annots"])
      {
        justified.insert(list.number)
      }
    }
  }
}
