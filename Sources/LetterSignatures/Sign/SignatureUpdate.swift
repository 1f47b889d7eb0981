internal import Foundation
internal import PDFDocument

/// The incremental update that puts a signature field with an empty signature into a letter.
struct SignatureUpdate {
  struct Built {
    var appendix: [UInt8] = []
    var byteRange: [Int] = []
    var field = ""
    var refusal: LetterSigningError.Code?
  }

  private let file: PDFFile
  private let revision: PDFRevision
  private let request: SignatureRequest
  private let drawing: AppearanceDrawing?
  private let isDocumentTimeStamp: Bool
  private var update: IncrementalUpdate
  /// Digits of each number of `/ByteRange`, so that the dictionary's length is known before the numbers are.
  private static let numberWidth = 10

  /// - Parameter drawing: what the signature shows; a document time stamp shows nothing.
  init(
    _ pdf: [UInt8], _ request: SignatureRequest, _ drawing: AppearanceDrawing?, isDocumentTimeStamp: Bool
  ) throws(PDFError) {
    file = try PDFFile(PDFSource(bytes: pdf))
    revision = file.current
    self.request = request
    self.drawing = isDocumentTimeStamp ? nil : drawing
    self.isDocumentTimeStamp = isDocumentTimeStamp
    update = try IncrementalUpdate(file)
  }

  mutating func build() throws(PDFError) -> Built {
    let fields = try file.signatureFields(in: revision)
    for field in fields where !isDocumentTimeStamp {
      if try file.isFinal(field, in: revision) { return Built(refusal: .certifiedAsFinal) }
    }
    let name = request.field ?? Self.freeName(fields.map(\.name), isDocumentTimeStamp ? "Timestamp" : "Signature")
    let existing = fields.first { $0.name == name }
    if let existing, existing.isSigned || existing.reference == nil { return Built(refusal: .fieldTaken) }
    if existing == nil, name.contains(".") || name.isEmpty { return Built(refusal: .fieldTaken) }

    let signature = update.newReference()
    let body = signatureBody()
    update.set(signature, body: body.bytes)
    if let existing, let reference = existing.reference {
      try fill(existing, reference, signature)
    } else {
      let field = update.newReference()
      try addField(field, name: name, signature: signature)
      try addToForm(field)
    }
    let appendix = update.appendix(identifier: Array(request.identifier))
    return finish(appendix, signature: signature, body: body, name: name)
  }

  private static func freeName(_ names: [String], _ stem: String) -> String {
    let taken = Set(names)
    var number = 1
    while taken.contains("\(stem)\(number)") { number += 1 }
    return "\(stem)\(number)"
  }

  // MARK: The signature dictionary

  private func signatureBody() -> (bytes: [UInt8], byteRangeAt: Int, contentsAt: Int) {
    var writer = ObjectWriter()
    writer.write("<<\n/Type /\(isDocumentTimeStamp ? "DocTimeStamp" : "Sig")\n/Filter /Adobe.PPKLite\n")
    writer.write("/SubFilter /\(isDocumentTimeStamp ? "ETSI.RFC3161" : "ETSI.CAdES.detached")\n/ByteRange ")
    let byteRangeAt = writer.bytes.count
    writer.write(String(repeating: " ", count: 2 + 3 * (Self.numberWidth + 1) + 2))
    writer.write("\n/Contents ")
    let contentsAt = writer.bytes.count
    writer.write("<")
    writer.write(bytes: [UInt8](repeating: UInt8(ascii: "0"), count: 2 * request.capacity))
    writer.write(">\n")
    if !isDocumentTimeStamp {
      writer.write("/M (\(PDFDate.text(request.claimedTime)))\n")
      let texts = [
        ("Name", request.signerName), ("Reason", request.reason), ("Location", request.location),
        ("ContactInfo", request.contactInfo),
      ]
      for (key, text) in texts {
        guard let text else { continue }
        writer.write("/\(key) ")
        writer.write(PDFObject.text(text))
        writer.write("\n")
      }
    }
    writer.write(">>")
    return (writer.bytes, byteRangeAt, contentsAt)
  }

  private func finish(
    _ appendix: IncrementalUpdate.Appendix, signature: PDFReference,
    body: (bytes: [UInt8], byteRangeAt: Int, contentsAt: Int), name: String
  ) -> Built {
    let start = (appendix.offsets[signature] ?? 0) + "\(signature.number) 0 obj\n".utf8.count
    let gap = start + body.contentsAt
    let afterGap = gap + 2 * request.capacity + 2
    let end = file.end + appendix.bytes.count
    let byteRange = [0, gap, afterGap, end - afterGap]
    var bytes = appendix.bytes
    let text = "[0 \(byteRange[1]) \(byteRange[2]) \(byteRange[3])]"
    let at = start + body.byteRangeAt - file.end
    bytes.replaceSubrange(at..<(at + text.utf8.count), with: text.utf8)
    return Built(appendix: bytes, byteRange: byteRange, field: name)
  }

  // MARK: Field, page, form

  /// The page with this number, counted from 1, or from -1 at the end.
  private func shownPage(_ number: Int, of pages: [PDFReference]) throws(PDFError) -> ShownPage {
    let index = number < 0 ? pages.count + number : number - 1
    guard pages.indices.contains(index) else { throw PDFError(.pageMissing, "page \(number) of \(pages.count)") }
    return try ShownPage(pages[index], in: file, revision)
  }

