import DeliveryLedger
import DossierModel
import EdXML
import Foundation
import SigningCore
import Testing
import VietnameseText

@testable import Connector

/// The authority's intake with what it decides of each letter given, instead of read from a signed PDF.
final class ScriptedIntake: Sendable {
  let bench: ConnectorBench
  let intake: DocumentIntake
  let workplace: Workplace

  static let sender = "H99.15"

  /// An anchor to stand in the trust folder; no letter is judged by it.
  private static let root = Result {
    let year: TimeInterval = 365 * 86_400
    return try ThrowAwayPKI(.init(notBefore: ConnectorBench.start - year, notAfter: ConnectorBench.start + year))
      .root.certificate.pem
  }

  init(otherCodes: [String] = []) throws {
    bench = try ConnectorBench()
    let anchors = bench.folder.appending(path: "trust/anchors")
    try FileManager.default.createDirectory(at: anchors, withIntermediateDirectories: true)
    try Data(try Self.root.get().utf8).write(to: anchors.appending(path: "root.pem"))
    let plain = try bench.workplace()
    var configuration = plain.configuration
    configuration.trustFolder = bench.folder.appending(path: "trust").path
    configuration.organisation.otherCodes = otherCodes
    workplace = try Workplace(
      configuration: configuration, ledger: bench.ledger, axis: bench.axis, logger: plain.logger, clock: plain.clock,
      chance: plain.chance)
    intake = try DocumentIntake(workplace: workplace)
  }

  var ledger: Ledger { bench.ledger }

  static let acceptable: Judgement = {
    var judgement = Judgement(decision: .accept, codes: [], reason: .init(vi: "Được.", en: "Good."))
    judgement.dossier = Dossier(type: .persons)
    return judgement
  }()
  static let faulty = Judgement.reject(["V99"], .init(vi: "Sai.", en: "Wrong."))
  static let unbound = Judgement.hold(["SENDER_UNBOUND"], vi: "Xem.", en: "Look.")

  static func document(
    _ id: String, _ subject: String, number: String = "125", business: Business = Business(kind: .new),
    about: [ResponseFor] = [], to receiver: String = "G11.99", day: Int = 2
  ) -> EdocDocument {
    EdocDocument(
      from: Organization(sender, name: "Sở Ví dụ"), to: [Organization(receiver, name: "Cục Ví dụ")], documentId: id,
      code: DocumentCode(number: number, notation: "SVD-VP"),
      promulgation: Promulgation(place: "Ví Dụ", date: EdocDate(year: 2026, month: 3, day: day)),
      subject: subject, business: business, responseFor: about)
  }

  static func reference(
    _ id: String?, code: String? = "125/SVD-VP", day: Int? = 2
  ) -> ResponseFor {
    ResponseFor(
      organId: sender, code: code, documentId: id,
      promulgationDate: day.flatMap { EdocDate(year: 2026, month: 3, day: $0) })
  }

  static func recall(_ about: [ResponseFor], id: String = "recall", number: String = "900", reason: String = "Nhầm.")
    -> EdocDocument
  {
    document(
      id, "Thu hồi", number: number, business: Business(kind: .recall, reason: reason), about: about, day: 3)
  }

  static func update(_ id: String, _ subject: String, own: String? = nil) -> EdocDocument {
    document(own ?? id, subject, business: Business(kind: .update, documentId: id, reason: "Cập nhật"))
  }

  static func replacement(_ id: String, number: String, of ids: [String]) -> EdocDocument {
    document(
      id, "Thay thế", number: number,
      business: Business(
        kind: .replace, reason: "Thay thế",
        replacements: ids.map { ReplacementInfo(documentId: $0, organIds: ["G11.99"]) }))
  }

