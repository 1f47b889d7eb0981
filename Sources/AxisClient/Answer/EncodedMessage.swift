import Foundation

/// The answer of `getEdoc`: a JSON object one of whose members is a message of any size, in base64 or as text.
///
/// The object is read once, in pieces: the member is decoded into a file, the rest is kept as a small object in which it
/// is empty and long texts are cut.
struct EncodedMessage {
  enum Failure: Error {
    case notJSON
    case envelopeTooLarge
    case tooLarge
    case file(String)
  }

  /// Where an answer has its message.
  struct Place {
    /// The member's name, in lower case.
    let member: String
    /// Whether it may also be a member of the object `data`.
    let mayBeInData: Bool
    /// Whether what begins as XML is the message itself.
    let mayBeText: Bool

    static let axis = Place(member: "data", mayBeInData: false, mayBeText: false)
    static let gateway = Place(member: "edxml", mayBeInData: true, mayBeText: true)
  }

  /// The answer without the message.
  let envelope: [UInt8]
  /// Length of the decoded message; nil if the answer has no such text, or one that is not base64: an answer that says
  /// why there is no message may have anything in its place.
  let byteCount: Int?

  private static let envelopeLimit = 1 << 20
  /// Of a text in the envelope, from where it may be cut.
  private static let textLimit = 4096

  /// Decodes the answer in the file `source` into the new file `target` (0600, synced) of at most `limit` bytes.
  init(_ place: Place, answer source: String, into target: String, upTo limit: Int = .max) throws(Failure) {
    let input = open(source, O_RDONLY | O_CLOEXEC)
    guard input >= 0 else { throw .file("cannot open the answer: errno \(errno)") }
    defer { close(input) }
    let output = open(target, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0o600)
    guard output >= 0 else { throw .file("cannot create the message's file: errno \(errno)") }
    var scanner = Scanner(place, decoder: Decoder(output: output, mayBeText: place.mayBeText, limit: limit))
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
    byteCount = scanner.sawMessage && !scanner.decoder.isDamaged ? scanner.decoder.written : nil
    if byteCount == nil { unlink(target) }
  }

  /// Follows only strings and depth; the small envelope is judged by a real JSON parser afterwards.
  private struct Scanner {
    let place: Place
    private(set) var decoder: Decoder
    private(set) var envelope: [UInt8] = []
    private(set) var sawMessage = false
    private var depth = 0
    private var inData = false
    private var inString = false
    private var inMessage = false
    private var escaped = false
    private var expectsValue = false
    /// How the last string begins, to know the name of the member whose value follows.
    private var word: [UInt8] = []
    /// How long the string of the envelope is, and its end since the last backslash.
    private var textCount = 0
    private var plainCount = 0
    private var isCut = false

    init(_ place: Place, decoder: Decoder) {
      self.place = place
      self.decoder = decoder
    }

    mutating func take(_ piece: ArraySlice<UInt8>) throws(Failure) {
      var rest = piece
      while let first = rest.first {
        guard inMessage else {
          try take(first)
          rest = rest.dropFirst()
          continue
        }
        // The bulk of an answer is taken at once, up to the next quote or backslash.
        let plain = escaped ? 0 : Self.plainCount(rest)
        if plain > 0 {
          try decoder.takePlain(rest.prefix(plain))
          rest = rest.dropFirst(plain)
          continue
        }
        if !escaped, first == UInt8(ascii: "\"") {
          inMessage = false
          envelope.append(first)
          try decoder.finish()
        } else {
          try decoder.takeEscape(first, isFirst: !escaped)
          escaped.toggle()
        }
        rest = rest.dropFirst()
      }
    }

    /// How many bytes from the start are neither quote nor backslash.
    private static func plainCount(_ bytes: ArraySlice<UInt8>) -> Int {
      bytes.withUnsafeBytes { raw in
        var count = 0
        while count + 8 <= raw.count {
          guard isPlain(raw.loadUnaligned(fromByteOffset: count, as: UInt64.self)) else { break }
          count += 8
        }
        while count < raw.count, raw[count] != 0x22, raw[count] != 0x5c { count += 1 }
        return count
      }
    }

    /// Whether none of eight bytes is a quote or a backslash (after a subtraction the high bit of a zero byte tells).
    private static func isPlain(_ eight: UInt64) -> Bool {
      let (ones, highs): (UInt64, UInt64) = (0x0101_0101_0101_0101, 0x8080_8080_8080_8080)
      let quotes = eight ^ (ones &* 0x22)
      let backslashes = eight ^ (ones &* 0x5c)
      let quote = (quotes &- ones) & ~quotes
      let backslash = (backslashes &- ones) & ~backslashes
      return (quote | backslash) & highs == 0
    }

