internal import Foundation
internal import PDFDocument

/// The normal appearance of a signature: a picture that fills the field's rectangle, its proportions kept.
enum PictureAppearance {
  static func add(_ appearance: SignatureAppearance, to update: inout IncrementalUpdate) throws(PDFError)
    -> PDFReference
  {
    let picture = try PNGPicture(Array(appearance.picture))
    let image = picture.add(to: &update)
    let width = appearance.rect.width
    let height = appearance.rect.height
    let scale = min(width / Double(picture.width), height / Double(picture.height))
    let shownWidth = Double(picture.width) * scale
    let shownHeight = Double(picture.height) * scale
    var writer = ObjectWriter()
    writer.write("q ")
    let matrix = [shownWidth, 0, 0, shownHeight, (width - shownWidth) / 2, (height - shownHeight) / 2]
    for number in matrix {
      writer.write(PDFObject.real(SignatureUpdate.rounded(number)))
      writer.write(" ")
    }
    writer.write("cm /Picture Do Q")
    let images = PDFDictionary([("Picture", .reference(image))])
    let form = update.newReference()
    update.set(
      form,
      PDFDictionary([
        ("Type", .name("XObject")), ("Subtype", .name("Form")),
        ("BBox", .array([0, 0, width, height].map { .real(SignatureUpdate.rounded($0)) })),
        ("Resources", .dictionary(PDFDictionary([("XObject", .dictionary(images))]))),
      ]), data: writer.bytes)
    return form
  }
}
