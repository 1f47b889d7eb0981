import DeliveryLedger
import EdXML
import Foundation
import VietnameseText

/// What the receiver of one of our letters was asked to do with it and has not answered yet (statuses 15, 16).
enum PendingChange: Sendable, Equatable {
  /// A letter of kind 1 or 2 asked for it.
  case letter(LetterID, LetterRelation)
  /// Status 13 asked for it.
  case takeBack

  /// The last open request about the letter of `detail`; nil: none.
  ///
  /// - Parameter isAnswered: whether the receiver just answered: then a request that the axis said it refused got there.
  static func find(
    for detail: LetterDetail, in ledger: Ledger, isAnswered: Bool = false
  ) async throws -> PendingChange? {
    for relation in [LetterRelation.recalls, .updates] {
      for id in detail.sources(relation).reversed() {
        guard let other = try await ledger.letter(id), other.direction == .outgoing,
          let state = OutgoingLetterMachine.State(rawValue: other.state), !state.isFinal, isAnswered || state != .failed
        else { continue }
        // An accepted update was agreed to; its own life goes on.
        if relation == .updates, (state.progress ?? 0) >= 3 { continue }
        return .letter(id, relation)
      }
    }
    guard let asked = detail.transmissions.last(where: { $0.statusCode == StatusCode.takeBack.code }),
      asked.state != .cancelled, isAnswered || asked.state != .refused
    else { return nil }
    let answers = [StatusCode.changeAccepted.code, StatusCode.changeRefused.code]
    let answered = detail.statuses.contains { answers.contains($0.code) && $0.receivedAt >= asked.queuedAt }
    return answered ? nil : .takeBack
  }

  /// Whether a receiver's 15 or 16 on `letter` answers a recall or an update that is being made, again after the axis
  /// refused it: the answer cannot move it yet.
  static func isBeingMade(on letter: LetterID, in ledger: Ledger) async throws -> Bool {
    guard case .letter(let id, _)? = try await answered(on: letter, in: ledger)?.request,
      let request = try await ledger.letter(id)
    else { return false }
    return OutgoingLetterMachine.State(rawValue: request.state)?.isBeingMade == true
  }

  /// What a receiver's 15 or 16 on `letter` answers, and the letter that was to be changed; nil: nothing was asked.
  private static func answered(
    on letter: LetterID, in ledger: Ledger
  ) async throws -> (letter: LetterDetail, request: PendingChange)? {
    guard var detail = try await ledger.letterDetail(letter) else { return nil }
    if let named = (detail.targets(.recalls) + detail.targets(.updates)).first,
      let original = try await ledger.letterDetail(named)
    {
      detail = original
    }
    return try await find(for: detail, in: ledger, isAnswered: true).map { (detail, $0) }
  }

  /// The steps that a receiver's 15 or 16 causes; empty when nothing was asked.
  ///
  /// - Parameters:
  ///   - letter: the letter that the status is about: what was to be changed, or the recall or update itself.
  ///   - agreed: 15; otherwise 16.
  static func steps(on letter: LetterID, agreed: Bool, in ledger: Ledger) async throws -> [LetterTransition] {
    guard let (detail, pending) = try await answered(on: letter, in: ledger) else { return [] }
    var steps: [LetterTransition] = []
    switch pending {
    case .takeBack:
      steps.append(step(detail.letter, agreed ? .takenBack : nil, .takeBackAnswered(agreed)))
    case .letter(let id, let relation):
      guard let request = try await ledger.letter(id) else { return [] }
      if relation == .recalls {
        steps += try await answeredRecalls(of: detail, agreed: agreed, in: ledger)
        steps.append(step(detail.letter, agreed ? .takenBack : nil, .recallAnswered(agreed)))
      } else {
        steps.append(step(request, agreed ? nil : .changeDeclined, .updateAnswered(agreed)))
        steps.append(step(detail.letter, agreed ? .superseded : nil, .updateAnswered(agreed)))
      }
    }
    return steps
  }

  /// Every recall of a letter that is not at an end: an answer is about the letter, so it answers them all. One that has
  /// not left has nothing to ask for any more.
  private static func answeredRecalls(
    of detail: LetterDetail, agreed: Bool, in ledger: Ledger
  ) async throws -> [LetterTransition] {
    var steps: [LetterTransition] = []
    for id in detail.sources(.recalls).uniqued() {
      guard let recall = try await ledger.letter(id), recall.direction == .outgoing,
        let state = OutgoingLetterMachine.State(rawValue: recall.state), !state.isFinal
      else { continue }
      let answer: OutgoingLetterMachine.Event = agreed ? .changeAgreed : .changeDeclined
      steps.append(step(recall, state.mayBeThere ? answer : .cancelled, .recallAnswered(agreed)))
    }
    return steps
  }

  /// What follows for the letters that one of ours replaces, updates or resubmits, once the receiver accepted it (03).
  static func steps(onAcceptanceOf letter: LetterID, in ledger: Ledger) async throws -> [LetterTransition] {
    guard let detail = try await ledger.letterDetail(letter) else { return [] }
    var steps: [LetterTransition] = []
    for id in detail.targets(.replaces) + detail.targets(.updates) {
      guard let other = try await ledger.letter(id) else { continue }
      steps.append(step(other, .superseded, .replacementAccepted))
    }
    return steps
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
    return step
  }
}
