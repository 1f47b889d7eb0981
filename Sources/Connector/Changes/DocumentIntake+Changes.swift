import DeliveryLedger
import EdXML
import Foundation
import VietnameseText

/// A letter received before that a new one changes or goes on with.
struct ChangeTarget: Sendable {
  let relation: LetterRelation
  let letter: LetterRecord

  var link: LetterLink { LetterLink(to: letter.id, relation: relation.rawValue) }
  var state: IncomingLetterMachine.State? { IncomingLetterMachine.State(rawValue: letter.state) }
}

extension DocumentIntake {
  /// The letters of the same sender that `document` recalls, updates, replaces or resubmits; what is not here is not named.
  func targets(of document: EdocDocument) async throws -> [ChangeTarget] {
    let relation: LetterRelation
    var references: [ResponseFor]
    let itself = ResponseFor(
      organId: document.from.organId, code: document.code.joined, documentId: document.documentId,
      promulgationDate: document.promulgation.date)
    switch document.kind {
    case .new, .other:
      relation = .resubmits
      references = document.responseFor
    case .recall:
      relation = .recalls
      references = document.responseFor
    case .update:
      relation = .updates
      references = [
        ResponseFor(organId: document.from.organId, documentId: document.business?.documentId ?? document.documentId)
      ]
    case .replace:
      relation = .replaces
      references = (document.business?.replacements ?? []).prefix(Self.maximumTargets).map {
        ResponseFor(organId: document.from.organId, documentId: $0.documentId)
      }
    }
    let lookup = LetterLookup(ledger: workplace.ledger)
    var found: [ChangeTarget] = []
    for reference in references.prefix(Self.maximumTargets) {
      if let letter = try await lookup.letter(receivedFrom: document.from.organId, named: [reference]),
        !found.contains(where: { $0.letter.id == letter.id })
      {
        found.append(ChangeTarget(relation: relation, letter: letter))
      }
    }
    // Which of the two names the document is not settled by the standard: first ResponseFor, then the header (edxml.md 3.2).
    if found.isEmpty, relation == .recalls || relation == .updates,
      let letter = try await lookup.letter(receivedFrom: document.from.organId, named: [itself])
    {
      found = [ChangeTarget(relation: relation, letter: letter)]
    }
    return found
  }

  /// Letters that one message may name.
  static let maximumTargets = 50

  /// What the state of its targets means for an update: too late for a finished dossier, doubtful for an unknown one.
  static func afterTargets(_ judgement: Judgement, _ kind: BusinessKind, _ targets: [ChangeTarget]) -> Judgement {
    guard kind == .update, judgement.decision != .reject else { return judgement }
    guard let target = targets.first else {
      return .hold(
        judgement.codes + ["UPDATE_TARGET_UNKNOWN"], vi: "Văn bản được cập nhật không có ở đây; cán bộ xem.",
        en: "The document that is updated is not here; an officer looks at it.")
    }
    guard target.state == .finished else { return judgement }
    return .reject(
      judgement.codes + ["CHANGE_TOO_LATE"],
      ClerkSentence(
        vi: "Hồ sơ của công văn này đã hoàn thành nên không cập nhật được; hãy gửi công văn đề nghị mới.",
        en: "The dossier of this letter is finished, so it cannot be updated; send a new request."))
  }

  /// The answers to a judged letter: a change is answered 15 or 16 (QCVN 102), all else 02 or 03.
  static func answer(
    _ judgement: Judgement, _ kind: LetterKind, _ machine: inout IncomingLetterMachine
  ) -> [IncomingLetterMachine.Action]? {
    guard kind == .update else { return machine.handle(judgement.event) }
    switch judgement.decision {
    case .hold, .leave: return machine.handle(.judgedDoubtful)
    case .reject: return machine.handle(.changeTooLate)
    case .accept:
      guard var actions = machine.handle(.judgedAcceptable) else { return nil }
      let place = actions.firstIndex(of: .allotDossierCode) ?? 0
      actions.insert(.tell(.changeAccepted), at: place)
      return actions
    }
  }

