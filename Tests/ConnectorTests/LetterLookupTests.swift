import AxisClient
import DeliveryLedger
import DossierModel
import EdXML
import Foundation
import Testing

@testable import Connector

@Suite("Which of our letters a status is about")
struct LetterLookupTests {
  @Test("An answer to a taking back comes from the receiver and once: a third body's, or an old one again, is none")
  func takeBackStaysOpen() async throws {
    let stage = try AgencyStage()
    try await stage.sent("a")
    _ = try await stage.desk.takeBack("a", reason: "Nhầm.", clerk: "Ví Dụ")
    try await stage.leave()
    try await stage.hear(.changeRefused, from: "H77.01")
    #expect(try await stage.state("a") == "sent")
    try await stage.hear(.changeRefused, at: 5, saying: "Đã muộn.")
    #expect(try await stage.timeline("a").contains("không trả lại"))
    stage.bench.pass(60)
    _ = try await stage.desk.takeBack("a", reason: "Nhầm thật.", clerk: "Ví Dụ")
    try await stage.leave()
    try await stage.hear(.changeRefused, at: 5, saying: "Đã muộn.")
    try await stage.hear(.changeAccepted, from: "H77.01", at: 60)
    #expect(try await stage.state("a") == "sent")
    try await stage.hear(.changeAccepted, at: 70)
    #expect(try await stage.state("a") == "withdrawn")
  }

  @Test("A status without a document id finds the letter beside its recall and its updates, but never one of two")
  func byNumber() async throws {
    let stage = try AgencyStage()
    try await stage.sent("a")
    try await stage.update("u", of: "a")
    try await stage.hear(.changeAccepted, about: nil, number: "21")
    #expect(try await stage.state("a") == "replaced")
    try await stage.hear(.accepted, about: nil, number: "21", at: 1)
    #expect(try await stage.state("u") == "accepted")
    let recall = try await stage.recall("u")
    try await stage.hear(.changeAccepted, about: nil, number: "21", at: 2)
    #expect(try await stage.state("u") == "withdrawn")
    #expect(try await stage.state(recall) == "agreed")

    try await stage.sent("b", number: "22", documentId: "doc-b")
    try await stage.sent("c", number: "22", documentId: "doc-c")
    try await stage.hear(.accepted, about: nil, number: "22")
    #expect(try await stage.state("b") == "sent")
    #expect(try await stage.state("c") == "sent")
  }

  @Test("An update of an update, and its recall and taking back, settle as those of the first letter")
  func secondUpdate() async throws {
    for change in ["update", "recall", "takeBack"] {
      let stage = try AgencyStage()
      try await stage.sent("a")
      try await stage.accept("X-1")
      try await stage.update("u1", of: "a")
      try await stage.hear(.changeAccepted, at: 10)
      try await stage.accept("X-2", at: 10)
      #expect(try await stage.state("u1") == "accepted")
      stage.bench.pass(60)
      switch change {
      case "update":
        try await stage.update("u2", of: "u1")
        // What agreed to the first update comes once more.
        try await stage.hear(.changeAccepted, at: 10)
        #expect(try await stage.state("u1") == "accepted")
        try await stage.hear(.changeAccepted, at: 70)
        try await stage.accept("X-3", at: 70)
        try await stage.hear(.finished, at: 80)
        #expect(try await stage.state("u1") == "replaced")
        #expect(try await stage.state("u2") == "finished")
        #expect(try await stage.dossier("u2") == "X-3")
      case "recall":
        let recall = try await stage.recall("u1")
        try await stage.hear(.changeAccepted, at: 70)
        #expect(try await stage.state("u1") == "withdrawn")
        #expect(try await stage.state(recall) == "agreed")
      default:
        _ = try await stage.desk.takeBack("u1", reason: "Nhầm.", clerk: "Ví Dụ")
        try await stage.leave()
        try await stage.hear(.changeAccepted, at: 70)
        #expect(try await stage.state("u1") == "withdrawn")
      }
      #expect(try await stage.state("a") == "replaced")
      #expect(try await stage.dossier("a") == "X-1")
    }
  }

