import Foundation

/// The answer of `getEdoc`: a JSON object whose `data` is a message in base64, of any size.
///
/// The object is read once, in pieces: the text of `data` is decoded into a file, the rest is kept as a small object
/// with an empty `data`.
struct EncodedMessage {
  enum Failure: Error {
    case notJSON
    case notBase64
    case envelopeTooLarge
    case file(String)
  }

  /// The answer without the message.
  let envelope: [UInt8]
  /// Length of the decoded message; nil if the answer has no `data` text.
  let byteCount: Int?

  private static let envelopeLimit = 1 << 20

  /// Decodes the answer in the file `source` into the new file `target` (0600, synced).
  init(answer source: String, into target: String) throws(Failure) {
    let input = open(source, O_RDONLY | O_CLOEXEC)
    guard input >= 0 else { throw .file("cannot open the answer: errno \(errno)") }
    defer { close(input) }
    let output = open(target, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0o600)
    guard output >= 0 else { throw .file("cannot create the message's file: errno \(errno)") }
    var scanner = Scanner(output: output)
    do throws(Failure) {
      defer { close(output) }
      var piece = [UInt8](repeating: 0, count: 1 << 18)
      while true {
        let count = piece.withUnsafeMutableBytes { read(input, $0.baseAddress, $0.count) }
        if count < 0 && errno == EINTR { continue }
        guard count >= 0 else { throw .file("cannot read the answer: errno \(errno)") }
        if count == 0 { break }
        try scanner.take(piece[..<count])
      }
      try scanner.finish()
      guard fsync(output) == 0 else { throw .file("cannot sync the message's file: errno \(errno)") }
    } catch {
      unlink(target)
      throw error
    }
    envelope = scanner.envelope
    byteCount = scanner.sawData ? scanner.written : nil
    if byteCount == nil { unlink(target) }
  }

  /// Follows only strings and depth; the small envelope is judged by a real JSON parser afterwards.
  private struct Scanner {
    let output: Int32
    private(set) var envelope: [UInt8] = []
    private(set) var sawData = false
    private(set) var written = 0
    private var depth = 0
    private var inString = false
    private var inData = false
    private var escaped = false
    private var expectsValue = false
    /// The text of the string that is being read at depth 1, to know the member's name.
    private var word: [UInt8] = []
    private var pending: [UInt8] = []
    /// The bytes of `data` that are base64, and those between them that are not.
    private var encodedCount = 0
    private var ignoredCount = 0
    /// A multiple of four.
    private static let pendingLimit = 1 << 18

    init(output: Int32) {
      self.output = output
    }

    mutating func take(_ piece: ArraySlice<UInt8>) throws(Failure) {
      var rest = piece
      while let first = rest.first {
        // The bulk of an answer is plain base64: up to the next quote, backslash or white space it is taken at once.
        if inData && !escaped {
          let plain = Self.plainCount(rest)
          if plain > 0 {
            try takePlain(rest.prefix(plain))
            rest = rest.dropFirst(plain)
            continue
          }
        }
        try take(first)
        rest = rest.dropFirst()
      }
    }

    /// How many bytes from the start are neither quote, backslash, white space nor control character.
    ///
    /// No byte after the first such one is looked at, except seven at most: else blanks alone would take hours.
    private static func plainCount(_ bytes: ArraySlice<UInt8>) -> Int {
      bytes.withUnsafeBytes { raw in
        var count = 0
        while count + 8 <= raw.count {
          guard isPlain(raw.loadUnaligned(fromByteOffset: count, as: UInt64.self)) else { break }
          count += 8
        }
        while count < raw.count {
          let byte = raw[count]
          if byte <= 0x20 || byte == 0x22 || byte == 0x5c { break }
          count += 1
        }
        return count
      }
    }