  /// What an accepted letter does to those that it changes.
  func steps(of targets: [ChangeTarget], for code: String, dossierCode: String?) -> [LetterTransition] {
    targets.compactMap { target in
      guard let state = target.state else { return nil }
      var machine = IncomingLetterMachine(state: state)
      if target.relation == .resubmits {
        let actions = machine.handle(.resubmitted)
        var step = step(of: target.letter, to: actions == nil ? nil : machine.state, .resubmitted(as: code))
        if actions != nil {
          step.transmissions = [
            NewTransmission(
              status: StatusCode.finished.code,
              description: "Xử lý tiếp theo công văn \(code)" + (dossierCode.map { ", hồ sơ \($0)" } ?? ""),
              from: workplace.configuration.organisation.code, to: [target.letter.sender])
          ]
        }
        return step
      }
      guard machine.handle(.superseded) != nil else { return nil }
      return step(of: target.letter, to: machine.state, .superseded(by: code))
    }
  }

  private func step(
    of letter: LetterRecord, to state: IncomingLetterMachine.State?, _ event: NewEvent
  ) -> LetterTransition {
    var step = LetterTransition(letter.id, from: [letter.state], to: state?.rawValue, event: event)
    guard let state else { return step }
    step.changes.nextActor = .set(state.nextActor)
    step.changes.isFinished = .set(state.isFinal)
    step.changes.nextActionAt = .clear
    if letter.dossierCode != nil { step.dossier = DossierChange(officerState: state.rawValue) }
    return step
  }

  // MARK: Recalls

  /// Kind 1, thu hồi: what it names is cancelled wherever it stands and its sender is told (QĐ 28/2018 Điều 9(2)); only a
  /// finished dossier cannot be undone.
  func settleRecall(_ document: EdocDocument, _ received: ReceivedMessage, _ arrival: ArrivalRecord) async throws {
    let incoming = try Self.incoming(document, received, arrival)
    let targets = try await targets(of: document)
    let own = Set(workplace.configuration.organisation.allCodes)
    let isAddressed = document.to.contains { own.contains($0.organId) }
    let reason = document.business?.reason
    _ = try await workplace.ledger.settleLetter(
      arrival: arrival.id, letter: incoming, dossier: nil, at: workplace.clock()
    ) { finding in
      guard finding.standing == .original else {
        return effects(
          finding, .hold([], vi: "", en: ""), kind: .recall, to: incoming.sender)
      }
      guard isAddressed, !targets.isEmpty else { return waitingEffects(incoming) }
      var machine = IncomingLetterMachine(state: .arrived)
      let (actions, steps, said) = recall(targets, &machine, reason: reason)
      var effects = IntakeEffects(state: machine.state.rawValue, event: said)
      effects.isFinished = machine.state.isFinal
      effects.nextActor = machine.state.nextActor
      effects.links = targets.map(\.link)
      effects.also = steps
      effects.transmissions = recallTransmissions(actions, to: incoming.sender)
      return effects
    }
  }

  /// A held recall once more, e.g. when an officer asks or the letter that it names has come.
  func recallAgain(_ letter: LetterRecord, _ document: EdocDocument) async throws {
    let targets = try await targets(of: document)
    var machine = IncomingLetterMachine(state: .held)
    guard !targets.isEmpty else {
      var step = LetterTransition(letter.id, from: [letter.state], to: nil, event: Self.recallWaits)
      step.changes.nextActionAt = .clear
      _ = try await workplace.ledger.advance(step, at: workplace.clock())
      return
    }
    let (actions, steps, said) = recall(targets, &machine, reason: document.business?.reason)
    var step = step(of: letter, to: machine.state, said)
    step.links = targets.map(\.link)
    step.transmissions = recallTransmissions(actions, to: letter.sender)
    _ = try await workplace.ledger.advance([step] + steps, at: workplace.clock())
  }

