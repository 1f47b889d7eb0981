import GRDB

/// A list of letters as SQL that never walks over all letters: each way to ask has its index.
struct LetterListing: Sendable {
  private struct Statement {
    let sql: String
    let arguments: [DatabaseValue]
  }

  /// Gives the rows' numbers, newest first: those of the page, or all that a search found where `total` is nil.
  private let rows: Statement
  /// Gives how many there are on all pages. Nil for a search, which would have to search again for it.
  private let total: Statement?
  private let limit: Int
  private let offset: Int

  /// Nil if the search has no word to look for.
  init?(_ query: LetterQuery) {
    limit = min(max(query.limit, 0), 500)
    offset = min(max(query.offset, 0), 1_000_000)
    let states = query.states.sorted()
    let page = [limit.databaseValue, offset.databaseValue]
    if let search = query.search, !search.isEmpty {
      guard let pattern = LetterSearch.pattern(search) else { return nil }
      let hits = "SELECT rowid AS row FROM letterSearch WHERE letterSearch MATCH ? ORDER BY rowid DESC LIMIT ?"
      var values = [pattern.databaseValue, LetterQuery.searchLimit.databaseValue]
      total = nil
      guard query.direction != nil || !states.isEmpty || query.overdueAt != nil else {
        rows = Statement(sql: hits, arguments: values)
        return
      }
      var found = "SELECT letters.row AS row FROM letters WHERE row IN (\(hits))"
      if let overdueAt = query.overdueAt {
        found += " AND +dueAt <= ? AND +isFinished = 0"
        values.append(Moment(overdueAt).milliseconds.databaseValue)
      }
      Self.narrow(&found, &values, to: query.direction, states)
      rows = Statement(sql: found + " ORDER BY row DESC", arguments: values)
    } else if let overdueAt = query.overdueAt {
      // Few of many, by an index of their own; the other conditions are looked at one by one. The plus in the order keeps
      // SQLite from walking over all letters, newest first, until it has so many.
      var found = "SELECT row FROM letters WHERE dueAt <= ? AND isFinished = 0"
      var values = [Moment(overdueAt).milliseconds.databaseValue]
      Self.narrow(&found, &values, to: query.direction, states)
      rows = Statement(sql: found + " ORDER BY +row DESC LIMIT ? OFFSET ?", arguments: values + page)
      total = Statement(sql: "SELECT count(*) FROM (\(found))", arguments: values)
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
      rows = Statement(
        sql: "SELECT row FROM (\(runs.joined(separator: " UNION ALL "))) ORDER BY row DESC LIMIT ? OFFSET ?",
        arguments: values + page)
      total = Statement(
        sql: """
          SELECT ifnull(sum(number), 0) FROM stateCounts
          WHERE kind = 'letters' AND direction IN (\(Self.marks(directions.count)))
            AND state IN (\(Self.marks(min(states.count, 40))))
          """,
        arguments: directions.map(\.rawValue.databaseValue) + states.prefix(40).map(\.databaseValue))
    } else {
      let direction = query.direction.map { [$0.rawValue.databaseValue] } ?? []
      let (of, andOf) = direction.isEmpty ? ("", "") : ("WHERE direction = ? ", " AND direction = ?")
      rows = Statement(
        sql: "SELECT row FROM letters \(of)ORDER BY row DESC LIMIT ? OFFSET ?", arguments: direction + page)
      total = Statement(
        sql: "SELECT ifnull(sum(number), 0) FROM stateCounts WHERE kind = 'letters'\(andOf)", arguments: direction)
    }
  }

  func page(_ db: Database) throws -> LetterPage {
    guard let total else {
      let found = try Int64.fetchAll(db, sql: rows.sql, arguments: StatementArguments(rows.arguments))
      let page = found.dropFirst(offset).prefix(limit).map(\.databaseValue)
      // SQLite would walk over all letters to find those of an empty list.
      guard !page.isEmpty else { return LetterPage(letters: [], total: found.count) }
      return LetterPage(
        letters: try LetterRecord.fetch(db, "WHERE row IN (\(Self.marks(page.count))) ORDER BY row DESC", page),
        total: found.count)
    }
    let count = try Int.fetchOne(db, sql: total.sql, arguments: StatementArguments(total.arguments))
    return LetterPage(
      letters: try LetterRecord.fetch(db, "WHERE row IN (\(rows.sql)) ORDER BY row DESC", rows.arguments),
      total: count ?? 0)
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
