internal import PDFDocument

/// A field that only groups others: theirs is the joined name (ISO 32000-1, 12.7.3.2).
struct FieldGroup {
  let reference: PDFReference
  let name: String
}

/// Forms drawn up with a form designer have their signature fields below such groups.
extension RevisionComparison {
  private static let groupKeys: Set<String> = ["T", "TU", "TM", "Kids", "Parent"]
  private static let deepest = 8

  /// A new signature field, or a new group with nothing but such fields below it.
  mutating func acceptNewNode(
    _ item: PDFObject, in group: FieldGroup?, _ names: inout Set<String>, _ widgets: inout Set<PDFReference>,
    forbidsSignatures: Bool, depth: Int = 0
  ) throws(PDFError) {
    guard depth < Self.deepest, let reference = item.reference, added.contains(reference.number),
      case .dictionary(let field) = try file.object(reference, in: current)
    else {
      report(item.reference?.number, "form_field_added")
      return
    }
    guard field["FT"] == nil else {
      if let name = try acceptNewField(
        reference, field, in: group, names, &widgets, forbidsSignatures: forbidsSignatures)
      {
        names.insert(name)
      }
      return
    }
    guard !field.hasDuplicateKeys, Set(field.keys).isSubset(of: Self.groupKeys),
      field["Parent"]?.reference == group?.reference,
      let partial = try file.resolve(field["T"], in: current).string?.text, !partial.isEmpty,
      let kids = try file.resolve(field["Kids"], in: current).array, !kids.isEmpty, kids.count <= 100
    else {
      report(reference.number, "form_field_added")
      return
    }
    justified.insert(reference.number)
    if let list = field["Kids"]?.reference, added.contains(list.number) { justified.insert(list.number) }
    let own = FieldGroup(
      reference: reference, name: [group?.name ?? "", partial].filter { !$0.isEmpty }.joined(separator: "."))
    for kid in kids {
      try acceptNewNode(kid, in: own, &names, &widgets, forbidsSignatures: forbidsSignatures, depth: depth + 1)
    }
  }

  /// Groups that stood when it was signed may get new signature fields, after those that they had.
  mutating func acceptGrownGroups(
    _ groups: [PDFReference: String], _ names: inout Set<String>, _ widgets: inout Set<PDFReference>,
    forbidsSignatures: Bool
  ) throws(PDFError) {
    for (reference, name) in groups.sorted(by: { $0.key.number < $1.key.number }) {
      guard case .dictionary(let before) = try file.object(reference, in: base),
        case .dictionary(let after) = try file.object(reference, in: current), !after.hasDuplicateKeys
      else { continue }
      let list = after["Kids"]?.reference
      guard changed.contains(reference.number) || list.map({ changed.contains($0.number) }) ?? false else { continue }
      let old = try file.resolve(before["Kids"], in: base).array ?? []
      let new = try file.resolve(after["Kids"], in: current).array ?? []
      guard
        Set(before.keys).union(after.keys).subtracting(["Kids"]).allSatisfy({ Self.same(before[$0], after[$0]) }),
        Array(new.prefix(old.count)) == old
      else {
        report(reference.number, "form_field_changed")
        continue
      }
      justified.insert(reference.number)
      if let list, added.contains(list.number) || Self.same(before["Kids"], after["Kids"]) {
        justified.insert(list.number)
      }
      for kid in new.dropFirst(old.count) {
        try acceptNewNode(
          kid, in: FieldGroup(reference: reference, name: name), &names, &widgets,
          forbidsSignatures: forbidsSignatures)
      }
    }
  }
}
