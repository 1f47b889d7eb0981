import AxisClient
import Foundation
import GRDB
import Testing
import VietnameseText

@testable import Connector
@testable import DeliveryLedger

@Suite("While the axis is away")
struct CircuitBreakerTests {
  private let start = ConnectorBench.start

  /// A breaker that can be asked inside an expectation.
  private final class Breaker {
    private var value = CircuitBreaker()
    func admit(at now: Date) -> Bool { value.admit(at: now) }
    func succeeded(at now: Date) -> CircuitBreaker.Change? { value.succeeded(at: now) }
    func failed(_ cause: String, at now: Date, atLeast wait: Duration? = nil, atOnce: Bool = false)
      -> CircuitBreaker.Change?
    {
      value.failed(cause, at: now, chance: 0, atLeast: wait, atOnce: atOnce)
    }
    func abandoned(at now: Date) { value.abandoned(at: now) }
  }

  @Test("single failures change nothing; many in a row let only one probe at a time through, ever more rarely")
  func opens() {
    let breaker = Breaker()
    for _ in 1..<5 {
      #expect(breaker.failed("away", at: start) == nil)
      #expect(breaker.admit(at: start))
    }
    #expect(breaker.succeeded(at: start) == nil)
    for _ in 1..<5 { #expect(breaker.failed("away", at: start) == nil) }
    #expect(breaker.failed("away", at: start) == .opened(cause: "away"))
    #expect(!breaker.admit(at: start))
    #expect(breaker.admit(at: start.addingTimeInterval(2)))
    #expect(!breaker.admit(at: start.addingTimeInterval(3)), "the probe is under way")
    #expect(breaker.failed("away", at: start.addingTimeInterval(4)) == nil)
    #expect(!breaker.admit(at: start.addingTimeInterval(7)))
    #expect(breaker.admit(at: start.addingTimeInterval(8)))
    #expect(breaker.succeeded(at: start.addingTimeInterval(9)) == .closed(after: 9))
    #expect(breaker.admit(at: start.addingTimeInterval(9)))
  }

  @Test("what the axis asks for is waited for, and a clock that is set back holds nothing for ever")
  func waits() {
    var breaker = Breaker()
    #expect(
      breaker.failed("busy", at: start, atLeast: .seconds(90), atOnce: true) == .opened(cause: "busy"))
    #expect(!breaker.admit(at: start.addingTimeInterval(89)))
    #expect(breaker.admit(at: start.addingTimeInterval(90)))
    breaker = Breaker()
    _ = breaker.failed("busy", at: start, atLeast: .seconds(7_200), atOnce: true)
    #expect(!breaker.admit(at: start), "a long wait is no clock that was set back")
    #expect(!breaker.admit(at: start.addingTimeInterval(2_390)))
    #expect(breaker.admit(at: start.addingTimeInterval(2_400)), "and it is asked for once in a while all the same")
    breaker = Breaker()
    _ = breaker.failed("busy", at: start, atOnce: true)
    #expect(breaker.admit(at: start.addingTimeInterval(-86_400)))
    breaker.abandoned(at: start)
    #expect(breaker.admit(at: start), "a message that was not tried gives its turn to the next")
    #expect(!breaker.admit(at: start))
  }

  /// Takes the message of a queued letter away, as a disk that lost a file does.
  private func loseMessage(of id: LetterID, _ bench: ConnectorBench) async throws {
    let message = try #require(try await bench.transmission(id)?.message)
    try FileManager.default.removeItem(at: bench.ledger.blobURL(message))
  }

