import AxisClient
import DeliveryLedger
import Foundation
import Logging
import Synchronization

/// The one gate through which messages leave for the axis' account, shared by all workers; says what changes.
final class AxisGate: Sendable {
  private let breaker: Mutex<CircuitBreaker>
  /// The last word about each condition, so that a change is told and a repetition is not.
  private let told = Mutex<[String: String]>([:])

  /// Conditions of the ledger that this writes.
  static let sending = "axis.sending"

  init(_ breaker: CircuitBreaker = CircuitBreaker()) { self.breaker = Mutex(breaker) }

  func admit(at now: Date) -> Bool { breaker.withLock { $0.admit(at: now) } }

  var state: CircuitBreaker.State { breaker.withLock { $0.state } }

  var isClosed: Bool { state == .closed }

  func abandoned(at now: Date) { breaker.withLock { $0.abandoned(at: now) } }

  /// A probe that was put off is due as soon as any.
  func clockWasSetBack(at now: Date) { breaker.withLock { $0.abandoned(at: now) } }

  func heardOfAxis(at now: Date) { breaker.withLock { $0.heardOfAxis(at: now) } }

  /// What an exchange about one message says about the axis as a whole.
  func note<Value>(_ outcome: AxisOutcome<Value>, in workplace: Workplace) async {
    let (now, chance) = (workplace.clock(), workplace.chance())
    let change = breaker.withLock { breaker -> CircuitBreaker.Change? in
      switch outcome {
      case .accepted: return breaker.succeeded(at: now)
      case .refused(let refusal) where refusal.subject == .account:
        return breaker.failed(
          "account refused (\(refusal.code))", at: now, chance: chance, atLeast: .seconds(60), atOnce: true)
      case .refused: return breaker.succeeded(at: now)
      case .tryAgain(let trouble), .unknown(let trouble):
        switch trouble.kind {
        // An answer, if an odd one, about this message.
        case .unrecognisedCode: return breaker.succeeded(at: now)
        // The axis was not asked.
        case .local:
          breaker.abandoned(at: now)
          return nil
        case .notReached, .notTrusted, .interrupted, .busy, .axisFault, .unreadableAnswer, .unexpectedStatus: break
        }
        return breaker.failed(trouble.code, at: now, chance: chance, atLeast: trouble.retryAfter)
      }
    }
    switch change {
    case .opened(let cause):
      await report(
        Self.sending, "waiting", cause: cause, in: workplace,
        "axis not reached: one message at a time tries the way until it is")
    case .closed(let seconds):
      await report(
        Self.sending, "open", cause: nil, in: workplace, "axis reached again after \(Int(seconds)) s")
      do {
        try await workplace.ledger.resumeAfterOutage(at: now)
      } catch {
        // Each message has a time of its own, so it is only later.
        _ = workplace.store.isTrouble(error, in: workplace)
      }
    case nil: break
    }
  }

  /// Tells a condition once, in the log and in the ledger; a repetition of the same is not told.
  func report(
    _ name: String, _ state: String, cause: String?, in workplace: Workplace, _ message: Logger.Message,
    level: Logger.Level = .warning
  ) async {
    let word = "\(state) \(cause ?? "")"
    let isNews = told.withLock { told -> Bool in
      let before = told.updateValue(word, forKey: name)
      return before != word
    }
    guard isNews else { return }
    workplace.logger.log(level: level, message, metadata: cause.map { ["cause": "\($0)"] } ?? [:])
    do {
      try await workplace.ledger.setCondition(name, state, cause: cause, at: workplace.clock())
    } catch {
      // The log has said it; the ledger's own trouble is told by the loop that meets it.
      workplace.logger.debug("condition not kept", metadata: ["cause": "\(ConnectorService.cause(error))"])
    }
  }
}

extension AxisTrouble.Kind {
  /// When one message that met this is tried again: doubling from the first wait to the longest (seconds).
  var retrySchedule: RetrySchedule {
    switch self {
    case .notReached, .interrupted: RetrySchedule(first: 1, longest: 300)
    case .axisFault: RetrySchedule(first: 2, longest: 600)
    case .busy, .local: RetrySchedule(first: 5, longest: 300)
    case .unreadableAnswer, .unexpectedStatus: RetrySchedule(first: 5, longest: 900)
    case .notTrusted: RetrySchedule(first: 30, longest: 900)
    case .unrecognisedCode: RetrySchedule(first: 30, longest: 3600)
    }
  }
}
