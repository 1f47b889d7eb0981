import DeliveryLedger
import DossierMapping
import EdXML
import Foundation
import VietnameseText

/// What the receiver of one of our letters was asked to do with it and has not answered yet (statuses 15, 16).
enum PendingChange: Sendable, Equatable {
  /// A letter of kind 1 or 2 asked for it.
  case letter(LetterID, LetterRelation)
  /// Status 13 asked for it.
  case takeBack

  /// The first open request about the letter of `detail`; nil: none.
  ///
  /// - Parameter isAnswered: whether the receiver just answered: then a request that the axis said it refused may have got
  ///   there, but only where none is open that did not fail.
  static func find(
    for detail: LetterDetail, in ledger: Ledger, isAnswered: Bool = false
  ) async throws -> PendingChange? {
    if let request = try await find(for: detail, in: ledger, thatFailed: false) { return request }
    return isAnswered ? try await find(for: detail, in: ledger, thatFailed: true) : nil
  }

  private static func find(
    for detail: LetterDetail, in ledger: Ledger, thatFailed: Bool
  ) async throws -> PendingChange? {
    for relation in [LetterRelation.recalls, .updates] {
      // An answer is to what was asked first.
      for id in detail.sources(relation) {
        guard let other = try await ledger.letter(id), other.direction == .outgoing,
          let state = OutgoingLetterMachine.State(rawValue: other.state), !state.isFinal,
          (state == .failed) == thatFailed
        else { continue }
        // An accepted update was agreed to; its own life goes on.
        if relation == .updates, (state.progress ?? 0) >= 3 || other.decision != nil { continue }
        // What never left cannot have been answered.
        if thatFailed, try await !mayHaveLeft(other, in: ledger) { continue }
        return .letter(id, relation)
      }
    }
    guard let asked = detail.transmissions.last(where: { $0.statusCode == StatusCode.takeBack.code }),
      asked.state != .cancelled, (asked.state == .refused) == thatFailed
    else { return nil }
    // By the order of the log: a clock that was set back must not make an answer earlier than its question.
    let order = NewEvent.takeBackOrdered(by: "", reason: "").kind
    let answers = [true, false].map { NewEvent.takeBackAnswered($0).kind }
    let answered = detail.events.last { $0.kind == order || answers.contains($0.kind) }?.kind != order
    return answered ? nil : .takeBack
  }

  /// Whether an attempt to send `letter` has begun, or may have since the backup from which the ledger was made.
  static func mayHaveLeft(_ letter: LetterRecord, in ledger: Ledger) async throws -> Bool {
    if letter.lastCause == Ledger.restoredCondition { return true }
    return try await ledger.letterDetail(letter.id)?.transmissions.contains { $0.kind == .edoc && $0.attempts > 0 }
      == true
  }

  /// Whether a receiver's 15 or 16 on `letter` answers a recall or an update that is being made, again after the axis
  /// refused it: the answer cannot move it yet.
  static func isBeingMade(on letter: LetterID, statedAt: String?, in ledger: Ledger) async throws -> Bool {
    guard case .letter(let id, _)? = try await answered(on: letter, statedAt: statedAt, in: ledger)?.request,
      let request = try await ledger.letter(id)
    else { return false }
    return OutgoingLetterMachine.State(rawValue: request.state)?.isBeingMade == true
  }

  /// Whether the receiver was asked about the letter of `detail` and has not answered, or that letter is itself an update
  /// that waits for its answer.
  static func isOpen(on detail: LetterDetail, in ledger: Ledger) async throws -> Bool {
    if try await find(for: detail, in: ledger) != nil { return true }
    for id in detail.targets(.updates) {
      guard let original = try await ledger.letterDetail(id),
        case .letter(let waits, .updates)? = try await find(for: original, in: ledger)
      else { continue }
      if waits == detail.letter.id { return true }
    }
    return false
  }

