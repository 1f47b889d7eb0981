import Foundation
import GRDB
import Testing
import VietnameseText

@testable import DeliveryLedger

@Suite struct OpeningTests {
  @Test("Commits are synced: WAL with synchronous=FULL")
  func durability() async throws {
    let fixture = try LedgerFixture()
    #expect(try fixture.raw { try String.fetchOne($0, sql: "PRAGMA journal_mode") } == "wal")
    #expect(try await fixture.ledger.writerSynchronous() == 2)
  }

  @Test("What one handle wrote, another sees, and a ledger opened again has")
  func handles() async throws {
    let fixture = try LedgerFixture()
    let other = try Ledger.open(folder: fixture.folder, at: LedgerFixture.start)
    _ = try await fixture.outgoing("a")
    #expect(try await other.letter("a")?.state == "queued")
    try other.close()
    try fixture.ledger.close()
    let again = try Ledger.open(folder: fixture.folder, at: LedgerFixture.start)
    #expect(try await again.letter("a")?.state == "queued")
    try again.close()
  }

  @Test("A hundred events from two handles make one unbroken chain")
  func oneChain() async throws {
    let fixture = try LedgerFixture()
    let other = try Ledger.open(folder: fixture.folder, at: LedgerFixture.start)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for number in 0..<100 {
        group.addTask {
          try await (number % 2 == 0 ? fixture.ledger : other)
            .recordEvent(LedgerFixture.event("e\(number)"), at: LedgerFixture.time(Double(number)))
        }
      }
      try await group.waitForAll()
    }
    let result = try await other.verify()
    #expect(result.isIntact && result.events == 100)
    try other.close()
  }

  @Test("A file of a newer release is refused and left as it was")
  func newer() async throws {
    let fixture = try LedgerFixture()
    try fixture.ledger.close()
    let known = try fixture.raw { try Int.fetchOne($0, sql: "SELECT count(*) FROM grdb_migrations") } ?? 0
    try fixture.raw { try $0.execute(sql: "INSERT INTO grdb_migrations VALUES ('A letter can fly')") }
    #expect(await errorCode { _ = try Ledger.open(folder: fixture.folder, at: LedgerFixture.start) } == .newerFile)
    #expect(try fixture.raw { try Int.fetchOne($0, sql: "SELECT count(*) FROM grdb_migrations") } == known + 1)
  }

  @Test("Opening only what exists makes nothing")
  func mustExist() async {
    let folder = FileManager.default.temporaryDirectory.appending(path: "ledger-\(UUID().uuidString)")
    var options = Ledger.Options()
    options.createsIfMissing = false
    let fixed = options
    #expect(
      await errorCode { _ = try Ledger.open(folder: folder, options: fixed, at: LedgerFixture.start) } == .notFound)
    #expect(!FileManager.default.fileExists(atPath: folder.path(percentEncoded: false)))
  }

  @Test("Files that are not ledgers are refused and left as they were")
  func foreign() async throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "ledger-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appending(path: "ledger.sqlite")
    let text = Data("This is a note, not a database.".utf8)
    try text.write(to: file)
    #expect(await errorCode { _ = try Ledger.open(folder: folder, at: LedgerFixture.start) } == .notALedger)
    #expect(try Data(contentsOf: file) == text)
    try FileManager.default.removeItem(at: file)
    let other = try DatabaseQueue(path: file.path(percentEncoded: false))
    try await other.write { try $0.execute(sql: "CREATE TABLE songs (name TEXT)") }
    try other.close()
    #expect(await errorCode { _ = try Ledger.open(folder: folder, at: LedgerFixture.start) } == .notALedger)
  }

  @Test("A ledger whose maker was killed before its first table is made to its end")
  func halfMade() async throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "ledger-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    // The migrator makes its own table in a transaction of its own, before the first migration.
    let started = try DatabaseQueue(path: folder.appending(path: "ledger.sqlite").path(percentEncoded: false))
    try await started.write {
      try $0.execute(sql: "CREATE TABLE grdb_migrations (identifier TEXT NOT NULL PRIMARY KEY)")
    }
    try started.close()
    let ledger = try Ledger.open(folder: folder, at: LedgerFixture.start)
    #expect(try await ledger.verify().isIntact)
    try ledger.close()
  }

  @Test("One process at a time may hold the processing lock; it is free again once released")
  func lock() async throws {
    let fixture = try LedgerFixture()
    let other = try Ledger.open(folder: fixture.folder, at: LedgerFixture.start)
    var lock: ProcessingLock? = try fixture.ledger.acquireProcessingLock()
    #expect(lock != nil)
    #expect(await errorCode { _ = try other.acquireProcessingLock() } == .alreadyRunning)
    lock = nil
    _ = try other.acquireProcessingLock()
    try other.close()
  }

  @Test("A killed process's lock is free")
  func killedHolder() async throws {
    let fixture = try LedgerFixture()
    let path = fixture.folder.appending(path: "processing.lock").path(percentEncoded: false)
    let holder = Process()
    holder.executableURL = URL(filePath: "/usr/bin/flock")
    holder.arguments = ["--no-fork", path, "sleep", "60"]
    try holder.run()
    var held = false
    for _ in 0..<100 where !held {
      try await Task.sleep(for: .milliseconds(50))
      held = await errorCode { _ = try fixture.ledger.acquireProcessingLock() } == .alreadyRunning
    }
    #expect(held)
    kill(holder.processIdentifier, SIGKILL)
    holder.waitUntilExit()
    _ = try fixture.ledger.acquireProcessingLock()
  }

  @Test("A writer that is kept waiting beyond its time-out is told that the ledger is busy, and nothing is written")
  func busy() async throws {
    var options = Ledger.Options()
    options.busyTimeout = .milliseconds(100)
    let fixture = try LedgerFixture(options: options)
    var configuration = Configuration()
    configuration.allowsUnsafeTransactions = true
    let blocker = try DatabaseQueue(path: fixture.file.path(percentEncoded: false), configuration: configuration)
    try await blocker.writeWithoutTransaction { try $0.execute(sql: "BEGIN IMMEDIATE") }
    #expect(
      await errorCode {
        try await fixture.ledger.recordEvent(LedgerFixture.event("x"), at: LedgerFixture.start)
      } == .busy)
    try await blocker.writeWithoutTransaction { try $0.execute(sql: "ROLLBACK") }
    try blocker.close()
    try await fixture.ledger.recordEvent(LedgerFixture.event("y"), at: LedgerFixture.start)
    #expect(try await fixture.ledger.events().map(\.kind) == ["y"])
  }

  @Test("A full disk is told as such, loses nothing, and writing goes on once there is room")
  func diskFull() async throws {
    let fixture = try LedgerFixture()
    _ = try await fixture.outgoing("a")
    // A page limit on the writer stands in for the full disk: SQLite answers SQLITE_FULL in both cases.
    try await fixture.ledger.limitPages(toCurrent: true)
    let long = NewEvent(
      kind: "long", actor: "x", sentence: .init(vi: String(repeating: "đ", count: 200_000), en: "x"))
    #expect(
      await errorCode { try await fixture.ledger.recordEvent(long, at: LedgerFixture.start) } == .diskFull)
    try await fixture.ledger.limitPages(toCurrent: false)
    try await fixture.ledger.recordEvent(long, at: LedgerFixture.start)
    #expect(try await fixture.ledger.letter("a")?.state == "queued")
    #expect(try await fixture.ledger.verify().isIntact)
  }

  @Test("A folder that cannot be made is told as not writable")
  func unwritable() async {
    let folder = URL(filePath: "/proc/lienthong/ledger")
    let code = await errorCode { _ = try Ledger.open(folder: folder, at: LedgerFixture.start) }
    #expect(code == .notWritable)
  }

  @Test("Every error has its own sentence in both languages", arguments: LedgerError.Code.allCases)
  func sentences(_ code: LedgerError.Code) {
    let sentence = LedgerError(code, detail: "d").clerk
    #expect(sentence.vi.hasSuffix(".") && sentence.en.hasSuffix(".") && sentence.vi != sentence.en)
    let others = LedgerError.Code.allCases.filter { $0 != code }.map { LedgerError($0, detail: "d").clerk }
    #expect(!others.contains(sentence))
  }
}

extension Ledger {
  fileprivate func writerSynchronous() async throws -> Int? {
    try await pool.writeWithoutTransaction { try Int.fetchOne($0, sql: "PRAGMA synchronous") }
  }

  fileprivate func limitPages(toCurrent: Bool) async throws {
    try await pool.writeWithoutTransaction { db in
      let pages = try Int.fetchOne(db, sql: "PRAGMA page_count") ?? 0
      _ = try Int.fetchOne(db, sql: "PRAGMA max_page_count = \(toCurrent ? pages : 1_000_000_000)")
    }
  }
}
