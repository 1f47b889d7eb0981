import DeliveryLedger
import EdXML
import Foundation

/// A recall that came before a letter that it names.
struct WaitingRecall: Sendable {
  let letter: LetterRecord
  let reason: String?
  /// Whether it names other letters, too.
  let namesOthers: Bool
}

/// An update or a replacement that came before the letter that it changes.
struct WaitingChange: Sendable {
  let relation: LetterRelation
  let letter: LetterRecord
  /// Whether it is another version of the very document, and so is recalled with it.
  let isVersion: Bool

  var state: IncomingLetterMachine.State? { IncomingLetterMachine.State(rawValue: letter.state) }
}

/// What came before a letter and is about it: the axis keeps no order.
struct Overtaking: Sendable {
  var recalls: [WaitingRecall] = []
  /// Statuses 13; each is answered by itself once the letter is here.
  var takeBacks: [ArrivalRecord] = []
  var changes: [WaitingChange] = []

  /// What stands in the letter's place already.
  var takenIn: [WaitingChange] {
    changes.filter {
      [.accepted, .assigned, .processing, .supplementAsked, .finished, .replaced].contains($0.state)
    }
  }

  private func withdrawn(version: Bool) -> WaitingChange? {
    changes.first { $0.state == .withdrawn && $0.isVersion == version }
  }

  /// How the letter ends as soon as it comes; nil: it does not.
  var end: IncomingLetterMachine.Event? {
    if !recalls.isEmpty || withdrawn(version: true) != nil { return .recalled }
    if !takeBacks.isEmpty { return .takenBack }
    return takenIn.isEmpty ? nil : .superseded
  }

  /// What was to stand in the letter's place was itself recalled: whether the letter is meant to be valid again a person says.
  func judgement(after judgement: Judgement) -> Judgement {
    guard end == nil, judgement.decision == .accept, let change = withdrawn(version: false) else { return judgement }
    let code = change.letter.joinedCode ?? ""
    return judgement.held(
      "REPLACEMENT_WITHDRAWN",
      vi:
        "Văn bản \(code) thay thế công văn này đã đến trước và đã được thu hồi; cán bộ xem công văn này còn hiệu lực không.",
      en:
        "Letter \(code), which replaces this one, came before and was recalled: an officer says whether this one is valid."
    )
  }
}

extension DocumentIntake {
  /// What came before `letter` and is about it.
  func overtaking(_ letter: LetterIdentity) async throws -> Overtaking {
    Overtaking(
      recalls: try await waitingRecalls(naming: letter), takeBacks: try await waitingTakeBacks(naming: letter),
      changes: try await waitingChanges(naming: letter))
  }

  /// The recalls that came before `letter`, which they name.
  private func waitingRecalls(naming letter: LetterIdentity) async throws -> [WaitingRecall] {
    guard letter.kind != .recall else { return [] }
    var recalls = try await workplace.ledger.received(
      .recall, from: letter.sender, in: IncomingLetterMachine.State.held.rawValue
    ).filter { $0.standing == .original }
    // One that named several letters may have been agreed to while another of them was not here.
    let agreed = IncomingLetterMachine.State.agreed.rawValue
    recalls += try await workplace.ledger.receivedChanges(
      .recall, from: letter.sender, marked: ChangeTargets.unknownToRecall
    ).filter { $0.state == agreed }
    return try recalls.compactMap { recall in
      guard let message = recall.blobs[.message],
        let peek = try readable({ try EdXMLReader().peek(file: workplace.ledger.blobURL(message).path) })
      else { return nil }
      let header = ResponseFor(organId: peek.from, code: peek.code, documentId: peek.documentId)
      var references = peek.responseFor + [header]
      if peek.responseFor.isEmpty { references.append(ResponseFor(organId: peek.from, code: peek.code)) }
      guard references.contains(where: { $0.names(letter, noLaterThan: recall.promulgationDate) }) else { return nil }
      return WaitingRecall(
        letter: recall, reason: try document(of: recall)?.business?.reason, namesOthers: peek.responseFor.count > 1)
    }
  }

  /// Statuses 13 that wait for `letter`, which they name.
  private func waitingTakeBacks(naming letter: LetterIdentity) async throws -> [ArrivalRecord] {
    guard letter.kind != .recall else { return [] }
    let ledger = workplace.ledger
    var found: [ArrivalRecord] = []
    for arrival in try await ledger.waitingStatuses(from: letter.sender) {
      let peek = try readable { try EdXMLReader().peek(file: ledger.blobURL(arrival.message).path) }
      guard let peek, peek.statusCode == .takeBack, peek.responseFor.contains(where: { $0.names(letter) }),
        try await ledger.isOneAgency(peek.from, letter.sender)
      else { continue }
      found.append(arrival)
    }
    return found
  }

  /// Updates and replacements that did not find `letter`, which they name. An update has the id of what it updates: what else
  /// updates that has not overtaken it, but is one of its targets.
  private func waitingChanges(naming letter: LetterIdentity) async throws -> [WaitingChange] {
    guard letter.kind == .new || letter.kind == .replace else { return [] }
    let ledger = workplace.ledger
    let received =
      try await ledger.receivedChanges(.update, from: letter.sender, marked: ChangeTargets.unknownToUpdate)
      + ledger.receivedChanges(.replace, from: letter.sender, marked: ChangeTargets.unknownToReplace)
    return try received.compactMap { change in
      // An update carries the id of what it updates as a rule; only the others need be read.
      if change.kind == .update, change.documentId == letter.documentId {
        return WaitingChange(relation: .updates, letter: change, isVersion: true)
      }
      guard let document = try document(of: change) else { return nil }
      let named = NamedLetters(document)
      guard (named.references + named.itself).contains(where: { $0.names(letter) }) else { return nil }
      return WaitingChange(relation: named.relation, letter: change, isVersion: change.kind == .update)
    }
  }

