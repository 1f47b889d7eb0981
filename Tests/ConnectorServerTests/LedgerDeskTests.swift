import ClerkPages
import Connector
import DeliveryLedger
import Foundation
import Testing
import VietnameseText

@testable import ConnectorServer

@Suite("The desk over a ledger")
struct LedgerDeskTests {
  /// A ledger of its own for one test, with invented letters.
  private final class Fixture: Sendable {
    let folder: URL
    let ledger: Ledger
    let desk: LedgerDesk
    let now = Date(timeIntervalSince1970: 1_795_309_500)

    init() throws {
      folder = FileManager.default.temporaryDirectory.appending(path: "desk-\(UUID().uuidString)")
      ledger = try Ledger.open(folder: folder, at: now)
      desk = LedgerDesk(
        ledger: ledger,
        identity: DeskIdentity(
          owner: "Sở Nội vụ tỉnh Mẫu", role: ClerkSentence(vi: "Cơ quan đề nghị", en: "Requesting agency")),
        names: ["X92": "Cục Chứng thực Mẫu"])
    }

    deinit {
      try? ledger.close()
      try? FileManager.default.removeItem(at: folder)
    }

    var view: Desk { Desk(owner: "Sở Nội vụ tỉnh Mẫu", role: desk.identity.role, now: now) }

    @discardableResult
    func record(
      _ id: String, state: String, number: String = "12", subject: String = "Đề nghị cấp chứng thư số",
      after seconds: Double = 0
    ) async throws -> LetterRecord {
      var draft = LetterDraft(id: LetterID(rawValue: id), state: state, sender: "X91", receivers: ["X92"])
      draft.number = number
      draft.notation = "SNV-VP"
      draft.promulgationDate = "2026-11-22"
      draft.subject = subject
      draft.dossierType = "01"
      draft.documentId = "X91,2026/11/22,\(number)/SNV-VP"
      return try await ledger.recordDraft(
        draft, event: event("dossier.recorded", "Đã ghi hồ sơ"), at: now.addingTimeInterval(seconds))
    }

    /// A letter that came in.
    func receive(_ id: String, state: String) async throws {
      let message = try await ledger.storeBlob(Data(id.utf8))
      let arrival = try await ledger.recordArrival(
        NewArrival(transportDocId: id, messageType: .edoc, transportFrom: "X92", message: message), at: now
      ).arrival
      let letter = IncomingLetter(
        id: LetterID(rawValue: id), kind: .new, sender: "X92", receivers: ["X91"], documentId: id, contentHash: id)
      let said = event("letter.arrived", "Đã nhận")
      _ = try await ledger.settleLetter(arrival: arrival.id, letter: letter, dossier: nil, at: now) { _ in
        IntakeEffects(state: state, event: said)
      }
    }

    /// An attempt to send something for the letter, which ended so and made it somebody's turn.
    func attempt(
      _ transmission: NewTransmission, of id: String, _ outcome: AttemptOutcome, then actor: NextActor
    ) async throws {
      let now = self.now.addingTimeInterval(90)
      let letter = LetterID(rawValue: id)
      var step = LetterTransition(letter, from: [], to: nil, event: event("test.queued", "Chờ gửi"))
      step.transmissions = [transmission]
      _ = try await ledger.advance(step, at: now)
      let queued = try #require(try await ledger.dueTransmissions(now: now).first { $0.letter == letter })
      _ = try await ledger.beginAttempt(queued.id, at: now)
      var end = LetterTransition(
        letter, from: [], to: nil, event: event("status.refused", "Trục từ chối", code: transmission.statusCode))
      end.changes.nextActor = .set(actor)
      _ = try await ledger.finishAttempt(queued.id, outcome: outcome, cause: "23", transitions: [end], at: now)
    }

    /// A status of the letter that the axis refused for good.
    func refuseStatus(_ code: String, of id: String) async throws {
      let message = try await ledger.storeBlob(Data("\(code) \(id)".utf8))
      try await attempt(
        NewTransmission(status: code, description: nil, from: "X91", to: ["X92"], message: message), of: id,
        .refused, then: .officer)
    }

    func event(_ kind: String, _ text: String, code: String? = nil) -> NewEvent {
      NewEvent(kind: kind, actor: "lienthong", sentence: ClerkSentence(vi: text, en: text), statusCode: code)
    }

