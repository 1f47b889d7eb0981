import Foundation
import GRDB
import Testing

@testable import DeliveryLedger

@Suite struct BackupTests {
  @Test("A backup made while letters are written opens, verifies, and has what was there")
  func online() async throws {
    let fixture = try LedgerFixture()
    for number in 0..<5 { _ = try await fixture.outgoing(LetterID("a\(number)")) }
    let target = fixture.folder.appending(path: "backup")
    async let more: Void = {
      for number in 0..<20 { _ = try await fixture.outgoing(LetterID("b\(number)")) }
    }()
    let report = try await fixture.ledger.backup(to: target, at: LedgerFixture.start)
    try await more
    #expect(report.verification.isIntact, "\(report.verification.faults)")
    let copy = try Ledger.open(folder: target, at: LedgerFixture.start)
    let letter = try #require(try await copy.letter("a3"))
    #expect(try await copy.readBlob(try #require(letter.blobs[.message])) == Data("message of a3".utf8))
    _ = try copy.acquireProcessingLock()
    try copy.close()
    #expect(try await fixture.ledger.verify(expecting: report.head).isIntact)
    #expect(
      await errorCode { _ = try await fixture.ledger.backup(to: target, at: LedgerFixture.start) } == .duplicate)
  }

  @Test("A blob whose bytes have changed is not backed up as if it were whole")
  func damagedBlob() async throws {
    let fixture = try LedgerFixture()
    let hash = try #require(try await fixture.outgoing("a").blobs[.message])
    let path = fixture.ledger.blobURL(hash).path(percentEncoded: false)
    try FileManager.default.removeItem(atPath: path)
    try Data("damaged".utf8).write(to: URL(filePath: path))
    let target = fixture.folder.appending(path: "backup")
    #expect(await errorCode { _ = try await fixture.ledger.backup(to: target, at: LedgerFixture.start) } == .corrupt)
    #expect(
      !FileManager.default.fileExists(atPath: target.appending(path: "ledger.sqlite").path(percentEncoded: false)))
  }

  @Test("An older file is copied before it is migrated; the copy still is the older file")
  func migration() async throws {
    let fixture = try LedgerFixture()
    _ = try await fixture.outgoing("a")
    try fixture.ledger.close()
    var newer = LedgerSchema.migrator
    newer.registerMigration("Letters have a colour") {
      try $0.execute(sql: "ALTER TABLE letters ADD COLUMN colour TEXT")
    }
    let migrated = try Ledger.open(folder: fixture.folder, options: .init(), migrator: newer, at: LedgerFixture.time(1))
    #expect(try await migrated.letter("a")?.state == "queued")
    try migrated.close()
    let names = try FileManager.default.contentsOfDirectory(atPath: fixture.folder.path(percentEncoded: false))
    let copy = try #require(names.first { $0.hasPrefix("ledger-before-") })
    let queue = try DatabaseQueue(path: fixture.folder.appending(path: copy).path(percentEncoded: false))
    let columns = try await queue.read { try $0.columns(in: "letters").map(\.name) }
    #expect(!columns.contains("colour"))
    #expect(await errorCode { _ = try Ledger.open(folder: fixture.folder, at: LedgerFixture.start) } == .newerFile)
  }
}
