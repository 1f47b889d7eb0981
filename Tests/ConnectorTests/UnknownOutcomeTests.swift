import AxisClient
import DeliveryLedger
import EdXML
import Foundation
import Testing

@testable import Connector

@Suite("A letter of which it is not known whether the axis has it")
struct UnknownOutcomeTests {
  private static func entry(
    _ id: String, at time: Date?, number: String = "21", title: String = "Đề nghị cấp chứng thư số",
    to: String = "H99.15"
  ) -> SentEntry {
    SentEntry(
      messageType: "edoc", senderDocID: id, fromCode: "G11.99", toCode: to, title: title, notation: "\(number)/CVD-VP",
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

  @Test("is sent again, the same bytes, once the axis' list has lacked it twice")
  func absent() async throws {
    let bench = try ConnectorBench()
    let worker = try await doubtful(bench)
    _ = try await worker.pass()
    #expect(try await bench.transmission("a")?.state == .unknown, "one look proves nothing")
    bench.pass(60)
    _ = try await worker.pass()
    _ = try await worker.pass()
    #expect(try await bench.letter("a")?.state == "sent")
    #expect(bench.axis.calls.sent == ["message of a", "message of a"])
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
    for _ in 0..<3 {
      bench.pass(60)
      _ = try await worker.pass()
    }
    #expect(try await bench.transmission("a")?.transportDocId == "d3")
    #expect(bench.axis.calls.sent.count == 3)
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
    #expect(verdict(Self.entry("x", at: start, to: "H99.16")) == .absent)
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
