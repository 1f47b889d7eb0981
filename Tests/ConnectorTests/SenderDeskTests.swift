import DeliveryLedger
import DossierModel
import EdXML
import Foundation
import Testing
import VietnameseText

@testable import Connector

@Suite("What a clerk says while a status comes")
struct SenderDeskTests {
  private static func step(_ letter: LetterRecord, to state: String?) -> LetterTransition {
    LetterTransition(letter.id, from: [letter.state], to: state, event: .packed)
  }

  @Test("is judged anew by what the letter is then")
  func again() async throws {
    let bench = try ConnectorBench()
    let ledger = bench.ledger
    try await bench.queue("a")
    var seen: [String] = []
    let record = try await ledger.again {
      let letter = try #require(try await ledger.letter("a"))
      seen.append(letter.state)
      if seen.count == 1 { _ = try await ledger.advance(Self.step(letter, to: "sent"), at: bench.now) }
      return try await ledger.advance(Self.step(letter, to: "arrived"), at: bench.now)
    }
    #expect(seen == ["queued", "sent"] && record.state == "arrived")
  }

  @Test("is given up when the letter never stands still, and for any other fault at once")
  func never() async throws {
    let bench = try ConnectorBench()
    var tries = 0
    for (code, expected) in [(LedgerError.Code.stateConflict, 6), (.notFound, 1)] {
      tries = 0
      await #expect(throws: LedgerError.self) {
        try await bench.ledger.again {
          tries += 1
          throw LedgerError(code, detail: "x")
        }
      }
      #expect(tries == expected)
    }
  }

  @Test("An update that waits for its answer is neither recalled nor taken back, and no second change is asked for")
  func oneAtATime() async throws {
    let stage = try AgencyStage()
    try await stage.sent("a")
    try await stage.update("u", of: "a")
    for id in ["a", "u"] as [LetterID] {
      for takeBack in [false, true] {
        let error = await #expect(throws: ConnectorError.self) {
          _ =
            takeBack
            ? try await stage.desk.takeBack(id, reason: "Nhầm.", clerk: "Ví Dụ")
            : try await stage.desk.recall(id, reason: "Nhầm.", clerk: "Ví Dụ")
        }
        #expect(error?.code == .notInThisState && error?.clerk.vi.contains("hãy chờ") == true)
      }
    }
    try await stage.hear(.changeAccepted, at: 10)
    // Agreed to, though 03 has not come: now it is the letter.
    #expect(try await stage.desk.recall("u", reason: "Nhầm.", clerk: "Ví Dụ").kind == .recall)
  }

  @Test("An answered taking back is answered, also where the clock was set back in between")
  func clockSetBack() async throws {
    let stage = try AgencyStage()
    try await stage.sent("a")
    for round in 1...2 {
      _ = try await stage.desk.takeBack("a", reason: "Nhầm.", clerk: "Ví Dụ")
      try await stage.leave()
      await #expect(throws: ConnectorError.self) {
        try await stage.desk.recall("a", reason: "Nhầm.", clerk: "Ví Dụ")
      }
      stage.bench.pass(-3600)
      try await stage.hear(.changeRefused, at: -3600 + Double(round))
    }
    #expect(try await stage.desk.recall("a", reason: "Nhầm.", clerk: "Ví Dụ").kind == .recall)
  }

  @Test("Of many recalls and takings back of a letter at once one is ordered")
  func manyAtOnce() async throws {
    let stage = try AgencyStage()
    try await stage.sent("a")
    // Each order at a time of its own, as at a desk.
    let desk = SenderDesk(ledger: stage.ledger) { [bench = stage.bench] in
      bench.pass(1)
      return bench.now
    }
    let ordered = await withTaskGroup { group in
      for place in 0..<12 {
        group.addTask {
          if place % 2 == 0 {
            return (try? await desk.recall("a", reason: "Nhầm.", clerk: "Ví Dụ")) != nil
          }
          return (try? await desk.takeBack("a", reason: "Nhầm.", clerk: "Ví Dụ")) != nil
        }
      }
      return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
    }
    #expect(ordered == 1)
    let detail = try #require(try await stage.ledger.letterDetail("a"))
    #expect(detail.sources(.recalls).count + detail.transmissions.count { $0.statusCode == "13" } == 1)
  }

  @Test("A letter is updated or replaced once at a time; of two at once the second is refused")
  func secondUpdate() async throws {
    let stage = try AgencyStage()
    let list = stage.bench.folder.appending(path: "list.csv")
    try Data(SigningStepsTests.Agency.list.utf8).write(to: list)
    let submission = LetterSubmission(
      configuration: stage.workplace.configuration, ledger: stage.ledger, clock: { [bench = stage.bench] in bench.now })
    var order = LetterSubmission.Order(
      type: .persons, number: "5", notation: "CVD-VP", date: try #require(CalendarDate(iso: "2026-03-02")))
    order.list = list
    order.evenIfRefused = true
    let first = try await submission.submit(order).letter.id
    _ = try await stage.ledger.advance(
      LetterTransition(first, from: [], to: "accepted", event: .packed), at: stage.bench.now)
    func sent(_ id: LetterID) async throws {
      _ = try await stage.ledger.advance(
        LetterTransition(id, from: [], to: "sent", event: .packed), at: stage.bench.now)
    }
    order.relation = (.updates, first)
    let update = try await submission.submit(order).letter.id
    #expect(try await stage.timeline(first).contains("bản cập nhật"))
    func refused(_ order: LetterSubmission.Order) async {
      let error = await #expect(throws: ConnectorError.self) { _ = try await submission.submit(order) }
      #expect(error?.code == .notInThisState && error?.clerk.vi.contains("hãy chờ") == true)
    }
    await refused(order)
    try await sent(update)
    await refused(order)
    order.relation = (.updates, update)
    await refused(order)
    var other = order
    other.number = "6"
    other.relation = (.replaces, first)
    await refused(other)
    other.relation = (.resubmits, first)
    _ = try await submission.submit(other)
    // Declined, it does not stand in the way any more.
    _ = try await stage.ledger.advance(
      LetterTransition(update, from: [], to: "declined", event: .packed), at: stage.bench.now)
    other.number = "7"
    other.relation = (.replaces, first)
    try await sent(try await submission.submit(other).letter.id)
    order.relation = (.updates, first)
    await refused(order)
  }

  @Test("An authority's answer that has left is not recalled: nobody would take that; unsent it is cancelled")
  func answerRecalled() async throws {
    let bench = try ConnectorBench()
    let desk = SenderDesk(ledger: bench.ledger, clock: { [bench] in bench.now })
    try await bench.queue("request")
    for id in ["31", "32"] as [LetterID] {
      try await bench.queue(id, number: id.rawValue)
      var link = LetterTransition(id, from: [], to: nil, event: .packed)
      link.links = [LetterLink(to: "request", relation: LetterRelation.answers.rawValue)]
      _ = try await bench.ledger.advance(link, at: bench.now)
    }
    #expect(try await desk.recall("32", reason: "Nhầm.", clerk: "Ví Dụ").state == "withdrawn")
    _ = try await OutboxWorker(workplace: try bench.workplace()).pass()
    #expect(try await bench.letter("31")?.state == "sent")
    for takeBack in [false, true] {
      let error = await #expect(throws: ConnectorError.self) {
        _ =
          takeBack
          ? try await desk.takeBack("31", reason: "Nhầm.", clerk: "Ví Dụ")
          : try await desk.recall("31", reason: "Nhầm.", clerk: "Ví Dụ")
      }
      #expect(error?.code == .notThisRole)
    }
  }
}
