public import DeliveryLedger
import EdXML
import Foundation
import VietnameseText

extension SenderDesk {
  /// Has a letter cancelled: one that has not left is cancelled here, of one that has left the receiver is asked by a
  /// recall (kind 1; QĐ 28/2018 Điều 8, 9(2)), which is a letter of its own on the timeline. One that failed and may have
  /// left all the same is recalled first; asked for once more it is cancelled here.
  /// - Returns: The letter that was cancelled, or the recall.
  /// - Throws: `ConnectorError.unknownLetter`, `.notInThisState`; `LedgerError`.
  public func recall(_ id: LetterID, reason: String, clerk: String) async throws -> LetterRecord {
    // A status may come while the clerk says so: then what it means is judged anew.
    try await ledger.again { try await recallAsItStands(id, reason: reason, clerk: clerk) }
  }

  private func recallAsItStands(_ id: LetterID, reason: String, clerk: String) async throws -> LetterRecord {
    let detail = try await outgoing(id)
    let letter = detail.letter
    guard let state = OutgoingLetterMachine.State(rawValue: letter.state) else { throw Self.notNow(letter) }
    var machine = OutgoingLetterMachine(state: state)
    let unsent = detail.transmissions.allSatisfy {
      // What was tried may be there, whatever the axis said.
      ($0.state == .queued && $0.attempts == 0) || $0.state == .refused
    }
    let mayBeThere = state == .failed && Self.mayHaveLeft(detail)
    if letter.kind == .recall, letter.lastCause == Ledger.restoredCondition { throw Self.recallMayHaveLeft(letter) }
    let asksReceiver = mayBeThere && letter.kind != .recall && detail.sources(.recalls).isEmpty
    // While the receiver is being asked, its answer says what becomes of the letter.
    if mayBeThere, letter.kind != .recall { try await refuseSecondRequest(detail) }
    if unsent, !asksReceiver, machine.handle(.cancelled) != nil {
      var step = LetterTransition(
        id, from: [letter.state], to: machine.state.rawValue, event: .cancelled(by: clerk, reason: reason))
      step.cancelsQueued = true
      step.requiresNothingSent = true
      step.changes.nextActionAt = .clear
      step.changes.nextActor = .set(machine.state.nextActor)
      step.changes.isFinished = .set(true)
      return try await ledger.advance(step, at: clock())
    }
    guard state.isUnderWay || asksReceiver, letter.kind != .recall else { throw Self.notNow(letter) }
    try Self.refuseForAnswer(detail)
    try await refuseSecondRequest(detail)
    let note = try await LetterNote(reason: reason).stored(in: ledger)
    // It repeats the letter's own id and number, as the operator's sample does (edxml.md 3.2).
    var draft = LetterDraft(
      id: LetterID(rawValue: UUID().uuidString.lowercased()), state: OutgoingLetterMachine.State.signed.rawValue,
      kind: .recall, sender: letter.sender, receivers: letter.receivers, documentId: letter.documentId)
    draft.senderName = letter.senderName
    draft.number = letter.number
    draft.notation = letter.notation
    draft.promulgationDate = letter.promulgationDate
    draft.subject = "Thu hồi: " + (letter.subject ?? letter.joinedCode ?? "")
    draft.dossierType = letter.dossierType
    draft.blobs = [.other: note]
    // No message goes without a file; what was not signed in this ledger has its list.
    let roles: [BlobRole] = letter.blobs[.organisationSigned] == nil ? [.dossier, .spreadsheet] : [.organisationSigned]
    for role in roles { draft.blobs[role] = letter.blobs[role] }
    draft.links = [LetterLink(to: id, relation: LetterRelation.recalls.rawValue)]
    draft.nextActionAt = clock()
    let event = NewEvent.recallOrdered(by: clerk, reason: reason)
    var step = LetterTransition(id, from: [letter.state], to: nil, event: event)
    // Of two requests at once one is refused.
    step.untouchedSince = letter.updatedAt
    return try await ledger.recordDraft(draft, event: event, also: [step], at: clock())
  }

  /// Asks the receiver to give a letter back that it has not accepted yet (status 13, lấy lại).
  /// - Throws: `ConnectorError.unknownLetter`, `.notInThisState`; `LedgerError`.
  public func takeBack(_ id: LetterID, reason: String, clerk: String) async throws -> LetterRecord {
    try await ledger.again { try await takeBackAsItStands(id, reason: reason, clerk: clerk) }
  }