  /// A document as it comes from the axis; every delivery has a transport id of its own.
  @discardableResult
  func receive(
    _ document: EdocDocument, _ judgement: Judgement = acceptable, by transport: String = sender, pdf: String? = nil
  ) async throws -> LetterRecord {
    bench.pass(1)
    let file = bench.folder.appending(path: "\(UUID().uuidString).edxml")
    try EdXMLWriter(checks: false).write(document, attachments: [], to: file.path)
    let arrival = try await ledger.recordArrival(
      NewArrival(
        transportDocId: file.lastPathComponent, messageType: .edoc, transportFrom: transport,
        message: try await ledger.adoptBlob(fileAt: file)), at: bench.now
    ).arrival
    let received = try EdXMLReader().read(file: ledger.blobURL(arrival.message).path, storingIn: bench.folder.path)
    var letter: LetterFile?
    if let pdf {
      let file = bench.folder.appending(path: "\(UUID().uuidString).pdf")
      try Data(pdf.utf8).write(to: file)
      letter = LetterFile(name: "cong-van.pdf", sha256: "", path: file.path, signature: nil)
    }
    guard case .document(let read) = received.message else { throw LedgerError(.invalid, detail: "no document") }
    if read.kind == .recall {
      try await intake.settleRecall(read, received, arrival)
    } else if transport != Self.sender {
      try await intake.registerUnconfirmed(read, received, judgement, nil, arrival)
    } else {
      try await intake.register(read, received, judgement, letter, arrival)
    }
    let letters = try await ledger.letters(LetterQuery(direction: .incoming, limit: 1)).letters
    return try #require(letters.first)
  }

  /// A status as it comes from the axis.
  func receive(
    status: StatusCode, about reference: ResponseFor, from organ: String = sender
  ) async throws -> ArrivalRecord {
    var reference = reference
    reference.organId = "G11.99"
    let message = StatusMessage(
      from: Organization(organ, name: "Sở Ví dụ"), responseFor: reference, code: status,
      timestamp: EdocTimestamp(bench.now))
    let blob = try await ledger.storeBlob(Data(try EdXMLWriter(checks: false).bytes(message)))
    return try await ledger.recordArrival(
      NewArrival(
        transportDocId: UUID().uuidString, messageType: .status, transportFrom: organ, message: blob),
      at: bench.now
    ).arrival
  }

  /// What the worker does with what is due, given what it finds.
  func judgeAgain(_ letter: LetterRecord, _ judgement: Judgement = acceptable, accepting: Bool = false) async throws {
    var decision = OfficerDecision(by: "Cán bộ")
    decision.accepts = accepting
    let now = try #require(try await ledger.letter(letter.id))
    let message = try #require(now.blobs[.message])
    let received = try EdXMLReader().read(file: ledger.blobURL(message).path, storingIn: nil)
    guard case .document(let document) = received.message else { throw LedgerError(.invalid, detail: "no document") }
    if document.kind == .recall { return try await intake.recallAgain(now, document, accepts: accepting) }
    try await intake.settleAgain(now, document, judgement, accepting ? decision : nil)
  }

  var officer: OfficerDesk {
    OfficerDesk(ledger: ledger, configuration: workplace.configuration, clock: { [bench] in bench.now })
  }

  /// An officer accepts a held letter, and the worker judges it with that word.
  func accept(_ letter: LetterRecord, _ judgement: Judgement = acceptable) async throws {
    var decision = OfficerDecision(by: "Cán bộ")
    decision.accepts = true
    _ = try await officer.decide(letter.id.rawValue, decision, officer: "Cán bộ")
    try await work(letter, judgement)
  }

  /// What the worker does with a due letter, after what an officer said of it.
  func work(_ letter: LetterRecord, _ judgement: Judgement = acceptable) async throws {
    bench.pass(1)
    let due = try #require(try await ledger.letter(letter.id))
    guard try await !intake.isSettled(due) else { return }
    let (now, decision) = try await OfficerDecision.applied(to: due, in: workplace)
    if now.standing == .copy { return try await intake.endAsCopy(now) }
    let received = try EdXMLReader().read(file: ledger.blobURL(try #require(now.blobs[.message])).path, storingIn: nil)
    guard case .document(let document) = received.message else { throw LedgerError(.invalid, detail: "no document") }
    try await intake.settleAgain(now, document, judgement, decision)
  }

  func letter(_ letter: LetterRecord) async throws -> LetterRecord {
    try #require(try await ledger.letter(letter.id))
  }

  func state(_ letter: LetterRecord) async throws -> String? { try await ledger.letter(letter.id)?.state }

  /// What its sender was told about it, with the code that told it.
  func told(_ letter: LetterRecord) async throws -> [String] {
    try await ledger.letterDetail(letter.id)?.transmissions.compactMap(\.statusCode) ?? []
  }

  /// The letters that have a dossier and are not at an end.
  func atWork() async throws -> Int {
    try await ledger.letters(LetterQuery(direction: .incoming, states: ["accepted", "assigned", "processing"])).total
  }
}
