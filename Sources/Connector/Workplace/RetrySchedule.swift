public import Foundation

/// When to try again: doubling from `first` to `longest`, with up to a quarter of chance added so that a crowd spreads.
public struct RetrySchedule: Sendable, Equatable {
  /// Seconds before the second try.
  public var first: Double = 1
  /// Longest wait, in seconds.
  public var longest: Double = 900

  public init(first: Double = 1, longest: Double = 900) {
    self.first = first
    self.longest = longest
  }

  /// The moment of the next try after `attempts` have failed; `chance` is within 0..<1.
  public func next(after attempts: Int, now: Date, chance: Double, atLeast wait: Duration? = nil) -> Date {
    let doubled = first * pow(2, Double(min(max(attempts, 1), 30) - 1))
    var seconds = min(doubled, longest) * (1 + chance / 4)
    if let wait { seconds = max(seconds, Double(wait.components.seconds)) }
    return now.addingTimeInterval(seconds)
  }
}
