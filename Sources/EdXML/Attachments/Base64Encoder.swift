/// Encodes bytes as base64 on one line, in pieces (RFC 4648, standard alphabet).
enum Base64Encoder {
  static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

  /// For each twelve bits the two characters, the first one in the lower byte.
  private static let pairs: [Int] = (0..<4096).map { bits in
    Int(alphabet[bits >> 6]) | Int(alphabet[bits & 63]) << 8
  }

  /// How many characters that many bytes become.
  static func count(for byteCount: Int) -> Int { (byteCount + 2) / 3 * 4 }

  /// Encodes `input` into `output`, which holds at least ``count(for:)`` bytes; only the last piece may have a length
  /// that three does not divide.
  ///
  /// - Returns: how many characters were written.
  static func encode(_ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawPointer) -> Int {
    guard let start = input.baseAddress else { return 0 }
    return pairs.withUnsafeBufferPointer { pairs in
      guard let table = pairs.baseAddress else { return 0 }
      var index = 0
      var written = 0
      // Eight bytes are read for six that are encoded; only operations that are cheap without the optimizer, too.
      let end = input.count &- 8
      while index <= end {
        let bits = Int(bigEndian: start.loadUnaligned(fromByteOffset: index, as: Int.self))
        let characters =
          table[bits &>> 52 & 0xFFF] | table[bits &>> 40 & 0xFFF] &<< 16 | table[bits &>> 28 & 0xFFF] &<< 32
          | table[bits &>> 16 & 0xFFF] &<< 48
        output.storeBytes(of: characters.littleEndian, toByteOffset: written, as: Int.self)
        index = index &+ 6
        written = written &+ 8
      }
      while index < input.count {
        let rest = input.count - index
        var bits = Int(input[index]) << 16
        if rest > 1 { bits |= Int(input[index + 1]) << 8 }
        if rest > 2 { bits |= Int(input[index + 2]) }
        let characters = table[bits >> 12] | table[bits & 0xFFF] << 16
        output.storeBytes(of: UInt32(characters).littleEndian, toByteOffset: written, as: UInt32.self)
        if rest < 3 { output.storeBytes(of: UInt8(ascii: "="), toByteOffset: written + 3, as: UInt8.self) }
        if rest < 2 { output.storeBytes(of: UInt8(ascii: "="), toByteOffset: written + 2, as: UInt8.self) }
        index += 3
        written += 4
      }
      return written
    }
  }
}
