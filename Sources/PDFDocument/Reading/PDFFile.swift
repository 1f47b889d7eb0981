internal import CQPDF

/// A PDF opened for reading, whole or up to a byte, with its revisions. Nothing is repaired: a file that is not
/// well-formed is refused. One owner; not for use from two tasks at once.
public final class PDFFile {
  public let source: PDFSource
  public let limits: PDFLimits
  /// Where this file ends: the source's length, or less when an earlier revision was opened.
  public let end: Int
  /// Oldest first; there is at least one.
  public private(set) var revisions: [PDFRevision] = []
  /// Bytes after the last end-of-file marker.
  public var trailingRange: Range<Int> { (revisions.last?.markerEnd ?? 0)..<end }

  /// Newest first.
  var sections: [CrossReferenceSection] = []
  var objectCache: [Int: IndirectObject] = [:]
  var packedCache: [Int: ObjectStream] = [:]
  var inflatedTotal = 0
  var valuesRead = 0

  static let largestNumber = 8_388_607 * 4

  /// Opens the first `length` bytes of `source` as a PDF.
  ///
  /// - Throws: ``PDFError``; among others `encrypted` for an encrypted file.
  public init(_ source: PDFSource, length: Int? = nil, limits: PDFLimits = PDFLimits()) throws(PDFError) {
    self.source = source
    self.limits = limits
    self.end = min(length ?? source.count, source.count)
    guard end > 0 else { throw PDFError(.empty, "zero bytes") }
    guard end <= limits.fileSize else { throw PDFError(.tooLarge, "file of \(end) bytes") }
    guard end >= 8, try source.copy(0..<5) == Array("%PDF-".utf8) else {
      throw PDFError(.headerMissing, at: 0, "the file does not begin with %PDF-")
    }
    try readChain(from: try lastStart())
    try findRevisions()
    if revisions.contains(where: { $0.trailer["Encrypt"].map { !$0.isNull } ?? false }) {
      throw PDFError(.encrypted, "the trailer has /Encrypt")
    }
  }

  /// The last revision: what a reader shows.
  public var current: PDFRevision { revisions[revisions.count - 1] }

  // MARK: Parsing windows

  /// Runs `body` on a parser at `offset`, with a window that grows while it ends inside a token.
  func parse<R>(
    at offset: Int, _ body: (inout ObjectParser) throws(ObjectParser.Stop) -> R
  ) throws(PDFError) -> R {
    guard offset >= 0, offset < end else { throw PDFError(.objectBroken, at: offset, "beyond the end of the file") }
    var length = 4096
    while true {
      let windowEnd = min(end, offset + length)
      let isFinal = windowEnd == end
      var outcome: R?
      var values = 0
      try source.withBytes(offset..<windowEnd) { bytes throws(PDFError) in
        var parser = ObjectParser(bytes, origin: offset, isFinal: isFinal, nestingLimit: limits.nesting)
        do throws(ObjectParser.Stop) {
          outcome = try body(&parser)
        } catch {
          switch error {
          case .needsMore: break
          case .failed(let error): throw error
          }
        }
        values = parser.valueCount
      }
      valuesRead += values
      guard valuesRead <= limits.values else { throw PDFError(.tooMany, at: offset, "too many values") }
      if let outcome { return outcome }
      guard !isFinal, length < limits.objectSize else {
        throw PDFError(.tooLarge, at: offset, "an object larger than \(limits.objectSize) bytes")
      }
      length *= 4
    }
  }

  // MARK: The chain of cross-reference sections

  /// The offset that the last `startxref` names. It must stand in the last kilobyte.
  private func lastStart() throws(PDFError) -> Int {
    let tail = max(0, end - 1024)..<end
    let bytes = try source.copy(tail)
    guard let marker = bytes.lastRange(of: "startxref") else {
      throw PDFError(.endMissing, at: tail.lowerBound, "no startxref at the end")
    }
    return try parse(at: tail.lowerBound + marker) { parser throws(ObjectParser.Stop) in
      try parser.expect("startxref")
      try parser.skipSpace()
      guard let value = try parser.unsignedInteger() else { throw parser.failure(.endMissing, "an offset expected") }
      return value
    }
  }

  private func readChain(from start: Int) throws(PDFError) {
    var seen: Set<Int> = []
    var next: Int? = start
    var total = 0
    while let offset = next {
      guard seen.insert(offset).inserted else {
        throw PDFError(.crossReferenceBroken, at: offset, "the chain of cross-reference sections runs in a circle")
      }
      guard sections.count < limits.sections else { throw PDFError(.tooMany, at: offset, "too many sections") }
      let section = try readSection(at: offset, budget: limits.objects - total)
      guard !section.trailer.hasDuplicateKeys else {
        throw PDFError(.crossReferenceBroken, at: offset, "a trailer with a key twice")
      }
      total += section.count
      sections.append(section)
      switch section.trailer["Prev"] {
      case nil, .null?: next = nil
      case .integer(let value)?: next = value
      // A reference here is against the standard, and readers differ on it.
      default: throw PDFError(.crossReferenceBroken, at: offset, "/Prev is not a number")
      }
    }
  }