    private mutating func take(_ byte: UInt8) throws(Failure) {
      if inString { return try takeText(byte) }
      try keep(byte)
      switch byte {
      case UInt8(ascii: "{"), UInt8(ascii: "["):
        if depth == 1 { inData = expectsValue && name == "data" && byte == UInt8(ascii: "{") }
        depth += 1
        expectsValue = false
      case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
      case UInt8(ascii: ":"): expectsValue = true
      case UInt8(ascii: ","): expectsValue = false
      case UInt8(ascii: "\""):
        let isMessage =
          expectsValue && name == place.member && (depth == 1 || depth == 2 && inData && place.mayBeInData)
        expectsValue = false
        word = []
        if isMessage {
          // Nobody knows which of two it would be.
          guard !sawMessage else { throw .notJSON }
          (inMessage, sawMessage) = (true, true)
        } else {
          (inString, isCut, textCount, plainCount) = (true, false, 0, 0)
        }
      default: break
      }
    }

    private var name: String { String(decoding: word, as: UTF8.self).lowercased() }

    private mutating func takeText(_ byte: UInt8) throws(Failure) {
      textCount += 1
      plainCount += 1
      // Neither inside a character nor inside an escape, of which two may be one character.
      if textCount > textLimit, plainCount > 12, byte & 0xc0 != 0x80 { isCut = true }
      if escaped {
        escaped = false
      } else if byte == UInt8(ascii: "\\") {
        escaped = true
        plainCount = 0
      } else if byte == UInt8(ascii: "\"") {
        inString = false
        return try keep(byte)
      }
      if word.count < 16 { word.append(byte) }
      if !isCut { try keep(byte) }
    }

    private mutating func keep(_ byte: UInt8) throws(Failure) {
      envelope.append(byte)
      guard envelope.count <= envelopeLimit else { throw .envelopeTooLarge }
    }

    func finish() throws(Failure) {
      guard depth == 0, !inString, !inMessage else { throw .notJSON }
    }
  }

  /// Takes a JSON string in pieces, as it stands between its quotes, and writes what it says.
  private struct Decoder {
    private enum Form { case text, base64 }

    let output: Int32
    let mayBeText: Bool
    let limit: Int
    private(set) var written = 0
    /// Whether it is not base64; the rest is taken without a word then.
    private(set) var isDamaged = false
    private var form: Form?
    /// What was not decoded yet, and whether there is an escape in it.
    private var pending: [UInt8] = []
    private var hasEscapes = false
    /// The digits of a `\u` that have not come yet.
    private var digitsLeft = 0
    /// Whether the first half of a character beyond the basic plane came last.
    private var isHalf = false
    /// Base64 that is no whole group of four yet, and whether its padding came.
    private var group: [UInt8] = []
    private var isPadded = false
    /// The bytes that are base64, and those between them that are not.
    private var encodedCount = 0
    private var ignoredCount = 0
    private static let pendingLimit = 1 << 18

    init(output: Int32, mayBeText: Bool, limit: Int) {
      self.output = output
      self.mayBeText = mayBeText
      self.limit = limit
    }

    /// Takes bytes that are neither quote nor backslash.
    mutating func takePlain(_ bytes: ArraySlice<UInt8>) throws(Failure) {
      var rest = bytes
      if digitsLeft > 0 {
        let digits = rest.prefix(digitsLeft)
        pending.append(contentsOf: digits)
        digitsLeft -= digits.count
        rest = rest.dropFirst(digits.count)
        let unit = pending.suffix(4).map { $0 | 0x20 }
        isHalf = digitsLeft == 0 && unit[0] == UInt8(ascii: "d") && "89ab".utf8.contains(unit[1])
      }
      if !rest.isEmpty { isHalf = false }
      while let next = rest.first {
        // No character has more than four bytes.
        let isInside = next & 0xc0 == 0x80 && pending.count < Self.pendingLimit + 4
        if pending.count >= Self.pendingLimit, !isInside { try decode() }
        let count = max(1, Self.pendingLimit - pending.count)
        pending.append(contentsOf: rest.prefix(count))
        rest = rest.dropFirst(count)
      }
    }

    /// Takes a backslash, or the byte after it.
    mutating func takeEscape(_ byte: UInt8, isFirst: Bool) throws(Failure) {
      guard digitsLeft == 0, pending.count < 2 * Self.pendingLimit else { throw .notJSON }
      if isFirst, pending.count >= Self.pendingLimit, !isHalf { try decode() }
      pending.append(byte)
      hasEscapes = true
      if isFirst { return }
      isHalf = false
      if byte == UInt8(ascii: "u") { digitsLeft = 4 }
    }

