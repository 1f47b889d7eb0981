import DeliveryLedger
import EdXML

/// Finds the letter that a status is about: by document id, else by number, notation and date, since some systems write
/// the id with other separators or leave it out.
struct LetterLookup: Sendable {
  let ledger: Ledger

  /// The letter sent from here that `references` name; nil if none.
  func letter(toldOf references: [ResponseFor]) async throws -> LetterRecord? {
    for reference in references {
      if let id = reference.documentId, !id.isEmpty {
        // A recall repeats the id of what it recalls, an update that of what it updates.
        let named = try await ledger.findLetters(direction: .outgoing, documentId: id)
        let replaced = OutgoingLetterMachine.State.replaced.rawValue
        if let letter = named.first(where: { $0.kind != .recall && $0.state != replaced }) ?? named.first {
          return letter
        }
      }
      guard let code = reference.code.flatMap(DocumentCode.init(joined:)) else { continue }
      let found = try await ledger.findLetters(
        direction: .outgoing, sender: nil, number: code.number, notation: code.notation,
        promulgationDate: reference.promulgationDate?.iso)
      // Two letters under one number would make the status ambiguous: then it counts for neither.
      if found.count == 1 { return found.first }
    }
    return nil
  }

  /// The received letter of `sender` that one of `references` names, recalls apart; nil if none or several.
  func letter(receivedFrom sender: String, named references: [ResponseFor]) async throws -> LetterRecord? {
    let void = IncomingLetterMachine.State.replaced.rawValue
    for reference in references {
      var found: [LetterRecord] = []
      if let id = reference.documentId, !id.isEmpty {
        found = try await ledger.findLetters(direction: .incoming, documentId: id)
      }
      if found.isEmpty, let code = reference.code.flatMap(DocumentCode.init(joined:)) {
        found = try await ledger.findLetters(
          direction: .incoming, sender: sender, number: code.number, notation: code.notation,
          promulgationDate: reference.promulgationDate?.iso)
      }
      found = found.filter { $0.sender == sender && $0.standing == .original && $0.kind != .recall }
      if let letter = found.last(where: { $0.state != void }) ?? found.last { return letter }
    }
    return nil
  }
}
