import DeliveryLedger
import Foundation
import Testing

@Suite struct OutboxTests {
  /// The letter's transmissions: an edoc and then two statuses.
  private func letterWithThree(_ fixture: LedgerFixture) async throws -> [TransmissionRecord] {
    _ = try await fixture.outgoing("a")
    var step = LetterTransition("a", from: [], to: nil, event: LedgerFixture.event("more"))
    step.transmissions = ["13", "06"].map {
      NewTransmission(status: $0, description: "vì sao", from: "H01.02.03", to: ["H99.00.00"])
    }
    try await fixture.ledger.advance(step, at: LedgerFixture.start)
    return try #require(try await fixture.ledger.letterDetail("a")).transmissions
  }

  @Test("A letter's transmissions leave in the order in which they were queued")
  func order() async throws {
    let fixture = try LedgerFixture()
    let ledger = fixture.ledger
    let all = try await letterWithThree(fixture)
    let status = try await fixture.blob("status")
    var left: [TransmissionID] = []
    for _ in 0..<3 {
      let due = try await ledger.dueTransmissions(now: LedgerFixture.time(left.count > 1 ? 100 : 0))
      #expect(due.count == 1)
      let first = try #require(due.first)
      left.append(first.id)
      _ = try await ledger.beginAttempt(first.id, message: first.message == nil ? status : nil, at: LedgerFixture.start)
      #expect(try await ledger.dueTransmissions(now: LedgerFixture.time(100)).isEmpty)
      try await ledger.finishAttempt(
        first.id, outcome: .accepted(transportDocId: "t\(left.count)"), cause: nil, at: LedgerFixture.start)
    }
    #expect(left == all.map(\.id))
    #expect(try await ledger.dueTransmissions(now: LedgerFixture.time(1000)).isEmpty)
    let transmissions = try #require(try await ledger.letterDetail("a")).transmissions
    #expect(transmissions.map(\.state) == [.sent, .sent, .sent])
    #expect(transmissions.map(\.transportDocId) == ["t1", "t2", "t3"])
  }

