internal import PDFDocument

/// What revisions after a signature did, held against a white list: further signatures, document time stamps, the
/// security store. The file's description may change with a note. All else is a modification.
///
/// The last revision is compared with the signed one directly, so that two steps that are each allowed cannot add up to
/// one that is not. Freedoms that a certifying signature grants (form filling, annotations) are not honoured.
struct RevisionComparison {
  let file: PDFFile
  let base: PDFRevision
  let current: PDFRevision
  /// All objects that later revisions write or free and that differ from the signed ones.
  private(set) var changed: Set<Int> = []
  /// Objects that did not exist when it was signed.
  private(set) var added: Set<Int> = []
  /// Of ``changed`` and ``added``, those for which a reason on the white list was found.
  var justified: Set<Int> = []
  private(set) var changes: [LetterChange] = []
  var metadataChanged = false
  /// The fields that were signed after it, by name.
  var newFields: Set<String> = []
  var otherAdditions = false

  /// How many states in between are compared for all signatures of one file together: files with hundreds of revisions and
  /// dozens of signatures are nobody's letters. When it is used up, what is left counts as changed.
  final class Budget {
    private var left = 500

    /// - Parameter objects: how many were written.
    func take(objects: Int) -> Bool {
      left -= 1 + objects / 200
      return left >= 0
    }
  }

  private let budget: Budget

  /// - Throws: `PDFError` when a later revision cannot be read.
  init(
    _ file: PDFFile, since base: PDFRevision, forbidsSignatures: Bool, budget: Budget = Budget()
  ) throws(PDFError) {
    self.budget = budget
    self.file = file
    self.base = base
    self.current = file.current
    guard base.number < current.number else { return }
    if let stray = try file.firstStrayByte(after: base) {
      changes.append(LetterChange(object: nil, page: nil, what: "stray_bytes_at_\(stray)"))
    }
    try compare(forbidsSignatures: forbidsSignatures)
    try justifySuperseded(forbidsSignatures: forbidsSignatures)
    if !added.isEmpty {
      do {
        for number in try file.danglingReferences(to: added, in: base).sorted() {
          report(number, "defines_what_was_undefined")
        }
      } catch {
        report(nil, "signed_revision_unreadable")
      }
    }
    for number in changed.union(added).subtracting(justified).sorted() {
      report(number, added.contains(number) ? "object_added" : "object_changed")
    }
    if changes.isEmpty { return }
    try locatePages()
  }

  /// A state in between, for ``justifySuperseded(forbidsSignatures:)``.
  private init(
    _ file: PDFFile, since base: PDFRevision, until current: PDFRevision, forbidsSignatures: Bool, budget: Budget
  ) throws(PDFError) {
    self.budget = budget
    self.file = file
    self.base = base
    self.current = current
    try compare(forbidsSignatures: forbidsSignatures)
  }

  private mutating func compare(forbidsSignatures: Bool) throws(PDFError) {
    try findChanged()
    try compareTrailers()
    try compareCatalogs(forbidsSignatures: forbidsSignatures)
    try compareDescriptions()
    justifyContainers()
    justifyStrayEntries()
  }

  /// A store or a description that a still later revision replaced is left lying in the file. What was justified in a
  /// revision between, and no longer hangs on anything now, is no change.
  private mutating func justifySuperseded(forbidsSignatures: Bool) throws(PDFError) {
    var left = added.subtracting(justified)
    for revision in file.revisions where revision.number > base.number && revision.number < current.number {
      guard !left.isEmpty, budget.take(objects: added.count + changed.count) else { return }
      let between = try RevisionComparison(
        file, since: base, until: revision, forbidsSignatures: forbidsSignatures, budget: budget)
      let superseded = left.intersection(between.justified).filter {
        file.samePlace($0, in: revision, and: current)
      }
      justified.formUnion(superseded)
      left.subtract(superseded)
    }
  }

  mutating func report(_ object: Int?, _ what: String) {
    if changes.count < 200 { changes.append(LetterChange(object: object, page: nil, what: what)) }
  }

  // MARK: What changed

  private mutating func findChanged() throws(PDFError) {
    for number in file.numbersWritten(after: base) {
      let old = file.reference(to: number, in: base)
      let new = file.reference(to: number, in: current)
      switch (old, new) {
      case (nil, nil): break
      case (nil, _?): added.insert(number)
      case (_?, nil):
        changed.insert(number)
      case (let old?, let new?):
        if old.generation != new.generation {
          changed.insert(number)
        } else {
          if try !file.sameValue(old, in: base, new, in: current) { changed.insert(number) }
        }
      }
    }
  }

