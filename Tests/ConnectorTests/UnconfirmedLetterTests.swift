import DeliveryLedger
import EdXML
import Foundation
import Testing

@testable import Connector

@Suite("A letter whose sender an officer confirms")
struct UnconfirmedLetterTests {
  private static let stranger = "H77.01"

  private func held(_ desk: ScriptedIntake, _ content: String = "một") async throws -> LetterRecord {
    let letter = try await desk.receive(ScriptedIntake.document("X", content), by: Self.stranger)
    #expect(letter.standing == .unconfirmed && letter.state == "held")
    return letter
  }

  @Test("is judged as that sender's own from then on")
  func accepted() async throws {
    let desk = try ScriptedIntake()
    let letter = try await held(desk)
    try await desk.accept(letter)
    #expect(try await desk.letter(letter).standing == .original)
    #expect(try await desk.state(letter) == "accepted")
    #expect(try await desk.told(letter) == ["03"])
    #expect(try await desk.ledger.verify().faults.isEmpty)
  }

  @Test("ends without a word to anybody when it is refused: the true letter's sender must not hear of it")
  func refused() async throws {
    let desk = try ScriptedIntake()
    let letter = try await held(desk)
    let own = try await desk.receive(ScriptedIntake.document("X", "hai"))
    _ = try await desk.officer.refuse(letter.id.rawValue, officer: "Cán bộ", reason: "Giả mạo")
    #expect(try await desk.state(letter) == "refused")
    #expect(try await desk.told(letter).isEmpty)
    #expect(try await desk.state(own) == "accepted")
  }

  @Test("needs a second word where another letter has its name by now, also when the worker was stopped in between")
  func taken() async throws {
    let desk = try ScriptedIntake()
    let letter = try await held(desk)
    let other = try await desk.receive(ScriptedIntake.document("X", "hai"))
    try await desk.accept(letter)
    for _ in 1...2 {
      #expect(try await desk.letter(letter).standing == .presumedUpdate)
      #expect(try await desk.state(letter) == "held")
      #expect(try await desk.state(other) == "accepted")
      // Judged once more, as after a crash, with the word that is used up.
      try await desk.work(letter)
    }
    try await desk.accept(letter)
    #expect(try await desk.state(letter) == "accepted")
    #expect(try await desk.state(other) == "replaced")
  }

  @Test("is a copy where the same letter came from its sender meanwhile: one dossier, not two")
  func same() async throws {
    let desk = try ScriptedIntake()
    let letter = try await held(desk)
    let other = try await desk.receive(ScriptedIntake.document("X", "một"))
    try await desk.accept(letter)
    #expect(try await desk.state(letter) == "copy")
    #expect(try await desk.letter(letter).copyOf == other.id)
    #expect(try await desk.told(letter).isEmpty)
    #expect(try await desk.atWork() == 1)
  }

  @Test("is asked about anew for every other doubt: the number of another letter is not accepted with the sender")
  func otherDoubt() async throws {
    let desk = try ScriptedIntake()
    try await desk.receive(ScriptedIntake.document("Y", "một"))
    let letter = try await held(desk, "hai")
    try await desk.accept(letter)
    #expect(try await desk.letter(letter).codes == ["V16"])
    #expect(try await desk.atWork() == 1)
    try await desk.accept(letter)
    #expect(try await desk.state(letter) == "accepted")
  }

  @Test("is unconfirmed again when the officer takes the word back while it is held")
  func undone() async throws {
    let desk = try ScriptedIntake()
    let letter = try await held(desk)
    try await desk.accept(letter, ScriptedIntake.unbound)
    #expect(try await desk.letter(letter).standing == .original)
    _ = try await desk.officer.decide(letter.id.rawValue, nil, officer: "Cán bộ")
    try await desk.work(letter)
    let now = try await desk.letter(letter)
    #expect(now.standing == .unconfirmed && now.state == "held" && now.codes.first == "SENDER_MISMATCH")
    let other = try await desk.receive(ScriptedIntake.document("X", "hai"))
    #expect(other.standing == .original && other.state == "accepted")
  }

  @Test("stays confirmed once the same letter came from its sender: the copy has its answers from it alone")
  func undoneTooLate() async throws {
    let desk = try ScriptedIntake()
    let letter = try await held(desk)
    try await desk.accept(letter, ScriptedIntake.unbound)
    let subject = try await desk.letter(letter).subject
    let copy = try await desk.receive(ScriptedIntake.document("X", try #require(subject)))
    #expect(copy.standing == .copy)
    let error = await #expect(throws: ConnectorError.self) {
      _ = try await desk.officer.decide(letter.id.rawValue, nil, officer: "Cán bộ")
    }
    #expect(error?.code == .notInThisState)
    #expect(try await desk.letter(letter).standing == .original)
  }

  @Test("was recalled, taken back or replaced before: that holds, and what asked for it is answered")
  func overtaken() async throws {
    let desk = try ScriptedIntake()
    let recalled = try await held(desk)
    let recall = try await desk.receive(ScriptedIntake.recall([ScriptedIntake.reference("X")]))
    #expect(recall.state == "held")
    try await desk.accept(recalled)
    #expect(try await desk.state(recalled) == "withdrawn")
    #expect(try await desk.state(recall) == "agreed")
    #expect(try await desk.told(recall).last == "15")

    let other = try ScriptedIntake()
    let replaced = try await held(other)
    let replacement = try await other.receive(ScriptedIntake.replacement("Y", number: "126", of: ["X"]))
    #expect(replacement.state == "accepted")
    try await other.accept(replaced)
    #expect(try await other.state(replaced) == "replaced")
    #expect(try await other.atWork() == 1)

    let third = try ScriptedIntake()
    let back = try await held(third)
    let arrival = try await third.receive(status: .takeBack, about: ScriptedIntake.reference("X"))
    try await StatusIntake(workplace: third.workplace).settle(arrival)
    try await third.accept(back)
    #expect(try await third.state(back) == "withdrawn")
    for arrival in try await third.ledger.dueArrivals(now: third.bench.now) {
      try await StatusIntake(workplace: third.workplace).settle(arrival)
    }
    #expect(try await third.told(back) == ["15"])
  }

  @Test("wakes the update that waited for it")
  func update() async throws {
    let desk = try ScriptedIntake()
    let letter = try await held(desk)
    let update = try await desk.receive(ScriptedIntake.update("X", "hai"))
    #expect(update.codes == ["UPDATE_TARGET_UNKNOWN"])
    try await desk.accept(letter)
    #expect(try await desk.letter(update).nextActionAt != nil)
    try await desk.work(update)
    #expect(try await desk.state(update) == "accepted")
    #expect(try await desk.state(letter) == "replaced")
  }

  @Test("stays as it is once refused, whatever was due for it")
  func settled() async throws {
    let desk = try ScriptedIntake()
    let letter = try await held(desk)
    var decision = OfficerDecision(by: "Cán bộ")
    decision.accepts = true
    _ = try await desk.officer.decide(letter.id.rawValue, decision, officer: "Cán bộ")
    _ = try await desk.officer.refuse(letter.id.rawValue, officer: "Cán bộ", reason: "Giả mạo")
    #expect(try await desk.letter(letter).nextActionAt == nil)
    try await desk.work(letter)
    let now = try await desk.letter(letter)
    #expect(now.state == "refused" && now.standing == .unconfirmed && now.nextActionAt == nil)
  }
}
