import AxisClient
import DeliveryLedger
import Foundation
import Logging
import Synchronization
import VietnameseText

@testable import Connector

/// A connector's workplace in a folder of its own: a real ledger, an axis that does as told, a clock that only moves when
/// told.
final class ConnectorBench: Sendable {
  let folder: URL
  let ledger: Ledger
  let axis = ScriptedAxis()
  private let time = Mutex(ConnectorBench.start)

  /// Monday 2026-03-02 08:00 in Vietnam.
  static let start = Date(timeIntervalSince1970: 1_772_413_200)

  init() throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "connector-\(UUID().uuidString)")
    ledger = try Ledger.open(folder: folder, at: Self.start)
  }

  deinit {
    try? ledger.close()
    try? FileManager.default.removeItem(at: folder)
  }

  var now: Date { time.withLock { $0 } }

  func pass(_ seconds: TimeInterval) { time.withLock { $0 = $0.addingTimeInterval(seconds) } }

  /// - Parameter other: works on this ledger instead of the bench's own.
  func workplace(role: String = "ca", more: String = "", on other: Ledger? = nil) throws -> Workplace {
    let configuration = try Configuration(
      yaml: """
        role: \(role)
        organisation: {code: G11.99, name: Cục Ví dụ}
        axis: {url: "http://127.0.0.1:1", systemId: S, secretFile: s}
        trustFolder: trust
        dataFolder: \(folder.path)
        \(more)
        """, file: folder.appending(path: "x.yaml").path)
    return try Workplace(
      configuration: configuration, ledger: other ?? ledger, axis: axis,
      logger: Logger(label: "t") { _ in SwiftLogNoOpLogHandler() },
      clock: { [weak self] in self?.now ?? .distantPast }, chance: { 0 })
  }

  /// A letter in the outbox.
  @discardableResult
  func queue(
    _ id: LetterID, number: String = "21", subject: String? = "Đề nghị cấp chứng thư số", documentId: String? = nil,
    kind: LetterKind = .new
  ) async throws -> LetterRecord {
    let message = try await ledger.storeBlob(Data("message of \(id)".utf8))
    var draft = LetterDraft(
      id: id, state: "signed", kind: kind, sender: "G11.99", receivers: ["H99.15"],
      documentId: documentId ?? "doc-\(id)")
    draft.number = number
    draft.notation = "CVD-VP"
    draft.subject = subject
    _ = try await ledger.recordDraft(draft, event: .packed, at: now)
    var step = LetterTransition(id, from: ["signed"], to: "queued", event: .packed)
    step.transmissions = [NewTransmission(edoc: message, from: "G11.99", to: ["H99.15"])]
    return try await ledger.advance(step, at: now)
  }

  func letter(_ id: LetterID) async throws -> LetterRecord? { try await ledger.letter(id) }

  func transmission(_ id: LetterID) async throws -> TransmissionRecord? {
    try await ledger.letterDetail(id)?.transmissions.first
  }
}

/// An axis whose every answer a test gives, and that counts what it is asked.
final class ScriptedAxis: AxisOperations {
  struct Script: Sendable {
    var send: @Sendable (_ number: Int, _ file: String) -> AxisOutcome<String> = { number, _ in .accepted("d\(number)")
    }
    var received: [AxisMessageType: AxisOutcome<[ReceivedEntry]>] = [:]
    var sent: AxisOutcome<[SentEntry]> = .accepted([])
    var files: [String: Data] = [:]
    var update: AxisOutcome<Void> = .accepted(())
    var agencies: AxisOutcome<[AgencyEntry]> = .accepted([])
    var levels: [Int: AxisOutcome<[AgencyEntry]>] = [:]
  }

  struct Calls: Sendable {
    var sent: [String] = []
    var fetched: [String] = []
    var updated: [String] = []
    var lists = 0
  }

  private let state = Mutex((script: Script(), calls: Calls()))

  func script(_ change: @Sendable (inout Script) -> Void) { state.withLock { change(&$0.script) } }
  var calls: Calls { state.withLock { $0.calls } }

  static func trouble(_ kind: AxisTrouble.Kind = .notReached) -> AxisTrouble {
    AxisTrouble(
      kind: kind, code: "test-\(kind.rawValue)", retryAfter: nil, detail: "", clerk: ClerkSentence(vi: "v.", en: "e."))
  }

  static func refusal(_ subject: AxisRefusal.Subject, code: String) -> AxisRefusal {
    AxisRefusal(subject: subject, code: code, description: "", clerk: ClerkSentence(vi: "v.", en: "e."))
  }

  func sendEdoc(file path: String, from: String, to: [String]?, messageType: AxisMessageType) async -> AxisOutcome<
    String
  > {
    let (number, send) = state.withLock { state in
      state.calls.sent.append(String(decoding: FileManager.default.contents(atPath: path) ?? Data(), as: UTF8.self))
      return (state.calls.sent.count, state.script.send)
    }
    return send(number, path)
  }

  func getReceivedEdocList(_ messageType: AxisMessageType) async -> AxisOutcome<[ReceivedEntry]> {
    state.withLock { state in
      state.calls.lists += 1
      return state.script.received[messageType] ?? .accepted([])
    }
  }

  func fetchEdoc(docID: String, into path: String) async -> AxisOutcome<FetchedMessage> {
    let data = state.withLock { state in
      state.calls.fetched.append(docID)
      return state.script.files[docID]
    }
    guard let data else { return .tryAgain(Self.trouble(.axisFault)) }
    do {
      try data.write(to: URL(fileURLWithPath: path))
    } catch {
      return .tryAgain(Self.trouble(.local))
    }
    return .accepted(FetchedMessage(path: path, byteCount: data.count, operation: "getEdoc"))
  }

  func updateStatus(docID: String, _ state: TransportState) async -> AxisOutcome<Void> {
    self.state.withLock { own in
      own.calls.updated.append("\(docID) \(state.rawValue)")
      return own.script.update
    }
  }

  func getSentEdocList(_ messageType: AxisMessageType, docID: String?) async -> AxisOutcome<[SentEntry]> {
    state.withLock { $0.script.sent }
  }
  func getAgenciesList() async -> AxisOutcome<[AgencyEntry]> { state.withLock { $0.script.agencies } }
  func getAgenciesListQD20(level: Int) async -> AxisOutcome<[AgencyEntry]> {
    state.withLock { $0.script.levels[level] ?? .accepted([]) }
  }
  func getSynchronizeUnit() async -> AxisOutcome<[SynchronizedUnit]> { .accepted([]) }
  func registerAgency(_ registration: AgencyRegistration) async -> AxisOutcome<Void> { .accepted(()) }
  func deleteAgency(code: String) async -> AxisOutcome<Void> { .accepted(()) }
  func countReceived(_ messageType: AxisMessageType) async -> AxisOutcome<Int> { .accepted(0) }
}
