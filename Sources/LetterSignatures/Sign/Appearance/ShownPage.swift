internal import PDFDocument

/// A page as a reader shows it: cut to its crop box and turned (ISO 32000-1, 7.7.3.3).
struct ShownPage {
  let reference: PDFReference
  /// What is shown, in the page's own coordinates.
  let box: PDFRectangle
  /// 0, 90, 180 or 270 degrees clockwise.
  let rotation: Int

  init(_ reference: PDFReference, in file: PDFFile, _ revision: PDFRevision) throws(PDFError) {
    self.reference = reference
    var media: PDFRectangle?
    var crop: PDFRectangle?
    var turned: Int?
    // These may stand in the page tree above the page.
    var node = try file.object(reference, in: revision).dictionary
    var depth = 0
    while let dictionary = node, depth < 32 {
      depth += 1
      if media == nil { media = try Self.box(dictionary["MediaBox"], file, revision) }
      if crop == nil { crop = try Self.box(dictionary["CropBox"], file, revision) }
      if turned == nil { turned = try file.resolve(dictionary["Rotate"], in: revision).integer }
      node = try file.resolve(dictionary["Parent"], in: revision).dictionary
    }
    // Readers fall back on Letter; so do we.
    let sheet = media ?? PDFRectangle(left: 0, bottom: 0, right: 612, top: 792)
    if let crop, crop.overlaps(sheet) {
      box = PDFRectangle(
        left: max(crop.left, sheet.left), bottom: max(crop.bottom, sheet.bottom), right: min(crop.right, sheet.right),
        top: min(crop.top, sheet.top))
    } else {
      box = sheet
    }
    let degrees = (turned ?? 0) % 360
    rotation = degrees % 90 == 0 ? (degrees + 360) % 360 : 0
  }

  private static func box(
    _ value: PDFObject?, _ file: PDFFile, _ revision: PDFRevision
  ) throws(PDFError) -> PDFRectangle? {
    guard let items = try file.resolve(value, in: revision).array, items.count == 4 else { return nil }
    var numbers: [Double] = []
    for item in items {
      guard let number = try file.resolve(item, in: revision).number else { return nil }
      numbers.append(number)
    }
    guard let box = PDFRectangle(numbers), box.right > box.left, box.top > box.bottom else { return nil }
    return box
  }

  private var isOnSide: Bool { rotation == 90 || rotation == 270 }
  var width: Double { isOnSide ? box.top - box.bottom : box.right - box.left }
  var height: Double { isOnSide ? box.right - box.left : box.top - box.bottom }

  /// A rectangle of the shown page in the page's own coordinates.
  func own(_ rect: SignatureAppearance.PageRect) -> PDFRectangle {
    switch rotation {
    case 90:
      PDFRectangle(
        left: box.right - rect.top, bottom: box.bottom + rect.x, right: box.right - rect.y, top: box.bottom + rect.right
      )
    case 180:
      PDFRectangle(
        left: box.right - rect.right, bottom: box.top - rect.top, right: box.right - rect.x, top: box.top - rect.y)
    case 270:
      PDFRectangle(
        left: box.left + rect.y, bottom: box.top - rect.right, right: box.left + rect.top, top: box.top - rect.x)
    default:
      PDFRectangle(
        left: box.left + rect.x, bottom: box.bottom + rect.y, right: box.left + rect.right, top: box.bottom + rect.top)
    }
  }

  /// A rectangle in the page's own coordinates as it is shown.
  func shown(_ own: PDFRectangle) -> SignatureAppearance.PageRect {
    let width = own.right - own.left
    let height = own.top - own.bottom
    return switch rotation {
    case 90: .init(x: own.bottom - box.bottom, y: box.right - own.right, width: height, height: width)
    case 180: .init(x: box.right - own.right, y: box.top - own.top, width: width, height: height)
    case 270: .init(x: box.top - own.top, y: own.left - box.left, width: height, height: width)
    default: .init(x: own.left - box.left, y: own.bottom - box.bottom, width: width, height: height)
    }
  }

  /// How an appearance must be turned to stand upright on the turned page; nil where it need not.
  var matrix: PDFObject? {
    switch rotation {
    case 90: .array([0, 1, -1, 0, 0, 0].map { .integer($0) })
    case 180: .array([-1, 0, 0, -1, 0, 0].map { .integer($0) })
    case 270: .array([0, -1, 1, 0, 0, 0].map { .integer($0) })
    default: nil
    }
  }
}
