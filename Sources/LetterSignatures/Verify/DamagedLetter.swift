internal import PDFDocument

/// A file that cannot be read as a PDF. Was it a signed letter that someone changed, or is it just broken?
///
/// Neither is ever accepted; the difference is what the clerk is told.
struct DamagedLetter {
  private let source: PDFSource
  private let limits: PDFLimits
  private let error: PDFError

  init(_ source: PDFSource, limits: PDFLimits, error: PDFError) {
    self.source = source
    self.limits = limits
    self.error = error
  }

  func report() -> LetterReport {
    switch error.code {
    case .headerMissing, .crossReferenceBroken, .objectBroken, .structureBroken, .filterUnsupported, .endMissing:
      break
    // Limits, encryption, an empty or inaccessible file: nothing can be told.
    default: return .unreadable(error)
    }
    guard let scan = try? Scan(source) else { return .unreadable(error) }
    guard scan.mentionsSignature else { return .unreadable(error) }
    switch error.code {
    case .headerMissing:
      // Bytes before the header of a signed file shift all that was signed.
      return scan.headerOffset.map { $0 > 0 } ?? false ? changed(.hashFailure) : .unreadable(error)
    case .endMissing:
      // Cut off, unless something was put after a complete signed file, or its end was altered in place.
      return scan.signedFileGoesOn || scan.hasWholeTail ? changed() : .unreadable(error)
    default: return changed()
    }
  }

  private func changed(_ subindication: LetterReport.Subindication = .formatFailure) -> LetterReport {
    let codes: [LetterCode] = [.malformed, .modified]
    return LetterReport(
      file: nil, decision: .reject, codes: codes, indication: .totalFailed, subindication: subindication,
      integrity: .modified, signatures: [], text: LetterCode.modified.clerk,
      detail: ["MALFORMED: \(error.detail)", "MODIFIED: the file mentions signatures"])
  }

  /// What a look over the raw bytes shows. It only chooses words: nothing found here is ever trusted.
  private struct Scan {
    var mentionsSignature = false
    var headerOffset: Int?
    var signedFileGoesOn = false
    /// After the last `startxref` there is as much as an offset and an end-of-file marker take.
    var hasWholeTail = false

    /// Bytes looked at from each end of the file.
    private static let reach = 8 << 20

    init(_ source: PDFSource) throws(PDFError) {
      let bytes = try source.copy(max(0, source.count - Self.reach)..<source.count)
      let marks = Self.offsets(of: "/ByteRange", in: bytes)
      mentionsSignature = !marks.isEmpty
      let head = try source.copy(0..<min(source.count, 1024))
      headerOffset = Self.offsets(of: "%PDF-", in: head).first
      if let start = Self.offsets(of: "startxref", in: bytes.suffix(64)).last {
        let tail = Array(bytes.suffix(64))[(start + 9)...].drop { $0 == 0x0A || $0 == 0x0D || $0 == 0x20 }
        let marker = tail.drop { $0 >= 0x30 && $0 <= 0x39 }.filter { $0 != 0x0A && $0 != 0x0D && $0 != 0x20 }
        hasWholeTail = marker.count >= 5
      }
      let ends = Self.offsets(of: "%%EOF", in: bytes)
      if let lastMark = marks.last, let end = ends.first(where: { $0 > lastMark }) {
        signedFileGoesOn = bytes[(end + 5)...].contains { $0 != 0x0A && $0 != 0x0D && $0 != 0x20 }
      }
    }

    static func offsets(of text: StaticString, in bytes: some Collection<UInt8>) -> [Int] {
      let length = text.utf8CodeUnitCount
      guard bytes.count >= length else { return [] }
      var found: [Int] = []
      Array(bytes).withUnsafeBytes { buffer in
        var at = 0
        while at <= buffer.count - length {
          if buffer[at] == text.utf8Start[0] {
            var i = 1
            while i < length, buffer[at + i] == text.utf8Start[i] { i += 1 }
            if i == length { found.append(at) }
          }
          at += 1
        }
      }
      return found
    }
  }
}