  /// What a receiver's 15 or 16 on `letter` answers, and the letter that was to be changed; nil: nothing was asked. What
  /// waits on the letter itself comes first, then what waits on that which it changes.
  private static func answered(
    on letter: LetterID, statedAt: String?, in ledger: Ledger
  ) async throws -> (letter: LetterDetail, request: PendingChange)? {
    var next: LetterID? = letter
    var seen: Set<LetterID> = []
    while let id = next, seen.insert(id).inserted, let detail = try await ledger.letterDetail(id) {
      if try await !isLate(statedAt, for: detail, in: ledger),
        let request = try await find(for: detail, in: ledger, isAnswered: true)
      {
        return (detail, request)
      }
      next = (detail.targets(.recalls) + detail.targets(.updates)).first
    }
    return nil
  }

  /// Whether an answer of this time is the agreement to the update of `detail` itself, which its 03 overtook: then it is
  /// none to what was asked about that update since.
  private static func isLate(_ statedAt: String?, for detail: LetterDetail, in ledger: Ledger) async throws -> Bool {
    guard let statedAt, detail.letter.kind == .update, let id = detail.targets(.updates).first,
      let accepted = detail.statuses.first(where: { $0.code == StatusCode.accepted.code })?.statedAt,
      statedAt <= accepted, let original = try await ledger.letterDetail(id)
    else { return false }
    let wasHeard = (original.statuses + detail.statuses).contains {
      $0.code == StatusCode.changeAccepted.code && $0.receivedAt >= detail.letter.createdAt
    }
    return !wasHeard
  }

  /// The steps that a receiver's 15 or 16 causes; empty when nothing was asked.
  ///
  /// - Parameters:
  ///   - letter: the letter that the status is about: what was to be changed, or the recall or update itself.
  ///   - answer: the status.
  static func steps(
    on letter: LetterID, answered answer: IncomingStatus, in workplace: Workplace
  ) async throws -> [LetterTransition] {
    let ledger = workplace.ledger
    let agreed = answer.code == StatusCode.changeAccepted.code
    guard let (detail, pending) = try await answered(on: letter, statedAt: answer.statedAt, in: ledger) else {
      return []
    }
    var steps: [LetterTransition] = []
    switch pending {
    case .takeBack:
      steps.append(step(detail.letter, agreed ? .takenBack : nil, .takeBackAnswered(agreed)))
    case .letter(let id, let relation):
      guard let request = try await ledger.letter(id) else { return [] }
      if relation == .recalls {
        let said = NewEvent.recallAnswered(agreed, reason: answer.description)
        steps += try await answeredRecalls(of: detail, agreed: agreed, saying: said, in: ledger)
        steps.append(step(detail.letter, agreed ? .takenBack : nil, said))
      } else {
        let said = NewEvent.updateAnswered(agreed, reason: answer.description)
        if agreed {
          steps += try await superseded(by: request, saying: said, in: ledger)
          steps += try await agreedUpdate(request, of: detail, answer, said, in: workplace)
        } else {
          steps += [step(request, .changeDeclined, said), step(detail.letter, nil, said)]
        }
      }
    }
    return steps
  }

  /// The steps of an update that was agreed to. What its receiver said of it may have come before the agreement and was
  /// then taken for the earlier version's: by the receiver's own clock it is told apart.
  private static func agreedUpdate(
    _ update: LetterRecord, of detail: LetterDetail, _ answer: IncomingStatus, _ said: NewEvent,
    in workplace: Workplace
  ) async throws -> [LetterTransition] {
    var machine = OutgoingLetterMachine(state: .init(rawValue: update.state) ?? .finished)
    var dossierCode: String?
    let early = detail.statuses.filter { status in
      guard let agreedAt = answer.statedAt, let statedAt = status.statedAt else { return false }
      return statedAt >= agreedAt && !status.isRepeat && detail.letter.receivers.contains(status.from)
        && status.code != StatusCode.refused.code
    }
    // In the order of the law.
    for status in early.sorted(by: { $0.code < $1.code }) {
      guard machine.handle(.status(StatusCode(code: status.code))) != nil else { continue }
      if status.code == StatusCode.accepted.code {
        dossierCode = status.description.flatMap(workplace.statuses.dossierCode(in:))
      }
    }
    let moves = machine.state.rawValue != update.state
    var step = LetterTransition(
      update.id, from: [update.state], to: moves ? machine.state.rawValue : nil, event: said,
      moreEvents: moves ? [.moved(to: machine.state)] : [])
    step.changes.decision = .set("accept")
    if moves {
      step.changes.nextActor = .set(machine.state.nextActor)
      step.changes.isFinished = .set(machine.state.isFinal)
      workplace.deadlines.set(on: &step, of: update, at: workplace.clock())
    }
    guard update.dossierCode == nil, let dossierCode else { return [step] }
    let holder = try await workplace.ledger.letter(dossierCode: dossierCode)
    guard holder == nil || holder?.id == detail.letter.id else { return [step] }
    step.changes.dossierCode = .set(dossierCode)
    return (holder == nil ? [] : [givesUpDossier(detail.letter, as: .replaced)]) + [step]
  }

