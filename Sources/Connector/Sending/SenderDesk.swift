public import DeliveryLedger
public import Foundation
import VietnameseText

/// What a clerk of the agency says of a letter that could not be sent.
public struct SenderDesk: Sendable {
  let ledger: Ledger
  let clock: @Sendable () -> Date

  public init(ledger: Ledger, clock: @escaping @Sendable () -> Date = { Date() }) {
    self.ledger = ledger
    self.clock = clock
  }

  /// Has a failed letter made and sent again under the same document id, after its cause was mended.
  /// - Throws: `ConnectorError.unknownLetter`, `.notInThisState`, also where it is a recall or an update of a letter that
  ///   another waits on or that is at its end: it would arrive after what was said later; `LedgerError`.
  public func retry(_ id: LetterID, clerk: String) async throws -> LetterRecord {
    try await ledger.again { try await retryAsItStands(id, clerk: clerk) }
  }

  private func retryAsItStands(_ id: LetterID, clerk: String) async throws -> LetterRecord {
    guard let detail = try await ledger.letterDetail(id), case let letter = detail.letter,
      letter.direction == .outgoing, let state = OutgoingLetterMachine.State(rawValue: letter.state)
    else {
      throw ConnectorError(
        .unknownLetter, vi: "Không có công văn đi “\(id.rawValue)”.", en: "There is no sent letter “\(id.rawValue)”.")
    }
    var machine = OutgoingLetterMachine(state: state)
    let cameSigned = letter.blobs[.organisationSigned] != nil && letter.blobs[.renderedLetter] == nil
    guard state == .failed, machine.handle(cameSigned ? .retriedSigned : .retried) != nil else {
      throw ConnectorError(
        .notInThisState,
        vi: "Chỉ công văn không gửi được (failed) mới làm lại được; công văn này đang “\(letter.state)”.",
        en: "Only a letter that failed can be tried again; this one is “\(letter.state)”.")
    }
    let event = NewEvent.made("letter.retried", by: clerk, vi: "Làm lại và gửi lại.", en: "To be made and sent again.")
    var step = LetterTransition(id, from: [letter.state], to: machine.state.rawValue, event: event)
    step.changes.nextActionAt = .set(clock())
    step.changes.nextActor = .set(machine.state.nextActor)
    step.changes.attempts = .set(0)
    step.changes.lastCause = .clear
    return try await ledger.advance([step] + changedAgain(by: detail), at: clock())[0]
  }

  /// What is written with the letters that a failed recall or update changes, so that of two requests at once one is
  /// refused.
  private func changedAgain(by request: LetterDetail) async throws -> [LetterTransition] {
    var steps: [LetterTransition] = []
    for relation in [LetterRelation.recalls, .updates] {
      for id in request.targets(relation) {
        guard let target = try await ledger.letterDetail(id) else { continue }
        let letter = target.letter
        guard try await !PendingChange.isOpen(on: target, in: ledger) else { throw Self.secondRequest(letter) }
        guard OutgoingLetterMachine.State(rawValue: letter.state)?.mayBeThere == true else {
          throw ConnectorError(
            .notInThisState,
            vi: "Công văn \(letter.joinedCode ?? "") đang “\(letter.state)”, không thu hồi hay cập nhật được nữa.",
            en:
              "Letter \(letter.joinedCode ?? "") is “\(letter.state)”: it can neither be recalled nor updated any more."
          )
        }
        var step = LetterTransition(
          id, from: [letter.state], to: nil,
          event: .made(
            "change.retried", vi: "Gửi lại yêu cầu thu hồi hoặc cập nhật công văn này; chờ bên nhận trả lời.",
            en: "The recall or update of this letter goes out again; its receiver will answer."))
        step.untouchedSince = letter.updatedAt
        steps.append(step)
      }
    }
    return steps
  }
}
