public import Foundation
public import HTTPTransport
import SigningCore
import VietnameseText

/// The axis as the operator's REST protocol speaks it; holds no state beyond kept connections.
public final class AxisConnection: AxisOperations {
  let account: AxisAccount
  let limits: AxisLimits
  private let transport: HTTPClient
  private let outcomes: AxisOutcomeTable
  private let now: @Sendable () -> Date

  public init(
    account: AxisAccount, transport: HTTPClient, outcomes: AxisOutcomeTable = .standard,
    limits: AxisLimits = AxisLimits(),
    now: @escaping @Sendable () -> Date
  ) {
    self.account = account
    self.transport = transport
    self.outcomes = outcomes
    self.limits = limits
    self.now = now
  }

  // MARK: Lists and small calls

  public func getReceivedEdocList(_ messageType: AxisMessageType) async -> AxisOutcome<[ReceivedEntry]> {
    await list("getReceivedEdocList", kind(messageType), emptyIs: []) {
      $0.list()?.prefix(self.limits.maximumListEntries).compactMap(ReceivedEntry.init)
    }
  }

  public func getSentEdocList(_ messageType: AxisMessageType, docID: String?) async -> AxisOutcome<[SentEntry]> {
    let one = docID.map { [(key: "docId", value: $0)] } ?? []
    return await list("getSentEdocList", kind(messageType) + one) {
      $0.list()?.prefix(self.limits.maximumListEntries).map(SentEntry.init)
    }
  }

  public func getAgenciesList() async -> AxisOutcome<[AgencyEntry]> {
    await list("getAgenciesList", [], isDirectory: true) {
      $0.list()?.prefix(self.limits.maximumListEntries).compactMap(AgencyEntry.init)
    }
  }

  public func getAgenciesListQD20(level: Int) async -> AxisOutcome<[AgencyEntry]> {
    await list("getAgenciesListQD20", [("level", String(level))], isDirectory: true) {
      $0.list()?.prefix(self.limits.maximumListEntries).compactMap(AgencyEntry.init)
    }
  }

  public func getSynchronizeUnit() async -> AxisOutcome<[SynchronizedUnit]> {
    await list("getSynchronizeUnit", [], isDirectory: true) {
      $0.list()?.prefix(self.limits.maximumListEntries).compactMap(SynchronizedUnit.init)
    }
  }

  public func countReceived(_ messageType: AxisMessageType) async -> AxisOutcome<Int> {
    let name = messageType == .edoc ? "countReceiveEdoc" : "countReceiveStatus"
    return await call(name, kind(messageType), body: Self.emptyObject) { answer in
      (answer.text("count") ?? answer.text("data")).flatMap { Int($0) }
    }
  }

  public func updateStatus(docID: String, _ state: TransportState) async -> AxisOutcome<Void> {
    await call("updateStatus", [("docId", docID), ("status", state.rawValue)], body: Self.emptyObject) { _ in () }
  }

