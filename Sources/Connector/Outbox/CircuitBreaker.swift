import Foundation

/// Keeps a whole queue from being thrown at an axis that is away: after some failures in a row only one message at a time
/// tries the way, until it succeeds. A pure value; times and chance come in.
struct CircuitBreaker: Sendable, Equatable {
  enum State: Sendable, Equatable {
    case closed
    /// Nothing but a probe leaves, at the earliest then.
    case open(since: Date, probeAt: Date, cause: String)
  }

  enum Change: Sendable, Equatable {
    case opened(cause: String)
    /// The axis answers again, after this long (seconds).
    case closed(after: TimeInterval)
  }

  /// Failures in a row that open it.
  var threshold = 5
  /// Waits between probes.
  var probes = RetrySchedule(first: 2, longest: 120)
  /// A probe of which nothing was heard for so long is not waited for (seconds).
  var probePatience: TimeInterval = 1_200

  private(set) var state = State.closed
  private var failures = 0
  private var failedProbes = 0

  init() {}

  /// Whether a message may leave now; while it is open this gives the one permission for a probe away.
  mutating func admit(at now: Date) -> Bool {
    guard case .open(let since, let probeAt, let cause) = state else { return true }
    // A clock that was set back must not hold everything.
    guard probeAt <= now || probeAt.timeIntervalSince(now) > probePatience * 2 else { return false }
    state = .open(since: since, probeAt: now.addingTimeInterval(probePatience), cause: cause)
    return true
  }

  /// The axis answered a message.
  mutating func succeeded(at now: Date) -> Change? {
    failures = 0
    failedProbes = 0
    guard case .open(let since, _, _) = state else { return nil }
    state = .closed
    return .closed(after: max(0, now.timeIntervalSince(since)))
  }

  /// It did not; `atOnce`: it answers, but to nothing of ours.
  mutating func failed(
    _ cause: String, at now: Date, chance: Double, atLeast wait: Duration? = nil, atOnce: Bool = false
  ) -> Change? {
    failures += 1
    switch state {
    case .open(let since, _, _):
      failedProbes += 1
      state = .open(since: since, probeAt: next(now, chance, wait), cause: cause)
      return nil
    case .closed:
      guard atOnce || failures >= threshold else { return nil }
      failedProbes = 1
      state = .open(since: now, probeAt: next(now, chance, wait), cause: cause)
      return .opened(cause: cause)
    }
  }

  /// The message that had the permission was not tried, so it told nothing of the axis: the next one has it at once.
  mutating func abandoned(at now: Date) {
    guard case .open(let since, _, let cause) = state else { return }
    state = .open(since: since, probeAt: now, cause: cause)
  }

  /// Another call reached the axis, so a probe is worth its while at once.
  mutating func heardOfAxis(at now: Date) {
    guard case .open(let since, let probeAt, let cause) = state, probeAt > now, failedProbes > 1 else { return }
    failedProbes = 1
    state = .open(since: since, probeAt: min(probeAt, next(now, 0, nil)), cause: cause)
  }

  /// Never so late that ``admit(at:)`` would take it for a clock that was set back, whatever the axis asks for.
  private func next(_ now: Date, _ chance: Double, _ wait: Duration?) -> Date {
    let latest = now.addingTimeInterval(probePatience * 2 - 1)
    return min(probes.next(after: failedProbes, now: now, chance: chance, atLeast: wait), latest)
  }
}
