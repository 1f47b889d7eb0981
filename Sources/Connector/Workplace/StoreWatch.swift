public import DeliveryLedger
import Foundation
import Logging
import Synchronization

/// Whether the ledger's disk takes what is written: what the workers met is told once, for all of them, and looked at
/// again until it is over.
public final class StoreWatch: Sendable {
  private struct State {
    var trouble: LedgerError?
    var since = Date.distantPast
    var lookedAt: Date?
  }

  /// The condition of the ledger that tells of the last trouble, once it is over.
  static let condition = "store"
  /// Seconds between two looks while nothing is known to be wrong.
  static let patience: TimeInterval = 30

  private let state = Mutex(State())

  init() {}

  /// What keeps the ledger from being written now; nil: nothing.
  public var trouble: LedgerError? { state.withLock { $0.trouble } }

  /// Whether `error` is the store's and may pass, so that nothing is to be concluded about what was worked on.
  func isTrouble(_ error: any Error, in workplace: Workplace) -> Bool {
    guard let error = error as? LedgerError, error.isTemporary else { return false }
    let now = workplace.clock()
    let isNews = state.withLock { state in
      let before = state.trouble
      if before == nil { state.since = now }
      state.trouble = error
      return before?.code != error.code
    }
    if isNews {
      workplace.logger.error(
        "the ledger cannot be written; nothing is lost, and work goes on by itself once it can",
        metadata: ["cause": "\(error.code.rawValue)", "detail": "\(error.detail)"])
    }
    return true
  }

  /// Whether `error` is such a trouble that the next piece of work would meet it as well; one damaged file is not.
  func stopsAll(_ error: any Error, in workplace: Workplace) -> Bool {
    if let error = error as? LedgerError, error.code == .io { return false }
    return isTrouble(error, in: workplace)
  }

  /// Tries to write if something was wrong, or if nobody has looked for a while.
  func look(in workplace: Workplace) async throws {
    let now = workplace.clock()
    let (trouble, since) = state.withLock { state -> (LedgerError?, Date?) in
      let passed = state.lookedAt.map { now.timeIntervalSince($0) } ?? .infinity
      guard state.trouble != nil || passed >= Self.patience || passed < 0 else { return (nil, nil) }
      state.lookedAt = now
      return (state.trouble, state.since)
    }
    guard let since else { return }
    do {
      try await workplace.ledger.checkWritable(committing: trouble != nil)
    } catch {
      if isTrouble(error, in: workplace) { return }
      throw error
    }
    guard let trouble else { return }
    let seconds = Int(max(0, now.timeIntervalSince(since)))
    state.withLock { $0.trouble = nil }
    workplace.logger.notice(
      "the ledger can be written again", metadata: ["cause": "\(trouble.code.rawValue)", "seconds": "\(seconds)"])
    try await workplace.ledger.setCondition(
      Self.condition, "writable", cause: "\(trouble.code.rawValue) for \(seconds) s", at: workplace.clock())
  }
}
