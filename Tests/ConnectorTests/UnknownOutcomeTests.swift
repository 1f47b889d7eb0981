import AxisClient
import DeliveryLedger
import EdXML
import Foundation
import Testing
import VietnameseText

@testable import Connector

@Suite("A letter of which it is not known whether the axis has it")
struct UnknownOutcomeTests {
  private static func entry(
    _ id: String, at time: Date?, number: String = "21", title: String = "Đề nghị cấp chứng thư số",
    from: String = "G11.99", to: String = "H99.15"
  ) -> SentEntry {
    SentEntry(
      messageType: "edoc", senderDocID: id, fromCode: from, toCode: to, title: title, notation: "\(number)/CVD-VP",
      sentTime: time.map { EdocTimestamp($0).edxml } ?? "hôm qua")
  }

  /// A letter whose first attempt ended without an answer.
  private func doubtful(_ bench: ConnectorBench) async throws -> OutboxWorker {
    bench.axis.script {
      $0.send = { number, _ in number == 1 ? .unknown(ScriptedAxis.trouble(.interrupted)) : .accepted("d\(number)") }
    }
    try await bench.queue("a")
    let worker = OutboxWorker(workplace: try bench.workplace())
    _ = try await worker.pass()
    #expect(try await bench.letter("a")?.state == "outcomeUnknown")
    bench.pass(5)
    return worker
  }

  @Test("is found in the axis' list and not sent again")
  func found() async throws {
    let bench = try ConnectorBench()
    let worker = try await doubtful(bench)
    bench.axis.script { $0.sent = .accepted([Self.entry("x", at: ConnectorBench.start)]) }
    _ = try await worker.pass()
    #expect(try await bench.letter("a")?.state == "sent")
    #expect(try await bench.transmission("a")?.transportDocId == "x")
    #expect(bench.axis.calls.sent.count == 1)
  }

  /// Passes of the outbox, so many seconds apart, until `seconds` after the bench's start.
  private func work(_ worker: OutboxWorker, _ bench: ConnectorBench, until seconds: TimeInterval, each step: Double = 1)
    async throws
  {
    while bench.now < ConnectorBench.start.addingTimeInterval(seconds) {
      _ = try await worker.pass()
      bench.pass(step)
    }
  }

