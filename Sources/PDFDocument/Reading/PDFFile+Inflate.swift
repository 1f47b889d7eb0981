internal import CQPDF

extension PDFFile {
  /// The data of a stream that is no part of the file's bookkeeping, after its filters (ASCII85Decode, ASCIIHexDecode
  /// and FlateDecode in any order), within `limit` bytes at each step.
  func decoded(_ data: Range<Int>, of dictionary: PDFDictionary, limit: Int) throws(PDFError) -> [UInt8] {
    guard case .array(let filters)? = dictionary["Filter"], filters.count > 1 || filters.first?.name != "FlateDecode"
    else {
      if let name = dictionary["Filter"]?.name, name.hasPrefix("ASCII") {
        return try decodeText(name, try inflate(data, of: PDFDictionary(), limit: limit), at: data.lowerBound)
      }
      return try inflate(data, of: dictionary, limit: limit)
    }
    guard filters.count <= 4, dictionary["DecodeParms"] == nil else {
      throw PDFError(.filterUnsupported, at: data.lowerBound, "too many filters")
    }
    var bytes = try inflate(data, of: PDFDictionary(), limit: limit)
    for filter in filters {
      if filter.name == "FlateDecode" {
        bytes = try PDFSource(bytes: bytes).withBytes(0..<bytes.count) { raw throws(PDFError) in
          try inflateRaw(raw, limit: limit, at: data.lowerBound)
        }
        try count(bytes.count, at: data.lowerBound)
      } else {
        bytes = try decodeText(filter.name ?? "", bytes, at: data.lowerBound)
      }
    }
    return bytes
  }

  private func decodeText(_ filter: String, _ bytes: [UInt8], at offset: Int) throws(PDFError) -> [UInt8] {
    switch filter {
    case "ASCIIHexDecode":
      let digits = bytes.prefix { $0 != UInt8(ascii: ">") }.compactMap(ObjectParser.hexValue)
      return stride(from: 0, to: digits.count, by: 2).map {
        digits[$0] << 4 | ($0 + 1 < digits.count ? digits[$0 + 1] : 0)
      }
    case "ASCII85Decode": return try Self.decodeASCII85(bytes, at: offset)
    default: throw PDFError(.filterUnsupported, at: offset, "a filter that is not supported")
    }
  }

