/// Writes values in PDF syntax.
public struct ObjectWriter {
  public private(set) var bytes: [UInt8] = []

  public init() {}

  public mutating func write(_ text: String) { bytes.append(contentsOf: text.utf8) }

  public mutating func write(bytes more: [UInt8]) { bytes.append(contentsOf: more) }

  /// Writes `value`. A stream is written as its dictionary; its data are the caller's matter.
  public mutating func write(_ value: PDFObject) {
    switch value {
    case .null: write("null")
    case .boolean(let value): write(value ? "true" : "false")
    case .integer(let value): write(String(value))
    case .real(let value): write(Self.decimal(value))
    case .string(let value): write(value.bytes, hexadecimal: value.isHexadecimal)
    case .name(let value): write(name: value)
    case .reference(let value): write(value.description)
    case .array(let values):
      write("[")
      for (index, value) in values.enumerated() {
        if index > 0 { write(" ") }
        write(value)
      }
      write("]")
    case .dictionary(let dictionary): write(dictionary)
    case .stream(let stream): write(stream.dictionary)
    }
  }

  public mutating func write(_ dictionary: PDFDictionary) {
    write("<<")
    for (key, value) in dictionary.entries {
      write(name: key)
      write(" ")
      write(value)
      write("\n")
    }
    write(">>")
  }

  private mutating func write(name: String) {
    bytes.append(UInt8(ascii: "/"))
    for scalar in name.unicodeScalars {
      // Names are kept as one scalar for each byte.
      let byte = UInt8(truncatingIfNeeded: scalar.value)
      if byte > 0x20, byte < 0x7F, ObjectParser.isRegular(byte), byte != UInt8(ascii: "#") {
        bytes.append(byte)
      } else {
        write("#" + Self.hexadecimal(byte))
      }
    }
  }

  private mutating func write(_ string: [UInt8], hexadecimal: Bool) {
    if hexadecimal || string.contains(where: { $0 < 0x20 || $0 > 0x7E }) {
      write("<")
      for byte in string { write(Self.hexadecimal(byte)) }
      write(">")
      return
    }
    write("(")
    for byte in string {
      if byte == UInt8(ascii: "(") || byte == UInt8(ascii: ")") || byte == UInt8(ascii: "\\") {
        bytes.append(UInt8(ascii: "\\"))
      }
      bytes.append(byte)
    }
    write(")")
  }

  private static func hexadecimal(_ byte: UInt8) -> String {
    let digits = Array("0123456789ABCDEF")
    return String([digits[Int(byte >> 4)], digits[Int(byte & 15)]])
  }

  /// A number without an exponent, which PDF does not know.
  static func decimal(_ value: Double) -> String {
    guard value.isFinite else { return "0" }
    let text = value.description
    guard let e = text.firstIndex(of: "e") else { return text.hasSuffix(".0") ? String(text.dropLast(2)) : text }
    let exponent = Int(text[text.index(after: e)...]) ?? 0
    let negative = text.hasPrefix("-")
    let mantissa = text[..<e].drop { $0 == "-" }.split(separator: ".", omittingEmptySubsequences: false)
    let whole = String(mantissa[0])
    let fraction = mantissa.count > 1 && mantissa[1] != "0" ? String(mantissa[1]) : ""
    let sign = negative ? "-" : ""
    if exponent < 0 { return sign + "0." + String(repeating: "0", count: -exponent - 1) + whole + fraction }
    let zeros = exponent - fraction.count
    return zeros >= 0 ? sign + whole + fraction + String(repeating: "0", count: zeros) : sign + whole
  }
}

extension PDFObject {
  /// A text string (ISO 32000-1, 7.9.2.2): ASCII as it is, else UTF-16BE with its mark.
  public static func text(_ text: String) -> PDFObject {
    if text.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) { return .string(PDFString(bytes: Array(text.utf8))) }
    var bytes: [UInt8] = [0xFE, 0xFF]
    for unit in text.utf16 {
      bytes.append(UInt8(unit >> 8))
      bytes.append(UInt8(unit & 0xFF))
    }
    return .string(PDFString(bytes: bytes, isHexadecimal: true))
  }
}

extension PDFString {
  /// The text that a text string stands for; bytes without a mark are taken one scalar each.
  public var text: String {
    if bytes.starts(with: [0xFE, 0xFF]) {
      let units = stride(from: 2, to: bytes.count - 1, by: 2).map { UInt16(bytes[$0]) << 8 | UInt16(bytes[$0 + 1]) }
      return String(decoding: units, as: UTF16.self)
    }
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { return String(decoding: bytes.dropFirst(3), as: UTF8.self) }
    var scalars = String.UnicodeScalarView()
    for byte in bytes { scalars.append(Unicode.Scalar(byte)) }
    return String(scalars)
  }
}
