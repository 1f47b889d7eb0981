public import Foundation
import GRDB

extension Ledger {
  /// A page of letters, newest first.
  public func letters(_ query: LetterQuery = LetterQuery()) async throws -> LetterPage {
    guard let listing = LetterListing(query) else { return LetterPage(letters: [], total: 0) }
    return try await read { db in try listing.page(db) }
  }

  /// One letter.
  public func letter(_ id: LetterID) async throws -> LetterRecord? {
    try await read { db in try LetterRecord.fetch(db, "WHERE id = ?", [id.rawValue]).first }
  }

  /// The letter with this dossier code.
  public func letter(dossierCode: String) async throws -> LetterRecord? {
    try await read { db in try LetterRecord.fetch(db, "WHERE dossierCode = ?", [dossierCode]).first }
  }

  /// Received letters of one kind from `sender`, under whichever of its codes, that stand in `state`, oldest first.
  public func received(_ kind: LetterKind, from sender: String, in state: String) async throws -> [LetterRecord] {
    try await read { db in
      try LetterRecord.fetch(
        db,
        """
        WHERE direction = 'incoming' AND state = ? AND kind = ? AND sender IN (SELECT value FROM json_each(?))
        ORDER BY row LIMIT 1000
        """, [state, kind.rawValue, try AgencyForms.json(of: sender, in: db)])
    }
  }

  // Here, too, a + keeps SQLite from walking all letters of a direction.

  /// Letters with this DocumentId, compared exactly, oldest first; copies included.
  public func findLetters(direction: LetterDirection, documentId: String) async throws -> [LetterRecord] {
    try await read { db in
      try LetterRecord.fetch(
        db, "WHERE documentId = ? AND +direction = ? ORDER BY row LIMIT 100", [documentId, direction.rawValue])
    }
  }

  /// Letters with this number and notation, oldest first; a sender or date that is nil is not compared.
  public func findLetters(
    direction: LetterDirection, sender: String?, number: String, notation: String, promulgationDate: String?
  ) async throws -> [LetterRecord] {
    try await read { db in
      try LetterRecord.fetch(
        db,
        """
        WHERE number = ?1 AND notation = ?2 AND +direction = ?3 AND (?4 IS NULL OR sender = ?4)
          AND (?5 IS NULL OR promulgationDate = ?5)
        ORDER BY row LIMIT 100
        """, [number, notation, direction.rawValue, sender, promulgationDate])
    }
  }

  /// Everything about one letter, on one consistent view.
  public func letterDetail(_ id: LetterID) async throws -> LetterDetail? {
    try await read { db in
      guard let letter = try LetterRecord.fetch(db, "WHERE id = ?", [id.rawValue]).first else { return nil }
      let copies = try String.fetchAll(
        db, sql: "SELECT id FROM letters WHERE copyOf = ? ORDER BY row", arguments: [id.rawValue])
      return LetterDetail(
        letter: letter, recipients: try RecipientRecord.fetch(db, id),
        events: try EventRecord.fetch(db, "WHERE letter = ? ORDER BY seq", [id.rawValue]),
        transmissions: try TransmissionRecord.fetch(db, "WHERE letter = ? ORDER BY id", [id.rawValue]),
        attempts: try AttemptRecord.fetch(db, id),
        statuses: try ReceivedStatus.fetch(db, "WHERE letter = ? ORDER BY id", [id.rawValue]),
        arrivals: try ArrivalRecord.fetch(db, "WHERE letter = ? ORDER BY id", [id.rawValue]),
        dossier: try DossierRecord.fetch(db, "WHERE letter = ?", [id.rawValue]).first,
        links: try LetterLink.fetch(
          db,
          """
          SELECT other, relation FROM letterLinks JOIN letters ON letters.id = letterLinks.other
          WHERE letterLinks.letter = ? ORDER BY relation, letters.row
          """, id),
        linkedFrom: try LetterLink.fetch(
          db,
          """
          SELECT letterLinks.letter AS other, relation FROM letterLinks
            JOIN letters ON letters.id = letterLinks.letter
          WHERE letterLinks.other = ? ORDER BY relation, letters.row
          """, id),
        copies: copies.map { LetterID($0) })
    }
  }

