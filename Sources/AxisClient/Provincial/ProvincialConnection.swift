public import Foundation
public import HTTPTransport
import Synchronization
import VietnameseText

/// A provincial gateway (LGSP) as an axis: a token by login, JSON, and messages as multipart files.
///
/// It has no list of what was sent, so that an unknown outcome can only be settled by the receiver's answer or a person;
/// and no operations on the directory but its one list.
public final class ProvincialConnection: AxisOperations {
  let account: ProvincialAccount
  let limits: AxisLimits
  private let transport: HTTPClient
  private let outcomes: AxisOutcomeTable
  private let now: @Sendable () -> Date
  private let token = Mutex<(text: String, until: Date)?>(nil)

  /// The days back that the mailbox is listed for; older messages are long taken, unless they cannot be fetched.
  static let listedDays = 30
  /// The days that a message which cannot be fetched is listed beyond that; more would make every list too long.
  static let troubledDays = 90

  public init(
    account: ProvincialAccount, transport: HTTPClient, outcomes: AxisOutcomeTable = .standard,
    limits: AxisLimits = AxisLimits(), now: @escaping @Sendable () -> Date
  ) {
    self.account = account
    self.transport = transport
    self.outcomes = outcomes
    self.limits = limits
    self.now = now
  }

  // MARK: Lists and small calls

  public var listedBack: TimeInterval? { Double(Self.troubledDays) * 86_400 }

  public func getReceivedEdocList(_ messageType: AxisMessageType) async -> AxisOutcome<[ReceivedEntry]> {
    await getReceivedEdocList(messageType, waitingSince: nil)
  }

  public func getReceivedEdocList(
    _ messageType: AxisMessageType, waitingSince since: Date?
  ) async -> AxisOutcome<[ReceivedEntry]> {
    let today = now()
    // What was listed at `since` may have been `listedDays` old then.
    let oldest = min(today, max(since ?? today, today.addingTimeInterval(-Double(Self.troubledDays) * 86_400)))
    let query = [
      ("messageType", messageType.rawValue),
      ("fromDate", Self.day(oldest.addingTimeInterval(-Double(Self.listedDays) * 86_400))),
      ("toDate", Self.day(today.addingTimeInterval(86_400))),
    ]
    return await call("syncReceivedEdocList", .get, query) { answer in
      // It lists what was taken already, too.
      answer.list()?.prefix(self.limits.maximumListEntries).compactMap(ReceivedEntry.init).filter {
        !["done", "fail"].contains($0.status.lowercased())
      }
    }
  }

  public func countReceived(_ messageType: AxisMessageType) async -> AxisOutcome<Int> {
    await getReceivedEdocList(messageType).map(\.count)
  }

  public func updateStatus(docID: String, _ state: TransportState) async -> AxisOutcome<Void> {
    let body = Self.object([("docId", docID), ("status", state.rawValue)])
    return await call("updateStatus", .post, body: .bytes(body), contentType: "application/json") { _ in () }
  }

  public func getAgenciesList() async -> AxisOutcome<[AgencyEntry]> {
    await call("getAgenciesList", .get, isDirectory: true) {
      $0.list()?.prefix(self.limits.maximumListEntries).compactMap(AgencyEntry.init)
    }
  }

  public func getSentEdocList(_ messageType: AxisMessageType, docID: String?) async -> AxisOutcome<[SentEntry]> {
    Self.notOffered()
  }
  public func getAgenciesListQD20(level: Int) async -> AxisOutcome<[AgencyEntry]> { Self.notOffered() }
  public func getSynchronizeUnit() async -> AxisOutcome<[SynchronizedUnit]> { Self.notOffered() }
  public func registerAgency(_ registration: AgencyRegistration) async -> AxisOutcome<Void> { Self.notOffered() }
  public func deleteAgency(code: String) async -> AxisOutcome<Void> { Self.notOffered() }

  // MARK: Messages

