import Foundation
import Synchronization

/// The tokens that a provincial gateway has given out; they end with the process, as with a restarted gateway.
final class TokenBook: Sendable {
  private let lifetime: Duration
  private let tokens = Mutex<[String: (system: String, until: Date)]>([:])
  /// The most that are remembered; beyond, all are forgotten and clients log in again.
  private static let limit = 10_000

  init(lifetime: Duration) { self.lifetime = lifetime }

  func issue(to system: String, at now: Date, token: String) {
    let until = now.addingTimeInterval(
      Double(lifetime.components.seconds) + Double(lifetime.components.attoseconds) / 1e18)
    tokens.withLock { tokens in
      if tokens.count >= Self.limit { tokens = [:] }
      tokens[token] = (system, until)
    }
  }

  /// Whose token it is; nil if it is unknown or too old.
  func system(of token: String, at now: Date) -> String? {
    tokens.withLock { tokens in
      guard let entry = tokens[token] else { return nil }
      guard entry.until > now else {
        tokens[token] = nil
        return nil
      }
      return entry.system
    }
  }
}
