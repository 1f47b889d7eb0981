import Foundation
import GRDB

extension Ledger {
  /// Debug builds only: lets the process end itself at a commit chosen by the environment, so that a test can cut its
  /// work at every point at which something becomes durable.
  ///
  /// `LIENTHONG_KILL_AT_COMMIT=7` ends it right after the seventh commit since the ledger was opened;
  /// `LIENTHONG_KILL_AT_COMMIT=before:7` as that commit is about to be made, so that it is lost.
  static func armCommitHook(_ pool: DatabasePool) {
    #if DEBUG
      guard let word = ProcessInfo.processInfo.environment["LIENTHONG_KILL_AT_COMMIT"] else { return }
      let isBefore = word.hasPrefix("before:")
      guard let number = Int(isBefore ? word.dropFirst(7) : Substring(word)), number > 0 else { return }
      pool.add(transactionObserver: KillAtCommit(number: number, isBefore: isBefore), extent: .databaseLifetime)
    #endif
  }
}

#if DEBUG
  /// Counts commits on the pool's one writing connection, which calls it from one queue only.
  private final class KillAtCommit: TransactionObserver {
    private var left: Int
    private let isBefore: Bool

    init(number: Int, isBefore: Bool) {
      left = number
      self.isBefore = isBefore
    }

    func observes(eventsOfKind eventKind: DatabaseEventKind) -> Bool { false }
    func databaseDidChange(with event: DatabaseEvent) {}
    func databaseDidRollback(_ db: Database) {}

    func databaseWillCommit() throws {
      left -= 1
      if isBefore, left == 0 { kill(getpid(), SIGKILL) }
    }

    func databaseDidCommit(_ db: Database) {
      if !isBefore, left == 0 { kill(getpid(), SIGKILL) }
    }
  }
#endif
