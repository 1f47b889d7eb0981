import AxisClient
import DeliveryLedger
import Foundation
import Testing

@testable import Connector

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
    _ = breaker.failed("busy", at: start, atOnce: true)
    #expect(breaker.admit(at: start.addingTimeInterval(-86_400)))
    breaker.abandoned(at: start)
    #expect(breaker.admit(at: start.addingTimeInterval(2)))
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
