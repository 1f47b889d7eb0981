public import Foundation
import GRDB

extension Ledger {
  /// Writes a fetched message into the inbox; only then may it be acknowledged. The transport id is the duplicate check.
  public func recordArrival(_ arrival: NewArrival, at now: Date) async throws -> ArrivalReceipt {
    let moment = Moment(now)
    return try await write { [blobs] db in
      try LetterWriter.mention(arrival.message, at: moment, blobs: blobs, in: db)
      let due = arrival.acknowledgement.isToBeTold ? moment.milliseconds : nil
      let before = db.totalChangesCount
      try db.execute(
        sql: """
          INSERT INTO arrivals
            (transportDocId, messageType, transportFrom, transportTo, message, state, acknowledgement, ifNotOurs,
             nextAcknowledgementAt, nextActionAt, receivedAt)
          VALUES (?, ?, ?, ?, ?, 'received', ?, ?, ?, ?, ?)
          ON CONFLICT (messageType, transportDocId) DO NOTHING
          """,
        arguments: [
          arrival.transportDocId, arrival.messageType.rawValue, arrival.transportFrom,
          try CanonicalJSON.text(arrival.transportTo), arrival.message.rawValue, arrival.acknowledgement.rawValue,
          arrival.ifNotOurs.rawValue, due, moment.milliseconds, moment.milliseconds,
        ])
      let isNew = db.totalChangesCount > before
      try db.execute(
        sql: "DELETE FROM fetchTroubles WHERE messageType = ? AND transportDocId = ?",
        arguments: [arrival.messageType.rawValue, arrival.transportDocId])
      if !isNew {
        try ArrivalWriter.noteReoffer([arrival.transportDocId], arrival.messageType, at: moment, in: db)
      }
      let record = try ArrivalRecord.fetch(
        db, "WHERE messageType = ? AND transportDocId = ?", [arrival.messageType.rawValue, arrival.transportDocId]
      ).first
      guard let record else { throw LedgerError(.notFound, detail: "arrival \(arrival.transportDocId)") }
      return isNew ? .new(record) : .known(record)
    }
  }

  /// Which of these transport ids are in the inbox already, so that they need not be fetched again. Any number of ids.
  public func knownTransportDocIds(among ids: [String], messageType: MessageType) async throws -> Set<String> {
    guard !ids.isEmpty else { return [] }
    return try await read { db in
      // One JSON parameter: SQLite limits the number of parameters, not the length of one.
      try String.fetchSet(
        db,
        sql: """
          SELECT transportDocId FROM arrivals
          WHERE messageType = ? AND transportDocId IN (SELECT value FROM json_each(?))
          """, arguments: [messageType.rawValue, try CanonicalJSON.text(ids)])
    }
  }

  /// The axis lists these again although they were acknowledged: they are due to be acknowledged once more.
  public func noteReoffered(_ ids: [String], messageType: MessageType, at now: Date) async throws {
    guard !ids.isEmpty else { return }
    let moment = Moment(now)
    try await write { db in try ArrivalWriter.noteReoffer(ids, messageType, at: moment, in: db) }
  }

  /// Messages that are kept and about which the axis has not yet been told.
  public func pendingAcknowledgements(now: Date, limit: Int = 50) async throws -> [ArrivalRecord] {
    let moment = Moment(now)
    return try await read { db in
      try ArrivalRecord.fetch(
        db, "WHERE nextAcknowledgementAt <= ? ORDER BY nextAcknowledgementAt, id LIMIT ?", [moment.milliseconds, limit])
    }
  }

  /// The axis took the acknowledgements.
  public func markAcknowledged(_ ids: [ArrivalID], at now: Date) async throws {
    guard !ids.isEmpty else { return }
    let moment = Moment(now)
    try await write { db in
      try db.execute(
        sql: """
          UPDATE arrivals SET acknowledgedAt = ?, nextAcknowledgementAt = NULL
          WHERE id IN (SELECT value FROM json_each(?))
          """, arguments: [moment.milliseconds, try CanonicalJSON.text(ids)])
    }
  }

  /// The axis did not take the acknowledgement; it is due again at `until`.
  public func postponeAcknowledgement(_ id: ArrivalID, until: Date, cause: String, at now: Date) async throws {
    let next = Moment(until)
    try await write { db in
      try db.execute(
        sql: """
          UPDATE arrivals SET nextAcknowledgementAt = ?, lastCause = ? WHERE id = ? AND nextAcknowledgementAt IS NOT NULL
          """, arguments: [next.milliseconds, cause, id.rawValue])
    }
  }

  /// Messages to be read now, in the order of their arrival; one that was postponed comes in the order of its new time.
  public func dueArrivals(now: Date, limit: Int = 20) async throws -> [ArrivalRecord] {
    let moment = Moment(now)
    return try await read { db in
      try ArrivalRecord.fetch(
        db, "WHERE state = 'received' AND nextActionAt <= ? ORDER BY nextActionAt, id LIMIT ?",
        [moment.milliseconds, limit])
    }
  }

  /// Reading the message must wait (the time-stamp authority is away, the disk is full…).
  public func postponeArrival(_ id: ArrivalID, until: Date, cause: String, at now: Date) async throws {
    let next = Moment(until)
    try await write { db in
      _ = try ArrivalWriter.required(id, in: .received, db)
      try db.execute(
        sql: "UPDATE arrivals SET nextActionAt = ?, attempts = attempts + 1, lastCause = ? WHERE id = ?",
        arguments: [next.milliseconds, cause, id.rawValue])
    }
  }

