import DeliveryLedger
import Foundation
import Testing

@testable import Connector

@Suite("What a clerk says while a status comes")
struct SenderDeskTests {
  private static func step(_ letter: LetterRecord, to state: String?) -> LetterTransition {
    LetterTransition(letter.id, from: [letter.state], to: state, event: .packed)
  }

  @Test("is judged anew by what the letter is then")
  func again() async throws {
    let bench = try ConnectorBench()
    let ledger = bench.ledger
    try await bench.queue("a")
    var seen: [String] = []
    let record = try await ledger.again {
      let letter = try #require(try await ledger.letter("a"))
      seen.append(letter.state)
      if seen.count == 1 { _ = try await ledger.advance(Self.step(letter, to: "sent"), at: bench.now) }
      return try await ledger.advance(Self.step(letter, to: "arrived"), at: bench.now)
    }
    #expect(seen == ["queued", "sent"] && record.state == "arrived")
  }

  @Test("is given up when the letter never stands still, and for any other fault at once")
  func never() async throws {
    let bench = try ConnectorBench()
    var tries = 0
    for (code, expected) in [(LedgerError.Code.stateConflict, 6), (.notFound, 1)] {
      tries = 0
      await #expect(throws: LedgerError.self) {
        try await bench.ledger.again {
          tries += 1
          throw LedgerError(code, detail: "x")
        }
      }
      #expect(tries == expected)
    }
  }
}