  @Test("A later transmission cannot be begun before an earlier one of its letter")
  func noOvertaking() async throws {
    let fixture = try LedgerFixture()
    let all = try await letterWithThree(fixture)
    let status = try await fixture.blob("status")
    #expect(
      await errorCode {
        _ = try await fixture.ledger.beginAttempt(all[1].id, message: status, at: LedgerFixture.start)
      } == .stateConflict)
  }

  @Test("What is to be tried again goes later, with the very same bytes")
  func tryAgain() async throws {
    let fixture = try LedgerFixture()
    let ledger = fixture.ledger
    _ = try await fixture.outgoing("a")
    let first = try #require(try await ledger.dueTransmissions(now: LedgerFixture.start).first)
    let other = try await fixture.blob("other bytes")
    #expect(
      await errorCode { _ = try await ledger.beginAttempt(first.id, message: other, at: LedgerFixture.start) }
        == .stateConflict)
    let begun = try await ledger.beginAttempt(first.id, at: LedgerFixture.start)
    #expect(begun.attempts == 1 && begun.state == .sending && begun.message == first.message)
    let again = try await ledger.finishAttempt(
      first.id, outcome: .tryAgain(at: LedgerFixture.time(30)), cause: "connection", at: LedgerFixture.time(1))
    #expect(again.state == .queued && again.lastCause == "connection")
    #expect(try await ledger.dueTransmissions(now: LedgerFixture.time(29)).isEmpty)
    #expect(try await ledger.dueTransmissions(now: LedgerFixture.time(30)).map(\.message) == [first.message])
    _ = try await ledger.beginAttempt(first.id, at: LedgerFixture.time(30))
    let attempts = try #require(try await ledger.letterDetail("a")).attempts
    #expect(attempts.map(\.outcome) == ["tryAgain", nil] && attempts.map(\.number) == [1, 2])
  }

  @Test("What cannot be begun is put off with its cause, lets others by, and counts how often until it is begun")
  func postponed() async throws {
    let fixture = try LedgerFixture()
    let ledger = fixture.ledger
    for id in ["a", "b"] { _ = try await fixture.outgoing(LetterID(id)) }
    let first = try #require(try await ledger.dueTransmissions(now: LedgerFixture.start, limit: 1).first)
    for count in 1...2 {
      let left = try await ledger.postponeTransmission(
        first.id, until: LedgerFixture.time(60), cause: "file",
        event: count == 1 ? LedgerFixture.event("put off") : nil,
        at: LedgerFixture.start)
      #expect(left.state == .queued && left.checks == count && left.lastCause == "file" && left.attempts == 0)
    }
    #expect(try await ledger.dueTransmissions(now: LedgerFixture.time(59), limit: 1).map(\.letter) == ["b"])
    #expect(try #require(try await ledger.letterDetail("a")).events.count { $0.kind == "put off" } == 1)
    let begun = try await ledger.beginAttempt(first.id, at: LedgerFixture.time(60))
    #expect(begun.checks == 0)
    // Not while it is being sent, and not afterwards.
    for state in [TransmissionState.sending, .sent] {
      let left = try await ledger.postponeTransmission(
        first.id, until: LedgerFixture.time(99), cause: "x", event: LedgerFixture.event("put off"),
        at: LedgerFixture.time(61))
      #expect(left.state == state && left.lastCause == (state == .sent ? nil : "file"))
      guard state == .sending else { continue }
      try await ledger.finishAttempt(
        first.id, outcome: .accepted(transportDocId: "t"), cause: nil, at: LedgerFixture.time(62))
    }
    #expect(try #require(try await ledger.letterDetail("a")).events.count { $0.kind == "put off" } == 1)
  }

  @Test(
    "What need not be sent any more is settled while it is queued, and an attempt begins only in its letter's state")
  func settledQueued() async throws {
    let fixture = try LedgerFixture()
    let ledger = fixture.ledger
    _ = try await fixture.outgoing("a")
    let first = try #require(try await ledger.dueTransmissions(now: LedgerFixture.start).first)
    #expect(
      await errorCode { _ = try await ledger.beginAttempt(first.id, whileLetterIs: "arrived", at: LedgerFixture.start) }
        == .stateConflict)
    let step = LetterTransition("a", from: ["queued"], to: nil, event: LedgerFixture.event("answered"))
    let wrong = LetterTransition("a", from: ["arrived"], to: nil, event: LedgerFixture.event("answered"))
    #expect(
      await errorCode {
        _ = try await ledger.settleQueued(
          first.id, as: .cancelled, cause: "x", transitions: [wrong], at: LedgerFixture.start)
      } == .stateConflict)
    #expect(
      await errorCode {
        _ = try await ledger.settleQueued(first.id, as: .refused, cause: "x", transitions: [], at: LedgerFixture.start)
      } == .invalid)
    let settled = try await ledger.settleQueued(
      first.id, as: .accepted(transportDocId: nil), cause: "answered", transitions: [step], at: LedgerFixture.start)
    #expect(settled.state == .sent && settled.lastCause == "answered" && settled.attempts == 0)
    #expect(
      await errorCode {
        _ = try await ledger.settleQueued(
          first.id, as: .cancelled, cause: "x", transitions: [], at: LedgerFixture.start)
      } == .stateConflict)
    #expect(try await ledger.verify().isIntact)
  }

  @Test(
    "The times at which the axis took documents are those at which it was heard, not those at which it was found out")
  func evidenceOfTime() async throws {
    let fixture = try LedgerFixture()
    let ledger = fixture.ledger
    for id in ["heard", "found", "a"] { _ = try await fixture.outgoing(LetterID(id)) }
    let due = try await ledger.dueTransmissions(now: LedgerFixture.start)
    let outcomes: [AttemptOutcome] = [
      .accepted(transportDocId: "t-heard"), .unknown(checkAt: LedgerFixture.start),
      .unknown(checkAt: LedgerFixture.start),
    ]
    for (place, (transmission, outcome)) in zip(due, outcomes).enumerated() {
      let begun = LedgerFixture.time(Double(place) * 100)
      _ = try await ledger.beginAttempt(transmission.id, at: begun)
      try await ledger.finishAttempt(transmission.id, outcome: outcome, cause: nil, at: begun.addingTimeInterval(5))
    }
    try await ledger.settleUnknown(
      due[1].id, as: .accepted(transportDocId: "t-found"), cause: "found", at: LedgerFixture.time(10_000))
    let evidence = try await ledger.outcomeEvidence(for: due[2].id)
    #expect(evidence.takenBefore == [TakenDocument(transportDocId: "t-heard", at: LedgerFixture.time(5))])
    #expect(evidence.takenAfter.isEmpty)
    #expect(try await ledger.transportDocIdsOwned(among: ["t-found"], exceptBy: due[2].id) == ["t-found"])
  }

  @Test("A transmission is begun once: the second of two workers is refused")
  func oneWorker() async throws {
    let fixture = try LedgerFixture()
    let other = try Ledger.open(folder: fixture.folder, at: LedgerFixture.start)
    _ = try await fixture.outgoing("a")
    let first = try #require(try await other.dueTransmissions(now: LedgerFixture.start).first)
    let codes = await withTaskGroup(of: LedgerError.Code?.self) { group in
      for ledger in [fixture.ledger, other] {
        group.addTask { await errorCode { _ = try await ledger.beginAttempt(first.id, at: LedgerFixture.start) } }
      }
      return await group.reduce(into: []) { $0.append($1) }
    }
    #expect(Set(codes) == [nil, .stateConflict])
    try other.close()
  }

  @Test("An attempt that a dead process began is of unknown outcome: neither failed nor sent again")
  func interrupted() async throws {
    let fixture = try LedgerFixture()
    _ = try await fixture.outgoing("a")
    let first = try #require(try await fixture.ledger.dueTransmissions(now: LedgerFixture.start).first)
    _ = try await fixture.ledger.beginAttempt(first.id, at: LedgerFixture.start)
    try fixture.ledger.close()

    let ledger = try Ledger.open(folder: fixture.folder, at: LedgerFixture.time(5))
    let lock = try ledger.acquireProcessingLock()
    let recovered = try await ledger.recoverInterruptedAttempts(holding: lock, at: LedgerFixture.time(5))
    #expect(recovered.map(\.id) == [first.id] && recovered.map(\.state) == [.unknown])
    #expect(try await ledger.dueTransmissions(now: LedgerFixture.time(999)).isEmpty)
    #expect(try await ledger.unknownTransmissions(now: LedgerFixture.time(5)).map(\.id) == [first.id])
    let detail = try #require(try await ledger.letterDetail("a"))
    #expect(detail.events.last?.kind == "transmission.interrupted")
    #expect(detail.attempts.map(\.outcome) == ["unknown"])
    #expect(try await ledger.recoverInterruptedAttempts(holding: lock, at: LedgerFixture.time(6)).isEmpty)
    #expect(try await ledger.outstanding(now: LedgerFixture.time(6)).map(\.reason) == [.unknownOutcome])
    #expect(try await ledger.verify().isIntact)
    try ledger.close()
  }

  @Test("An attempt that this process is still making is not taken for interrupted")
  func inFlight() async throws {
    let fixture = try LedgerFixture()
    let ledger = fixture.ledger
    for id in ["a", "b"] { _ = try await fixture.outgoing(LetterID(id)) }
    let due = try await ledger.dueTransmissions(now: LedgerFixture.start)
    for transmission in due { _ = try await ledger.beginAttempt(transmission.id, at: LedgerFixture.start) }
    let lock = try ledger.acquireProcessingLock()
    let recovered = try await ledger.recoverInterruptedAttempts(
      holding: lock, inFlight: [due[0].id], at: LedgerFixture.time(1))
    #expect(recovered.map(\.id) == [due[1].id])
    #expect(try await ledger.counts().transmissions == [.sending: 1, .unknown: 1])
  }

  @Test(
    "What was unknown is settled by what the axis has",
    arguments: [
      (Settlement.accepted(transportDocId: "t"), TransmissionState.sent),
      (.refused, .refused), (.sendAgain(at: LedgerFixture.time(50)), .queued),
      (.stillUnknown(checkAt: LedgerFixture.time(50)), .unknown), (.cancelled, .cancelled),
    ])
  func settle(_ settlement: Settlement, _ state: TransmissionState) async throws {
    let fixture = try LedgerFixture()
    let ledger = fixture.ledger
    _ = try await fixture.outgoing("a")
    let first = try #require(try await ledger.dueTransmissions(now: LedgerFixture.start).first)
    #expect(
      await errorCode {
        try await ledger.settleUnknown(first.id, as: settlement, cause: nil, at: LedgerFixture.start)
      } == .stateConflict)
    _ = try await ledger.beginAttempt(first.id, at: LedgerFixture.start)
    try await ledger.finishAttempt(
      first.id, outcome: .unknown(checkAt: LedgerFixture.time(20)), cause: "time-out", at: LedgerFixture.start)
    #expect(try await ledger.unknownTransmissions(now: LedgerFixture.time(19)).isEmpty)
    let settled = try await ledger.settleUnknown(
      first.id, as: settlement, cause: "asked",
      transitions: [LetterTransition("a", from: ["queued"], to: "settled", event: LedgerFixture.event("settled"))],
      at: LedgerFixture.time(20))
    #expect(settled.state == state)
    #expect(try await ledger.letter("a")?.state == "settled")
  }

  @Test("The outcome and the letter's step are written together or not at all")
  func outcomeWithStep() async throws {
    let fixture = try LedgerFixture()
    let ledger = fixture.ledger
    _ = try await fixture.outgoing("a")
    let first = try #require(try await ledger.dueTransmissions(now: LedgerFixture.start).first)
    _ = try await ledger.beginAttempt(first.id, at: LedgerFixture.start)
    let wrong = LetterTransition("a", from: ["drafted"], to: "sent", event: LedgerFixture.event("sent"))
    #expect(
      await errorCode {
        try await ledger.finishAttempt(
          first.id, outcome: .accepted(transportDocId: "t"), cause: nil, transitions: [wrong], at: LedgerFixture.start)
      } == .stateConflict)
    let detail = try #require(try await ledger.letterDetail("a"))
    #expect(detail.transmissions.map(\.state) == [.sending] && detail.attempts.map(\.endedAt) == [nil])
  }

  @Test("A recall cancels what is queued, not what has begun")
  func cancel() async throws {
    let fixture = try LedgerFixture()
    let all = try await letterWithThree(fixture)
    _ = try await fixture.ledger.beginAttempt(all[0].id, at: LedgerFixture.start)
    var step = LetterTransition("a", from: [], to: "recalled", event: LedgerFixture.event("recalled"))
    step.cancelsQueued = true
    step.transmissions = [NewTransmission(status: "15", description: nil, from: "H01.02.03", to: ["H99.00.00"])]
    try await fixture.ledger.advance(step, at: LedgerFixture.start)
    let states = try #require(try await fixture.ledger.letterDetail("a")).transmissions.map(\.state)
    #expect(states == [.sending, .cancelled, .cancelled, .queued])
  }
}
