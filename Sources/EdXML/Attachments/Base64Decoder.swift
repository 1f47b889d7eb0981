/// Decodes base64 that comes in pieces (RFC 4648; white space between is skipped, both alphabets are taken).
struct Base64Decoder {
  private var accumulator: UInt32 = 0
  private var count = 0
  private var padding = 0
  /// Whether a character came that has no place in base64.
  private(set) var isBroken = false
  /// Whether `-` or `_` came, which belong to the alphabet for addresses.
  private(set) var isURLSafe = false

  private static let invalid: UInt8 = 0xFF
  private static let blank: UInt8 = 0xFE
  private static let pad: UInt8 = 0xFD
  /// Marks the two characters of the other alphabet; the lower six bits are their value.
  private static let urlSafe: UInt8 = 0x40

  /// For each byte its six bits, or what else it is.
  private static let kinds: [UInt8] = {
    var kinds = [UInt8](repeating: invalid, count: 256)
    for (value, character) in Base64Encoder.alphabet.enumerated() { kinds[Int(character)] = UInt8(value) }
    for character in " \t\r\n".utf8 { kinds[Int(character)] = blank }
    kinds[Int(UInt8(ascii: "="))] = pad
    kinds[Int(UInt8(ascii: "-"))] = urlSafe | 62
    kinds[Int(UInt8(ascii: "_"))] = urlSafe | 63
    return kinds
  }()

  /// For each byte at each of the four places in a group its bits where the three decoded bytes want them in memory,
  /// and a negative number for every byte that is not of the standard alphabet: 256 entries for each place.
  private static let placed: [Int] = {
    var placed = [Int](repeating: .min, count: 4 * 256)
    for (value, character) in Base64Encoder.alphabet.enumerated() {
      for place in 0..<4 {
        let bits = value << (18 - 6 * place)
        // The first decoded byte is the lowest.
        placed[place << 8 | Int(character)] = bits >> 16 & 0xFF | bits & 0xFF00 | (bits & 0xFF) << 16
      }
    }
    return placed
  }()

  /// How many bytes the output needs for an input of that length: what is written at once may pass what is decoded.
  static func capacity(for inputCount: Int) -> Int { inputCount / 4 * 3 + 16 }

  /// Decodes `input` into `output`, which holds at least ``capacity(for:)`` bytes.
  ///
  /// - Returns: how many bytes were decoded.
  mutating func decode(_ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawPointer) -> Int {
    if isBroken { return 0 }
    guard let start = input.baseAddress else { return 0 }
    var written = 0
    var index = 0
    while index < input.count {
      if count == 0 && padding == 0 {
        let groups = Self.decodeGroups(start + index, (input.count - index) / 4, into: output + written)
        index += 4 * groups
        written += 3 * groups
        if index == input.count { break }
      }
      // One group, or what stands in its place, character by character.
      let stop = written + 3
      while index < input.count, written < stop {
        let byte = input[index]
        index += 1
        if take(byte) {
          let group = UInt32(bigEndian: accumulator << 8)
          output.storeBytes(of: group, toByteOffset: written, as: UInt32.self)
          written += 3
          accumulator = 0
        }
        if isBroken { return written }
      }
    }
    return written
  }

  /// Decodes whole groups of four characters of the standard alphabet, up to the first that is none.
  private static func decodeGroups(
    _ input: UnsafeRawPointer, _ limit: Int, into output: UnsafeMutableRawPointer
  ) -> Int {
    placed.withUnsafeBufferPointer { placed in
      guard let table = placed.baseAddress else { return 0 }
      var group = 0
      // Eight characters become six bytes; only operations that are cheap without the optimizer, too.
      while group &+ 2 <= limit {
        let text = Int(littleEndian: input.loadUnaligned(fromByteOffset: group &* 4, as: Int.self))
        let first =
          table[text & 0xFF] | table[256 &+ (text &>> 8 & 0xFF)] | table[512 &+ (text &>> 16 & 0xFF)]
          | table[768 &+ (text &>> 24 & 0xFF)]
        let second =
          table[text &>> 32 & 0xFF] | table[256 &+ (text &>> 40 & 0xFF)] | table[512 &+ (text &>> 48 & 0xFF)]
          | table[768 &+ (text &>> 56 & 0xFF)]
        if first | second < 0 { break }
        output.storeBytes(of: (first | second &<< 24).littleEndian, toByteOffset: group &* 3, as: Int.self)
        group = group &+ 2
      }
      return group
    }
  }

  /// Takes one character; true when it completes a group.
  private mutating func take(_ byte: UInt8) -> Bool {
    let kind = Self.kinds[Int(byte)]
    switch kind {
    case Self.blank: return false
    case Self.pad:
      padding += 1
      return false
    case Self.invalid:
      isBroken = true
      return false
    default:
      // Nothing follows padding.
      if padding > 0 { isBroken = true }
      if kind & Self.urlSafe != 0 { isURLSafe = true }
      accumulator = accumulator << 6 | UInt32(kind & 0x3F)
      count = (count + 1) % 4
      return count == 0
    }
  }

  /// The bytes that were left over at the end, and whether the padding was as it should be.
  mutating func finish() -> (bytes: [UInt8], isPadded: Bool) {
    let isPadded = padding == (4 - count) % 4
    switch count {
    case 0: return ([], isPadded)
    case 2: return ([UInt8(truncatingIfNeeded: accumulator >> 4)], isPadded)
    case 3:
      return ([UInt8(truncatingIfNeeded: accumulator >> 10), UInt8(truncatingIfNeeded: accumulator >> 2)], isPadded)
    default:
      isBroken = true
      return ([], false)
    }
  }
}