  /// Groups the sections into revisions and finds the end of each.
  private func findRevisions() throws(PDFError) {
    var index = sections.count - 1
    var found: [PDFRevision] = []
    while index >= 0 {
      var group = index...index
      // Offsets must fall along the chain, but for the last step of a linearised file, whose first-page section
      // stands before the main one.
      if index > 0, sections[index - 1].offset < sections[index].offset {
        guard index == sections.count - 1, try isLinearised() else {
          throw PDFError(.crossReferenceBroken, at: sections[index].offset, "/Prev points forward")
        }
        group = (index - 1)...index
      }
      let newest = sections[group.lowerBound]
      let lastInFile = sections[group.upperBound]
      let markerEnd = try endMarker(after: lastInFile.bodyEnd, naming: newest.offset)
      for section in sections[group] { try checkOffsets(of: section, before: markerEnd) }
      if let before = found.last, before.markerEnd > newest.offset {
        throw PDFError(.crossReferenceBroken, at: newest.offset, "revisions overlap")
      }
      found.append(
        PDFRevision(
          number: found.count, firstSection: group.lowerBound, sectionCount: group.count, startxref: newest.offset,
          bodyEnd: lastInFile.bodyEnd, markerEnd: markerEnd, trailer: newest.trailer))
      index = group.lowerBound - 1
    }
    revisions = found
  }

  /// `startxref`, the offset of the section, `%%EOF`: the byte after it.
  private func endMarker(after bodyEnd: Int, naming offset: Int) throws(PDFError) -> Int {
    try parse(at: bodyEnd) { parser throws(ObjectParser.Stop) in
      try parser.skipSpace()
      guard try parser.take("startxref") else { throw parser.failure(.endMissing, "startxref expected") }
      try parser.skipSpace()
      guard try parser.unsignedInteger() == offset else {
        throw parser.failure(.crossReferenceBroken, "startxref names another section")
      }
      while let byte = try parser.peek(), ObjectParser.isWhite(byte) { parser.position += 1 }
      for (i, expected) in Array("%%EOF".utf8).enumerated() {
        guard try parser.peek(i) == expected else { throw parser.failure(.endMissing, "%%EOF expected") }
      }
      parser.position += 5
      return parser.offset
    }
  }

  /// An entry that points beyond its own revision waits for bytes that come later.
  private func checkOffsets(of section: CrossReferenceSection, before markerEnd: Int) throws(PDFError) {
    for run in section.runs + section.hiddenRuns {
      for entry in run.entries {
        if case .at(let offset, _) = entry, offset >= markerEnd {
          throw PDFError(.crossReferenceBroken, at: section.offset, "an entry points beyond its revision")
        }
      }
    }
  }

  /// Whether the first object is a linearisation dictionary (ISO 32000-1, Annex F).
  private func isLinearised() throws(PDFError) -> Bool {
    try parse(at: 0) { parser throws(ObjectParser.Stop) in
      try parser.skipSpace()
      guard try parser.unsignedInteger() != nil else { return false }
      try parser.skipSpace()
      guard try parser.unsignedInteger() != nil else { return false }
      try parser.skipSpace()
      guard try parser.take("obj") else { return false }
      guard case .dictionary(let dictionary) = try parser.object() else { return false }
      return dictionary["Linearized"] != nil
    }
  }
}

/// A state of the file that was once written to disk: the first one, or one made by an incremental update.
public struct PDFRevision: Sendable {
  /// 0 for the oldest.
  public let number: Int
  let firstSection: Int
  let sectionCount: Int
  /// Where its newest cross-reference section begins.
  public let startxref: Int
  /// First byte after its last cross-reference section and trailer.
  public let bodyEnd: Int
  /// First byte after its `%%EOF`.
  public let markerEnd: Int
  public let trailer: PDFDictionary
}

extension [UInt8] {
  /// Where `text` stands for the last time.
  func lastRange(of text: StaticString) -> Int? {
    let length = text.utf8CodeUnitCount
    guard count >= length else { return nil }
    for start in stride(from: count - length, through: 0, by: -1) {
      var i = 0
      while i < length, self[start + i] == text.utf8Start[i] { i += 1 }
      if i == length { return start }
    }
    return nil
  }
}
