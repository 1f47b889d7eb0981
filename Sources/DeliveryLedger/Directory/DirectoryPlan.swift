import Foundation
import GRDB
import VietnameseText

/// The differences between the directory as kept and a list.
struct DirectoryPlan: Sendable {
  enum Step: Sendable {
    case add(DirectoryAgency)
    case change(row: Int64, from: DirectoryAgency, to: DirectoryAgency)
    case remove(row: Int64, DirectoryAgency)
  }

  private(set) var steps: [Step] = []
  private(set) var changes = DirectoryChanges()

  /// Of two entries with one code the first counts; an entry without a code is passed over.
  init(_ list: [DirectoryAgency], complete: Bool, in db: Database) throws {
    var present: [String: (row: Int64, agency: DirectoryAgency)] = [:]
    for row in try Row.fetchAll(db, sql: "SELECT * FROM agencies") {
      present[row["code"]] = (row["row"], DirectoryAgency(row: row))
    }
    var seen: Set<String> = []
    for listed in list where !listed.code.isEmpty && seen.insert(listed.code).inserted {
      guard let known = present[listed.code] else {
        steps.append(.add(listed))
        changes.added += 1
        continue
      }
      // What a list lacks that is in doubt may stand in the one that is missing.
      let agency = complete ? listed : listed.completed(from: known.agency)
      if known.agency == agency { continue }
      steps.append(.change(row: known.row, from: known.agency, to: agency))
      changes.changed += 1
    }
    guard complete else { return }
    for (code, known) in present where !seen.contains(code) && known.agency.removedAt == nil {
      steps.append(.remove(row: known.row, known.agency))
      changes.removed += 1
    }
  }

  func pieces(of size: Int) -> [[Step]] {
    stride(from: 0, to: steps.count, by: size).map { Array(steps[$0..<min($0 + size, steps.count)]) }
  }
}

extension DirectoryAgency {
  /// With the other codes and the body above that `known` has and this one lacks.
  fileprivate func completed(from known: DirectoryAgency) -> DirectoryAgency {
    DirectoryAgency(
      code: code, code102: code102 ?? known.code102, oldCode: oldCode ?? known.oldCode, name: name,
      parentCode: parentCode ?? known.parentCode, mail: mail)
  }
}

/// The writes to the directory, inside a transaction of the caller.
enum DirectoryWriter {
  static func apply(_ step: DirectoryPlan.Step, source: String, at moment: Moment, in db: Database) throws {
    switch step {
    case .add(let agency):
      try db.cachedStatement(
        sql: """
          INSERT INTO agencies
            (code, code102, oldCode, name, parentCode, mail, removedAt, updatedAt, foldedName, tonedName)
          VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (code) DO NOTHING
          """
      ).execute(arguments: arguments(agency, at: moment))
      // Another process has added it since the differences were taken.
      guard db.changesCount == 1 else { return }
      if agency.removedAt == nil { try index(db.lastInsertedRowID, agency, in: db) }
      try note(agency.code, "added", before: nil, after: agency, source, at: moment, in: db)
    case .change(let row, let before, let after):
      try db.cachedStatement(
        sql: """
          UPDATE agencies SET code = ?, code102 = ?, oldCode = ?, name = ?, parentCode = ?, mail = ?, removedAt = ?,
            updatedAt = ?, foldedName = ?, tonedName = ? WHERE row = ?
          """
      ).execute(arguments: arguments(after, at: moment) + [row])
      try db.cachedStatement(sql: "DELETE FROM agencySearch WHERE rowid = ?").execute(arguments: [row])
      if after.removedAt == nil { try index(row, after, in: db) }
      try note(after.code, "changed", before: before, after: after, source, at: moment, in: db)
    case .remove(let row, let agency):
      try db.cachedStatement(sql: "UPDATE agencies SET removedAt = ?, updatedAt = ? WHERE row = ?")
        .execute(arguments: [moment.milliseconds, moment.milliseconds, row])
      try db.cachedStatement(sql: "DELETE FROM agencySearch WHERE rowid = ?").execute(arguments: [row])
      try note(agency.code, "removed", before: agency, after: nil, source, at: moment, in: db)
    }
  }

  private static func note(
    _ code: String, _ change: String, before: DirectoryAgency?, after: DirectoryAgency?, _ source: String,
    at moment: Moment, in db: Database
  ) throws {
    try db.cachedStatement(
      sql: "INSERT INTO agencyChanges (code, at, source, change, before, after) VALUES (?, ?, ?, ?, ?, ?)"
    ).execute(arguments: [
      code, moment.milliseconds, source, change, try before.map { try CanonicalJSON.text($0) },
      try after.map { try CanonicalJSON.text($0) },
    ])
  }

  private static func index(_ row: Int64, _ agency: DirectoryAgency, in db: Database) throws {
    let words = [agency.name, agency.code, agency.code102, agency.oldCode].compactMap(\.self).joined(separator: " ")
    try db.cachedStatement(sql: "INSERT INTO agencySearch (rowid, words) VALUES (?, ?)")
      .execute(arguments: [row, words.folded])
  }

  private static func arguments(_ agency: DirectoryAgency, at moment: Moment) -> StatementArguments {
    [
      agency.code, agency.code102, agency.oldCode, agency.name, agency.parentCode, agency.mail,
      agency.removedAt.map { Moment($0).milliseconds }, moment.milliseconds, agency.name.folded, agency.name.toneFolded,
    ]
  }
}
