internal import PDFDocument

/// A mark of a signature, ready to be put into an update.
struct MarkDrawing {
  enum Content {
    case picture(PictureAppearance)
    /// A one-page PDF and the size of its page.
    case drawing([UInt8])
  }

  /// Counted from 1; -1 for the last page.
  let page: Int
  /// As it will be shown; of a picture only what it covers.
  let rect: SignatureAppearance.PageRect
  let content: Content

  /// Smallest and largest side of a mark, in points.
  private static let sides = 1.0...14_400.0

  init(_ mark: SignatureAppearance.Mark) throws(LetterSigningError) {
    let numbers = [mark.rect.x, mark.rect.y]
    guard Self.sides.contains(mark.rect.width), Self.sides.contains(mark.rect.height),
      numbers.allSatisfy({ $0.isFinite && abs($0) <= Self.sides.upperBound })
    else { throw LetterSigningError(.placeNotFound, "a mark of no size, or outside every page") }
    page = mark.page
    switch mark.content {
    case .picture(let data):
      do throws(PDFError) {
        let picture = try PictureAppearance(Array(data))
        rect = picture.covered(mark.rect)
        content = .picture(picture)
      } catch {
        throw LetterSigningError(error)
      }
    case .text(let text):
      rect = mark.rect
      content = .drawing(try TextDrawing.pdf(text, width: mark.rect.width, height: mark.rect.height))
    }
  }

  /// Adds the form XObject that shows the mark in `width` × `height` points.
  func add(
    width: Double, height: Double, _ matrix: PDFObject?, to update: inout IncrementalUpdate
  ) throws(PDFError) -> PDFReference {
    switch content {
    case .picture(let picture): picture.add(width: width, height: height, matrix, to: &update)
    case .drawing(let pdf): try ImportedPage.add(pdf, matrix, to: &update)
    }
  }
}

/// All that one signature shows, ready to be put into an update: it stands on one page, in one widget.
struct AppearanceDrawing {
  let page: Int
  /// Around all marks, as it will be shown.
  let rect: SignatureAppearance.PageRect
  private let marks: [MarkDrawing]

  /// Most marks of one signature.
  private static let markLimit = 64

  init?(_ appearance: SignatureAppearance) throws(LetterSigningError) {
    guard let first = appearance.marks.first else { return nil }
    guard appearance.marks.count <= Self.markLimit, appearance.marks.allSatisfy({ $0.page == first.page }) else {
      throw LetterSigningError(.placeNotFound, "one signature shows at most \(Self.markLimit) marks, on one page")
    }
    var marks: [MarkDrawing] = []
    for mark in appearance.marks { marks.append(try MarkDrawing(mark)) }
    self.marks = marks
    page = first.page
    rect = marks.dropFirst().reduce(marks[0].rect) { $0.union($1.rect) }
  }

  /// Adds the form XObject that shows all marks in `width` × `height` points.
  func add(
    width: Double, height: Double, on page: ShownPage, to update: inout IncrementalUpdate
  ) throws(PDFError) -> PDFReference {
    if marks.count == 1 { return try marks[0].add(width: width, height: height, page.matrix, to: &update) }
    var writer = ObjectWriter()
    var forms = PDFDictionary()
    for (index, mark) in marks.enumerated() {
      let form = try mark.add(width: mark.rect.width, height: mark.rect.height, nil, to: &update)
      forms["Mark\(index)"] = .reference(form)
      writer.write("q 1 0 0 1 ")
      writer.write(PDFObject.real(SignatureUpdate.rounded(mark.rect.x - rect.x)))
      writer.write(" ")
      writer.write(PDFObject.real(SignatureUpdate.rounded(mark.rect.y - rect.y)))
      writer.write(" cm /Mark\(index) Do Q\n")
    }
    // Of its own size always; a field of another size has it scaled.
    let box = [0, 0, rect.width, rect.height].map { PDFObject.real(SignatureUpdate.rounded($0)) }
    var outer = PDFDictionary([
      ("Type", .name("XObject")), ("Subtype", .name("Form")), ("BBox", .array(box)),
      ("Resources", .dictionary(PDFDictionary([("XObject", .dictionary(forms))]))),
    ])
    if let matrix = page.matrix { outer["Matrix"] = matrix }
    let reference = update.newReference()
    update.set(reference, outer, data: writer.bytes)
    return reference
  }
}