  /// How much there is of what.
  public func counts() async throws -> LedgerCounts {
    try await read { db in
      let letters = try Row.fetchAll(
        db,
        sql: """
          SELECT direction, state, number FROM stateCounts WHERE kind = 'letters' AND number > 0 ORDER BY 1, 2
          """)
      return LedgerCounts(
        letters: try letters.map {
          LedgerCounts.LetterCount(direction: try $0.word("direction"), state: $0["state"], count: $0["number"])
        },
        transmissions: try Self.counts(of: "transmissions", db), arrivals: try Self.counts(of: "arrivals", db),
        unacknowledged: try Int.fetchOne(
          db, sql: "SELECT count(*) FROM arrivals WHERE nextAcknowledgementAt IS NOT NULL") ?? 0,
        dossiers: try Int.fetchOne(db, sql: "SELECT max(rowid) FROM dossiers") ?? 0,
        events: try Int64.fetchOne(db, sql: "SELECT max(seq) FROM events") ?? 0)
    }
  }

  private static func counts<State: RawRepresentable & Hashable>(of kind: String, _ db: Database) throws
    -> [State: Int] where State.RawValue == String
  {
    var counts: [State: Int] = [:]
    let rows = try Row.fetchAll(
      db, sql: "SELECT state, number FROM stateCounts WHERE kind = ? AND number > 0", arguments: [kind])
    for row in rows { counts[try row.word("state")] = row["number"] }
    return counts
  }

  /// What waits or is stuck, the oldest first; messages that were left to others come last. At most `limit` of each
  /// reason.
  public func outstanding(now: Date, limit: Int = 100) async throws -> [OutstandingWork] {
    let moment = Moment(now).milliseconds
    return try await read { db in
      let work = try OutstandingWork.fetch(OutstandingWork.queries(now: moment, limit: limit), db)
      let room = limit - work.count { $0.reason == .setAside }
      return try work + OutstandingWork.fetch([OutstandingWork.leftToOthers(limit: room)], db)
    }
  }
}

extension OutstandingWork {
  /// A reason, the SQL that finds what there is of it, and its arguments.
  fileprivate typealias Query = (reason: Reason, sql: String, arguments: [Int64])

  /// What `queries` find, the oldest first.
  fileprivate static func fetch(_ queries: [Query], _ db: Database) throws -> [OutstandingWork] {
    try queries.flatMap { query in
      try Row.fetchAll(db, sql: query.sql, arguments: StatementArguments(query.arguments)).map { row in
        OutstandingWork(
          reason: query.reason, letter: (row["letter"] as String?).map { LetterID($0) },
          transmission: (row["transmission"] as Int64?).map { TransmissionID(rawValue: $0) },
          arrival: (row["arrival"] as Int64?).map { ArrivalID(rawValue: $0) }, transportDocId: row["docId"],
          since: Moment(milliseconds: row["since"]).date, cause: row["cause"])
      }
    }.sorted { $0.since < $1.since }
  }

  /// Selects messages of the inbox from the time in the column `since` on.
  private static func arrivals(_ since: String) -> String {
    "SELECT letter, NULL AS transmission, id AS arrival, transportDocId AS docId, \(since) AS since, "
      + "lastCause AS cause FROM arrivals "
  }

  /// True for a refused status that is still to be told: the same was not said again since. What also settles a taking
  /// back (13) is the end of its letter, an answer of a receiver (15, 16), and a recall that was ordered since.
  private static let isStillToBeTold = """
    NOT EXISTS (
      SELECT 1 FROM transmissions AS later
      WHERE later.letter = transmissions.letter AND later.id > transmissions.id
        AND later.statusCode = transmissions.statusCode AND later.state <> 'cancelled')
    AND NOT (statusCode = '13' AND (
      EXISTS (SELECT 1 FROM letters WHERE letters.id = transmissions.letter AND letters.isFinished = 1)
      OR EXISTS (
        SELECT 1 FROM statusesReceived AS answer
        WHERE answer.letter = transmissions.letter AND answer.code IN ('15', '16') AND answer.isRepeat = 0
          AND answer.receivedAt >= transmissions.queuedAt
          AND answer.sender IN (SELECT value FROM json_each(transmissions.receivers)))
      OR EXISTS (
        SELECT 1 FROM letterLinks AS link JOIN letters AS recall ON recall.id = link.letter
        WHERE link.other = transmissions.letter AND link.relation = 'recalls'
          AND recall.createdAt >= transmissions.queuedAt)))
    """

