import Foundation
import GRDB

extension Ledger {
  /// Checks the file, the event chain, the letters' states against it, and every blob's bytes.
  ///
  /// A blob that a purge removes meanwhile is left out.
  ///
  /// - Parameter expected: a head kept from earlier: the chain must still contain it. Without it a log that was cut at
  ///   its end, with the letters' rows made to fit, cannot be told from a shorter one.
  public func verify(expecting expected: ChainHead? = nil) async throws -> LedgerVerification {
    var check = try await read { db in
      var check = LedgerCheck()
      try check.file(db)
      try check.letterStates(db)
      try check.letterFiles(db)
      try check.missingFiles(db)
      try check.bindings(db)
      try check.collectBlobs(db)
      return check
    }
    // The log only grows, so it is walked in pieces: one long snapshot would keep the write-ahead log from shrinking.
    var walk = try await read { db in try ChainWalk(db, expecting: expected) }
    while !walk.isDone {
      let before = walk
      walk = try await read { db in
        var walk = before
        try walk.goOn(db, limit: 20_000)
        return walk
      }
    }
    check.take(walk)
    var purged: Set<BlobHash> = []
    for blob in check.expectedBlobs {
      let fault = try await blobs.onDisk { [blobs] in LedgerCheck.fault(of: blob.hash, bytes: blob.bytes, in: blobs) }
      guard let fault else { continue }
      if fault.kind == .missingBlob, try await !mentions(blob.hash) {
        purged.insert(blob.hash)
      } else {
        check.add(fault)
      }
    }
    check.forget(purged)
    return check.result
  }
}

/// A verification under way.
private struct LedgerCheck: Sendable {
  private(set) var expectedBlobs: [(hash: BlobHash, bytes: Int64)] = []
  private var faults: [LedgerVerification.Fault] = []
  private var events: Int64 = 0
  private var letters = 0
  private var head = ChainHead(seq: 0, hash: "")

  var result: LedgerVerification {
    LedgerVerification(
      events: events, letters: letters, blobs: expectedBlobs.count,
      blobBytes: expectedBlobs.reduce(0) { $0 + $1.bytes }, head: head, faults: faults)
  }

  mutating func add(_ fault: LedgerVerification.Fault) {
    if faults.count(where: { $0.kind == fault.kind }) < 10 { faults.append(fault) }
  }

  mutating func file(_ db: Database) throws {
    for line in try String.fetchAll(db, sql: "PRAGMA integrity_check(10)") where line != "ok" {
      add(.init(kind: .file, place: "ledger.sqlite", detail: line))
    }
    for row in try Row.fetchAll(db, sql: "PRAGMA foreign_key_check") {
      let table: String = row[0]
      let number: Int64? = row[1]
      let target: String = row[2]
      add(
        .init(
          kind: .reference, place: "\(table) \(number.map(String.init) ?? "")",
          detail: "its row in \(target) is missing"))
    }
    let triggers = try String.fetchSet(db, sql: "SELECT name FROM sqlite_master WHERE type = 'trigger'")
    for name in ["events_are_never_changed", "events_are_never_removed"] where !triggers.contains(name) {
      add(.init(kind: .file, place: "trigger \(name)", detail: "the log is no longer protected against changes"))
    }
  }

  mutating func take(_ walk: ChainWalk) {
    events = walk.events
    head = ChainHead(seq: walk.last, hash: walk.previous.hexadecimalText)
    for fault in walk.faults { add(fault) }
  }

  mutating func letterStates(_ db: Database) throws {
    letters = try Int.fetchOne(db, sql: "SELECT count(*) FROM letters") ?? 0
    let odd = try Row.fetchAll(
      db,
      sql: """
        SELECT letters.id AS id, letters.state AS found, events.state AS told FROM letters
        LEFT JOIN events ON events.seq = (SELECT max(seq) FROM events WHERE events.letter = letters.id)
        WHERE events.state IS NOT letters.state OR events.seq IS NOT letters.lastEvent
        ORDER BY letters.row LIMIT 10
        """)
    for row in odd {
      let id: String = row["id"]
      let found: String = row["found"]
      let told: String? = row["told"]
      add(
        .init(
          kind: .letterState, place: "letter \(id)",
          detail: "it is in state \(found), the log says \(told ?? "nothing")"))
    }
  }

