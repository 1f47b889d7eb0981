public import Foundation
import GRDB

/// A document of ours that the axis surely has.
public struct TakenDocument: Sendable, Hashable, Codable {
  public let transportDocId: String
  /// When its acceptance was heard here.
  public let at: Date

  public init(transportDocId: String, at: Date) {
    self.transportDocId = transportDocId
    self.at = at
  }
}

/// What is known here about a transmission whose outcome is not.
public struct OutcomeEvidence: Sendable, Hashable {
  /// Its attempts, oldest first.
  public var attempts: [AttemptRecord]
  /// The nearest documents whose acceptance was heard before the first attempt, newest first. What was only found out
  /// later is left out, since nobody knows when the axis took it.
  public var takenBefore: [TakenDocument]
  /// The nearest documents whose acceptance was heard after the first attempt, oldest first.
  public var takenAfter: [TakenDocument]

  public init(attempts: [AttemptRecord], takenBefore: [TakenDocument], takenAfter: [TakenDocument]) {
    self.attempts = attempts
    self.takenBefore = takenBefore
    self.takenAfter = takenAfter
  }
}

extension Ledger {
  /// What the axis' own list is to be compared with.
  public func outcomeEvidence(for id: TransmissionID, limit: Int = 10) async throws -> OutcomeEvidence {
    try await read { db in
      let attempts = try Row.fetchAll(
        db, sql: "SELECT * FROM attempts WHERE transmission = ? ORDER BY number", arguments: [id.rawValue]
      ).map(AttemptRecord.init(row:))
      guard let begun = attempts.first.map({ Moment($0.startedAt).milliseconds }) else {
        return OutcomeEvidence(attempts: [], takenBefore: [], takenAfter: [])
      }
      func taken(_ condition: String) throws -> [TakenDocument] {
        try Row.fetchAll(
          db,
          sql: """
            SELECT t.transportDocId, a.endedAt FROM transmissions AS t
            CROSS JOIN attempts AS a ON a.transmission = t.id AND a.number = t.attempts
            WHERE t.kind = 'edoc' AND t.transportDocId IS NOT NULL AND a.outcome = 'accepted' AND t.updatedAt \(condition)
            LIMIT ?
            """, arguments: [begun, limit]
        ).map {
          TakenDocument(transportDocId: $0["transportDocId"], at: Moment(milliseconds: $0["endedAt"]).date)
        }
      }
      return OutcomeEvidence(
        attempts: attempts, takenBefore: try taken("<= ? ORDER BY t.updatedAt DESC"),
        takenAfter: try taken("> ? ORDER BY t.updatedAt"))
    }
  }

  /// Which of these transport ids belong to other messages of ours.
  public func transportDocIdsOwned(among ids: [String], exceptBy id: TransmissionID) async throws -> Set<String> {
    guard !ids.isEmpty else { return [] }
    return try await read { db in
      try String.fetchSet(
        db,
        sql: """
          SELECT transportDocId FROM transmissions
          WHERE transportDocId IS NOT NULL AND transportDocId IN (SELECT value FROM json_each(?)) AND id <> ?
          """, arguments: [try CanonicalJSON.text(ids), id.rawValue])
    }
  }

  /// Other documents of ours under this document id that the axis may have, without that it is known under which id.
  public func unidentifiedTransmissions(
    documentId: String, exceptBy id: TransmissionID
  ) async throws -> [TransmissionRecord] {
    try await read { db in
      try TransmissionRecord.fetch(
        db,
        """
        JOIN letters AS l ON l.id = t.letter
        WHERE +l.direction = 'outgoing' AND l.documentId = ? AND t.id <> ? AND t.kind = 'edoc' AND t.attempts > 0
          AND t.state IN ('sent', 'unknown', 'sending') AND t.transportDocId IS NULL
        ORDER BY t.id
        """, [documentId, id.rawValue])
    }
  }

  /// Queues a message again that the axis refused for good: a person says that the cause is mended. The same bytes go.
  ///
  /// `.stateConflict` if it is not refused.
  @discardableResult
  public func sendRefusedAgain(_ id: TransmissionID, transition: LetterTransition, at now: Date) async throws
    -> TransmissionRecord
  {
    let moment = Moment(now)
    return try await write { [blobs] db in
      let transmission = try TransmissionWriter.required(id, in: .refused, db)
      guard transmission.letter == transition.letter else {
        throw LedgerError(.invalid, detail: "transmission \(id) is not of letter \(transition.letter)")
      }
      try TransmissionWriter.settle(id, as: .sendAgain(at: now), cause: "a person's word", at: moment, in: db)
      _ = try LetterWriter.apply(transition, at: moment, blobs: blobs, in: db)
      return try TransmissionWriter.required(id, in: .queued, db)
    }
  }
}
