public import Foundation
import GRDB
import VietnameseText

/// An agency of the axis' directory.
public struct DirectoryAgency: Sendable, Hashable, Codable {
  /// The code in use on the axis.
  public let code: String
  /// The code of QCVN 102:2016 (13 characters), if it is another one.
  public let code102: String?
  public let oldCode: String?
  public let name: String
  public let parentCode: String?
  public let mail: String?
  /// When the axis stopped listing it.
  public let removedAt: Date?

  public init(
    code: String, code102: String? = nil, oldCode: String? = nil, name: String, parentCode: String? = nil,
    mail: String? = nil, removedAt: Date? = nil
  ) {
    self.code = code
    self.code102 = code102
    self.oldCode = oldCode
    self.name = name
    self.parentCode = parentCode
    self.mail = mail
    self.removedAt = removedAt
  }
}

/// What a synchronisation of the directory changed.
public struct DirectoryChanges: Sendable, Hashable, Codable {
  public var added = 0
  public var changed = 0
  public var removed = 0

  public init(added: Int = 0, changed: Int = 0, removed: Int = 0) {
    self.added = added
    self.changed = changed
    self.removed = removed
  }
}

extension Ledger {
  /// Takes over a list of agencies; each difference is kept with its date.
  ///
  /// With `complete`, agencies that the list does not have are marked as removed; they stay findable by code.
  @discardableResult
  public func synchroniseAgencies(_ list: [DirectoryAgency], source: String, complete: Bool, at now: Date)
    async throws -> DirectoryChanges
  {
    let moment = Moment(now)
    let plan = try await read { db in try DirectoryPlan(list, complete: complete, in: db) }
    // In pieces, so that a hundred thousand new agencies do not keep a letter waiting; each is whole by itself, and a
    // synchronisation that was cut off is completed by the next.
    for piece in plan.pieces(of: 1_000) {
      try await write { db in
        for step in piece { try DirectoryWriter.apply(step, source: source, at: moment, in: db) }
      }
    }
    return plan.changes
  }

  /// The agency with this code, in whichever of the three forms it is written; one that is listed before one that is not
  /// listed any more.
  public func agency(code: String) async throws -> DirectoryAgency? {
    try await read { db in
      try Row.fetchOne(
        try db.cachedStatement(
          sql: """
            SELECT * FROM (
              SELECT 1 AS form, * FROM agencies WHERE code = ?1
              UNION ALL SELECT 2, * FROM agencies WHERE code102 = ?1
              UNION ALL SELECT 3, * FROM agencies WHERE oldCode = ?1
            ) ORDER BY removedAt IS NOT NULL, form, row LIMIT 1
            """), arguments: [code]
      ).map(DirectoryAgency.init(row:))
    }
  }

  /// Whether one agency that the axis lists has both codes, each in whichever of the three forms.
  public func isListedAgency(_ code: String, _ other: String) async throws -> Bool {
    try await read { db in
      try Row.fetchOne(
        try db.cachedStatement(
          sql: """
            SELECT 1 FROM agencies
            WHERE code = ?1 AND removedAt IS NULL AND (code = ?2 OR code102 = ?2 OR oldCode = ?2)
            UNION ALL SELECT 1 FROM agencies
            WHERE code102 = ?1 AND removedAt IS NULL AND (code = ?2 OR code102 = ?2 OR oldCode = ?2)
            UNION ALL SELECT 1 FROM agencies
            WHERE oldCode = ?1 AND removedAt IS NULL AND (code = ?2 OR code102 = ?2 OR oldCode = ?2)
            LIMIT 1
            """), arguments: [code, other]) != nil
    }
  }

  /// Agencies whose name or code has words that begin as the words of `text`, with or without marks.
  ///
  /// Names with the marks as typed come first, then names that begin with the text, then the shorter ones. Of very many
  /// matches it looks at a few hundred, among them always the names that begin with the text.
  public func searchAgencies(_ text: String, limit: Int = 20) async throws -> [DirectoryAgency] {
    guard limit > 0, let pattern = LetterSearch.pattern(text, indexed: 0) else { return [] }
    let folded = text.folded
    let toned = text.toneFolded
    let reach = min(max(limit * 5, 100), 1_000)
    return try await read { db in
      var found = try Row.fetchAll(
        try db.cachedStatement(
          sql: """
            SELECT * FROM agencies
            WHERE removedAt IS NULL AND foldedName >= ?1 AND foldedName < ?1 || char(1114111)
            ORDER BY foldedName LIMIT ?2
            """), arguments: [folded, reach])
      found += try Row.fetchAll(
        try db.cachedStatement(
          sql: """
            SELECT agencies.* FROM agencySearch JOIN agencies ON agencies.row = agencySearch.rowid
            WHERE agencySearch MATCH ? LIMIT ?
            """), arguments: [pattern, reach])
      var seen: Set<String> = []
      return found.map { AgencyMatch($0, folded: folded, toned: toned) }
        .filter { seen.insert($0.agency.code).inserted }
        .sorted().prefix(limit).map(\.agency)
    }
  }