  @Test("03 of an update that overtakes its 15 is the update's: its dossier is known, the old letter is void")
  func overtaken() async throws {
    let stage = try AgencyStage()
    try await stage.sent("a")
    try await stage.accept("X-1")
    try await stage.update("u", of: "a")
    try await stage.hear(.arrived, at: 20)
    #expect(try await stage.state("u") == "arrived")
    try await stage.accept("X-2", at: 20)
    #expect(try await stage.state("u") == "accepted")
    #expect(try await stage.state("a") == "replaced")
    // The agreement that was overtaken answers nothing that was asked since.
    let recall = try await stage.recall("u")
    try await stage.hear(.changeAccepted, at: 20, saying: "Đồng ý cập nhật.")
    #expect(try await stage.state(recall) == "sent")
    try await stage.hear(.changeAccepted, at: 90)
    #expect(try await stage.state(recall) == "agreed")
    #expect(try await stage.state("u") == "withdrawn")
    #expect(try await stage.dossier("u") == "X-2")
    #expect(try await stage.dossier("a") == "X-1")
  }

  @Test("What was said of an update before its 15, and taken for the old letter's, is the update's when 15 comes")
  func replayed() async throws {
    let stage = try AgencyStage()
    try await stage.sent("a")
    try await stage.update("u", of: "a")
    try await stage.accept("X-2", at: 20)
    #expect(try await stage.dossier("a") == "X-2")
    try await stage.hear(.finished, at: 30)
    try await stage.hear(.changeAccepted, at: 20, saying: "Đồng ý cập nhật.")
    #expect(try await stage.state("u") == "finished")
    #expect(try await stage.dossier("u") == "X-2")
    #expect(try await stage.dossier("a") == nil)
    #expect(try await stage.ledger.letter("u")?.isFinished == true)
  }

  @Test("Both versions accepted in one second: each has its own dossier in the end")
  func sameSecond() async throws {
    let stage = try AgencyStage()
    try await stage.sent("a")
    try await stage.update("u", of: "a")
    try await stage.hear(.arrived, at: 20)
    try await stage.accept("X-1", at: 20)
    try await stage.hear(.changeAccepted, at: 20, saying: "Đồng ý cập nhật.")
    try await stage.accept("X-2", at: 20)
    #expect(try await stage.state("u") == "accepted")
    #expect(try await stage.dossier("u") == "X-2")
    // And what was said of the first before that, and comes late, changes nothing.
    try await stage.accept("X-1", at: 19)
    #expect(try await stage.dossier("u") == "X-2")
    #expect(try await stage.dossier("a") == "X-1")
  }

  @Test(
    "A receiver that accepts a letter once more under another code is followed, but not back to what it said before")
  func acceptedAgain() async throws {
    let stage = try AgencyStage()
    try await stage.sent("a")
    try await stage.accept("X-1", at: 10)
    for seconds in [5.0, 10] {
      try await stage.accept("X-0", at: seconds)
      #expect(try await stage.dossier("a") == "X-1", "\(seconds)")
    }
    try await stage.accept("X-5001", at: 20)
    #expect(try await stage.dossier("a") == "X-5001")
    #expect(try await stage.timeline("a").contains("X-5001"))
    try await stage.accept("X-1", at: 10)
    #expect(try await stage.dossier("a") == "X-5001")
    #expect(try await stage.state("a") == "accepted")
  }

