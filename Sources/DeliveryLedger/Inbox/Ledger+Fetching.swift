public import Foundation
import GRDB

/// A message that the axis lists and that could not be fetched so far.
public struct FetchTrouble: Sendable, Hashable, Codable {
  public let messageType: MessageType
  public let transportDocId: String
  public let attempts: Int
  public let nextAttemptAt: Date
  public let cause: String
  /// When fetching it failed first.
  public let since: Date

  init(row: Row) throws {
    messageType = try row.word("messageType")
    transportDocId = row["transportDocId"]
    attempts = row["attempts"]
    nextAttemptAt = Moment(milliseconds: row["nextAttemptAt"]).date
    cause = row["cause"]
    since = Moment(milliseconds: row["since"]).date
  }
}

extension Ledger {
  /// What could not be fetched so far, by transport id.
  public func fetchTroubles(_ type: MessageType) async throws -> [String: FetchTrouble] {
    try await read { db in
      let troubles = try Row.fetchAll(
        try db.cachedStatement(sql: "SELECT * FROM fetchTroubles WHERE messageType = ?"), arguments: [type.rawValue]
      ).map(FetchTrouble.init(row:))
      return Dictionary(troubles.map { ($0.transportDocId, $0) }, uniquingKeysWith: { first, _ in first })
    }
  }

  /// A message could not be fetched; it is tried again at `until`. It is forgotten once its arrival is recorded.
  public func noteFetchFailure(_ transportDocId: String, _ type: MessageType, until: Date, cause: String, at now: Date)
    async throws
  {
    let (moment, next) = (Moment(now), Moment(until))
    try await write { db in
      try db.execute(
        sql: """
          INSERT INTO fetchTroubles (messageType, transportDocId, attempts, nextAttemptAt, cause, since)
          VALUES (?, ?, 1, ?, ?, ?)
          ON CONFLICT (messageType, transportDocId) DO UPDATE SET
            attempts = attempts + 1, nextAttemptAt = excluded.nextAttemptAt, cause = excluded.cause
          """, arguments: [type.rawValue, transportDocId, next.milliseconds, cause, moment.milliseconds])
    }
  }

  /// Forgets what could not be fetched and is no longer listed: somebody else took it.
  public func forgetFetchTroubles(_ ids: [String], _ type: MessageType) async throws {
    guard !ids.isEmpty else { return }
    try await write { db in
      try db.execute(
        sql: """
          DELETE FROM fetchTroubles WHERE messageType = ? AND transportDocId IN (SELECT value FROM json_each(?))
          """, arguments: [type.rawValue, try CanonicalJSON.text(ids)])
    }
  }

  /// The message stands, durable, in the others' folder; now the axis may be told that it need not offer it again.
  public func markHandedOver(_ id: ArrivalID, at now: Date) async throws {
    let moment = Moment(now)
    try await write { db in
      try db.execute(
        sql: "UPDATE arrivals SET handedOverAt = coalesce(handedOverAt, ?) WHERE id = ?",
        arguments: [moment.milliseconds, id.rawValue])
    }
  }
}