  /// A file that no event names was put there before events named them.
  mutating func letterFiles(_ db: Database) throws {
    let odd = try Row.fetchAll(
      db,
      sql: """
        SELECT letter, role FROM (
          SELECT letter, role, hash, (
            SELECT json_extract(parameters, '$."' || ?1 || role || '"') FROM events
            WHERE events.letter = letterBlobs.letter AND json_extract(parameters, '$."' || ?1 || role || '"') IS NOT NULL
            ORDER BY seq DESC LIMIT 1) AS told
          FROM letterBlobs)
        WHERE told <> hash ORDER BY letter, role LIMIT 10
        """, arguments: [LetterWriter.fileParameter])
    for row in odd {
      let (letter, role): (String, String) = (row["letter"], row["role"])
      add(.init(kind: .letterFile, place: "letter \(letter)", detail: "its \(role) is not the one that the log names"))
    }
  }

  /// A file that an event names is there, unless a later event says that it was purged.
  mutating func missingFiles(_ db: Database) throws {
    let odd = try Row.fetchAll(
      db,
      sql: """
        SELECT DISTINCT events.letter AS letter, substr(named.key, length(?1) + 1) AS role
        FROM events, json_each(events.parameters) AS named
        WHERE events.letter IS NOT NULL AND events.parameters LIKE '%"' || ?1 || '%'
          AND substr(named.key, 1, length(?1)) = ?1
          AND NOT EXISTS (
            SELECT 1 FROM letterBlobs
            WHERE letterBlobs.letter = events.letter AND letterBlobs.role = substr(named.key, length(?1) + 1))
          AND NOT EXISTS (
            SELECT 1 FROM events AS purge
            WHERE purge.letter = events.letter AND purge.seq > events.seq AND purge.kind = ?2
              AND json_extract(purge.parameters, '$."' || substr(named.key, length(?1) + 1) || '"') IS NOT NULL)
        LIMIT 10
        """, arguments: [LetterWriter.fileParameter, RetentionPolicy.purgedEvent])
    for row in odd {
      let (letter, role): (String, String) = (row["letter"], row["role"])
      add(.init(kind: .letterFile, place: "letter \(letter)", detail: "its \(role), which the log names, is gone"))
    }
  }

  /// Who may speak for an organisation is what persons said. Bindings from before the log told of them are taken as they
  /// are.
  mutating func bindings(_ db: Database) throws {
    var made: [Int64: [String: String]] = [:]
    var ended: Set<Int64> = []
    let events = try EventRecord.fetch(
      db, "WHERE letter IS NULL AND kind IN (?, ?)", [OrganisationBinding.madeEvent, OrganisationBinding.endedEvent])
    for event in events {
      guard let id = event.parameters["binding"].flatMap(Int64.init) else { continue }
      if event.kind == OrganisationBinding.madeEvent { made[id] = event.parameters } else { ended.insert(id) }
    }
    let rows = try OrganisationBinding.fetch(db, "ORDER BY id", [])
    for row in rows {
      let place = "binding \(row.id)"
      guard let told = made[row.id] else {
        if row.id < 1 || made.keys.min().map({ row.id > $0 }) == true {
          add(.init(kind: .binding, place: place, detail: "the log does not know it"))
        }
        continue
      }
      if try row.loggedParameters != told || (row.endedAt != nil) != ended.contains(row.id) {
        add(.init(kind: .binding, place: place, detail: "it is not what the log says of it"))
      }
    }
    for id in Set(made.keys).subtracting(rows.map(\.id)).sorted() {
      add(.init(kind: .binding, place: "binding \(id)", detail: "its row is missing"))
    }
  }

