import DeliveryLedger
import Foundation
import GRDB
import Testing
import VietnameseText

/// A ledger in a folder of its own, removed at the end, and a clock that only moves when told.
final class LedgerFixture: Sendable {
  let folder: URL
  let ledger: Ledger

  init(options: Ledger.Options = .init()) throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "ledger-\(UUID().uuidString)")
    ledger = try Ledger.open(folder: folder, options: options, at: Self.start)
  }

  deinit {
    try? ledger.close()
    try? FileManager.default.removeItem(at: folder)
  }

  /// 2026-03-02 08:00 in Vietnam.
  static let start = Date(timeIntervalSince1970: 1_772_413_200)

  static func time(_ seconds: TimeInterval) -> Date { start.addingTimeInterval(seconds) }

  var file: URL { folder.appending(path: "ledger.sqlite") }

  /// The file, past the ledger: what a tamperer has.
  func raw<Value>(_ work: (Database) throws -> Value) throws -> Value {
    let queue = try DatabaseQueue(path: file.path(percentEncoded: false))
    defer { try? queue.close() }
    return try queue.writeWithoutTransaction(work)
  }

  func blob(_ text: String) async throws -> BlobHash { try await ledger.storeBlob(Data(text.utf8)) }

  static func event(_ kind: String, status: String? = nil) -> NewEvent {
    NewEvent(
      kind: kind, actor: "connector", sentence: ClerkSentence(vi: "Đã ghi \(kind).", en: "Noted \(kind)."),
      statusCode: status)
  }

  /// An outgoing letter in state `drafted` with an edoc queued.
  func outgoing(_ id: LetterID, documentId: String? = nil, to receivers: [String] = ["H99.00.00"]) async throws
    -> LetterRecord
  {
    let message = try await blob("message of \(id)")
    var draft = LetterDraft(
      id: id, state: "drafted", sender: "H01.02.03", receivers: receivers,
      documentId: documentId ?? "doc-\(id)", blobs: [.message: message])
    draft.subject = "V/v cấp mới chứng thư số cho cán bộ Sở Đường Thuỷ"
    draft.number = "12"
    draft.notation = "TTr-SDT"
    _ = try await ledger.recordDraft(draft, event: Self.event("letter.drafted"), at: Self.start)
    var step = LetterTransition(id, from: ["drafted"], to: "queued", event: Self.event("letter.queued"))
    step.transmissions = [NewTransmission(edoc: message, from: "H01.02.03", to: receivers)]
    return try await ledger.advance(step, at: Self.start)
  }

  /// An arrival of a document.
  func arrival(_ transportDocId: String, type: MessageType = .edoc) async throws -> ArrivalRecord {
    try await ledger.recordArrival(
      NewArrival(
        transportDocId: transportDocId, messageType: type, transportFrom: "H01.02.03",
        message: try await blob("raw \(transportDocId)")), at: Self.start
    ).arrival
  }

  static func incoming(
    _ id: LetterID, documentId: String, content: String = "content", sender: String = "H01.02.03",
    kind: LetterKind = .new, number: String? = "7"
  ) -> IncomingLetter {
    var letter = IncomingLetter(
      id: id, kind: kind, sender: sender, receivers: ["H99.00.00"], documentId: documentId, contentHash: content)
    letter.number = number
    letter.notation = "TTr-SDT"
    letter.promulgationDate = "2026-03-02"
    letter.subject = "Đề nghị cấp chứng thư số"
    return letter
  }

  /// Takes a document in and accepts it, unless it is a copy or an update.
  @discardableResult
  func take(
    _ letter: IncomingLetter, as transportDocId: String, at time: Date = LedgerFixture.start,
    pattern: DossierCodePattern = .portal, ledger other: Ledger? = nil
  ) async throws -> SettledLetter {
    let arrival = try await arrival(transportDocId)
    return try await (other ?? ledger).settleLetter(
      arrival: arrival.id, letter: letter,
      dossier: NewDossier(type: "01", json: Data("{}".utf8), rowCount: 3, codePattern: pattern), at: time
    ) { finding in
      var effects = IntakeEffects(
        state: finding.standing == .original ? "accepted" : "held", event: Self.event("letter.received"))
      effects.transmissions = [
        NewTransmission(status: "01", description: nil, from: "H99.00.00", to: [letter.sender]),
        NewTransmission(status: "03", description: finding.dossierCode, from: "H99.00.00", to: [letter.sender]),
      ]
      return effects
    }
  }
}

/// The code of the ledger's error that `work` throws, or nil.
func errorCode(_ work: () async throws -> Void) async -> LedgerError.Code? {
  do {
    try await work()
    return nil
  } catch {
    return (error as? LedgerError)?.code
  }
}
