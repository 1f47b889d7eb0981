import DeliveryLedger
import Foundation
import GRDB

/// What a clerk waits for, in a ledger of many events: p50 and p99 of each query.
func benchmarkQueries(events: Int, asks: Int) async throws {
  let folder = FileManager.default.temporaryDirectory.appending(path: "delivery-benchmark-\(UUID().uuidString)")
  defer { try? FileManager.default.removeItem(at: folder) }
  try Ledger.open(folder: folder, at: Date()).close()
  let letters = events / 10
  let filled = try await Spent.measure { try fill(folder.appending(path: "ledger.sqlite"), letters: letters) }
  let ledger = try Ledger.open(folder: folder, at: Date())
  let size = (try FileManager.default.attributesOfItem(atPath: folder.path + "/ledger.sqlite")[.size] as? Int) ?? 0
  print("Queries at \(events) events of \(letters) letters (\(size >> 20) MB, made in \(Int(filled.wall)) s), ms:")
  print(label("") + "      p50      p99  longest")
  var worst = 0.0
  for (name, ask) in questions(letters) {
    var times: [Double] = []
    for number in 0..<asks {
      times.append(try await Spent.measure { try await ask(ledger, number) }.wall)
    }
    let p99 = quantile(0.99, of: times)
    worst = max(worst, p99)
    print(
      label(name) + milliseconds(quantile(0.5, of: times)) + milliseconds(p99) + milliseconds(times.max() ?? 0)
        + (p99 > 0.020 ? "  OVER the goal of 20 ms" : ""))
  }
  print(label("worst p99 (goal: under 20 ms)") + "         " + milliseconds(worst))
  try ledger.close()
}

private typealias Question = (name: String, ask: @Sendable (Ledger, Int) async throws -> Void)

private func questions(_ letters: Int) -> [Question] {
  func list(_ name: String, _ query: @escaping @Sendable (Int) -> LetterQuery) -> Question {
    (name, { ledger, number in _ = try await ledger.letters(query(number)) })
  }
  // Neighbours in time are asked for more often than chance, so letters are taken from all over.
  @Sendable func somewhere(_ number: Int) -> Int { 1 + (number &* 7_919 &+ 13) % letters }
  return [
    list("the list, first page") { _ in LetterQuery(direction: nil, limit: 25) },
    list("the list, received") { _ in LetterQuery(direction: .incoming, limit: 25) },
    list("the list, page 400") { _ in LetterQuery(direction: nil, limit: 25, offset: 10_000) },
    list("the list, what is being worked on") { _ in
      LetterQuery(direction: nil, states: ["accepted", "assigned", "processing"], limit: 25)
    },
    list("the list, held (few)") { _ in LetterQuery(direction: .incoming, states: ["held"], limit: 25) },
    list("the list, what is overdue") { _ in
      var query = LetterQuery(direction: nil, limit: 25)
      query.overdueAt = Date()
      return query
    },
    list("search: a number") { LetterQuery(direction: nil, search: "\(somewhere($0))", limit: 25) },
    list("search: a word that every letter has") { _ in LetterQuery(direction: nil, search: "chung thu", limit: 25) },
    list("search: its beginning only") { _ in LetterQuery(direction: nil, search: "c", limit: 25) },
    list("search: a common and a rare word") {
      LetterQuery(direction: nil, search: "cấp tu\(somewhere($0) % 5_000)", limit: 25)
    },
    list("search: a common word, in a rare state") { _ in
      LetterQuery(direction: .incoming, states: ["held"], search: "chứng", limit: 25)
    },
    list("search: a word that no letter has") { LetterQuery(direction: nil, search: "khongco\($0)", limit: 25) },
    (
      "one letter with its timeline",
      { ledger, number in
        guard let detail = try await ledger.letterDetail(LetterID(rawValue: "l\(somewhere(number))")),
          detail.events.count == 10
        else { throw Bench.Failed(description: "no timeline") }
      }
    ),
    (
      "a letter by its dossier code",
      { ledger, number in
        guard try await ledger.letter(dossierCode: "code-\(somewhere(number))") != nil else {
          throw Bench.Failed(description: "no letter")
        }
      }
    ),
    ("the figures above the list", { ledger, _ in _ = try await ledger.counts() }),
    ("what waits or is stuck", { ledger, _ in _ = try await ledger.outstanding(now: Date()) }),
    (
      "the log, its last hundred",
      { ledger, _ in
        let head = try await ledger.chainHead()
        _ = try await ledger.events(after: head.seq - 100)
      }
    ),
  ]
}

