import HTTPTypes
import Hummingbird

/// Lets in only reading requests that name this machine.
///
/// A page of another site can make a browser ask a loopback address under a name of that site's own (DNS rebinding);
/// then the Host field gives it away.
struct DoorKeeper<Context: RequestContext>: RouterMiddleware {
  /// Longest path with query, in bytes.
  static var longestTarget: Int { 4096 }

  let refusal: @Sendable (Refusal, Request) -> Response

  enum Refusal: Sendable, Hashable {
    case wrongHost, wrongMethod, targetTooLong
  }

  func handle(
    _ request: Request, context: Context, next: (Request, Context) async throws -> Response
  ) async throws -> Response {
    guard Self.isOurs(request.head.authority) else { return refusal(.wrongHost, request) }
    guard request.method == .get else { return refusal(.wrongMethod, request) }
    guard (request.head.path ?? "/").utf8.count <= Self.longestTarget else { return refusal(.targetTooLong, request) }
    return try await next(request, context)
  }

  /// Whether a Host field (RFC 9110, 7.2) names loopback: an address of it or `localhost`, with or without a port.
  static func isOurs(_ authority: String?) -> Bool {
    guard var host = authority.map({ $0[...] }), host.utf8.count <= 64 else { return false }
    if let end = host.lastIndex(of: "]"), host.first == "[" {
      guard isPort(host[host.index(after: end)...]) else { return false }
      host = host[host.index(after: host.startIndex)..<end]
      return host == "::1"
    }
    if let colon = host.firstIndex(of: ":") {
      guard isPort(host[colon...]) else { return false }
      host = host[..<colon]
    }
    return !host.contains(":") && ListenAddress.loopback(String(host)) != nil
  }

  private static func isPort(_ text: Substring) -> Bool {
    guard let colon = text.first else { return true }
    let digits = text.dropFirst()
    return colon == ":" && digits.utf8.allSatisfy { (48...57).contains($0) } && digits.utf8.count <= 5
  }
}