  /// How many agencies that are not marked as removed are not among `codes`.
  public func agenciesMissing(from codes: [String]) async throws -> Int {
    let listed = Set(codes)
    return try await read { db in
      let present = try String.fetchSet(db, sql: "SELECT code FROM agencies WHERE removedAt IS NULL")
      return present.subtracting(listed).count
    }
  }

  /// The codes that listed agencies have beside the one in use, each with the code in use; none that is itself in use.
  public func otherAgencyCodes() async throws -> [String: String] {
    try await read { db in
      var codes: [String: String] = [:]
      var used: [String] = []
      let rows = try Row.fetchCursor(db, sql: "SELECT code, code102, oldCode FROM agencies WHERE removedAt IS NULL")
      while let row = try rows.next() {
        let code: String = row["code"]
        used.append(code)
        let others: [String?] = [row["code102"] as String?, row["oldCode"] as String?]
        for case let other? in others where codes[other] == nil { codes[other] = code }
      }
      for code in used { codes[code] = nil }
      return codes
    }
  }

  /// Whether the directory by the codes of QĐ 20/2020 ever gave a listed agency's code of QCVN 102.
  public func knowsCodes102() async throws -> Bool {
    try await read { db in
      let sql = "SELECT 1 FROM agencies WHERE code102 IS NOT NULL AND removedAt IS NULL LIMIT 1"
      return try Row.fetchOne(db, sql: sql) != nil
    }
  }

  /// How many agencies the axis lists.
  public func agencyCount() async throws -> Int {
    try await read { db in
      try Int.fetchOne(db, sql: "SELECT count(*) FROM agencies WHERE removedAt IS NULL") ?? 0
    }
  }

  /// What the directory said about an agency before, oldest first: date, `added`/`changed`/`removed`, the name then.
  public func agencyHistory(code: String) async throws -> [DirectoryChange] {
    try await read { db in
      try Row.fetchAll(
        db, sql: "SELECT * FROM agencyChanges WHERE code = ? ORDER BY id", arguments: [code]
      ).map { row in
        DirectoryChange(
          code: row["code"], at: Moment(milliseconds: row["at"]).date, source: row["source"], change: row["change"],
          before: try (row["before"] as String?).map { try CanonicalJSON.value(DirectoryAgency.self, $0) },
          after: try (row["after"] as String?).map { try CanonicalJSON.value(DirectoryAgency.self, $0) })
      }
    }
  }
}

/// One dated change of the directory.
public struct DirectoryChange: Sendable, Hashable, Codable {
  public let code: String
  public let at: Date
  public let source: String
  /// `added`, `changed`, `removed`.
  public let change: String
  public let before: DirectoryAgency?
  public let after: DirectoryAgency?
}

/// An agency that was found, in the order in which people expect them.
private struct AgencyMatch: Comparable {
  let agency: DirectoryAgency
  /// Fewer is better: first the marks as typed, then the beginning as typed.
  private let misses: Int
  private let length: Int

  init(_ row: Row, folded: String, toned: String) {
    agency = DirectoryAgency(row: row)
    let name: String = row["foldedName"]
    length = name.utf8.count
    misses = ((row["tonedName"] as String).contains(toned) ? 0 : 2) + (name.hasPrefix(folded) ? 0 : 1)
  }

  static func < (lhs: Self, rhs: Self) -> Bool {
    (lhs.misses, lhs.length, lhs.agency.code) < (rhs.misses, rhs.length, rhs.agency.code)
  }

  static func == (lhs: Self, rhs: Self) -> Bool { lhs.agency.code == rhs.agency.code }
}

extension DirectoryAgency {
  init(row: Row) {
    self.init(
      code: row["code"], code102: row["code102"], oldCode: row["oldCode"], name: row["name"],
      parentCode: row["parentCode"], mail: row["mail"], removedAt: row.date("removedAt"))
  }
}
