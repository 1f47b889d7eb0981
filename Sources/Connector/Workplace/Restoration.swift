public import DeliveryLedger
public import Foundation

/// What a ledger that was made from a backup must be told before a connector works on it.
public enum Restoration {
  /// Notes it in `ledger`: documents that wait are asked about before they are sent again, and letters that were being
  /// made end as failed, since they may have been made and sent after the backup.
  ///
  /// - Returns: the letters that a person must look at, in the order of the ledger.
  public static func note(in ledger: Ledger, at now: Date) async throws -> [LetterID] {
    let unfinished: [OutgoingLetterMachine.State] = [.recorded, .written, .leaderSigned, .signed]
    var failed: [LetterID] = []
    try await ledger.noteRestored(at: now) { letter in
      guard let state = OutgoingLetterMachine.State(rawValue: letter.state), unfinished.contains(state) else {
        return nil
      }
      failed.append(letter.id)
      var step = LetterTransition(
        letter.id, from: [letter.state], to: OutgoingLetterMachine.State.failed.rawValue, event: .restoredWhileMade)
      step.changes.nextActionAt = .clear
      step.changes.nextActor = .set(.sender)
      step.changes.lastCause = .set(Ledger.restoredCondition)
      return step
    }
    return failed
  }

  /// As ``note(in:at:)`` for a ledger whose restoration was cut off before it was told; nothing for any other.
  public static func finish(in ledger: Ledger, at now: Date) async throws -> [LetterID] {
    try await ledger.waitsForRestoredNote ? try await note(in: ledger, at: now) : []
  }
}
