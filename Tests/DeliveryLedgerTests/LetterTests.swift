import DeliveryLedger
import Foundation
import Testing

@Suite struct LetterTests {
  @Test("A draft is found again with everything that was written")
  func draft() async throws {
    let fixture = try LedgerFixture()
    let written = try await fixture.outgoing("a")
    let found = try #require(try await fixture.ledger.letter("a"))
    #expect(found == written)
    #expect(found.state == "queued")
    #expect(found.blobs[.message] != nil)
    let detail = try #require(try await fixture.ledger.letterDetail("a"))
    #expect(detail.events.map(\.kind) == ["letter.drafted", "letter.queued"])
    #expect(detail.events.map(\.state) == ["drafted", "queued"])
    #expect(detail.recipients.map(\.organId) == ["H99.00.00"])
    #expect(detail.transmissions.count == 1)
  }

  @Test("A step from a state in which the letter is not changes nothing")
  func compareAndSet() async throws {
    let fixture = try LedgerFixture()
    _ = try await fixture.outgoing("a")
    var step = LetterTransition("a", from: ["drafted"], to: "sent", event: LedgerFixture.event("letter.sent"))
    step.changes.lastCause = .set("x")
    step.transmissions = [NewTransmission(status: "13", description: "x", from: "H01.02.03", to: ["H99.00.00"])]
    let fixed = step
    #expect(await errorCode { try await fixture.ledger.advance(fixed, at: LedgerFixture.start) } == .stateConflict)
    let detail = try #require(try await fixture.ledger.letterDetail("a"))
    #expect(detail.letter.state == "queued" && detail.letter.lastCause == nil)
    #expect(detail.transmissions.count == 1 && detail.events.count == 2)
  }

  @Test("Of two steps in one call, the failing second undoes the first")
  func allOrNone() async throws {
    let fixture = try LedgerFixture()
    _ = try await fixture.outgoing("a")
    _ = try await fixture.outgoing("b")
    let head = try await fixture.ledger.chainHead()
    let steps = [
      LetterTransition("a", from: ["queued"], to: "sent", event: LedgerFixture.event("one")),
      LetterTransition("b", from: ["drafted"], to: "sent", event: LedgerFixture.event("two")),
    ]
    #expect(await errorCode { try await fixture.ledger.advance(steps, at: LedgerFixture.start) } == .stateConflict)
    #expect(try await fixture.ledger.letter("a")?.state == "queued")
    #expect(try await fixture.ledger.chainHead() == head)
  }

  @Test("Each field can be set, kept and cleared")
  func fields() async throws {
    let fixture = try LedgerFixture()
    _ = try await fixture.outgoing("a")
    let due = LedgerFixture.time(60.125)
    var step = LetterTransition("a", from: [], to: nil, event: LedgerFixture.event("set"))
    step.changes.nextActionAt = .set(due)
    step.changes.decision = .set("accept")
    step.changes.codes = .set(["S1", "S2"])
    step.changes.attempts = .set(2)
    step.changes.nextActor = .set(.officer)
    step.changes.isFinished = .set(true)
    step.changes.dossierCode = .set("X-1")
    let set = try await fixture.ledger.advance(step, at: LedgerFixture.start)
    #expect(set.nextActionAt == due && set.decision == "accept" && set.codes == ["S1", "S2"])
    #expect(set.attempts == 2 && set.nextActor == .officer && set.isFinished && set.dossierCode == "X-1")
    #expect(set.subject != nil)
    #expect(try await fixture.ledger.letter(dossierCode: "X-1")?.id == "a")

    var clear = LetterTransition("a", from: [], to: nil, event: LedgerFixture.event("clear"))
    clear.changes.nextActionAt = .clear
    clear.changes.decision = .clear
    clear.changes.codes = .clear
    clear.changes.attempts = .clear
    clear.changes.isFinished = .clear
    let cleared = try await fixture.ledger.advance(clear, at: LedgerFixture.start)
    #expect(cleared.nextActionAt == nil && cleared.decision == nil && cleared.codes.isEmpty)
    #expect(cleared.attempts == 0 && !cleared.isFinished && cleared.nextActor == .officer)
  }

