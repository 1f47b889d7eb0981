import Foundation
import GRDB
import Synchronization
import Testing

@testable import DeliveryLedger

@Suite struct QueryPlanTests {
  /// Statements as they were run, with their values.
  private final class Statements: Sendable {
    private let list = Mutex<Set<String>>([])
    func note(_ sql: String) { list.withLock { _ = $0.insert(sql) } }
    var all: [String] { list.withLock { $0.sorted() } }
  }

  private static let tables = [
    "letters", "events", "transmissions", "attempts", "arrivals", "statusesReceived", "dossiers", "letterBlobs",
    "recipients", "letterLinks", "blobs", "agencies", "bindings", "letterSearch", "agencySearch",
  ]

  /// Steps of the plan that walk over a whole table or the whole of an index that is not made for the question.
  private func walks(_ sql: String, in db: Database) throws -> [String] {
    try Row.fetchAll(db, sql: "EXPLAIN QUERY PLAN " + sql).compactMap { row in
      let step: String = row["detail"]
      let words = step.split(separator: " ")
      guard words.first == "SCAN", words.count > 1 else { return nil }
      let table = String(words[1] == "t" ? "transmissions" : words[1])
      guard Self.tables.contains(table), !step.contains("VIRTUAL TABLE INDEX") || step.hasSuffix("INDEX 0:") else {
        return nil
      }
      // A partial index holds only what is asked for; walking it is the question itself.
      if let index = words.firstIndex(of: "INDEX"), index + 1 < words.count {
        let name = String(words[index + 1])
        let definition = try String.fetchOne(
          db, sql: "SELECT sql FROM sqlite_master WHERE name = ?", arguments: [name])
        if definition?.contains("WHERE") == true { return nil }
      }
      return step
    }
  }

  @Test("No read that a clerk or a worker waits for walks over a whole table, and no step of a letter does")
  func plans() async throws {
    let statements = Statements()
    var options = Ledger.Options()
    options.trace = { statements.note($0) }
    let fixture = try LedgerFixture(options: options)
    let ledger = fixture.ledger
    _ = try await fixture.outgoing("a")
    try await fixture.take(LedgerFixture.incoming("b", documentId: "d"), as: "t1")
    try await fixture.take(LedgerFixture.incoming("c", documentId: "d"), as: "t2")
    let first = try #require(try await ledger.dueTransmissions(now: LedgerFixture.start).first)
    _ = try await ledger.beginAttempt(first.id, at: LedgerFixture.start)
    try await ledger.finishAttempt(
      first.id, outcome: .unknown(checkAt: LedgerFixture.start), cause: "x", at: LedgerFixture.start)
    _ = try await ledger.unknownTransmissions(now: LedgerFixture.start)
    try await ledger.settleUnknown(first.id, as: .refused, cause: "x", at: LedgerFixture.start)
    let status = try await fixture.arrival("s1", type: .status)
    try await ledger.settleStatus(
      arrival: status.id,
      status: IncomingStatus(from: "H99", code: "01", description: nil, statedAt: nil, letter: "a", documentId: nil),
      event: LedgerFixture.event("x"), at: LedgerFixture.start
    ) { _ in [] }
    _ = try await ledger.recoverInterruptedAttempts(
      holding: try ledger.acquireProcessingLock(), at: LedgerFixture.start)

    for query in [
      LetterQuery(direction: .incoming), LetterQuery(direction: .incoming, states: ["accepted"]),
      LetterQuery(direction: .incoming, states: ["accepted", "held"], offset: 5),
      LetterQuery(direction: nil, states: ["accepted"]), LetterQuery(direction: .incoming, search: "chung thu"),
      LetterQuery(direction: .incoming, states: ["held"], search: "chung thu"),
      LetterQuery(direction: nil, search: "d"),
    ] {
      _ = try await ledger.letters(query)
    }
    var overdue = LetterQuery(direction: .incoming, states: ["held"])
    overdue.overdueAt = LedgerFixture.start
    _ = try await ledger.letters(overdue)
    overdue.search = "chung thu"
    _ = try await ledger.letters(overdue)
    _ = try await ledger.letterDetail("b")
    _ = try await ledger.letter("b")
    _ = try await ledger.letter(dossierCode: "x")
    _ = try await ledger.dossier(code: "x")
    _ = try await ledger.findLetters(direction: .incoming, documentId: "d")
    _ = try await ledger.findLetters(
      direction: .incoming, sender: nil, number: "7", notation: "TTr-SDT", promulgationDate: nil)
    _ = try await ledger.counts()
    _ = try await ledger.outstanding(now: LedgerFixture.start)
    _ = try await ledger.dueLetters(now: LedgerFixture.start, direction: .incoming)
    _ = try await ledger.dueArrivals(now: LedgerFixture.start)
    _ = try await ledger.pendingAcknowledgements(now: LedgerFixture.start)
    try await ledger.markAcknowledged([status.id], at: LedgerFixture.start)
    try await ledger.noteReoffered(["s1"], messageType: .status, at: LedgerFixture.start)
    _ = try await ledger.knownTransportDocIds(among: ["s1"], messageType: .status)
    _ = try await ledger.arrivalsSetAside()
    _ = try await ledger.documentsSetAside(limit: 500)
    _ = try await ledger.events(after: 2)
    _ = try await ledger.agency(code: "x")
    _ = try await ledger.isListedAgency("x", "y")
    _ = try await ledger.searchAgencies("so y te")
    _ = try await ledger.bindings(for: "H01", validAt: LedgerFixture.start)

    let asked = statements.all.filter { sql in
      ["SELECT", "UPDATE", "INSERT", "DELETE"].contains { sql.hasPrefix($0) } && !sql.contains("sqlite_master")
        && !sql.contains("grdb_migrations") && !sql.contains("VALUES ('identity'")
    }
    #expect(asked.count > 60)
    try fixture.raw { db in
      for sql in asked {
        let found = try walks(sql, in: db)
        #expect(found.isEmpty, "\(found) in \(sql)")
      }
      // The check itself can fail.
      #expect(try !walks("SELECT * FROM letters WHERE subject = 'x'", in: db).isEmpty)
      #expect(try !walks("SELECT count(*) FROM letters", in: db).isEmpty)
    }
  }

