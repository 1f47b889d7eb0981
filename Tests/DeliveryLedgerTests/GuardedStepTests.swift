import Foundation
import Testing

@testable import DeliveryLedger

@Suite("A step that depends on what others did meanwhile")
struct GuardedStepTests {
  @Test("is refused once a message of the letter may have left, and taken before")
  func nothingSent() async throws {
    let fixture = try LedgerFixture()
    var cancel = LetterTransition(
      "a", from: ["queued"], to: "withdrawn", event: LedgerFixture.event("letter.cancelled"))
    cancel.requiresNothingSent = true
    cancel.cancelsQueued = true
    _ = try await fixture.outgoing("a")
    let due = try await fixture.ledger.dueTransmissions(now: LedgerFixture.start)
    _ = try await fixture.ledger.beginAttempt(try #require(due.first).id, at: LedgerFixture.start)
    let late = cancel
    #expect(await errorCode { _ = try await fixture.ledger.advance(late, at: LedgerFixture.start) } == .stateConflict)
    #expect(try await fixture.ledger.letter("a")?.state == "queued")
    _ = try await fixture.outgoing("b")
    cancel.letter = "b"
    #expect(try await fixture.ledger.advance(cancel, at: LedgerFixture.start).state == "withdrawn")
    #expect(try await fixture.ledger.dueTransmissions(now: LedgerFixture.start).isEmpty)
  }

  @Test("is refused when somebody touched the letter since it was read")
  func untouched() async throws {
    let fixture = try LedgerFixture()
    let read = try await fixture.outgoing("a")
    let word = LetterTransition("a", from: [], to: nil, event: LedgerFixture.event("officer.decided"))
    _ = try await fixture.ledger.advance(word, at: LedgerFixture.start.addingTimeInterval(1))
    var step = LetterTransition("a", from: [], to: "held", event: LedgerFixture.event("letter.held"))
    step.untouchedSince = read.updatedAt
    let stale = step
    #expect(await errorCode { _ = try await fixture.ledger.advance(stale, at: LedgerFixture.start) } == .stateConflict)
    step.untouchedSince = try await fixture.ledger.letter("a")?.updatedAt
    #expect(try await fixture.ledger.advance(step, at: LedgerFixture.start).state == "held")
  }
}
