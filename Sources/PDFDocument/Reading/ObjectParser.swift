/// Reads PDF syntax (ISO 32000-1, 7.2 and 7.3) from a window of the file. It goes no deeper than the limit and never repairs.
struct ObjectParser {
  /// Why parsing stopped.
  enum Stop: Error {
    /// The window ended inside a token; a larger window is needed.
    case needsMore
    case failed(PDFError)
  }

  private let buffer: UnsafeRawBufferPointer
  /// Place of the window's first byte in the file, or nil inside an object stream, where places mean nothing.
  private let origin: Int?
  /// Whether the window ends where the file (or object stream) ends.
  private let isFinal: Bool
  private let nestingLimit: Int
  /// Position in the window.
  var position: Int
  /// How many values have been read.
  private(set) var valueCount = 0

  init(_ buffer: UnsafeRawBufferPointer, origin: Int?, isFinal: Bool, nestingLimit: Int, position: Int = 0) {
    self.buffer = buffer
    self.origin = origin
    self.isFinal = isFinal
    self.nestingLimit = nestingLimit
    self.position = position
  }

  /// Position in the file.
  var offset: Int { (origin ?? 0) + position }

  func failure(_ reason: String) -> Stop { failure(.objectBroken, reason) }

  func failure(_ code: PDFError.Code, _ reason: String) -> Stop {
    .failed(PDFError(code, at: origin == nil ? nil : offset, reason))
  }

  // MARK: Bytes

  /// The byte at the position, nil at the end of the file.
  @inline(__always)
  func peek(_ ahead: Int = 0) throws(Stop) -> UInt8? {
    let at = position + ahead
    if at < buffer.count { return buffer[at] }
    if isFinal { return nil }
    throw .needsMore
  }

  @inline(__always)
  static func isWhite(_ byte: UInt8) -> Bool {
    byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 || byte == 0x0C || byte == 0x00
  }