    func move(_ id: String, to state: String, _ change: (inout LetterTransition) -> Void = { _ in }) async throws {
      var step = LetterTransition(
        LetterID(rawValue: id), from: [], to: state, event: event("letter.\(state)", "Chuyển sang \(state)"))
      change(&step)
      _ = try await ledger.advance(step, at: now.addingTimeInterval(60))
    }
  }

  @Test("The list shows letters newest first with stage, other side and what is next")
  func list() async throws {
    let fixture = try Fixture()
    try await fixture.record("a1", state: "queued")
    try await fixture.record("a2", state: "accepted", number: "13", after: 10)
    let page = try await fixture.desk.list(fixture.view, filter: .init(), page: 1)
    #expect(page.rows.map(\.notation) == ["13/SNV-VP", "12/SNV-VP"])
    #expect(page.rows.map(\.stage.key) == ["accepted", "sending"])
    #expect(page.rows.allSatisfy { $0.party == "Cục Chứng thực Mẫu" && $0.direction == .outgoing })
    #expect(page.rows[0].next?.vi == "Phân công xử lý")
    #expect(page.total == 2 && page.pageCount == 1)
    #expect(page.desk.refreshAfter != nil)
    #expect(page.stages.first { $0.stage.key == "sending" }?.count == 1)
  }

  @Test("A letter of which the axis knows nothing is asked about, and not written anew")
  func askedAbout() async throws {
    let fixture = try Fixture()
    try await fixture.record("a1", state: "queued")
    try await fixture.move("a1", to: "outcomeUnknown") { $0.changes.nextActor = .set(.sender) }
    let page = try #require(try await fixture.desk.letter(fixture.view, id: "a1"))
    let step = try #require(page.nextStep)
    #expect(step.isOurs && step.what.vi.contains("lienthong outcome a1 --delivered"))
    #expect(step.what.vi.contains("--not-delivered") && !step.what.vi.contains("gửi công văn mới"))
  }

  @Test("A status that the axis refused is this side's to tell again, whatever state its letter is in")
  func refusedStatus() async throws {
    let fixture = try Fixture()
    let ended = ["refused", "finished", "withdrawn", "replaced", "noted", "agreed", "declined"]
    for state in ended {
      try await fixture.receive(state, state: state)
      try await fixture.refuseStatus("02", of: state)
      let page = try #require(try await fixture.desk.letter(fixture.view, id: state))
      let step = try #require(page.nextStep)
      #expect(step.isOurs && step.who.vi == "cán bộ của Sở Nội vụ tỉnh Mẫu")
      #expect(step.what.vi.hasPrefix("Trục từ chối chuyển trạng thái"))
      #expect(step.what.vi.hasSuffix("lienthong outcome \(state) --resend-status"))
      #expect(page.timeline.last?.tone == .attention && page.timeline.last?.statusCode == "02")
    }
    try await fixture.record("out", state: "arrived")
    try await fixture.refuseStatus("13", of: "out")
    let sent = try #require(try await fixture.desk.letter(fixture.view, id: "out")?.nextStep)
    #expect(sent.isOurs && sent.who.vi == "Sở Nội vụ tỉnh Mẫu")
    #expect(sent.what.en.hasSuffix("lienthong outcome out --resend-status"))
    let list = try await fixture.desk.list(fixture.view, filter: .init(), page: 1)
    #expect(list.rows.count == ended.count + 1)
    #expect(list.rows.allSatisfy { $0.needsAction && $0.next?.vi.contains("--resend-status") == true })
    // The list knows no messages: there the officer's own task stays.
    try await fixture.receive("open", state: "accepted")
    try await fixture.refuseStatus("03", of: "open")
    let open = try await fixture.desk.letter(fixture.view, id: "open")
    #expect(open?.nextStep?.what.vi.hasSuffix("lienthong outcome open --resend-status") == true)
    let rows = try await fixture.desk.list(fixture.view, filter: .init(stage: "accepted"), page: 1).rows
    #expect(rows.map(\.next?.vi) == ["Phân công xử lý"])
  }

  @Test("A letter that its receiver has by a 01 is still asked about while the axis' answer is unknown")
  func askedAboutAfterArrival() async throws {
    let fixture = try Fixture()
    try await fixture.record("a1", state: "arrived")
    let message = try await fixture.ledger.storeBlob(Data("a1".utf8))
    try await fixture.attempt(
      NewTransmission(edoc: message, from: "X91", to: ["X92"]), of: "a1",
      .unknown(checkAt: fixture.now.addingTimeInterval(900)), then: .sender)
    let step = try #require(try await fixture.desk.letter(fixture.view, id: "a1")?.nextStep)
    #expect(step.isOurs && step.what.vi.contains("lienthong outcome a1 --delivered"))
    #expect(!step.what.vi.hasPrefix("Đọc công văn trả lời"))
  }