    mutating func finish() throws(Failure) {
      guard digitsLeft == 0 else { throw .notJSON }
      try decode()
      if !group.isEmpty { isDamaged = true }
    }

    private mutating func decode() throws(Failure) {
      let bytes = try hasEscapes ? Self.unescaped(pending) : pending
      pending.removeAll(keepingCapacity: true)
      hasEscapes = false
      guard !isDamaged else { return }
      if form == nil, let first = bytes.textBeginning.first {
        form = mayBeText && first == UInt8(ascii: "<") ? .text : .base64
      }
      if form == .text { try write(bytes) } else { try decodeBase64(bytes) }
    }

    /// What a JSON string says. Line ends as they are do not belong into JSON, and come all the same.
    ///
    /// By hand, since Foundation drops a byte order mark at the start, and behind an escape, from what it reads.
    private static func unescaped(_ text: [UInt8]) throws(Failure) -> [UInt8] {
      var said: [UInt8] = []
      said.reserveCapacity(text.count)
      var rest = text[...]
      while let backslash = rest.firstIndex(of: UInt8(ascii: "\\")) {
        said.append(contentsOf: rest[..<backslash])
        rest = rest[(backslash + 1)...]
        guard let kind = rest.popFirst() else { throw .notJSON }
        switch kind {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): said.append(kind)
        case UInt8(ascii: "b"): said.append(0x08)
        case UInt8(ascii: "f"): said.append(0x0c)
        case UInt8(ascii: "n"): said.append(0x0a)
        case UInt8(ascii: "r"): said.append(0x0d)
        case UInt8(ascii: "t"): said.append(0x09)
        case UInt8(ascii: "u"): said.append(contentsOf: try character(&rest))
        default: throw .notJSON
        }
      }
      return said + rest
    }

    /// The UTF-8 of a character whose `\u` was taken; one beyond the basic plane is two of them.
    private static func character(_ rest: inout ArraySlice<UInt8>) throws(Failure) -> [UInt8] {
      var units = [try unit(&rest)]
      if UTF16.isLeadSurrogate(units[0]), rest.starts(with: "\\u".utf8) {
        rest = rest.dropFirst(2)
        units.append(try unit(&rest))
      }
      guard let text = String(validating: units, as: UTF16.self) else { throw .notJSON }
      return Array(text.utf8)
    }

    private static func unit(_ rest: inout ArraySlice<UInt8>) throws(Failure) -> UInt16 {
      let digits = rest.prefix(4)
      rest = rest.dropFirst(digits.count)
      guard digits.count == 4, digits.first != UInt8(ascii: "+"),
        let unit = UInt16(String(decoding: digits, as: UTF8.self), radix: 16)
      else { throw .notJSON }
      return unit
    }

    private mutating func decodeBase64(_ bytes: [UInt8]) throws(Failure) {
      let encoded = bytes.contains { $0 <= 0x20 } ? bytes.filter { $0 > 0x20 } : bytes
      encodedCount += encoded.count
      // Lines of 64 have one or two in seventeen bytes, blanks alone nothing else.
      ignoredCount += bytes.count - encoded.count
      isDamaged = ignoredCount > encodedCount / 8 + (64 << 10) || isPadded && !encoded.isEmpty
      guard !isDamaged, !encoded.isEmpty else { return }
      group.append(contentsOf: encoded)
      let whole = group.count & ~3
      guard whole > 0 else { return }
      guard let decoded = Data(base64Encoded: Data(group[..<whole])) else {
        isDamaged = true
        return
      }
      isPadded = group[whole - 1] == UInt8(ascii: "=")
      group.removeFirst(whole)
      try write(decoded)
    }

    private mutating func write(_ bytes: some Collection<UInt8> & ContiguousBytes) throws(Failure) {
      guard bytes.count <= limit - written else { throw .tooLarge }
      let (count, failure) = bytes.withUnsafeBytes { bytes -> (Int, Failure?) in
        var rest = bytes
        while let start = rest.baseAddress, rest.count > 0 {
          let count = Foundation.write(output, start, rest.count)
          if count < 0 && errno == EINTR { continue }
          guard count > 0 else { return (0, .file("cannot write the message's file: errno \(errno)")) }
          rest = UnsafeRawBufferPointer(rebasing: rest[count...])
        }
        return (bytes.count, nil)
      }
      if let failure { throw failure }
      written += count
    }
  }
}
