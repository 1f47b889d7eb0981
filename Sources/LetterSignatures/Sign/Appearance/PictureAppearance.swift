internal import PDFDocument

/// The normal appearance of a picture: it fills the mark's rectangle, its proportions kept.
struct PictureAppearance {
  private let picture: PNGPicture

  init(_ png: [UInt8]) throws(PDFError) {
    picture = try PNGPicture(png)
  }

  /// The part of `rect` that the picture covers, in its middle.
  func covered(_ rect: SignatureAppearance.PageRect) -> SignatureAppearance.PageRect {
    let scale = min(rect.width / Double(picture.width), rect.height / Double(picture.height))
    let width = Double(picture.width) * scale
    let height = Double(picture.height) * scale
    return .init(
      x: rect.x + (rect.width - width) / 2, y: rect.y + (rect.height - height) / 2, width: width, height: height)
  }

  /// Height over width.
  var proportion: Double { Double(picture.height) / Double(picture.width) }

  /// Adds the picture in the middle of a form of `width` × `height` points.
  func add(
    width: Double, height: Double, _ matrix: PDFObject?, to update: inout IncrementalUpdate
  ) -> PDFReference {
    let image = picture.add(to: &update)
    let covered = covered(.init(x: 0, y: 0, width: width, height: height))
    var writer = ObjectWriter()
    writer.write("q ")
    for number in [covered.width, 0, 0, covered.height, covered.x, covered.y] {
      writer.write(PDFObject.real(SignatureUpdate.rounded(number)))
      writer.write(" ")
    }
    writer.write("cm /Picture Do Q")
    let images = PDFDictionary([("Picture", .reference(image))])
    let reference = update.newReference()
    var form = PDFDictionary([
      ("Type", .name("XObject")), ("Subtype", .name("Form")),
      ("BBox", .array([0, 0, width, height].map { .real(SignatureUpdate.rounded($0)) })),
      ("Resources", .dictionary(PDFDictionary([("XObject", .dictionary(images))]))),
    ])
    if let matrix { form["Matrix"] = matrix }
    update.set(reference, form, data: writer.bytes)
    return reference
  }
}