  @Test("What is asked about one document, one sender or what waits does not walk over all that was received or sent")
  func lookups() async throws {
    let statements = Statements()
    var options = Ledger.Options()
    options.trace = { statements.note($0) }
    let fixture = try LedgerFixture(options: options)
    let ledger = fixture.ledger
    for place in 1...3 {
      try await fixture.take(LedgerFixture.incoming(LetterID(rawValue: "b\(place)"), documentId: "d"), as: "t\(place)")
    }
    let sent = try await fixture.outgoing("a")
    _ = try await ledger.unidentifiedTransmissions(documentId: "d", exceptBy: TransmissionID(rawValue: 0))
    #expect(sent.direction == .outgoing)
    _ = try await ledger.findLetters(direction: .incoming, documentId: "d")
    _ = try await ledger.findLetters(
      direction: .incoming, sender: nil, number: "7", notation: "TTr-SDT", promulgationDate: nil)
    _ = try await ledger.received(from: "H01", documentId: "d")
    _ = try await ledger.received(from: "H01", number: "7", notation: "TTr-SDT", promulgationDate: nil)
    _ = try await ledger.received(from: "H01", letter: try await ledger.storeBlob(Data("x".utf8)))
    _ = try await ledger.holdsUnconfirmed(from: "H01", documentId: "d")
    _ = try await ledger.outstanding(now: LedgerFixture.start)
    _ = try await ledger.dueLetters(now: LedgerFixture.start, direction: .outgoing)
    for kind in LetterKind.allCases { _ = try await ledger.receivedChanges(kind, from: "H01", marked: "X") }
    let asked = statements.all.filter { $0.contains("letters") && $0.hasPrefix("SELECT") }
    #expect(asked.count >= 12)
    try fixture.raw { db in
      for sql in asked {
        let plan = try Row.fetchAll(db, sql: "EXPLAIN QUERY PLAN " + sql).map { $0["detail"] as String }
        #expect(!plan.contains { $0.contains("letters_by_direction") }, "\(plan) in \(sql)")
        #expect(try walks(sql, in: db).isEmpty)
      }
    }
  }
}
