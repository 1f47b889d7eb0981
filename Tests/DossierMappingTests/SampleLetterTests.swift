import DossierMapping
import DossierModel
import Testing

/// What a perfect reader would make of the sample letters, judged by the mapping.
@Suite(
  "Letters from other software, as a perfect reader sees them",
  .enabled(if: Samples.canRun, "samples not found: set LIENTHONG_SAMPLES_DIR"))
struct SampleLetterTests {
  let mapping: MappingSet

  init() throws { mapping = try BuiltIn.mapping.get() }

  @Test("The samples are there when they are required")
  func samplesAreThere() { #expect(!Samples.letters.isEmpty) }

  @Test("Type and faults come out as the reference says", arguments: Samples.letters)
  func verdicts(_ file: Samples.File) throws {
    let mapped = LetterMapper(mapping: mapping).map(
      letter: Self.content(file),
      context: RuleContext(today: Samples.expectations?.today, receivedOn: Samples.expectations?.today))
    let wanted = file.verdict == "manual" ? "manual" : file.dossierType
    #expect(mapped.verdict.name == wanted, "\(mapped.evidence)")
    if file.verdict == "clean" {
      #expect(!mapped.hasErrors, "\(mapped.findings)")
      #expect(mapped.dossier?.rows == file.rows?.map(\.row))
    }
    // V17 and V18 come from the signatures, which are not part of this test.
    let faults = file.faults.filter { !["V17", "V18"].contains($0.code) }
    for fault in faults {
      #expect(
        mapped.findings.contains {
          $0.code == fault.code && $0.row == fault.row && (fault.field == nil || $0.field == fault.field)
        }, "\(fault) not in \(mapped.findings)")
    }
    for finding in mapped.findings where finding.severity == .error {
      #expect(faults.contains { $0.code == finding.code && $0.row == finding.row }, "\(finding)")
    }
  }

  @Test(
    "A list beside a letter that says the same brings no difference, one that lacks a row does",
    arguments: Samples.letters.filter { $0.accompaniedBy != nil })
  func lists(_ file: Samples.File) throws {
    let attachments = try (file.accompaniedBy ?? []).map {
      LetterMapper.Attachment(name: $0, bytes: try #require(Samples.bytes($0)))
    }
    let mapped = LetterMapper(mapping: mapping).map(
      letter: Self.content(file), lists: attachments, context: RuleContext(today: Samples.expectations?.today))
    let expected = Samples.lists.filter { file.accompaniedBy?.contains($0.file) ?? false }.flatMap(\.faults)
    #expect(mapped.verdict.name == file.dossierType)
    if expected.isEmpty {
      #expect(!mapped.findings.contains { $0.severity > .notice }, "\(mapped.findings)")
      #expect(mapped.dossier?.rows.allSatisfy { $0.orgLevel1 != nil } ?? false)
    } else {
      #expect(mapped.findings.contains { $0.code == "V03" && $0.field == "rowCount" }, "\(mapped.findings)")
      #expect(mapped.findings.contains { $0.code == "X-DIFF" && $0.row == 4 })
    }
    // The signed letter's own rows stay.
    #expect(mapped.dossier?.rows.count == file.rows?.count)
  }

  static func content(_ file: Samples.File) -> LetterContent {
    var content = LetterContent(textQuality: .text)
    if file.faults.contains(where: { $0.code == "NO_TEXT" }) { content.textQuality = .noText }
    if file.faults.contains(where: { $0.code == "TEXT_ENCODING" }) { content.textQuality = .undecodable }
    content.formNumber = file.formNumberPrinted.map { String($0.suffix(2)) }
    content.head = LetterHead(
      date: file.documentDate, subject: file.subject, agency: file.agency?.name, superior: file.agency?.superior,
      addressee: file.addressee)
    content.contact = file.contact
    content.declaredCount = file.declaredCount
    if let header = file.tableHeader {
      let type = DossierType(rawValue: file.dossierType)
      content.tables = [LetterContent.Table(header: header, type: type ?? .persons, rows: file.rows?.map(\.row) ?? [])]
    }
    return content
  }
}