  private func takeBackAsItStands(_ id: LetterID, reason: String, clerk: String) async throws -> LetterRecord {
    let detail = try await outgoing(id)
    let letter = detail.letter
    guard let state = OutgoingLetterMachine.State(rawValue: letter.state), state.isUnderWay, letter.kind != .recall
    else { throw Self.notNow(letter) }
    try Self.refuseForAnswer(detail)
    try await refuseSecondRequest(detail)
    var step = LetterTransition(id, from: [letter.state], to: nil, event: .takeBackOrdered(by: clerk, reason: reason))
    // Of two requests at once one is refused.
    step.untouchedSince = letter.updatedAt
    step.transmissions = [
      NewTransmission(
        status: StatusCode.takeBack.code, description: reason, from: letter.sender, to: letter.receivers)
    ]
    return try await ledger.advance(step, at: clock())
  }

  private func outgoing(_ id: LetterID) async throws -> LetterDetail {
    guard let detail = try await ledger.letterDetail(id), detail.letter.direction == .outgoing else {
      throw ConnectorError(
        .unknownLetter, vi: "Không có công văn đi “\(id.rawValue)”.", en: "There is no sent letter “\(id.rawValue)”.")
    }
    return detail
  }

  /// The receiver is asked once at a time: a second request would only blur what its answer is about.
  private func refuseSecondRequest(_ detail: LetterDetail) async throws {
    guard try await !PendingChange.isOpen(on: detail, in: ledger) else { throw Self.secondRequest(detail.letter) }
  }

  static func secondRequest(_ letter: LetterRecord) -> ConnectorError {
    ConnectorError(
      .notInThisState,
      vi: "Công văn \(letter.joinedCode ?? "") đang chờ bên nhận trả lời về thu hồi, lấy lại, cập nhật hoặc thay thế; "
        + "hãy chờ trả lời rồi làm tiếp.",
      en: "The receiver has not yet answered to a recall, a taking back, an update or a replacement of letter "
        + "\(letter.joinedCode ?? ""); wait for the answer, then go on.")
  }

  /// An authority's answer is no request: whoever got it takes no recall of it (kind 1).
  private static func refuseForAnswer(_ detail: LetterDetail) throws {
    guard !detail.targets(.answers).isEmpty else { return }
    throw ConnectorError(
      .notThisRole,
      vi:
        "Công văn trả lời đã gửi thì không thu hồi hay lấy lại qua trục được; hãy gửi công văn trả lời khác nêu rõ thay "
        + "cho công văn \(detail.letter.joinedCode ?? "").",
      en: "An answer that has been sent cannot be recalled or taken back over the axis; send another answer that says "
        + "that it stands in place of \(detail.letter.joinedCode ?? "").")
  }

  /// Whether a letter that failed may have reached its receiver: an attempt before the axis' refusal was of unknown
  /// outcome, or it may have been sent after the backup from which the ledger was made.
  private static func mayHaveLeft(_ detail: LetterDetail) -> Bool {
    let messages = Set(detail.transmissions.filter { $0.kind == .edoc }.map(\.id))
    return detail.letter.lastCause == Ledger.restoredCondition
      || detail.attempts.contains { messages.contains($0.transmission) && $0.outcome == "unknown" }
  }

  /// Its answer would find nothing that it could be an answer to.
  private static func recallMayHaveLeft(_ recall: LetterRecord) -> ConnectorError {
    ConnectorError(
      .notInThisState,
      vi: "Yêu cầu thu hồi \(recall.joinedCode ?? "") có thể đã đến bên nhận nên không hủy được; hãy gửi lại (retry) "
        + "hoặc chờ bên nhận trả lời.",
      en: "The recall of \(recall.joinedCode ?? "") may have reached the receiver, so it cannot be cancelled; send it "
        + "again (retry) or wait for the answer.")
  }

  private static func notNow(_ letter: LetterRecord) -> ConnectorError {
    ConnectorError(
      .notInThisState, vi: "Công văn đang “\(letter.state)” nên không thu hồi hay lấy lại được.",
      en: "The letter is “\(letter.state)”, so it can neither be recalled nor taken back.")
  }
}
