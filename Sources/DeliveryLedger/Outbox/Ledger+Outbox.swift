public import Foundation
import GRDB
import VietnameseText

extension Ledger {
  /// What may leave now, the longest due first.
  ///
  /// A letter's transmissions leave in the order in which they were queued: one is not due while an earlier one of the
  /// same letter is queued, being sent, or of unknown outcome.
  public func dueTransmissions(now: Date, limit: Int = 20) async throws -> [TransmissionRecord] {
    let moment = Moment(now)
    return try await read { db in
      try TransmissionRecord.fetch(
        db,
        """
        WHERE state = 'queued' AND nextAttemptAt <= ? AND \(TransmissionWriter.isFirst)
        ORDER BY nextAttemptAt, id LIMIT ?
        """, [moment.milliseconds, limit])
    }
  }

  /// Writes down, durably, that bytes are about to leave. `message` fixes the bytes of all attempts.
  ///
  /// - Parameter letterState: the state in which its letter must be; nil: any.
  /// - Throws: `.stateConflict` if the transmission is not queued, or not its letter's first, or its letter is in another
  ///   state.
  public func beginAttempt(
    _ id: TransmissionID, message: BlobHash? = nil, whileLetterIs letterState: String? = nil, at now: Date
  ) async throws -> TransmissionRecord {
    let moment = Moment(now)
    return try await write { [blobs] db in
      let transmission = try TransmissionWriter.required(id, in: .queued, db)
      guard
        try Bool.fetchOne(
          db, sql: "SELECT \(TransmissionWriter.isFirst) FROM transmissions AS t WHERE id = ?",
          arguments: [id.rawValue]) == true
      else { throw LedgerError(.stateConflict, detail: "transmission \(id) is not its letter's first") }
      if let letterState, try LetterWriter.required(transmission.letter, in: db).state != letterState {
        throw LedgerError(.stateConflict, detail: "the letter of transmission \(id) has moved")
      }
      let bytes = transmission.message ?? message
      guard let bytes else { throw LedgerError(.invalid, detail: "transmission \(id) has no message to send") }
      if let message, message != bytes {
        throw LedgerError(.stateConflict, detail: "transmission \(id) was begun with other bytes")
      }
      try LetterWriter.mention(bytes, at: moment, blobs: blobs, in: db)
      try db.execute(
        sql: "INSERT INTO attempts (transmission, number, startedAt) VALUES (?, ?, ?)",
        arguments: [id.rawValue, transmission.attempts + 1, moment.milliseconds])
      try db.execute(
        sql: """
          UPDATE transmissions SET state = 'sending', attempts = attempts + 1, checks = 0, message = ?, updatedAt = ?
          WHERE id = ?
          """, arguments: [bytes.rawValue, moment.milliseconds, id.rawValue])
      return try TransmissionWriter.required(id, in: .sending, db)
    }
  }

  /// Writes down what came of the attempt, and what follows for letters, in one transaction.
  @discardableResult
  public func finishAttempt(
    _ id: TransmissionID, outcome: AttemptOutcome, cause: String?, detail: String? = nil,
    transitions: [LetterTransition] = [], at now: Date
  ) async throws -> TransmissionRecord {
    let moment = Moment(now)
    return try await write { [blobs] db in
      let transmission = try TransmissionWriter.required(id, in: .sending, db)
      try TransmissionWriter.endAttempt(
        of: id, number: transmission.attempts, outcome: outcome.word, cause: cause, detail: detail, at: moment, in: db)
      try TransmissionWriter.settle(id, as: outcome.settlement, cause: cause, at: moment, in: db)
      for transition in transitions { _ = try LetterWriter.apply(transition, at: moment, blobs: blobs, in: db) }
      return try TransmissionWriter.required(id, in: nil, db)
    }
  }

  /// Transmissions of unknown outcome about which the axis is to be asked now.
  public func unknownTransmissions(now: Date, limit: Int = 20) async throws -> [TransmissionRecord] {
    let moment = Moment(now)
    return try await read { db in
      try TransmissionRecord.fetch(
        db, "WHERE state = 'unknown' AND nextAttemptAt <= ? ORDER BY nextAttemptAt, id LIMIT ?",
        [moment.milliseconds, limit])
    }
  }

  /// Writes down what was found out about a transmission of unknown outcome, and what follows for letters.
  ///
  /// - Parameter countsAsCheck: the axis answered and what it said did not settle the matter.
  @discardableResult
  public func settleUnknown(
    _ id: TransmissionID, as settlement: Settlement, cause: String?, detail: String? = nil,
    countsAsCheck: Bool = false, transitions: [LetterTransition] = [], at now: Date
  ) async throws -> TransmissionRecord {
    let moment = Moment(now)
    return try await write { [blobs] db in
      _ = try TransmissionWriter.required(id, in: .unknown, db)
      try TransmissionWriter.settle(id, as: settlement, cause: cause, detail: detail, at: moment, in: db)
      if countsAsCheck {
        try db.execute(sql: "UPDATE transmissions SET checks = checks + 1 WHERE id = ?", arguments: [id.rawValue])
      }
      for transition in transitions { _ = try LetterWriter.apply(transition, at: moment, blobs: blobs, in: db) }
      return try TransmissionWriter.required(id, in: nil, db)
    }
  }