  @Test("is sent again, the same bytes, once two lists a minute apart lacked it, the last five minutes after it left")
  func absent() async throws {
    let bench = try ConnectorBench()
    let worker = try await doubtful(bench)
    try await work(worker, bench, until: 299)
    #expect(try await bench.transmission("a")?.state == .unknown, "the axis may still be taking it in")
    #expect(
      try await bench.ledger.letterDetail("a")?.events.contains { $0.kind == "letter.outcomeAsksPerson" } == false)
    try await work(worker, bench, until: 305)
    #expect(try await bench.letter("a")?.state == "sent")
    #expect(bench.axis.calls.sent == ["message of a", "message of a"])
  }

  @Test("is sent once where the axis lists it only after a while", arguments: [10.0, 30, 200, 280])
  func listedLate(_ seconds: TimeInterval) async throws {
    let bench = try ConnectorBench()
    let worker = try await doubtful(bench)
    try await work(worker, bench, until: seconds)
    bench.axis.script { $0.sent = .accepted([Self.entry("x", at: ConnectorBench.start)]) }
    try await work(worker, bench, until: 400)
    #expect(bench.axis.calls.sent == ["message of a"])
    #expect(try await bench.transmission("a")?.transportDocId == "x")
  }

  @Test("is not sent again because an outage in between made it be asked about early")
  func askedEarly() async throws {
    let bench = try ConnectorBench()
    let worker = try await doubtful(bench)
    try await work(worker, bench, until: 245)
    #expect(try await bench.transmission("a")?.checks == 1)
    bench.pass(50)
    for _ in 0..<5 {
      try await bench.ledger.resumeAfterOutage(at: bench.now)
      _ = try await worker.pass()
      bench.pass(3)
    }
    #expect(bench.axis.calls.sent.count == 1)
    try await work(worker, bench, until: 400)
    #expect(bench.axis.calls.sent.count == 2)
  }

  @Test("is sent again as soon as the configuration says")
  func configured() async throws {
    let bench = try ConnectorBench()
    let usual = try await doubtful(bench).workplace
    var configuration = usual.configuration
    configuration.axis.lostAnswer = .init(askAgainSeconds: 2, resendAfterSeconds: 4)
    let workplace = try Workplace(
      configuration: configuration, ledger: bench.ledger, axis: bench.axis, logger: usual.logger, clock: usual.clock,
      chance: { 0 })
    try await work(OutboxWorker(workplace: workplace), bench, until: 10)
    #expect(bench.axis.calls.sent.count == 2)
  }

  @Test("and others of the same hour are found by their times, though the axis' list was away for hours")
  func listAwayForHours() async throws {
    let bench = try ConnectorBench()
    bench.axis.script {
      $0.send = { _, _ in .unknown(ScriptedAxis.trouble(.interrupted)) }
      $0.sent = .tryAgain(ScriptedAxis.trouble())
    }
    for number in 31..<34 { try await bench.queue(LetterID("l\(number)"), number: "\(number)") }
    let worker = OutboxWorker(workplace: try bench.workplace())
    _ = try await worker.pass()
    for hours in [3.0, 80] {
      bench.pass(hours * 3600)
      _ = try await worker.pass()
    }
    let known = 31..<32
    for numbers in [known, 31..<34] {
      let list = numbers.map { Self.entry("x\($0)", at: ConnectorBench.start, number: "\($0)") }
      bench.axis.script { $0.sent = .accepted(list) }
      bench.pass(1000)
      _ = try await worker.pass()
    }
    for number in 31..<34 {
      #expect(try await bench.transmission(LetterID("l\(number)"))?.transportDocId == "x\(number)", "\(number)")
    }
    #expect(bench.axis.calls.sent.count == 3)
  }

  @Test("is shown to a person when the axis' list stays away, with the time since which it is not known")
  func listAwayForGood() async throws {
    let bench = try ConnectorBench()
    bench.axis.script { $0.sent = .tryAgain(ScriptedAxis.trouble()) }
    let worker = try await doubtful(bench)
    try await work(worker, bench, until: 3000, each: 60)
    #expect(try await bench.letter("a")?.nextActor != .sender, "it may pass")
    try await work(worker, bench, until: 3 * 3600, each: 60)
    #expect(try await bench.letter("a")?.nextActor == .sender)
    #expect(try await bench.letter("a")?.state == "outcomeUnknown" && bench.axis.calls.sent.count == 1)
    let shown = try await bench.ledger.outstanding(now: bench.now).filter { $0.reason == .unknownOutcome }
    #expect(shown.map(\.since) == [ConnectorBench.start])
    let asked = try #require(try await bench.ledger.letterDetail("a")).events
    #expect(asked.filter { $0.kind == "letter.outcomeAsksPerson" }.count == 1)
    // Two lists that lack it count as ever.
    bench.axis.script { $0.sent = .accepted([]) }
    try await work(worker, bench, until: 4 * 3600, each: 60)
    #expect(try await bench.letter("a")?.state == "sent" && bench.axis.calls.sent.count == 2)
  }

  @Test("and that failed afterwards is recalled from its receiver before it is cancelled here")
  func failedAfterwards() async throws {
    let bench = try ConnectorBench()
    let worker = try await doubtful(bench)
    bench.axis.script {
      $0.send = { _, _ in .refused(ScriptedAxis.refusal(.message, code: "22")) }
    }
    try await work(worker, bench, until: 400)
    #expect(try await bench.letter("a")?.state == "failed")
    let desk = SenderDesk(ledger: bench.ledger) { bench.now }
    #expect(try await desk.recall("a", reason: "Nhầm.", clerk: "Ví Dụ").kind == .recall)
    // What the receiver says of it counts.
    #expect(try await bench.letter("a")?.state == "failed")
  }

  @Test("is not confused with a message without number and title, where the axis names those of others")
  func namelessMessage() async throws {
    let bench = try ConnectorBench()
    let worker = try await doubtful(bench)
    let nameless = SentEntry(
      messageType: "edoc", senderDocID: "n", fromCode: "G11.99", toCode: "H99.15", title: "", notation: "",
      sentTime: EdocTimestamp(ConnectorBench.start).edxml)
    bench.axis.script { $0.sent = .accepted([nameless]) }
    _ = try await worker.pass()
    #expect(try await bench.transmission("a")?.lastCause?.hasPrefix("may be one of several") == true)
    bench.axis.script { $0.sent = .accepted([nameless, Self.entry("x", at: ConnectorBench.start)]) }
    bench.pass(60)
    _ = try await worker.pass()
    #expect(try await bench.transmission("a")?.transportDocId == "x")
    #expect(bench.axis.calls.sent.count == 1)
  }

  @Test("is not taken for another letter of ours with the same number and title")
  func ownedByAnother() async throws {
    let bench = try ConnectorBench()
    try await bench.queue("b")
    let worker = OutboxWorker(workplace: try bench.workplace())
    _ = try await worker.pass()
    #expect(try await bench.transmission("b")?.transportDocId == "d1")
    bench.axis.script {
      $0.send = { number, _ in number == 2 ? .unknown(ScriptedAxis.trouble(.interrupted)) : .accepted("d\(number)") }
    }
    try await bench.queue("a")
    _ = try await worker.pass()
    bench.axis.script { $0.sent = .accepted([Self.entry("d1", at: ConnectorBench.start)]) }
    for _ in 0..<8 {
      bench.pass(60)
      _ = try await worker.pass()
    }
    #expect(try await bench.transmission("a")?.transportDocId == "d3")
    #expect(bench.axis.calls.sent.count == 3)
  }

  @Test(
    "is not taken for what it updates, of which only the receiver's answer says that it arrived",
    arguments: ["outcomeUnknown", "arrived"])
  func updateOfFound(_ state: String) async throws {
    let bench = try ConnectorBench()
    let worker = try await doubtful(bench)
    if state == "arrived" {
      _ = try await bench.ledger.advance(
        LetterTransition("a", from: ["outcomeUnknown"], to: state, event: .packed), at: bench.now)
      _ = try await worker.pass()
      #expect(try await bench.transmission("a")?.state == .sent)
    }
    bench.axis.script { $0.send = { _, _ in .unknown(ScriptedAxis.trouble(.interrupted)) } }
    try await bench.queue("u", documentId: "doc-a", kind: .update)
    _ = try await worker.pass()
    bench.axis.script {
      $0.send = { number, _ in .accepted("d\(number)") }
      $0.sent = .accepted([Self.entry("x", at: ConnectorBench.start)])
    }
    bench.pass(5)
    _ = try await worker.pass()
    #expect(try await bench.letter("u")?.state == "outcomeUnknown")
    #expect(try await bench.transmission("u")?.lastCause?.hasPrefix("may be one of several") == true)
    // Of a recall the axis tells another title: then only one can be meant.
    var recall = LetterTransition("u", from: [], to: nil, event: .packed)
    recall.changes.subject = .set("Thu hồi: Đề nghị cấp chứng thư số")
    _ = try await bench.ledger.advance(recall, at: bench.now)
    bench.axis.script {
      $0.sent = .accepted([Self.entry("y", at: ConnectorBench.start, title: "Thu hồi: Đề nghị cấp chứng thư số")])
    }
    bench.pass(60)
    _ = try await worker.pass()
    #expect(try await bench.transmission("u")?.transportDocId == "y")
  }

  @Test("is shown to a person when two messages match alike, who says which it is")
  func twoAlike() async throws {
    let bench = try ConnectorBench()
    let worker = try await doubtful(bench)
    bench.axis.script {
      $0.sent = .accepted([Self.entry("x", at: ConnectorBench.start), Self.entry("y", at: ConnectorBench.start)])
    }
    for _ in 0..<8 {
      bench.pass(1000)
      _ = try await worker.pass()
    }
    #expect(bench.axis.calls.sent.count == 1, "nothing is guessed")
    let detail = try #require(try await bench.ledger.letterDetail("a"))
    #expect(detail.letter.nextActor == .sender && detail.letter.state == "outcomeUnknown")
    #expect(detail.events.filter { $0.kind == "letter.outcomeAsksPerson" }.count == 1)
    #expect(detail.transmissions.first?.lastCause?.contains("x, y") == true)
    #expect(try await bench.ledger.outstanding(now: bench.now).map(\.reason) == [.unknownOutcome])

    let desk = OutcomeDesk(
      ledger: bench.ledger, configuration: try bench.workplace().configuration, clock: { [now = bench.now] in now })
    #expect(try await desk.say(delivered: true, transportDocId: "y", of: "a", by: "Ví Dụ").state == "sent")
    #expect(try await bench.transmission("a")?.transportDocId == "y")
    await #expect(throws: ConnectorError.self) { _ = try await desk.say(delivered: false, of: "a", by: "Ví Dụ") }
  }

  @Test("goes again at a person's word that the axis does not have it")
  func saidNotDelivered() async throws {
    let bench = try ConnectorBench()
    let worker = try await doubtful(bench)
    bench.axis.script { $0.sent = .refused(ScriptedAxis.refusal(.message, code: AxisRefusal.notOffered)) }
    _ = try await worker.pass()
    #expect(try await bench.letter("a")?.state == "outcomeUnknown")
    let desk = OutcomeDesk(
      ledger: bench.ledger, configuration: try bench.workplace().configuration, clock: { [now = bench.now] in now })
    #expect(try await desk.say(delivered: false, of: "a", by: "Ví Dụ").state == "queued")
    _ = try await worker.pass()
    #expect(try await bench.letter("a")?.state == "sent")
    #expect(bench.axis.calls.sent == ["message of a", "message of a"])
  }

  @Test("counts as sent when its receiver answers, whatever the axis' list says")
  func answered() async throws {
    let bench = try ConnectorBench()
    let worker = try await doubtful(bench)
    try await bench.ledger.advance(
      LetterTransition("a", from: ["outcomeUnknown"], to: "arrived", event: .moved(to: .arrived)), at: bench.now)
    _ = try await worker.pass()
    #expect(try await bench.transmission("a")?.state == .sent)
    #expect(try await bench.letter("a")?.state == "arrived")
    #expect(bench.axis.calls.sent.count == 1)
  }

  @Test("is not sent again after it was taken back or replaced", arguments: ["withdrawn", "replaced", "accepted"])
  func atAnEnd(_ state: String) async throws {
    let bench = try ConnectorBench()
    let worker = try await doubtful(bench)
    var step = LetterTransition("a", from: ["outcomeUnknown"], to: state, event: .packed)
    step.changes.isFinished = .set(state != "accepted")
    try await bench.ledger.advance(step, at: bench.now)
    try await work(worker, bench, until: 600, each: 10)
    #expect(bench.axis.calls.sent.count == 1)
    #expect(try await bench.transmission("a")?.state == .sent)
    #expect(try await bench.letter("a")?.state == state)
  }

  @Test(
    "is not sent again at a person's word, once it was taken back or replaced",
    arguments: ["withdrawn", "replaced", "accepted"])
  func saidTooLate(_ state: String) async throws {
    let bench = try ConnectorBench()
    let worker = try await doubtful(bench)
    let step = LetterTransition("a", from: ["outcomeUnknown"], to: state, event: .packed)
    try await bench.ledger.advance(step, at: bench.now)
    let desk = OutcomeDesk(
      ledger: bench.ledger, configuration: try bench.workplace().configuration, clock: { [now = bench.now] in now })
    #expect(try await desk.say(delivered: false, of: "a", by: "Ví Dụ").state == state)
    #expect(try await bench.transmission("a")?.state == .sent)
    let last = try #require(try await bench.ledger.letterDetail("a")?.events.last)
    #expect(last.kind == "letter.outcomeSaid" && last.sentence.en.contains("not sent again"))
    try await work(worker, bench, until: 600, each: 10)
    #expect(bench.axis.calls.sent.count == 1)
  }

  @Test(
    "and that is to be tried again is not, once its receiver has answered or it was taken back",
    arguments: ["arrived", "accepted", "withdrawn", "replaced"])
  func queuedAgain(_ state: String) async throws {
    let bench = try ConnectorBench()
    bench.axis.script {
      $0.send = { number, _ in number == 1 ? .tryAgain(ScriptedAxis.trouble(.busy)) : .accepted("d\(number)") }
    }
    try await bench.queue("a")
    let worker = OutboxWorker(workplace: try bench.workplace())
    _ = try await worker.pass()
    #expect(try await bench.transmission("a")?.attempts == 1)
    var step = LetterTransition("a", from: ["queued"], to: state, event: .packed)
    step.transmissions = [NewTransmission(status: "13", description: "vì sao", from: "G11.99", to: ["H99.15"])]
    try await bench.ledger.advance(step, at: bench.now)
    for _ in 0..<5 {
      bench.pass(60)
      _ = try await worker.pass()
    }
    let detail = try #require(try await bench.ledger.letterDetail("a"))
    #expect(detail.transmissions.map(\.state) == [.sent, .sent], "the status behind it goes")
    #expect(detail.letter.state == state && detail.attempts.count == 2)
    #expect(bench.axis.calls.sent.count { $0 == "message of a" } == 1)
    #expect(detail.events.count { $0.kind == "letter.foundByAnswer" } == 1)
  }

  @Test("or that was never tried does not leave once its letter is at an end")
  func neverTried() async throws {
    let bench = try ConnectorBench()
    try await bench.queue("a")
    let step = LetterTransition("a", from: ["queued"], to: "withdrawn", event: .packed)
    try await bench.ledger.advance(step, at: bench.now)
    _ = try await OutboxWorker(workplace: try bench.workplace()).pass()
    #expect(bench.axis.calls.sent.isEmpty)
    #expect(try await bench.transmission("a")?.state == .cancelled)
    #expect(try await bench.ledger.letterDetail("a")?.events.last?.kind == "letter.notSentAfterEnd")
  }

  /// The matcher for a letter attempted at the bench's start; `before`: what the axis took just before.
  private func match(_ bench: ConnectorBench, before: [TakenDocument] = [], owned: Set<String> = []) async throws
    -> SentListMatch
  {
    _ = try await doubtful(bench)
    let letter = try #require(try await bench.letter("a"))
    let transmission = try #require(try await bench.transmission("a"))
    var evidence = try await bench.ledger.outcomeEvidence(for: transmission.id)
    evidence.takenBefore = before
    return SentListMatch(letter: letter, transmission: transmission, evidence: evidence, owned: owned)
  }

  @Test("is matched by number, title, receiver and time, and by nothing less")
  func fields() async throws {
    let match = try await match(try ConnectorBench())
    let start = ConnectorBench.start
    func verdict(_ entries: SentEntry...) -> SentListMatch.Verdict { match.verdict(on: entries) }
    #expect(verdict(Self.entry("x", at: start.addingTimeInterval(200))) == .found(transportDocId: "x"))
    #expect(verdict(Self.entry("x", at: start, number: "22")) == .absent)
    #expect(verdict(Self.entry("x", at: start, title: "Thu hồi: Đề nghị cấp chứng thư số")) == .absent)
    #expect(verdict(Self.entry("x", at: start, to: "H99.16")) == .doubtful(["x"]), "a code that nobody knows")
    #expect(verdict(Self.entry("x", at: start, number: "22", to: "H99.16")) == .absent)
    #expect(verdict(Self.entry("x", at: start.addingTimeInterval(-400 * 86_400))) == .absent, "last year's number 21")
    #expect(verdict(Self.entry("x", at: start.addingTimeInterval(-7 * 3600))) == .doubtful(["x"]), "a clock in UTC?")
    #expect(verdict(Self.entry("x", at: nil)) == .found(transportDocId: "x"), "a time that cannot be read")
    #expect(verdict(Self.entry("x", at: nil, number: " 21", title: "")) == .found(transportDocId: "x"))
    #expect(
      verdict(Self.entry("x", at: start), Self.entry("x", at: start, to: "H99.16")) == .found(transportDocId: "x"),
      "one message, two deliveries")
    #expect(
      verdict(Self.entry("x", at: start), Self.entry("y", at: nil)) == .found(transportDocId: "x"),
      "the better match counts")
  }

  /// A directory in which the letter's receiver and sender have other codes too.
  private func fillDirectory(_ bench: ConnectorBench) async throws {
    let agencies = [
      DirectoryAgency(code: "H99.15", code102: "000.00.15.H99", name: "Sở Ví dụ"),
      DirectoryAgency(code: "H99.16", code102: "000.00.16.H99", name: "Sở Thử"),
      DirectoryAgency(code: "G11.99", code102: "000.00.99.G11", oldCode: "X99", name: "Cục Ví dụ"),
    ]
    try await bench.ledger.synchroniseAgencies(agencies, source: "axis", complete: true, at: bench.now)
  }

  @Test("is matched by whichever code the axis lists of its receiver and its sender, as far as the directory knows it")
  func codeForms() async throws {
    let bench = try ConnectorBench()
    try await fillDirectory(bench)
    let match = try await match(bench)
    func verdict(from: String = "G11.99", to: String = "H99.15", number: String = "21") async throws
      -> SentListMatch.Verdict
    {
      let list = [Self.entry("x", at: ConnectorBench.start, number: number, from: from, to: to)]
      return try await match.resolved(for: list, in: bench.ledger).verdict(on: list)
    }
    for to in ["000.00.15.H99", #"["H99.15"]"#, #"["000.00.16.H99", "000.00.15.H99"]"#, "H99.16,H99.15", ""] {
      #expect(try await verdict(to: to) == .found(transportDocId: "x"), "\(to)")
    }
    for from in ["000.00.99.G11", "X99", #"["G11.99"]"#] {
      #expect(try await verdict(from: from) == .found(transportDocId: "x"), "\(from)")
    }
    #expect(try await verdict(to: "H99.16") == .absent)
    #expect(try await verdict(to: "000.00.16.H99,G11.99") == .absent)
    #expect(try await verdict(from: "H99.16") == .absent)
    #expect(try await verdict(to: "Y1") == .doubtful(["x"]))
    #expect(try await verdict(from: "Y1") == .doubtful(["x"]))
    #expect(try await verdict(to: "Y1", number: "22") == .absent)
    #expect(try await verdict(from: "H99.16", to: "Y1") == .absent)
  }

  @Test("is not sent again where the axis lists another code of its receiver", arguments: ["000.00.15.H99", "Y1"])
  func otherCode(_ code: String) async throws {
    let bench = try ConnectorBench()
    try await fillDirectory(bench)
    let worker = try await doubtful(bench)
    bench.axis.script { $0.sent = .accepted([Self.entry("x", at: ConnectorBench.start, to: code)]) }
    try await work(worker, bench, until: 400)
    #expect(bench.axis.calls.sent == ["message of a"])
    let state: TransmissionState = code == "Y1" ? .unknown : .sent
    #expect(try await bench.transmission("a")?.state == state)
  }

  @Test("is matched by the axis' own clock where that is known to be wrong")
  func skew() async throws {
    let start = ConnectorBench.start
    let ahead: TimeInterval = 5 * 3600
    let match = try await match(
      try ConnectorBench(), before: [TakenDocument(transportDocId: "k", at: start.addingTimeInterval(-600))],
      owned: ["k"])
    let known = Self.entry("k", at: start.addingTimeInterval(-600 + ahead), number: "20")
    #expect(
      match.verdict(on: [known, Self.entry("x", at: start.addingTimeInterval(ahead))]) == .found(transportDocId: "x"))
    #expect(match.verdict(on: [known, Self.entry("x", at: start)]) == .doubtful(["x"]))
  }

  @Test("is not missing from a list that does not reach over the time of its attempt")
  func shortList() async throws {
    let start = ConnectorBench.start
    let before = TakenDocument(transportDocId: "k", at: start.addingTimeInterval(-600))
    let match = try await match(try ConnectorBench(), before: [before], owned: ["k"])
    #expect(match.verdict(on: []) == .listTooShort)
    #expect(match.verdict(on: [Self.entry("k", at: before.at, number: "20")]) == .absent)
    // Ten, the oldest first, all from before the attempt: the page ends before it.
    let page = (0..<10).map { place in
      Self.entry(
        place == 9 ? "k" : "o\(place)", at: before.at.addingTimeInterval(Double(place - 9) * 60), number: "1\(place)")
    }
    #expect(match.verdict(on: page) == .listTooShort)
    #expect(match.verdict(on: page.reversed()) == .absent, "the newest first: what is cut off is older")
  }
}
