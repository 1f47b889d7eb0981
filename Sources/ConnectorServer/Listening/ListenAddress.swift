/// Where the clerk's pages are served: a loopback address and a port. Until there is a login no other can be made.
public struct ListenAddress: Sendable, Hashable, CustomStringConvertible {
  /// The address without brackets, for example `127.0.0.1` or `::1`.
  public let host: String
  /// 0 lets the system choose.
  public let port: Int

  /// Reads `127.0.0.1:8080`, `[::1]:8080` or `localhost:8080`; `localhost` is 127.0.0.1, no name is ever looked up.
  public init(_ text: String) throws(ClerkServerError) {
    guard let (host, port) = Self.parts(text) else {
      throw ClerkServerError(
        .listenAddressMalformed, address: text, detail: "expected HOST:PORT, IPv6 in brackets, port 0 to 65535")
    }
    guard let loopback = Self.loopback(host) else {
      throw ClerkServerError(.listenAddressNotLoopback, address: text, detail: "\(host) is not a loopback address")
    }
    self.host = loopback
    self.port = port
  }

  init(loopback: String, port: Int) {
    host = loopback
    self.port = port
  }

  public var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }

  /// The address for a browser, such as `http://127.0.0.1:8080/`.
  public var url: String { "http://\(self)/" }

  private static func parts(_ text: String) -> (String, Int)? {
    guard let colon = text.lastIndex(of: ":") else { return nil }
    var host = text[..<colon]
    let digits = text[text.index(after: colon)...]
    guard !digits.isEmpty, digits.utf8.allSatisfy({ (48...57).contains($0) }), let port = Int(digits), port <= 65_535
    else { return nil }
    if host.hasPrefix("["), host.hasSuffix("]") {
      host = host.dropFirst().dropLast()
      guard host.contains(":") else { return nil }
    } else if host.contains(":") {
      return nil
    }
    return host.isEmpty ? nil : (String(host), port)
  }

  /// The host in its plain form if it is loopback: 127.0.0.0/8 (RFC 1122, 3.2.1.3), ::1, or the name localhost.
  static func loopback(_ host: String) -> String? {
    let host = host.lowercased()
    if host == "localhost" { return "127.0.0.1" }
    if host == "::1" { return host }
    let parts = host.split(separator: ".", omittingEmptySubsequences: false).map { part -> Int? in
      guard (1...3).contains(part.utf8.count), part.utf8.allSatisfy({ (48...57).contains($0) }),
        part.utf8.count == 1 || part.utf8.first != 48, let number = Int(part), number <= 255
      else { return nil }
      return number
    }
    guard parts.count == 4, !parts.contains(nil), parts[0] == 127 else { return nil }
    return host
  }
}
