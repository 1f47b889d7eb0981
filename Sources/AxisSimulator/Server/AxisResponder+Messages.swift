import EdXML
import Foundation
import Hummingbird
import Logging
import NIOCore
import SigningCore

extension AxisResponder {
  /// Takes a message: file on the disk first, then its rows, then the answer.
  func sendEdoc(_ call: SignedCall, _ request: Request, doubled: Bool) async throws -> Response {
    let messageType = try call.messageType()
    let from = try call.required("from")
    guard try await store.owns(system: call.systemID, code: from) else {
      throw AxisFailure("19", "the sender's code does not belong to the system that sends")
    }
    let receivers = try call.value("to").map { text throws(AxisFailure) in try ReceiverCodes.read(text) }
    let announced = try call.value("hash-file")

    let id = newID()
    let incoming = try folder.incoming(id)
    var total = 0
    for try await buffer in request.body {
      total += buffer.readableBytes
      guard total <= configuration.maximumMessageBytes + 2 else {
        return AxisAnswers.refusal(
          AxisFailure("10", "the message passes \(configuration.maximumMessageBytes) bytes"), status: .contentTooLarge)
      }
      try await incoming.append(buffer.getBytes(at: buffer.readerIndex, length: buffer.readableBytes) ?? [])
    }
    let summary = try await incoming.finish { digest in announced.map { Self.isHash($0, of: digest) } ?? false }
    guard summary.byteCount > 0 else { throw AxisFailure("10", "the message is empty") }
    if let announced, !Self.isHash(announced, of: summary.digest) {
      throw AxisFailure("10", "hash-file is not that of the message")
    }

    try await register(
      incoming, as: id, summary,
      Routing(system: call.systemID, messageType: messageType, from: from, receivers: receivers, isDoubled: doubled))
    return AxisAnswers.good(["DocId": id])
  }

  /// Who sends what to whom, as the call says it.
  struct Routing {
    let system: String
    let messageType: String
    /// nil: as the message itself says.
    let from: String?
    /// nil or empty: as the message itself says.
    let receivers: [String]?
    let isDoubled: Bool
  }

  /// Makes a whole message durable and its deliveries known.
  func register(_ incoming: IncomingMessage, as id: String, _ summary: IncomingMessage.Summary, _ routing: Routing)
    async throws
  {
    let path = incoming.path
    let peek = await folder.run { try? EdXMLReader().peek(file: path) }
    guard let from = routing.from ?? peek?.from, try await store.owns(system: routing.system, code: from) else {
      throw AxisFailure("19", "the sender's code does not belong to the system that sends")
    }
    let messageType = routing.messageType
    let named: [String]
    if let receivers = routing.receivers, !receivers.isEmpty {
      named = receivers
    } else {
      guard let peek else { throw AxisFailure("22", "the message is not readable edXML and there is no to header") }
      named = try ReceiverCodes.distinct(peek.to)
    }
    guard !named.isEmpty else { throw AxisFailure("18", "the message names no receiver") }
    let known = try await store.resolve(named)
    if configuration.strictDirectory, let stranger = named.first(where: { known[$0] == nil }) {
      throw AxisFailure("18", "receiver \(stranger) is not in the directory")
    }

    try await folder.keep(incoming, as: id)
    let record = MessageRecord(
      id: id, messageType: messageType, fromCode: from, toCodes: Self.array(named), system: routing.system,
      documentId: peek?.documentId ?? "", title: peek?.subject ?? "", notation: peek?.code ?? "",
      sha256: summary.digest.hexadecimal, byteCount: summary.byteCount, created: milliseconds)
    // Two names of one agency are one delivery.
    let targets = try ReceiverCodes.distinct(named.map { known[$0] ?? $0 })
    let deliveries = (targets + (routing.isDoubled ? targets : [])).map { receiver in
      (id: newID(), receiver: receiver, known: known.values.contains(receiver))
    }
    do {
      try await store.add(record, deliveries: deliveries)
    } catch {
      folder.drop(id)
      throw error
    }
    logger.info(
      "message taken",
      metadata: [
        "docId": "\(id)", "type": "\(messageType)", "from": "\(from)", "receivers": "\(targets.count)",
        "bytes": "\(summary.byteCount)",
      ])
  }

  func receivedList(_ call: SignedCall) async throws -> Response {
    let start = try call.value("fromDate").flatMap { AxisAnswers.milliseconds($0) } ?? 0
    let end = try call.value("toDate").flatMap { AxisAnswers.milliseconds($0) } ?? Int.max
    let deliveries = try await store.waiting(
      system: call.systemID, messageType: try call.messageType(), period: start...max(start, end),
      limit: configuration.maximumListEntries)
    return AxisAnswers.good([
      "data": deliveries.map { delivery in
        [
          "docId": delivery.id, "serviceType": "eDoc", "messageType": delivery.messageType,
          "created_time": AxisAnswers.time(delivery.created), "updated_time": AxisAnswers.time(delivery.updated),
          "from": delivery.fromCode, "to": delivery.receiver, "status": delivery.state,
          "status_desc": Self.words(delivery.state),
        ]
      }
    ])
  }

