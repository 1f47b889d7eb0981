import DeliveryLedger
import Foundation
import Testing

@Suite struct StatusTests {
  /// The order of the law, as a state machine would have it.
  private static let rank = ["queued": 0, "01": 1, "03": 3, "04": 4, "05": 5, "06": 6]

  private func receive(_ fixture: LedgerFixture, _ code: String, as transportDocId: String, stated: String = "s")
    async throws -> ReceivedStatus
  {
    let arrival = try await fixture.arrival(transportDocId, type: .status)
    return try await fixture.ledger.settleStatus(
      arrival: arrival.id,
      status: IncomingStatus(
        from: "H99.00.00", code: code, description: nil, statedAt: stated, letter: "a", documentId: "doc-a"),
      event: LedgerFixture.event("status.received", status: code), at: LedgerFixture.start
    ) { finding in
      guard let letter = finding.letter, let now = Self.rank[letter.state], let then = Self.rank[code], then > now
      else { return [] }
      var step = LetterTransition("a", from: [letter.state], to: code, event: LedgerFixture.event("letter.\(code)"))
      step.recipients = [RecipientChange(organId: "H99.00.00", state: code, lastCode: code)]
      return [step]
    }
  }

  @Test("Late, repeated and out-of-order statuses are all kept; the state follows the order of the law")
  func order() async throws {
    let fixture = try LedgerFixture()
    _ = try await fixture.outgoing("a")
    var states: [String] = []
    var repeats: [Bool] = []
    for (number, code) in ["03", "01", "05", "05", "04", "06", "01"].enumerated() {
      repeats.append(try await receive(fixture, code, as: "s\(number)").isRepeat)
      states.append(try #require(try await fixture.ledger.letter("a")).state)
    }
    #expect(states == ["03", "03", "05", "05", "05", "06", "06"])
    #expect(repeats == [false, false, false, true, false, false, true])
    let detail = try #require(try await fixture.ledger.letterDetail("a"))
    #expect(detail.statuses.map(\.code) == ["03", "01", "05", "05", "04", "06", "01"])
    #expect(detail.recipients.map(\.lastCode) == ["06"])
    #expect(detail.events.filter { $0.kind == "status.received" }.count == 7)
    #expect(try await fixture.ledger.verify().isIntact)
  }

  @Test("A status that is about none of our letters is kept")
  func unmatched() async throws {
    let fixture = try LedgerFixture()
    let arrival = try await fixture.arrival("s1", type: .status)
    let kept = try await fixture.ledger.settleStatus(
      arrival: arrival.id,
      status: IncomingStatus(
        from: "H99", code: "03", description: "x", statedAt: nil, letter: nil, documentId: "other"),
      event: LedgerFixture.event("status.unmatched"), at: LedgerFixture.start
    ) { finding in
      #expect(finding.letter == nil)
      return []
    }
    #expect(kept.letter == nil && kept.documentId == "other")
    #expect(try await fixture.ledger.dueArrivals(now: LedgerFixture.start).isEmpty)
    #expect(try await fixture.ledger.events().map(\.kind) == ["status.unmatched"])
  }

  @Test("A status counts once: its arrival cannot be settled again")
  func once() async throws {
    let fixture = try LedgerFixture()
    _ = try await fixture.outgoing("a")
    _ = try await receive(fixture, "01", as: "s1")
    #expect(await errorCode { _ = try await receive(fixture, "01", as: "s1") } == .stateConflict)
    #expect(try await fixture.ledger.letterDetail("a")?.statuses.count == 1)
  }
}
