import DeliveryLedger
import DossierModel
import EdXML
import Foundation
import SigningCore
import Testing
import VietnameseText

@testable import Connector

@Suite("Changes that the authority receives")
struct ChangeIntakeTests {
  // MARK: Corrected letters

  @Test("A letter may be corrected as often as it is refused, each time in the place of the last")
  func thirdVersion() async throws {
    let desk = try ScriptedIntake()
    let first = try await desk.receive(ScriptedIntake.document("X", "một"), ScriptedIntake.faulty)
    let second = try await desk.receive(ScriptedIntake.document("X", "hai"), ScriptedIntake.faulty)
    let third = try await desk.receive(ScriptedIntake.document("X", "ba"))
    #expect(try await desk.ledger.letter(first.id)?.supersededBy == second.id)
    #expect(try await desk.ledger.letter(second.id)?.supersededBy == third.id)
    #expect(third.state == "accepted" && third.standing == .original)
  }

  @Test("Other content after an accepted correction is a presumed update of that, not of the refused letter")
  func thirdAfterAccepted() async throws {
    let desk = try ScriptedIntake()
    try await desk.receive(ScriptedIntake.document("X", "một"), ScriptedIntake.faulty)
    let second = try await desk.receive(ScriptedIntake.document("X", "hai"))
    let third = try await desk.receive(ScriptedIntake.document("X", "ba"))
    #expect(third.standing == .presumedUpdate && third.copyOf == second.id && third.state == "held")
  }

  @Test("A refused letter that is delivered once more is a copy with its own answer, whatever came in its place")
  func lateCopy() async throws {
    for judgement in [ScriptedIntake.acceptable, ScriptedIntake.faulty] {
      let desk = try ScriptedIntake()
      let first = try await desk.receive(ScriptedIntake.document("X", "một"), ScriptedIntake.faulty)
      let second = try await desk.receive(ScriptedIntake.document("X", "hai"), judgement)
      let late = try await desk.receive(ScriptedIntake.document("X", "một"), ScriptedIntake.faulty)
      #expect(late.standing == .copy && late.copyOf == first.id && late.state == "copy")
      #expect(try await desk.ledger.letter(second.id)?.supersededBy == nil)
      #expect(try await desk.told(late).isEmpty, "what waits in the outbox is told anyway")
    }
  }

  // MARK: Versions under one id