  @inline(__always)
  static func isDelimiter(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "["),
      UInt8(ascii: "]"), UInt8(ascii: "{"), UInt8(ascii: "}"), UInt8(ascii: "/"), UInt8(ascii: "%"):
      true
    default: false
    }
  }

  @inline(__always)
  static func isRegular(_ byte: UInt8) -> Bool { !isWhite(byte) && !isDelimiter(byte) }

  /// White space and comments.
  mutating func skipSpace() throws(Stop) {
    while let byte = try peek() {
      if Self.isWhite(byte) {
        position += 1
      } else if byte == UInt8(ascii: "%") {
        position += 1
        while let next = try peek(), next != 0x0A, next != 0x0D { position += 1 }
      } else {
        return
      }
    }
  }

  /// Takes `keyword` if it stands here as a whole token.
  mutating func take(_ keyword: StaticString) throws(Stop) -> Bool {
    let length = keyword.utf8CodeUnitCount
    for i in 0..<length {
      guard let byte = try peek(i), byte == keyword.utf8Start[i] else { return false }
    }
    if let next = try peek(length), Self.isRegular(next) { return false }
    position += length
    return true
  }

  mutating func expect(_ keyword: StaticString) throws(Stop) {
    guard try take(keyword) else { throw failure("“\(keyword)” expected") }
  }

  /// An unsigned integer of at most 15 digits; nil, and nothing is taken, if there is none.
  mutating func unsignedInteger() throws(Stop) -> Int? {
    var value = 0
    var digits = 0
    while let byte = try peek(digits), byte >= 0x30, byte <= 0x39 {
      guard digits < 15 else { return nil }
      value = value * 10 + Int(byte - 0x30)
      digits += 1
    }
    guard digits > 0 else { return nil }
    position += digits
    return value
  }

  // MARK: Objects

  /// The value at the position, references included.
  mutating func object(depth: Int = 0) throws(Stop) -> PDFObject {
    valueCount += 1
    try skipSpace()
    guard let byte = try peek() else { throw failure("a value expected") }
    switch byte {
    case UInt8(ascii: "/"): return .name(try name())
    case UInt8(ascii: "("): return .string(try literalString())
    case UInt8(ascii: "["): return try array(depth: depth)
    case UInt8(ascii: "<"):
      if try peek(1) == UInt8(ascii: "<") { return .dictionary(try dictionary(depth: depth)) }
      return .string(try hexadecimalString())
    case 0x30...0x39:
      if let reference = try reference() { return .reference(reference) }
      return try number()
    case UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."): return try number()
    case UInt8(ascii: "t"): if try take("true") { return .boolean(true) }
    case UInt8(ascii: "f"): if try take("false") { return .boolean(false) }
    case UInt8(ascii: "n"): if try take("null") { return .null }
    default: break
    }
    throw failure("a value expected")
  }

  private mutating func array(depth: Int) throws(Stop) -> PDFObject {
    guard depth < nestingLimit else { throw failure(.tooDeep, "nested deeper than \(nestingLimit)") }
    position += 1
    var values: [PDFObject] = []
    while true {
      try skipSpace()
      guard let byte = try peek() else { throw failure("unfinished array") }
      if byte == UInt8(ascii: "]") {
        position += 1
        return .array(values)
      }
      values.append(try object(depth: depth + 1))
    }
  }

  mutating func dictionary(depth: Int) throws(Stop) -> PDFDictionary {
    guard depth < nestingLimit else { throw failure(.tooDeep, "nested deeper than \(nestingLimit)") }
    position += 2
    var entries: [(key: String, value: PDFObject)] = []
    while true {
      try skipSpace()
      guard let byte = try peek() else { throw failure("unfinished dictionary") }
      if byte == UInt8(ascii: ">") {
        guard try peek(1) == UInt8(ascii: ">") else { throw failure("“>>” expected") }
        position += 2
        return PDFDictionary(entries)
      }
      guard byte == UInt8(ascii: "/") else { throw failure("a key expected") }
      let key = try name()
      entries.append((key, try object(depth: depth + 1)))
    }
  }

  mutating func name() throws(Stop) -> String {
    position += 1
    let start = position
    var plain = true
    while let byte = try peek(), Self.isRegular(byte) {
      if byte == UInt8(ascii: "#") || byte >= 0x80 { plain = false }
      position += 1
    }
    let raw = UnsafeRawBufferPointer(rebasing: buffer[start..<position])
    guard raw.count <= 4096 else { throw failure("name too long") }
    if plain { return String(decoding: raw, as: UTF8.self) }
    var scalars = String.UnicodeScalarView()
    var i = 0
    while i < raw.count {
      if raw[i] == UInt8(ascii: "#"), i + 2 < raw.count, let high = Self.hexValue(raw[i + 1]),
        let low = Self.hexValue(raw[i + 2])
      {
        scalars.append(Unicode.Scalar(high << 4 | low))
        i += 3
      } else {
        scalars.append(Unicode.Scalar(raw[i]))
        i += 1
      }
    }
    return String(scalars)
  }

  private mutating func reference() throws(Stop) -> PDFReference? {
    let start = position
    guard let number = try unsignedInteger(), let gap = try peek(), Self.isWhite(gap) else {
      position = start
      return nil
    }
    try skipSpace()
    guard let generation = try unsignedInteger(), let second = try peek(), Self.isWhite(second) else {
      position = start
      return nil
    }
    try skipSpace()
    guard try take("R") else {
      position = start
      return nil
    }
    return PDFReference(number, generation)
  }

  private mutating func number() throws(Stop) -> PDFObject {
    let start = position
    var negative = false
    if let sign = try peek(), sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") {
      negative = sign == UInt8(ascii: "-")
      position += 1
    }
    var mantissa = 0
    var decimals = 0
    var digits = 0
    var isReal = false
    while let byte = try peek(), Self.isRegular(byte) {
      if byte == UInt8(ascii: ".") {
        guard !isReal else { throw failure("a number with two points") }
        isReal = true
      } else if byte >= 0x30, byte <= 0x39 {
        digits += 1
        guard digits <= 64 else { throw failure("number too long") }
        // Decimals beyond a double's precision are dropped.
        if !isReal || decimals < 12 && mantissa < 1 << 49 {
          let (product, over) = mantissa.multipliedReportingOverflow(by: 10)
          let (sum, over2) = product.addingReportingOverflow(Int(byte - 0x30))
          guard !over, !over2 else { throw failure("number too large") }
          mantissa = sum
          if isReal { decimals += 1 }
        }
      } else {
        position = start
        throw failure("a number expected")
      }
      position += 1
    }
    guard digits > 0 else { throw failure("a number expected") }
    if isReal {
      // One division of exact values, so that what is written back reads as the same number.
      let value = Double(mantissa) / Self.powersOfTen[decimals]
      return .real(negative ? -value : value)
    }
    return .integer(negative ? -mantissa : mantissa)
  }

  private static let powersOfTen: [Double] = [1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12]

  private mutating func literalString() throws(Stop) -> PDFString {
    let start = position
    position += 1
    var depth = 1
    var bytes: [UInt8] = []
    while true {
      guard let byte = try peek() else { throw failure("unfinished string") }
      position += 1
      switch byte {
      case UInt8(ascii: "("):
        depth += 1
        bytes.append(byte)
      case UInt8(ascii: ")"):
        depth -= 1
        if depth == 0 { return PDFString(bytes: bytes, range: range(from: start)) }
        bytes.append(byte)
      case UInt8(ascii: "\\"):
        if let escaped = try escape() { bytes.append(escaped) }
      case 0x0D:
        if try peek() == 0x0A { position += 1 }
        bytes.append(0x0A)
      default: bytes.append(byte)
      }
    }
  }

  /// What a backslash in a literal string stands for; nil for a line break that is no part of the string.
  private mutating func escape() throws(Stop) -> UInt8? {
    guard let byte = try peek() else { throw failure("unfinished string") }
    position += 1
    switch byte {
    case UInt8(ascii: "n"): return 0x0A
    case UInt8(ascii: "r"): return 0x0D
    case UInt8(ascii: "t"): return 0x09
    case UInt8(ascii: "b"): return 0x08
    case UInt8(ascii: "f"): return 0x0C
    case 0x0A: return nil
    case 0x0D:
      if try peek() == 0x0A { position += 1 }
      return nil
    case 0x30...0x37:
      var value = Int(byte - 0x30)
      for _ in 0..<2 {
        guard let next = try peek(), next >= 0x30, next <= 0x37 else { break }
        value = value * 8 + Int(next - 0x30)
        position += 1
      }
      return UInt8(truncatingIfNeeded: value)
    default: return byte
    }
  }

  private mutating func hexadecimalString() throws(Stop) -> PDFString {
    let start = position
    var end = position + 1
    while end < buffer.count, buffer[end] != UInt8(ascii: ">") { end += 1 }
    guard end < buffer.count else { throw isFinal ? failure("unfinished string") : .needsMore }
    var isSound = true
    // Signatures are tens of thousands of digits, so they are written straight into place.
    let bytes = [UInt8](unsafeUninitializedCapacity: (end - start) / 2) { output, count in
      var high: UInt8?
      for at in (start + 1)..<end {
        guard let value = Self.hexValue(buffer[at]) else {
          if Self.isWhite(buffer[at]) { continue }
          isSound = false
          break
        }
        if let first = high {
          output[count] = first << 4 | value
          count += 1
          high = nil
        } else {
          high = value
        }
      }
      if let first = high {
        output[count] = first << 4
        count += 1
      }
    }
    guard isSound else { throw failure("a hexadecimal digit expected") }
    position = end + 1
    return PDFString(bytes: bytes, isHexadecimal: true, range: range(from: start))
  }

  private func range(from start: Int) -> Range<Int> {
    guard let origin else { return 0..<0 }
    return (origin + start)..<(origin + position)
  }

  @inline(__always)
  static func hexValue(_ byte: UInt8) -> UInt8? {
    switch byte {
    case 0x30...0x39: byte - 0x30
    case 0x41...0x46: byte - 0x37
    case 0x61...0x66: byte - 0x57
    default: nil
    }
  }
}
