import DossierMapping
import DossierModel
import Testing
import VietnameseText

/// What a letter that was read becomes: invented letters, as `RequestLetter` would tell them.
@Suite("Letter mapper")
struct LetterMapperTests {
  let mapping: MappingSet
  let context = RuleContext(today: CalendarDate(iso: "2026-11-22"))

  init() throws { mapping = try BuiltIn.mapping.get() }

  private func letter(_ type: DossierType, rows: Int = 2) -> LetterContent {
    var dice = SeededDice(seed: 31)
    let letter = mapping.description(of: type)?.letter
    var content = LetterContent(textQuality: .text)
    content.head.subject = letter?.subject
    content.head.addressee = mapping.addressees.authority.print
    content.head.agency = "Sở Thử nghiệm tỉnh Lạng Sơn"
    content.contact = ContactPerson(
      fullName: "Ưng Ỷ", citizenId: "038090001211", idIssueDate: CalendarDate(iso: "2024-07-01"),
      idIssuePlace: "Bộ Công an", position: "Văn thư", organisation: "Văn phòng", mobile: "0912000111",
      email: "vt@donvi.vidu.gov.vn", address: "Số 1")
    content.declaredCount = rows
    content.tables = [
      LetterContent.Table(
        header: ["STT"] + (letter?.columns.map(\.title) ?? []), type: type,
        rows: (1...rows).map { InventedRows.row($0, type, .letter, &dice) }, declaredCount: rows)
    ]
    return content
  }

  private func map(_ letter: LetterContent, decided: TypeDecision? = nil) -> MappedDossier {
    LetterMapper(mapping: mapping).map(letter: letter, context: context, decided: decided)
  }

  @Test("A good letter of each type is that type, without a word against it", arguments: DossierType.allCases)
  func good(_ type: DossierType) {
    let mapped = map(letter(type))
    #expect(mapped.verdict == .type(type))
    #expect(mapped.findings == [])
    #expect(mapped.dossier?.rows.count == 2)
  }

  @Test("V02: subject and table of two types are held, with both named", arguments: [DossierType.revocation, .devices])
  func several(_ other: DossierType) {
    var content = letter(.persons)
    content.head.subject = mapping.description(of: other)?.letter.subject
    let mapped = map(content)
    #expect(mapped.verdict == .ambiguous([.persons, other].sorted()))
    #expect(mapped.findings.map(\.code) == ["V02"])
    #expect(mapped.findings.first?.text.vi.contains(other.rawValue) == true)
    #expect(mapped.dossier == nil)
  }

  @Test("Two letters in one file are held for a person, with the first one's dossier as a proposal")
  func further() {
    var content = letter(.persons)
    content.furtherLetters = 1
    let mapped = map(content)
    #expect(mapped.verdict == .manual(guess: .persons))
    #expect(mapped.findings.map { "\($0.code) \($0.severity.rawValue)" } == ["X-LETTERS error"])
    #expect(mapped.dossier?.rows.count == 2)
  }

  @Test("A table that runs off its page is an error: what is lost there can not be guessed")
  func cutOff() {
    var content = letter(.persons)
    content.isCutOff = true
    #expect(map(content).findings.map { "\($0.code) \($0.severity.rawValue)" } == ["X-EDGE error"])
  }

  @Test("A list beside a letter without a table gives the rows, and it is said that no signature covers them")
  func listOnly() throws {
    var content = letter(.persons)
    let rows = content.tables[0].rows
    content.tables = []
    let list = try SheetExporter(mapping: mapping).list(rows, type: .persons, as: .xlsx)
    let mapped = LetterMapper(mapping: mapping).map(
      letter: content,
      lists: [.init(name: "ds.xlsx", bytes: list), .init(name: "hong.xlsx", bytes: [0x50, 0x4B, 0x03, 0x04, 0x00])],
      context: context)
    #expect(mapped.verdict == .type(.persons))
    #expect(mapped.dossier?.rows.map(\.citizenId) == rows.map(\.citizenId))
    #expect(mapped.findings.contains { $0.code == "X-NOTABLE" && $0.severity == .warning })
    #expect(mapped.findings.contains { $0.code == "X-LIST" && $0.severity == .warning })
  }

  @Test("A date that is printed but is no day is called so, not missing")
  func unreadDate() {
    var content = letter(.persons)
    content.tables[0].rows[1].birthDate = nil
    content.tables[0].rows[1].asPrinted[.birthDate] = "31/02/1990"
    #expect(map(content).findings.map { "\($0.code) \($0.row ?? 0) \($0.field ?? "")" } == ["X-DATE 2 birthDate"])
    content.tables[0].rows[1].asPrinted[.birthDate] = nil
    #expect(map(content).findings.map { "\($0.code) \($0.row ?? 0) \($0.field ?? "")" } == ["V04 2 birthDate"])
  }

  @Test("A person's decision stands over the evidence, is recorded, and is undone by mapping without it")
  func decision() {
    var content = letter(.persons)
    content.head.subject = mapping.description(of: .revocation)?.letter.subject
    let decision = TypeDecision(
      type: .persons, by: "can-bo-1", at: "2026-11-22T09:00:00+07:00", reason: "Trích yếu ghi nhầm")
    let decided = map(content, decided: decision)
    #expect(decided.verdict == .type(.persons))
    #expect(decided.decision == decision)
    #expect(decided.evidence == map(content).evidence)
    #expect(decided.dossier?.rows.count == 2)
    #expect(map(content).verdict == .ambiguous([.persons, .revocation]))
    let none = map(content, decided: TypeDecision(type: nil, by: "can-bo-1", at: "2026-11-22T09:00:00+07:00"))
    #expect(none.verdict == .none && none.dossier == nil)
  }
}
