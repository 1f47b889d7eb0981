import DeliveryLedger
import EdXML
import Foundation
import Testing

@testable import Connector

@Suite("One matter is one dossier")
struct SameMatterTests {
  @Test("A replacement that comes after its own replacement ends what it replaces", arguments: [true, false])
  func replacementOfReplacement(letterFirst: Bool) async throws {
    let desk = try ScriptedIntake()
    let letter = ScriptedIntake.document("A", "một")
    let last = ScriptedIntake.replacement("C", number: "127", of: ["B"])
    var first: LetterRecord
    if letterFirst {
      first = try await desk.receive(letter)
      try await desk.receive(last)
    } else {
      try await desk.receive(last)
      first = try await desk.receive(letter)
    }
    #expect(first.state == "accepted")
    let middle = try await desk.receive(ScriptedIntake.replacement("B", number: "126", of: ["A"]))
    #expect(middle.state == "replaced")
    first = try await desk.letter(first)
    #expect(first.state == "replaced")
    #expect(try await desk.atWork() == 1)
  }

  @Test("A replacement that was held ends what it replaces, too, when it is found to be replaced itself")
  func heldReplacement() async throws {
    let desk = try ScriptedIntake()
    let first = try await desk.receive(ScriptedIntake.document("A", "một"))
    let middle = try await desk.receive(
      ScriptedIntake.replacement("B", number: "126", of: ["A"]), by: "H77.01")
    #expect(middle.standing == .unconfirmed)
    try await desk.receive(ScriptedIntake.replacement("C", number: "127", of: ["B"]))
    try await desk.accept(middle)
    #expect(try await desk.state(middle) == "replaced")
    #expect(try await desk.state(first) == "replaced")
    #expect(try await desk.atWork() == 1)
  }

  @Test("A second recall of the same words is one of its own where it names another letter")
  func secondRecall() async throws {
    let desk = try ScriptedIntake()
    try await desk.receive(ScriptedIntake.document("X", "một"))
    try await desk.receive(ScriptedIntake.recall([ScriptedIntake.reference("X")]))
    let corrected = try await desk.receive(ScriptedIntake.document("Y", "hai"))
    #expect(corrected.state == "accepted")
    let second = try await desk.receive(ScriptedIntake.recall([ScriptedIntake.reference("Y")]))
    #expect(second.standing == .original && second.state == "agreed")
    #expect(try await desk.state(corrected) == "withdrawn")
  }

  @Test("The very recall once more is not answered 15 while a later letter of that name is worked on")
  func recallAgain() async throws {
    let desk = try ScriptedIntake()
    try await desk.receive(ScriptedIntake.document("X", "một"))
    let recall = ScriptedIntake.recall([ScriptedIntake.reference("X")])
    try await desk.receive(recall)
    #expect(try await desk.receive(recall).state == "copy", "nothing came in between")
    let corrected = try await desk.receive(ScriptedIntake.document("X", "hai"))
    try await desk.accept(corrected)
    #expect(try await desk.state(corrected) == "accepted")
    let again = try await desk.receive(recall)
    #expect(again.state == "held" && again.codes == ["RECALL_AGAIN"])
    #expect(try await desk.told(again) == ["01"])
    #expect(try await desk.state(corrected) == "accepted")
    // It is no recall that waits for a letter.
    let update = try await desk.receive(ScriptedIntake.update("X", "ba"))
    #expect(update.state == "accepted")
    _ = try await desk.officer.refuse(again.id.rawValue, officer: "Cán bộ", reason: "Bên gửi không thu hồi bản sau.")
    #expect(try await desk.told(again) == ["01", "16"])
  }

  @Test("Of a recall that came again an officer may say that it counts")
  func recallCounts() async throws {
    let desk = try ScriptedIntake()
    try await desk.receive(ScriptedIntake.document("X", "một"), ScriptedIntake.faulty)
    let recall = ScriptedIntake.recall([ScriptedIntake.reference("X")])
    try await desk.receive(recall)
    let corrected = try await desk.receive(ScriptedIntake.document("X", "hai"))
    #expect(corrected.state == "accepted")
    let again = try await desk.receive(recall)
    #expect(again.state == "held")
    try await desk.judgeAgain(again)
    #expect(try await desk.state(again) == "held")
    #expect(try await desk.state(corrected) == "accepted")
    try await desk.judgeAgain(again, accepting: true)
    #expect(try await desk.state(again) == "agreed")
    #expect(try await desk.state(corrected) == "withdrawn")
    #expect(try await desk.told(again) == ["01", "15"])
  }

