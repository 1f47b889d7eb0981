import Foundation
import GRDB

/// What the axis remembers: agencies, messages, and one delivery for each receiver. One call is one transaction.
///
/// SQLite in WAL with `synchronous=FULL`: what a call returned survives a power cut.
struct AxisStore: Sendable {
  let pool: DatabasePool

  init(path: String) throws(AxisServerError) {
    do {
      var configuration = Configuration()
      configuration.busyMode = .timeout(10)
      configuration.foreignKeysEnabled = true
      pool = try DatabasePool(path: path, configuration: configuration)
      // GRDB sets NORMAL when it switches to WAL.
      try pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous=FULL") }
      let migrator = Self.migrator
      guard try !pool.read({ try migrator.hasBeenSuperseded($0) }) else {
        throw AxisServerError(.dataUnreadable, "the database was written by a newer version")
      }
      try migrator.migrate(pool)
    } catch let error as AxisServerError {
      throw error
    } catch let error as DatabaseError {
      let unwritable: [ResultCode] = [.SQLITE_CANTOPEN, .SQLITE_READONLY, .SQLITE_PERM, .SQLITE_FULL, .SQLITE_IOERR]
      let code: AxisServerError.Code = unwritable.contains(error.resultCode) ? .dataNotWritable : .dataUnreadable
      throw AxisServerError(code, "the database cannot be opened: SQLite \(error.resultCode.rawValue)")
    } catch {
      throw AxisServerError(.dataUnreadable, "the database cannot be opened")
    }
  }

  /// Gives the database up; a failure leaves what a crash would leave, which SQLite mends.
  func close() {
    try? pool.close()
  }

  /// Frozen once released; new ones are added.
  private static var migrator: DatabaseMigrator {
    var migrator = DatabaseMigrator()
    migrator.registerMigration("agencies, messages and their deliveries") { db in
      try db.execute(
        sql: """
          CREATE TABLE agency (
            number INTEGER PRIMARY KEY AUTOINCREMENT, code TEXT NOT NULL UNIQUE, otherCode TEXT NOT NULL,
            name TEXT NOT NULL, mail TEXT NOT NULL, mobile TEXT NOT NULL, fax TEXT NOT NULL, parentCode TEXT NOT NULL,
            system TEXT NOT NULL, isDeleted INTEGER NOT NULL, modified INTEGER NOT NULL);
          CREATE INDEX agencyByOtherCode ON agency(otherCode);
          CREATE INDEX agencyBySystem ON agency(system);
          CREATE TABLE message (
            id TEXT PRIMARY KEY, messageType TEXT NOT NULL, fromCode TEXT NOT NULL, toCodes TEXT NOT NULL, system TEXT NOT NULL,
            documentId TEXT NOT NULL, title TEXT NOT NULL, notation TEXT NOT NULL, sha256 TEXT NOT NULL,
            byteCount INTEGER NOT NULL, created INTEGER NOT NULL) WITHOUT ROWID;
          CREATE INDEX messageBySystem ON message(system, messageType, created);
          CREATE TABLE delivery (
            number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, message TEXT NOT NULL REFERENCES message(id),
            receiver TEXT NOT NULL, state TEXT NOT NULL, updated INTEGER NOT NULL);
          CREATE INDEX deliveryByReceiver ON delivery(receiver, state, number);
          CREATE INDEX deliveryByMessage ON delivery(message);
          """)
    }
    return migrator
  }
}
