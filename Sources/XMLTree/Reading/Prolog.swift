/// The first bytes of a document: byte order marks and what stands before the first tag.
enum Prolog {
  /// How far the first `<` is looked for.
  static let searchLength = 1024
  /// With so many bytes everything here can be said.
  static let enough = 4096

  /// Where the document begins in its first bytes, and how many stray bytes stand before it.
  ///
  /// - Returns: `nil` while there are too few bytes to say.
  static func begin(of bytes: [UInt8], isLast: Bool) -> (start: Int, stray: Int)? {
    if bytes.count < 4 && !isLast { return nil }
    if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) { return (0, 0) }
    let afterMark = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    guard let tag = bytes[afterMark...].prefix(searchLength).firstIndex(of: UInt8(ascii: "<")) else {
      return isLast || bytes.count >= searchLength + afterMark ? (0, 0) : nil
    }
    if tag + 1 >= bytes.count && !isLast { return nil }
    // A zero byte on both sides of `<` is UTF-16 with the high byte first.
    let isHighFirst = tag > afterMark && bytes[tag - 1] == 0 && tag + 1 < bytes.count && bytes[tag + 1] == 0
    let start = isHighFirst ? tag - 1 : tag
    return (start, start - afterMark)
  }

  /// The document with a declaration that its bytes do not contradict.
  ///
  /// Programs that make XML as text in memory declare UTF-16 and store UTF-8, where one byte each shows the error.
  /// - Returns: `nil` while there are too few bytes to say.
  static func corrected(
    _ bytes: ArraySlice<UInt8>, isLast: Bool
  ) -> (document: ArraySlice<UInt8>, wrongEncoding: String?)? {
    guard bytes.starts(with: Array("<?xml".utf8)) else {
      // A slice shorter than the mark may still become it.
      return isLast || bytes.count >= 5 ? (bytes, nil) : nil
    }
    guard let end = bytes.prefix(searchLength).firstIndex(of: UInt8(ascii: ">")) else {
      return isLast || bytes.count >= searchLength ? (bytes, nil) : nil
    }
    guard let name = encodingName(in: bytes[...end]) else { return (bytes, nil) }
    let declared = String(decoding: bytes[name], as: UTF8.self)
    guard wide.contains(declared.lowercased()) else { return (bytes, nil) }
    return (bytes[..<name.lowerBound] + Array("UTF-8".utf8) + bytes[name.upperBound...], declared)
  }

  private static let wide: Set<String> = ["utf-16", "utf16", "utf-16le", "utf-16be", "ucs-2", "ucs2", "unicode"]

  /// Where in a declaration the name of the encoding stands.
  private static func encodingName(in declaration: ArraySlice<UInt8>) -> Range<Int>? {
    let word = Array("encoding".utf8)
    let places = declaration.indices.dropLast(word.count)
    guard let place = places.first(where: { declaration[$0...].starts(with: word) }) else { return nil }
    let isQuote: (UInt8) -> Bool = { $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "'") }
    guard let begin = declaration[(place + word.count)...].firstIndex(where: isQuote),
      let end = declaration[(begin + 1)...].firstIndex(where: isQuote)
    else { return nil }
    return begin + 1..<end
  }
}