  /// The document that a received letter came as; nil where it cannot be read.
  private func document(of letter: LetterRecord) throws -> EdocDocument? {
    guard let message = letter.blobs[.message],
      let received = try readable({
        try EdXMLReader().read(file: workplace.ledger.blobURL(message).path, storingIn: nil)
      }), case .document(let document) = received.message
    else { return nil }
    return document
  }

  /// What `read` gives; nil where the message is at fault and not this machine.
  private func readable<Value>(_ read: () throws -> Value) throws -> Value? {
    do {
      return try read()
    } catch let error as EdXMLError where !error.isPassing {
      return nil
    }
  }

  /// A letter whose end came before it: it is registered, and nothing is done with it. Nil: it has no end yet.
  ///
  /// - Parameter receivers: whom it reached: the answer comes from the one that is this body.
  func overtakenEffects(
    _ letter: LetterIdentity, by overtaking: Overtaking, codes: [String], reached receivers: [String]
  ) -> IntakeEffects? {
    guard let (state, said) = ending(of: letter, in: .arrived, by: overtaking) else { return nil }
    var effects = IntakeEffects(state: state.rawValue, event: said)
    effects.codes = codes
    effects.isFinished = state.isFinal
    effects.nextActor = state.nextActor
    effects.transmissions = recallTransmissions([.tell(.arrived)], to: letter.sender, reached: receivers)
    effects.also = steps(of: overtaking.recalls, naming: letter)
    return effects
  }

  /// What overtook a held letter that is judged again, e.g. one whose sender only now was confirmed.
  func overtakingAgain(_ letter: LetterRecord) async throws -> Overtaking {
    var found = try await overtaking(LetterIdentity(letter))
    found.changes.removeAll { $0.letter.id == letter.id }
    return found
  }

  /// As ``overtakenEffects(_:by:codes:reached:)``, for a letter that is held.
  ///
  /// - Parameter targets: the letters that it changes, if it would have been accepted: where another stands in its place,
  ///   that one stands in theirs too.
  func endOvertaken(_ letter: LetterRecord, by overtaking: Overtaking, changing targets: [ChangeTarget]) async throws {
    let identity = LetterIdentity(letter)
    guard let (state, said) = ending(of: identity, in: .held, by: overtaking) else { return }
    try await wake(overtaking.takeBacks)
    var own = step(of: letter, to: state, said)
    own.untouchedSince = letter.updatedAt
    let changed =
      overtaking.end == .superseded ? steps(of: targets, for: identity.joinedCode, dossierCode: nil) : []
    _ = try await workplace.ledger.advance(
      [own] + changed + steps(of: overtaking.recalls, naming: identity), at: workplace.clock())
  }

  /// Statuses that waited for a letter are looked at again: they find it now.
  func wake(_ statuses: [ArrivalRecord]) async throws {
    for status in statuses {
      try await workplace.ledger.postponeArrival(
        status.id, until: workplace.clock(), cause: "its letter has arrived", at: workplace.clock())
    }
  }

  private func ending(
    of letter: LetterIdentity, in state: IncomingLetterMachine.State, by overtaking: Overtaking
  ) -> (IncomingLetterMachine.State, NewEvent)? {
    var machine = IncomingLetterMachine(state: state)
    guard let end = overtaking.end, machine.handle(end) != nil else { return nil }
    let said: NewEvent =
      switch end {
      case .recalled: .recalled(by: letter.joinedCode, reason: overtaking.recalls.lazy.compactMap(\.reason).first)
      case .takenBack: .takeBackHeard(false)
      default: .superseded(by: overtaking.takenIn.compactMap(\.letter.joinedCode).uniqued().joined(separator: ", "))
      }
    return (machine.state, said)
  }

  /// What recalls are told when a letter that they name has come.
  private func steps(of recalls: [WaitingRecall], naming letter: LetterIdentity) -> [LetterTransition] {
    recalls.map { recall in
      var own = IncomingLetterMachine(state: .init(rawValue: recall.letter.state) ?? .agreed)
      let actions = own.handle(.changeDone) ?? []
      var step = step(of: recall.letter, to: own.state, .recallDone(letter.joinedCode))
      if !recall.namesOthers { step.changes.codes = .clear }
      step.links = [LetterLink(to: letter.id, relation: LetterRelation.recalls.rawValue)]
      step.transmissions = recallTransmissions(actions, to: recall.letter.sender, reached: recall.letter.receivers)
      return step
    }
  }

  /// What the coming of `letter` means for the updates and replacements that waited for it: a held one is judged again, one
  /// that stands in its place is linked to it.
  func steps(of changes: [WaitingChange], onArrivalOf letter: LetterID) -> [LetterTransition] {
    changes.compactMap { change in
      guard change.state == .held || change.state?.isFinal == false || change.state == .finished else { return nil }
      var step = LetterTransition(
        change.letter.id, from: [change.letter.state], to: nil,
        event: .made(
          "change.targetCame", vi: "Công văn mà văn bản này cập nhật hoặc thay thế đã đến.",
          en: "The letter that this one updates or replaces has come."))
      step.links = [LetterLink(to: letter, relation: change.relation.rawValue)]
      if change.state == .held { step.changes.nextActionAt = .set(workplace.clock()) }
      return step
    }
  }
}
