import AxisClient
import DeliveryLedger
import EdXML
import Foundation
import SigningCore
import Testing
import VietnameseText

@testable import Connector

/// An agency's ledger with letters to one authority, H99.15, and the statuses that come about them.
struct AgencyStage {
  let bench: ConnectorBench
  let workplace: Workplace

  static let agency = """
    signers: {organisation: {pkcs12: a, passwordFile: b}}
    addressees: {default: {code: H99.15, name: Cục Chứng thực}}
    """

  init(_ bench: ConnectorBench? = nil) throws {
    let bench = try bench ?? ConnectorBench()
    self.bench = bench
    workplace = try bench.workplace(role: "agency", more: Self.agency)
  }

  var ledger: Ledger { bench.ledger }
  var desk: SenderDesk { SenderDesk(ledger: ledger, clock: { [bench] in bench.now }) }

  /// A letter that the axis has taken.
  func sent(_ id: LetterID, number: String = "21", documentId: String = "doc-a") async throws {
    try await bench.queue(id, number: number, documentId: documentId)
    try await leave()
  }

  /// An update of `other`, or of another letter under its document id, that the axis has taken.
  func update(_ id: LetterID, of other: LetterID) async throws {
    try await draftUpdate(id, of: other)
    try await pack(id)
  }

  /// An update that a clerk ordered, signed and not packed.
  func draftUpdate(_ id: LetterID, of other: LetterID) async throws {
    let letter = try #require(try await ledger.letter(other))
    var draft = LetterDraft(
      id: id, state: "signed", kind: .update, sender: letter.sender, receivers: letter.receivers,
      documentId: letter.documentId)
    draft.number = letter.number
    draft.notation = letter.notation
    draft.links = [LetterLink(to: other, relation: LetterRelation.updates.rawValue)]
    _ = try await ledger.recordDraft(draft, event: .packed, at: bench.now)
  }

  /// What a clerk ordered leaves.
  func pack(_ id: LetterID) async throws {
    try await enqueue(id)
    try await leave()
  }

  /// What a clerk ordered is in the outbox.
  func enqueue(_ id: LetterID) async throws {
    let letter = try #require(try await ledger.letter(id))
    var step = LetterTransition(id, from: ["signed"], to: "queued", event: .packed)
    let message = try await ledger.storeBlob(Data("message of \(id)".utf8))
    step.transmissions = [NewTransmission(edoc: message, from: letter.sender, to: letter.receivers)]
    _ = try await ledger.advance(step, at: bench.now)
  }

  func recall(_ id: LetterID) async throws -> LetterID {
    let recall = try await desk.recall(id, reason: "Nhầm.", clerk: "Ví Dụ").id
    try await pack(recall)
    return recall
  }

  func leave() async throws { _ = try await OutboxWorker(workplace: workplace).pass() }

  /// A status comes and is settled.
  ///
  /// - Parameters:
  ///   - at: seconds after the start by the receiver's clock; nil: it states no time.
  ///   - by: the sender by the axis; nil: as in the message.
  func hear(
    _ code: StatusCode, about documentId: String? = "doc-a", number: String? = nil, from: String = "H99.15",
    by: String? = nil, at seconds: TimeInterval? = 0, saying description: String? = "Đã xem."
  ) async throws {
    let message = StatusMessage(
      from: Organization(from, name: "Sở Ví dụ"),
      responseFor: ResponseFor(organId: "G11.99", code: number.map { "\($0)/CVD-VP" }, documentId: documentId),
      staff: nil, code: code, description: description,
      timestamp: seconds.map { EdocTimestamp(ConnectorBench.start.addingTimeInterval($0)) })
    let blob = try await ledger.storeBlob(Data(try EdXMLWriter(checks: false).bytes(message)))
    _ = try await ledger.recordArrival(
      NewArrival(
        transportDocId: UUID().uuidString, messageType: .status, transportFrom: by ?? from, message: blob,
        acknowledgement: .pending), at: bench.now)
    for arrival in try await ledger.dueArrivals(now: bench.now) {
      try await StatusIntake(workplace: workplace).settle(arrival)
    }
  }

  /// 03 that names a dossier.
  func accept(_ dossier: String, at seconds: TimeInterval = 0) async throws {
    try await hear(.accepted, at: seconds, saying: "Đã tiếp nhận. Mã hồ sơ: \(dossier)")
  }

  func state(_ id: LetterID) async throws -> String? { try await ledger.letter(id)?.state }

  func dossier(_ id: LetterID) async throws -> String? { try await ledger.letter(id)?.dossierCode }

  /// What the timeline of a letter says.
  func timeline(_ id: LetterID) async throws -> String {
    try await ledger.letterDetail(id)?.events.map(\.sentence.vi).joined(separator: "\n") ?? ""
  }

  /// An answer to a 13, 15, 16, 03… is asked for by the letter that it is about: these are all codes of one agency.
  func listAgency(_ code: String, alsoAs other: String) async throws {
    try await ledger.synchroniseAgencies(
      [DirectoryAgency(code: code, code102: other, name: "Cục Chứng thực")], source: "test", complete: false,
      at: bench.now)
  }
}

extension ConnectorBench {
  private static let root = Result {
    let year: TimeInterval = 365 * 86_400
    return try ThrowAwayPKI(.init(notBefore: start - year, notAfter: start + year)).root.certificate.pem
  }

  /// Puts an anchor into the trust folder by which no letter here is judged: without one nothing is judged at all.
  func putAnchor() throws {
    let anchors = folder.appending(path: "trust/anchors")
    try FileManager.default.createDirectory(at: anchors, withIntermediateDirectories: true)
    try Data(try Self.root.get().utf8).write(to: anchors.appending(path: "root.pem"))
  }
}