  mutating func collectBlobs(_ db: Database) throws {
    let rows = try Row.fetchCursor(
      db,
      sql: """
        SELECT hash, bytes FROM blobs WHERE hash IN (SELECT hash FROM letterBlobs)
          OR hash IN (SELECT message FROM transmissions WHERE message IS NOT NULL)
          OR hash IN (SELECT message FROM arrivals)
        ORDER BY hash
        """)
    while let row = try rows.next() {
      guard let hash = try row.hash("hash") else { continue }
      expectedBlobs.append((hash, row["bytes"]))
    }
  }

  /// Leaves blobs out that were purged since they were collected.
  mutating func forget(_ purged: Set<BlobHash>) {
    expectedBlobs.removeAll { purged.contains($0.hash) }
  }

  static func fault(of hash: BlobHash, bytes: Int64, in blobs: BlobStore) -> LedgerVerification.Fault? {
    do {
      guard try blobs.size(of: hash) == bytes, try blobs.actualHash(of: hash) == hash else {
        return .init(kind: .changedBlob, place: "blob \(hash)", detail: "its bytes do not have its hash")
      }
      return nil
    } catch let error as LedgerError where error.code == .notFound {
      return .init(kind: .missingBlob, place: "blob \(hash)", detail: "its file is missing")
    } catch {
      return .init(kind: .changedBlob, place: "blob \(hash)", detail: "it cannot be read")
    }
  }
}

/// A walk along the event chain, in pieces.
private struct ChainWalk: Sendable {
  private(set) var faults: [LedgerVerification.Fault] = []
  private(set) var events: Int64 = 0
  private(set) var last: Int64 = 0
  private(set) var previous: Data
  private(set) var isDone = false
  private let expected: ChainHead?
  /// The greatest number that SQLite remembers to have allotted.
  private let allotted: Int64
  private var isIntact = true

  init(_ db: Database, expecting expected: ChainHead?) throws {
    previous = try EventChain.origin(db)
    allotted = try Int64.fetchOne(db, sql: "SELECT seq FROM sqlite_sequence WHERE name = 'events'") ?? 0
    self.expected = expected
  }

  mutating func goOn(_ db: Database, limit: Int) throws {
    var count = 0
    let rows = try Row.fetchCursor(
      db, sql: "SELECT * FROM events WHERE seq > ? ORDER BY seq LIMIT ?", arguments: [last, limit])
    while let row = try rows.next() {
      try check(row)
      count += 1
    }
    events += Int64(count)
    guard count < limit else { return }
    isDone = true
    if max(allotted, expected?.seq ?? 0) > last {
      faults.append(
        .init(
          kind: .truncatedLog, place: "event \(last + 1)",
          detail: "the log ends at \(last) but had \(max(allotted, expected?.seq ?? 0))"))
    }
  }

  private mutating func check(_ row: Row) throws {
    let seq: Int64 = row["seq"]
    let hash: Data = row["hash"]
    // After the first break nothing more can be said about what follows.
    if isIntact, seq != last + 1 {
      faults.append(
        .init(kind: .missingEvent, place: "event \(last + 1)", detail: "the log goes from \(last) to \(seq)"))
      isIntact = false
    }
    if isIntact {
      let expectedHash = try EventChain.hash(
        seq: seq, at: row["at"], letter: row["letter"], actor: row["actor"], kind: row["kind"], state: row["state"],
        statusCode: row["statusCode"], vi: row["vi"], en: row["en"], parameters: row["parameters"],
        detail: row["detail"], previous: previous)
      if expectedHash != hash || row["previousHash"] != previous {
        faults.append(.init(kind: .changedEvent, place: "event \(seq)", detail: "its fields do not give its hash"))
        isIntact = false
      }
    }
    if let expected, expected.seq == seq, expected.hash != hash.hexadecimalText {
      faults.append(
        .init(kind: .changedEvent, place: "event \(seq)", detail: "its hash is not the one kept from earlier"))
    }
    previous = hash
    last = seq
  }
}
