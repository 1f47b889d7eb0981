import Dispatch
import Foundation
import Synchronization

/// A TCP server of a few lines that answers as a test says, byte by byte: what a real server would not do.
final class RawServer: Sendable {
  let port: Int
  private let listener: Int32
  private let seen = Mutex<[String]>([])

  /// What to do once a request's head and body are read.
  enum Reaction: Sendable {
    /// Writes these bytes and keeps the connection.
    case answer(String)
    /// Writes these bytes, then closes.
    case answerAndClose(String)
    /// Closes without a word.
    case close
    /// Writes these bytes, then nothing more.
    case hang(String)
  }

  /// - Parameter reaction: the reaction to the n-th request (from 0) with that head.
  init(_ reaction: @escaping @Sendable (_ number: Int, _ head: String) -> Reaction) throws {
    let socket = Foundation.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let bound = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
        bind(socket, generic, length) == 0 && listen(socket, 16) == 0 && getsockname(socket, generic, &length) == 0
      }
    }
    listener = socket
    guard bound else { throw POSIXError(.EADDRNOTAVAIL) }
    port = Int(UInt16(bigEndian: address.sin_port))
    Thread.detachNewThread { [weak self] in
      while true {
        let connection = accept(socket, nil, nil)
        guard connection >= 0 else { return }
        Thread.detachNewThread { [weak self] in
          self?.serve(connection, reaction)
          close(connection)
        }
      }
    }
  }

  deinit {
    shutdown(listener, Int32(SHUT_RDWR))
    close(listener)
  }

  /// A port that nobody listens on now.
  static func freePort() throws -> Int { try RawServer { _, _ in .close }.port }

  var url: String { "http://127.0.0.1:\(port)" }
  /// The heads of all requests, in order.
  var requests: [String] { seen.withLock { $0 } }

  static func answer(_ body: String, status: String = "200 OK", headers: String = "") -> String {
    "HTTP/1.1 \(status)\r\nContent-Length: \(body.utf8.count)\r\n\(headers)\r\n\(body)"
  }

  private func serve(_ connection: Int32, _ reaction: @Sendable (Int, String) -> Reaction) {
    var pending: [UInt8] = []
    while true {
      guard let head = readHead(connection, &pending) else { return }
      let lengthLine = head.split(separator: "\r\n").first { $0.lowercased().hasPrefix("content-length:") }
      var rest = lengthLine.flatMap { Int($0.split(separator: ":")[1].trimmingCharacters(in: .whitespaces)) } ?? 0
      while rest > pending.count {
        guard let more = receive(connection) else { return }
        rest -= pending.count
        pending = more
      }
      pending.removeFirst(rest)
      rest = 0
      let number = seen.withLock { seen in
        seen.append(head)
        return seen.count - 1
      }
      switch reaction(number, head) {
      case .answer(let text): send(connection, text)
      case .answerAndClose(let text):
        send(connection, text)
        return
      case .close: return
      case .hang(let text):
        send(connection, text)
        while receive(connection) != nil {}
        return
      }
    }
  }

  private func readHead(_ connection: Int32, _ pending: inout [UInt8]) -> String? {
    let mark = Array("\r\n\r\n".utf8)
    while true {
      if let end = pending.indices.first(where: { pending[$0...].starts(with: mark) }) {
        let head = String(decoding: pending[..<end], as: UTF8.self)
        pending.removeFirst(end + mark.count)
        return head
      }
      guard let more = receive(connection) else { return nil }
      pending += more
    }
  }

  private func receive(_ connection: Int32) -> [UInt8]? {
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    let count = recv(connection, &buffer, buffer.count, 0)
    return count > 0 ? Array(buffer[..<count]) : nil
  }

  private func send(_ connection: Int32, _ text: String) {
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Foundation.send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
      guard count > 0 else { return }
      rest = rest.dropFirst(count)
    }
  }
}
