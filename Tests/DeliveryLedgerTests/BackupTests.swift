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

  @Test("After a restoration no dossier code of that day is told a second time; the next day counts as ever")
  func codesAfterRestoration() async throws {
    let fixture = try LedgerFixture()
    try await fixture.take(LedgerFixture.incoming("a", documentId: "d1", content: "1"), as: "t1")
    let target = fixture.folder.appending(path: "backup")
    _ = try await fixture.ledger.backup(to: target, at: LedgerFixture.start)
    func code(_ id: LetterID, in ledger: Ledger, at time: Date = LedgerFixture.start) async throws -> String {
      let document = try await ledger.recordArrival(
        NewArrival(
          transportDocId: "t-\(id)", messageType: .edoc, transportFrom: "H01.02.03",
          message: try await ledger.storeBlob(Data("raw \(id)".utf8))), at: time
      ).arrival
      let settled = try await ledger.settleLetter(
        arrival: document.id, letter: LedgerFixture.incoming(id, documentId: "d-\(id)", content: "\(id)"),
        dossier: NewDossier(type: "01", json: Data("{}".utf8), rowCount: 1, codePattern: .portal), at: time
      ) { _ in IntakeEffects(state: "accepted", event: LedgerFixture.event("letter.received")) }
      return try #require(settled.letter.dossierCode)
    }
    let lost = [try await code("b", in: fixture.ledger), try await code("c", in: fixture.ledger)]
    let copy = try Ledger.open(folder: target, at: LedgerFixture.start)
    defer { try? copy.close() }
    try await copy.noteRestored(at: LedgerFixture.start) { _ in nil }
    let first = try await code("e", in: copy)
    let again = [first, try await code("f", in: copy)]
    #expect(Set(again).count == 2 && Set(again).isDisjoint(with: lost), "\(again) \(lost)")
    let next = try await code("g", in: copy, at: LedgerFixture.time(86_400))
    #expect(next.hasSuffix("-0001"), "\(next)")
    // A second restoration of the same backup, an hour later, meets none of the codes told in between.
    try await copy.noteRestored(at: LedgerFixture.time(3600)) { _ in nil }
    let later = try await code("h", in: copy, at: LedgerFixture.time(3600))
    #expect(!again.contains(later))
  }

  @Test("After a restoration a number that never begins anew goes on far above what was told, however high it is")
  func undatedCodesAfterRestoration() async throws {
    let fixture = try LedgerFixture()
    let pattern = try DossierCodePattern("HS-{number:4}")
    try await fixture.take(
      LedgerFixture.incoming("a", documentId: "d1", content: "1"), as: "t1", pattern: pattern)
    // Nine thousand letters later.
    let file = fixture.folder.appending(path: Ledger.fileName).path(percentEncoded: false)
    let direct = try DatabaseQueue(path: file)
    try await direct.write { try $0.execute(sql: "UPDATE codeCounters SET lastNumber = 9000") }
    try direct.close()
    let target = fixture.folder.appending(path: "backup")
    _ = try await fixture.ledger.backup(to: target, at: LedgerFixture.start)
    let copy = try Ledger.open(folder: target, at: LedgerFixture.start)
    defer { try? copy.close() }
    try await copy.noteRestored(at: LedgerFixture.start) { _ in nil }
    func number(_ id: LetterID, in ledger: Ledger) async throws -> Int {
      let document = try await ledger.recordArrival(
        NewArrival(
          transportDocId: "t-\(id)", messageType: .edoc, transportFrom: "H01.02.03",
          message: try await ledger.storeBlob(Data("raw \(id)".utf8))), at: LedgerFixture.start
      ).arrival
      let settled = try await ledger.settleLetter(
        arrival: document.id, letter: LedgerFixture.incoming(id, documentId: "d-\(id)", content: "\(id)"),
        dossier: NewDossier(type: "01", json: Data("{}".utf8), rowCount: 1, codePattern: pattern),
        at: LedgerFixture.start
      ) { _ in IntakeEffects(state: "accepted", event: LedgerFixture.event("letter.received")) }
      return try #require((settled.letter.dossierCode?.dropFirst(3)).flatMap { Int($0) })
    }
    #expect(try await number("b", in: fixture.ledger) == 9001)
    #expect(try await number("c", in: copy) > 14_000)
  }

  @Test("A restoration that is cut off leaves a ledger that knows it was restored, and noting it goes on")
  func restorationCutOff() async throws {
    let fixture = try LedgerFixture()
    _ = try await fixture.outgoing("a")
    _ = try await fixture.outgoing("b")
    let target = fixture.folder.appending(path: "backup")
    let report = try await fixture.ledger.backup(to: target, restoring: true, at: LedgerFixture.start)
    #expect(report.verification.isIntact)
    let copy = try Ledger.open(folder: target, at: LedgerFixture.start)
    defer { try? copy.close() }
    #expect(try await copy.waitsForRestoredNote)
    #expect(try await !fixture.ledger.waitsForRestoredNote)
    // It came as far as the first letter.
    let first = try #require(try await copy.dueTransmissions(now: LedgerFixture.start).first)
    _ = try await copy.beginAttempt(first.id, at: first.queuedAt)
    try await copy.noteRestored(at: LedgerFixture.time(60)) { _ in nil }
    #expect(try await !copy.waitsForRestoredNote)
    let condition = try #require(try await copy.condition(Ledger.restoredCondition))
    #expect(condition.state == "restored" && condition.cause == "\(report.head)")
    #expect(try await copy.dueTransmissions(now: LedgerFixture.time(3600)).isEmpty)
    #expect(try await copy.letterDetail(first.letter)?.transmissions.map(\.attempts) == [1])
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

  @Test("A blob that is missing though a letter names it is not taken for a purged one")
  func missingBlob() async throws {
    let fixture = try LedgerFixture()
    let hash = try #require(try await fixture.outgoing("a").blobs[.message])
    try FileManager.default.removeItem(at: fixture.ledger.blobURL(hash))
    let target = fixture.folder.appending(path: "backup")
    #expect(await errorCode { _ = try await fixture.ledger.backup(to: target, at: LedgerFixture.start) } == .notFound)
    #expect(try await fixture.ledger.verify().faults.map(\.kind) == [.missingBlob])
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

  /// This release's migrations, and others after them.
  private func migrator(adding steps: [String]) -> DatabaseMigrator {
    var migrator = LedgerSchema.migrator
    for (number, sql) in steps.enumerated() {
      migrator.registerMigration("Step \(number)") { try $0.execute(sql: sql) }
    }
    return migrator
  }

  private func copies(in fixture: LedgerFixture) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: fixture.folder.path(percentEncoded: false))
      .filter { $0.hasPrefix("ledger-") }
  }

  @Test("A migration that fails leaves no copy, however often it is tried, nor does a copy that was cut off")
  func failingMigration() async throws {
    let fixture = try LedgerFixture()
    _ = try await fixture.outgoing("a")
    try fixture.ledger.close()
    try Data("cut off".utf8).write(to: fixture.folder.appending(path: "ledger-unfinished.sqlite"))
    let failing = migrator(adding: ["ALTER TABLE letters ADD COLUMN colour TEXT; INSERT INTO nowhere VALUES (1)"])
    for second in [1.0, 2, 3] {
      let code = await errorCode {
        _ = try Ledger.open(
          folder: fixture.folder, options: .init(), migrator: failing, at: LedgerFixture.time(second))
      }
      #expect(code == .io)
    }
    #expect(try copies(in: fixture).isEmpty)
    let ledger = try Ledger.open(folder: fixture.folder, at: LedgerFixture.time(4))
    #expect(try await ledger.verify().isIntact)
    try ledger.close()
  }

  @Test("A migration that fails after its first step keeps the copy of what was before that step, and no other")
  func halfMigration() async throws {
    let fixture = try LedgerFixture()
    _ = try await fixture.outgoing("a")
    try fixture.ledger.close()
    let colour = "ALTER TABLE letters ADD COLUMN colour TEXT"
    let failing = migrator(adding: [colour, "INSERT INTO nowhere VALUES (1)"])
    for second in [1.0, 2, 3] {
      let code = await errorCode {
        _ = try Ledger.open(
          folder: fixture.folder, options: .init(), migrator: failing, at: LedgerFixture.time(second))
      }
      #expect(code == .io)
    }
    let kept = "ledger-before-\(Moment(LedgerFixture.time(1)).milliseconds).sqlite"
    #expect(try copies(in: fixture) == [kept])
    let queue = try DatabaseQueue(path: fixture.folder.appending(path: kept).path(percentEncoded: false))
    let columns = try await queue.read { try $0.columns(in: "letters").map(\.name) }
    #expect(!columns.contains("colour"))
    try queue.close()
    let mended = migrator(adding: [colour, "ALTER TABLE letters ADD COLUMN shape TEXT"])
    let ledger = try Ledger.open(
      folder: fixture.folder, options: .init(), migrator: mended, at: LedgerFixture.time(4))
    #expect(try await ledger.letter("a")?.state == "queued")
    try ledger.close()
  }
}
