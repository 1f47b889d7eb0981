public import Foundation
import GRDB

extension Ledger {
  /// Gives a letter that was held its dossier, in one transaction: the code is allotted, `step` makes of it the letter's
  /// transition (with the status that tells the code), and the dossier is written.
  ///
  /// - Parameters:
  ///   - officerState: the dossier's first state.
  ///   - also: steps of other letters, e.g. of the one that this one replaces.
  /// - Throws: `.stateConflict` if the letter is no longer where `step` expects it; nothing is written then.
  public func register(
    _ dossier: NewDossier, for id: LetterID, officerState: String?, at now: Date,
    also: @escaping @Sendable (_ code: String) throws -> [LetterTransition] = { _ in [] },
    step: @escaping @Sendable (_ code: String) throws -> LetterTransition
  ) async throws -> LetterRecord {
    let moment = Moment(now)
    return try await write { [blobs, options] db in
      let letter = try LetterWriter.required(id, in: db)
      guard letter.dossierCode == nil else {
        throw LedgerError(.stateConflict, detail: "letter \(id) has a dossier code already")
      }
      let code = try DossierWriter.allotCode(
        dossier.codePattern, type: dossier.type, organId: letter.sender, mint: options.mintUUID, at: moment, in: db)
      try DossierWriter.insert(dossier, code: code, letter: id, officerState: officerState, at: moment, in: db)
      var transition = try step(code)
      transition.changes.dossierCode = .set(code)
      for other in try also(code) { _ = try LetterWriter.apply(other, at: moment, blobs: blobs, in: db) }
      return try LetterWriter.apply(transition, at: moment, blobs: blobs, in: db)
    }
  }
}
