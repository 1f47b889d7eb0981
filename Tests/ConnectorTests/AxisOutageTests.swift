import AxisClient
import DeliveryLedger
import EdXML
import Foundation
import Synchronization
import Testing

@testable import Connector

@Suite("A day without the axis")
struct AxisOutageTests {
  /// When something was tried, and what.
  private final class Tries: Sendable {
    private let list = Mutex<[(at: Date, file: String)]>([])
    func note(_ file: String, at now: Date) {
      let text = String(decoding: FileManager.default.contents(atPath: file) ?? Data(), as: UTF8.self)
      list.withLock { $0.append((now, text)) }
    }
    var all: [(at: Date, file: String)] { list.withLock { $0 } }
  }

  private static let away = ScriptedAxis.trouble(.notReached)

  @Test("leaves order, back-off and deadlines right")
  func day() async throws {
    let bench = try ConnectorBench()
    let workplace = try bench.workplace()
    let worker = OutboxWorker(workplace: workplace)
    let mailbox = Mailbox(workplace: workplace)
    let tries = Tries()
    // Monday 13:00: the answer to one letter is lost, and then the axis is away until Tuesday 13:00.
    bench.pass(5 * 3600)
    bench.axis.script { $0.send = { _, _ in .unknown(ScriptedAxis.trouble(.interrupted)) } }
    try await bench.queue("doubtful", number: "7")
    _ = try await worker.pass()
    let lost = bench.now
    bench.axis.script { script in
      script.send = { [weak bench] _, file in
        tries.note(file, at: bench?.now ?? .distantPast)
        return .tryAgain(Self.away)
      }
      script.sent = .tryAgain(Self.away)
      script.received = [.edoc: .tryAgain(Self.away), .status: .tryAgain(Self.away)]
    }
    var queued: [String] = []
    for minute in 0..<1440 {
      if minute % 30 == 0 {
        let id = LetterID("l\(100 + queued.count)")
        try await bench.queue(id, number: "\(100 + queued.count)")
        var step = LetterTransition(id, from: ["queued"], to: nil, event: .packed)
        step.changes.dueAt = .set(try #require(workplace.deadlines.due(.queued, type: nil, since: bench.now)))
        _ = try await bench.ledger.advance(step, at: bench.now)
        queued.append("message of \(id)")
      }
      _ = try await worker.pass()
      try await mailbox.collect(.edoc)
      bench.pass(60)
    }

    // Once it is known to be away, one message tries the way each two minutes, and no letter's timeline fills with it.
    let settled = tries.all.filter { $0.at > lost.addingTimeInterval(1800) }
    #expect(tries.all.count < 760 && settled.count > 600, "\(tries.all.count)")
    #expect(zip(settled, settled.dropFirst()).allSatisfy { $1.at.timeIntervalSince($0.at) >= 120 })
    #expect(Set(settled.map(\.file)).count >= queued.count - 3, "no letter keeps the others from trying")
    let first = try #require(try await bench.ledger.letterDetail("l100"))
    #expect(first.events.count { $0.kind == "work.postponed" } == 1)
    #expect(try await bench.ledger.condition(AxisGate.sending)?.state == "waiting")
    // Signed on Monday, due by Tuesday noon: shown as overdue; what was signed on Tuesday is not.
    let monday = (0..<22).map { "l\(100 + $0)" }
    let overdue = try await bench.ledger.outstanding(now: bench.now).filter { $0.reason == .overdue }
    #expect(Set(overdue.compactMap { $0.letter?.rawValue }) == Set(monday))

    // The axis is back.
    bench.axis.script { script in
      script.send = { [weak bench] number, file in
        tries.note(file, at: bench?.now ?? .distantPast)
        return .accepted("d\(number)")
      }
      script.sent = .accepted([
        SentEntry(
          messageType: "edoc", senderDocID: "x", fromCode: "G11.99", toCode: "H99.15",
          title: "Đề nghị cấp chứng thư số", notation: "7/CVD-VP", sentTime: EdocTimestamp(lost).edxml)
      ])
      script.received = [:]
    }
    let back = bench.now
    let before = tries.all.count
    while try await bench.ledger.letters(LetterQuery(direction: .outgoing, states: ["queued"])).total > 0 {
      _ = try await worker.pass()
      bench.pass(1)
      try #require(bench.now.timeIntervalSince(back) < 150, "all have left soon after")
    }
    let sent = tries.all.dropFirst(before).map(\.file)
    // The one that found the axis back, and then the others as they were queued, each once.
    #expect(Array(sent.dropFirst()) == queued.filter { $0 != sent.first } && sent.count == queued.count)
    // What was doubtful is settled as soon, and not sent again.
    _ = try await worker.pass()
    #expect(try await bench.letter("doubtful")?.state == "sent")
    #expect(try await bench.transmission("doubtful")?.transportDocId == "x")
    #expect(try await bench.ledger.outstanding(now: bench.now).isEmpty)
    #expect(try await bench.ledger.condition(AxisGate.sending)?.state == "open")
    // What was late is late no more: now its receiver's answer is waited for.
    #expect(try await bench.letter("l100")?.dueAt ?? .distantPast > bench.now)
    #expect(try await bench.ledger.verify().isIntact)
  }

  @Test("does not let a letter's second message overtake its first")
  func orderWithinLetter() async throws {
    let bench = try ConnectorBench()
    let worker = OutboxWorker(workplace: try bench.workplace())
    bench.axis.script { $0.send = { _, _ in .tryAgain(Self.away) } }
    for number in 10..<14 {
      let id = LetterID("l\(number)")
      try await bench.queue(id, number: "\(number)")
      var step = LetterTransition(id, from: [], to: nil, event: .packed)
      step.transmissions = [NewTransmission(status: "13", description: "vì sao", from: "G11.99", to: ["H99.15"])]
      _ = try await bench.ledger.advance(step, at: bench.now)
    }
    for _ in 0..<1440 {
      _ = try await worker.pass()
      bench.pass(60)
    }
    let before = bench.axis.calls.sent.count
    bench.axis.script { $0.send = { number, _ in .accepted("d\(number)") } }
    for _ in 0..<150 {
      _ = try await worker.pass()
      bench.pass(1)
    }
    let sent = bench.axis.calls.sent.dropFirst(before)
    #expect(sent.count == 8)
    for number in 10..<14 {
      let id = LetterID("l\(number)")
      let times = try #require(try await bench.ledger.letterDetail(id)).transmissions.map(\.updatedAt)
      #expect(times.count == 2 && times[0] <= times[1])
    }
    let documents = sent.enumerated().filter { $0.element.hasPrefix("message of") }.map(\.element)
    #expect(Array(documents.dropFirst()) == (10..<14).map { "message of l\($0)" }.filter { $0 != documents.first })
  }
}

@Suite("A clock that is set")
struct ClockWatchTests {
  @Test("back by hours makes what was put off by minutes due, and a breaker's probe as well")
  func back() async throws {
    let bench = try ConnectorBench()
    let passed = Mutex<TimeInterval>(0)
    let workplace = try bench.workplace()
    let watch = ClockWatch(steady: { passed.withLock { $0 } })
    let worker = OutboxWorker(workplace: workplace)
    try await watch.look(in: workplace)
    bench.axis.script { $0.send = { _, _ in .tryAgain(ScriptedAxis.trouble()) } }
    for number in 10..<16 { try await bench.queue(LetterID("l\(number)"), number: "\(number)") }
    _ = try await worker.pass()
    #expect(try await bench.ledger.condition(AxisGate.sending)?.state == "waiting")
    bench.axis.script { $0.send = { number, _ in .accepted("d\(number)") } }
    // Six hours back while ten seconds pass.
    passed.withLock { $0 += 10 }
    bench.pass(10 - 6 * 3600)
    for _ in 0..<10 { _ = try await worker.pass() }
    #expect(bench.axis.calls.sent.count <= 6, "nothing is due yet by the clock")
    #expect(try await watch.look(in: workplace) == 6 * 3600)
    bench.pass(3)
    for _ in 0..<10 { _ = try await worker.pass() }
    let states = try await bench.ledger.letters().letters.map(\.state)
    #expect(states == Array(repeating: "sent", count: 6), "\(states)")
  }

  @Test("forward, or by less than half a minute, changes nothing; and what it finds at its start is at most postponed")
  func forward() async throws {
    let bench = try ConnectorBench()
    let workplace = try bench.workplace()
    let passed = Mutex<TimeInterval>(0)
    let watch = ClockWatch(steady: { passed.withLock { $0 } })
    bench.axis.script { $0.send = { _, _ in .tryAgain(ScriptedAxis.trouble()) } }
    try await bench.queue("a")
    _ = try await OutboxWorker(workplace: workplace).pass()
    let due = try #require(try await bench.transmission("a")?.nextAttemptAt)
    #expect(try await watch.look(in: workplace) == 0)
    bench.pass(-20)
    #expect(try await watch.look(in: workplace) == 20)
    bench.pass(3 * 3600)
    #expect(try await watch.look(in: workplace) == 0)
    #expect(try await bench.transmission("a")?.nextAttemptAt == due)
    // A connector that starts under a clock far behind that of its last day.
    bench.pass(-30 * 3600)
    try await ClockWatch(steady: { 0 }).look(in: workplace)
    #expect(try await bench.transmission("a")?.nextAttemptAt == bench.now)
  }
}
