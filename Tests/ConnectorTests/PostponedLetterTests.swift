import DeliveryLedger
import Foundation
import Testing

@testable import Connector

@Suite("A letter that cannot be made because the ledger lacks a file of it")
struct PostponedLetterTests {
  @Test("is looked at ever more rarely, says why, and does not keep the next from being made")
  func fileGone() async throws {
    let bench = try ConnectorBench()
    for id in ["gone", "next"] as [LetterID] {
      let dossier = try await bench.ledger.storeBlob(Data("dossier \(id)".utf8))
      var draft = LetterDraft(
        id: id, state: "recorded", sender: "G11.99", receivers: ["H99.15"], documentId: "doc-\(id)",
        blobs: [.dossier: dossier])
      draft.nextActionAt = bench.now
      _ = try await bench.ledger.recordDraft(draft, event: .dossierRecorded, at: bench.now)
      if id == "gone" { try FileManager.default.removeItem(at: bench.ledger.blobURL(dossier)) }
    }
    let preparation = try LetterPreparation(workplace: try bench.workplace())
    var tried: [Date] = []
    for _ in 0..<3600 {
      try await preparation.pass()
      if let at = try await bench.letter("gone")?.updatedAt, at != tried.last { tried.append(at) }
      bench.pass(1)
    }
    // It is no dossier, so that it fails for good: it was worked on.
    #expect(try await bench.letter("next")?.state == "failed")
    let letter = try #require(try await bench.letter("gone"))
    #expect(letter.state == "recorded" && letter.lastCause == "ledger.notFound")
    #expect(try await bench.ledger.letterDetail("gone")?.events.last?.kind == "work.postponed")
    #expect(tried.count > 5 && tried.count < 15, "\(tried.count)")
  }
}
