import Foundation
import Synchronization

/// A population register on this machine: answers one request per connection as a test says.
final class LoopbackRegister: Sendable {
  enum Reaction: Sendable {
    case answer(status: String, body: String)
    /// Says nothing for this long, then closes.
    case silence(seconds: Double)
    /// Sends a body without end.
    case flood
  }

  let port: Int
  private let listener: Int32
  private let seen = Mutex<[String]>([])

  /// - Parameter reaction: what to do with a request, given its body.
  init(_ reaction: @escaping @Sendable (_ body: String) -> Reaction) throws {
    let socket = Foundation.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isBound = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
        bind(socket, generic, length) == 0 && listen(socket, 8) == 0 && getsockname(socket, generic, &length) == 0
      }
    }
    listener = socket
    guard isBound else { throw POSIXError(.EADDRNOTAVAIL) }
    port = Int(UInt16(bigEndian: address.sin_port))
    Thread.detachNewThread { [weak self] in
      while true {
        let connection = accept(socket, nil, nil)
        guard connection >= 0 else { return }
        self?.serve(connection, reaction)
        close(connection)
      }
    }
  }

  deinit {
    shutdown(listener, Int32(SHUT_RDWR))
    close(listener)
  }

  var url: String { "http://127.0.0.1:\(port)/kiem-tra" }
  /// Heads and bodies of all requests.
  var requests: [String] { seen.withLock { $0 } }

  private func serve(_ connection: Int32, _ reaction: @Sendable (String) -> Reaction) {
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = recv(connection, &buffer, buffer.count, 0)
      guard count > 0 else { return }
      bytes += buffer[..<count]
      let text = String(decoding: bytes, as: UTF8.self)
      guard let end = text.range(of: "\r\n\r\n"), let length = text.firstMatch(of: #/(?i)content-length: *(\d+)/#)?.1,
        text[end.upperBound...].utf8.count >= Int(length) ?? 0
      else { continue }
      seen.withLock { $0.append(text) }
      answer(connection, reaction(String(text[end.upperBound...])))
      return
    }
  }

  private func answer(_ connection: Int32, _ reaction: Reaction) {
    func write(_ text: String) -> Bool {
      let bytes = Array(text.utf8)
      return send(connection, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count
    }
    switch reaction {
    case .answer(let status, let body):
      _ = write("HTTP/1.1 \(status)\r\nContent-Length: \(body.utf8.count)\r\nConnection: close\r\n\r\n\(body)")
    case .silence(let seconds): Thread.sleep(forTimeInterval: seconds)
    case .flood:
      guard write("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n") else { return }
      let piece = String(repeating: "x", count: 65_536)
      while write(piece) {}
    }
  }
}