  private static func decodeASCII85(_ bytes: [UInt8], at offset: Int) throws(PDFError) -> [UInt8] {
    var output: [UInt8] = []
    var group: [UInt64] = []
    for byte in bytes where !ObjectParser.isWhite(byte) {
      if byte == UInt8(ascii: "~") { break }
      if byte == UInt8(ascii: "z"), group.isEmpty {
        output += [0, 0, 0, 0]
        continue
      }
      guard (0x21...0x75).contains(byte) else { throw PDFError(.objectBroken, at: offset, "ASCII85") }
      group.append(UInt64(byte - 0x21))
      if group.count == 5 {
        let value = group.reduce(0) { $0 * 85 + $1 }
        output += [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
        group = []
      }
    }
    if group.count > 1 {
      let value = (group + [UInt64](repeating: 84, count: 5 - group.count)).reduce(0) { $0 * 85 + $1 }
      output += [24, 16, 8, 0].prefix(group.count - 1).map { UInt8(truncatingIfNeeded: value >> $0) }
    }
    return output
  }

  private func count(_ bytes: Int, at offset: Int) throws(PDFError) {
    inflatedTotal += bytes
    guard inflatedTotal <= limits.inflatedTotal else {
      throw PDFError(.tooLarge, at: offset, "streams inflate to too much")
    }
  }

  /// The data of a cross-reference or object stream, unpacked within the limits.
  func inflate(_ data: Range<Int>, of dictionary: PDFDictionary, limit: Int? = nil) throws(PDFError) -> [UInt8] {
    let limit = min(limit ?? limits.inflatedStream, limits.inflatedStream)
    let filters: [PDFObject]
    switch dictionary["Filter"] {
    case nil, .null?: filters = []
    case .array(let names)?: filters = names
    case .some(let single): filters = [single]
    }
    guard !filters.isEmpty else {
      guard data.count <= limit else { throw PDFError(.tooLarge, at: data.lowerBound, "stream too large") }
      return try source.copy(data)
    }
    guard filters.count == 1, filters[0].name == "FlateDecode" else {
      throw PDFError(.filterUnsupported, at: data.lowerBound, "a filter other than FlateDecode")
    }
    let parameters: PDFDictionary?
    switch dictionary["DecodeParms"] {
    case .dictionary(let value)?: parameters = value
    case .array(let values)? where values.count == 1: parameters = values[0].dictionary
    case nil, .null?: parameters = nil
    default: throw PDFError(.filterUnsupported, at: data.lowerBound, "/DecodeParms of a kind not supported")
    }
    guard data.count <= limit else { throw PDFError(.tooLarge, at: data.lowerBound, "stream too large") }
    let output = try source.withBytes(data) { raw throws(PDFError) in
      try inflateRaw(raw, limit: limit, at: data.lowerBound)
    }
    try count(output.count, at: data.lowerBound)
    return try undoPredictor(output, parameters, at: data.lowerBound)
  }

  /// Inflates into a buffer that starts small and grows up to `limit`.
  private func inflateRaw(_ input: UnsafeRawBufferPointer, limit: Int, at offset: Int) throws(PDFError) -> [UInt8] {
    var capacity = min(limit, max(4096, input.count * 6))
    while true {
      var status = Int32(CQPDF_BROKEN)
      let output = [UInt8](unsafeUninitializedCapacity: capacity) { buffer, initialized in
        var written = 0
        status = cqpdf_inflate(
          input.bindMemory(to: UInt8.self).baseAddress, input.count, buffer.baseAddress, capacity, &written)
        initialized = written
      }
      switch status {
      case Int32(CQPDF_OK): return output
      case Int32(CQPDF_LIMIT) where capacity < limit: capacity = min(limit, capacity * 4)
      case Int32(CQPDF_LIMIT):
        throw PDFError(.tooLarge, at: offset, "a stream inflates to more than \(limit) bytes")
      default: throw PDFError(.objectBroken, at: offset, "a stream that does not inflate")
      }
    }
  }

  /// PNG predictors (ISO 32000-1, 7.4.4.4), which cross-reference streams are written with.
  private func undoPredictor(
    _ bytes: [UInt8], _ parameters: PDFDictionary?, at offset: Int
  ) throws(PDFError) -> [UInt8] {
    let predictor = parameters?["Predictor"]?.integer ?? 1
    if predictor == 1 { return bytes }
    let colors = parameters?["Colors"]?.integer ?? 1
    let bits = parameters?["BitsPerComponent"]?.integer ?? 8
    let columns = parameters?["Columns"]?.integer ?? 1
    guard (10...15).contains(predictor), colors == 1, bits == 8, (1...65_536).contains(columns) else {
      throw PDFError(.filterUnsupported, at: offset, "a predictor that is not supported")
    }
    let rows = bytes.count / (columns + 1)
    var output = [UInt8](repeating: 0, count: rows * columns)
    for row in 0..<rows {
      let input = row * (columns + 1)
      let target = row * columns
      let kind = bytes[input]
      for column in 0..<columns {
        let raw = bytes[input + 1 + column]
        let left = column > 0 ? output[target + column - 1] : 0
        let up = row > 0 ? output[target - columns + column] : 0
        let corner = row > 0 && column > 0 ? output[target - columns + column - 1] : 0
        guard let prediction = Self.prediction(kind, left: left, up: up, corner: corner) else {
          throw PDFError(.objectBroken, at: offset, "an unknown predictor")
        }
        output[target + column] = raw &+ prediction
      }
    }
    return output
  }

  /// What a PNG filter adds to a byte (ISO/IEC 15948, 9.2); nil for an unknown filter.
  static func prediction(_ kind: UInt8, left: UInt8, up: UInt8, corner: UInt8) -> UInt8? {
    switch kind {
    case 0: 0
    case 1: left
    case 2: up
    case 3: UInt8((Int(left) + Int(up)) / 2)
    case 4: paeth(left, up, corner)
    default: nil
    }
  }

  private static func paeth(_ left: UInt8, _ up: UInt8, _ corner: UInt8) -> UInt8 {
    let estimate = Int(left) + Int(up) - Int(corner)
    let a = abs(estimate - Int(left))
    let b = abs(estimate - Int(up))
    let c = abs(estimate - Int(corner))
    if a <= b && a <= c { return left }
    return b <= c ? up : corner
  }
}