  @Test("Letters are due from their time on, the longest waiting first")
  func due() async throws {
    let fixture = try LedgerFixture()
    for (id, seconds) in [("a", 30.0), ("b", 10), ("c", 20)] {
      _ = try await fixture.outgoing(LetterID(id))
      var step = LetterTransition(LetterID(id), from: [], to: nil, event: LedgerFixture.event("wait"))
      step.changes.nextActionAt = .set(LedgerFixture.time(seconds))
      try await fixture.ledger.advance(step, at: LedgerFixture.start)
    }
    #expect(try await fixture.ledger.dueLetters(now: LedgerFixture.time(9)).isEmpty)
    #expect(try await fixture.ledger.dueLetters(now: LedgerFixture.time(20)).map(\.id) == ["b", "c"])
    #expect(try await fixture.ledger.dueLetters(now: LedgerFixture.time(99), limit: 1).map(\.id) == ["b"])
    #expect(try await fixture.ledger.dueLetters(now: LedgerFixture.time(99), direction: .incoming).isEmpty)
  }

  @Test("A row never mentions a blob that is not on the disk")
  func missingBlob() async throws {
    let fixture = try LedgerFixture()
    let absent = try #require(BlobHash(rawValue: String(repeating: "a", count: 64)))
    let draft = LetterDraft(
      id: "a", state: "drafted", sender: "H01", receivers: ["H99"], documentId: "d", blobs: [.message: absent])
    #expect(
      await errorCode {
        _ = try await fixture.ledger.recordDraft(draft, event: LedgerFixture.event("x"), at: LedgerFixture.start)
      } == .notFound)
    #expect(try await fixture.ledger.letter("a") == nil)
  }

  @Test("The same DocumentId is not drafted twice, but may be recalled and updated")
  func sameDocumentId() async throws {
    let fixture = try LedgerFixture()
    _ = try await fixture.outgoing("a", documentId: "d")
    #expect(await errorCode { _ = try await fixture.outgoing("b", documentId: "d") } == .duplicate)
    for (id, kind) in [("r", LetterKind.recall), ("u1", .update), ("u2", .update)] {
      let draft = LetterDraft(
        id: LetterID(id), state: "drafted", kind: kind, sender: "H01.02.03", receivers: ["H99"], documentId: "d")
      _ = try await fixture.ledger.recordDraft(draft, event: LedgerFixture.event("x"), at: LedgerFixture.start)
    }
    #expect(try await fixture.ledger.findLetters(direction: .outgoing, documentId: "d").count == 4)
  }

  @Test(
    "Letters are found by words with and without marks",
    arguments: ["duong thuy", "Đường Thuỷ", "ĐƯỜNG thủy", "chung thu", "12/TTr-SDT", "doc-a", "duong 12"])
  func search(_ text: String) async throws {
    let fixture = try LedgerFixture()
    _ = try await fixture.outgoing("a")
    #expect(try await fixture.ledger.letters(LetterQuery(direction: .outgoing, search: text)).letters.count == 1)
    #expect(try await fixture.ledger.letters(LetterQuery(direction: .incoming, search: text)).letters.isEmpty)
  }

  @Test(
    "Nothing that a person types into the search breaks it",
    arguments: ["\"", "*", "a* OR b", "NEAR(", "कि दि", "²³", "-", "   ", "a\u{0}b", "😀", "é́"])
  func hostileSearch(_ text: String) async throws {
    let fixture = try LedgerFixture()
    _ = try await fixture.outgoing("a")
    _ = try await fixture.ledger.letters(LetterQuery(direction: nil, search: text))
    _ = try await fixture.ledger.searchAgencies(text)
  }

  @Test("A list is cut into pages, newest first, with the number of all")
  func pages() async throws {
    let fixture = try LedgerFixture()
    for number in 1...5 { _ = try await fixture.outgoing(LetterID("l\(number)")) }
    let page = try await fixture.ledger.letters(LetterQuery(direction: .outgoing, limit: 2, offset: 2))
    #expect(page.total == 5)
    #expect(page.letters.map(\.id) == ["l3", "l2"])
    #expect(try await fixture.ledger.letters(LetterQuery(direction: nil, states: ["queued", "x"])).total == 5)
    #expect(try await fixture.ledger.letters(LetterQuery(direction: nil, states: ["x"])).total == 0)
    let counts = try await fixture.ledger.counts()
    #expect(counts.letters.map(\.count) == [5] && counts.transmissions[.queued] == 5 && counts.events == 10)
  }
}
