import AxisClient
import DeliveryLedger
import EdXML
import Foundation
import VietnameseText

/// Settles a transmission whose answer was lost: the axis is asked what it has, and only what it surely lacks is sent again.
struct OutcomeReconciliation: Sendable {
  let workplace: Workplace
  let schedule: RetrySchedule
  /// How long after the attempt the axis may still be taking it in; before that an empty list proves nothing (seconds).
  var grace: Double = 2

  func settle(_ transmission: TransmissionRecord) async throws {
    let now = workplace.clock()
    // The receiver counts a repeated status once, so a doubtful one is simply told again.
    if transmission.kind == .status {
      try await settle(transmission, as: .sendAgain(at: now), cause: "status may repeat", event: nil, saying: nil)
      return
    }
    guard let letter = try await workplace.ledger.letter(transmission.letter) else { return }
    let check = schedule.next(after: transmission.attempts + 1, now: now, chance: workplace.chance())
    switch await workplace.axis.getSentEdocList(.edoc, docID: nil) {
    case .accepted(let entries):
      if let entry = entries.first(where: { Self.matches($0, letter, transmission) }) {
        try await settle(
          transmission, as: .accepted(transportDocId: entry.senderDocID), cause: "found on the axis",
          event: .axisAccepted, saying: .foundOnAxis)
      } else if now.timeIntervalSince(transmission.updatedAt) < grace {
        try await settle(
          transmission, as: .stillUnknown(checkAt: now.addingTimeInterval(grace)), cause: "too early to say",
          event: nil,
          saying: nil)
      } else {
        try await settle(
          transmission, as: .sendAgain(at: now), cause: "not on the axis", event: .retried, saying: .notOnAxis)
      }
    case .refused(let refusal):
      try await settle(
        transmission, as: .stillUnknown(checkAt: check), cause: refusal.code, event: nil, saying: nil)
    case .tryAgain(let trouble), .unknown(let trouble):
      try await settle(transmission, as: .stillUnknown(checkAt: check), cause: trouble.code, event: nil, saying: nil)
    }
  }

  /// The axis takes no id of ours: number and notation, title and receiver together name the letter.
  static func matches(_ entry: SentEntry, _ letter: LetterRecord, _ transmission: TransmissionRecord) -> Bool {
    guard entry.notation.nfc == (letter.joinedCode ?? "").nfc else { return false }
    guard entry.title.isEmpty || letter.subject == nil || entry.title.nfc == letter.subject?.nfc else { return false }
    return transmission.to.contains { entry.toCode.contains($0) }
  }

  private func settle(
    _ transmission: TransmissionRecord, as settlement: Settlement, cause: String,
    event: OutgoingLetterMachine.Event?, saying said: NewEvent?
  ) async throws {
    try await workplace.onCurrent(transmission.letter) { letter in
      let steps = said.map { [letter.transition(on: event, of: transmission, saying: $0)] } ?? []
      _ = try await workplace.ledger.settleUnknown(
        transmission.id, as: settlement, cause: cause, transitions: steps, at: workplace.clock())
    }
  }
}
