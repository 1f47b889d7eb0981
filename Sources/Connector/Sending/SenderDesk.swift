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
  /// - Throws: `ConnectorError.unknownLetter`, `.notInThisState`; `LedgerError`.
  public func retry(_ id: LetterID, clerk: String) async throws -> LetterRecord {
    guard let letter = try await ledger.letter(id), letter.direction == .outgoing,
      let state = OutgoingLetterMachine.State(rawValue: letter.state)
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
    var step = LetterTransition(
      id, from: [letter.state], to: machine.state.rawValue,
      event: .made("letter.retried", by: clerk, vi: "Làm lại và gửi lại.", en: "To be made and sent again."))
    step.changes.nextActionAt = .set(clock())
    step.changes.nextActor = .set(machine.state.nextActor)
    step.changes.attempts = .set(0)
    step.changes.lastCause = .clear
    return try await ledger.advance(step, at: clock())
  }
}
