public import Foundation
import GRDB

extension Ledger {
  /// The condition that a ledger made from a backup carries; its cause names the end of the backup's chain.
  public static let restoredCondition = "restored"

  /// What is written with a copy that is to be worked on, while nobody looks at it yet.
  static func markRestored(_ file: URL, at moment: Moment) throws {
    let copy = try DatabaseQueue(path: file.path(percentEncoded: false))
    try copy.write { db in
      let last = try EventChain.last(db)
      let head = ChainHead(seq: last.seq, hash: last.hash.hexadecimalText)
      try putRestored(unnoted, cause: "\(head)", at: moment, in: db)
    }
    // Closing puts it into the file itself, which alone gets the ledger's name.
    try copy.close()
  }

  /// The state of ``restoredCondition`` until ``noteRestored(at:steps:)`` has ended.
  private static let unnoted = "unnoted"

  private static func putRestored(_ state: String, cause: String, at moment: Moment, in db: Database) throws {
    try db.execute(
      sql: "INSERT OR REPLACE INTO conditions (name, state, cause, since, notedAt) VALUES (?, ?, ?, ?, ?)",
      arguments: [restoredCondition, state, cause, moment.milliseconds, moment.milliseconds])
  }

  /// Whether this ledger was made from a backup, and ``noteRestored(at:steps:)`` was not called or did not end.
  public var waitsForRestoredNote: Bool {
    get async throws { try await condition(Self.restoredCondition)?.state == Self.unnoted }
  }

  /// Notes, once and before anything works on it, that this ledger was made from a backup: what happened after the
  /// backup is not in it, though the axis and the other side know of it.
  ///
  /// A document that waits to be sent may have left since: it counts as sent with its answer lost, so the axis is asked
  /// before it is sent again. Dossier codes of this day, and those whose numbers never begin anew, begin above those that
  /// may have been told since.
  /// - Parameter steps: what becomes of a letter of ours that is not finished; nil leaves it.
  public func noteRestored(at now: Date, steps: (LetterRecord) -> LetterTransition?) async throws {
    // A noting that was cut off goes on: the backup's end is what was written first.
    let earlier = try await waitsForRestoredNote ? condition(Self.restoredCondition)?.cause : nil
    let head = try await read { db in
      let last = try EventChain.last(db)
      return earlier ?? "\(ChainHead(seq: last.seq, hash: last.hash.hexadecimalText))"
    }
    let queued = try await read { db in
      try Row.fetchAll(
        db, sql: "SELECT id, queuedAt FROM transmissions WHERE state = 'queued' AND kind = 'edoc' ORDER BY id"
      ).map { (id: TransmissionID(rawValue: $0["id"]), queuedAt: Moment(milliseconds: $0["queuedAt"]).date) }
    }
    // The time for which the axis is asked begins when it could first have been sent.
    for (id, queuedAt) in queued {
      do {
        _ = try await beginAttempt(id, at: queuedAt)
      } catch let error as LedgerError where error.code == .stateConflict {
        // It waits behind another message of its letter, and is sent after that one is found.
      }
    }
    let open = try await read { db in
      try LetterRecord.fetch(db, "WHERE direction = 'outgoing' AND isFinished = 0 ORDER BY row", [])
    }
    for step in open.compactMap(steps) { _ = try await advance(step, at: now) }
    let moment = Moment(now)
    try await write { db in
      try db.execute(
        sql: "UPDATE codeCounters SET lastNumber = lastNumber + ? WHERE scope LIKE '%|*'",
        arguments: [DossierWriter.gap(restoredAt: moment)])
      try Self.putRestored("restored", cause: head, at: moment, in: db)
    }
  }
}

extension DossierWriter {
  /// Numbers up to this one are not allotted in `scope` on `day`: they may have been told after the backup from which the
  /// ledger was made. Two restorations on one day begin at different numbers.
  static func numbersPassedOver(
    _ pattern: DossierCodePattern, organisation: String, day: String, in db: Database
  ) throws -> Int64 {
    guard
      let since = try Int64.fetchOne(
        db, sql: "SELECT since FROM conditions WHERE name = ?", arguments: [Ledger.restoredCondition])
    else { return 0 }
    let restored = Moment(milliseconds: since)
    let scope = pattern.scope(organisation: organisation, day: DossierCodePattern.vietnameseDay(restored))
    guard scope == pattern.scope(organisation: organisation, day: day) else { return 0 }
    return gap(restoredAt: restored)
  }

  /// How many numbers may have been told since the backup; by the minute, another for each restoration of a day.
  static func gap(restoredAt moment: Moment) -> Int64 { 5_000 + 2 * (moment.milliseconds / 60_000 % 1_440) }
}