  @Test("A receiver that keeps the dossier code for an update does not stop the update")
  func sameCode() async throws {
    let stage = try AgencyStage()
    try await stage.sent("a")
    try await stage.accept("X-1")
    try await stage.update("u", of: "a")
    try await stage.hear(.changeAccepted, at: 20, saying: "Đồng ý cập nhật.")
    try await stage.accept("X-1", at: 21)
    #expect(try await stage.state("u") == "accepted")
    #expect(try await stage.dossier("u") == "X-1")
    #expect(try await stage.dossier("a") == nil)
    // Another letter's dossier is not taken from it.
    try await stage.sent("b", number: "22", documentId: "doc-b")
    try await stage.hear(.accepted, about: "doc-b", saying: "Đã tiếp nhận. Mã hồ sơ: X-1")
    #expect(try await stage.state("b") == "accepted")
    #expect(try await stage.dossier("b") == nil)
    #expect(try await stage.dossier("u") == "X-1")
  }

  @Test("Two updates of one letter, which earlier versions let go out, are answered in their order")
  func twoAtOnce() async throws {
    let stage = try AgencyStage()
    try await stage.sent("a")
    try await stage.accept("X-1")
    for id in ["z", "b", "m"] as [LetterID] { try await stage.update(id, of: "a") }
    #expect(try await stage.ledger.letterDetail("a")?.sources(.updates) == ["z", "b", "m"])
    try await stage.hear(.changeRefused, at: 20, saying: "Thiếu trang.")
    #expect(try await stage.state("z") == "declined")
    try await stage.hear(.changeAccepted, at: 30)
    try await stage.accept("X-2", at: 30)
    #expect(try await stage.state("b") == "accepted")
    try await stage.hear(.changeAccepted, at: 40)
    try await stage.accept("X-3", at: 40)
    #expect(try await stage.state("b") == "replaced")
    #expect(try await stage.state("m") == "accepted")
    #expect(try await stage.state("a") == "replaced")
  }

  @Test("An answer is to the update that was sent, not to one before it that failed", arguments: [false, true])
  func failedUpdate(wasRefused: Bool) async throws {
    let stage = try AgencyStage()
    try await stage.sent("a")
    try await stage.accept("X-1")
    if wasRefused {
      stage.bench.axis.script { $0.send = { _, _ in .refused(ScriptedAxis.refusal(.message, code: "error-9")) } }
      try await stage.update("u1", of: "a")
      stage.bench.axis.script { $0.send = { number, _ in .accepted("d\(number)") } }
    } else {
      try await stage.draftUpdate("u1", of: "a")
      let failure = LetterTransition("u1", from: ["signed"], to: "failed", event: .packed)
      _ = try await stage.ledger.advance(failure, at: stage.bench.now)
    }
    #expect(try await stage.state("u1") == "failed")
    try await stage.update("u2", of: "a")
    let error = await #expect(throws: ConnectorError.self) { try await stage.desk.retry("u1", clerk: "Ví Dụ") }
    #expect(error?.code == .notInThisState)
    try await stage.hear(.arrived, at: 20)
    #expect(try await stage.state("u2") == "arrived")
    #expect(try await stage.state("u1") == "failed")
    try await stage.hear(.changeAccepted, at: 30)
    #expect(try await stage.state("u2") == "arrived")
    try await stage.accept("X-2", at: 30)
    #expect(try await stage.state("u2") == "accepted")
    #expect(try await stage.dossier("u2") == "X-2")
    #expect(try await stage.state("a") == "replaced")
    // Sent now, it would put the old content in the place of the new.
    #expect(try await stage.state("u1") == "replaced")
    await #expect(throws: ConnectorError.self) { try await stage.desk.retry("u1", clerk: "Ví Dụ") }
  }

