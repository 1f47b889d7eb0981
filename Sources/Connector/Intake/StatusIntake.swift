import DeliveryLedger
import EdXML
import Foundation
import VietnameseText

/// Follows the statuses that receivers send about our letters.
struct StatusIntake: Sendable {
  let workplace: Workplace

  /// Settles one arrived status message: the row, the timeline and the letter's state move in one transaction.
  func settle(_ arrival: ArrivalRecord) async throws {
    let ledger = workplace.ledger
    let now = workplace.clock()
    let status: StatusMessage
    do {
      let read = try EdXMLReader().read(file: ledger.blobURL(arrival.message).path, storingIn: nil)
      guard case .status(let message) = read.message else {
        try await ledger.setArrivalAside(
          arrival.id, cause: "a document among the statuses", event: .arrivedUnreadable, at: now)
        return
      }
      status = message
    } catch let error as EdXMLError {
      if error.isPassing { throw error }
      try await ledger.setArrivalAside(
        arrival.id, cause: error.code.rawValue, event: .arrivedUnreadable, at: now)
      return
    }
    guard arrival.isFrom(status.from.organId) else {
      try await ledger.setArrivalAside(
        arrival.id, cause: "the axis names another sender than the message", acknowledgement: .done,
        event: .statusIgnored(status.code, from: status.from.organId), at: now)
      return
    }
    let letter = try await LetterLookup(ledger: ledger).letter(toldOf: [status.responseFor])
    guard let letter else {
      try await ledger.setArrivalAside(
        arrival.id, cause: "not about a letter of ours",
        event: .made(
          "status.notOurs", vi: "Trạng thái về văn bản không do phần mềm này gửi; để nguyên.",
          en: "A status about a document that was not sent from here; left as it is."), at: now)
      return
    }
    let incoming = IncomingStatus(
      from: status.from.organId, code: status.code.code, description: status.description,
      statedAt: status.timestamp?.edxml, letter: letter.id, documentId: status.responseFor.documentId)
    let heard = NewEvent.statusHeard(
      status.code, from: status.from.name ?? status.from.organId, description: status.description)
    let code = status.code
    let dossierCode = status.description.flatMap(DossierCodeNotice.code(in:))
    _ = try await ledger.settleStatus(arrival: arrival.id, status: incoming, event: heard, at: now) { finding in
      guard let letter = finding.letter, !finding.isRepeat else { return [] }
      guard letter.receivers.contains(incoming.from) else {
        return [
          LetterTransition(letter.id, from: [letter.state], to: nil, event: .statusIgnored(code, from: incoming.from))
        ]
      }
      return Self.transitions(of: letter, on: code, dossierCode: dossierCode)
    }
  }

  private static func transitions(
    of letter: LetterRecord, on code: StatusCode, dossierCode: String?
  ) -> [LetterTransition] {
    guard let state = OutgoingLetterMachine.State(rawValue: letter.state) else { return [] }
    var machine = OutgoingLetterMachine(state: state)
    guard machine.handle(.status(code)) != nil else { return [] }
    var step = LetterTransition(
      letter.id, from: [letter.state], to: machine.state.rawValue, event: .moved(to: machine.state))
    step.changes.nextActor = .set(machine.state.nextActor)
    step.changes.isFinished = .set(machine.state.isFinal)
    if let dossierCode, letter.dossierCode == nil { step.changes.dossierCode = .set(dossierCode) }
    if machine.state == .refused { step.changes.decision = .set("reject") }
    if machine.state == .accepted { step.changes.decision = .set("accept") }
    return [step]
  }
}

extension ArrivalRecord {
  /// Whether the axis says, too, that the message is from `organ`; what it does not say cannot contradict.
  func isFrom(_ organ: String) -> Bool {
    transportFrom.map { $0.split(separator: ",").contains(Substring(organ)) } ?? true
  }
}

extension EdXMLError {
  /// Whether the fault is this machine's and may pass (disk, time), so that nothing is concluded about the message.
  var isPassing: Bool {
    switch code {
    case .unwritable, .unreadable, .tooSlow: true
    default: false
    }
  }
}

/// How the authority names the dossier code in the description of status 03, and how the agency finds it there.
enum DossierCodeNotice {
  static func text(_ code: String) -> String { "Đã tiếp nhận. Mã hồ sơ: \(code)" }

  /// The code in a description; nil if it names none.
  static func code(in description: String) -> String? {
    guard let range = description.nfc.range(of: "Mã hồ sơ: ") else { return nil }
    let rest = description.nfc[range.upperBound...].prefix { !$0.isWhitespace }
    let code = rest.trimmingCharacters(in: CharacterSet(charactersIn: ".,;"))
    return (1...100).contains(code.count) ? code : nil
  }
}
