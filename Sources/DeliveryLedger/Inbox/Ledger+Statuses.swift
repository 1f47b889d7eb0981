public import Foundation
import GRDB

extension Ledger {
  /// Turns an arrival into a received status, in one transaction with the steps that follow from it.
  ///
  /// The status is kept whatever it says; whether it counts, and what it changes, `transitions` decides from the
  /// letter's state and the statuses before it. `event` is written for the letter if there is one.
  @discardableResult
  public func settleStatus(
    arrival: ArrivalID, status: IncomingStatus, event: NewEvent, at now: Date,
    transitions: @escaping @Sendable (StatusFinding) throws -> [LetterTransition]
  ) async throws -> ReceivedStatus {
    let moment = Moment(now)
    return try await write { [blobs] db in
      let arrived = try ArrivalWriter.required(arrival, in: .received, db)
      guard arrived.messageType == .status else {
        throw LedgerError(.invalid, detail: "arrival \(arrival) is a document")
      }
      let letter = try status.letter.map { try LetterWriter.required($0, in: db) }
      let earlier =
        try letter.map {
          try ReceivedStatus.fetch(db, "WHERE letter = ? ORDER BY id", [$0.id.rawValue])
        } ?? []
      let isRepeat = earlier.contains {
        $0.from == status.from && $0.code == status.code && $0.statedAt == status.statedAt
          && $0.description == status.description
      }
      try db.execute(
        sql: """
          INSERT INTO statusesReceived
            (arrival, letter, documentId, sender, code, description, statedAt, receivedAt, isRepeat)
          VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
          """,
        arguments: [
          arrival.rawValue, letter?.id.rawValue, status.documentId, status.from, status.code, status.description,
          status.statedAt, moment.milliseconds, isRepeat,
        ])
      if let letter {
        try LetterWriter.append([event], to: letter.id, state: letter.state, at: moment, in: db)
      } else {
        try EventChain.append(event, letter: nil, state: nil, at: moment, in: db)
      }
      let finding = StatusFinding(
        letter: letter, recipients: try letter.map { try RecipientRecord.fetch(db, $0.id) } ?? [], earlier: earlier,
        isRepeat: isRepeat)
      for transition in try transitions(finding) {
        _ = try LetterWriter.apply(transition, at: moment, blobs: blobs, in: db)
      }
      try ArrivalWriter.close(arrival, as: .settled, letter: letter?.id, cause: nil, at: moment, in: db)
      guard let stored = try ReceivedStatus.fetch(db, "WHERE arrival = ?", [arrival.rawValue]).first else {
        throw LedgerError(.notFound, detail: "status of arrival \(arrival)")
      }
      return stored
    }
  }
}

extension ReceivedStatus {
  static func fetch(_ db: Database, _ clauses: String, _ arguments: [(any DatabaseValueConvertible)?]) throws
    -> [ReceivedStatus]
  {
    try Row.fetchAll(
      try db.cachedStatement(sql: "SELECT * FROM statusesReceived \(clauses)"),
      arguments: StatementArguments(arguments)
    ).map { row in
      ReceivedStatus(
        arrival: ArrivalID(rawValue: row["arrival"]), letter: (row["letter"] as String?).map { LetterID($0) },
        documentId: row["documentId"], from: row["sender"], code: row["code"], description: row["description"],
        statedAt: row["statedAt"], receivedAt: Moment(milliseconds: row["receivedAt"]).date,
        isRepeat: row["isRepeat"])
    }
  }
}

extension RecipientRecord {
  static func fetch(_ db: Database, _ letter: LetterID) throws -> [RecipientRecord] {
    try Row.fetchAll(
      try db.cachedStatement(sql: "SELECT * FROM recipients WHERE letter = ? ORDER BY organId"),
      arguments: [letter.rawValue]
    ).map { row in
      RecipientRecord(
        letter: LetterID(row["letter"]), organId: row["organId"], state: row["state"], lastCode: row["lastCode"],
        updatedAt: Moment(milliseconds: row["updatedAt"]).date)
    }
  }
}
