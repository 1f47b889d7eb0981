import DeliveryLedger
import Foundation
import Testing

@Suite("What waits for a person")
struct OutstandingTests {
  /// The axis refuses what is due of `letter`; `steps` follow from that.
  private func refuse(
    _ letter: LetterID, in fixture: LedgerFixture, then steps: [LetterTransition] = []
  ) async throws {
    try await finish(letter, .refused, cause: "18", in: fixture, then: steps)
  }

  private func finish(
    _ letter: LetterID, _ outcome: AttemptOutcome, cause: String? = nil, in fixture: LedgerFixture,
    then steps: [LetterTransition] = []
  ) async throws {
    let ledger = fixture.ledger
    let due = try await ledger.dueTransmissions(now: LedgerFixture.start)
    let transmission = try #require(due.first { $0.letter == letter })
    var message = transmission.message
    if message == nil { message = try await fixture.blob("a status") }
    _ = try await ledger.beginAttempt(transmission.id, message: message, at: LedgerFixture.start)
    try await ledger.finishAttempt(
      transmission.id, outcome: outcome, cause: cause, transitions: steps, at: LedgerFixture.start)
  }

  private func move(_ letter: LetterID, from state: String, to next: String) -> LetterTransition {
    LetterTransition(letter, from: [state], to: next, event: LedgerFixture.event("letter.\(next)"))
  }

  private func outstanding(_ fixture: LedgerFixture) async throws -> [OutstandingWork] {
    try await fixture.ledger.outstanding(now: LedgerFixture.time(9))
  }

  @Test("A letter that the axis refused waits for its sender, with the cause, until it is sent again")
  func refusedLetter() async throws {
    let fixture = try LedgerFixture()
    let ledger = fixture.ledger
    _ = try await fixture.outgoing("a")
    try await refuse("a", in: fixture, then: [move("a", from: "queued", to: "failed")])
    let work = try await outstanding(fixture)
    #expect(work.map(\.reason) == [.failed])
    #expect(work.first?.letter == "a" && work.first?.cause == "18")

    // It is made and sent again: the message that was refused stays so for ever.
    var again = move("a", from: "failed", to: "queued")
    again.transmissions = [
      NewTransmission(edoc: try await fixture.blob("message of a"), from: "H01.02.03", to: ["H99.00.00"])
    ]
    try await ledger.advance(again, at: LedgerFixture.start)
    #expect(try await outstanding(fixture).isEmpty)
    try await finish(
      "a", .accepted(transportDocId: "d"), in: fixture, then: [move("a", from: "queued", to: "sent")])
    #expect(try await outstanding(fixture).isEmpty)
    let detail = try #require(try await ledger.letterDetail("a"))
    #expect(detail.transmissions.map(\.state) == [.refused, .sent])
  }

  @Test("A letter that could not be made waits for its sender until it is withdrawn")
  func failedInTheMaking() async throws {
    let fixture = try LedgerFixture()
    let draft = LetterDraft(id: "m", state: "recorded", sender: "H01.02.03", receivers: ["H99.00.00"])
    _ = try await fixture.ledger.recordDraft(
      draft, event: LedgerFixture.event("letter.drafted"), at: LedgerFixture.start)
    var failure = move("m", from: "recorded", to: "failed")
    failure.changes.lastCause = .set("noSigner")
    try await fixture.ledger.advance(failure, at: LedgerFixture.time(5))
    let work = try await outstanding(fixture)
    #expect(work.map(\.reason) == [.failed] && work.first?.cause == "noSigner")
    #expect(work.first?.since == LedgerFixture.time(5))
    var withdrawal = move("m", from: "failed", to: "withdrawn")
    withdrawal.changes.isFinished = .set(true)
    try await fixture.ledger.advance(withdrawal, at: LedgerFixture.time(6))
    #expect(try await outstanding(fixture).isEmpty)
  }

  @Test("A status that the axis refused waits for an officer, also of a letter at its end, until it is told again")
  func refusedStatus() async throws {
    let fixture = try LedgerFixture()
    let ledger = fixture.ledger
    try await fixture.take(LedgerFixture.incoming("b", documentId: "d"), as: "t")
    try await refuse("b", in: fixture)
    var end = LetterTransition("b", from: [], to: nil, event: LedgerFixture.event("letter.finished"))
    end.changes.isFinished = .set(true)
    try await ledger.advance(end, at: LedgerFixture.start)
    let work = try await outstanding(fixture)
    #expect(work.map(\.reason) == [.refused])
    #expect(work.first?.letter == "b" && work.first?.cause == "18")
    let refused = try #require(work.first?.transmission)
    try await ledger.sendRefusedAgain(refused, transition: end, at: LedgerFixture.start)
    #expect(try await outstanding(fixture).isEmpty)
  }

