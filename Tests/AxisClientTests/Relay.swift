import Dispatch
import Foundation
import Synchronization

/// A relay between client and axis: it sees each request's head and may rewrite it, answer itself, or open a tunnel.
///
/// One request for each connection: the rewritten head asks both sides to close.
final class Relay: Sendable {
  enum Reaction: Sendable {
    /// Passed on with this head.
    case pass(String)
    /// `CONNECT`: what follows is passed on as it is.
    case tunnel
    case answer(String)
  }

  let port: Int
  private let listener: Int32
  private let seen = Mutex<[String]>([])

  init(to target: Int, _ react: @escaping @Sendable (String) -> Reaction) throws {
    (listener, port) = try Self.listen()
    let listener = listener
    Thread.detachNewThread { [weak self] in
      while true {
        let client = accept(listener, nil, nil)
        guard client >= 0 else { return }
        Thread.detachNewThread { [weak self] in
          self?.serve(client, target, react)
          close(client)
        }
      }
    }
  }

  deinit {
    shutdown(listener, Int32(SHUT_RDWR))
    close(listener)
  }

  var url: String { "http://127.0.0.1:\(port)" }
  /// The first lines of all requests, in order.
  var requestLines: [String] { seen.withLock { $0.map { String($0.prefix { $0 != "\r\n" }) } } }

  private func serve(_ client: Int32, _ target: Int, _ react: @Sendable (String) -> Reaction) {
    var bytes: [UInt8] = []
    let mark = Array("\r\n\r\n".utf8)
    var end: Int?
    while end == nil {
      guard let more = Self.receive(client) else { return }
      bytes += more
      end = bytes.indices.first { bytes[$0...].starts(with: mark) }
    }
    guard let end else { return }
    let head = String(decoding: bytes[..<end], as: UTF8.self)
    seen.withLock { $0.append(head) }
    let rest = Array(bytes[(end + mark.count)...])
    let upstream: Int32
    switch react(head) {
    case .answer(let text):
      Self.send(client, Array(text.utf8))
      return
    case .tunnel:
      upstream = Self.connect(to: target)
      Self.send(client, Array("HTTP/1.1 200 Connection established\r\n\r\n".utf8))
      Self.send(upstream, rest)
    case .pass(let rewritten):
      upstream = Self.connect(to: target)
      Self.send(upstream, Array((rewritten + "\r\nConnection: close\r\n\r\n").utf8) + rest)
    }
    defer { close(upstream) }
    let up = DispatchGroup()
    up.enter()
    Thread.detachNewThread {
      while let piece = Self.receive(client) { Self.send(upstream, piece) }
      shutdown(upstream, Int32(SHUT_WR))
      up.leave()
    }
    while let piece = Self.receive(upstream) { Self.send(client, piece) }
    shutdown(client, Int32(SHUT_RDWR))
    up.wait()
  }

  private static func address(_ port: Int) -> sockaddr_in {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    address.sin_port = UInt16(truncatingIfNeeded: port).bigEndian
    return address
  }

  private static func listen() throws -> (Int32, Int) {
    let socket = Foundation.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = address(0)
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let bound = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
        bind(socket, generic, length) == 0 && Foundation.listen(socket, 16) == 0
          && getsockname(socket, generic, &length) == 0
      }
    }
    guard bound else { throw POSIXError(.EADDRNOTAVAIL) }
    return (socket, Int(UInt16(bigEndian: address.sin_port)))
  }

  private static func connect(to port: Int) -> Int32 {
    let socket = Foundation.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = address(port)
    _ = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        Foundation.connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    return socket
  }

  private static func receive(_ connection: Int32) -> [UInt8]? {
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    let count = recv(connection, &buffer, buffer.count, 0)
    return count > 0 ? Array(buffer[..<count]) : nil
  }

  private static func send(_ connection: Int32, _ bytes: [UInt8]) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Foundation.send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
      guard count > 0 else { return }
      rest = rest.dropFirst(count)
    }
  }
}
