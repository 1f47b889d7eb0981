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
        if let letter = try await ledger.findLetters(direction: .outgoing, documentId: id).first { return letter }
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
}