  /// The message has no effect: it cannot be read, or it is not ours. It stays in the ledger.
  ///
  /// `acknowledgement`, if given, replaces what the axis shall be told, unless it was told already; `leave` becomes what
  /// was said when the message came for those that are not ours, `leave` or `handOver`.
  public func setArrivalAside(
    _ id: ArrivalID, cause: String, acknowledgement: Acknowledgement? = nil, event: NewEvent, at now: Date
  ) async throws {
    let moment = Moment(now)
    try await write { db in
      let arrival = try ArrivalWriter.required(id, in: .received, db)
      try ArrivalWriter.close(id, as: .setAside, letter: nil, cause: cause, at: moment, in: db)
      let undecided = arrival.acknowledgement == .pending ? Acknowledgement.leave : nil
      if let said = acknowledgement ?? undecided, arrival.acknowledgedAt == nil {
        try ArrivalWriter.tell(said == .leave ? arrival.ifNotOurs : said, about: id, at: moment, in: db)
      }
      try EventChain.append(event, letter: nil, state: nil, at: moment, in: db)
    }
  }

  /// One message of the inbox.
  public func arrival(_ id: ArrivalID) async throws -> ArrivalRecord? {
    try await read { db in try ArrivalRecord.fetch(db, "WHERE id = ?", [id.rawValue]).first }
  }

  /// Messages that were set aside, the last first.
  public func arrivalsSetAside(limit: Int = 50) async throws -> [ArrivalRecord] {
    try await read { db in
      try ArrivalRecord.fetch(db, "WHERE state = 'setAside' ORDER BY settledAt DESC, id DESC LIMIT ?", [limit])
    }
  }
}

/// The writes to the inbox, inside a transaction of the caller.
enum ArrivalWriter {
  static func noteReoffer(_ ids: [String], _ type: MessageType, at moment: Moment, in db: Database) throws {
    try db.execute(
      sql: """
        UPDATE arrivals SET
          offers = offers + 1,
          nextAcknowledgementAt = CASE WHEN acknowledgement IN ('leave', 'pending') THEN NULL ELSE ? END
        WHERE messageType = ? AND transportDocId IN (SELECT value FROM json_each(?)) AND acknowledgedAt IS NOT NULL
          AND nextAcknowledgementAt IS NULL
        """, arguments: [moment.milliseconds, type.rawValue, try CanonicalJSON.text(ids)])
  }

  static func required(_ id: ArrivalID, in state: ArrivalState, _ db: Database) throws -> ArrivalRecord {
    guard let arrival = try ArrivalRecord.fetch(db, "WHERE id = ?", [id.rawValue]).first else {
      throw LedgerError(.notFound, detail: "arrival \(id)")
    }
    guard arrival.state == state else {
      throw LedgerError(
        .stateConflict, detail: "arrival \(id) is \(arrival.state.rawValue), expected \(state.rawValue)")
    }
    return arrival
  }

  /// Writes what the axis shall be told.
  static func tell(_ acknowledgement: Acknowledgement, about id: ArrivalID, at moment: Moment, in db: Database) throws {
    try db.execute(
      sql: "UPDATE arrivals SET acknowledgement = ?, nextAcknowledgementAt = ? WHERE id = ?",
      arguments: [
        acknowledgement.rawValue, acknowledgement.isToBeTold ? moment.milliseconds : nil, id.rawValue,
      ])
  }

  /// A message whose acknowledgement waited for this, and that is settled, is ours.
  static func close(
    _ id: ArrivalID, as state: ArrivalState, letter: LetterID?, cause: String?, at moment: Moment, in db: Database
  ) throws {
    try db.execute(
      sql: """
        UPDATE arrivals SET state = ?, letter = ?, lastCause = coalesce(?, lastCause), nextActionAt = NULL,
          settledAt = ? WHERE id = ?
        """, arguments: [state.rawValue, letter?.rawValue, cause, moment.milliseconds, id.rawValue])
    guard state == .settled else { return }
    try db.execute(
      sql: """
        UPDATE arrivals SET acknowledgement = 'done', nextAcknowledgementAt = ? WHERE id = ? AND acknowledgement = 'pending'
        """, arguments: [moment.milliseconds, id.rawValue])
  }
}

extension Acknowledgement {
  /// Whether the axis is told anything.
  fileprivate var isToBeTold: Bool {
    switch self {
    case .done, .fail, .handOver: true
    case .leave, .pending: false
    }
  }
}

extension ArrivalRecord {
  static func fetch(_ db: Database, _ clauses: String, _ arguments: [(any DatabaseValueConvertible)?]) throws
    -> [ArrivalRecord]
  {
    try Row.fetchAll(
      try db.cachedStatement(sql: "SELECT * FROM arrivals \(clauses)"), arguments: StatementArguments(arguments)
    ).map { try ArrivalRecord(row: $0) }
  }

  init(row: Row) throws {
    id = ArrivalID(rawValue: row["id"])
    transportDocId = row["transportDocId"]
    messageType = try row.word("messageType")
    transportFrom = row["transportFrom"]
    transportTo = try CanonicalJSON.value([String].self, row["transportTo"])
    guard let message = try row.hash("message") else {
      throw LedgerError(.corrupt, detail: "an arrival has no message")
    }
    self.message = message
    state = try row.word("state")
    acknowledgement = try row.word("acknowledgement")
    acknowledgedAt = row.date("acknowledgedAt")
    nextAcknowledgementAt = row.date("nextAcknowledgementAt")
    ifNotOurs = try row.word("ifNotOurs")
    handedOverAt = row.date("handedOverAt")
    offers = row["offers"]
    attempts = row["attempts"]
    nextActionAt = row.date("nextActionAt")
    lastCause = row["lastCause"]
    letter = (row["letter"] as String?).map { LetterID($0) }
    receivedAt = Moment(milliseconds: row["receivedAt"]).date
    settledAt = row.date("settledAt")
  }
}