  @Test("What is wrong with a letter is what was said when it came to that, not what was said since")
  func reason() async throws {
    let fixture = try Fixture()
    try await fixture.receive("r", state: "held")
    let reason = "Cán bộ từ chối: Sai mẫu."
    let told = fixture.event("status.sent", "Đã báo bên gửi: 02 Từ chối tiếp nhận.", code: "02")
    for step in [
      LetterTransition("r", from: [], to: "refused", event: fixture.event("officer.refused", reason)),
      LetterTransition("r", from: [], to: nil, event: told),
    ] {
      _ = try await fixture.ledger.advance(step, at: fixture.now.addingTimeInterval(60))
    }
    let page = try #require(try await fixture.desk.letter(fixture.view, id: "r"))
    #expect(page.problems.map(\.what.vi) == [reason])
  }

  @Test("What has ended is not due any more, though somebody still has to act on it")
  func notDue() async throws {
    let fixture = try Fixture()
    try await fixture.record("a1", state: "sent")
    try await fixture.move("a1", to: "declined") {
      $0.changes.nextActor = .set(.sender)
      $0.changes.isFinished = .set(true)
      $0.changes.dueAt = .set(fixture.now.addingTimeInterval(-3600))
    }
    let step = try #require(try await fixture.desk.letter(fixture.view, id: "a1")?.nextStep)
    #expect(step.isOurs && step.by == nil)
    let row = try #require(try await fixture.desk.list(fixture.view, filter: .init(), page: 1).rows.first)
    #expect(row.needsAction && row.due == nil)
  }

  @Test("A recall that came too late leaves its letter in force: nothing is mended and sent anew")
  func lateRecall() {
    let recall = LetterTurn.incoming("declined", dossierCode: nil, kind: .recall)
    #expect(recall?.vi.hasPrefix("Công văn vẫn có hiệu lực") == true && recall?.en.contains("form 05") == true)
    for kind in [LetterKind.update, .replace] {
      #expect(LetterTurn.incoming("declined", dossierCode: nil, kind: kind)?.vi.hasPrefix("Sửa theo lý do") == true)
    }
  }

  @Test("A letter that ended with a refusal is not shown as one that got what it asked for")
  func refusedAtTheEnd() async throws {
    let fixture = try Fixture()
    try await fixture.record("a1", state: "processing")
    try await fixture.move("a1", to: "finished") {
      $0.changes.decision = .set("reject")
      $0.changes.nextActor = .set(.sender)
    }
    let page = try #require(try await fixture.desk.letter(fixture.view, id: "a1"))
    #expect(page.stage.tone == .refused && page.stage.name.vi == "Hoàn thành: bị từ chối")
    #expect(page.nextStep?.what.vi.hasPrefix("Đọc công văn trả lời") == true)
    let list = try await fixture.desk.list(fixture.view, filter: .init(stage: "finished"), page: 1)
    #expect(list.rows.map(\.stage.tone) == [.refused])
  }

  @Test("The list is filtered by direction, stage and words with or without marks")
  func filter() async throws {
    let fixture = try Fixture()
    try await fixture.record("a1", state: "written")
    try await fixture.record("a2", state: "signed", number: "13")
    try await fixture.record("a3", state: "sent", number: "14", subject: "Đường dây nóng")
    func ids(_ filter: LetterListPage.Filter) async throws -> [String] {
      try await fixture.desk.list(fixture.view, filter: filter, page: 1).rows.map(\.id)
    }
    #expect(try await ids(.init(stage: "preparing")) == ["a2", "a1"])
    #expect(try await ids(.init(stage: "finished")).isEmpty)
    #expect(try await ids(.init(direction: .incoming)).isEmpty)
    #expect(try await ids(.init(direction: .outgoing)) == ["a3", "a2", "a1"])
    #expect(try await ids(.init(search: "duong day")) == ["a3"])
    #expect(try await ids(.init(search: "Đường")) == ["a3"])
    #expect(try await ids(.init(search: "\"' OR 1=1 --")).isEmpty)
  }

