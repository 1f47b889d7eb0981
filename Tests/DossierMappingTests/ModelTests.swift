import DossierMapping
import DossierModel
import Foundation
import Testing

@Suite("Dossiers as values")
struct ModelTests {
  @Test("The structured dossier comes back equal", arguments: DossierType.allCases)
  func json(_ type: DossierType) throws {
    var dice = SeededDice(seed: 11)
    var dossier = Dossier(
      type: type, contact: ContactPerson(fullName: "Ưng Hữu Ân", idIssueDate: CalendarDate(iso: "2024-02-29")))
    dossier.rows = (1...30).map { InventedRows.row($0, type, .letter, &dice) }
    dossier.rows[0].asPrinted[.email] = "x @y"
    dossier.letter = LetterHead(
      number: "01", notation: "SMH-VP", date: CalendarDate(iso: "2026-11-20"),
      signer: .init(fullName: "A", titleLines: ["KT. GIÁM ĐỐC"]))
    dossier.declaredCount = 30
    dossier.revocationLetter = Dossier.LetterReference(code: "2/SMH-VP")
    let bytes = try StructuredDossier.encode(dossier)
    #expect(try StructuredDossier.decode(bytes) == dossier)
    #expect(try StructuredDossier.encode(dossier) == bytes)
  }

  @Test(
    "What is no structured dossier is refused, and the detail names the place, not the content",
    arguments: [
      "", "[]", "{}", "{\"format\":\"lienthong.dossier\",\"version\":2,\"type\":\"01\",\"rows\":[]}",
      "{\"format\":\"lienthong.dossier\",\"version\":1,\"type\":\"07\",\"rows\":[]}",
      "{\"format\":\"lienthong.dossier\",\"version\":1,\"type\":\"01\",\"rows\":[{\"birthDate\":\"Nguyễn\"}]}",
    ])
  func refused(_ text: String) {
    let error = #expect(throws: DossierMappingError.self) { try StructuredDossier.decode(Array(text.utf8)) }
    #expect(error?.code == .structuredDossierWrong)
    #expect(error?.detail.contains("Nguyễn") == false)
  }

  @Test("A dossier moves only as its states allow, and the final ones stay")
  func states() {
    var dossier = Dossier(type: .persons)
    var moved = dossier.move(to: .done)
    #expect(!moved)
    #expect(dossier.state == .draft && dossier.state.folder == .outgoing)
    for state in [DossierState.sent, .waiting, .accepted, .processing, .supplementRequested, .processing, .done] {
      moved = dossier.move(to: state)
      #expect(moved)
    }
    #expect(dossier.state.isFinal && dossier.state.folder == .finished)
    for state in DossierState.allCases {
      moved = dossier.move(to: state)
      #expect(!moved)
    }
  }

  @Test(
    "SIM PKI cells are read in all spellings",
    arguments: [
      ("Viettel", "Viettel", false), ("viettel(cs)", "Viettel", true), ("Viettel/cs", "Viettel", true),
      ("VINAPHONE ( CS )", "Vinaphone", true), ("Mobi Fone", "Mobifone", false), ("Mobifone - cs", "Mobifone", true),
      ("Vietnamobile(cs)", "Vietnamobile", true), ("Viettel (chuyển số)", "Viettel", true),
    ])
  func sim(_ cell: String, _ carrier: String, _ keeps: Bool) {
    #expect(SIMPKI(cell: cell) == SIMPKI(carrier: carrier, keepNumber: keeps))
  }

  @Test("An empty SIM PKI cell means a token", arguments: ["", " ", "-", "/"])
  func noSIM(_ cell: String) { #expect(SIMPKI(cell: cell) == nil) }

  @Test(
    "Mobile numbers are normalised",
    arguments: [
      ("(091) 200 - 0001", "0912000001"), ("+84 912 000 001", "0912000001"), ("84912000001", "0912000001"),
      ("0912.000.001", "0912000001"),
    ])
  func phones(_ text: String, _ digits: String) { #expect(PhoneNumber(text)?.digits == digits) }

  @Test(
    "What no Vietnamese mobile network owns is no mobile number",
    arguments: ["0123456789", "0712345678", "091200000", "09120000011", "0912x00001", "", "02437738668"])
  func noPhones(_ text: String) { #expect(PhoneNumber(text) == nil) }
}
