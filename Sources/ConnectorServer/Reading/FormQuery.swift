import Foundation

/// The query of an address as a browser's form writes it (application/x-www-form-urlencoded): `+` is a space, which
/// the router's own query parameters do not know. The first of several values counts.
struct FormQuery: Sendable {
  /// Most pairs looked at.
  static let mostPairs = 32

  private let values: [String: String]

  init(_ query: String?) {
    var values: [String: String] = [:]
    for pair in (query ?? "").split(separator: "&", maxSplits: Self.mostPairs).prefix(Self.mostPairs) {
      let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map {
        $0.replacing("+", with: " ").removingPercentEncoding
      }
      guard let name = parts.first ?? nil, values[name] == nil else { continue }
      values[name] = parts.count > 1 ? parts[1] : ""
    }
    self.values = values
  }

  subscript(_ name: String) -> String? { values[name] }
}