  @Test(
    "An update that failed is made again where nothing else waits; what it was refused for may be answered all the same"
  )
  func failedAlone() async throws {
    let stage = try AgencyStage()
    try await stage.sent("a")
    try await stage.accept("X-1")
    stage.bench.axis.script { $0.send = { _, _ in .refused(ScriptedAxis.refusal(.message, code: "error-9")) } }
    try await stage.update("u", of: "a")
    #expect(try await stage.state("u") == "failed")
    try await stage.hear(.arrived, at: 20)
    #expect(try await stage.state("u") == "arrived", "the axis had it after all")

    stage.bench.axis.script { $0.send = { number, _ in .accepted("d\(number)") } }
    try await stage.sent("c", number: "23", documentId: "doc-c")
    try await stage.draftUpdate("v", of: "c")
    let failure = LetterTransition("v", from: ["signed"], to: "failed", event: .packed)
    _ = try await stage.ledger.advance(failure, at: stage.bench.now)
    #expect(try await stage.desk.retry("v", clerk: "Ví Dụ").state == "recorded")
    #expect(try await stage.timeline("c").contains("Gửi lại yêu cầu"))
  }

  @Test("01 of a letter that comes after its 03 is not taken for its update's, which leaves all the same")
  func lateArrival() async throws {
    let stage = try AgencyStage()
    try await stage.sent("a")
    try await stage.accept("X-1", at: 10)
    try await stage.draftUpdate("u", of: "a")
    try await stage.enqueue("u")
    // Neither one from before 03 nor, as the update has not left, one from after it.
    for seconds in [9.0, 10, 20] {
      try await stage.hear(.arrived, at: seconds)
      #expect(try await stage.state("u") == "queued", "\(seconds)")
    }
    stage.bench.axis.script { $0.send = { _, _ in .unknown(ScriptedAxis.trouble(.interrupted)) } }
    try await stage.leave()
    #expect(try await stage.state("u") == "outcomeUnknown")
    try await stage.hear(.arrived, at: 8)
    #expect(try await stage.state("u") == "outcomeUnknown")
    try await stage.hear(.arrived, at: 30)
    #expect(try await stage.state("u") == "arrived")
  }

  @Test("01 under the id of several letters proves of none that it arrived: what the axis lacks is sent")
  func arrivalOfAnother() async throws {
    let stage = try AgencyStage()
    // The axis has the recall alone.
    stage.bench.axis.script {
      $0.send = { number, _ in number == 1 ? .unknown(ScriptedAxis.trouble(.interrupted)) : .accepted("d\(number)") }
      $0.sent = .accepted([
        SentEntry(
          messageType: "edoc", senderDocID: "d2", fromCode: "G11.99", toCode: "H99.15",
          title: "Thu hồi: Đề nghị cấp chứng thư số", notation: "21/CVD-VP",
          sentTime: EdocTimestamp(ConnectorBench.start).edxml)
      ])
    }
    try await stage.sent("a")
    #expect(try await stage.state("a") == "outcomeUnknown")
    let recall = try await stage.recall("a")
    #expect(try await stage.state(recall) == "sent")
    try await stage.hear(.arrived, at: 20)
    #expect(try await stage.state("a") == "arrived")
    for _ in 0..<60 {
      stage.bench.pass(10)
      try await stage.leave()
    }
    #expect(stage.bench.axis.calls.sent.count { $0 == "message of a" } == 2)
    #expect(try await stage.bench.transmission("a")?.transportDocId == "d3")
    #expect(try await stage.state("a") == "arrived")

    // The same of a letter that waits in the outbox.
    try await stage.bench.queue("b", number: "22", documentId: "doc-b")
    try await stage.draftUpdate("v", of: "b")
    try await stage.hear(.arrived, about: "doc-b", at: 20)
    #expect(try await stage.state("b") == "arrived")
    try await stage.leave()
    #expect(stage.bench.axis.calls.sent.last == "message of b")
    let desk = OutcomeDesk(
      ledger: stage.ledger, configuration: stage.workplace.configuration, clock: { [now = stage.bench.now] in now })
    stage.bench.axis.script { $0.send = { _, _ in .unknown(ScriptedAxis.trouble(.interrupted)) } }
    try await stage.bench.queue("c", number: "23", documentId: "doc-c")
    try await stage.draftUpdate("w", of: "c")
    try await stage.leave()
    try await stage.hear(.arrived, about: "doc-c", at: 20)
    #expect(try await desk.say(delivered: false, of: "c", by: "Ví Dụ").state == "arrived")
    #expect(try await stage.bench.transmission("c")?.state == .queued, "a person's word counts")
  }