  /// The dossier that `letter` was taken to have is that of the letter in its place.
  ///
  /// - Parameter state: the state in which an earlier step of the same transaction leaves it, if one moves it.
  static func givesUpDossier(
    _ letter: LetterRecord, as state: OutgoingLetterMachine.State? = nil
  ) -> LetterTransition {
    var step = LetterTransition(
      letter.id, from: [letter.state, state?.rawValue ?? letter.state], to: nil, event: .dossierMoved)
    step.changes.dossierCode = .clear
    return step
  }

  /// The steps of all earlier letters under the document id of `update`, in whose place it stands.
  private static func superseded(
    by update: LetterRecord, saying said: NewEvent, in ledger: Ledger
  ) async throws -> [LetterTransition] {
    guard let id = update.documentId else { return [] }
    return try await ledger.findLetters(direction: .outgoing, documentId: id)
      .prefix { $0.id != update.id }
      .filter { $0.kind != .recall && OutgoingLetterMachine.State(rawValue: $0.state)?.mayBeThere == true }
      .map { step($0, .superseded, said) }
  }

  /// Every recall of a letter that is not at an end: an answer is about the letter, so it answers them all. One that has
  /// not left has nothing to ask for any more.
  private static func answeredRecalls(
    of detail: LetterDetail, agreed: Bool, saying said: NewEvent, in ledger: Ledger
  ) async throws -> [LetterTransition] {
    var steps: [LetterTransition] = []
    for id in detail.sources(.recalls).uniqued() {
      guard let recall = try await ledger.letter(id), recall.direction == .outgoing,
        let state = OutgoingLetterMachine.State(rawValue: recall.state), !state.isFinal
      else { continue }
      let answer: OutgoingLetterMachine.Event = agreed ? .changeAgreed : .changeDeclined
      steps.append(step(recall, state.mayBeThere ? answer : .cancelled, said))
    }
    return steps
  }

  /// What follows for the letters that one of ours replaces, updates or resubmits, once the receiver accepted it (03).
  static func steps(onAcceptanceOf letter: LetterID, in ledger: Ledger) async throws -> [LetterTransition] {
    guard let detail = try await ledger.letterDetail(letter) else { return [] }
    var steps: [LetterTransition] = []
    for id in detail.targets(.replaces) {
      guard let other = try await ledger.letter(id) else { continue }
      steps.append(step(other, .superseded, .replacementAccepted))
    }
    guard detail.letter.kind == .update else { return steps }
    return steps + (try await superseded(by: detail.letter, saying: .replacementAccepted, in: ledger))
  }

  private static func step(
    _ letter: LetterRecord, _ event: OutgoingLetterMachine.Event?, _ said: NewEvent
  ) -> LetterTransition {
    var machine = OutgoingLetterMachine(state: .init(rawValue: letter.state) ?? .finished)
    guard let event, machine.handle(event) != nil else {
      return LetterTransition(letter.id, from: [letter.state], to: nil, event: said)
    }
    var step = LetterTransition(letter.id, from: [letter.state], to: machine.state.rawValue, event: said)
    step.changes.nextActor = .set(machine.state.nextActor)
    step.changes.isFinished = .set(machine.state.isFinal)
    step.changes.nextActionAt = .clear
    if machine.state.isFinal { step.changes.dueAt = .clear }
    return step
  }
}