  /// `from` and `to` have no place in this protocol: the message itself says both.
  public func sendEdoc(
    file path: String, from: String, to: [String]?, messageType: AxisMessageType
  ) async -> AxisOutcome<String> {
    let boundary = "lienthong-\(UUID().uuidString)"
    let head = """
      --\(boundary)\r
      Content-Disposition: form-data; name="messageType"\r
      \r
      \(messageType.rawValue)\r
      --\(boundary)\r
      Content-Disposition: form-data; name="edocFile"; filename="message.edxml"\r
      Content-Type: application/xml\r
      \r

      """
    let body = TransportBody.framedFile(
      prefix: Array(head.utf8), path: path, suffix: Array("\r\n--\(boundary)--\r\n".utf8))
    return await call(
      "sendEdoc", .post, body: body, contentType: "multipart/form-data; boundary=\(boundary)", effect: .once,
      isMessage: true
    ) { answer in
      (answer.text("docid") ?? answer.inner("docid")).flatMap { AxisConnection.isSendable($0) ? $0 : nil }
    }
  }

  public func fetchEdoc(docID: String, into path: String) async -> AxisOutcome<FetchedMessage> {
    let answerPath = path + ".answer"
    defer { unlink(answerPath) }
    return await call(
      "getEdoc", .get, [("docId", docID)], isMessage: true, into: .file(path: answerPath)
    ) { reading, response in
      // The gateway's documented answer has neither code nor status.
      reading.message(
        of: response, at: .gateway, in: answerPath, into: path, upTo: limits.maximumMessageBytes, goodBy: "edxml"
      ) { answer in
        // Attachments that are not in the message would be missing from what we keep.
        !answer.has("attachments") || Self.hasAttachments(path)
      }
    }
  }

  /// Whether a message carries any attachment.
  private static func hasAttachments(_ path: String) -> Bool {
    guard let file = FileHandle(forReadingAtPath: path) else { return false }
    defer { try? file.close() }
    let tag = Data("Attachment>".utf8)
    var end = Data()
    while let piece = try? file.read(upToCount: 1 << 20), !piece.isEmpty {
      let text = end + piece
      if text.range(of: tag) != nil { return true }
      end = text.suffix(tag.count - 1)
    }
    return false
  }

  // MARK: One call

  private func call<Value: Sendable>(
    _ operation: String, _ method: TransportRequest.Method, _ query: [(String, String)] = [],
    body: TransportBody = .none, contentType: String? = nil, effect: AxisOutcomeTable.Effect = .repeatable,
    isMessage: Bool = false, isDirectory: Bool = false, _ value: (AxisAnswer) -> Value?
  ) async -> AxisOutcome<Value> {
    await call(
      operation, method, query, body: body, contentType: contentType, effect: effect, isMessage: isMessage,
      isDirectory: isDirectory
    ) { reading, response in reading.outcome(of: response, value: value) }
  }

  private func call<Value: Sendable>(
    _ operation: String, _ method: TransportRequest.Method, _ query: [(String, String)], body: TransportBody = .none,
    contentType: String? = nil, effect: AxisOutcomeTable.Effect = .repeatable, isMessage: Bool,
    isDirectory: Bool = false, into sink: TransportSink = .memory,
    _ outcome: (AnswerReading, TransportResponse) -> AxisOutcome<Value>
  ) async -> AxisOutcome<Value> {
    let reading = reading(operation, effect)
    var renewed = false
    while true {
      let ticket: String
      switch await bearer(renewing: renewed) {
      case .accepted(let text): ticket = text
      // Nothing of the call itself was sent.
      case .refused(let refusal): return .refused(refusal)
      case .tryAgain(let trouble), .unknown(let trouble): return .tryAgain(trouble)
      }
      var headers = [
        TransportHeader("Authorization", "Bearer \(ticket)"), TransportHeader("X-SystemId", account.systemID),
        TransportHeader("X-SecretKey", account.secretKey.value), TransportHeader("Accept", "application/json"),
      ]
      if let contentType { headers.append(TransportHeader("Content-Type", contentType)) }
      let suffix = query.map { "\($0)=\(AxisForwarder.percentEncoded($1))" }.joined(separator: "&")
      let request = TransportRequest(
        method, url: "\(account.endpoint)/v1/\(operation)" + (suffix.isEmpty ? "" : "?\(suffix)"), headers: headers,
        body: body,
        limits: transportLimits(isMessage: isMessage, isDirectory: isDirectory, effect: effect),
        mayRepeat: effect == .repeatable)
      do throws(TransportError) {
        let response = try await transport.send(request, into: sink)
        // The gateway forgot the token, and with it refused the call: once more with a new one.
        if response.status == 401, !renewed {
          renewed = true
          continue
        }
        if response.status == 401 || response.status == 403, AxisAnswer(response.body)?.errorCode == nil {
          return reading.outcome(["code:15"], code: "http-\(response.status)", words: "the gateway refuses our account")
        }
        return outcome(reading, response)
      } catch {
        return reading.outcome(of: error)
      }
    }
  }

