import HTTPTypes
import Hummingbird

/// Puts on every answer, errors too, what keeps a page from being framed, scripted, cached or told of to others.
struct SecurityHeaders<Context: RequestContext>: RouterMiddleware {
  static var fields: [(HTTPField.Name, String)] {
    let named: [(String, String)] = [
      (
        "Content-Security-Policy",
        "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
      ),
      ("X-Frame-Options", "DENY"), ("X-Content-Type-Options", "nosniff"), ("Referrer-Policy", "no-referrer"),
      ("Cross-Origin-Opener-Policy", "same-origin"), ("Cross-Origin-Resource-Policy", "same-origin"),
    ]
    return named.compactMap { name, value in HTTPField.Name(name).map { ($0, value) } }
  }

  func handle(
    _ request: Request, context: Context, next: (Request, Context) async throws -> Response
  ) async throws -> Response {
    var response = try await next(request, context)
    for (name, value) in Self.fields { response.headers[name] = value }
    if response.headers[.cacheControl] == nil { response.headers[.cacheControl] = "no-store" }
    return response
  }
}