  @Test("What is not done though its time has passed is counted, and listed when asked for")
  func overdue() async throws {
    let fixture = try Fixture()
    for (id, hours) in [("late", -1.0), ("early", 1)] {
      try await fixture.record(id, state: "arrived", number: id)
      try await fixture.move(id, to: "accepted") {
        $0.changes.dueAt = .set(fixture.now.addingTimeInterval(hours * 3600))
      }
    }
    try await fixture.record("done", state: "accepted", number: "3")
    try await fixture.move("done", to: "finished") {
      $0.changes.dueAt = .set(fixture.now.addingTimeInterval(-3600))
      $0.changes.isFinished = .set(true)
    }
    func page(_ filter: LetterListPage.Filter) async throws -> LetterListPage {
      try await fixture.desk.list(fixture.view, filter: filter, page: 1)
    }
    #expect(try await page(.init()).overdue == 1)
    #expect(try await page(.init(direction: .incoming)).overdue == 0)
    let late = try await page(.init(isOverdue: true))
    #expect(late.rows.map(\.id) == ["late"] && late.total == 1)
    #expect(late.rows.first?.due == fixture.now.addingTimeInterval(-3600))
    #expect(try await page(.init(stage: "refused", isOverdue: true)).rows.isEmpty)
    let letter = try await fixture.desk.letter(fixture.view, id: "late")
    #expect(letter?.nextStep?.by == fixture.now.addingTimeInterval(-3600))
  }

  @Test("A page beyond the last is the last")
  func paging() async throws {
    let fixture = try Fixture()
    for index in 0..<30 { try await fixture.record("a\(index)", state: "sent", number: "\(100 + index)") }
    let first = try await fixture.desk.list(fixture.view, filter: .init(), page: 1)
    let last = try await fixture.desk.list(fixture.view, filter: .init(), page: 99)
    #expect(first.rows.count == 25 && first.pageCount == 2 && first.page == 1)
    #expect(last.rows.count == 5 && last.page == 2)
    #expect(Set(first.rows.map(\.id)).isDisjoint(with: last.rows.map(\.id)))
  }

  @Test("A letter's page has its facts, its turn and its timeline")
  func letter() async throws {
    let fixture = try Fixture()
    try await fixture.record("a1", state: "queued")
    try await fixture.move("a1", to: "sent") { $0.changes.nextActor = .set(.receiver) }
    let page = try #require(try await fixture.desk.letter(fixture.view, id: "a1"))
    #expect(page.notation == "12/SNV-VP" && page.stage.key == "sent")
    #expect(page.timeline.map(\.what.vi) == ["Đã ghi hồ sơ", "Chuyển sang sent"])
    #expect(page.nextStep?.who.vi == "Cục Chứng thực Mẫu" && page.nextStep?.isOurs == false)
    #expect(page.facts.contains(.init(.issued, .text("22/11/2026"))))
    #expect(page.facts.contains(.init(.to, .text("Cục Chứng thực Mẫu (X92)"))))
    #expect(page.facts.contains(.init(.documentId, .code("X91,2026/11/22,12/SNV-VP"))))
    #expect(page.problems.isEmpty)
    #expect(page.desk.refreshAfter != nil)
    #expect(try await fixture.desk.letter(fixture.view, id: "none") == nil)
  }

  @Test("A letter that failed is the agency's turn and says what is wrong")
  func failed() async throws {
    let fixture = try Fixture()
    try await fixture.record("a1", state: "written")
    try await fixture.move("a1", to: "failed") {
      $0.changes.nextActor = .set(.sender)
      $0.changes.codes = .set(["V01"])
    }
    let page = try #require(try await fixture.desk.letter(fixture.view, id: "a1"))
    #expect(page.nextStep?.isOurs == true && page.nextStep?.who.vi == "Sở Nội vụ tỉnh Mẫu")
    #expect(page.problems.map(\.what.vi) == ["Chuyển sang failed"])
    #expect(page.problems.map(\.code) == ["V01"])
    #expect(page.desk.refreshAfter == nil)
    let list = try await fixture.desk.list(fixture.view, filter: .init(), page: 1)
    #expect(list.rows.map(\.needsAction) == [true])
  }

  @Test("A finished letter has no next step and does not reload")
  func finished() async throws {
    let fixture = try Fixture()
    try await fixture.record("a1", state: "processing")
    try await fixture.move("a1", to: "finished") {
      $0.changes.nextActor = .set(.nobody)
      $0.changes.isFinished = .set(true)
    }
    let page = try #require(try await fixture.desk.letter(fixture.view, id: "a1"))
    #expect(page.nextStep == nil && page.desk.refreshAfter == nil && page.stage.tone == .done)
  }