  private func recall(
    _ targets: [ChangeTarget], _ machine: inout IncomingLetterMachine, reason: String?
  ) -> ([IncomingLetterMachine.Action], [LetterTransition], NewEvent) {
    if let finished = targets.first(where: { $0.state == .finished }) {
      let code = finished.letter.joinedCode ?? ""
      return (machine.handle(.changeTooLate) ?? [], [], .recallTooLate(code))
    }
    let steps = targets.compactMap { target -> LetterTransition? in
      guard let state = target.state else { return nil }
      var own = IncomingLetterMachine(state: state)
      guard own.handle(.recalled) != nil else { return nil }
      return step(of: target.letter, to: own.state, .recalled(by: target.letter.joinedCode ?? "", reason: reason))
    }
    let codes = targets.compactMap(\.letter.joinedCode).joined(separator: ", ")
    return (machine.handle(.changeDone) ?? [], steps, .recallDone(codes))
  }

  private func recallTransmissions(
    _ actions: [IncomingLetterMachine.Action], to sender: String
  ) -> [NewTransmission] {
    actions.compactMap { action in
      guard case .tell(let status) = action else { return nil }
      let description =
        switch status {
        case .changeAccepted: "Đã hủy công văn theo văn bản thu hồi."
        case .changeRefused:
          "Hồ sơ đã hoàn thành, không thu hồi được. Nếu cần, hãy gửi đề nghị thu hồi chứng thư (Mẫu 05)."
        default: status.name.vi
        }
      return NewTransmission(
        status: status.code, description: description, from: workplace.configuration.organisation.code, to: [sender])
    }
  }

  private static let recallWaits = NewEvent.made(
    "recall.waits", vi: "Chưa có công văn mà văn bản này thu hồi; khi công văn đến sẽ bị hủy ngay.",
    en: "The letter that this recalls is not here; it will be cancelled as soon as it comes.")

  private func waitingEffects(_ incoming: IncomingLetter) -> IntakeEffects {
    var machine = IncomingLetterMachine(state: .arrived)
    let actions = machine.handle(.judgedDoubtful) ?? []
    var effects = IntakeEffects(state: machine.state.rawValue, event: Self.recallWaits)
    effects.codes = ["RECALL_TARGET_UNKNOWN"]
    effects.dueAt = workplace.deadlines.due(machine.state, type: nil, acceptedAt: nil, since: workplace.clock())
    effects.nextActor = machine.state.nextActor
    effects.transmissions = recallTransmissions(actions, to: incoming.sender)
    return effects
  }

  /// The recalls that came before `letter`, which they name: the axis keeps no order.
  func waitingRecalls(naming letter: IncomingLetter) async throws -> [LetterRecord] {
    guard letter.kind != .recall else { return [] }
    let held = try await workplace.ledger.received(
      .recall, from: letter.sender, in: IncomingLetterMachine.State.held.rawValue)
    return held.filter { recall in
      guard let message = recall.blobs[.message],
        let peek = try? EdXMLReader().peek(file: workplace.ledger.blobURL(message).path)
      else { return false }
      return (peek.responseFor.map(\.documentId) + [peek.documentId]).contains(letter.documentId)
    }
  }

  /// A letter that was recalled before it came: it is registered, and nothing is done with it.
  func recalledEffects(_ letter: IncomingLetter, _ recalls: [LetterRecord]) -> IntakeEffects {
    var machine = IncomingLetterMachine(state: .arrived)
    _ = machine.handle(.recalled)
    let code = [letter.number, letter.notation].compactMap(\.self).joined(separator: "/")
    var effects = IntakeEffects(
      state: machine.state.rawValue, event: .recalled(by: code, reason: recalls.first?.subject))
    effects.isFinished = machine.state.isFinal
    effects.nextActor = machine.state.nextActor
    effects.transmissions = recallTransmissions([.tell(.arrived)], to: letter.sender)
    effects.also = recalls.map { recall in
      var own = IncomingLetterMachine(state: .held)
      let actions = own.handle(.changeDone) ?? []
      var step = step(of: recall, to: own.state, .recallDone(code))
      step.links = [LetterLink(to: letter.id, relation: LetterRelation.recalls.rawValue)]
      step.transmissions = recallTransmissions(actions, to: letter.sender)
      return step
    }
    return effects
  }
}
