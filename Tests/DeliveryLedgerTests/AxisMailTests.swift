import Foundation
import GRDB
import Testing

@testable import DeliveryLedger

@Suite("Mail, outcomes and conditions in the ledger")
struct AxisMailTests {
  private func pending(_ fixture: LedgerFixture, _ id: String, ifNotOurs: Acknowledgement) async throws -> ArrivalRecord
  {
    try await fixture.ledger.recordArrival(
      NewArrival(
        transportDocId: id, messageType: .edoc, transportFrom: "H01", message: try await fixture.blob("raw \(id)"),
        acknowledgement: .pending, ifNotOurs: ifNotOurs), at: LedgerFixture.start
    ).arrival
  }

  @Test("A message whose owner is not known is acknowledged only once it is settled")
  func settled() async throws {
    let fixture = try LedgerFixture()
    _ = try await pending(fixture, "t1", ifNotOurs: .handOver)
    try await fixture.ledger.noteReoffered(["t1"], messageType: .edoc, at: LedgerFixture.time(1))
    #expect(try await fixture.ledger.pendingAcknowledgements(now: LedgerFixture.time(9)).isEmpty)
    try await fixture.take(LedgerFixture.incoming("a", documentId: "d"), as: "t1")
    let due = try await fixture.ledger.pendingAcknowledgements(now: LedgerFixture.time(9))
    #expect(due.map(\.acknowledgement) == [.done])
  }

  @Test(
    "One that is set aside as not ours is left or handed over as was said when it came",
    arguments: [
      (.leave, .leave, .leave), (.handOver, .leave, .handOver),
      (.handOver, nil, .handOver), (.leave, nil, .leave), (.handOver, .fail, .fail), (.leave, .done, .done),
    ] as [(Acknowledgement, Acknowledgement?, Acknowledgement)])
  func setAside(_ words: (ifNotOurs: Acknowledgement, said: Acknowledgement?, becomes: Acknowledgement)) async throws {
    let fixture = try LedgerFixture()
    let arrival = try await pending(fixture, "t1", ifNotOurs: words.ifNotOurs)
    try await fixture.ledger.setArrivalAside(
      arrival.id, cause: "not ours", acknowledgement: words.said, event: LedgerFixture.event("x"),
      at: LedgerFixture.start)
    #expect(try await fixture.ledger.arrival(arrival.id)?.acknowledgement == words.becomes)
    let due = try await fixture.ledger.pendingAcknowledgements(now: LedgerFixture.time(9))
    #expect(due.isEmpty == (words.becomes == .leave))
    try await fixture.ledger.markHandedOver(arrival.id, at: LedgerFixture.time(10))
    try await fixture.ledger.markHandedOver(arrival.id, at: LedgerFixture.time(20))
    #expect(try await fixture.ledger.arrival(arrival.id)?.handedOverAt == LedgerFixture.time(10))
  }

  @Test("What cannot be fetched is counted, shown, and forgotten once it came or is listed no longer")
  func fetching() async throws {
    let fixture = try LedgerFixture()
    let ledger = fixture.ledger
    for seconds in [0.0, 5] {
      try await ledger.noteFetchFailure(
        "t1", .edoc, until: LedgerFixture.time(60), cause: "http-500", at: LedgerFixture.time(seconds))
    }
    try await ledger.noteFetchFailure("t2", .edoc, until: LedgerFixture.time(60), cause: "x", at: LedgerFixture.start)
    let trouble = try #require(try await ledger.fetchTroubles(.edoc)["t1"])
    #expect(trouble.attempts == 2 && trouble.since == LedgerFixture.start && trouble.cause == "http-500")
    #expect(try await ledger.fetchTroubles(.status).isEmpty)
    #expect(try await ledger.outstanding(now: LedgerFixture.time(9)).map(\.transportDocId) == ["t1", "t2"])
    _ = try await fixture.arrival("t1")
    #expect(try await ledger.fetchTroubles(.edoc).keys.sorted() == ["t2"])
    try await ledger.forgetFetchTroubles(["t2"], .edoc)
    #expect(try await ledger.outstanding(now: LedgerFixture.time(9)).isEmpty)
  }