  @Test("A corrected letter does not stand beside the update that was accepted in the refused one's place")
  func correctedAfterUpdate() async throws {
    let desk = try ScriptedIntake()
    try await desk.receive(ScriptedIntake.document("X", "một"), ScriptedIntake.faulty)
    let update = try await desk.receive(ScriptedIntake.update("X", "hai"))
    #expect(update.state == "accepted")
    let corrected = try await desk.receive(ScriptedIntake.document("X", "ba"))
    #expect(corrected.state == "held" && corrected.standing == .presumedUpdate)
    #expect(try await desk.atWork() == 1)
  }

  @Test("One document under two kinds is held")
  func otherKind() async throws {
    let desk = try ScriptedIntake()
    #expect(try await desk.receive(ScriptedIntake.replacement("B", number: "126", of: ["A"])).state == "accepted")
    let again = try await desk.receive(ScriptedIntake.document("B", "Thay thế", number: "126"))
    #expect(again.state == "held" && again.codes == ["V16"])
    #expect(try await desk.atWork() == 1)
  }

  @Test("The very PDF under a number that is written otherwise is held")
  func samePDF() async throws {
    let desk = try ScriptedIntake()
    let first = try await desk.receive(ScriptedIntake.document("X", "một", number: "05"), pdf: "%PDF-1.7 một")
    #expect(first.state == "accepted")
    let again = try await desk.receive(ScriptedIntake.document("Y", "một", number: "5"), pdf: "%PDF-1.7 một")
    #expect(again.state == "held" && again.codes == ["V16"])
    let other = try await desk.receive(ScriptedIntake.document("Z", "hai", number: "6"), pdf: "%PDF-1.7 hai")
    #expect(other.state == "accepted")
  }

  /// The sender as the directory knows it: under two codes.
  private static let otherForm = "000.00.15.H99"

  private func deskWithDirectory() async throws -> ScriptedIntake {
    let desk = try ScriptedIntake()
    try await desk.ledger.synchroniseAgencies(
      [DirectoryAgency(code: ScriptedIntake.sender, code102: Self.otherForm, name: "Sở Ví dụ")], source: "test",
      complete: false, at: desk.bench.now)
    return desk
  }

  private static func underOtherForm(_ document: EdocDocument) -> EdocDocument {
    var document = document
    document.from.organId = otherForm
    return document
  }

  @Test(
    "A recall under another of its sender's codes finds the letter, also when it comes first", arguments: [true, false])
  func recallUnderOtherForm(letterFirst: Bool) async throws {
    let desk = try await deskWithDirectory()
    let letter = ScriptedIntake.document("X", "một")
    let recall = Self.underOtherForm(ScriptedIntake.recall([ScriptedIntake.reference("X")]))
    if letterFirst { try await desk.receive(letter) }
    let recalled = try await desk.receive(recall)
    if !letterFirst { try await desk.receive(letter) }
    #expect(try await desk.state(recalled) == "agreed")
    #expect(try await desk.atWork() == 0)
  }

  @Test("A taking back under another of its sender's codes is granted")
  func takeBackUnderOtherForm() async throws {
    let desk = try await deskWithDirectory()
    let letter = try await desk.receive(ScriptedIntake.document("X", "một"), ScriptedIntake.unbound)
    let status = try await desk.receive(
      status: .takeBack, about: ScriptedIntake.reference("X"), from: Self.otherForm)
    try await StatusIntake(workplace: desk.workplace).settle(status)
    #expect(try await desk.state(letter) == "withdrawn")
  }

  @Test("A letter that was refused may come corrected under another of its sender's codes")
  func correctedUnderOtherForm() async throws {
    let desk = try await deskWithDirectory()
    try await desk.receive(ScriptedIntake.document("X", "một"), ScriptedIntake.faulty)
    let corrected = try await desk.receive(Self.underOtherForm(ScriptedIntake.document("X", "hai")))
    #expect(corrected.state == "accepted")
  }

  @Test("The same document once more under another of its sender's codes is held")
  func letterUnderOtherForm() async throws {
    let desk = try await deskWithDirectory()
    let letter = ScriptedIntake.document("X", "một")
    #expect(try await desk.receive(letter).state == "accepted")
    let again = try await desk.receive(Self.underOtherForm(letter))
    #expect(again.state == "held" && again.codes == ["V16"])
    #expect(try await desk.atWork() == 1)
  }
}
