import Foundation
import Hummingbird
import Logging
import NIOCore
import SigningCore

/// The axis in the shape of a provincial gateway (domain notes 8.7), for tests of clients of that kind.
extension AxisResponder {
  /// The largest message that comes as multipart: it is held in memory.
  private static var maximumMultipartBytes: Int { 64 << 20 }

  /// `POST /v1/auth/login`: username and password are the system's id and secret.
  func login(_ request: Request) async -> Response {
    guard let body = try? await request.body.collect(upTo: 64 << 10),
      let object = try? JSONSerialization.jsonObject(with: Data(body.readableBytesView)) as? [String: Any],
      let username = object["username"] as? String, let password = object["password"] as? String,
      let system = systems[username], constantTimeEquals(system.secret, Array(password.utf8))
    else {
      return AxisAnswers.json(["success": false, "message": "Sai tên đăng nhập hoặc mật khẩu"], .unauthorized)
    }
    let token = newID()
    tokens.issue(to: username, at: now(), token: token)
    return AxisAnswers.json(["success": true, "message": "OK", "data": ["token": token]], .ok)
  }

  func answerAsGateway(_ operation: AxisOperation, _ request: Request, doubled: Bool) async -> Response {
    do {
      guard let token = request.headers[.authorization]?.split(separator: " ").last.map(String.init),
        let system = tokens.system(of: token, at: now())
      else { return AxisAnswers.json(["success": false, "message": "Token hết hạn"], .unauthorized) }
      guard Self.header("X-SystemId", request) == system,
        let key = Self.header("X-SecretKey", request), let known = systems[system],
        constantTimeEquals(known.secret, Array(key.utf8))
      else { throw AxisFailure.notAuthentic("X-SystemId or X-SecretKey is wrong") }
      return try await perform(operation, system, request, doubled: doubled)
    } catch let failure as AxisFailure {
      return AxisAnswers.json(
        [
          "success": false, "message": failure.description,
          "data": ["docId": "", "status": "FAIL", "errorCode": failure.code, "errorDesc": failure.description],
        ], .ok)
    } catch {
      logger.error("failed", metadata: ["operation": "\(operation)", "error": "\(type(of: error))"])
      return AxisAnswers.json(["success": false, "message": "system error", "data": ["errorCode": "20"]], .ok)
    }
  }

  private func perform(_ operation: AxisOperation, _ system: String, _ request: Request, doubled: Bool) async throws
    -> Response
  {
    switch operation {
    case .sendEdoc: return try await takeMultipart(system, request, doubled: doubled)
    case .getReceivedEdocList: return try await list(system, request)
    case .getEdoc: return try await give(system, request)
    case .updateStatus: return try await update(system, request)
    case .getAgenciesList:
      let records = try await store.agencies(withDeleted: false)
      return Self.good(
        records.map { record in
          [
            "id": String(record.number), "pid": record.parentNumber.map(String.init) ?? "", "code": record.code,
            "name": record.name, "mail": record.mail,
            "oldCode": AgencyCodeForm.forms(record.code, record.otherCode).qcvn102,
          ]
        })
    default: throw AxisFailure.wrongParameter("no such operation")
    }
  }

  private func takeMultipart(_ system: String, _ request: Request, doubled: Bool) async throws -> Response {
    let limit = min(Self.maximumMultipartBytes, configuration.maximumMessageBytes) + (64 << 10)
    let body: ByteBuffer
    do {
      body = try await request.body.collect(upTo: limit)
    } catch {
      throw AxisFailure("10", "the message passes \(limit) bytes")
    }
    guard let form = MultipartForm(Array(body.readableBytesView), contentType: request.headers[.contentType] ?? ""),
      let message = form.bytes("edocFile"), !message.isEmpty, let type = form.text("messageType"),
      ["edoc", "status"].contains(type)
    else { throw AxisFailure("10", "the body must be multipart with edocFile and messageType") }
    let id = newID()
    let incoming = try folder.incoming(id)
    try await incoming.append(message)
    let digest = try Digest.of(message)
    // Nothing is appended to a file in this protocol, so a CR LF at its end is its own.
    let summary = try await incoming.finish { $0 == digest }
    try await register(
      incoming, as: id, summary,
      Routing(system: system, messageType: type, from: nil, receivers: nil, isDoubled: doubled))
    return AxisAnswers.json(["success": true, "message": "OK", "docId": id], .ok)
  }

  private func list(_ system: String, _ request: Request) async throws -> Response {
    let type = request.uri.queryParameters.get("messageType") ?? "edoc"
    let start = request.uri.queryParameters.get("fromDate").flatMap { AxisAnswers.milliseconds($0) } ?? 0
    let end = request.uri.queryParameters.get("toDate").flatMap { AxisAnswers.milliseconds($0) } ?? Int.max
    let deliveries = try await store.waiting(
      system: system, messageType: type, period: start...max(start, end), limit: configuration.maximumListEntries)
    return Self.good(
      deliveries.map { delivery in
        [
          "serviceType": "eDoc", "createdTime": AxisAnswers.time(delivery.created),
          "updatedTime": AxisAnswers.time(delivery.updated), "messageType": delivery.messageType,
          "docId": delivery.id, "from": delivery.fromCode, "to": delivery.receiver, "status": delivery.state,
          "statusDesc": Self.words(delivery.state),
        ]
      })
  }

  private func give(_ system: String, _ request: Request) async throws -> Response {
    guard let id = request.uri.queryParameters.get("docId"),
      let message = try await store.message(docID: id, system: system), message.byteCount <= Self.maximumMultipartBytes
    else { throw AxisFailure("10", "no message of that docId for this system") }
    let path = folder.path(of: message.id)
    guard let data = await folder.run({ FileManager.default.contents(atPath: path) }) else {
      throw AxisFailure("21", "the message's file is missing")
    }
    return AxisAnswers.json(
      [
        "docId": id, "from": message.fromCode, "fromName": message.fromCode, "edocCode": message.notation,
        "edocAbstract": message.title, "edxml": String(decoding: data, as: UTF8.self), "attachments": [],
      ], .ok)
  }

  private func update(_ system: String, _ request: Request) async throws -> Response {
    let body = try await request.body.collect(upTo: 64 << 10)
    guard let object = try? JSONSerialization.jsonObject(with: Data(body.readableBytesView)) as? [String: Any],
      let id = object["docId"] as? String, let state = (object["status"] as? String)?.lowercased(),
      ["processing", "done", "fail"].contains(state),
      try await store.setState(state, docID: id, system: system, at: milliseconds)
    else { throw AxisFailure.wrongParameter("no message of that docId waits for this system, or no such status") }
    return AxisAnswers.json(["success": true, "message": "OK"], .ok)
  }

  private static func good(_ data: [[String: String]]) -> Response {
    AxisAnswers.json(["success": true, "message": "OK", "count": data.count, "data": data], .ok)
  }

  private static func header(_ name: String, _ request: Request) -> String? {
    request.headers.first { $0.name.rawName.lowercased() == name.lowercased() }?.value
  }
}
