import GRDB

/// One agency of the directory.
struct AgencyRecord: Sendable, Codable, FetchableRecord {
  let number: Int
  let code: String
  /// The 13-character form of a code of QĐ 20/2020, or the other way round; empty if it cannot be told.
  let otherCode: String
  let name: String
  let mail: String
  let parentCode: String
  let parentNumber: Int?
  let isDeleted: Bool
  let modified: Int
}

extension AxisStore {
  /// Makes the systems' codes known at start; a code that moved to another system moves here too.
  func enrol(_ systems: [AxisSystem], at now: Int) throws {
    try pool.write { db in
      for system in systems {
        for code in system.codes {
          try db.execute(
            sql: """
              INSERT INTO agency (code, otherCode, name, mail, mobile, fax, parentCode, system, isDeleted, modified)
              VALUES (?, ?, ?, '', '', '', '', ?, 0, ?)
              ON CONFLICT(code) DO UPDATE SET system = excluded.system, isDeleted = 0,
                modified = CASE WHEN isDeleted OR system <> excluded.system THEN excluded.modified ELSE modified END
              """, arguments: [code, AgencyCodeForm.other(of: code) ?? "", code, system.id, now])
          try Self.deliverKept(to: code, at: now, db)
        }
      }
    }
  }

  /// Adds an agency to the directory, or renews the caller's own one.
  func register(_ agency: AgencyForm, system: String, at now: Int) async throws {
    try await pool.write { db in
      let owner = try String.fetchOne(
        db, sql: "SELECT system FROM agency WHERE code = ? AND NOT isDeleted", arguments: [agency.code])
      if let owner, owner != system { throw AxisFailure("10", "the code belongs to another system") }
      try db.execute(
        sql: """
          INSERT INTO agency (code, otherCode, name, mail, mobile, fax, parentCode, system, isDeleted, modified)
          VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0, ?)
          ON CONFLICT(code) DO UPDATE SET name = excluded.name, mail = excluded.mail, mobile = excluded.mobile,
            fax = excluded.fax, parentCode = excluded.parentCode, system = excluded.system, isDeleted = 0,
            modified = excluded.modified
          """,
        arguments: [
          agency.code, AgencyCodeForm.other(of: agency.code) ?? "", agency.name, agency.mail, agency.mobile, agency.fax,
          agency.parentCode, system, now,
        ])
      try Self.deliverKept(to: agency.code, at: now, db)
    }
  }

  func deleteAgency(_ code: String, system: String, at now: Int) async throws {
    try await pool.write { db in
      try db.execute(
        sql: "UPDATE agency SET isDeleted = 1, modified = ? WHERE code = ? AND system = ? AND NOT isDeleted",
        arguments: [now, code, system])
      if db.changesCount == 0 { throw AxisFailure("18", "no agency of yours has that code") }
    }
  }

  /// The directory in the order of registration.
  func agencies(withDeleted: Bool) async throws -> [AgencyRecord] {
    try await pool.read { db in
      try AgencyRecord.fetchAll(
        db,
        sql: """
          SELECT a.*, p.number AS parentNumber FROM agency a LEFT JOIN agency p ON p.code = a.parentCode AND p.code <> ''
          WHERE \(withDeleted ? "1" : "NOT a.isDeleted") ORDER BY a.number
          """)
    }
  }

  /// Messages that were kept as undeliverable go out once their receiver is known.
  private static func deliverKept(to code: String, at now: Int, _ db: Database) throws {
    try db.execute(
      sql: "UPDATE delivery SET state = 'initial', updated = ? WHERE receiver = ? AND state = 'undeliverable'",
      arguments: [now, code])
  }
}

/// What `registerAgency` takes.
struct AgencyForm: Sendable, Decodable {
  let code: String
  let name: String
  let mail: String
  let mobile: String
  let fax: String
  let parentCode: String

  private enum CodingKeys: String, CodingKey {
    case code, name, mail, mobile, fax, pcode
  }

  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    code = try container.decode(String.self, forKey: .code)
    name = try container.decode(String.self, forKey: .name)
    mail = try container.decode(String.self, forKey: .mail)
    mobile = try container.decodeIfPresent(String.self, forKey: .mobile) ?? ""
    fax = try container.decodeIfPresent(String.self, forKey: .fax) ?? ""
    parentCode = try container.decodeIfPresent(String.self, forKey: .pcode) ?? ""
  }
}
