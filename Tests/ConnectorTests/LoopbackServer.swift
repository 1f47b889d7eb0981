import Foundation
import Synchronization

/// A small HTTP server on 127.0.0.1, one answer per connection, for tests of what we ask others.
final class LoopbackServer: Sendable {
  struct Request: Sendable {
    let method: String
    let path: String
    let body: [UInt8]
  }

  struct Answer: Sendable {
    var status = 200
    var headers: [String] = []
    var body: [UInt8] = []
    /// Seconds before it answers.
    var delay = 0.0
  }

  let port: Int
  private let descriptor: Int32
  private let state = Mutex<State>(State())

  private struct State {
    var requests: [Request] = []
    var answers: [String: Answer] = [:]
    var makers: [String: @Sendable (Request) -> Answer] = [:]
  }

  struct NoPort: Error {}

  init() throws {
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let descriptor = descriptor
    let bound = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, length) == 0 && listen(descriptor, 16) == 0 && getsockname(descriptor, $0, &length) == 0
      }
    }
    guard bound else { throw NoPort() }
    port = Int(UInt16(bigEndian: address.sin_port))
    Thread.detachNewThread { [self] in
      while true {
        let connection = accept(descriptor, nil, nil)
        guard connection >= 0 else { return }
        serve(connection)
        close(connection)
      }
    }
  }

  /// Ends it; a blocked `accept` returns.
  func stop() { shutdown(descriptor, Int32(SHUT_RDWR)) }

  func url(_ path: String) -> String { "http://127.0.0.1:\(port)\(path)" }

  func answer(_ path: String, _ answer: Answer) { state.withLock { $0.answers[path] = answer } }

  /// An answer that depends on the request.
  func answer(_ path: String, making maker: @escaping @Sendable (Request) -> Answer) {
    state.withLock { $0.makers[path] = maker }
  }

  /// Paths asked for so far, in order.
  var asked: [String] { state.withLock { $0.requests.map(\.path) } }

  private func serve(_ connection: Int32) {
    var bytes: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 65_536)
    func more() -> Bool {
      let count = recv(connection, &piece, piece.count, 0)
      if count > 0 { bytes += piece[..<count] }
      return count > 0
    }
    while Data(bytes).range(of: Data("\r\n\r\n".utf8)) == nil { guard more() else { return } }
    guard let end = Data(bytes).range(of: Data("\r\n\r\n".utf8)) else { return }
    let head = String(decoding: bytes[..<end.lowerBound], as: UTF8.self).components(separatedBy: "\r\n")
    let length =
      head.first { $0.lowercased().hasPrefix("content-length:") }
      .flatMap { Int($0.dropFirst(15).trimmingCharacters(in: .whitespaces)) } ?? 0
    while bytes.count < end.upperBound + length { guard more() else { return } }
    let words = head[0].split(separator: " ")
    guard words.count > 1 else { return }
    let request = Request(
      method: String(words[0]), path: String(words[1]), body: Array(bytes[end.upperBound...].prefix(length)))
    let answer = state.withLock { state in
      state.requests.append(request)
      if let maker = state.makers[request.path] { return maker(request) }
      return state.answers[request.path] ?? Answer(status: 404)
    }
    if answer.delay > 0 { Thread.sleep(forTimeInterval: answer.delay) }
    let lines = ["HTTP/1.1 \(answer.status) X", "Content-Length: \(answer.body.count)", "Connection: close"]
    var out = Array(((lines + answer.headers).joined(separator: "\r\n") + "\r\n\r\n").utf8) + answer.body
    while !out.isEmpty {
      let count = send(connection, out, out.count, Int32(MSG_NOSIGNAL))
      guard count > 0 else { return }
      out.removeFirst(count)
    }
  }
}
