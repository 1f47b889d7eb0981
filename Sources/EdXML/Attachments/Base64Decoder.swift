/// Decodes base64 that comes in pieces (RFC 4648, standard alphabet; white space between is skipped).
struct Base64Decoder {
  private var accumulator: UInt32 = 0
  private var count = 0
  private var padding = 0
  /// Whether a character came that has no place in base64.
  private(set) var isBroken = false

  private static let invalid: UInt8 = 0xFF
  private static let blank: UInt8 = 0xFE
  private static let pad: UInt8 = 0xFD

  /// For each byte its six bits, or what else it is.
  private static let table: [UInt8] = {
    var table = [UInt8](repeating: invalid, count: 256)
    let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    for (value, character) in alphabet.utf8.enumerated() { table[Int(character)] = UInt8(value) }
    for character in " \t\r\n".utf8 { table[Int(character)] = blank }
    table[Int(UInt8(ascii: "="))] = pad
    return table
  }()

  /// Decodes `input` into `output`, which holds at least three bytes for each four of the input and three more.
  ///
  /// - Returns: how many bytes were written.
  mutating func decode(_ input: UnsafeRawBufferPointer, into output: UnsafeMutablePointer<UInt8>) -> Int {
    if isBroken { return 0 }
    return Self.table.withUnsafeBufferPointer { table in
      var written = 0
      var index = 0
      let end = input.count
      while index < end {
        // Four characters at once as long as nothing else comes between.
        if count == 0 && padding == 0 {
          while index + 4 <= end {
            let first = table[Int(input[index])]
            let second = table[Int(input[index + 1])]
            let third = table[Int(input[index + 2])]
            let fourth = table[Int(input[index + 3])]
            if first | second | third | fourth > 63 { break }
            let bits = UInt32(first) << 18 | UInt32(second) << 12 | UInt32(third) << 6 | UInt32(fourth)
            output[written] = UInt8(truncatingIfNeeded: bits >> 16)
            output[written + 1] = UInt8(truncatingIfNeeded: bits >> 8)
            output[written + 2] = UInt8(truncatingIfNeeded: bits)
            written += 3
            index += 4
          }
          if index >= end { break }
        }
        let value = table[Int(input[index])]
        index += 1
        switch value {
        case Self.blank: continue
        case Self.pad:
          padding += 1
          if count < 2 || count + padding > 4 { isBroken = true }
        case Self.invalid: isBroken = true
        default:
          if padding > 0 { isBroken = true }
          accumulator = accumulator << 6 | UInt32(value)
          count += 1
          if count == 4 {
            output[written] = UInt8(truncatingIfNeeded: accumulator >> 16)
            output[written + 1] = UInt8(truncatingIfNeeded: accumulator >> 8)
            output[written + 2] = UInt8(truncatingIfNeeded: accumulator)
            written += 3
            count = 0
            accumulator = 0
          }
        }
        if isBroken { return written }
      }
      return written
    }
  }

  /// The bytes that were left over at the end, and whether the padding was as it should be.
  mutating func finish() -> (bytes: [UInt8], isPadded: Bool) {
    let isPadded = count == 0 || count + padding == 4
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

/// Encodes bytes as base64 on one line, in pieces.
struct Base64Encoder {
  private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

  /// Encodes `input`; only the last piece may have a length that three does not divide.
  static func encode(_ input: UnsafeRawBufferPointer) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: (input.count + 2) / 3 * 4) { output, count in
      alphabet.withUnsafeBufferPointer { alphabet in
        var index = 0
        var written = 0
        while index + 3 <= input.count {
          let bits = UInt32(input[index]) << 16 | UInt32(input[index + 1]) << 8 | UInt32(input[index + 2])
          output[written] = alphabet[Int(bits >> 18)]
          output[written + 1] = alphabet[Int(bits >> 12 & 63)]
          output[written + 2] = alphabet[Int(bits >> 6 & 63)]
          output[written + 3] = alphabet[Int(bits & 63)]
          index += 3
          written += 4
        }
        let rest = input.count - index
        if rest > 0 {
          let bits = UInt32(input[index]) << 16 | (rest == 2 ? UInt32(input[index + 1]) << 8 : 0)
          output[written] = alphabet[Int(bits >> 18)]
          output[written + 1] = alphabet[Int(bits >> 12 & 63)]
          output[written + 2] = rest == 2 ? alphabet[Int(bits >> 6 & 63)] : UInt8(ascii: "=")
          output[written + 3] = UInt8(ascii: "=")
          written += 4
        }
        count = written
      }
    }
  }
}
