import AxisClient
import DeliveryLedger
import EdXML
import Foundation
import Testing
import VietnameseText

@testable import Connector

@Suite("A ledger that was made from a backup")
struct RestorationTests {
  /// The ledger as of now, in a workplace of its own; a connector has been told that it is a restored one.
  private func restored(_ bench: ConnectorBench) async throws -> (ledger: Ledger, failed: [LetterID]) {
    let folder = bench.folder.appending(path: "restored")
    _ = try await bench.ledger.backup(to: folder, at: bench.now)
    bench.pass(6 * 3600)
    let ledger = try Ledger.open(folder: folder, at: bench.now)
    return (ledger, try await Restoration.note(in: ledger, at: bench.now))
  }

  @Test("sends nothing that may have left since before the axis was asked, and then only what it lacks")
  func asksFirst() async throws {
    let bench = try ConnectorBench()
    try await bench.queue("left", number: "21")
    try await bench.queue("stayed", number: "22", subject: "Đề nghị thu hồi chứng thư số")
    let (ledger, failed) = try await restored(bench)
    defer { try? ledger.close() }
    #expect(failed.isEmpty)
    // "left" was sent four minutes after the backup.
    bench.axis.script {
      $0.sent = .accepted([
        SentEntry(
          messageType: "edoc", senderDocID: "x", fromCode: "G11.99", toCode: "H99.15",
          title: "Đề nghị cấp chứng thư số", notation: "21/CVD-VP",
          sentTime: EdocTimestamp(ConnectorBench.start.addingTimeInterval(240)).edxml)
      ])
    }
    let workplace = try bench.workplace(on: ledger)
    _ = try await ledger.recoverInterruptedAttempts(holding: try ledger.acquireProcessingLock(), at: bench.now)
    let worker = OutboxWorker(workplace: workplace)
    for _ in 0..<10 {
      _ = try await worker.pass()
      bench.pass(600)
    }
    #expect(bench.axis.calls.sent == ["message of stayed"])
    #expect(try await ledger.letter("left")?.state == "sent")
    #expect(try await ledger.letter("stayed")?.state == "sent")
    #expect(try await ledger.condition(Ledger.restoredCondition)?.state == "restored")
    #expect(try await ledger.verify().isIntact)
  }

  @Test("leaves to a person what was being made, for it may have been made and sent since")
  func beingMade() async throws {
    let bench = try ConnectorBench()
    let draft = LetterDraft(id: "a", state: "written", sender: "G11.99", receivers: ["H99.15"], documentId: "doc-a")
    _ = try await bench.ledger.recordDraft(draft, event: .dossierRecorded, at: bench.now)
    let (ledger, failed) = try await restored(bench)
    defer { try? ledger.close() }
    #expect(failed == ["a"])
    let letter = try await ledger.letter("a")
    #expect(letter?.state == "failed" && letter?.nextActor == .sender)
    #expect(try await bench.letter("a")?.state == "written", "the ledger that was copied is as it was")
    #expect(try await Restoration.finish(in: ledger, at: bench.now).isEmpty)
    #expect(try await Restoration.finish(in: bench.ledger, at: bench.now).isEmpty)
  }

  @Test("recalls what may have been sent since the backup before it cancels it here, and cancels no such recall")
  func recalled() async throws {
    let bench = try ConnectorBench()
    var draft = LetterDraft(id: "a", state: "written", sender: "G11.99", receivers: ["H99.15"], documentId: "doc-a")
    (draft.number, draft.notation, draft.promulgationDate) = ("21", "CVD-VP", "2026-03-02")
    draft.blobs[.spreadsheet] = try await bench.ledger.storeBlob(Data("Họ và tên".utf8))
    _ = try await bench.ledger.recordDraft(draft, event: .dossierRecorded, at: bench.now)
    let (ledger, _) = try await restored(bench)
    defer { try? ledger.close() }
    let desk = SenderDesk(ledger: ledger) { bench.now }
    let recall = try await desk.recall("a", reason: "Nhầm.", clerk: "Ví Dụ")
    #expect(recall.kind == .recall && recall.state == "signed")
    #expect(try await ledger.letter("a")?.state == "failed")
    let workplace = try Workplace(
      configuration: try bench.workplace(role: "agency", more: AgencyStage.agency).configuration, ledger: ledger,
      axis: bench.axis, logger: try bench.workplace().logger, clock: { bench.now }, chance: { 0 })
    let message = try await LetterPacking(workplace: workplace).pack(recall)
    let packed = try EdXMLReader().read(file: ledger.blobURL(message).path, storingIn: nil)
    guard case .document(let document) = packed.message else { throw LedgerError(.invalid, detail: "no document") }
    #expect(document.kind == .recall && document.responseFor.map(\.documentId) == ["doc-a"])
    // Of a backup that was made while the recall was: it may have left, too.
    let again = bench.folder.appending(path: "again")
    _ = try await ledger.backup(to: again, at: bench.now)
    let second = try Ledger.open(folder: again, at: bench.now)
    defer { try? second.close() }
    _ = try await Restoration.note(in: second, at: bench.now)
    let error = await #expect(throws: ConnectorError.self) {
      try await SenderDesk(ledger: second) { bench.now }.recall(recall.id, reason: "Thôi.", clerk: "Ví Dụ")
    }
    #expect(error?.code == .notInThisState && error?.clerk.vi.contains("có thể đã đến") == true)
    let early = await #expect(throws: ConnectorError.self) {
      try await desk.recall("a", reason: "Nhầm.", clerk: "Ví Dụ")
    }
    #expect(early?.clerk.vi.contains("hãy chờ trả lời") == true)
    #expect(try await ledger.letter("a")?.state == "failed", "its receiver is being asked")
    // The receiver was asked, whatever came of it: now it is cancelled here.
    var failed = LetterTransition(recall.id, from: ["signed"], to: "failed", event: .packed)
    failed.changes.nextActionAt = .clear
    _ = try await ledger.advance(failed, at: bench.now)
    #expect(try await desk.recall("a", reason: "Nhầm.", clerk: "Ví Dụ").state == "withdrawn")
  }

  @Test("is told so at its start where its restoration was cut off, once")
  func cutOff() async throws {
    let bench = try ConnectorBench()
    let draft = LetterDraft(id: "a", state: "written", sender: "G11.99", receivers: ["H99.15"], documentId: "doc-a")
    _ = try await bench.ledger.recordDraft(draft, event: .dossierRecorded, at: bench.now)
    let folder = bench.folder.appending(path: "restored")
    _ = try await bench.ledger.backup(to: folder, restoring: true, at: bench.now)
    let ledger = try Ledger.open(folder: folder, at: bench.now)
    defer { try? ledger.close() }
    #expect(try await Restoration.finish(in: ledger, at: bench.now) == ["a"])
    #expect(try await ledger.letter("a")?.state == "failed")
    #expect(try await Restoration.finish(in: ledger, at: bench.now).isEmpty)
  }
}
