import ConnectorServer
import Foundation

/// A bare HTTP/1.1 request over a socket, so that the test needs no HTTP client.
enum Plain {
  struct Failure: Error { let call: String }

  static func get(_ address: ListenAddress, path: String) async throws -> String {
    try await Task.detached {
      let handle = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
      guard handle >= 0 else { throw Failure(call: "socket") }
      defer { close(handle) }
      var place = sockaddr_in()
      place.sin_family = sa_family_t(AF_INET)
      place.sin_port = in_port_t(address.port).bigEndian
      inet_pton(AF_INET, address.host, &place.sin_addr)
      let connected = withUnsafePointer(to: &place) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          connect(handle, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
        }
      }
      guard connected == 0 else { throw Failure(call: "connect") }
      let request = Array("GET \(path) HTTP/1.1\r\nHost: \(address)\r\nConnection: close\r\n\r\n".utf8)
      guard send(handle, request, request.count, 0) == request.count else { throw Failure(call: "send") }
      var answer: [UInt8] = []
      var chunk = [UInt8](repeating: 0, count: 4096)
      while true {
        let count = recv(handle, &chunk, chunk.count, 0)
        guard count > 0 else { break }
        answer += chunk[..<count]
      }
      return String(decoding: answer, as: UTF8.self)
    }.value
  }
}
