public import Foundation
import GRDB

extension Ledger {
  /// Puts off a transmission that is queued, or of unknown outcome, and could not be worked on, so that it stands in
  /// nobody's way. Nothing is concluded about it.
  ///
  /// - Parameter event: said on its letter, nil if that was said before.
  /// - Returns: The transmission as it is now; one that is in another state meanwhile is left as it is.
  @discardableResult
  public func postponeTransmission(
    _ id: TransmissionID, until: Date, cause: String, event: NewEvent?, at now: Date
  ) async throws -> TransmissionRecord {
    let moment = Moment(now)
    return try await write { db in
      let transmission = try TransmissionWriter.required(id, in: nil, db)
      guard transmission.state == .queued || transmission.state == .unknown else { return transmission }
      try db.execute(
        sql: """
          UPDATE transmissions SET nextAttemptAt = ?, lastCause = ?, updatedAt = ?,
            checks = CASE WHEN state = 'queued' THEN checks + 1 ELSE checks END
          WHERE id = ?
          """, arguments: [Moment(until).milliseconds, cause, moment.milliseconds, id.rawValue])
      if let event {
        let letter = try LetterWriter.required(transmission.letter, in: db)
        try LetterWriter.append([event], to: letter.id, state: letter.state, at: moment, in: db)
      }
      return try TransmissionWriter.required(id, in: transmission.state, db)
    }
  }

  /// Puts off a letter that was due and could not be worked on. Nothing is concluded about it; one that was touched since
  /// it was read is left as it is, so that it stays due for what was said meanwhile.
  ///
  /// - Parameter event: said on its timeline, nil if that was said before.
  public func postponeLetter(
    _ letter: LetterRecord, until: Date, cause: String, event: NewEvent?, at now: Date
  ) async throws {
    let moment = Moment(now)
    try await write { db in
      let found = try LetterWriter.required(letter.id, in: db)
      guard found.updatedAt == letter.updatedAt, found.state == letter.state else { return }
      try db.execute(
        sql: "UPDATE letters SET nextActionAt = ?, lastCause = ?, attempts = attempts + 1 WHERE id = ?",
        arguments: [Moment(until).milliseconds, cause, letter.id.rawValue])
      if let event { try LetterWriter.append([event], to: found.id, state: found.state, at: moment, in: db) }
    }
  }

  /// Settles a queued transmission that need not be sent (again), with what follows for letters, in one transaction.
  ///
  /// - Parameter settlement: `.accepted` or `.cancelled`.
  /// - Throws: `LedgerError.stateConflict` if it is not queued, or a transition is not valid.
  @discardableResult
  public func settleQueued(
    _ id: TransmissionID, as settlement: Settlement, cause: String, transitions: [LetterTransition], at now: Date
  ) async throws -> TransmissionRecord {
    let moment = Moment(now)
    return try await write { [blobs] db in
      _ = try TransmissionWriter.required(id, in: .queued, db)
      switch settlement {
      case .accepted, .cancelled: break
      case .refused, .sendAgain, .stillUnknown:
        throw LedgerError(.invalid, detail: "transmission \(id) was not tried, so nothing is known of it")
      }
      try TransmissionWriter.settle(id, as: settlement, cause: cause, at: moment, in: db)
      for transition in transitions { _ = try LetterWriter.apply(transition, at: moment, blobs: blobs, in: db) }
      return try TransmissionWriter.required(id, in: nil, db)
    }
  }
}
