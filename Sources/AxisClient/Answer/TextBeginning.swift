extension Sequence<UInt8> {
  /// The first characters of a text in UTF-8 or UTF-16 after a byte order mark and blanks, ASCII letters in lower case.
  var textBeginning: [UInt8] {
    var beginning: [UInt8] = []
    // Zeros are half of each ASCII character in UTF-16; the other five are the bytes of the marks.
    for byte in self where byte != 0 {
      if beginning.isEmpty, byte <= 0x20 || [0xef, 0xbb, 0xbf, 0xfe, 0xff].contains(byte) { continue }
      beginning.append(byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z") ? byte | 0x20 : byte)
      if beginning.count == 16 { break }
    }
    return beginning
  }
}
