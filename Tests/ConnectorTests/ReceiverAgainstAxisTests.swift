import AxisClient
import DeliveryLedger
import EdXML
import Foundation
import Testing
import VietnameseText

@testable import Connector

/// The axis says that it refused what it took; the receiver's answers prove that it is there.
@Suite("A receiver's word about what the axis said it refused")
struct ReceiverAgainstAxisTests {
  /// A status of the receiver about the letter, put into the inbox.
  private func arrive(_ code: StatusCode, about documentId: String, at bench: ConnectorBench) async throws {
    let message = StatusMessage(
      from: Organization("H99.15", name: "Sở Ví dụ"),
      responseFor: ResponseFor(organId: "G11.99", documentId: documentId), staff: nil, code: code,
      description: "Đã xem.", timestamp: EdocTimestamp(ConnectorBench.start))
    let blob = try await bench.ledger.storeBlob(Data(try EdXMLWriter(checks: false).bytes(message)))
    _ = try await bench.ledger.recordArrival(
      NewArrival(
        transportDocId: "\(code.code)-\(UUID().uuidString)", messageType: .status, transportFrom: "H99.15",
        message: blob,
        acknowledgement: .pending), at: bench.now)
  }

  private func settle(_ workplace: Workplace) async throws {
    for arrival in try await workplace.ledger.dueArrivals(now: workplace.clock()) {
      try await StatusIntake(workplace: workplace).settle(arrival)
    }
  }

  @Test("waits while the letter is made again, and moves it once it has left")
  func waits() async throws {
    let bench = try ConnectorBench()
    bench.axis.script {
      $0.send = { number, _ in
        number == 1 ? .refused(ScriptedAxis.refusal(.message, code: "22")) : .accepted("d\(number)")
      }
    }
    let letter = try await bench.queue("a")
    let workplace = try bench.workplace()
    let outbox = OutboxWorker(workplace: workplace)
    _ = try await outbox.pass()
    #expect(try await bench.letter("a")?.state == "failed")
    let desk = SenderDesk(ledger: bench.ledger, clock: { [now = bench.now] in now })
    #expect(try await desk.retry("a", clerk: "Ví Dụ").state == "recorded")

    try await arrive(.accepted, about: "doc-a", at: bench)
    try await settle(workplace)
    #expect(try await bench.letter("a")?.state == "recorded")
    #expect(try await bench.ledger.letterDetail("a")?.statuses.isEmpty == true, "not used up yet")

    var step = LetterTransition("a", from: ["recorded"], to: "queued", event: .packed)
    let message = try #require(try await bench.transmission("a")?.message)
    step.transmissions = [NewTransmission(edoc: message, from: letter.sender, to: letter.receivers)]
    _ = try await bench.ledger.advance(step, at: bench.now)
    _ = try await outbox.pass()
    #expect(try await bench.letter("a")?.state == "sent")
    bench.pass(60)
    try await settle(workplace)
    #expect(try await bench.letter("a")?.state == "accepted")
    // An authority's letter is an answer: nothing follows its registration.
    let said = try await bench.ledger.letterDetail("a")?.events.last?.sentence.en
    #expect(said == "The request's sender has the answer; nothing more to do.")
  }

  @Test("about a recall waits while the recall is made, so that both end when it has left")
  func recallInTheMaking() async throws {
    let bench = try ConnectorBench()
    let letter = try await bench.queue("a")
    let workplace = try bench.workplace()
    let outbox = OutboxWorker(workplace: workplace)
    _ = try await outbox.pass()
    let desk = SenderDesk(ledger: bench.ledger, clock: { [now = bench.now] in now })
    let recall = try await desk.recall("a", reason: "Nhầm.", clerk: "Ví Dụ")
    #expect(recall.state == "signed")
    try await arrive(.changeAccepted, about: "doc-a", at: bench)
    try await settle(workplace)
    #expect(try await bench.letter("a")?.state == "sent")
    #expect(try await bench.letter(recall.id)?.state == "signed")

    var step = LetterTransition(recall.id, from: ["signed"], to: "queued", event: .packed)
    let message = try await bench.ledger.storeBlob(Data("recall of a".utf8))
    step.transmissions = [NewTransmission(edoc: message, from: letter.sender, to: letter.receivers)]
    _ = try await bench.ledger.advance(step, at: bench.now)
    _ = try await outbox.pass()
    bench.pass(60)
    try await settle(workplace)
    #expect(try await bench.letter("a")?.state == "withdrawn")
    #expect(try await bench.letter(recall.id)?.state == "agreed")
  }

  @Test("is not waited with for ever: after three days it is kept as it came")
  func longestWait() async throws {
    let bench = try ConnectorBench()
    try await bench.queue("a")
    let workplace = try bench.workplace()
    _ = try await bench.ledger.advance(
      LetterTransition("a", from: ["queued"], to: "recorded", event: .packed), at: bench.now)
    try await arrive(.accepted, about: "doc-a", at: bench)
    try await settle(workplace)
    #expect(try await bench.ledger.letterDetail("a")?.statuses.isEmpty == true)
    bench.pass(3 * 86_400 + 1)
    try await settle(workplace)
    #expect(try await bench.ledger.letterDetail("a")?.statuses.count == 1)
    #expect(try await bench.letter("a")?.state == "recorded")
  }

  @Test("settles a taking back (13) that the axis said it refused")
  func takenBack() async throws {
    let bench = try ConnectorBench()
    try await bench.queue("a")
    let workplace = try bench.workplace()
    let outbox = OutboxWorker(workplace: workplace)
    _ = try await outbox.pass()
    let desk = SenderDesk(ledger: bench.ledger, clock: { [now = bench.now] in now })
    _ = try await desk.takeBack("a", reason: "Nhầm.", clerk: "Ví Dụ")
    bench.axis.script { $0.send = { _, _ in .refused(ScriptedAxis.refusal(.message, code: "22")) } }
    _ = try await outbox.pass()
    #expect(try await bench.ledger.letterDetail("a")?.transmissions.last?.state == .refused)
    try await arrive(.changeAccepted, about: "doc-a", at: bench)
    try await settle(workplace)
    #expect(try await bench.letter("a")?.state == "withdrawn")
  }
}
