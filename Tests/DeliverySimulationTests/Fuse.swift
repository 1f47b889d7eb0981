import Foundation
import GRDB
import Synchronization

@testable import DeliveryLedger

/// Ends a simulated process at a point chosen beforehand, or fills or breaks its disk for a while.
///
/// Each commit and each call to the axis is a point. Once it has burnt, nothing more becomes durable and no answer is
/// heard, as of a process that is gone; the process is then started again on the same ledger.
final class Fuse: Sendable {
  enum Word { case works, dies, dead }

  private struct State {
    /// Points that are passed before it burns; nil: it does not.
    var points: Int?
    var isBurnt = false
    /// Writes that the disk still refuses, and what it says.
    var failingWrites = 0
    var diskError = ResultCode.SQLITE_FULL
    var didFail = false
  }

  private let state = Mutex(State())

  func light(after points: Int) { state.withLock { $0.points = points } }
  func failDisk(writes: Int, _ error: ResultCode) {
    state.withLock { ($0.failingWrites, $0.diskError) = (writes, error) }
  }
  var isBurnt: Bool { state.withLock { $0.isBurnt } }
  var didDiskFail: Bool { state.withLock { $0.didFail } }
  func reset() { state.withLock { $0 = State() } }

  /// A call to the axis.
  func touch() -> Word { state.withLock { Self.touch(&$0) } }

  private static func touch(_ state: inout State) -> Word {
    if state.isBurnt { return .dead }
    guard let points = state.points else { return .works }
    state.points = points - 1
    guard points <= 0 else { return .works }
    state.isBurnt = true
    return .dies
  }

  /// A file that is about to be written; whether the disk takes it.
  func takesFile() -> Bool {
    state.withLock { state in
      guard state.failingWrites > 0 else { return true }
      state.failingWrites -= 1
      state.didFail = true
      return false
    }
  }

  /// A commit that is about to be made.
  func commit() throws {
    try state.withLock { state in
      if state.failingWrites > 0 {
        state.failingWrites -= 1
        state.didFail = true
        throw DatabaseError(resultCode: state.diskError, message: "simulated")
      }
      // Half of the points are before a commit, half after: dying before the next call is dying after this commit.
      guard Self.touch(&state) == .works else {
        throw DatabaseError(resultCode: .SQLITE_IOERR, message: "simulated death")
      }
    }
  }

  func guardCommits(of ledger: Ledger) {
    ledger.pool.add(transactionObserver: CommitGuard(self), extent: .databaseLifetime)
  }
}

private final class CommitGuard: TransactionObserver {
  private let fuse: Fuse
  init(_ fuse: Fuse) { self.fuse = fuse }
  func observes(eventsOfKind eventKind: DatabaseEventKind) -> Bool { false }
  func databaseDidChange(with event: DatabaseEvent) {}
  func databaseWillCommit() throws { try fuse.commit() }
  func databaseDidCommit(_ db: Database) {}
  func databaseDidRollback(_ db: Database) {}
}