  @Test("16 stands, with its reason, with the letter that is declined and with that which stays in force")
  func declined() async throws {
    for isRecall in [true, false] {
      let stage = try AgencyStage()
      try await stage.sent("a")
      try await stage.accept("X-1")
      var change: LetterID = "u"
      if isRecall { change = try await stage.recall("a") } else { try await stage.update("u", of: "a") }
      try await stage.hear(.changeRefused, at: 20, saying: "Hồ sơ đã hoàn thành.")
      #expect(try await stage.state(change) == "declined")
      #expect(try await stage.ledger.letter(change)?.nextActor == .sender)
      #expect(try await stage.ledger.letter(change)?.dueAt == nil, "nothing is waited for any more")
      #expect(try await stage.timeline(change).contains("Hồ sơ đã hoàn thành."))
      #expect(try await stage.state("a") == "accepted")
      #expect(try await stage.timeline("a").contains("Hồ sơ đã hoàn thành."))
      // Then the letter may be changed again.
      let detail = try #require(try await stage.ledger.letterDetail("a"))
      #expect(try await !PendingChange.isOpen(on: detail, in: stage.ledger))
      try await stage.hear(.finished, at: 30)
      #expect(try await stage.state("a") == "finished")
      #expect(try await stage.state(change) == "declined")
    }
  }

  @Test("02 after 03 can only be about the update, which ends with it")
  func updateRefused() async throws {
    let stage = try AgencyStage()
    try await stage.sent("a")
    try await stage.accept("X-1")
    try await stage.update("u", of: "a")
    try await stage.hear(.refused, at: 20, saying: "Thiếu chữ ký.")
    #expect(try await stage.state("u") == "refused")
    #expect(try await stage.state("a") == "accepted")
  }

  @Test("A status that the axis has from another counts for nothing; one about another's letter is left alone")
  func otherSender() async throws {
    let stage = try AgencyStage()
    try await stage.sent("a")
    try await stage.hear(.accepted, by: "H77.01")
    #expect(try await stage.state("a") == "sent")
    try await stage.hear(.accepted, about: "doc-x", number: "99", by: "H77.01")
    // The last one set aside is listed first.
    #expect(try await stage.ledger.arrivalsSetAside().map(\.acknowledgement) == [.leave, .done])
  }

  @Test("A taking back under another's name is left alone too where its letter is not here")
  func otherTakesBack() async throws {
    let bench = try ConnectorBench()
    let workplace = try bench.workplace()
    let message = StatusMessage(
      from: Organization("H99.15", name: "Sở Ví dụ"), responseFor: ResponseFor(organId: "G11.99", documentId: "doc-x"),
      staff: nil, code: .takeBack, description: "Nhầm.", timestamp: EdocTimestamp(bench.now))
    let blob = try await bench.ledger.storeBlob(Data(try EdXMLWriter(checks: false).bytes(message)))
    for (id, from) in [("1", "H77.01"), ("2", "H99.15")] {
      _ = try await bench.ledger.recordArrival(
        NewArrival(
          transportDocId: id, messageType: .status, transportFrom: from, message: blob, acknowledgement: .pending),
        at: bench.now)
    }
    for arrival in try await bench.ledger.dueArrivals(now: bench.now) {
      try await StatusIntake(workplace: workplace).settle(arrival)
    }
    #expect(try await bench.ledger.arrivalsSetAside().map(\.acknowledgement) == [.leave])
    #expect(try await bench.ledger.dueArrivals(now: bench.now + 86_400).map(\.transportDocId) == ["2"], "it waits")
  }

