import GRDB

/// The codes of one agency, as the directory lists them: a letter may come under one, and what is about it under another.
enum AgencyForms {
  /// `code` and the other codes of the listed agency that has it, as a JSON array for `json_each`.
  static func json(of code: String, in db: Database) throws -> String {
    let rows = try Row.fetchAll(
      try db.cachedStatement(
        sql: """
          SELECT code, code102, oldCode FROM agencies WHERE code = ?1 AND removedAt IS NULL
          UNION ALL SELECT code, code102, oldCode FROM agencies WHERE code102 = ?1 AND removedAt IS NULL
          UNION ALL SELECT code, code102, oldCode FROM agencies WHERE oldCode = ?1 AND removedAt IS NULL
          LIMIT 3
          """), arguments: [code])
    var codes: Set<String> = [code]
    for row in rows {
      let others: [String?] = [row["code"], row["code102"], row["oldCode"]]
      codes.formUnion(others.compactMap(\.self))
    }
    return try CanonicalJSON.text(codes.sorted())
  }
}
