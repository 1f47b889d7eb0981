internal import PDFDocument

/// What a signature's `/ByteRange` and `/Contents` say, held against the file (ISO 32000-1, 12.8.1).
///
/// Only one shape passes: the two ranges are the whole revision but for the very token of this dictionary's `/Contents`,
/// and the revision ends where the second range ends.
struct SignatureCoverage {
  /// Why a signature's coverage is refused.
  enum Fault: String {
    case noDictionary = "no_signature_dictionary"
    case duplicateKeys = "duplicate_keys"
    case type = "not_a_signature_dictionary"
    case noByteRange = "byte_range_missing"
    case byteRangeShape = "byte_range_shape"
    case byteRangeBounds = "byte_range_bounds"
    case byteRangeBeyondFile = "byte_range_beyond_the_file"
    case noContents = "contents_missing"
    case contentsPlace = "contents_not_in_the_gap"
    case contentsShape = "contents_shape"
    case notARevision = "does_not_end_a_revision"
    case notInSignedRevision = "not_in_the_signed_revision"
  }

  let fault: Fault?
  /// The signed bytes: from the start to the gap, from the gap to the end of the revision. Only when their shape passed.
  let signed: [Range<Int>]
  /// The bytes that it says it signs, where the file has them; they tell whether the digest fits, and nothing more.
  let declared: [Range<Int>]
  /// The revision it signs.
  let revision: PDFRevision?
  let contents: [UInt8]
  let dictionary: PDFDictionary?

  init(of field: SignatureField, in file: PDFFile) throws(PDFError) {
    var dictionary: PDFDictionary?
    var contents: [UInt8] = []
    var signed: [Range<Int>] = []
    var declared: [Range<Int>] = []
    var revision: PDFRevision?
    fault = try Self.check(field, file, &dictionary, &contents, &declared, &signed, &revision)
    self.dictionary = dictionary
    self.contents = contents
    self.declared = declared
    self.signed = signed
    self.revision = revision
  }

  /// The signature of a CMS file: it covers its content whole.
  init(cms: [UInt8], content: Range<Int>) {
    fault = nil
    signed = [content]
    declared = [content]
    revision = nil
    contents = cms
    dictionary = nil
  }

  private static func check(
    _ field: SignatureField, _ file: PDFFile, _ dictionary: inout PDFDictionary?, _ contents: inout [UInt8],
    _ declared: inout [Range<Int>], _ signed: inout [Range<Int>], _ revision: inout PDFRevision?
  ) throws(PDFError) -> Fault? {
    guard case .dictionary(let value) = try file.resolve(field.value, in: file.current) else { return .noDictionary }
    dictionary = value
    if let string = value["Contents"]?.string { contents = string.bytes }
    if value.hasDuplicateKeys { return .duplicateKeys }
    let type = try file.resolve(value["Type"], in: file.current)
    guard type.isNull || type.name == "Sig" || type.name == "DocTimeStamp" else { return .type }
    guard let holder = field.holder else { return .noDictionary }
    guard let extent = try file.extent(of: holder.number, in: file.current) else { return .noDictionary }
    guard let string = value["Contents"]?.string, string.isHexadecimal, !string.range.isEmpty else {
      return .noContents
    }
    guard let byteRange = value["ByteRange"] else { return .noByteRange }
    guard let numbers = byteRange.array?.compactMap(\.integer), numbers.count == 4, byteRange.array?.count == 4 else {
      return .byteRangeShape
    }
    guard numbers[0] == 0, numbers.allSatisfy({ $0 >= 0 && $0 <= Int.max / 2 }), numbers[1] > 0, numbers[3] > 0,
      numbers[1] < numbers[2]
    else { return .byteRangeBounds }
    let end = numbers[2] + numbers[3]
    guard end <= file.source.count else { return .byteRangeBeyondFile }
    declared = [0..<numbers[1], numbers[2]..<end]
    // Compared with the parsed token, not found by a search: the gap is this /Contents and nothing else.
    guard string.range == numbers[1]..<numbers[2] else { return .contentsPlace }
    guard string.range.count == 2 * string.bytes.count + 2, try isAllDigits(string.range, file) else {
      return .contentsShape
    }
    guard extent.lowerBound < numbers[1], extent.upperBound <= end else { return .contentsPlace }
    signed = declared
    var signedRevision: PDFRevision?
    for candidate in file.revisions where try ends(candidate, at: end, file) { signedRevision = candidate }
    guard let own = signedRevision else { return .notARevision }
    revision = own
    // The signed revision, read by itself, must have this very signature at this very place.
    guard file.reference(to: holder.number, in: own) == holder,
      file.samePlace(holder.number, in: own, and: file.current),
      (try file.signatureFields(in: own)).contains(where: { $0.name == field.name && $0.value == field.value })
    else { return .notInSignedRevision }
    return nil
  }

  /// Whether there is nothing but digits between the delimiters: white space could be anything once more.
  private static func isAllDigits(_ token: Range<Int>, _ file: PDFFile) throws(PDFError) -> Bool {
    try file.source.withBytes(token) { bytes throws(PDFError) in
      bytes.dropFirst().dropLast().allSatisfy { byte in
        (0x30...0x39).contains(byte) || (0x41...0x46).contains(byte) || (0x61...0x66).contains(byte)
      }
    }
  }

  /// Whether `revision` ends at `end`: after its `%%EOF` and at most one end of line.
  private static func ends(_ revision: PDFRevision, at end: Int, _ file: PDFFile) throws(PDFError) -> Bool {
    guard end >= revision.markerEnd, end <= revision.markerEnd + 2 else { return false }
    let rest = try file.source.copy(revision.markerEnd..<end)
    return rest.isEmpty || rest == [0x0A] || rest == [0x0D] || rest == [0x0D, 0x0A]
  }
}
