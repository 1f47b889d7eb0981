import DeliveryLedger
import Foundation
import VietnameseText

/// Writes of the ledger, one durable transaction each, beside bare SQLite commits, by turns.
func benchmarkWrites(rounds: Int) async throws {
  let folder = FileManager.default.temporaryDirectory.appending(path: "delivery-benchmark-\(UUID().uuidString)")
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: folder) }
  let ledger = try Ledger.open(folder: folder.appending(path: "ledger"), at: Date())
  let bare = try BareTable(in: folder)
  let said = NewEvent(
    kind: "benchmark", actor: "benchmark",
    sentence: ClerkSentence(vi: "Đã đóng gói edXML, chờ gửi lên trục.", en: "Packed as edXML; waiting to be sent."))
  let message = try await ledger.storeBlob(Data("message".utf8))
  let count = 50
  var best: [String: Spent] = [:]
  var letter = 0
  for round in 0...rounds {
    func note(_ name: String, _ spent: Spent) { if round > 0 { best[name] = spent.best(best[name]) } }
    note("bare commit", try await Spent.measure { for _ in 0..<count { try bare.commit() } })
    note(
      "an event", try await Spent.measure { for _ in 0..<count { try await ledger.recordEvent(said, at: Date()) } })
    let first = letter
    note(
      "a letter recorded",
      try await Spent.measure {
        for _ in 0..<count {
          letter += 1
          var draft = LetterDraft(
            id: LetterID(rawValue: "l\(letter)"), state: "signed", sender: "H56.99", receivers: ["G11.99"],
            documentId: "d\(letter)")
          draft.number = "\(letter)"
          draft.notation = "SVD-VP"
          draft.subject = "đề nghị cấp chứng thư chữ ký số chuyên dùng công vụ cho cá nhân"
          _ = try await ledger.recordDraft(draft, event: said, at: Date())
        }
      })
    note(
      "a letter queued",
      try await Spent.measure {
        for number in (first + 1)...letter {
          var step = LetterTransition(LetterID(rawValue: "l\(number)"), from: ["signed"], to: "queued", event: said)
          step.transmissions = [NewTransmission(edoc: message, from: "H56.99", to: ["G11.99"])]
          _ = try await ledger.advance(step, at: Date())
        }
      })
    note(
      "an attempt begun and ended (2 commits)",
      try await Spent.measure {
        for transmission in try await ledger.dueTransmissions(now: Date(), limit: count) {
          _ = try await ledger.beginAttempt(transmission.id, at: Date())
          let step = LetterTransition(transmission.letter, from: ["queued"], to: "sent", event: said)
          _ = try await ledger.finishAttempt(
            transmission.id, outcome: .accepted(transportDocId: "t\(transmission.id)"), cause: nil, transitions: [step],
            at: Date())
        }
      })
  }
  print("Writes of the ledger, ms each, the best of \(rounds) rounds of \(count):")
  print(label("") + "  by the clock   of the processor   clock / bare")
  for name in [
    "bare commit", "an event", "a letter recorded", "a letter queued", "an attempt begun and ended (2 commits)",
  ] {
    guard let spent = best[name], let floor = best["bare commit"] else { continue }
    let commits = name.contains("2 commits") ? 2.0 : 1
    print(
      label(name) + milliseconds(spent.wall / Double(count), 14) + milliseconds(spent.processor / Double(count), 19)
        + String(format: "%15.2f", spent.wall / floor.wall / commits))
  }
  try ledger.close()
}