  private func transportLimits(
    isMessage: Bool, isDirectory: Bool = false, effect: AxisOutcomeTable.Effect
  ) -> TransportLimits {
    TransportLimits(
      connectTimeout: limits.connectTimeout, totalTimeout: isMessage ? limits.messageTimeout : limits.callTimeout,
      stallTimeout: limits.stallTimeout,
      maximumResponseBytes: effect == .once
        ? 1 << 20
        : isMessage
          // Escaped or in base64, and its attachments beside it once more.
          ? limits.maximumMessageBytes * 3
          : isDirectory ? limits.maximumListBytes : limits.maximumMailboxBytes)
  }

  /// The token that is held, or a new one.
  private func bearer(renewing: Bool) async -> AxisOutcome<String> {
    let held = token.withLock { token -> String? in
      guard !renewing, let token, token.until > now() else { return nil }
      return token.text
    }
    if let held { return .accepted(held) }
    let body: [String: Any] = [
      "username": account.username, "password": account.password.value, "applicationCode": account.applicationCode,
      "otp": NSNull(), "twoFactorProvider": NSNull(), "typeObjs": [0, 1],
    ]
    guard let json = try? JSONSerialization.data(withJSONObject: body, options: [.sortedKeys]) else {
      return reading("login", .repeatable).outcome(["transport:invalid-request/never-sent"], words: "login")
    }
    let request = TransportRequest(
      .post, url: "\(account.endpoint)/v1/auth/login?allow_anonymous=true",
      headers: [TransportHeader("Content-Type", "application/json"), TransportHeader("Accept", "application/json")],
      body: .bytes(Array(json)), limits: transportLimits(isMessage: false, effect: .once), mayRepeat: true)
    let reading = reading("login", .repeatable)
    let response: TransportResponse
    do throws(TransportError) {
      response = try await transport.send(request)
    } catch {
      return reading.outcome(of: error)
    }
    if let text = AxisAnswer(response.body).flatMap({ $0.inner("token") ?? $0.text("token") }),
      (200...299).contains(response.status), !text.isEmpty
    {
      let until = now().addingTimeInterval(Double(account.tokenLifetime.components.seconds))
      token.withLock { $0 = (text, until) }
      return .accepted(text)
    }
    token.withLock { $0 = nil }
    if [400, 401, 403].contains(response.status) || AxisAnswer(response.body)?.status == false {
      return reading.outcome(["code:15"], code: "login-\(response.status)", words: "the gateway refuses the login")
    }
    return reading.outcome(ofStatus: response)
  }

  private func reading(_ operation: String, _ effect: AxisOutcomeTable.Effect) -> AnswerReading {
    AnswerReading(table: outcomes, effect: effect, operation: operation)
  }

  private static func object(_ members: [(String, String)]) -> [UInt8] {
    Array(
      "{\(members.map { "\(SignedParameters.quoted($0)):\(SignedParameters.quoted($1))" }.joined(separator: ","))}".utf8
    )
  }

  /// `yyyy/MM/dd` in Vietnam.
  private static func day(_ instant: Date) -> String {
    let stamp = SignedParameters.timestamp(instant)
    let digits = Array(stamp)
    return "\(String(digits[4..<8]))/\(String(digits[2..<4]))/\(String(digits[0..<2]))"
  }

  private static var notOfferedRefusal: AxisRefusal {
    AxisRefusal(
      subject: .message, code: AxisRefusal.notOffered, description: "the gateway does not have this operation",
      clerk: ClerkSentence(
        vi: "Cổng của tỉnh không có chức năng này.", en: "The provincial gateway does not have this operation."))
  }

  private static func notOffered<Value>() -> AxisOutcome<Value> { .refused(notOfferedRefusal) }
}
