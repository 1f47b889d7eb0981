internal import PDFDocument
internal import SigningCore

/// Certificates and revocation data in the file: the document security store (ETSI EN 319 142-1, 5.4.2).
struct SecurityStore {
  var certificates: [Certificate] = []
  var evidence = RevocationEvidence(crlDER: [], ocspDER: [])
  var isPresent = false

  /// Most streams read, and the largest of each.
  private static let streamLimit = 1000
  private static let sizeLimit = 20 << 20

  /// What a CMS file has with it.
  init(_ evidence: RevocationEvidence) {
    self.evidence = evidence
    isPresent = !evidence.crls.isEmpty || !evidence.ocspResponses.isEmpty
  }

  /// The store as of the last revision. What cannot be read in it is left out: it can only prove, never disprove.
  init(_ file: PDFFile) {
    guard let value = try? file.resolve(file.catalog(in: file.current)["DSS"], in: file.current),
      let store = value.dictionary
    else { return }
    isPresent = true
    var total = 0
    certificates = Self.streams(store["Certs"], file, &total).compactMap { try? Certificate(der: $0) }
    let crls = Self.streams(store["CRLs"], file, &total)
    let responses = Self.streams(store["OCSPs"], file, &total)
    evidence = RevocationEvidence(crlDER: crls, ocspDER: responses)
  }

  private static func streams(_ value: PDFObject?, _ file: PDFFile, _ total: inout Int) -> [[UInt8]] {
    guard let list = try? file.resolve(value, in: file.current).array else { return [] }
    var result: [[UInt8]] = []
    for item in list.prefix(streamLimit) {
      guard let reference = item.reference, total < sizeLimit,
        let bytes = try? file.decodedData(reference, in: file.current, limit: sizeLimit)
      else { continue }
      total += bytes.count
      result.append(bytes)
    }
    return result
  }
}