  /// Run at start, before any worker: attempts that a dead process began and never finished become unknown, to be
  /// asked about at once, with one event each. The lock proves that no other process is sending.
  ///
  /// Also for now and then later, with what this process is sending as `inFlight`: an attempt whose end could not be
  /// written (the disk was full, the task was cancelled) would otherwise stay open until the next start.
  public func recoverInterruptedAttempts(
    holding lock: ProcessingLock, inFlight: Set<TransmissionID> = [], at now: Date
  ) async throws -> [TransmissionRecord] {
    let moment = Moment(now)
    try await blobs.onDisk { [blobs] in try blobs.removeLeftovers(olderThan: now.addingTimeInterval(-86_400)) }
    let recovered = try await write { db in
      let interrupted = try TransmissionRecord.fetch(db, "WHERE state = 'sending' ORDER BY id", [])
        .filter { !inFlight.contains($0.id) }
      for transmission in interrupted {
        try TransmissionWriter.endAttempt(
          of: transmission.id, number: transmission.attempts, outcome: AttemptOutcome.unknown(checkAt: now).word,
          cause: "interrupted", detail: nil, at: moment, in: db)
        try TransmissionWriter.settle(
          transmission.id, as: .stillUnknown(checkAt: now), cause: "interrupted", at: moment, in: db)
        let letter = try LetterWriter.required(transmission.letter, in: db)
        try LetterWriter.append(
          [TransmissionWriter.interruption(of: transmission)], to: letter.id, state: letter.state, at: moment, in: db)
      }
      return try interrupted.map { try TransmissionWriter.required($0.id, in: .unknown, db) }
    }
    withExtendedLifetime(lock) {}
    return recovered
  }
}

/// The writes to the outbox, inside a transaction of the caller.
enum TransmissionWriter {
  /// True for a row of `transmissions` before which nothing of the same letter is open.
  static let isFirst = """
    NOT EXISTS (
      SELECT 1 FROM transmissions AS earlier
      WHERE earlier.letter = t.letter AND earlier.id < t.id AND earlier.state IN ('queued', 'sending', 'unknown'))
    """

  static func queue(
    _ transmission: NewTransmission, for letter: LetterID, at moment: Moment, blobs: BlobStore, in db: Database
  ) throws {
    if let message = transmission.message { try LetterWriter.mention(message, at: moment, blobs: blobs, in: db) }
    try db.cachedStatement(
      sql: """
        INSERT INTO transmissions
          (letter, kind, statusCode, description, message, sender, receivers, state, nextAttemptAt, queuedAt, updatedAt)
        VALUES (?, ?, ?, ?, ?, ?, ?, 'queued', ?, ?, ?)
        """
    ).execute(arguments: [
      letter.rawValue, transmission.kind.rawValue, transmission.statusCode, transmission.description,
      transmission.message?.rawValue, transmission.from, try CanonicalJSON.text(transmission.to),
      (transmission.notBefore.map { Moment($0) } ?? moment).milliseconds, moment.milliseconds, moment.milliseconds,
    ])
  }

  static func cancelQueued(of letter: LetterID, at moment: Moment, in db: Database) throws {
    try db.execute(
      sql: """
        UPDATE transmissions SET state = 'cancelled', nextAttemptAt = NULL, updatedAt = ?
        WHERE letter = ? AND state = 'queued'
        """, arguments: [moment.milliseconds, letter.rawValue])
  }

  /// Whether a message of the letter was sent, is being sent, or is of unknown outcome.
  static func mayHaveLeft(_ letter: LetterID, in db: Database) throws -> Bool {
    try Bool.fetchOne(
      db,
      sql: """
        SELECT EXISTS (
          SELECT 1 FROM transmissions WHERE letter = ?
            AND (state IN ('sending', 'sent', 'unknown') OR (state = 'queued' AND attempts > 0)))
        """, arguments: [letter.rawValue]) ?? true
  }

  static func endAttempt(
    of id: TransmissionID, number: Int, outcome: String, cause: String?, detail: String?, at moment: Moment,
    in db: Database
  ) throws {
    try db.execute(
      sql: """
        UPDATE attempts SET endedAt = ?, outcome = ?, cause = ?, detail = ?
        WHERE transmission = ? AND number = ? AND endedAt IS NULL
        """, arguments: [moment.milliseconds, outcome, cause, detail, id.rawValue, number])
  }