  @Test("A receiver may write any of its codes, which the directory knows; a name makes nobody the receiver")
  func otherCode() async throws {
    let stage = try AgencyStage()
    try await stage.sent("a")
    try await stage.hear(.accepted, from: "000.00.15.H99")
    #expect(try await stage.state("a") == "sent", "the directory does not say so")
    try await stage.listAgency("H99.15", alsoAs: "000.00.15.H99")
    try await stage.listAgency("H77.01", alsoAs: "000.00.01.H77")
    try await stage.hear(.arrived, from: "000.00.01.H77", by: "H77.01")
    #expect(try await stage.state("a") == "sent")
    // The axis and the message each use another of the two.
    try await stage.hear(.arrived, from: "000.00.15.H99", by: "H99.15", at: 1)
    #expect(try await stage.state("a") == "arrived")
    try await stage.hear(.accepted, from: "H99.15", by: "000.00.15.H99", at: 2)
    #expect(try await stage.state("a") == "accepted")
    _ = try await stage.recall("a")
    try await stage.hear(.changeAccepted, from: "000.00.15.H99", at: 3)
    #expect(try await stage.state("a") == "withdrawn")
  }

  @Test("The end after a refusal by letter is no success, in whichever order they come, and is still to be read")
  func finishedRefused() async throws {
    for early in [false, true] {
      let stage = try AgencyStage()
      try await stage.sent("a")
      if !early { try await stage.accept("X-1") }
      var step = LetterTransition("a", from: [], to: nil, event: .packed)
      step.changes.decision = .set("reject")
      step.changes.nextActor = .set(.sender)
      _ = try await stage.ledger.advance(step, at: stage.bench.now)
      if early { try await stage.accept("X-1") }
      try await stage.hear(.finished, at: 30)
      let letter = try #require(try await stage.ledger.letter("a"))
      #expect(letter.state == "finished" && letter.isFinished && letter.decision == "reject")
      #expect(letter.nextActor == .sender && letter.dossierCode == "X-1")
      #expect(try await stage.timeline("a").contains("từ chối bằng công văn"))
    }
  }

  @Test("An answer that nobody read is still to be read after 06; what was sent for it ends that")
  func unread() async throws {
    for isSentAgain in [false, true] {
      let stage = try AgencyStage()
      try await stage.sent("a")
      try await stage.accept("X-1")
      var step = LetterTransition("a", from: [], to: nil, event: .packed)
      step.changes.nextActor = .set(.sender)
      _ = try await stage.ledger.advance(step, at: stage.bench.now)
      if isSentAgain {
        try await stage.sent("b", number: "22", documentId: "doc-b")
        var link = LetterTransition("b", from: [], to: nil, event: .packed)
        link.links = [LetterLink(to: "a", relation: LetterRelation.resubmits.rawValue)]
        _ = try await stage.ledger.advance(link, at: stage.bench.now)
      }
      try await stage.hear(.finished, at: 30)
      let letter = try #require(try await stage.ledger.letter("a"))
      #expect(letter.state == "finished" && letter.nextActor == (isSentAgain ? .nobody : .sender))
      #expect(try await stage.timeline("a").contains("còn công văn trả lời cần đọc") != isSentAgain)
    }
  }

  @Test("Who was asked whether the axis has a letter has no answer to read when its receiver ends the matter")
  func askedAbout() async throws {
    let stage = try AgencyStage()
    stage.bench.axis.script { $0.send = { _, _ in .unknown(ScriptedAxis.trouble()) } }
    try await stage.sent("a")
    #expect(try await stage.state("a") == "outcomeUnknown")
    var step = LetterTransition("a", from: [], to: nil, event: .outcomeAsksPerson("test"))
    step.changes.nextActor = .set(.sender)
    _ = try await stage.ledger.advance(step, at: stage.bench.now)
    try await stage.hear(.finished, at: 30)
    #expect(try await stage.state("a") == "finished")
    #expect(try await stage.ledger.letter("a")?.nextActor == .nobody)
    #expect(try await stage.timeline("a").contains("Đã xong"))
  }
}