  private mutating func compareTrailers() throws(PDFError) {
    let free: Set<String> = [
      "Size", "Prev", "XRefStm", "ID", "Info", "Type", "W", "Index", "Length", "Filter", "DecodeParms",
    ]
    let old = base.trailer
    let new = current.trailer
    // Objects numbered beyond /Size are missing to strict readers (ISO 32000-1, 7.5.4), so a smaller one hides them.
    if let before = old["Size"]?.integer, (new["Size"]?.integer ?? 0) < before { report(nil, "trailer_Size") }
    for key in Set(old.keys).union(new.keys).subtracting(free) where old[key] != new[key] {
      report(nil, "trailer_\(key.prefix(32))")
    }
  }

  private mutating func compareCatalogs(forbidsSignatures: Bool) throws(PDFError) {
    guard let root = base.trailer["Root"]?.reference else { return }
    let old = try file.catalog(in: base)
    let new = try file.catalog(in: current)
    var allowed = true
    for key in Set(old.keys).union(new.keys).sorted() where !Self.same(old[key], new[key]) {
      switch key {
      case "AcroForm", "DSS": break
      case "Extensions", "MarkInfo":
        // They only say which extensions of the standard are used, and whether the file is tagged.
        justifyTree(new[key], depth: 0)
      case "Version":
        if !["1.4", "1.5", "1.6", "1.7", "2.0"].contains(new[key]?.name) {
          allowed = false
          report(root.number, "catalog_Version")
        }
      case "Metadata":
        // What it says is compared below.
        if let stream = new[key]?.reference, added.contains(stream.number) { justified.insert(stream.number) }
      default:
        allowed = false
        report(root.number, "catalog_\(key.prefix(32))")
      }
    }
    if allowed { justified.insert(root.number) }
    try compareForms(old["AcroForm"], new["AcroForm"], forbidsSignatures: forbidsSignatures)
    try justifyStore(old["DSS"], new["DSS"])
    try compareMetadata(old["Metadata"], new["Metadata"])
  }

  /// Equal as written; a key with null is no key.
  static func same(_ left: PDFObject?, _ right: PDFObject?) -> Bool {
    (left ?? .null) == (right ?? .null)
  }

  // MARK: New objects below a white-listed place

  /// Justifies the new objects that `value` reaches; objects that existed when it was signed are not entered.
  mutating func justifyTree(_ value: PDFObject?, depth: Int) {
    var pending = value.map { [$0] } ?? []
    var steps = 0
    while let next = pending.popLast(), steps < 100_000 {
      steps += 1
      switch next {
      case .reference(let reference):
        guard added.contains(reference.number), justified.insert(reference.number).inserted,
          let object = try? file.object(reference, in: current)
        else { continue }
        pending.append(object)
      case .array(let values): pending.append(contentsOf: values)
      case .dictionary(let dictionary): pending.append(contentsOf: dictionary.entries.map(\.value))
      case .stream(let stream): pending.append(contentsOf: stream.dictionary.entries.map(\.value))
      default: break
      }
    }
  }

  /// Cross-reference and object streams of later revisions are part of the file's bookkeeping.
  private mutating func justifyContainers() {
    for number in changed.union(added) where !justified.contains(number) {
      guard let reference = file.reference(to: number, in: current),
        let type = (try? file.object(reference, in: current))?.stream?.dictionary["Type"]?.name,
        type == "XRef" || type == "ObjStm"
      else { continue }
      if added.contains(number) {
        justified.insert(number)
      } else if let old = file.reference(to: number, in: base),
        (try? file.object(old, in: base))?.stream?.dictionary["Type"]?.name == "XRef", type == "XRef"
      {
        justified.insert(number)
      }
    }
  }

  // MARK: Where it shows

  /// Finds the page of each change, as far as that is one step away.
  private mutating func locatePages() throws(PDFError) {
    let pages = (try? file.pages(in: current, limit: 2000)) ?? []
    var places: [Int: Int] = [:]
    for (index, page) in pages.enumerated() {
      places[page.number] = places[page.number] ?? index + 1
      guard let dictionary = (try? file.object(page, in: current))?.dictionary else { continue }
      for key in ["Contents", "Annots", "Resources"] {
        for number in Self.references(in: dictionary[key], file, current, steps: 3) {
          places[number] = places[number] ?? index + 1
        }
      }
    }
    changes = changes.map { LetterChange(object: $0.object, page: $0.object.flatMap { places[$0] }, what: $0.what) }
  }

  private static func references(
    in value: PDFObject?, _ file: PDFFile, _ revision: PDFRevision, steps: Int
  ) -> Set<Int> {
    guard let value, steps > 0 else { return [] }
    switch value {
    case .reference(let reference):
      let inner = (try? file.object(reference, in: revision)).map {
        references(in: $0, file, revision, steps: steps - 1)
      }
      return (inner ?? []).union([reference.number])
    case .array(let values):
      return values.prefix(200).reduce(into: []) { $0.formUnion(references(in: $1, file, revision, steps: steps)) }
    case .dictionary(let dictionary):
      return dictionary.entries.prefix(200).reduce(into: []) {
        if $1.key != "Parent" && $1.key != "P" { $0.formUnion(references(in: $1.value, file, revision, steps: steps)) }
      }
    default: return []
    }
  }
}