  static func settle(
    _ id: TransmissionID, as settlement: Settlement, cause: String?, detail: String? = nil, at moment: Moment,
    in db: Database
  ) throws {
    let state: TransmissionState
    var next: Moment?
    var transportDocId: String?
    switch settlement {
    case .accepted(let docId):
      state = .sent
      transportDocId = docId
    case .refused: state = .refused
    case .sendAgain(let at):
      state = .queued
      next = Moment(at)
    case .stillUnknown(let checkAt):
      state = .unknown
      next = Moment(checkAt)
    case .cancelled: state = .cancelled
    }
    try db.execute(
      sql: """
        UPDATE transmissions SET state = ?1, nextAttemptAt = ?, transportDocId = coalesce(?, transportDocId),
          checks = CASE WHEN ?1 = 'unknown' THEN checks ELSE 0 END, lastCause = ?, updatedAt = ? WHERE id = ?
        """,
      arguments: [
        state.rawValue, next?.milliseconds, transportDocId,
        [cause, detail].compactMap(\.self).isEmpty ? nil : [cause, detail].compactMap(\.self).joined(separator: ": "),
        moment.milliseconds, id.rawValue,
      ])
  }

  /// The transmission, which must be in `state` unless that is nil.
  static func required(_ id: TransmissionID, in state: TransmissionState?, _ db: Database) throws
    -> TransmissionRecord
  {
    guard let transmission = try TransmissionRecord.fetch(db, "WHERE id = ?", [id.rawValue]).first else {
      throw LedgerError(.notFound, detail: "transmission \(id)")
    }
    if let state, transmission.state != state {
      throw LedgerError(
        .stateConflict,
        detail: "transmission \(id) is \(transmission.state.rawValue), expected \(state.rawValue)")
    }
    return transmission
  }

  static func interruption(of transmission: TransmissionRecord) -> NewEvent {
    NewEvent(
      kind: "transmission.interrupted", actor: "connector",
      sentence: ClerkSentence(
        vi: "Chương trình dừng khi đang gửi nên chưa rõ trục đã nhận hay chưa; hệ thống sẽ hỏi lại trục.",
        en: "The program stopped while sending, so it is not known whether the axis has it; the axis will be asked."),
      statusCode: transmission.statusCode,
      parameters: [
        "transmission": String(transmission.id.rawValue), "kind": transmission.kind.rawValue,
        "attempt": String(transmission.attempts),
      ])
  }
}

extension AttemptOutcome {
  var word: String {
    switch self {
    case .accepted: "accepted"
    case .refused: "refused"
    case .tryAgain: "tryAgain"
    case .unknown: "unknown"
    }
  }

  fileprivate var settlement: Settlement {
    switch self {
    case .accepted(let docId): .accepted(transportDocId: docId)
    case .refused: .refused
    case .tryAgain(let at): .sendAgain(at: at)
    case .unknown(let checkAt): .stillUnknown(checkAt: checkAt)
    }
  }
}

extension TransmissionRecord {
  static func fetch(_ db: Database, _ clauses: String, _ arguments: [(any DatabaseValueConvertible)?]) throws
    -> [TransmissionRecord]
  {
    try Row.fetchAll(
      try db.cachedStatement(sql: "SELECT * FROM transmissions AS t \(clauses)"),
      arguments: StatementArguments(arguments)
    ).map { try TransmissionRecord(row: $0) }
  }

  init(row: Row) throws {
    id = TransmissionID(rawValue: row["id"])
    letter = LetterID(row["letter"])
    kind = try row.word("kind")
    statusCode = row["statusCode"]
    description = row["description"]
    message = try row.hash("message")
    from = row["sender"]
    to = try CanonicalJSON.value([String].self, row["receivers"])
    state = try row.word("state")
    attempts = row["attempts"]
    nextAttemptAt = row.date("nextAttemptAt")
    transportDocId = row["transportDocId"]
    lastCause = row["lastCause"]
    checks = row["checks"]
    queuedAt = Moment(milliseconds: row["queuedAt"]).date
    updatedAt = Moment(milliseconds: row["updatedAt"]).date
  }
}

extension AttemptRecord {
  static func fetch(_ db: Database, _ letter: LetterID) throws -> [AttemptRecord] {
    try Row.fetchAll(
      db,
      sql: """
        SELECT attempts.* FROM attempts JOIN transmissions ON transmissions.id = attempts.transmission
        WHERE transmissions.letter = ? ORDER BY attempts.transmission, attempts.number
        """, arguments: [letter.rawValue]
    ).map { AttemptRecord(row: $0) }
  }

  init(row: Row) {
    transmission = TransmissionID(rawValue: row["transmission"])
    number = row["number"]
    startedAt = Moment(milliseconds: row["startedAt"]).date
    endedAt = row.date("endedAt")
    outcome = row["outcome"]
    cause = row["cause"]
    detail = row["detail"]
  }
}
