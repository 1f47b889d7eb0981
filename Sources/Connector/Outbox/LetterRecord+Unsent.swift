import DeliveryLedger
import VietnameseText

/// Why a document need not be sent (again), and what becomes of its transmission.
struct ReasonNotToSend: Sendable, Equatable {
  let settlement: Settlement
  let cause: String
  let event: OutgoingLetterMachine.Event?
  let said: NewEvent
}

extension LetterRecord {
  /// Why `transmission`, which is queued or of unknown outcome, need not be sent; nil: nothing shows that.
  ///
  /// Only its receiver can have ended or moved on a letter of which an attempt was made, so the receiver has it.
  /// - Parameter sharesId: whether another letter of ours has its document id: then a 01 may be that one's, and proves
  ///   nothing. A letter that is sent needlessly counts once.
  fileprivate func reasonNotToSend(_ transmission: TransmissionRecord, sharesId: Bool) -> ReasonNotToSend? {
    guard direction == .outgoing, transmission.kind == .edoc, let state = OutgoingLetterMachine.State(rawValue: state),
      !(state == .arrived && sharesId)
    else { return nil }
    if state.provesDelivery || (state.isFinal && transmission.attempts > 0) {
      return ReasonNotToSend(
        settlement: .accepted(transportDocId: nil), cause: "its receiver answered", event: .axisAccepted,
        said: .foundByAnswer)
    }
    guard state.isFinal else { return nil }
    return ReasonNotToSend(
      settlement: .cancelled, cause: "its letter is at an end", event: nil, said: .notSentAfterEnd)
  }
}

extension Ledger {
  /// Why `transmission` of `letter` need not be sent (again); nil: nothing shows that.
  func reasonNotToSend(_ transmission: TransmissionRecord, of letter: LetterRecord) async throws -> ReasonNotToSend? {
    var sharesId = false
    if letter.state == OutgoingLetterMachine.State.arrived.rawValue, let id = letter.documentId {
      sharesId = try await findLetters(direction: .outgoing, documentId: id).contains { $0.id != letter.id }
    }
    return letter.reasonNotToSend(transmission, sharesId: sharesId)
  }
}

extension OutgoingLetterMachine.State {
  /// Whether a letter can only be here because its receiver has it.
  var provesDelivery: Bool {
    switch self {
    case .arrived, .accepted, .assigned, .processing, .finished, .refused, .agreed, .declined: true
    case .recorded, .written, .leaderSigned, .signed, .queued, .outcomeUnknown, .sent, .failed, .withdrawn, .replaced:
      false
    }
  }
}

extension NewEvent {
  static let notSentAfterEnd = made(
    "letter.notSentAfterEnd", vi: "Không gửi nữa, vì công văn đã được rút lại hoặc thay thế.",
    en: "It is not sent any more: the letter was taken back or replaced.")
  static func outcomeSaidTooLate(by clerk: String) -> NewEvent {
    made(
      "letter.outcomeSaid", by: clerk,
      vi: "Xác nhận trục chưa có công văn này, nhưng bên nhận đã trả lời, nên không gửi lại.",
      en: "Says that the axis does not have this letter; but its receiver has answered, so it is not sent again.")
  }
}
