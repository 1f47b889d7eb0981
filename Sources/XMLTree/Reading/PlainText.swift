/// Text that a parser would hand over as it is: ASCII without markup, references, `]` and control characters.
enum PlainText {
  private static let ones: UInt64 = 0x0101_0101_0101_0101

  /// How many of the first bytes are such text, and how many lines end among them.
  static func length(of bytes: UnsafeRawBufferPointer) -> (count: Int, lines: Int) {
    guard let start = bytes.baseAddress else { return (0, 0) }
    var index = 0
    var lines = 0
    let end = bytes.count
    while index < end {
      while index &+ 16 <= end {
        let first = start.loadUnaligned(fromByteOffset: index, as: UInt64.self)
        let second = start.loadUnaligned(fromByteOffset: index &+ 8, as: UInt64.self)
        if isPlain(first) & isPlain(second) != ones &* 0x80 { break }
        index = index &+ 16
      }
      let stop = min(index &+ 16, end)
      while index < stop {
        switch bytes[index] {
        case 0x0A: lines += 1
        case 0x09, 0x0D: break
        case 0x26, 0x3C, 0x3E, 0x5D, 0x00..<0x20, 0x80...: return (index, lines)
        default: break
        }
        index += 1
      }
    }
    return (index, lines)
  }

  /// The highest bit of each of eight bytes, set where the byte is plain text and no white space but a blank.
  ///
  /// For a byte below 0x80, adding 0x7F sets the highest bit unless it is zero; one above makes the last term zero.
  @inline(__always)
  private static func isPlain(_ word: UInt64) -> UInt64 {
    let most = ones &* 0x7F
    let isPrintable = (word & (ones &* 0x60)) &+ most
    let isNoAngle = ((word | (ones &* 0x02)) ^ (ones &* 0x3E)) &+ most
    let isNoAmpersand = (word ^ (ones &* 0x26)) &+ most
    let isNoBracket = (word ^ (ones &* 0x5D)) &+ most
    return isPrintable & isNoAngle & isNoAmpersand & isNoBracket & ~word & (ones &* 0x80)
  }
}
