/// The first bytes of a document: byte order marks and what stands before the first tag.
enum Prolog {
  /// How far the first `<` is looked for.
  static let searchLength = 1024

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
}