  @Test("A condition keeps since when it holds")
  func conditions() async throws {
    let fixture = try LedgerFixture()
    let ledger = fixture.ledger
    for (seconds, state) in [(0.0, "away"), (10, "away"), (20, "open")] {
      try await ledger.setCondition("axis", state, cause: "c\(seconds)", at: LedgerFixture.time(seconds))
      let condition = try #require(try await ledger.condition("axis"))
      #expect(condition.state == state && condition.notedAt == LedgerFixture.time(seconds))
      #expect(condition.since == LedgerFixture.time(seconds == 20 ? 20 : 0))
    }
    #expect(try await ledger.condition("other") == nil)
  }

  @Test("Checks that settle nothing are counted until the outcome is known")
  func checks() async throws {
    let fixture = try LedgerFixture()
    let ledger = fixture.ledger
    _ = try await fixture.outgoing("a")
    let first = try #require(try await ledger.dueTransmissions(now: LedgerFixture.start).first)
    _ = try await ledger.beginAttempt(first.id, at: LedgerFixture.start)
    try await ledger.finishAttempt(
      first.id, outcome: .unknown(checkAt: LedgerFixture.start), cause: "x", at: LedgerFixture.start)
    for count in 1...3 {
      let checked = try await ledger.settleUnknown(
        first.id, as: .stillUnknown(checkAt: LedgerFixture.start), cause: "?", countsAsCheck: true,
        at: LedgerFixture.start)
      #expect(checked.checks == count)
    }
    let again = try await ledger.settleUnknown(
      first.id, as: .sendAgain(at: LedgerFixture.start), cause: nil, at: LedgerFixture.start)
    #expect(again.checks == 0)
  }

  @Test("What the axis took before and after an attempt is told, the nearest first, and whose ids are whose")
  func evidence() async throws {
    let fixture = try LedgerFixture()
    let ledger = fixture.ledger
    for (place, id) in ["b1", "b2", "a", "n1"].enumerated() {
      _ = try await fixture.outgoing(LetterID(id))
      let at = LedgerFixture.time(Double(place) * 100)
      let due = try #require(try await ledger.dueTransmissions(now: at).first)
      _ = try await ledger.beginAttempt(due.id, at: at)
      try await ledger.finishAttempt(
        due.id, outcome: id == "a" ? .unknown(checkAt: at) : .accepted(transportDocId: "t-\(id)"), cause: nil, at: at)
    }
    let unknown = try #require(try await ledger.unknownTransmissions(now: LedgerFixture.time(999)).first)
    let evidence = try await ledger.outcomeEvidence(for: unknown.id)
    #expect(evidence.attempts.map(\.outcome) == ["unknown"])
    #expect(evidence.takenBefore.map(\.transportDocId) == ["t-b2", "t-b1"])
    #expect(evidence.takenAfter.map(\.transportDocId) == ["t-n1"])
    #expect(
      try await ledger.transportDocIdsOwned(among: ["t-b1", "strange"], exceptBy: unknown.id) == ["t-b1"])
  }

  @Test("A refused message is queued again once, with its step")
  func refusedAgain() async throws {
    let fixture = try LedgerFixture()
    let ledger = fixture.ledger
    _ = try await fixture.outgoing("a")
    let first = try #require(try await ledger.dueTransmissions(now: LedgerFixture.start).first)
    let step = LetterTransition("a", from: [], to: nil, event: LedgerFixture.event("again"))
    #expect(
      await errorCode { try await ledger.sendRefusedAgain(first.id, transition: step, at: LedgerFixture.start) }
        == .stateConflict)
    _ = try await ledger.beginAttempt(first.id, at: LedgerFixture.start)
    try await ledger.finishAttempt(first.id, outcome: .refused, cause: "18", at: LedgerFixture.start)
    let again = try await ledger.sendRefusedAgain(first.id, transition: step, at: LedgerFixture.time(5))
    #expect(again.state == .queued && again.message == first.message)
    #expect(try await ledger.dueTransmissions(now: LedgerFixture.time(5)).map(\.id) == [first.id])
    #expect(try await ledger.verify().isIntact)
  }

  @Test("A ledger of the first release is backed up and migrated, and loses nothing")
  func migration() async throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "ledger-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let file = folder.appending(path: "ledger.sqlite").path(percentEncoded: false)
    let migrator = LedgerSchema.migrator
    let old = try DatabasePool(path: file)
    try migrator.migrate(old, upTo: try #require(migrator.migrations.first))
    try await old.write { db in
      try db.execute(
        sql: """
          INSERT INTO blobs (hash, bytes, addedAt) VALUES (printf('%064d', 1), 0, 0);
          INSERT INTO arrivals (transportDocId, messageType, transportTo, message, state, acknowledgement, receivedAt,
            nextActionAt) VALUES ('t1', 'edoc', '[]', printf('%064d', 1), 'received', 'done', 0, 0);
          """)
    }
    try old.close()
    let ledger = try Ledger.open(folder: folder, at: LedgerFixture.start)
    let arrival = try #require(try await ledger.dueArrivals(now: LedgerFixture.start).first)
    #expect(arrival.transportDocId == "t1" && arrival.ifNotOurs == .leave && arrival.handedOverAt == nil)
    #expect(try await ledger.conditions().isEmpty)
    try ledger.close()
    let copies = try FileManager.default.contentsOfDirectory(atPath: folder.path(percentEncoded: false)).filter {
      $0.hasPrefix("ledger-before-")
    }
    #expect(copies.count == 1)
  }
}

