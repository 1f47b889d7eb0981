/// The number and generation of an indirect object (ISO 32000-1, 7.3.10).
public struct PDFReference: Sendable, Hashable, Codable, CustomStringConvertible {
  public let number: Int
  public let generation: Int

  public init(_ number: Int, _ generation: Int = 0) {
    self.number = number
    self.generation = generation
  }

  public var description: String { "\(number) \(generation) R" }
}

/// A string with the place of its token in the file.
public struct PDFString: Sendable, Hashable {
  /// The bytes that the token stands for, decoded.
  public let bytes: [UInt8]
  /// Whether it was written in hexadecimal (`<…>`).
  public let isHexadecimal: Bool
  /// The token's place in the file with its delimiters; empty for strings that are not from a file or that lie in an object stream.
  public let range: Range<Int>

  public init(bytes: [UInt8], isHexadecimal: Bool = false, range: Range<Int> = 0..<0) {
    self.bytes = bytes
    self.isHexadecimal = isHexadecimal
    self.range = range
  }
}

/// A stream: its dictionary and where its raw bytes begin.
public struct PDFStream: Sendable {
  public let dictionary: PDFDictionary
  /// First byte of the raw (still filtered) data in the file.
  public let dataOffset: Int
}

/// A value of a PDF file (ISO 32000-1, 7.3). Names are kept as their bytes, one Unicode scalar each.
public enum PDFObject: Sendable {
  case null
  case boolean(Bool)
  case integer(Int)
  case real(Double)
  case string(PDFString)
  case name(String)
  case array([PDFObject])
  case dictionary(PDFDictionary)
  case reference(PDFReference)
  case stream(PDFStream)

  public var integer: Int? { if case .integer(let value) = self { value } else { nil } }
  public var name: String? { if case .name(let value) = self { value } else { nil } }
  public var string: PDFString? { if case .string(let value) = self { value } else { nil } }
  public var array: [PDFObject]? { if case .array(let value) = self { value } else { nil } }
  public var reference: PDFReference? { if case .reference(let value) = self { value } else { nil } }
  public var boolean: Bool? { if case .boolean(let value) = self { value } else { nil } }
  public var stream: PDFStream? { if case .stream(let value) = self { value } else { nil } }
  public var isNull: Bool { if case .null = self { true } else { false } }

  /// A dictionary, or the dictionary of a stream.
  public var dictionary: PDFDictionary? {
    switch self {
    case .dictionary(let value): value
    case .stream(let value): value.dictionary
    default: nil
    }
  }

  /// A number, integer or real.
  public var number: Double? {
    switch self {
    case .integer(let value): Double(value)
    case .real(let value): value
    default: nil
    }
  }
}

extension PDFObject: Equatable {
  /// Equality of values: not of spelling, and not of streams' data (see ``PDFFile/sameValue(_:_:)``).
  public static func == (left: PDFObject, right: PDFObject) -> Bool {
    switch (left, right) {
    case (.null, .null): true
    case (.boolean(let a), .boolean(let b)): a == b
    case (.integer(let a), .integer(let b)): a == b
    case (.real(let a), .real(let b)): a == b
    case (.integer(let a), .real(let b)): Double(a) == b
    case (.real(let a), .integer(let b)): a == Double(b)
    case (.string(let a), .string(let b)): a.bytes == b.bytes
    case (.name(let a), .name(let b)): a == b
    case (.array(let a), .array(let b)): a == b
    case (.dictionary(let a), .dictionary(let b)): a == b
    case (.reference(let a), .reference(let b)): a == b
    case (.stream(let a), .stream(let b)): a.dataOffset == b.dataOffset && a.dictionary == b.dictionary
    default: false
    }
  }
}

/// A dictionary in the order in which it is written.
public struct PDFDictionary: Sendable {
  public private(set) var entries: [(key: String, value: PDFObject)]
  /// A key stands in it twice: readers disagree on which one counts, so it must not be trusted.
  public let hasDuplicateKeys: Bool

  public init(_ entries: [(key: String, value: PDFObject)] = []) {
    self.entries = entries
    self.hasDuplicateKeys = Self.duplicates(in: entries)
  }

  /// The value of `key`; the last one written, if it stands there twice.
  public subscript(key: String) -> PDFObject? {
    get { entries.last { $0.key == key }?.value }
    set {
      if let index = entries.lastIndex(where: { $0.key == key }) {
        if let newValue { entries[index].value = newValue } else { entries.remove(at: index) }
      } else if let newValue {
        entries.append((key, newValue))
      }
    }
  }

  public var keys: [String] { entries.map(\.key) }

  private static func duplicates(in entries: [(key: String, value: PDFObject)]) -> Bool {
    if entries.count > 24 { return Set(entries.map(\.key)).count != entries.count }
    for i in entries.indices.dropFirst() {
      for j in 0..<i where entries[i].key == entries[j].key { return true }
    }
    return false
  }
}

extension PDFDictionary: Equatable {
  /// Equal when both have the same keys with equal values, whatever the order; a key with the value null is no key.
  public static func == (left: PDFDictionary, right: PDFDictionary) -> Bool {
    if left.hasDuplicateKeys || right.hasDuplicateKeys { return false }
    return left.entries.allSatisfy { $0.value.isNull || right[$0.key] == $0.value }
      && right.entries.allSatisfy { $0.value.isNull || left[$0.key] == $0.value }
  }
}
