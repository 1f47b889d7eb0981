public import Foundation
import GRDB

/// How something stands that is no letter: the axis, the mailbox, the directory, the daily work.
public struct Condition: Sendable, Hashable, Codable {
  public let name: String
  public let state: String
  public let cause: String?
  /// Since when the state is this one.
  public let since: Date
  /// When it was noted last.
  public let notedAt: Date
}

extension Ledger {
  /// Writes down how `name` stands now; the time since when is kept while the state is the same.
  public func setCondition(_ name: String, _ state: String, cause: String? = nil, at now: Date) async throws {
    let moment = Moment(now)
    try await write { db in
      try db.execute(
        sql: """
          INSERT INTO conditions (name, state, cause, since, notedAt) VALUES (?, ?, ?, ?, ?)
          ON CONFLICT (name) DO UPDATE SET
            since = CASE WHEN state = excluded.state THEN since ELSE excluded.since END,
            state = excluded.state, cause = excluded.cause, notedAt = excluded.notedAt
          """, arguments: [name, state, cause, moment.milliseconds, moment.milliseconds])
    }
  }

  /// How `name` stands; nil: never noted.
  public func condition(_ name: String) async throws -> Condition? {
    try await conditions().first { $0.name == name }
  }

  /// All conditions, by name.
  public func conditions() async throws -> [Condition] {
    try await read { db in
      try Row.fetchAll(db, sql: "SELECT * FROM conditions ORDER BY name").map { row in
        Condition(
          name: row["name"], state: row["state"], cause: row["cause"],
          since: Moment(milliseconds: row["since"]).date, notedAt: Moment(milliseconds: row["notedAt"]).date)
      }
    }
  }
}