@Suite("A directory of 111,000 agencies")
struct LargeDirectoryTests {
  static var isWanted: Bool { ProcessInfo.processInfo.environment["LIENTHONG_LONG"] != nil }

  @Test(
    "is taken over, taken over again, and searched in under 20 ms a search",
    .enabled(if: isWanted, "takes a minute: LIENTHONG_LONG=1"))
  func large() async throws {
    let fixture = try LedgerFixture()
    let ledger = fixture.ledger
    let kinds = [
      "Sở Y tế", "Ủy ban nhân dân phường", "Trường Trung học cơ sở", "Phòng Nội vụ", "Trung tâm Dịch vụ việc làm",
    ]
    let places = ["Đường Thuỷ", "Quảng Yên", "Thử Nghiệm", "Hoà Bình", "Mỹ Đức", "Bình Minh", "Tân Phú"]
    let list = (0..<111_000).map { number in
      DirectoryAgency(
        code: "H\(number % 90 + 10).\(number)", code102: "000.\(number)",
        name: "\(kinds[number % kinds.count]) \(places[number % places.count]) số \(number)")
    }
    let clock = ContinuousClock()
    let begun = clock.now
    let added = try await ledger.synchroniseAgencies(list, source: "axis", complete: true, at: LedgerFixture.start)
    let first = clock.now - begun
    let unchanged = try await ledger.synchroniseAgencies(list, source: "axis", complete: true, at: LedgerFixture.start)
    let again = clock.now - begun - first
    #expect(added.added == 111_000 && unchanged == DirectoryChanges())
    var slowest = Duration.zero
    for text in ["so y te", "Sở Y tế Đường Thuỷ", "uy ban", "phường thử nghiệm", "H55.5", "000.77", "so 110999", "t"] {
      var best = Duration.seconds(9)
      for _ in 0..<5 {
        let start = clock.now
        let found = try await ledger.searchAgencies(text)
        best = min(best, clock.now - start)
        #expect(!found.isEmpty, "\(text)")
      }
      slowest = max(slowest, best)
    }
    print("111,000 agencies: taken over in \(first), again in \(again), slowest search \(slowest)")
    // The goal is for a release build on a quiet machine; a debug build beside others is only kept from growing worse.
    #if DEBUG
      let limit = Duration.milliseconds(200)
    #else
      let limit = Duration.milliseconds(20)
    #endif
    #expect(slowest < limit)
  }
}
