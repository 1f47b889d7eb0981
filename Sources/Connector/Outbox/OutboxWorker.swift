import AxisClient
public import DeliveryLedger
import EdXML
import Foundation
import Logging
import VietnameseText

/// Hands what stands in the outbox to the axis, in order for each letter, and records what became of it.
///
/// While the axis is away the breaker lets one message at a time try the way; the others wait where they are.
struct OutboxWorker: Sendable {
  let workplace: Workplace
  /// A refusal of our account holds everything; it is looked at again after this many seconds.
  var accountRefusalWait: Double = 60
  /// When a message that could not be worked on here (its file is missing, say) is looked at again.
  var schedule = RetrySchedule(first: 5, longest: 900)

  /// One look into the outbox; returns how many transmissions were tried.
  func pass() async throws -> Int {
    let due = try await workplace.ledger.dueTransmissions(now: workplace.clock())
    var failure: (any Error)?
    var tried = 0
    for transmission in due {
      let wasClosed = workplace.gate.isClosed
      guard workplace.gate.admit(at: workplace.clock()) else { break }
      do {
        if try await send(transmission) { tried += 1 } else { workplace.gate.abandoned(at: workplace.clock()) }
      } catch {
        workplace.gate.abandoned(at: workplace.clock())
        failure = try await postponed(transmission, error) ?? failure
      }
      // The axis is back: what waited goes in the order in which it was queued, which this list has not.
      if !wasClosed, workplace.gate.isClosed { break }
    }
    for transmission in try await workplace.ledger.unknownTransmissions(now: workplace.clock()) {
      do {
        try await OutcomeReconciliation(workplace: workplace).settle(transmission)
      } catch { failure = try await postponed(transmission, error) ?? failure }
    }
    // Told at the end, so that one message that cannot be worked on does not stop the next.
    if let failure { throw failure }
    return tried
  }

  /// A message that cannot be worked on is put off, ever longer, and its letter says so once: it holds up no other.
  /// - Returns: What the caller must act on, nil if nothing is left to do.
  private func postponed(_ transmission: TransmissionRecord, _ error: any Error) async throws -> (any Error)? {
    if error is CancellationError { throw error }
    guard !workplace.store.stopsAll(error, in: workplace) else { return error }
    let cause = ConnectorService.cause(error)
    workplace.logger.error(
      "transmission not worked on",
      metadata: ["transmission": "\(transmission.id.rawValue)", "cause": "\(cause)"])
    let now = workplace.clock()
    // While the outcome is unknown `checks` counts something else.
    let until =
      transmission.state == .unknown
      ? now.addingTimeInterval(
        min(max(now.timeIntervalSince(transmission.queuedAt) / 2, schedule.first), schedule.longest))
      : schedule.next(after: transmission.checks + 1, now: now, chance: workplace.chance())
    do {
      let left = try await workplace.ledger.postponeTransmission(
        transmission.id, until: until, cause: cause,
        event: transmission.lastCause == cause ? nil : .postponed(ClerkFacing.sentence(for: error)), at: now)
      // An attempt that was begun and not ended is for the recovery; what another settled meanwhile is done.
      return left.state == .sending ? error : nil
    } catch let trouble {
      _ = workplace.store.isTrouble(trouble, in: workplace)
      return trouble
    }
  }

  /// Whether the axis was asked to take it.
  private func send(_ queued: TransmissionRecord) async throws -> Bool {
    guard let transmission = try await begin(queued), let message = transmission.message else { return false }
    let ledger = workplace.ledger
    let outcome = await workplace.axis.sendEdoc(
      file: ledger.blobURL(message).path, from: transmission.from, to: transmission.to,
      messageType: transmission.kind == .edoc ? .edoc : .status)
    // What became of the message first: the axis' condition is only a convenience.
    try await record(outcome, of: transmission)
    await workplace.gate.note(outcome, in: workplace)
    return true
  }

  /// The attempt, durable before a byte leaves; nil: its letter shows that it need not be sent (again).
  private func begin(_ queued: TransmissionRecord) async throws -> TransmissionRecord? {
    let ledger = workplace.ledger
    guard queued.kind == .edoc else {
      var message = queued.message
      if message == nil { message = try await ledger.storeBlob(Data(try await statusBytes(queued))) }
      return try await ledger.beginAttempt(queued.id, message: message, at: workplace.clock())
    }
    return try await workplace.onCurrent(queued.letter) { letter in
      guard let reason = try await ledger.reasonNotToSend(queued, of: letter) else {
        return try await ledger.beginAttempt(queued.id, whileLetterIs: letter.state, at: workplace.clock())
      }
      let step = letter.transition(
        on: reason.event, of: queued, saying: reason.said, workplace.deadlines, at: workplace.clock())
      try await ledger.settleQueued(
        queued.id, as: reason.settlement, cause: reason.cause, transitions: [step], at: workplace.clock())
      return nil
    }
  }

