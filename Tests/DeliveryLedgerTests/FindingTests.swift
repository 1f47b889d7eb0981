import Foundation
import GRDB
import Testing

@testable import DeliveryLedger

@Suite("Finding letters")
struct FindingTests {
  @Test("A ledger of the release before is found by the same words after its migration, and by their beginnings")
  func migrated() async throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "ledger-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let old = try DatabasePool(path: folder.appending(path: "ledger.sqlite").path(percentEncoded: false))
    try LedgerSchema.migrator.migrate(
      old, upTo: "Checks of unknown outcomes, mail that is not ours, and conditions are kept")
    try await old.write { db in
      for number in 1...2_500 {
        try db.execute(
          sql: """
            INSERT INTO letters (id, direction, state, kind, standing, sender, receivers, number, notation, subject, codes,
              nextActor, dueAt, createdAt, updatedAt)
            VALUES (?, ?, 'sent', 'new', 'original', 'H01', '[]', ?, 'CVD-VP', ?, '[]', 'nobody', ?, 1, 1)
            """,
          arguments: [
            "l\(number)", number % 2 == 0 ? "outgoing" : "incoming", "\(number)",
            number == 7 ? "Thu hồi chứng thư Đường Thuỷ" : "Đề nghị cấp chứng thư số",
            number % 500 == 0 ? 1 : nil,
          ])
        try db.execute(sql: "INSERT INTO letterSearch (rowid, words) VALUES (?, 'chung thu')", arguments: [number])
      }
    }
    try old.close()

    let ledger = try Ledger.open(folder: folder, at: LedgerFixture.start)
    func found(_ search: String, direction: LetterDirection? = nil, offset: Int = 0) async throws -> LetterPage {
      try await ledger.letters(LetterQuery(direction: direction, search: search, limit: 3, offset: offset))
    }
    for search in ["đường", "duong thuy", "ĐƯỜNG THUỶ", "d t du th ch", "7/CVD thu hồi"] {
      #expect(try await found(search).letters.map(\.id.rawValue).contains("l7"), "\(search)")
    }
    #expect(try await found("thuyx").total == 0)
    // What all have: the newest first, no further than the limit of a search, and its later pages.
    let all = try await found("c")
    #expect(all.letters.map(\.id.rawValue) == ["l2500", "l2499", "l2498"] && all.total == LetterQuery.searchLimit)
    #expect(try await found("chứng thư", offset: 3).letters.map(\.id.rawValue) == ["l2497", "l2496", "l2495"])
    #expect(try await found("chứng", offset: LetterQuery.searchLimit).letters.isEmpty)
    let received = try await found("chứng", direction: .incoming)
    #expect(received.letters.map(\.id.rawValue) == ["l2499", "l2497", "l2495"] && received.total == 1_000)
    #expect(try await found("chứng", direction: .incoming, offset: 999).letters.map(\.id.rawValue) == ["l501"])
    var late = LetterQuery(direction: .outgoing, states: ["sent"], search: "thư", limit: 1, offset: 1)
    late.overdueAt = LedgerFixture.start
    let overdue = try await ledger.letters(late)
    #expect(overdue.letters.map(\.id.rawValue) == ["l2000"] && overdue.total == 4)
    // The page of all letters does not read the long rows before it.
    let plan = try await ledger.read { db in
      try Row.fetchAll(
        db, sql: "EXPLAIN QUERY PLAN SELECT row FROM letters ORDER BY row DESC LIMIT 25 OFFSET 10000"
      ).map { $0["detail"] as String }
    }
    #expect(plan.contains { $0.contains("COVERING INDEX letters_in_order") })
    try ledger.close()
  }

  @Test("Beginnings are those of each word, once, and of a long word only the first ones and the whole")
  func beginnings() {
    #expect(LetterSearch.beginnings("Đề đề a-b") == "d de a b")
    let long = LetterSearch.beginnings("abcdefghijklmnop").split(separator: " ")
    #expect(long.count == 13 && long[11] == "abcdefghijkl" && long[12] == "abcdefghijklmnop")
    #expect(LetterSearch.pattern("Chứng, thư!") == "\"chung\" \"thu\"")
    #expect(LetterSearch.pattern("abcdefghijklm") == "\"abcdefghijklm\"*")
    #expect(LetterSearch.pattern("—\"*'") == nil)
  }

  @Test("A long word is found by any beginning of it")
  func longWord() async throws {
    let fixture = try LedgerFixture()
    _ = try await fixture.outgoing("a", documentId: "abcdefghijklmnopqrstuvwxyz")
    for search in ["abc", "abcdefghijkl", "abcdefghijklmnop", "abcdefghijklmnopqrstuvwxyz"] {
      #expect(try await fixture.ledger.letters(LetterQuery(direction: nil, search: search)).total == 1, "\(search)")
    }
    #expect(try await fixture.ledger.letters(LetterQuery(direction: nil, search: "abcdefghijklmx")).total == 0)
  }
}
