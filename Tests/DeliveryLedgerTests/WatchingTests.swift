import DeliveryLedger
import Foundation
import Testing

@Suite("A ledger that is looked after")
struct WatchingTests {
  @Test("What was to wait until after a time is made due, and nothing else")
  func bringForward() async throws {
    let fixture = try LedgerFixture()
    let ledger = fixture.ledger
    for (id, wait) in [("a", 60.0), ("b", 7200)] {
      _ = try await fixture.outgoing(LetterID(rawValue: id))
      let due = try #require(try await ledger.dueTransmissions(now: LedgerFixture.start).first)
      _ = try await ledger.beginAttempt(due.id, at: LedgerFixture.start)
      try await ledger.finishAttempt(
        due.id, outcome: .tryAgain(at: LedgerFixture.time(wait)), cause: "x", at: LedgerFixture.start)
    }
    let arrival = try await fixture.arrival("t")
    try await ledger.postponeArrival(
      arrival.id, until: LedgerFixture.time(7200), cause: "x", at: LedgerFixture.start)
    try await ledger.postponeAcknowledgement(
      arrival.id, until: LedgerFixture.time(7200), cause: "x", at: LedgerFixture.start)
    try await ledger.noteFetchFailure(
      "u", .edoc, until: LedgerFixture.time(7200), cause: "x", at: LedgerFixture.start)
    let count = try await ledger.bringForward(waitingBeyond: LedgerFixture.time(3600), at: LedgerFixture.start)
    #expect(count >= 3)
    #expect(try await ledger.dueTransmissions(now: LedgerFixture.start).map(\.letter) == ["b"])
    #expect(
      try await ledger.dueTransmissions(now: LedgerFixture.time(60)).map(\.letter.rawValue).sorted() == ["a", "b"])
    #expect(try await ledger.dueArrivals(now: LedgerFixture.start).map(\.id) == [arrival.id])
    #expect(try await ledger.fetchTroubles(.edoc)["u"]?.nextAttemptAt == LedgerFixture.start)
    #expect(try await ledger.bringForward(waitingBeyond: LedgerFixture.time(3600), at: LedgerFixture.start) == 0)
  }

  @Test("What waited for the axis is due again in the order in which it was queued")
  func resume() async throws {
    let fixture = try LedgerFixture()
    let ledger = fixture.ledger
    for (place, id) in ["a", "b", "c"].enumerated() {
      _ = try await fixture.outgoing(LetterID(rawValue: id))
      guard id != "c" else { break }
      let due = try await ledger.dueTransmissions(now: LedgerFixture.start)
      let transmission = try #require(due.first { $0.letter.rawValue == id })
      _ = try await ledger.beginAttempt(transmission.id, at: LedgerFixture.start)
      try await ledger.finishAttempt(
        transmission.id, outcome: .tryAgain(at: LedgerFixture.time(Double(900 - place))), cause: "x",
        at: LedgerFixture.start)
    }
    #expect(try await ledger.dueTransmissions(now: LedgerFixture.time(60)).map(\.letter) == ["c"])
    #expect(try await ledger.resumeAfterOutage(at: LedgerFixture.time(60)) == 2)
    #expect(try await ledger.dueTransmissions(now: LedgerFixture.time(60)).map(\.letter) == ["a", "b", "c"])
  }

  @Test(
    "What the axis itself answered waits on when it is back, so that it does not come first and fail again",
    arguments: [("error-21", true), ("http-404", true), ("http-503", false), ("transport-6", false)])
  func resumeLeavesAnswered(cause: String, waits: Bool) async throws {
    let fixture = try LedgerFixture()
    let ledger = fixture.ledger
    _ = try await fixture.outgoing("a")
    let due = try #require(try await ledger.dueTransmissions(now: LedgerFixture.start).first)
    _ = try await ledger.beginAttempt(due.id, at: LedgerFixture.start)
    try await ledger.finishAttempt(
      due.id, outcome: .tryAgain(at: LedgerFixture.time(900)), cause: cause, detail: "sendEdoc",
      at: LedgerFixture.start)
    #expect(try await ledger.resumeAfterOutage(at: LedgerFixture.time(60)) == (waits ? 0 : 1))
    #expect(try await ledger.dueTransmissions(now: LedgerFixture.time(60)).isEmpty == waits)
    #expect(try await ledger.dueTransmissions(now: LedgerFixture.time(900)).count == 1)
  }

  @Test("What is tried again and again is shown as waiting, although its next try is always ahead")
  func waiting() async throws {
    let fixture = try LedgerFixture()
    let ledger = fixture.ledger
    _ = try await fixture.outgoing("a")
    let due = try #require(try await ledger.dueTransmissions(now: LedgerFixture.start).first)
    _ = try await ledger.beginAttempt(due.id, at: LedgerFixture.start)
    try await ledger.finishAttempt(
      due.id, outcome: .tryAgain(at: LedgerFixture.time(7200)), cause: "busy", at: LedgerFixture.start)
    let arrival = try await fixture.arrival("t")
    try await ledger.postponeArrival(
      arrival.id, until: LedgerFixture.time(7200), cause: "unread", at: LedgerFixture.start)
    try await ledger.postponeAcknowledgement(
      arrival.id, until: LedgerFixture.time(7200), cause: "untaken", at: LedgerFixture.start)
    let draft = LetterDraft(
      id: "m", state: "recorded", sender: "H01.02.03", receivers: ["H99.00.00"], documentId: "doc-m")
    _ = try await ledger.recordDraft(draft, event: LedgerFixture.event("letter.drafted"), at: LedgerFixture.start)
    var step = LetterTransition("m", from: [], to: nil, event: LedgerFixture.event("work.postponed"))
    step.changes.nextActionAt = .set(LedgerFixture.time(7200))
    try await ledger.advance(step, at: LedgerFixture.start)
    #expect(try await ledger.outstanding(now: LedgerFixture.time(200)).isEmpty)
    let waiting = try await ledger.outstanding(now: LedgerFixture.time(400))
    #expect(Set(waiting.map(\.reason)) == [.waitingToBeMade, .waitingToBeSent, .waitingToBeRead, .unacknowledged])
    #expect(waiting.first { $0.reason == .waitingToBeSent }?.cause == "busy")
    #expect(waiting.allSatisfy { $0.since <= LedgerFixture.start })
  }

  @Test("A look whether it can be written leaves nothing behind")
  func writable() async throws {
    let fixture = try LedgerFixture()
    try await fixture.ledger.checkWritable(committing: true)
    let blobs = fixture.folder.appending(path: "blobs")
    #expect(try FileManager.default.contentsOfDirectory(atPath: blobs.path(percentEncoded: false)) == ["tmp"])
    let left = try FileManager.default.contentsOfDirectory(atPath: blobs.appending(path: "tmp").path)
    #expect(left.isEmpty)
    #expect(try await fixture.ledger.verify().isIntact)
    try FileManager.default.removeItem(at: blobs.appending(path: "tmp"))
    await #expect(throws: LedgerError.self) { try await fixture.ledger.checkWritable(committing: false) }
  }
}
