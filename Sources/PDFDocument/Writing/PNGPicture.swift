internal import CQPDF

/// A PNG picture (ISO/IEC 15948) as an image of a PDF: samples as they are, transparency as a soft mask.
///
/// Taken are 8-bit grey, grey with alpha, RGB, RGBA and palette pictures without interlacing; that is what scanners'
/// and drawing programs' PNG files are.
public struct PNGPicture {
  public let width: Int
  public let height: Int
  private let colorSpace: PDFObject
  private let samples: [UInt8]
  private let alpha: [UInt8]?

  /// Most pixels of a picture.
  private static let pixelLimit = 16_000_000

  /// - Throws: ``PDFError`` with `pictureUnsupported`.
  public init(_ png: [UInt8]) throws(PDFError) {
    var chunks = try Chunks(png)
    let channels: Int
    switch chunks.colorType {
    case 0, 3: channels = 1
    case 2: channels = 3
    case 4: channels = 2
    case 6: channels = 4
    default: throw PDFError(.pictureUnsupported, "color type \(chunks.colorType)")
    }
    width = chunks.width
    height = chunks.height
    guard width > 0, height > 0, width <= 20_000, height <= 20_000, width * height <= Self.pixelLimit else {
      throw PDFError(.pictureUnsupported, "\(width) × \(height) pixels")
    }
    let rows = try Self.unfiltered(
      try Self.inflated(chunks.data, count: height * (width * channels + 1)), width: width, height: height,
      channels: channels)
    chunks.data = []
    let pixels = width * height
    switch chunks.colorType {
    case 2, 0:
      colorSpace = .name(channels == 3 ? "DeviceRGB" : "DeviceGray")
      samples = rows
      alpha = nil
    case 3:
      guard chunks.palette.count >= 3, chunks.palette.count % 3 == 0,
        rows.allSatisfy({ Int($0) < chunks.palette.count / 3 })
      else { throw PDFError(.pictureUnsupported, "palette") }
      colorSpace = .array([
        .name("Indexed"), .name("DeviceRGB"), .integer(chunks.palette.count / 3 - 1),
        .string(PDFString(bytes: chunks.palette, isHexadecimal: true)),
      ])
      samples = rows
      let transparency = chunks.transparency
      alpha = transparency.isEmpty ? nil : rows.map { Int($0) < transparency.count ? transparency[Int($0)] : 255 }
    default:
      let colors = channels - 1
      colorSpace = .name(colors == 3 ? "DeviceRGB" : "DeviceGray")
      var color = [UInt8](repeating: 0, count: pixels * colors)
      var mask = [UInt8](repeating: 0, count: pixels)
      for pixel in 0..<pixels {
        for channel in 0..<colors { color[pixel * colors + channel] = rows[pixel * channels + channel] }
        mask[pixel] = rows[pixel * channels + colors]
      }
      samples = color
      alpha = mask
    }
  }

  /// Adds the picture as an image XObject, with its soft mask if it is transparent.
  public func add(to update: inout IncrementalUpdate) -> PDFReference {
    var image = Self.image(width, height, colorSpace)
    if let alpha {
      let mask = update.newReference()
      Self.set(mask, Self.image(width, height, .name("DeviceGray")), alpha, in: &update)
      image["SMask"] = .reference(mask)
    }
    let reference = update.newReference()
    Self.set(reference, image, samples, in: &update)
    return reference
  }

  private static func image(_ width: Int, _ height: Int, _ colorSpace: PDFObject) -> PDFDictionary {
    PDFDictionary([
      ("Type", .name("XObject")), ("Subtype", .name("Image")), ("Width", .integer(width)), ("Height", .integer(height)),
      ("ColorSpace", colorSpace), ("BitsPerComponent", .integer(8)),
    ])
  }

  private static func set(
    _ reference: PDFReference, _ dictionary: PDFDictionary, _ data: [UInt8], in update: inout IncrementalUpdate
  ) {
    var status = Int32(CQPDF_BROKEN)
    let packed = [UInt8](unsafeUninitializedCapacity: data.count + 4096) { buffer, initialized in
      var written = 0
      status = cqpdf_deflate(data, data.count, buffer.baseAddress, buffer.count, &written)
      initialized = written
    }
    // What does not get smaller is stored as it is.
    guard status == Int32(CQPDF_OK) else { return update.set(reference, dictionary, data: data) }
    var dictionary = dictionary
    dictionary["Filter"] = .name("FlateDecode")
    update.set(reference, dictionary, data: packed)
  }

  private static func inflated(_ data: [UInt8], count: Int) throws(PDFError) -> [UInt8] {
    var status = Int32(CQPDF_BROKEN)
    let output = [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
      var written = 0
      status = cqpdf_inflate(data, data.count, buffer.baseAddress, count, &written)
      initialized = written
    }
    guard status == Int32(CQPDF_OK), output.count == count else {
      throw PDFError(.pictureUnsupported, "its data do not inflate to its size")
    }
    return output
  }

  private static func unfiltered(
    _ bytes: [UInt8], width: Int, height: Int, channels: Int
  ) throws(PDFError) -> [UInt8] {
    let stride = width * channels
    var output = [UInt8](repeating: 0, count: stride * height)
    for row in 0..<height {
      let input = row * (stride + 1)
      let target = row * stride
      guard bytes[input] <= 4 else { throw PDFError(.pictureUnsupported, "filter") }
      for i in 0..<stride {
        let raw = bytes[input + 1 + i]
        let left = i >= channels ? output[target + i - channels] : 0
        let up = row > 0 ? output[target - stride + i] : 0
        let corner = row > 0 && i >= channels ? output[target - stride + i - channels] : 0
        output[target + i] =
          raw &+ (PDFFile.prediction(bytes[input], left: left, up: up, corner: corner) ?? 0)
      }
    }
    return output
  }

  /// What is needed of a PNG's chunks.
  private struct Chunks {
    var width = 0
    var height = 0
    var colorType: UInt8 = 0
    var palette: [UInt8] = []
    var transparency: [UInt8] = []
    var data: [UInt8] = []

    init(_ png: [UInt8]) throws(PDFError) {
      guard png.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]), png.count <= 64 << 20 else {
        throw PDFError(.pictureUnsupported, "no PNG")
      }
      var at = 8
      while at + 12 <= png.count {
        let length = png[at..<(at + 4)].reduce(0) { $0 << 8 | Int($1) }
        guard length <= png.count - at - 12 else { throw PDFError(.pictureUnsupported, "cut off") }
        let body = png[(at + 8)..<(at + 8 + length)]
        switch String(decoding: png[(at + 4)..<(at + 8)], as: UTF8.self) {
        case "IHDR":
          guard length == 13 else { throw PDFError(.pictureUnsupported, "header") }
          let head = Array(body)
          width = head[0..<4].reduce(0) { $0 << 8 | Int($1) }
          height = head[4..<8].reduce(0) { $0 << 8 | Int($1) }
          colorType = head[9]
          guard head[8] == 8, head[10] == 0, head[11] == 0, head[12] == 0 else {
            throw PDFError(.pictureUnsupported, "not 8 bits, or interlaced")
          }
        case "PLTE": palette = Array(body)
        case "tRNS": transparency = Array(body)
        case "IDAT": data += body
        case "IEND": return
        default: break
        }
        at += 12 + length
      }
      throw PDFError(.pictureUnsupported, "cut off")
    }
  }
}
