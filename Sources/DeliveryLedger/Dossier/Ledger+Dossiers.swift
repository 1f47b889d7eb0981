public import Foundation
import GRDB

/// A dossier at the certification authority.
public struct DossierRecord: Sendable, Hashable, Codable {
  public let code: String
  /// `01`…`06`.
  public let type: String
  public let letter: LetterID
  public let json: Data
  public let rowCount: Int
  /// How far the officers are with it, in the Connector's words.
  public let officerState: String?
  public let createdAt: Date
  public let updatedAt: Date
}

extension Ledger {
  /// The dossier with this code.
  public func dossier(code: String) async throws -> DossierRecord? {
    try await read { db in try DossierRecord.fetch(db, "WHERE code = ?", [code]).first }
  }

  /// The UUID of a sending agency, if one was minted or imported.
  public func organisationUUID(_ organId: String) async throws -> UUID? {
    try await read { db in
      try String.fetchOne(db, sql: "SELECT uuid FROM organisationUUIDs WHERE organId = ?", arguments: [organId])
        .flatMap(UUID.init(uuidString:))
    }
  }

  /// Imports the UUID under which the portal knows a sending agency.
  ///
  /// `.stateConflict` if codes with another UUID were allotted to that agency already, `.duplicate` if another agency
  /// has this UUID.
  public func setOrganisationUUID(_ uuid: UUID, organId: String, source: String, at now: Date) async throws {
    let moment = Moment(now)
    try await write { db in
      let text = uuid.uuidString.lowercased()
      let present = try String.fetchOne(
        db, sql: "SELECT uuid FROM organisationUUIDs WHERE organId = ?", arguments: [organId])
      if present == text { return }
      if let present,
        try Bool.fetchOne(
          db, sql: "SELECT EXISTS (SELECT 1 FROM codeCounters WHERE scope LIKE ? || '|%')", arguments: [present])
          == true
      {
        throw LedgerError(.stateConflict, detail: "codes with another UUID were allotted to \(organId)")
      }
      try db.execute(
        sql: """
          INSERT INTO organisationUUIDs (organId, uuid, source, mintedAt) VALUES (?, ?, ?, ?)
          ON CONFLICT (organId) DO UPDATE SET uuid = excluded.uuid, source = excluded.source,
            mintedAt = excluded.mintedAt
          """, arguments: [organId, text, source, moment.milliseconds])
    }
  }
}

/// The writes to dossiers, inside a transaction of the caller.
enum DossierWriter {
  /// The next code in its scope. The caller's transaction makes number and dossier one.
  static func allotCode(
    _ pattern: DossierCodePattern, type: String, organId: String, mint: () -> UUID, at moment: Moment, in db: Database
  ) throws -> String {
    let organisation = try organisationUUID(organId, mint: mint, at: moment, in: db)
    let day = DossierCodePattern.vietnameseDay(moment)
    let scope = pattern.scope(organisation: organisation, day: day)
    let passedOver = try numbersPassedOver(pattern, organisation: organisation, day: day, in: db)
    // Codes that came from elsewhere are stepped over.
    for _ in 0..<100_000 {
      guard
        let number = try Int64.fetchOne(
          db,
          sql: """
            INSERT INTO codeCounters (scope, lastNumber) VALUES (?1, ?2 + 1)
            ON CONFLICT (scope) DO UPDATE SET lastNumber = max(lastNumber, ?2) + 1
            RETURNING lastNumber
            """, arguments: [scope, passedOver])
      else { break }
      let code = pattern.code(organisation: organisation, day: day, type: type, number: number)
      let isTaken = try Bool.fetchOne(
        db,
        sql:
          "SELECT EXISTS (SELECT 1 FROM letters WHERE dossierCode = ?) OR EXISTS (SELECT 1 FROM dossiers WHERE code = ?)",
        arguments: [code, code])
      if isTaken == false { return code }
    }
    throw LedgerError(.io, detail: "no free dossier code in scope \(scope)")
  }

  static func insert(
    _ dossier: NewDossier, code: String, letter: LetterID, officerState: String?, at moment: Moment, in db: Database
  ) throws {
    try db.execute(
      sql: """
        INSERT INTO dossiers (code, letter, type, json, rowCount, officerState, createdAt, updatedAt)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?)
        """,
      arguments: [
        code, letter.rawValue, dossier.type, dossier.json, dossier.rowCount, officerState, moment.milliseconds,
        moment.milliseconds,
      ])
  }

  static func change(_ change: DossierChange, of letter: LetterID, at moment: Moment, in db: Database) throws {
    try db.execute(
      sql: """
        UPDATE dossiers SET officerState = coalesce(?, officerState), json = coalesce(?, json),
          rowCount = coalesce(?, rowCount), updatedAt = ? WHERE letter = ?
        """,
      arguments: [change.officerState, change.json, change.rowCount, moment.milliseconds, letter.rawValue])
    guard db.changesCount == 1 else { throw LedgerError(.notFound, detail: "letter \(letter) has no dossier") }
  }

  private static func organisationUUID(_ organId: String, mint: () -> UUID, at moment: Moment, in db: Database) throws
    -> String
  {
    if let present = try String.fetchOne(
      db, sql: "SELECT uuid FROM organisationUUIDs WHERE organId = ?", arguments: [organId])
    {
      return present
    }
    let minted = mint().uuidString.lowercased()
    try db.execute(
      sql: "INSERT INTO organisationUUIDs (organId, uuid, source, mintedAt) VALUES (?, ?, 'minted', ?)",
      arguments: [organId, minted, moment.milliseconds])
    return minted
  }
}

extension DossierRecord {
  static func fetch(_ db: Database, _ clauses: String, _ arguments: [(any DatabaseValueConvertible)?]) throws
    -> [DossierRecord]
  {
    try Row.fetchAll(
      try db.cachedStatement(sql: "SELECT * FROM dossiers \(clauses)"), arguments: StatementArguments(arguments)
    ).map { row in
      DossierRecord(
        code: row["code"], type: row["type"], letter: LetterID(row["letter"]), json: row["json"],
        rowCount: row["rowCount"], officerState: row["officerState"],
        createdAt: Moment(milliseconds: row["createdAt"]).date, updatedAt: Moment(milliseconds: row["updatedAt"]).date)
    }
  }
}