  /// Adds the field, which is its own widget: some readers take the widgets of a field with several for unsigned fields.
  private mutating func addField(
    _ reference: PDFReference, name: String, signature: PDFReference
  ) throws(PDFError) {
    let pages = try file.pages(in: revision)
    guard var page = pages.first else { throw PDFError(.pageMissing, "no pages") }
    var rect = PDFRectangle(left: 0, bottom: 0, right: 0, top: 0)
    var appearance: PDFReference?
    if let drawing {
      let shown = try shownPage(drawing.page, of: pages)
      page = shown.reference
      rect = shown.own(drawing.rect)
      appearance = try drawing.add(width: drawing.rect.width, height: drawing.rect.height, on: shown, to: &update)
    }
    var field = PDFDictionary([
      ("Type", .name("Annot")), ("Subtype", .name("Widget")), ("FT", .name("Sig")), ("T", .text(name)),
      // Printed, and not to be moved.
      ("F", .integer(132)), ("P", .reference(page)), ("V", .reference(signature)),
      ("Rect", .array([rect.left, rect.bottom, rect.right, rect.top].map { .real(Self.rounded($0)) })),
    ])
    if let appearance { field["AP"] = .dictionary(PDFDictionary([("N", .reference(appearance))])) }
    update.set(reference, .dictionary(field))
    try addAnnotation(reference, to: page)
  }

  static func rounded(_ value: Double) -> Double { (value * 1000).rounded() / 1000 }

  /// Fills a field that stood empty; its place on the page stays as it is.
  private mutating func fill(
    _ field: SignatureField, _ reference: PDFReference, _ signature: PDFReference
  ) throws(PDFError) {
    var dictionary = field.dictionary
    dictionary["V"] = .reference(signature)
    if let drawing {
      let pages = try file.pages(in: revision)
      let own = dictionary["P"]?.reference.flatMap { pages.contains($0) ? $0 : nil }
      let shown =
        if let own { try ShownPage(own, in: file, revision) } else { try shownPage(drawing.page, of: pages) }
      let box = try file.resolve(dictionary["Rect"], in: revision).array?.compactMap(\.number) ?? []
      let place = PDFRectangle(box).map { shown.shown($0) } ?? drawing.rect
      // A field without extent cannot show anything.
      if place.width > 0, place.height > 0 {
        let normal = try drawing.add(width: place.width, height: place.height, on: shown, to: &update)
        dictionary["AP"] = .dictionary(PDFDictionary([("N", .reference(normal))]))
      }
    }
    update.set(reference, .dictionary(dictionary))
    try setForm { _ in }
  }

  private mutating func addAnnotation(_ widget: PDFReference, to page: PDFReference) throws(PDFError) {
    guard case .dictionary(var dictionary) = try file.object(page, in: revision) else {
      throw PDFError(.structureBroken, "a page that is no dictionary")
    }
    let old = try file.resolve(dictionary["Annots"], in: revision)
    guard old.array != nil || old.isNull else { throw PDFError(.structureBroken, "/Annots is no array") }
    let annotations = PDFObject.array((old.array ?? []) + [.reference(widget)])
    if let list = dictionary["Annots"]?.reference, old.array != nil {
      update.set(list, annotations)
    } else {
      dictionary["Annots"] = annotations
      update.set(page, .dictionary(dictionary))
    }
  }

  private mutating func addToForm(_ field: PDFReference) throws(PDFError) {
    let form = try file.resolve(try file.catalog(in: revision)["AcroForm"], in: revision).dictionary
    let old = try file.resolve(form?["Fields"], in: revision)
    let fields = PDFObject.array((old.array ?? []) + [.reference(field)])
    if let list = form?["Fields"]?.reference, old.array != nil {
      update.set(list, fields)
      try setForm { _ in }
    } else {
      try setForm { $0["Fields"] = fields }
    }
  }

  /// Writes the form with `/SigFlags` 3 (signatures exist, append only), and the catalog where the form lies in it.
  private mutating func setForm(_ change: (inout PDFDictionary) -> Void) throws(PDFError) {
    guard let root = revision.trailer["Root"]?.reference else { throw PDFError(.structureBroken, "no /Root") }
    var catalog = try file.catalog(in: revision)
    let existing = try file.resolve(catalog["AcroForm"], in: revision).dictionary
    var form = existing ?? PDFDictionary()
    let before = form
    change(&form)
    form["SigFlags"] = .integer(3)
    if let reference = catalog["AcroForm"]?.reference, existing != nil {
      if form != before { update.set(reference, .dictionary(form)) }
      return
    }
    let isFirst = existing == nil
    catalog["AcroForm"] = isFirst ? .reference(update.newReference()) : .dictionary(form)
    if isFirst {
      if let reference = catalog["AcroForm"]?.reference { update.set(reference, .dictionary(form)) }
      // ETSI EN 319 142-1, 5.5: the extension that ETSI.CAdES.detached belongs to, for readers of PDF 1.7.
      if catalog["Extensions"] == nil {
        let cades = PDFDictionary([
          ("Type", .name("DeveloperExtensions")), ("BaseVersion", .name("1.7")), ("ExtensionLevel", .integer(1)),
        ])
        catalog["Extensions"] = .dictionary(PDFDictionary([("ESIC", .dictionary(cades))]))
      }
    }
    update.set(root, .dictionary(catalog))
  }
}
