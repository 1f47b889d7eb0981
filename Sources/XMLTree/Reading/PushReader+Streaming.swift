import CLibXML2

/// Text of a streamed element on its way past the parser.
///
/// Attachments are nearly all of a message. Where the parser has read all that came before, stands in the text of a
/// streamed element and converts no encoding, it would report plain text unchanged, so it is not asked; this halves the
/// cost. CDATA sections are taken the same way, since libxml2 would hold a whole one in memory.
extension PushReader {
  private static let opening = Array("<![CDATA[".utf8)
  private static let closing = Array("]]>".utf8)

  /// Takes what needs no parser from the beginning of `bytes`.
  ///
  /// - Returns: how many bytes were taken.
  func stream(_ bytes: UnsafeRawBufferPointer) throws -> Int {
    guard observer != nil, stack.last?.isStreamed == true, discardedDepth == 0,
      context.pointee.instate == XML_PARSER_CONTENT, clibxml2_unread_count(context) == 0,
      let input = context.pointee.input, input.pointee.buf?.pointee.encoder == nil
    else { return 0 }
    let (count, lines) = PlainText.length(of: bytes)
    input.pointee.line &+= Int32(truncatingIfNeeded: lines)
    if count > 0 { return try handOver(bytes, count) }
    return isInCDATA ? try streamMarked(bytes) : open(bytes)
  }

  private func handOver(_ bytes: UnsafeRawBufferPointer, _ count: Int) throws -> Int {
    bytesSinceEvent = 0
    do { try observer?.text(UnsafeRawBufferPointer(rebasing: bytes[..<count])) } catch { throw fail(error) }
    return count
  }

  /// Begins a CDATA section when `bytes` do.
  private func open(_ bytes: UnsafeRawBufferPointer) -> Int {
    if bytes.starts(with: Self.opening) {
      isInCDATA = true
      return Self.opening.count
    }
    return hold(bytes, Self.opening)
  }

  /// Keeps the last bytes of a piece when the mark that they may be goes on in the next.
  private func hold(_ bytes: UnsafeRawBufferPointer, _ mark: [UInt8]) -> Int {
    guard bytes.count < mark.count, mark.starts(with: bytes) else { return 0 }
    held = Array(bytes)
    return bytes.count
  }

  /// Takes one character inside a CDATA section that is no plain text.
  private func streamMarked(_ bytes: UnsafeRawBufferPointer) throws -> Int {
    switch bytes[0] {
    case UInt8(ascii: "]"):
      if bytes.starts(with: Self.closing) {
        isInCDATA = false
        return Self.closing.count
      }
      let count = hold(bytes, Self.closing)
      return count > 0 ? count : try handOver(bytes, 1)
    case UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "&"): return try handOver(bytes, 1)
    default:
      // Other letters and control characters are the parser's to judge, in a section that goes on for it.
      isInCDATA = false
      try Self.opening.withUnsafeBytes { try parse($0) }
      return 0
    }
  }
}