  public func registerAgency(_ registration: AgencyRegistration) async -> AxisOutcome<Void> {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.withoutEscapingSlashes, .sortedKeys]
    guard let body = try? encoder.encode(registration) else {
      return reading("registerAgency", .once).outcome(
        ["transport:invalid-request/never-sent"], words: "the registration cannot be written")
    }
    return await call("registerAgency", [], body: .bytes(Array(body)), effect: .once) { _ in () }
  }

  public func deleteAgency(code: String) async -> AxisOutcome<Void> {
    await call("deleteAgency", [("AgencyCode", code)], body: Self.emptyObject, effect: .once) { _ in () }
  }

  // MARK: Messages

  public func sendEdoc(
    file path: String, from: String, to: [String]?, messageType: AxisMessageType
  ) async -> AxisOutcome<String> {
    let reading = reading("sendEdoc", .once)
    var caller: [(key: String, value: String)] = [("from", from)] + kind(messageType)
    if let to { caller.append(("to", "[" + to.map(SignedParameters.quoted).joined(separator: ",") + "]")) }
    do throws(SigningError) {
      caller.append(("hash-file", try FileFingerprint(file: path).text(account.hashForm)))
    } catch {
      return reading.outcome(["transport:body-unreadable/never-sent"], code: "file-unreadable", words: error.detail)
    }
    let body = TransportBody.file(path: path, suffix: [0x0d, 0x0a])
    switch await exchange(
      "sendEdoc", .post, caller, contentType: "application/octet-stream", body: body, effect: .once, isMessage: true)
    {
    case .failure(let error): return reading.outcome(of: error)
    case .success(let response):
      return reading.outcome(of: response) { answer in
        answer.text("docid").flatMap { Self.isSendable($0) ? $0 : nil }
      }
    }
  }

  // MARK: One exchange

  static let emptyObject = TransportBody.bytes(Array("{}".utf8))

  func kind(_ messageType: AxisMessageType) -> [(key: String, value: String)] {
    [("servicetype", "eDoc"), ("messagetype", messageType.rawValue)]
  }

  func reading(_ operation: String, _ effect: AxisOutcomeTable.Effect) -> AnswerReading {
    AnswerReading(table: outcomes, effect: effect, operation: operation)
  }

  private func list<Element>(
    _ operation: String, _ caller: [(key: String, value: String)], emptyIs: [Element]? = nil,
    isDirectory: Bool = false, _ entries: @Sendable (AxisAnswer) -> [Element]?
  ) async -> AxisOutcome<[Element]> {
    await call(operation, caller, body: .none, emptyIs: emptyIs, isDirectory: isDirectory) { entries($0) }
  }

  private func call<Value>(
    _ operation: String, _ caller: [(key: String, value: String)], body: TransportBody,
    effect: AxisOutcomeTable.Effect = .repeatable, emptyIs: Value? = nil, isDirectory: Bool = false,
    _ value: (AxisAnswer) -> Value?
  ) async -> AxisOutcome<Value> {
    let reading = reading(operation, effect)
    switch await exchange(
      operation, .post, caller, contentType: "application/json", body: body, effect: effect, isMessage: false,
      isDirectory: isDirectory)
    {
    case .failure(let error): return reading.outcome(of: error)
    case .success(let response): return reading.outcome(of: response, emptyIs: emptyIs, value: value)
    }
  }

  func exchange(
    _ operation: String, _ method: TransportRequest.Method, _ caller: [(key: String, value: String)],
    contentType: String,
    body: TransportBody, effect: AxisOutcomeTable.Effect, isMessage: Bool, isDirectory: Bool = false,
    into sink: TransportSink = .memory
  ) async -> Result<TransportResponse, TransportError> {
    let parameters = SignedParameters(systemID: account.systemID, contentType: contentType, caller: caller, at: now())
    let headers: [TransportHeader]
    do throws(SigningError) {
      headers = try parameters.headers(secret: account.secret)
    } catch {
      return .failure(
        TransportError(
          .invalidRequest, reach: .neverSent, detail: "the request cannot be signed: \(error.code.rawValue)"))
    }
    let answerLimit: Int
    switch (effect, isMessage) {
    case (.once, _): answerLimit = 1 << 20
    case (_, true): answerLimit = limits.maximumMessageBytes / 3 * 4 + (2 << 20)
    case (_, false): answerLimit = isDirectory ? limits.maximumListBytes : limits.maximumMailboxBytes
    }
    let request = TransportRequest(
      method, url: account.address(of: operation), headers: headers, body: body,
      limits: TransportLimits(
        connectTimeout: limits.connectTimeout, totalTimeout: isMessage ? limits.messageTimeout : limits.callTimeout,
        stallTimeout: limits.stallTimeout, maximumResponseBytes: answerLimit),
      mayRepeat: effect == .repeatable)
    do throws(TransportError) {
      return .success(try await transport.send(request, into: sink))
    } catch {
      return .failure(error)
    }
  }

  /// Whether a transport id can be sent back in a header.
  static func isSendable(_ id: String) -> Bool {
    !id.isEmpty && id.utf8.count <= 200 && id.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7f }
  }
}
