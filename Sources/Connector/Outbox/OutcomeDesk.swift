public import DeliveryLedger
import EdXML
public import Foundation
import VietnameseText

/// What a person says where the axis' answers do not settle it: whether it has a letter, or that a status which it
/// refused is to be told again.
public struct OutcomeDesk: Sendable {
  let ledger: Ledger
  let configuration: Configuration
  let clock: @Sendable () -> Date

  public init(ledger: Ledger, configuration: Configuration, clock: @escaping @Sendable () -> Date = { Date() }) {
    self.ledger = ledger
    self.configuration = configuration
    self.clock = clock
  }

  /// “The axis has it” or “it does not”: the letter counts as sent, or is sent again under the same document id. What its
  /// receiver answered, or took back, is not sent again whatever the person says.
  /// - Parameter transportDocId: the axis' id of it, if the person knows that.
  /// - Throws: `ConnectorError.unknownLetter`, `.notInThisState` if its outcome is not unknown; `LedgerError`.
  public func say(
    delivered: Bool, transportDocId: String? = nil, of id: LetterID, by clerk: String
  ) async throws -> LetterRecord {
    try await ledger.again {
      try await sayOnce(delivered: delivered, transportDocId: transportDocId, of: id, by: clerk)
    }
  }

  private func sayOnce(
    delivered: Bool, transportDocId: String?, of id: LetterID, by clerk: String
  ) async throws -> LetterRecord {
    let detail = try await detail(id)
    guard let unknown = detail.transmissions.first(where: { $0.state == .unknown && $0.kind == .edoc }) else {
      throw ConnectorError(
        .notInThisState,
        vi: "Kết quả gửi công văn này không còn để ngỏ; công văn đang “\(detail.letter.state)”.",
        en: "It is not in doubt whether the axis has this letter; it is “\(detail.letter.state)”.")
    }
    var settlement = delivered ? Settlement.accepted(transportDocId: transportDocId) : .sendAgain(at: clock())
    var said = NewEvent.outcomeSaid(delivered: delivered, by: clerk)
    if !delivered, let reason = try await ledger.reasonNotToSend(unknown, of: detail.letter) {
      settlement = reason.settlement
      said = .outcomeSaidTooLate(by: clerk)
    }
    let step = detail.letter.transition(
      on: delivered ? .axisAccepted : .retried, of: unknown, saying: said,
      try Deadlines(configuration: configuration), at: clock())
    _ = try await ledger.settleUnknown(
      unknown.id, as: settlement, cause: "a person's word", transitions: [step], at: clock())
    return try await self.detail(id).letter
  }

  /// Tells every status of the letter again that the axis refused, or only that with `code`.
  /// - Returns: The codes that were queued again.
  /// - Throws: `ConnectorError.unknownLetter`, `.notInThisState` if none was refused; `LedgerError`.
  public func resendStatus(_ code: String? = nil, of id: LetterID, by actor: String) async throws -> [String] {
    let detail = try await detail(id)
    let refused = detail.transmissions.filter {
      $0.kind == .status && $0.state == .refused && (code == nil || $0.statusCode == code)
    }
    guard !refused.isEmpty else {
      throw ConnectorError(
        .notInThisState, vi: "Không có trạng thái nào của công văn này bị trục từ chối.",
        en: "The axis refused no such status of this letter.")
    }
    for status in refused {
      var step = LetterTransition(
        detail.letter.id, from: [], to: nil,
        event: .statusSentAgain(StatusCode(code: status.statusCode ?? ""), by: actor))
      step.changes.nextActor = .set(detail.letter.nextActorByState)
      _ = try await ledger.sendRefusedAgain(status.id, transition: step, at: clock())
    }
    return refused.compactMap(\.statusCode)
  }

  private func detail(_ id: LetterID) async throws -> LetterDetail {
    if let detail = try await ledger.letterDetail(id) { return detail }
    if let letter = try await ledger.letter(dossierCode: id.rawValue),
      let detail = try await ledger.letterDetail(letter.id)
    {
      return detail
    }
    throw ConnectorError(
      .unknownLetter, vi: "Không có công văn “\(id.rawValue)” trong sổ.",
      en: "No letter “\(id.rawValue)” in the ledger.")
  }
}

extension LetterRecord {
  /// Who acts next as far as the letter's state says, whatever happened to its messages.
  var nextActorByState: NextActor {
    switch direction {
    case .outgoing: OutgoingLetterMachine.State(rawValue: state)?.nextActor ?? nextActor
    case .incoming: IncomingLetterMachine.State(rawValue: state)?.nextActor ?? nextActor
    }
  }
}