  private func record(_ outcome: AxisOutcome<String>, of transmission: TransmissionRecord) async throws {
    let now = workplace.clock()
    func again(_ trouble: AxisTrouble) -> Date {
      trouble.kind.retrySchedule.next(
        after: transmission.attempts, now: now, chance: workplace.chance(), atLeast: trouble.retryAfter)
    }
    switch outcome {
    case .accepted(let docId):
      let event = transmission.statusCode.map { NewEvent.statusDelivered(StatusCode(code: $0)) } ?? .sent
      try await finish(
        transmission, .accepted(transportDocId: docId), cause: nil, detail: nil, letterEvent: .axisAccepted,
        saying: event)
    case .refused(let refusal) where refusal.subject == .account:
      try await finish(
        transmission, .tryAgain(at: now.addingTimeInterval(accountRefusalWait)), cause: refusal.code,
        detail: refusal.description, letterEvent: nil,
        saying: transmission.attempts == 1 ? .postponed(refusal.clerk) : nil)
    case .refused(let refusal):
      let event =
        transmission.statusCode.map { NewEvent.statusRefused(StatusCode(code: $0), refusal.clerk) }
        ?? .failed(refusal.clerk)
      try await finish(
        transmission, .refused, cause: refusal.code, detail: refusal.description, letterEvent: .axisRefused,
        saying: event)
    case .tryAgain(let trouble):
      // The first failure is news for the timeline; its repetitions stand in the attempts.
      let event = transmission.attempts == 1 ? NewEvent.postponed(trouble.clerk) : nil
      try await finish(
        transmission, .tryAgain(at: again(trouble)), cause: trouble.code, detail: trouble.detail, letterEvent: nil,
        saying: event)
    case .unknown(let trouble):
      // A status is simply told again when its time has come, a document is asked about soon.
      let checkAt = transmission.kind == .status ? again(trouble) : now.addingTimeInterval(1)
      try await finish(
        transmission, .unknown(checkAt: checkAt), cause: trouble.code, detail: trouble.detail,
        letterEvent: .axisOutcomeUnknown, saying: .outcomeUnknown)
    }
  }

  /// Attempt, outbox row and letter move in one transaction.
  private func finish(
    _ transmission: TransmissionRecord, _ outcome: AttemptOutcome, cause: String?, detail: String?,
    letterEvent: OutgoingLetterMachine.Event?, saying event: NewEvent?
  ) async throws {
    try await workplace.onCurrent(transmission.letter) { letter in
      var transitions =
        event.map {
          [letter.transition(on: letterEvent, of: transmission, saying: $0, workplace.deadlines, at: workplace.clock())]
        } ?? []
      if transmission.kind == .status, outcome == .refused {
        // Its other side will not hear this status: a person mends the cause and has it told again.
        for index in transitions.indices { transitions[index].changes.nextActor = .set(.officer) }
      }
      _ = try await workplace.ledger.finishAttempt(
        transmission.id, outcome: outcome, cause: cause, detail: detail, transitions: transitions, at: workplace.clock()
      )
    }
  }

  /// The status message, written when it is first sent: only now its letter's dossier code is known for sure.
  private func statusBytes(_ transmission: TransmissionRecord) async throws -> [UInt8] {
    guard let letter = try await workplace.ledger.letter(transmission.letter), let code = transmission.statusCode else {
      throw ConnectorError(
        .unknownLetter, vi: "Trạng thái không gắn với công văn nào.", en: "The status belongs to no letter.")
    }
    let about = ResponseFor(
      organId: letter.direction == .incoming ? letter.sender : transmission.to.first ?? letter.sender,
      code: letter.joinedCode, documentId: letter.documentId,
      promulgationDate: letter.promulgationDate.flatMap(EdocDate.init))
    // Under the code to which the letter was addressed.
    var own = workplace.ownOrganization
    own.organId = transmission.from
    let status = StatusMessage(
      from: own, responseFor: about, staff: nil, code: StatusCode(code: code),
      description: transmission.description, timestamp: EdocTimestamp(transmission.queuedAt))
    // It repeats what the sender wrote of itself, however odd, so our own rules for codes do not apply.
    return try EdXMLWriter(checks: false).bytes(status)
  }
}

extension LetterRecord {
  /// `number/notation`, as it stands on the letter; nil without a number.
  public var joinedCode: String? {
    guard let number else { return nil }
    return notation.map { "\(number)/\($0)" } ?? number
  }

  /// The ledger's step for an event of this letter's machine; a status of a received letter only leaves its trace.
  func transition(
    on event: OutgoingLetterMachine.Event?, of transmission: TransmissionRecord?, saying said: NewEvent,
    _ deadlines: Deadlines, at now: Date
  ) -> LetterTransition {
    guard direction == .outgoing, transmission?.kind != .status, let event,
      let current = OutgoingLetterMachine.State(rawValue: state)
    else { return LetterTransition(id, from: [state], to: nil, event: said) }
    var machine = OutgoingLetterMachine(state: current)
    let moved = machine.handle(event) != nil
    var step = LetterTransition(id, from: [state], to: moved ? machine.state.rawValue : nil, event: said)
    if moved {
      step.changes.nextActor = .set(machine.state.nextActor)
      step.changes.isFinished = .set(machine.state.isFinal)
      if machine.state == .recorded { step.changes.nextActionAt = .set(Date(timeIntervalSince1970: 0)) }
      deadlines.set(on: &step, of: self, at: now)
    }
    return step
  }
}

extension OutgoingLetterMachine.State {
  /// Who must act next.
  public var nextActor: NextActor {
    switch self {
    case .recorded, .written, .leaderSigned, .signed, .queued, .outcomeUnknown: .connector
    case .sent, .arrived, .accepted, .assigned, .processing: .receiver
    case .refused, .failed, .declined: .sender
    case .finished, .withdrawn, .replaced, .agreed: .nobody
    }
  }
}
