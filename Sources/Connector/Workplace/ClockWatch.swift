import DeliveryLedger
import Foundation
import Logging
import Synchronization

/// Notices that the clock was set back: what was put off by minutes would otherwise wait for the hours that are gone.
final class ClockWatch: Sendable {
  /// A clock that is slewed, or a second that is set back, is no reason to act (seconds).
  static let tolerance: TimeInterval = 30
  /// Nothing of ours is put off for longer than this, unless an axis asks for it (seconds).
  static let longestWait: TimeInterval = 75 * 60

  /// The clock of the day compared with one that nobody sets.
  private let ahead = Mutex<TimeInterval?>(nil)
  private let steady: @Sendable () -> TimeInterval

  /// - Parameter steady: seconds that only ever pass.
  init(steady: @escaping @Sendable () -> TimeInterval = ClockWatch.secondsSinceStart) { self.steady = steady }

  /// Brings forward what would wait too long; returns by how many seconds the clock was set back.
  @discardableResult
  func look(in workplace: Workplace) async throws -> TimeInterval {
    let now = workplace.clock()
    let current = now.timeIntervalSince1970 - steady()
    let before = ahead.withLock { $0 }
    // The first look: how the clock went while nobody worked here is not known.
    let limit = before == nil ? now.addingTimeInterval(Self.longestWait) : now
    let setBack = (before ?? current) - current
    if before == nil || setBack >= Self.tolerance {
      let count = try await workplace.ledger.bringForward(waitingBeyond: limit, at: now)
      if setBack >= Self.tolerance || count > 0 {
        workplace.gate.clockWasSetBack(at: now)
        workplace.logger.warning(
          "the clock was set back; what would have waited for the old time is looked at now",
          metadata: ["seconds": "\(before == nil ? "unknown" : "\(Int(setBack))")", "brought forward": "\(count)"])
      }
    }
    // Only now: what could not be written is tried again.
    ahead.withLock { $0 = current }
    return max(0, setBack)
  }

  /// A clock that goes on while the machine sleeps and that no one sets.
  @Sendable static func secondsSinceStart() -> TimeInterval {
    let passed = (ContinuousClock.now - start).components
    return Double(passed.seconds) + Double(passed.attoseconds) / 1e18
  }
  private static let start = ContinuousClock.now
}