  func sentList(_ call: SignedCall) async throws -> Response {
    let deliveries = try await store.sent(
      system: call.systemID, messageType: try call.messageType(),
      docID: try call.value("docId").flatMap { $0.isEmpty ? nil : $0 },
      limit: configuration.maximumListEntries)
    return AxisAnswers.good([
      "data": deliveries.map { delivery in
        [
          "serviceType": "eDoc", "messageType": delivery.messageType, "senderDocId": delivery.message,
          "receiverDocId": delivery.id, "fromCode": delivery.fromCode, "toCode": delivery.receiver,
          "title": delivery.title, "notation": delivery.notation, "sentTime": AxisAnswers.time(delivery.created),
          "receivedTime": ["done", "fail", "processing"].contains(delivery.state)
            ? AxisAnswers.time(delivery.updated) : "",
          "sendStatus": "done", "sendStatusDesc": Self.words("done"), "receiveStatus": delivery.state,
          "receiveStatusDesc": Self.words(delivery.state),
        ]
      }
    ])
  }

  func getEdoc(_ call: SignedCall) async throws -> Response {
    let message = try await message(call)
    let path = folder.path(of: message.id)
    let head = Array(#"{"status":"OK","ErrorCode":"0","ErrorDesc":"Thành công","docId":"\#(message.id)","data":""#.utf8)
    let tail = Array(#""}"#.utf8)
    var headers = HTTPFields()
    headers[.contentType] = "application/json; charset=utf-8"
    let length = head.count + (message.byteCount + 2) / 3 * 4 + tail.count
    let body = ResponseBody(contentLength: length) { [folder] writer in
      try await writer.write(ByteBuffer(bytes: head))
      // A multiple of three, so that the pieces' base64 joins to the whole one's.
      try await Self.stream(path, byteCount: message.byteCount, pieces: 3 << 16, folder) { piece in
        try await writer.write(ByteBuffer(bytes: Data(piece).base64EncodedData()))
      }
      try await writer.write(ByteBuffer(bytes: tail))
      try await writer.finish(nil)
    }
    return Response(status: .ok, headers: headers, body: body)
  }

  func downloadEdoc(_ call: SignedCall) async throws -> Response {
    let message = try await message(call)
    let path = folder.path(of: message.id)
    var headers = HTTPFields()
    headers[.contentType] = "application/octet-stream"
    let body = ResponseBody(contentLength: message.byteCount) { [folder] writer in
      try await Self.stream(path, byteCount: message.byteCount, pieces: 1 << 18, folder) { piece in
        try await writer.write(ByteBuffer(bytes: piece))
      }
      try await writer.finish(nil)
    }
    return Response(status: .ok, headers: headers, body: body)
  }

  func updateStatus(_ call: SignedCall) async throws -> Response {
    let state = try call.required("status").lowercased()
    guard ["processing", "done", "fail"].contains(state) else {
      throw AxisFailure.wrongParameter("status must be processing, done or fail")
    }
    guard try await store.setState(state, docID: try call.required("docId"), system: call.systemID, at: milliseconds)
    else {
      throw AxisFailure.wrongParameter("no message of that docId waits for this system")
    }
    return AxisAnswers.good()
  }

  private func message(_ call: SignedCall) async throws -> MessageRecord {
    guard let message = try await store.message(docID: try call.required("docId"), system: call.systemID) else {
      throw AxisFailure.wrongParameter("no message of that docId for this system")
    }
    return message
  }

  /// Reads a kept file in pieces, off the serving threads.
  static func stream(
    _ path: String, byteCount: Int, pieces: Int, _ folder: MessageFolder, _ take: ([UInt8]) async throws -> Void
  ) async throws {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw AxisFailure("21", "the message's file is missing") }
    defer { close(descriptor) }
    var offset = 0
    while offset < byteCount {
      let (start, wanted) = (offset, min(pieces, byteCount - offset))
      let piece = await folder.run { () -> [UInt8] in
        [UInt8](unsafeUninitializedCapacity: wanted) { buffer, count in
          while count < wanted {
            let got = pread(descriptor, buffer.baseAddress.map { $0 + count }, wanted - count, off_t(start + count))
            guard got > 0 else { break }
            count += got
          }
        }
      }
      // A shorter file would be a whole message to the client if the answer just ended; the connection breaks instead.
      guard piece.count == wanted else { throw AxisFailure("21", "the message's file is damaged") }
      try await take(piece)
      offset += piece.count
    }
  }

  /// `hash-file` in the SDK's form (no padding of a byte's zero) or as true hexadecimal.
  static func isHash(_ text: String, of digest: [UInt8]) -> Bool {
    let given = text.lowercased()
    return given == digest.hexadecimal || given == digest.map { String($0, radix: 16) }.joined()
  }

  private static func array(_ codes: [String]) -> String {
    let data = try? JSONSerialization.data(withJSONObject: codes, options: [.withoutEscapingSlashes])
    return data.map { String(decoding: $0, as: UTF8.self) } ?? "[]"
  }

  static func words(_ state: String) -> String {
    switch state {
    case "initial": "Chờ nhận"
    case "processing": "Đang xử lý"
    case "done": "Thành công"
    case "fail": "Thất bại"
    default: "Không chuyển được: đơn vị nhận không có trong danh bạ"
    }
  }
}