  /// A letter and a presumed update of it that an officer accepted.
  private func updated(_ desk: ScriptedIntake) async throws -> (LetterRecord, LetterRecord) {
    let letter = try await desk.receive(ScriptedIntake.document("X", "một"))
    let update = try await desk.receive(ScriptedIntake.document("X", "hai"))
    try await desk.judgeAgain(update, accepting: true)
    #expect(try await desk.state(letter) == "replaced")
    #expect(try await desk.state(update) == "accepted")
    #expect(
      try await desk.ledger.letterDetail(update.id)?.links == [LetterLink(to: letter.id, relation: "updates")])
    return (letter, update)
  }

  @Test("A recall reaches a presumed update that was accepted, and one that is still held")
  func recallOfPresumedUpdate() async throws {
    let desk = try ScriptedIntake()
    let (_, update) = try await updated(desk)
    let held = try await desk.receive(ScriptedIntake.document("X", "ba"))
    let recall = try await desk.receive(ScriptedIntake.recall([ScriptedIntake.reference("X")]))
    #expect(try await desk.state(update) == "withdrawn")
    #expect(try await desk.state(held) == "withdrawn")
    #expect(recall.state == "agreed")
    #expect(try await desk.told(recall) == ["01", "15"])
    #expect(try await desk.atWork() == 0)
  }

  @Test("A recall reaches an update that has an id of its own")
  func recallOfUpdateUnderOwnId() async throws {
    let desk = try ScriptedIntake()
    let letter = try await desk.receive(ScriptedIntake.document("X", "một"))
    let update = try await desk.receive(ScriptedIntake.update("X", "hai", own: "Z"))
    #expect(try await desk.state(letter) == "replaced")
    #expect(update.state == "accepted")
    try await desk.receive(ScriptedIntake.recall([ScriptedIntake.reference("X")]))
    #expect(try await desk.state(update) == "withdrawn")
  }

  @Test("A taking back of a letter whose presumed update was accepted is answered: it is too late")
  func takeBackOfPresumedUpdate() async throws {
    let desk = try ScriptedIntake()
    let (_, update) = try await updated(desk)
    let arrival = try await desk.receive(status: .takeBack, about: ScriptedIntake.reference("X"))
    try await StatusIntake(workplace: desk.workplace).settle(arrival)
    #expect(try await desk.state(update) == "accepted")
    #expect(try await desk.told(update).last == "16")
  }

  @Test("A taking back of a letter in whose place another stands is answered: that one is to be taken back")
  func takeBackOfReplaced() async throws {
    let desk = try ScriptedIntake()
    let letter = try await desk.receive(ScriptedIntake.document("X", "một"))
    let other = try await desk.receive(ScriptedIntake.replacement("Y", number: "126", of: ["X"]))
    #expect(try await desk.state(letter) == "replaced")
    let arrival = try await desk.receive(status: .takeBack, about: ScriptedIntake.reference("X"))
    try await StatusIntake(workplace: desk.workplace).settle(arrival)
    #expect(try await desk.state(letter) == "replaced")
    #expect(try await desk.told(letter).last == "16")
    #expect(try await desk.state(other) == "accepted")
    let said = try #require(try await desk.ledger.letterDetail(letter.id)?.transmissions.last?.description)
    #expect(said.contains("văn bản khác thay"))
  }

  @Test("An update stands in the place of every open version, so that one is at work")
  func updateOfPresumedUpdate() async throws {
    let desk = try ScriptedIntake()
    let (_, first) = try await updated(desk)
    let held = try await desk.receive(ScriptedIntake.document("X", "ba"))
    let update = try await desk.receive(ScriptedIntake.update("X", "bốn"))
    #expect(update.state == "accepted")
    #expect(try await desk.state(first) == "replaced")
    #expect(try await desk.state(held) == "replaced")
    #expect(try await desk.atWork() == 1)
  }

  // MARK: Out of order

  @Test("An update of a recalled letter is answered 16: the letter does not come back to life")
  func updateAfterRecall() async throws {
    let desk = try ScriptedIntake()
    let letter = try await desk.receive(ScriptedIntake.document("X", "một"))
    try await desk.receive(ScriptedIntake.recall([ScriptedIntake.reference("X")]))
    let update = try await desk.receive(ScriptedIntake.update("X", "hai"))
    #expect(update.state == "declined" && update.codes.contains("CHANGE_TARGET_WITHDRAWN"))
    #expect(try await desk.told(update) == ["01", "16"])
    #expect(update.dossierCode == nil)
    #expect(try await desk.state(letter) == "withdrawn")
  }

  @Test("A letter that comes after its replacement is registered as replaced: one dossier of one matter")
  func replacementFirst() async throws {
    let desk = try ScriptedIntake()
    let replacement = try await desk.receive(ScriptedIntake.replacement("Y", number: "126", of: ["X", "W"]))
    #expect(replacement.state == "accepted" && replacement.codes.contains("REPLACE_TARGET_UNKNOWN"))
    let letter = try await desk.receive(ScriptedIntake.document("X", "một"))
    #expect(letter.state == "replaced" && letter.dossierCode == nil)
    #expect(try await desk.told(letter) == ["01"])
    let other = try await desk.receive(ScriptedIntake.document("W", "hai", number: "124"))
    #expect(other.state == "replaced")
    let stranger = try await desk.receive(ScriptedIntake.document("V", "ba", number: "123"))
    #expect(stranger.state == "accepted")
    let links = try #require(try await desk.ledger.letterDetail(replacement.id)).links
    #expect(Set(links) == [.init(to: letter.id, relation: "replaces"), .init(to: other.id, relation: "replaces")])
    #expect(try await desk.ledger.verify().isIntact)
  }

  @Test("A replacement that names itself among what it replaces moves each letter once")
  func replacementOfItself() async throws {
    let desk = try ScriptedIntake()
    let letter = try await desk.receive(ScriptedIntake.document("X", "một", number: "124"))
    let update = try await desk.receive(ScriptedIntake.update("Y", "hai"))
    #expect(update.state == "held")
    let replacement = try await desk.receive(ScriptedIntake.replacement("Y", number: "126", of: ["X", "Y"]))
    #expect(replacement.state == "accepted")
    #expect(try await desk.state(letter) == "replaced")
    #expect(try await desk.state(update) == "replaced")
  }

  @Test("The second replacement of a letter is held for an officer, and passes at the officer's word")
  func secondReplacement() async throws {
    let desk = try ScriptedIntake()
    try await desk.receive(ScriptedIntake.document("X", "một"))
    try await desk.receive(ScriptedIntake.replacement("Y", number: "126", of: ["X"]))
    let second = try await desk.receive(ScriptedIntake.replacement("Z", number: "127", of: ["X"]))
    #expect(second.state == "held" && second.codes == ["CHANGE_TARGET_REPLACED"])
    #expect(try await desk.atWork() == 1)
    try await desk.judgeAgain(second)
    #expect(try await desk.state(second) == "held")
    try await desk.judgeAgain(second, accepting: true)
    #expect(try await desk.state(second) == "accepted")
    let update = try await desk.receive(ScriptedIntake.update("X", "hai"))
    #expect(update.state == "held" && update.codes == ["CHANGE_TARGET_REPLACED"])
  }

  @Test("A letter that comes after its replacement was recalled waits for an officer")
  func replacementRecalledFirst() async throws {
    let desk = try ScriptedIntake()
    try await desk.receive(ScriptedIntake.replacement("Y", number: "126", of: ["X"]))
    try await desk.receive(ScriptedIntake.recall([ScriptedIntake.reference("Y", code: "126/SVD-VP")]))
    let letter = try await desk.receive(ScriptedIntake.document("X", "một"))
    #expect(letter.state == "held" && letter.codes == ["REPLACEMENT_WITHDRAWN"])
  }

  @Test("An update that comes while an earlier one stands in for a letter that never came takes its place")
  func updateOfUpdateWithoutLetter() async throws {
    let desk = try ScriptedIntake()
    let first = try await desk.receive(ScriptedIntake.update("X", "hai"))
    let second = try await desk.receive(ScriptedIntake.update("X", "ba"))
    #expect(first.state == "held" && second.state == "held" && second.codes == ["UPDATE_TARGET_UNKNOWN"])
    try await desk.judgeAgain(first, accepting: true)
    #expect(try await desk.state(first) == "accepted")
    let third = try await desk.receive(ScriptedIntake.update("X", "bốn"))
    #expect(third.state == "accepted")
    #expect(try await desk.state(first) == "replaced")
    #expect(try await desk.atWork() == 1)
  }

  @Test("An earlier update that was held replaces the letter, and no later update")
  func olderUpdateAfterNewer() async throws {
    let desk = try ScriptedIntake()
    let letter = try await desk.receive(ScriptedIntake.document("X", "một"))
    let first = try await desk.receive(ScriptedIntake.update("X", "hai"), ScriptedIntake.unbound)
    let second = try await desk.receive(ScriptedIntake.update("X", "ba"), ScriptedIntake.unbound)
    try await desk.judgeAgain(first)
    #expect(try await desk.state(letter) == "replaced")
    #expect(try await desk.state(first) == "accepted")
    #expect(try await desk.state(second) == "held")
    try await desk.judgeAgain(second)
    #expect(try await desk.state(first) == "replaced")
    #expect(try await desk.state(second) == "accepted")
    #expect(try await desk.atWork() == 1)
  }

  @Test("An update that comes before its letter is looked at again when the letter comes", arguments: [nil, "Z"])
  func updateFirst(own: String?) async throws {
    let desk = try ScriptedIntake()
    let update = try await desk.receive(ScriptedIntake.update("X", "hai", own: own))
    #expect(update.state == "held" && update.codes == ["UPDATE_TARGET_UNKNOWN"] && update.nextActionAt == nil)
    let letter = try await desk.receive(ScriptedIntake.document("X", "một"))
    #expect(letter.state == "accepted")
    #expect(
      try await desk.ledger.dueLetters(now: desk.bench.now, direction: .incoming).map(\.id) == [update.id])
    try await desk.judgeAgain(update)
    #expect(try await desk.state(update) == "accepted")
    #expect(try await desk.state(letter) == "replaced")
    #expect(try await desk.told(update) == ["01", "15", "03"])
    #expect(
      try await desk.ledger.letterDetail(update.id)?.links == [LetterLink(to: letter.id, relation: "updates")])
  }

  @Test("An officer may accept an update whose letter never came; the letter, come at last, is replaced")
  func updateAccepted() async throws {
    let desk = try ScriptedIntake()
    let update = try await desk.receive(ScriptedIntake.update("X", "hai"))
    try await desk.judgeAgain(update, accepting: true)
    #expect(try await desk.state(update) == "accepted")
    let letter = try await desk.receive(ScriptedIntake.document("X", "một"))
    #expect(letter.state == "replaced")
    #expect(try await desk.atWork() == 1)
  }

  @Test("Recall, update, letter: in the worst order nothing of it is worked on")
  func recallUpdateLetter() async throws {
    let desk = try ScriptedIntake()
    let recall = try await desk.receive(ScriptedIntake.recall([ScriptedIntake.reference("X")]))
    #expect(recall.state == "held")
    let update = try await desk.receive(ScriptedIntake.update("X", "hai"))
    #expect(update.state == "withdrawn")
    let letter = try await desk.receive(ScriptedIntake.document("X", "một"))
    #expect(letter.state == "withdrawn" && letter.dossierCode == nil)
    #expect(try await desk.told(recall) == ["01", "15"])
  }

  @Test("A held update gives way to a later one that is taken in")
  func heldUpdate() async throws {
    let desk = try ScriptedIntake()
    try await desk.receive(ScriptedIntake.document("X", "một"))
    let older = try await desk.receive(ScriptedIntake.update("X", "hai"), ScriptedIntake.unbound)
    let newer = try await desk.receive(ScriptedIntake.update("X", "ba"))
    #expect(try await desk.state(older) == "replaced")
    #expect(newer.state == "accepted")
    #expect(try await desk.atWork() == 1)
  }

  // MARK: Recalls before their letter

  @Test("A recall that names its letter by number and date only is found when the letter comes, with its reason")
  func recallByCode() async throws {
    let desk = try ScriptedIntake()
    let recall = try await desk.receive(
      ScriptedIntake.recall([ScriptedIntake.reference(nil)], reason: "Sai danh sách."))
    let other = try await desk.receive(ScriptedIntake.document("V", "khác", number: "124"))
    #expect(other.state == "accepted")
    let letter = try await desk.receive(ScriptedIntake.document("X", "một"))
    #expect(letter.state == "withdrawn")
    #expect(try await desk.state(recall) == "agreed")
    let said = try #require(
      try await desk.ledger.letterDetail(letter.id)?.events.last { $0.kind == "letter.withdrawn" })
    #expect(said.sentence.vi.contains("Sai danh sách."))
  }

  @Test("By number alone a recall means no letter that is younger than itself, and by another id none at all")
  func recallOfAnother() async throws {
    let desk = try ScriptedIntake()
    try await desk.receive(ScriptedIntake.recall([ScriptedIntake.reference(nil, day: nil)]))
    let younger = try await desk.receive(ScriptedIntake.document("X", "một", day: 9))
    #expect(younger.state == "accepted")
    try await desk.receive(
      ScriptedIntake.recall([ScriptedIntake.reference("W", code: "77/SVD-VP")], id: "r2", number: "901"))
    let same = try await desk.receive(ScriptedIntake.document("Q", "hai", number: "77"))
    #expect(same.state == "accepted", "its own letter W is still to come")
    let meant = try await desk.receive(ScriptedIntake.document("W", "ba", number: "78"))
    #expect(meant.state == "withdrawn")
  }

  @Test("A recall of two letters withdraws the one that comes later, too")
  func recallOfTwo() async throws {
    let desk = try ScriptedIntake()
    let first = try await desk.receive(ScriptedIntake.document("X", "một"))
    let recall = try await desk.receive(
      ScriptedIntake.recall([ScriptedIntake.reference("X"), ScriptedIntake.reference("W", code: "126/SVD-VP")]))
    #expect(recall.state == "agreed")
    #expect(try await desk.state(first) == "withdrawn")
    let second = try await desk.receive(ScriptedIntake.document("W", "hai", number: "126"))
    #expect(second.state == "withdrawn")
    #expect(try await desk.told(recall) == ["01", "15"], "told once")
  }

  @Test("A taking back that came before its letter is granted, not declined", arguments: [true, false])
  func takeBackFirst(byId: Bool) async throws {
    let desk = try ScriptedIntake()
    let statuses = StatusIntake(workplace: desk.workplace)
    let arrival = try await desk.receive(status: .takeBack, about: ScriptedIntake.reference(byId ? "X" : nil))
    try await statuses.settle(arrival)
    #expect(try await desk.ledger.dueArrivals(now: desk.bench.now).isEmpty, "it waits")
    let letter = try await desk.receive(ScriptedIntake.document("X", "một"))
    #expect(letter.state == "withdrawn" && letter.dossierCode == nil)
    let due = try await desk.ledger.dueArrivals(now: desk.bench.now)
    #expect(due.map(\.id) == [arrival.id])
    for status in due { try await statuses.settle(status) }
    #expect(try await desk.told(letter) == ["01", "15"])
    let next = try await desk.receive(ScriptedIntake.document("W", "hai", number: "126"))
    #expect(next.state == "accepted")
  }

  // MARK: Numbers and codes

  @Test("One number with two ids and contents is not accepted twice by judging both again")
  func numberTwice() async throws {
    let desk = try ScriptedIntake()
    let first = try await desk.receive(ScriptedIntake.document("X", "một"), ScriptedIntake.unbound)
    let second = try await desk.receive(ScriptedIntake.document("W", "hai"), ScriptedIntake.unbound)
    for letter in [first, second] { try await desk.judgeAgain(letter) }
    #expect(try await desk.atWork() == 0)
    #expect(try await desk.ledger.letter(second.id)?.codes == ["V16"])
    try await desk.judgeAgain(first, accepting: true)
    try await desk.judgeAgain(second)
    #expect(try await desk.state(first) == "accepted")
    #expect(try await desk.state(second) == "held")
  }

  @Test("An authority answers under the code to which the letter was addressed")
  func otherCode() async throws {
    let desk = try ScriptedIntake(otherCodes: ["G11.98", "000.00.98.G11"])
    func senders(_ letter: LetterRecord) async throws -> Set<String> {
      Set(try await desk.ledger.letterDetail(letter.id)?.transmissions.map(\.from) ?? [])
    }
    let letter = try await desk.receive(ScriptedIntake.document("X", "một", to: "000.00.98.G11"))
    let officer = OfficerDesk(
      ledger: desk.ledger, configuration: desk.workplace.configuration, clock: { [now = desk.bench.now] in now })
    _ = try await officer.say(.assign, to: letter.id.rawValue, officer: "Cán bộ")
    #expect(try await desk.told(letter) == ["01", "03", "04"])
    #expect(try await senders(letter) == ["000.00.98.G11"])
    var recalling = ScriptedIntake.recall([ScriptedIntake.reference("X")])
    recalling.to = [Organization("G11.98", name: "Cục Ví dụ")]
    #expect(try await senders(try await desk.receive(recalling)) == ["G11.98"])
    #expect(try await senders(try await desk.receive(ScriptedIntake.document("W", "hai", number: "126"))) == ["G11.99"])
  }
}
