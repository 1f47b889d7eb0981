internal import PDFDocument

/// The page of a small PDF of our own making as a form XObject, with all that it needs.
enum ImportedPage {
  /// Objects that a drawing may have, at most: text in one face has about ten.
  private static let objectLimit = 500

  static func add(
    _ pdf: [UInt8], _ matrix: PDFObject?, to update: inout IncrementalUpdate
  ) throws(PDFError) -> PDFReference {
    let file = try PDFFile(PDFSource(bytes: pdf))
    let revision = file.current
    guard let page = try file.pages(in: revision).first,
      let dictionary = try file.object(page, in: revision).dictionary, let content = dictionary["Contents"]?.reference,
      let data = try file.rawData(content, in: revision),
      let stream = try file.object(content, in: revision).stream
    else { throw PDFError(.structureBroken, "a drawing without a page") }
    var copies = Copies()
    var form = PDFDictionary([
      ("Type", .name("XObject")), ("Subtype", .name("Form")), ("BBox", dictionary["MediaBox"] ?? .null),
      ("Resources", copies.copied(try file.resolve(dictionary["Resources"], in: revision), &update)),
    ])
    if let matrix { form["Matrix"] = matrix }
    form["Filter"] = stream.dictionary["Filter"]
    let reference = update.newReference()
    update.set(reference, form, data: try file.source.copy(data))
    var done = 0
    while let (old, new) = copies.pending.popLast() {
      done += 1
      guard done <= objectLimit else { throw PDFError(.tooMany, "a drawing of more than \(objectLimit) objects") }
      let value = try file.object(old, in: revision)
      guard let stream = value.stream, let data = try file.rawData(old, in: revision) else {
        update.set(new, copies.copied(value, &update))
        continue
      }
      var own = PDFDictionary()
      // The length is written anew; it may have been an object of its own.
      for (key, value) in stream.dictionary.entries where key != "Length" {
        own[key] = copies.copied(value, &update)
      }
      update.set(new, own, data: try file.source.copy(data))
    }
    return reference
  }

  /// Which object of the drawing became which object of the letter.
  private struct Copies {
    var known: [PDFReference: PDFReference] = [:]
    var pending: [(PDFReference, PDFReference)] = []

    mutating func copied(_ value: PDFObject, _ update: inout IncrementalUpdate) -> PDFObject {
      switch value {
      case .reference(let old):
        if let new = known[old] { return .reference(new) }
        let new = update.newReference()
        known[old] = new
        pending.append((old, new))
        return .reference(new)
      case .array(let values):
        var own: [PDFObject] = []
        for value in values { own.append(copied(value, &update)) }
        return .array(own)
      case .dictionary(let dictionary):
        var own = PDFDictionary()
        for (key, value) in dictionary.entries { own[key] = copied(value, &update) }
        return .dictionary(own)
      default: return value
      }
    }
  }
}
