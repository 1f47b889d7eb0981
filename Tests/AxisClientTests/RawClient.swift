import Dispatch
import Foundation
import SigningCore

/// A caller that shares nothing with our client: bytes over a socket, headers as the operator's Java client was seen to
/// send them (domain notes 13).
///
/// `@unchecked Sendable`: `pending` is touched only in blocks on `queue`, which is serial. The socket calls block, and
/// the server answers on the cooperative pool, so they must not be made there.
final class RawClient: @unchecked Sendable {
  private let queue = DispatchQueue(label: "raw client")
  private let connection: Int32
  private var pending: [UInt8] = []

  struct Answer: Sendable {
    let status: Int
    let head: String
    let body: [UInt8]
    var json: [String: Any] { (try? JSONSerialization.jsonObject(with: Data(body)) as? [String: Any]) ?? [:] }
    var errorCode: String { json["ErrorCode"] as? String ?? "" }
  }

  init(port: Int) throws {
    connection = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    address.sin_port = UInt16(port).bigEndian
    var patience = timeval(tv_sec: 20, tv_usec: 0)
    setsockopt(connection, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
    let connected = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(connection, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard connected == 0 else { throw POSIXError(.ECONNREFUSED) }
  }

  deinit { close(connection) }

  /// Signs `parameters` in their order and gives the header lines; `change` alters a sent value after signing.
  static func headers(
    _ parameters: [(String, String)], secret: String, change: [String: String] = [:], hash: String? = nil
  ) throws -> [String] {
    let members = parameters.map { key, value in
      "\"XroadVnpt-\(key)\":\"\(value.replacingOccurrences(of: "\"", with: "\\\""))\""
    }
    let text = "{\(members.joined(separator: ","))}"
    let code = try hmacSHA256(key: Array(secret.utf8), message: Array(text.utf8)).hexadecimal
    var lines = parameters.map { key, value in "XroadVnpt-\(key): \(change[key] ?? value)" }
    lines.append("XroadVnpt-sign-header-key: \(parameters.map(\.0).joined(separator: ";"))")
    lines.append("XroadVnpt-sign-header: \(text)")
    lines.append("XroadVnpt-hash-header: \(hash ?? code)")
    lines.append("User-Agent: JAVASDKAgent/1.0.0 XRoad/VPCP")
    lines.append("XroadVnpt-version: 3.0.201608")
    return lines
  }

  func send(_ method: String, _ path: String, _ lines: [String], body: [UInt8] = [], expecting: Bool = false)
    async throws -> Answer
  {
    try await withCheckedThrowingContinuation { continuation in
      queue.async {
        continuation.resume(with: Result { try self.exchange(method, path, lines, body: body, expecting: expecting) })
      }
    }
  }

  private func exchange(_ method: String, _ path: String, _ lines: [String], body: [UInt8], expecting: Bool) throws
    -> Answer
  {
    var head = "\(method) \(path) HTTP/1.1\r\n" + lines.map { $0 + "\r\n" }.joined()
    if method == "POST" { head += "Content-Length: \(body.count)\r\n" }
    head += "Host: axis.test\r\nConnection: Keep-Alive\r\nAccept-Encoding: gzip,deflate\r\n"
    if expecting {
      write(Array((head + "Expect: 100-continue\r\n\r\n").utf8))
      let interim = try read()
      guard interim.status == 100 else { return interim }
      write(body)
    } else {
      write(Array((head + "\r\n").utf8) + body)
    }
    return try read()
  }

  private func write(_ bytes: [UInt8]) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Foundation.send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
      guard count > 0 else { return }
      rest = rest.dropFirst(count)
    }
  }

  private func read() throws -> Answer {
    let mark = Array("\r\n\r\n".utf8)
    var end = pending.indices.first { pending[$0...].starts(with: mark) }
    while end == nil {
      try more()
      end = pending.indices.first { pending[$0...].starts(with: mark) }
    }
    let head = String(decoding: pending[..<(end ?? 0)], as: UTF8.self)
    pending.removeFirst((end ?? 0) + mark.count)
    let lines = head.components(separatedBy: "\r\n")
    let status = Int(lines[0].split(separator: " ").dropFirst().first ?? "") ?? 0
    let lengthLine = lines.first { $0.lowercased().hasPrefix("content-length:") }
    let length = lengthLine.flatMap { Int($0.dropFirst(15).trimmingCharacters(in: .whitespaces)) } ?? 0
    while pending.count < length { try more() }
    let body = Array(pending[..<length])
    pending.removeFirst(length)
    return Answer(status: status, head: head, body: body)
  }

  private func more() throws {
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    let count = recv(connection, &buffer, buffer.count, 0)
    guard count > 0 else { throw POSIXError(.ECONNRESET) }
    pending += buffer[..<count]
  }
}
