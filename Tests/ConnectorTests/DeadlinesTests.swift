import AxisClient
import DeliveryLedger
import DossierMapping
import EdXML
import Foundation
import Testing

@testable import Connector

@Suite("By when a letter's next step is due")
struct DeadlinesTests {
  private static func instant(_ text: String) throws -> Date { try #require(EdocTimestamp(text)?.instant) }
  private static func text(_ date: Date?) -> String? { date.map { EdocTimestamp($0).edxml } }
  private let deadlines: Deadlines

  init() throws { deadlines = Deadlines(try MappingSet.timesAndStatuses(overriding: nil).calendar) }

  @Test(
    "a signed letter leaves by noon of the next working day",
    arguments: [
      // A Monday; a Friday; late at night; the eve of Tết 2026; a Friday before a working Saturday.
      ("2026/03/02 08:00:00", "2026/03/03 12:00:00"), ("2026/03/06 16:59:00", "2026/03/09 12:00:00"),
      ("2026/03/02 23:59:59", "2026/03/03 12:00:00"), ("2026/02/13 10:00:00", "2026/02/23 12:00:00"),
      ("2026/08/21 10:00:00", "2026/08/22 12:00:00"),
    ])
  func sending(_ times: (String, String)) throws {
    let due = deadlines.due(.queued, type: nil, since: try Self.instant(times.0))
    #expect(Self.text(due) == times.1)
  }

  @Test(
    "each side knows when the other should have answered",
    arguments: [
      (.sent, nil, "2026/03/02 23:59:59"), (.arrived, nil, "2026/03/02 23:59:59"),
      (.accepted, "01", "2026/03/05 23:59:59"), (.accepted, "05", nil), (.refused, "01", nil), (.failed, "01", nil),
    ] as [(OutgoingLetterMachine.State, String?, String?)])
  func waiting(_ state: OutgoingLetterMachine.State, _ type: String?, _ due: String?) throws {
    let monday = try Self.instant("2026/03/02 08:00:00")
    #expect(Self.text(deadlines.due(state, type: type, since: monday)) == due)
  }

  @Test(
    "the authority answers on the day, assigns by the next, and is done in the days that the decree gives",
    arguments: [
      // Held on a Monday, on a Saturday; accepted on Monday; being worked on since Wednesday.
      (.held, "2026/03/02 08:00:00", "2026/03/02 23:59:59"), (.held, "2026/03/07 08:00:00", "2026/03/09 23:59:59"),
      (.accepted, "2026/03/02 08:00:00", "2026/03/03 23:59:59"),
      (.processing, "2026/03/04 08:00:00", "2026/03/05 23:59:59"), (.supplementAsked, "2026/03/04 08:00:00", nil),
      (.finished, "2026/03/04 08:00:00", nil),
    ] as [(IncomingLetterMachine.State, String, String?)])
  func working(_ state: IncomingLetterMachine.State, _ since: String, _ due: String?) throws {
    let accepted = try Self.instant("2026/03/02 08:00:00")
    #expect(
      Self.text(deadlines.due(state, type: "01", acceptedAt: accepted, since: try Self.instant(since))) == due)
  }

  @Test("a letter that waits is overdue once its time has passed; after it left, its answer is waited for")
  func overdue() async throws {
    let bench = try ConnectorBench()
    try await bench.queue("a")
    var step = LetterTransition("a", from: [], to: nil, event: .packed)
    step.changes.dueAt = .set(bench.now.addingTimeInterval(3600))
    try await bench.ledger.advance(step, at: bench.now)
    bench.axis.script { $0.send = { _, _ in .tryAgain(ScriptedAxis.trouble()) } }
    let workplace = try bench.workplace()
    let worker = OutboxWorker(workplace: workplace)
    _ = try await worker.pass()
    bench.pass(3601)
    #expect(try await bench.ledger.outstanding(now: bench.now).map(\.reason).contains(.overdue))
    bench.axis.script { $0.send = { _, _ in .accepted("d") } }
    _ = try await worker.pass()
    let due = try await bench.letter("a")?.dueAt
    #expect(due != nil && due == workplace.deadlines.due(.sent, type: nil, since: bench.now))
    #expect(try await bench.ledger.outstanding(now: bench.now).isEmpty)
    bench.pass(2 * 86_400)
    #expect(try await bench.ledger.outstanding(now: bench.now).map(\.reason) == [.overdue])
    var late = LetterQuery(direction: .outgoing)
    late.overdueAt = bench.now
    #expect(try await bench.ledger.letters(late).letters.map(\.id.rawValue) == ["a"])
    late.overdueAt = due?.addingTimeInterval(-1)
    #expect(try await bench.ledger.letters(late).total == 0)
    late.overdueAt = bench.now
    late.search = "khongco"
    #expect(try await bench.ledger.letters(late).total == 0)
    late.search = "chung thu"
    late.states = ["sent"]
    #expect(try await bench.ledger.letters(late).total == 1)
  }
}