  @Test("A letter's files are listed with their sizes")
  func attachments() async throws {
    let fixture = try Fixture()
    let blob = try await fixture.ledger.storeBlob(Data(repeating: 7, count: 2_500))
    try await fixture.record("a1", state: "written")
    try await fixture.move("a1", to: "signed") { $0.blobs = [.organisationSigned: blob] }
    let page = try #require(try await fixture.desk.letter(fixture.view, id: "a1"))
    #expect(page.attachments == [.init(name: "Công văn đã ký số (PDF)", size: 2_500)])
  }

  @Test("A status that came is shown by its name, and its sender's own words stand below")
  func statuses() async throws {
    let fixture = try Fixture()
    try await fixture.record("a1", state: "sent")
    let words = "Công văn chưa ký số. Hãy ký rồi gửi lại."
    for (code, description, state) in [("01", "Đã đến", "arrived"), ("02", words, "refused")] {
      let message = try await fixture.ledger.storeBlob(Data(code.utf8))
      let receipt = try await fixture.ledger.recordArrival(
        NewArrival(transportDocId: code, messageType: .status, transportFrom: "X92", message: message), at: fixture.now)
      guard case .new(let arrival) = receipt else {
        Issue.record("the arrival is known already")
        return
      }
      _ = try await fixture.ledger.settleStatus(
        arrival: arrival.id,
        status: IncomingStatus(
          from: "X92", code: code, description: description, statedAt: nil, letter: "a1", documentId: nil),
        event: NewEvent(
          kind: "status.received", actor: "X92", sentence: ClerkSentence(vi: "thô", en: "raw"), statusCode: code),
        at: fixture.now.addingTimeInterval(100)
      ) { _ in
        var step = LetterTransition("a1", from: [], to: state, event: fixture.event("letter.\(state)", state))
        step.changes.nextActor = .set(state == "refused" ? .sender : .receiver)
        step.changes.isFinished = .set(state == "refused")
        return [step]
      }
    }
    let page = try #require(try await fixture.desk.letter(fixture.view, id: "a1"))
    let heard = page.timeline.filter { $0.statusCode != nil }
    #expect(heard.map(\.what.vi) == ["Đã đến", "Từ chối tiếp nhận"])
    #expect(heard.map(\.note) == [nil, words])
    #expect(heard.map(\.who.vi) == ["Cục Chứng thực Mẫu", "Cục Chứng thực Mẫu"])
    #expect(heard.last?.tone == .refused)
    #expect(page.problems.map(\.what.vi) == [words])
    #expect(page.nextStep?.isOurs == true)
  }

  @Test("Every state of the connector's machines has a stage and, unless it is final, a task")
  func stages() {
    let outgoing = OutgoingLetterMachine.State.allCases.map(\.rawValue)
    let incoming = IncomingLetterMachine.State.allCases.map(\.rawValue)
    let known = LetterStages.all.entries.flatMap(\.states)
    #expect(Set(known) == Set(outgoing + incoming))
    #expect(known.count == Set(known).count)
    for state in OutgoingLetterMachine.State.allCases where state.nextActor != .nobody {
      #expect(LetterTurn.outgoing(state.rawValue) != nil, "\(state)")
    }
    for state in IncomingLetterMachine.State.allCases where state.nextActor != .nobody {
      #expect(LetterTurn.incoming(state.rawValue, dossierCode: nil) != nil, "\(state)")
    }
    #expect(Set(LetterStages.all.entries.map(\.stage.key)).count == LetterStages.all.entries.count)
  }

  @Test("Health is bad when the ledger is closed")
  func health() async throws {
    let fixture = try Fixture()
    try await fixture.desk.checkHealth()
    try fixture.ledger.close()
    await #expect(throws: (any Error).self) { try await fixture.desk.checkHealth() }
  }

  @Test("A disk that takes nothing is told to the clerk in the error's own sentence, and health is bad")
  func trouble() async throws {
    let fixture = try Fixture()
    let desk = LedgerDesk(ledger: fixture.ledger, identity: fixture.desk.identity) {
      LedgerError(.diskFull, detail: "secret place")
    }
    await #expect(throws: LedgerError.self) { try await desk.checkHealth() }
    #expect(desk.notice == LedgerError(.diskFull, detail: "").clerk)
    #expect(fixture.desk.notice == nil)
  }
}