    /// Whether none of eight bytes is below 0x21, a quote or a backslash (after a subtraction its high bit tells).
    private static func isPlain(_ eight: UInt64) -> Bool {
      let (ones, highs): (UInt64, UInt64) = (0x0101_0101_0101_0101, 0x8080_8080_8080_8080)
      let quotes = eight ^ (ones &* 0x22)
      let backslashes = eight ^ (ones &* 0x5c)
      let low = (eight &- (ones &* 0x21)) & ~eight
      let quote = (quotes &- ones) & ~quotes
      let backslash = (backslashes &- ones) & ~backslashes
      return (low | quote | backslash) & highs == 0
    }

    private mutating func takePlain(_ bytes: ArraySlice<UInt8>) throws(Failure) {
      encodedCount += bytes.count
      var rest = bytes
      while !rest.isEmpty {
        let room = Self.pendingLimit - pending.count
        pending.append(contentsOf: rest.prefix(room))
        rest = rest.dropFirst(room)
        if pending.count == Self.pendingLimit { try flush() }
      }
    }

    private mutating func take(_ byte: UInt8) throws(Failure) {
      if inData { return try takeData(byte) }
      envelope.append(byte)
      guard envelope.count <= envelopeLimit else { throw .envelopeTooLarge }
      if inString {
        if escaped {
          escaped = false
        } else if byte == UInt8(ascii: "\\") {
          escaped = true
        } else if byte == UInt8(ascii: "\"") {
          inString = false
          return
        }
        if depth == 1, word.count < 16 { word.append(byte) }
        return
      }
      switch byte {
      case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
      case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
      case UInt8(ascii: ":"): expectsValue = true
      case UInt8(ascii: ","): expectsValue = false
      case UInt8(ascii: "\""):
        let isData =
          depth == 1 && expectsValue && !sawData && String(decoding: word, as: UTF8.self).lowercased() == "data"
        expectsValue = false
        word = []
        if isData {
          (inData, sawData) = (true, true)
        } else {
          inString = true
        }
      default: break
      }
    }

    private mutating func takeData(_ byte: UInt8) throws(Failure) {
      switch byte {
      case UInt8(ascii: "\"") where !escaped:
        inData = false
        envelope.append(byte)
        try flush()
      case UInt8(ascii: "\\") where !escaped:
        escaped = true
      case UInt8(ascii: "n") where escaped, UInt8(ascii: "r") where escaped, UInt8(ascii: "t") where escaped:
        escaped = false
        try ignore(2)
      case UInt8(ascii: "u") where escaped:
        // No character of base64 needs it; a writer that does so all the same is not understood.
        throw .notBase64
      case 0x20, 0x09, 0x0a, 0x0d:
        escaped = false
        try ignore(1)
      default:
        escaped = false
        encodedCount += 1
        pending.append(byte)
        if pending.count == Self.pendingLimit { try flush() }
      }
    }

    /// Counts bytes that are no base64: lines of 64 with escaped ends have one in seventeen, blanks alone nothing else.
    private mutating func ignore(_ count: Int) throws(Failure) {
      ignoredCount += count
      guard ignoredCount <= encodedCount / 8 + (64 << 10) else { throw .notBase64 }
    }

    /// Decodes what is pending: whole groups of four, since the buffer's size is a multiple of four.
    private mutating func flush() throws(Failure) {
      guard !pending.isEmpty else { return }
      guard let decoded = Data(base64Encoded: Data(pending)) else { throw .notBase64 }
      if pending.last == UInt8(ascii: "=") && inData { throw .notBase64 }
      pending.removeAll(keepingCapacity: true)
      let failure = decoded.withUnsafeBytes { bytes -> Failure? in
        var rest = bytes
        while let start = rest.baseAddress, rest.count > 0 {
          let count = write(output, start, rest.count)
          if count < 0 && errno == EINTR { continue }
          guard count > 0 else { return .file("cannot write the message's file: errno \(errno)") }
          rest = UnsafeRawBufferPointer(rebasing: rest[count...])
        }
        return nil
      }
      if let failure { throw failure }
      written += decoded.count
    }

    mutating func finish() throws(Failure) {
      guard depth == 0, !inString, !inData else { throw .notJSON }
    }
  }
}
