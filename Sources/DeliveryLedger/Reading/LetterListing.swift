import GRDB

/// A list of letters as SQL that never walks over all letters: each way to ask has its index.
struct LetterListing: Sendable {
  /// Gives the rows' numbers of the page, newest first.
  let rows: String
  /// Gives how many there are on all pages.
  let total: String
  let arguments: [DatabaseValue]
  let totalArguments: [DatabaseValue]

  /// Nil if the search has no word to look for.
  init?(_ query: LetterQuery) {
    let limit = min(max(query.limit, 0), 500)
    let offset = min(max(query.offset, 0), 1_000_000)
    let states = query.states.sorted()
    let page = [limit.databaseValue, offset.databaseValue]
    if let overdueAt = query.overdueAt {
      // Few of many, by an index of their own; the other conditions are looked at one by one.
      var found = "SELECT row FROM letters WHERE dueAt <= ? AND isFinished = 0"
      var values = [Moment(overdueAt).milliseconds.databaseValue]
      Self.narrow(&found, &values, to: query.direction, states)
      if let search = query.search, !search.isEmpty {
        guard let pattern = LetterSearch.pattern(search) else { return nil }
        found += " AND row IN (SELECT rowid FROM letterSearch WHERE letterSearch MATCH ? ORDER BY rowid DESC LIMIT ?)"
        values += [pattern.databaseValue, LetterQuery.searchLimit.databaseValue]
      }
      rows = found + " ORDER BY row DESC LIMIT ? OFFSET ?"
      total = "SELECT count(*) FROM (\(found))"
      arguments = values + page
      totalArguments = values
    } else if let search = query.search, !search.isEmpty {
      guard let pattern = LetterSearch.pattern(search) else { return nil }
      let hits = "SELECT rowid AS row FROM letterSearch WHERE letterSearch MATCH ? ORDER BY rowid DESC LIMIT ?"
      var values = [pattern.databaseValue, LetterQuery.searchLimit.databaseValue]
      guard query.direction != nil || !states.isEmpty else {
        // Nothing else is asked: the index alone answers, and a page stops at its last letter.
        rows = "SELECT row FROM (\(hits)) LIMIT ? OFFSET ?"
        total = "SELECT count(*) FROM (\(hits))"
        let reach = min(limit + offset, LetterQuery.searchLimit)
        arguments = [pattern.databaseValue, reach.databaseValue] + page
        totalArguments = values
        return
      }
      var found = "SELECT letters.row AS row FROM letters WHERE row IN (\(hits))"
      Self.narrow(&found, &values, to: query.direction, states)
      rows = found + " ORDER BY row DESC LIMIT ? OFFSET ?"
      total = "SELECT count(*) FROM (\(found))"
      arguments = values + page
      totalArguments = values
    } else if !states.isEmpty {
      // Each direction and state is one run of the index in the order of rows; their heads are merged.
      let directions = query.direction.map { [$0] } ?? LetterDirection.allCases
      let reach = limit + offset
      var values: [DatabaseValue] = []
      var runs: [String] = []
      for direction in directions {
        for state in states.prefix(40) {
          runs.append(
            "SELECT * FROM (SELECT row FROM letters WHERE direction = ? AND state = ? ORDER BY row DESC LIMIT ?)")
          values += [direction.rawValue.databaseValue, state.databaseValue, reach.databaseValue]
        }
      }
      rows = "SELECT row FROM (\(runs.joined(separator: " UNION ALL "))) ORDER BY row DESC LIMIT ? OFFSET ?"
      arguments = values + page
      total = """
        SELECT ifnull(sum(number), 0) FROM stateCounts
        WHERE kind = 'letters' AND direction IN (\(Self.marks(directions.count)))
          AND state IN (\(Self.marks(min(states.count, 40))))
        """
      totalArguments = directions.map(\.rawValue.databaseValue) + states.prefix(40).map(\.databaseValue)
    } else if let direction = query.direction {
      rows = "SELECT row FROM letters WHERE direction = ? ORDER BY row DESC LIMIT ? OFFSET ?"
      arguments = [direction.rawValue.databaseValue] + page
      total = "SELECT ifnull(sum(number), 0) FROM stateCounts WHERE kind = 'letters' AND direction = ?"
      totalArguments = [direction.rawValue.databaseValue]
    } else {
      rows = "SELECT row FROM letters ORDER BY row DESC LIMIT ? OFFSET ?"
      arguments = page
      total = "SELECT ifnull(sum(number), 0) FROM stateCounts WHERE kind = 'letters'"
      totalArguments = []
    }
  }

  func page(_ db: Database) throws -> LetterPage {
    let count = try Int.fetchOne(db, sql: total, arguments: StatementArguments(totalArguments))
    return LetterPage(
      letters: try LetterRecord.fetch(db, "WHERE row IN (\(rows)) ORDER BY row DESC", arguments), total: count ?? 0)
  }

  /// The unary plus keeps SQLite from walking the index of all letters instead of the few found.
  private static func narrow(
    _ sql: inout String, _ values: inout [DatabaseValue], to direction: LetterDirection?, _ states: [String]
  ) {
    if let direction {
      sql += " AND +direction = ?"
      values.append(direction.rawValue.databaseValue)
    }
    if !states.isEmpty {
      sql += " AND +state IN (\(marks(states.count)))"
      values += states.map(\.databaseValue)
    }
  }

  private static func marks(_ count: Int) -> String {
    Array(repeating: "?", count: count).joined(separator: ", ")
  }
}