  @Test("a letter whose file is gone keeps no other from leaving, neither before an outage nor after it")
  func fileGone() async throws {
    let bench = try ConnectorBench()
    for number in 10..<40 { try await bench.queue(LetterID("l\(number)"), number: "\(number)") }
    // More than one look takes up, and the first in the queue.
    for number in 10..<35 { try await loseMessage(of: LetterID("l\(number)"), bench) }
    let worker = OutboxWorker(workplace: try bench.workplace())
    for _ in 0..<2 { _ = try await worker.pass() }
    #expect(bench.axis.calls.sent == (35..<40).map { "message of l\($0)" })

    bench.axis.script { $0.send = { _, _ in .tryAgain(ScriptedAxis.trouble()) } }
    for number in 40..<50 { try await bench.queue(LetterID("l\(number)"), number: "\(number)") }
    for _ in 0..<30 {
      bench.pass(60)
      _ = try await worker.pass()
    }
    #expect(try await bench.ledger.condition(AxisGate.sending)?.state == "waiting")
    try await loseMessage(of: "l40", bench)
    bench.axis.script { $0.send = { number, _ in .accepted("d\(number)") } }
    for _ in 0..<10 {
      bench.pass(60)
      _ = try await worker.pass()
    }
    for number in 41..<50 { #expect(try await bench.letter(LetterID("l\(number)"))?.state == "sent", "l\(number)") }
    // It is told once on each timeline, and tried ever more rarely.
    for id in ["l10", "l34", "l40"] as [LetterID] {
      let detail = try #require(try await bench.ledger.letterDetail(id))
      #expect(detail.letter.state == "queued" && detail.transmissions.first?.lastCause == "ledger.notFound")
      #expect(detail.events.count { $0.kind == "work.postponed" && $0.sentence.en.contains("not in the ledger") } == 1)
    }
    let next = try #require(try await bench.transmission("l10")?.nextAttemptAt)
    #expect(next.timeIntervalSince(bench.now) > 120)

    // The file is brought back from a backup.
    _ = try await bench.ledger.storeBlob(Data("message of l10".utf8))
    bench.pass(1000)
    _ = try await worker.pass()
    #expect(try await bench.letter("l10")?.state == "sent")
    #expect(try await bench.transmission("l10")?.checks == 0)
  }

  @Test(
    "a probe that meets an odd answer, or a trouble of this machine, holds nothing up",
    arguments: [AxisTrouble.Kind.unrecognisedCode, .local])
  func oddProbe(_ kind: AxisTrouble.Kind) async throws {
    let bench = try ConnectorBench()
    bench.axis.script {
      $0.send = { number, _ in
        number <= 5
          ? .tryAgain(ScriptedAxis.trouble())
          : number == 6 ? .tryAgain(ScriptedAxis.trouble(kind)) : .accepted("d\(number)")
      }
    }
    for number in 10..<20 { try await bench.queue(LetterID("l\(number)"), number: "\(number)") }
    let worker = OutboxWorker(workplace: try bench.workplace())
    _ = try await worker.pass()
    #expect(try await bench.ledger.condition(AxisGate.sending)?.state == "waiting")
    for _ in 0..<5 {
      bench.pass(3)
      _ = try await worker.pass()
    }
    let states = try await bench.ledger.letters().letters.map(\.state)
    #expect(states.count { $0 == "sent" } >= 9, "\(states)")
    #expect(try await bench.ledger.condition(AxisGate.sending)?.state == "open")
  }

  /// Makes the next commits fail, as a disk does.
  private final class FailingDisk: TransactionObserver {
    var fails = false
    func observes(eventsOfKind eventKind: DatabaseEventKind) -> Bool { false }
    func databaseDidChange(with event: DatabaseEvent) {}
    func databaseWillCommit() throws { if fails { throw DatabaseError(resultCode: .SQLITE_FULL) } }
    func databaseDidCommit(_ db: Database) {}
    func databaseDidRollback(_ db: Database) {}
  }

  @Test("an acknowledgement that found the axis back, and could not be written down, holds nothing up")
  func acknowledgement() async throws {
    let bench = try ConnectorBench()
    let workplace = try bench.workplace()
    bench.axis.script { $0.send = { _, _ in .tryAgain(ScriptedAxis.trouble()) } }
    for number in 10..<15 { try await bench.queue(LetterID("l\(number)"), number: "\(number)") }
    let worker = OutboxWorker(workplace: workplace)
    _ = try await worker.pass()
    #expect(try await bench.ledger.condition(AxisGate.sending)?.state == "waiting")
    let message = try await bench.ledger.storeBlob(Data("not edXML".utf8))
    let arrival = NewArrival(
      transportDocId: "t", messageType: .edoc, transportFrom: nil, message: message, acknowledgement: .fail)
    _ = try await bench.ledger.recordArrival(arrival, at: bench.now)
    bench.pass(3)
    let disk = FailingDisk()
    bench.ledger.pool.add(transactionObserver: disk, extent: .databaseLifetime)
    disk.fails = true
    await #expect(throws: LedgerError.self) { try await Mailbox(workplace: workplace).acknowledge() }
    disk.fails = false
    #expect(bench.axis.calls.updated == ["t fail"])
    bench.axis.script { $0.send = { number, _ in .accepted("d\(number)") } }
    bench.pass(30)
    for _ in 0..<2 { _ = try await worker.pass() }
    #expect(try await bench.ledger.letters().letters.map(\.state) == Array(repeating: "sent", count: 5))
  }

  @Test("the outbox tries one letter at a time, and all go in order once it answers")
  func outbox() async throws {
    let bench = try ConnectorBench()
    bench.axis.script { $0.send = { _, _ in .tryAgain(ScriptedAxis.trouble()) } }
    for number in 10..<20 { try await bench.queue(LetterID("l\(number)"), number: "\(number)") }
    let workplace = try bench.workplace()
    let worker = OutboxWorker(workplace: workplace)
    _ = try await worker.pass()
    #expect(bench.axis.calls.sent.count == 5)
    // A day without the axis.
    for _ in 0..<1_440 {
      bench.pass(60)
      _ = try await worker.pass()
    }
    let tried = bench.axis.calls.sent.count
    #expect(tried < 900, "one probe each two minutes, not ten letters each: \(tried)")
    #expect(try await bench.ledger.condition(AxisGate.sending)?.state == "waiting")
    bench.axis.script { $0.send = { number, _ in .accepted("d\(number)") } }
    for _ in 0..<20 {
      bench.pass(60)
      _ = try await worker.pass()
    }
    let states = try await bench.ledger.letters().letters.map(\.state)
    #expect(states == Array(repeating: "sent", count: 10))
    #expect(try await bench.ledger.condition(AxisGate.sending)?.state == "open")
  }

  @Test("a refused account holds everything at once; a refused letter holds nothing")
  func refusals() async throws {
    let bench = try ConnectorBench()
    bench.axis.script {
      $0.send = { number, _ in .refused(ScriptedAxis.refusal(number == 1 ? .message : .account, code: "1")) }
    }
    for number in 10..<14 { try await bench.queue(LetterID("l\(number)"), number: "\(number)") }
    _ = try await OutboxWorker(workplace: try bench.workplace()).pass()
    #expect(bench.axis.calls.sent.count == 2)
    let states = try await bench.ledger.letters().letters.map(\.state)
    #expect(states.sorted() == ["failed", "queued", "queued", "queued"])
  }

  @Test("a status that was refused for good is told again at a person's word, the same bytes")
  func statusAgain() async throws {
    let bench = try ConnectorBench()
    try await bench.queue("a")
    var step = LetterTransition("a", from: [], to: nil, event: .packed)
    step.transmissions = [NewTransmission(status: "13", description: "vì sao", from: "G11.99", to: ["H99.15"])]
    try await bench.ledger.advance(step, at: bench.now)
    bench.axis.script {
      $0.send = { number, _ in number == 2 ? .refused(ScriptedAxis.refusal(.receiver, code: "23")) : .accepted("d") }
    }
    let worker = OutboxWorker(workplace: try bench.workplace())
    for _ in 0..<3 { _ = try await worker.pass() }
    #expect(try await bench.ledger.outstanding(now: bench.now).map(\.reason) == [.refused])
    #expect(try await bench.letter("a")?.nextActor == .officer)
    let said = try #require(try await bench.ledger.letterDetail("a")?.events.last)
    #expect(said.kind == "status.refused" && said.statusCode == "13")
    #expect(said.sentence.vi == "Trục từ chối trạng thái 13 Lấy lại: v. Bên nhận chưa được báo.")
    let desk = OutcomeDesk(
      ledger: bench.ledger, configuration: try bench.workplace().configuration, clock: { [now = bench.now] in now })
    await #expect(throws: ConnectorError.self) { _ = try await desk.resendStatus("06", of: "a", by: "Ví Dụ") }
    #expect(try await desk.resendStatus(of: "a", by: "Ví Dụ") == ["13"])
    _ = try await worker.pass()
    #expect(try await bench.ledger.outstanding(now: bench.now).isEmpty)
    #expect(try await bench.letter("a")?.nextActor == .receiver)
    #expect(bench.axis.calls.sent.count == 3 && bench.axis.calls.sent[1] == bench.axis.calls.sent[2])
  }
}
