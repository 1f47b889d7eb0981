import DeliveryLedger
import EdXML
import Foundation
import Testing
import VietnameseText

@testable import Connector

/// The authority's mailbox is its document system's as well: what that gets is not answered, and not hidden from it.
@Suite("A document that is none of the authority's business")
struct NotOursTests {
  private let bench: ConnectorBench
  private let workplace: Workplace

  init() throws {
    bench = try ConnectorBench()
    try bench.putAnchor()
    workplace = try bench.workplace()
  }

  /// A page that says `text`, which needs no letters beyond ASCII.
  private static func pdf(_ text: String) -> Data {
    let lines = (0..<8).map { "BT /F1 11 Tf 60 \(760 - 20 * $0) Td (\(text)) Tj ET" }.joined(separator: "\n")
    return Data(
      """
      %PDF-1.7
      1 0 obj
      <</Type /Catalog /Pages 2 0 R>>
      endobj
      2 0 obj
      <</Type /Pages /Kids [4 0 R] /Count 1 /MediaBox [0 0 595 842]>>
      endobj
      3 0 obj
      <</Type /Font /Subtype /Type1 /BaseFont /Times-Roman>>
      endobj
      4 0 obj
      <</Type /Page /Parent 2 0 R /Resources <</Font <</F1 3 0 R>>>> /Contents 5 0 R>>
      endobj
      5 0 obj
      <</Length \(lines.utf8.count)>>
      stream
      \(lines)
      endstream
      endobj
      trailer
      <</Size 6 /Root 1 0 R>>
      startxref
      0
      %%EOF

      """.utf8)
  }

  private static let invitation = pdf("Kinh gui cac don vi: tran trong kinh moi du hop giao ban quy I tai hoi truong.")

  private func arrive(
    _ business: Business, subject: String, number: String = "8", pdfs: [Data] = []
  ) async throws -> ArrivalRecord {
    let document = EdocDocument(
      from: Organization("H77.01", name: "Sở Ví dụ"), to: [Organization("G11.99", name: "Cục Ví dụ")],
      documentId: "doc-\(number)", code: DocumentCode(number: number, notation: "SVD-VP"),
      promulgation: Promulgation(place: "Hà Nội", date: EdocDate("2026-03-02")), subject: subject, business: business)
    let attachments = try pdfs.enumerated().map { place, content in
      let file = bench.folder.appending(path: "\(place).pdf")
      try content.write(to: file)
      return OutgoingAttachment(name: "tep-\(place).pdf", file: file.path, contentId: "\(place)")
    }
    let file = bench.folder.appending(path: "\(UUID().uuidString).edxml")
    try EdXMLWriter(checks: false).write(document, attachments: attachments, to: file.path)
    return try await bench.ledger.recordArrival(
      NewArrival(
        transportDocId: UUID().uuidString, messageType: .edoc, transportFrom: "H77.01",
        message: try await bench.ledger.adoptBlob(fileAt: file), acknowledgement: .pending), at: bench.now
    ).arrival
  }

  private func settle(_ arrival: ArrivalRecord) async throws -> ArrivalRecord {
    try await DocumentIntake(workplace: workplace).settle(arrival)
    return try #require(try await bench.ledger.arrival(arrival.id))
  }

  @Test(
    "is left to others, whatever its kind",
    arguments: [
      Business(kind: .new), Business(kind: .update, documentId: "doc-7", reason: "Đổi giờ họp"),
      Business(kind: .replace, replacements: [ReplacementInfo(documentId: "doc-7", organIds: ["G11.99"])]),
    ], [0, 1, 3])
  func left(business: Business, pdfs: Int) async throws {
    let files = (0..<pdfs).map { Self.invitation + Data("% \($0)\n".utf8) }
    let settled = try await settle(try await arrive(business, subject: "Mời họp giao ban", pdfs: files))
    #expect(settled.state == .setAside && settled.acknowledgement == .leave)
    #expect(settled.lastCause == "NOT_A_REQUEST")
    #expect(try await bench.ledger.letters(LetterQuery(direction: .incoming)).total == 0)
  }

  @Test("is not presumed where a letter cannot be read: an officer looks at it, or its sender is told what is wrong")
  func unreadable() async throws {
    let files = [Self.invitation, Data("%PDF-1.7\nrubbish".utf8)]
    let settled = try await settle(
      try await arrive(Business(kind: .new), subject: "Đề nghị cấp chứng thư số", pdfs: files))
    #expect(settled.state == .settled && settled.acknowledgement == .done)
  }

  @Test("waits for a letter that it may recall, and is left to others when none comes")
  func recall() async throws {
    let recall = Business(kind: .recall, reason: "Hoãn họp")
    let arrival = try await arrive(recall, subject: "Thu hồi thư mời họp")
    let waits = try await settle(arrival)
    #expect(waits.state == .received && waits.acknowledgement == .pending)
    #expect(try await bench.ledger.letters(LetterQuery(direction: .incoming)).total == 0)
    bench.pass(DocumentIntake.longestWaitOfRecall)
    // Another message is here that may be its letter.
    let other = try await arrive(Business(kind: .new), subject: "Mời họp giao ban", number: "7")
    #expect(try await settle(waits).state == .received)
    _ = try await settle(other)
    let left = try await settle(waits)
    #expect(left.state == .setAside && left.acknowledgement == .leave)
  }

  @Test("is none where it recalls a letter that is here, or speaks of a request that may be on its way")
  func ownRecall() async throws {
    _ = try await settle(try await arrive(Business(kind: .new), subject: "Đề nghị cấp chứng thư số", number: "9"))
    let recall = Business(kind: .recall, reason: "Nhầm")
    let ours = try await settle(try await arrive(recall, subject: "Thu hồi văn bản", number: "9"))
    #expect(ours.state == .settled && ours.letter != nil)
    let coming = try await settle(
      try await arrive(recall, subject: "Thu hồi: Đề nghị cấp chứng thư số", number: "10"))
    let held = try #require(coming.letter)
    #expect(try await bench.letter(held)?.codes == ["RECALL_TARGET_UNKNOWN"])
  }

  @Test("That a held letter cannot be judged again now is said once, and it stays due")
  func judgedLater() async throws {
    let settled = try await settle(
      try await arrive(Business(kind: .other("9")), subject: "Đề nghị cấp chứng thư số"))
    let held = try #require(settled.letter)
    #expect(try await bench.letter(held)?.state == "held")
    let officer = OfficerDesk(
      ledger: bench.ledger, configuration: workplace.configuration, clock: { [bench] in bench.now })
    _ = try await officer.judgeAgain(held.rawValue, officer: "Ví Dụ")
    let intake = try DocumentIntake(workplace: workplace)
    let hash = try #require(try await bench.letter(held)?.blobs[.message])
    let file = bench.ledger.blobURL(hash)
    let away = file.appendingPathExtension("away")
    try FileManager.default.moveItem(at: file, to: away)
    for _ in 0..<3 {
      try await intake.judgeDueAgain()
      #expect(try await bench.letter(held)?.nextActionAt.map { $0 > bench.now } == true)
      bench.pass(3600)
    }
    let said = try await bench.ledger.letterDetail(held)?.events.filter { $0.kind == "work.postponed" }
    #expect(said?.count == 1)
    try FileManager.default.moveItem(at: away, to: file)
    try await intake.judgeDueAgain()
    let judged = try #require(try await bench.letter(held))
    #expect(judged.nextActionAt == nil && judged.attempts == 0 && judged.lastCause == nil)
  }
}
