import DossierModel
import EdXML
import LetterSignatures
import Testing
import VietnameseText

@testable import Connector

@Suite("Letter choice")
struct LetterChoiceTests {
  private let document = EdocDocument(
    from: Organization("H99.03.01", name: "Sở Thử"), to: [Organization("G88.21", name: "Cơ quan chứng thực")],
    documentId: "H99.03.01,2026/11/20,12/ST-VP", code: DocumentCode(number: "12", notation: "ST-VP"),
    promulgation: Promulgation(place: "Thử", date: EdocDate("2026/11/20")), subject: "V/v thử")

  private func file(
    _ name: String, number: String?, notation: String = "ST-VP", _ integrity: LetterReport.Integrity = .intact,
    codes: [LetterCode] = [], sha256: String? = nil
  ) -> LetterChoice.Candidate {
    let head = LetterHead(number: number, notation: number == nil ? nil : notation)
    return LetterChoice.Candidate(
      name: name, sha256: sha256 ?? name, content: LetterContent(textQuality: .text, head: head),
      integrity: integrity, codes: codes)
  }

  private func choose(_ files: LetterChoice.Candidate...) -> LetterChoice { LetterChoice(of: files, for: document) }

  @Test("A single file is the letter whatever its head says; so is the same file sent twice")
  func single() {
    #expect(choose(file("a", number: nil)).letter == 0)
    let twice = choose(file("a", number: nil, sha256: "1"), file("b", number: nil, sha256: "1"))
    #expect(twice.letter == 0 && twice.hold == nil)
  }

  @Test("Of several files the one that bears number and notation of the Code is the letter, written 012 or 12")
  func named() {
    let choice = choose(file("annex", number: "12", notation: "ST-TCKT"), file("letter", number: "012"))
    #expect(choice.letter == 1 && choice.hold == nil && choice.notes.isEmpty)
  }

  @Test("None that bears the Code, or two, one of them perhaps forged: a person chooses")
  func undecided() {
    let none = choose(file("a", number: "13"), file("b", number: nil))
    #expect(none.letter == nil && none.hold?.decision == .hold)
    #expect(none.hold?.codes.contains("NO_LETTER_NAMED") == true)
    let two = choose(file("a", number: "12"), file("b", number: "12", .modified, codes: [.modified]))
    #expect(two.letter == nil && two.hold?.codes == ["SEVERAL_LETTERS"])
  }

  @Test("An annex that was changed after signing holds the letter; an unsigned one is noted")
  func annexes() {
    let broken = choose(file("a", number: "12"), file("b", number: nil, .modified, codes: [.modified]))
    #expect(broken.letter == nil && broken.hold?.codes == ["ANNEX_NOT_SOUND", "MODIFIED"])
    #expect(broken.hold?.reason.vi.contains("“b”") == true)
    let plain = choose(file("a", number: "12"), file("b", number: nil, .unsigned, codes: [.unsigned]))
    #expect(plain.letter == 0 && plain.notes == ["ANNEX_UNSIGNED"])
  }

  @Test("A letter that bears the Code and was changed is still the letter, to be refused as such")
  func refusedLetter() {
    #expect(choose(file("a", number: "12", .modified, codes: [.modified]), file("b", number: nil)).letter == 0)
  }
}