/// Rows as years of work leave them, written past the ledger in one transaction: the chain is not computed, since nothing
/// here reads it.
private func fill(_ file: URL, letters: Int) throws {
  var configuration = Configuration()
  configuration.foreignKeysEnabled = false
  let queue = try DatabaseQueue(path: file.path, configuration: configuration)
  let numbers = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < \(letters))"
  let start = 1_700_000_000_000
  try queue.write { db in
    try db.execute(sql: "PRAGMA cache_size = -400000")
    try db.execute(
      sql: """
        INSERT INTO blobs (hash, bytes, addedAt) VALUES (printf('%064d', 0), 100000, \(start));
        \(numbers) INSERT INTO letters
          (id, direction, state, kind, standing, sender, senderName, receivers, documentId, number, notation,
           promulgationDate, subject, dossierType, dossierCode, codes, contentHash, nextActor, dueAt, isFinished, createdAt,
           updatedAt)
        SELECT 'l' || i, iif(i % 2, 'incoming', 'outgoing'),
          CASE WHEN i <= 50 THEN 'accepted' WHEN i > \(letters) - 2000 THEN
            CASE i % 8 WHEN 0 THEN 'accepted' WHEN 1 THEN 'accepted' WHEN 2 THEN 'assigned' WHEN 3 THEN 'processing'
              WHEN 4 THEN 'sent' WHEN 5 THEN iif(i % 16 = 5, 'held', 'accepted') WHEN 6 THEN 'arrived' ELSE 'processing' END
          ELSE iif(i % 20 = 0, 'refused', 'finished') END,
          'new', 'original', 'H' || (i % 97) || '.' || (i % 13), 'Sở Ví dụ số ' || (i % 97), '["G11.99"]', 'doc-' || i,
          '' || i, 'SVD-VP', '2026-01-01', 'đề nghị cấp chứng thư chữ ký số chuyên dùng công vụ cho cá nhân',
          '0' || (1 + i % 6), 'code-' || i, '[]', printf('%064d', i), 'nobody',
          iif(i <= 50, \(start), NULL), i > 50 AND i <= \(letters) - 2000, \(start) + i * 1000, \(start) + i * 1000
        FROM n;
        \(numbers) INSERT INTO letterSearch (rowid, words)
        SELECT i, 'de nghi cap chung thu chu ky so chuyen dung cong vu cho ca nhan tu' || (i % 5000) || ' ' || i
          || ' svd vp so vi du so ' || (i % 97) || ' code ' || i || ' h' || (i % 97) FROM n;
        \(numbers) INSERT INTO recipients (letter, organId, state, lastCode, updatedAt)
        SELECT 'l' || i, 'G11.99', 'finished', '06', \(start) FROM n;
        \(numbers) INSERT INTO letterBlobs (letter, role, hash, addedAt)
        SELECT 'l' || i, role, printf('%064d', 0), \(start) FROM n, (SELECT 'message' AS role UNION SELECT 'letter' UNION SELECT 'report');
        \(numbers) INSERT INTO dossiers (code, letter, type, json, rowCount, officerState, createdAt, updatedAt)
        SELECT 'code-' || i, 'l' || i, '01', zeroblob(1500), 3, 'finished', \(start), \(start) FROM n WHERE i % 2;
        \(numbers) INSERT INTO transmissions
          (letter, kind, statusCode, message, sender, receivers, state, attempts, transportDocId, queuedAt, updatedAt)
        SELECT 'l' || i, iif(i % 2, 'status', 'edoc'), iif(i % 2, '0' || k, NULL), printf('%064d', 0), 'G11.99', '["H1"]', 'sent', 1,
          't' || i || '-' || k, \(start), \(start) FROM n, (SELECT 1 AS k UNION SELECT 3 UNION SELECT 6) WHERE i % 2 OR k = 1;
        INSERT INTO attempts (transmission, number, startedAt, endedAt, outcome)
        SELECT id, 1, \(start), \(start), 'accepted' FROM transmissions;
        \(numbers) INSERT INTO arrivals
          (transportDocId, messageType, transportFrom, transportTo, message, state, acknowledgement, acknowledgedAt, letter,
           receivedAt, settledAt)
        SELECT 'a' || i, iif(i % 2, 'edoc', 'status'), 'H1', '[]', printf('%064d', 0), 'settled', 'done', \(start), 'l' || i,
          \(start), \(start) FROM n;
        INSERT INTO statusesReceived (arrival, letter, documentId, sender, code, receivedAt, isRepeat)
        SELECT id, letter, letter, 'G11.99', '03', \(start), 0 FROM arrivals WHERE messageType = 'status';
        -- A letter's events do not lie side by side: others happen between them.
        WITH RECURSIVE k (k) AS (SELECT 0 UNION ALL SELECT k + 1 FROM k WHERE k < 9),
          n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < \(letters))
        INSERT INTO events (at, letter, actor, kind, state, vi, en, parameters, previousHash, hash)
        SELECT \(start) + i * 1000 + k, 'l' || (1 + (i + k * 37) % \(letters)), 'lienthong', 'letter.moved', 'finished',
          'Bên nhận đã vào sổ; chờ phân công.', 'The receiver has registered it; it waits to be assigned.', '{}',
          zeroblob(32), randomblob(32) FROM n, k;
        """)
  }
  try queue.writeWithoutTransaction { db in try db.execute(sql: "PRAGMA wal_checkpoint(TRUNCATE)") }
  try queue.close()
}
