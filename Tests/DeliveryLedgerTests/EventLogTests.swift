import DeliveryLedger
import Foundation
import GRDB
import Testing

@Suite struct EventLogTests {
  private func withLog() async throws -> LedgerFixture {
    let fixture = try LedgerFixture()
    _ = try await fixture.outgoing("a")
    _ = try await fixture.outgoing("b")
    try await fixture.take(LedgerFixture.incoming("c", documentId: "d1"), as: "t1")
    return fixture
  }

  /// Removes the triggers, as one who owns the file can, and runs `sql`.
  private func tamper(_ fixture: LedgerFixture, _ sql: String) throws {
    try fixture.raw { db in
      try db.execute(sql: "PRAGMA foreign_keys = OFF")
      let triggers = try Row.fetchAll(db, sql: "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
      for trigger in triggers { try db.execute(sql: "DROP TRIGGER \(trigger["name"] as String)") }
      try db.execute(sql: sql)
      for trigger in triggers { try db.execute(sql: trigger["sql"] as String) }
    }
  }

  @Test("An untouched ledger verifies")
  func intact() async throws {
    let fixture = try await withLog()
    let result = try await fixture.ledger.verify()
    #expect(result.isIntact, "\(result.faults)")
    #expect(result.events == 5 && result.letters == 3 && result.blobs == 3)
    #expect(try await fixture.ledger.chainHead() == result.head)
  }

  @Test("SQLite itself refuses to change or remove an event")
  func appendOnly() async throws {
    let fixture = try await withLog()
    for sql in ["UPDATE events SET actor = 'x' WHERE seq = 2", "DELETE FROM events WHERE seq = 2"] {
      #expect(throws: DatabaseError.self) { try fixture.raw { try $0.execute(sql: sql) } }
    }
  }

  @Test(
    "A changed field is found in the first row that has it",
    arguments: [
      "actor = 'officer:x'", "at = at + 1", "kind = 'x'", "state = 'x'", "vi = 'x'", "en = 'x'", "detail = ''",
      "parameters = '{\"a\":\"b\"}'", "statusCode = '06'", "letter = 'b'", "hash = zeroblob(32)",
      "previousHash = zeroblob(32)",
    ])
  func changed(_ change: String) async throws {
    let fixture = try await withLog()
    try tamper(fixture, "UPDATE events SET \(change) WHERE seq = 2")
    let faults = try await fixture.ledger.verify().faults
    let first = try #require(faults.first { $0.kind == .changedEvent })
    #expect(first.place == "event 2")
  }

  @Test("A removed event is found, in the middle and at the end")
  func removed() async throws {
    let middle = try await withLog()
    try tamper(middle, "DELETE FROM events WHERE seq = 3")
    let gap = try await middle.ledger.verify().faults
    #expect(gap.contains { $0.kind == .missingEvent && $0.place == "event 3" })
    let end = try await withLog()
    let head = try await end.ledger.chainHead()
    try tamper(end, "DELETE FROM events WHERE seq = 5; UPDATE letters SET lastEvent = 0 WHERE id = 'c'")
    #expect(try await end.ledger.verify().faults.contains { $0.kind == .truncatedLog })
    try tamper(end, "UPDATE sqlite_sequence SET seq = 4 WHERE name = 'events'")
    #expect(try await end.ledger.verify(expecting: head).faults.contains { $0.kind == .truncatedLog })
  }

  @Test("A head kept from earlier is still in the log that grew, and not in a log written anew")
  func keptHead() async throws {
    let fixture = try await withLog()
    let head = try await fixture.ledger.chainHead()
    try await fixture.ledger.recordEvent(LedgerFixture.event("later"), at: LedgerFixture.time(1))
    #expect(try await fixture.ledger.verify(expecting: head).isIntact)
    let other = try await withLog()
    #expect(try await other.ledger.verify(expecting: head).faults.map(\.kind) == [.changedEvent])
  }

  @Test("The end of the chain is read back as it is printed; anything else is not")
  func headText() async throws {
    let fixture = try await withLog()
    let head = try await fixture.ledger.chainHead()
    #expect(ChainHead("\(head)") == head)
    for text in ["", "5", "5:", ":\(head.hash)", "-1:\(head.hash)", "5:\(head.hash):", "5:abc"] {
      #expect(ChainHead(text) == nil)
    }
  }

  @Test("A letter's state that the log does not tell is found")
  func letterState() async throws {
    let fixture = try await withLog()
    try tamper(fixture, "UPDATE letters SET state = 'accepted' WHERE id = 'b'")
    let faults = try await fixture.ledger.verify().faults
    #expect(faults.map(\.kind) == [.letterState] && faults.map(\.place) == ["letter b"])
  }

  @Test("A letter whose file was exchanged for another stored one is found")
  func exchangedFile() async throws {
    let fixture = try await withLog()
    let other = try #require(try await fixture.ledger.letter("b")?.blobs[.message])
    try tamper(
      fixture, "UPDATE letterBlobs SET hash = '\(other.rawValue)' WHERE letter = 'a' AND role = 'message'")
    let faults = try await fixture.ledger.verify().faults
    #expect(faults.map(\.kind) == [.letterFile] && faults.map(\.place) == ["letter a"])
  }

  @Test("A letter's file whose row was removed is found, unless the log says that it was purged")
  func removedFile() async throws {
    let fixture = try await withLog()
    try tamper(fixture, "DELETE FROM letterBlobs WHERE letter = 'a' AND role = 'message'")
    let faults = try await fixture.ledger.verify().faults
    #expect(faults.map(\.kind) == [.letterFile] && faults.map(\.place) == ["letter a"])
  }

  @Test("Who may speak for an organisation is in the log: a binding that no person ordered is found")
  func bindings() async throws {
    let fixture = try await withLog()
    let ledger = fixture.ledger
    for code in ["H01", "H02"] {
      try await ledger.bind(
        organId: code, subject: ["O": "Sở Ví dụ"], fingerprint: nil, validFrom: LedgerFixture.start, validUntil: nil,
        by: "clerk:an", source: "command", at: LedgerFixture.start)
    }
    try await ledger.endBinding(1, by: "clerk:an", at: LedgerFixture.time(1))
    #expect(try await ledger.verify().isIntact)
    let events = try await ledger.events(after: 5)
    #expect(events.map(\.kind) == ["binding.made", "binding.made", "binding.ended"])
    #expect(events.map(\.actor) == ["clerk:an", "clerk:an", "clerk:an"])
    for change in [
      "UPDATE bindings SET organId = 'H03' WHERE id = 2", "UPDATE bindings SET subject = '{}' WHERE id = 2",
      "UPDATE bindings SET endedAt = NULL, endedBy = NULL WHERE id = 1", "DELETE FROM bindings WHERE id = 2",
      "INSERT INTO bindings SELECT 0, 'H09', subject, fingerprint, validFrom, NULL, boundBy, boundAt, source, NULL, NULL FROM bindings WHERE id = 2",
      "INSERT INTO bindings SELECT 9, 'H09', subject, fingerprint, validFrom, NULL, boundBy, boundAt, source, NULL, NULL FROM bindings WHERE id = 2",
    ] {
      let copy = try LedgerFixture()
      _ = try await ledger.backup(to: copy.folder.appending(path: "b"), at: LedgerFixture.time(2))
      let path = copy.folder.appending(path: "b/ledger.sqlite").path
      try await DatabaseQueue(path: path).write { db in try db.execute(sql: change) }
      let other = try Ledger.open(folder: copy.folder.appending(path: "b"), at: LedgerFixture.time(2))
      #expect(try await other.verify().faults.map(\.kind) == [.binding], "\(change)")
      try other.close()
    }
  }

  @Test("A changed and a missing blob are found by name")
  func blobs() async throws {
    let fixture = try await withLog()
    let first = try #require(try await fixture.ledger.letter("a")?.blobs[.message])
    let second = try #require(try await fixture.ledger.letter("b")?.blobs[.message])
    let path = fixture.ledger.blobURL(first).path(percentEncoded: false)
    let bytes = try await fixture.ledger.readBlob(first)
    try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: path)
    try Data(bytes.map { $0 ^ 1 }).write(to: fixture.ledger.blobURL(first))
    try FileManager.default.removeItem(at: fixture.ledger.blobURL(second))
    let faults = try await fixture.ledger.verify().faults
    #expect(
      Set(faults.map { "\($0.kind) \($0.place)" }) == ["changedBlob blob \(first)", "missingBlob blob \(second)"])
    #expect(await errorCode { _ = try await fixture.ledger.readBlob(first) } == .corrupt)
    #expect(await errorCode { _ = try await fixture.ledger.readBlob(second) } == .notFound)
  }
}