  /// What comes after a taking back that the axis refused.
  enum Sequel: CaseIterable {
    case nothing, askedAgain, recalled, answered, answeredByAnother, ended
  }

  @Test("A taking back that the axis refused waits only while something of it is open", arguments: Sequel.allCases)
  func refusedTakingBack(then sequel: Sequel) async throws {
    let fixture = try LedgerFixture()
    let ledger = fixture.ledger
    _ = try await fixture.outgoing("a")
    try await finish("a", .accepted(transportDocId: "d"), in: fixture, then: [move("a", from: "queued", to: "sent")])
    var asking = LetterTransition("a", from: ["sent"], to: nil, event: LedgerFixture.event("letter.takeBack"))
    asking.transmissions = [
      NewTransmission(status: "13", description: "Nhầm danh sách.", from: "H01.02.03", to: ["H99.00.00"])
    ]
    try await ledger.advance(asking, at: LedgerFixture.start)
    try await refuse("a", in: fixture)
    #expect(try await outstanding(fixture).map(\.reason) == [.refused])
    switch sequel {
    case .nothing: break
    case .askedAgain: try await ledger.advance(asking, at: LedgerFixture.time(1))
    case .recalled:
      var draft = LetterDraft(
        id: "r", state: "signed", kind: .recall, sender: "H01.02.03", receivers: ["H99.00.00"], documentId: "doc-a")
      draft.links = [LetterLink(to: "a", relation: "recalls")]
      _ = try await ledger.recordDraft(draft, event: LedgerFixture.event("letter.recalled"), at: LedgerFixture.time(1))
    case .answered, .answeredByAnother:
      let arrival = try await fixture.arrival("s", type: .status)
      let sender = sequel == .answered ? "H99.00.00" : "X66.66"
      try await ledger.settleStatus(
        arrival: arrival.id,
        status: IncomingStatus(
          from: sender, code: "16", description: nil, statedAt: nil, letter: "a", documentId: nil),
        event: LedgerFixture.event("status.heard"), at: LedgerFixture.time(1)
      ) { _ in [] }
    case .ended:
      var end = move("a", from: "sent", to: "finished")
      end.changes.isFinished = .set(true)
      try await ledger.advance(end, at: LedgerFixture.time(1))
    }
    let isOpen = [Sequel.nothing, .answeredByAnother].contains(sequel)
    let expected: [OutstandingWork.Reason] = isOpen ? [.refused] : []
    #expect(try await outstanding(fixture).map(\.reason) == expected)
  }

  @Test("Messages that somebody must look at are not hidden by later ones that are not ours")
  func setAside() async throws {
    let fixture = try LedgerFixture()
    let ledger = fixture.ledger
    let words: [Acknowledgement] = [.fail, .done, .leave, .leave, .handOver]
    for (number, word) in words.enumerated() {
      let arrival = try await fixture.arrival("t\(number)", type: number == 3 ? .status : .edoc)
      try await ledger.setArrivalAside(
        arrival.id, cause: "cause \(number)", acknowledgement: word, event: LedgerFixture.event("arrival.aside"),
        at: LedgerFixture.time(Double(number)))
    }
    func shown(_ limit: Int) async throws -> [String?] {
      try await ledger.outstanding(now: LedgerFixture.time(9), limit: limit).map(\.transportDocId)
    }
    #expect(try await shown(9) == ["t0", "t1", "t2", "t3", "t4"])
    #expect(try await shown(3) == ["t0", "t1", "t4"])
    #expect(try await shown(2) == ["t0", "t1"])
    #expect(try await shown(1) == ["t1"])
    #expect(try await ledger.documentsSetAside(limit: 9).map(\.transportDocId) == ["t1", "t0", "t4", "t2"])
    #expect(try await ledger.documentsSetAside(limit: 3).map(\.transportDocId) == ["t1", "t0", "t4"])
  }
}