  /// Why a letter failed: what stopped its making, or else the axis' last refusal of it.
  private static let failure = """
    ifnull(lastCause, (
      SELECT refused.lastCause FROM transmissions AS refused
      WHERE refused.letter = letters.id AND refused.state = 'refused' AND refused.kind = 'edoc'
      ORDER BY refused.id DESC LIMIT 1))
    """

  /// Messages that were set aside and left or handed over to others: they wait for nobody here.
  fileprivate static func leftToOthers(limit: Int) -> Query {
    (.setAside, SetAside.newest(arrivals("settledAt"), ours: false), [Int64(limit)])
  }

  fileprivate static func queries(now: Int64, limit: Int) -> [Query] {
    func transmissions(_ since: String) -> String {
      "SELECT letter, id AS transmission, NULL AS arrival, NULL AS docId, \(since) AS since, lastCause AS cause "
        + "FROM transmissions "
    }
    func letters(_ since: String, cause: String = "lastCause") -> String {
      "SELECT id AS letter, NULL AS transmission, NULL AS arrival, NULL AS docId, \(since) AS since, "
        + "\(cause) AS cause FROM letters "
    }
    // What is tried again and again has its next try ahead of it all the time: what counts is how long it waits.
    let patience: Int64 = 300_000
    let limit = Int64(limit)
    return [
      (
        .unknownOutcome,
        // Since the attempt, and not since the axis was last asked about it.
        transmissions(
          "ifnull((SELECT max(startedAt) FROM attempts WHERE attempts.transmission = transmissions.id), updatedAt)")
          + "WHERE state = 'unknown' ORDER BY nextAttemptAt, id LIMIT ?",
        [limit]
      ),
      (
        .failed,
        letters("updatedAt", cause: failure)
          + "WHERE direction = 'outgoing' AND state = 'failed' ORDER BY row DESC LIMIT ?", [limit]
      ),
      (
        .refused,
        transmissions("updatedAt")
          + "WHERE state = 'refused' AND kind = 'status' AND \(isStillToBeTold) ORDER BY updatedAt DESC LIMIT ?",
        [limit]
      ),
      (
        .overdue, letters("dueAt") + "WHERE dueAt <= ? AND isFinished = 0 ORDER BY dueAt LIMIT ?", [now, limit]
      ),
      (
        .presumedUpdate,
        letters("createdAt") + "WHERE standing = 'presumedUpdate' AND isFinished = 0 ORDER BY row LIMIT ?", [limit]
      ),
      (.setAside, SetAside.newest(arrivals("settledAt"), ours: true), [limit]),
      (
        .unacknowledged,
        arrivals("receivedAt")
          + "WHERE nextAcknowledgementAt IS NOT NULL AND receivedAt <= ? ORDER BY nextAcknowledgementAt, id LIMIT ?",
        [now - patience, limit]
      ),
      (
        .waitingToBeMade,
        letters("createdAt")
          + """
          WHERE nextActionAt IS NOT NULL AND +direction = 'outgoing' AND createdAt <= ?
          ORDER BY nextActionAt, row LIMIT ?
          """, [now - patience, limit]
      ),
      (
        .waitingToBeSent,
        transmissions("queuedAt")
          + "WHERE state = 'queued' AND queuedAt <= ? ORDER BY nextAttemptAt, id LIMIT ?", [now - patience, limit]
      ),
      (
        .waitingToBeRead,
        arrivals("receivedAt") + "WHERE state = 'received' AND receivedAt <= ? ORDER BY nextActionAt, id LIMIT ?",
        [now - patience, limit]
      ),
      (
        .notFetched,
        """
        SELECT NULL AS letter, NULL AS transmission, NULL AS arrival, transportDocId AS docId, since, cause
        FROM fetchTroubles ORDER BY messageType, transportDocId LIMIT ?
        """, [limit]
      ),
    ]
  }
}

extension LetterLink {
  fileprivate static func fetch(_ db: Database, _ sql: String, _ letter: LetterID) throws -> [LetterLink] {
    try Row.fetchAll(db, sql: sql, arguments: [letter.rawValue]).map {
      LetterLink(to: LetterID($0["other"]), relation: $0["relation"])
    }
  }
}
