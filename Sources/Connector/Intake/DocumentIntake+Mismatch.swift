import DeliveryLedger
import DossierModel
import EdXML
import Foundation

extension DocumentIntake {
  /// The message names another sender than the axis does.
  static let senderMismatch = "SENDER_MISMATCH"
  /// The message has the document id of another letter, and other content.
  static let presumedUpdate = "PRESUMED_UPDATE"

  /// A document whose sender the axis does not confirm: neither accepted by itself nor answered under a name that its sender
  /// may not have. What is a request to us is kept and held, so that an officer can let it in; the rest is left alone.
  func settleMismatch(
    _ document: EdocDocument, _ received: ReceivedMessage, _ arrival: ArrivalRecord, in folder: URL
  ) async throws {
    let ledger = workplace.ledger
    let event = NewEvent.senderMismatch(document.from.organId)
    if document.kind == .recall {
      // It bears no signature that could speak for it: it cancels nothing, and an officer sees it set aside.
      let names = try await targets(of: document)
      let isHere = try await ledger.holdsUnconfirmed(from: document.from.organId, documentId: document.documentId)
      let isOurs = (isHere || !names.found.isEmpty) && isAddressed(document)
      return try await ledger.setArrivalAside(
        arrival.id, cause: Self.senderMismatch, acknowledgement: isOurs ? .done : .leave,
        event: isOurs ? event : .notOurs, at: workplace.clock())
    }
    let (judgement, letter) = try await judge(document, received, in: folder, decision: nil)
    guard judgement.decision != .leave else {
      return try await ledger.setArrivalAside(
        arrival.id, cause: (judgement.codes + [Self.senderMismatch]).joined(separator: " "), acknowledgement: .leave,
        event: .notOurs, at: workplace.clock())
    }
    try await registerUnconfirmed(document, received, judgement, letter, arrival)
  }

  /// Keeps a judged document that nobody vouches for: it is held, and nobody is told anything.
  func registerUnconfirmed(
    _ document: EdocDocument, _ received: ReceivedMessage, _ judgement: Judgement, _ letter: LetterFile?,
    _ arrival: ArrivalRecord
  ) async throws {
    let ledger = workplace.ledger
    var incoming = try Self.incoming(document, received, arrival)
    incoming.dossierType = judgement.dossier?.type.rawValue
    incoming.isConfirmed = false
    if let file = letter?.path {
      incoming.blobs[.letter] = try await ledger.adoptBlob(fileAt: URL(fileURLWithPath: file))
    }
    let targets = try await targets(of: document)
    let held = Judgement.hold(
      [Self.senderMismatch] + judgement.codes,
      vi: "Trục ghi nhận bên gửi khác với bên gửi ghi trong gói tin; cán bộ hỏi lại bên gửi rồi quyết định.",
      en: "The axis has this from another sender than the message names: an officer asks the sender, then decides.")
    let kind = incoming.kind
    let sender = incoming.sender
    _ = try await ledger.settleLetter(arrival: arrival.id, letter: incoming, dossier: nil, at: workplace.clock()) {
      finding in
      var effects = effects(finding, held, kind: kind, to: sender)
      effects.add(.senderMismatch(document.from.organId))
      effects.transmissions = []
      if finding.standing == .unconfirmed { effects.links = targets.found.map(\.link) }
      return effects
    }
  }
}
