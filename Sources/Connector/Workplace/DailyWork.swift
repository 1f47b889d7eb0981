public import DeliveryLedger
public import Foundation
import Logging

/// What the connector does once a day or so: the directory, and the purge. When it was done last stands in the ledger, so
/// that restarts neither forget nor repeat it.
struct DailyWork: Sendable {
  let workplace: Workplace
  let lock: ProcessingLock

  static let purge = "purge"
  /// Time between two tries to have the directory after a failure, growing with the time it lasts (seconds).
  static let firstDirectoryWait: TimeInterval = 60

  func synchroniseDirectoryIfDue() async throws {
    let hours = workplace.configuration.directory.hours
    guard hours > 0 else { return }
    let now = workplace.clock()
    let last = try await workplace.ledger.condition(DirectorySync.condition)
    guard Self.isDue(last, hours: hours, at: now) else { return }
    let report = try await DirectorySync(workplace).run(at: now)
    try await DirectorySync.note(report, in: workplace.ledger, at: workplace.clock())
    if let failure = report.failures.first {
      if last?.state != DirectorySync.State.failed.rawValue {
        workplace.logger.warning("directory not synchronised", metadata: ["cause": "\(failure)"])
      }
    } else {
      workplace.logger.info(
        "directory synchronised",
        metadata: [
          "listed": "\(report.listed)", "added": "\(report.changes.added)", "changed": "\(report.changes.changed)",
          "removed": "\(report.changes.removed)",
        ])
      if report.missingButKept > 0, last?.state != DirectorySync.State.doubtful.rawValue {
        workplace.logger.warning(
          "the axis' directory is much shorter than before; nothing was marked as removed",
          metadata: ["missing": "\(report.missingButKept)"])
      }
    }
  }

  /// Never synchronised: at once. After a failure: soon, then ever more rarely, at most hourly. Otherwise each `hours`.
  static func isDue(_ last: Condition?, hours: Double, at now: Date) -> Bool {
    guard let last else { return true }
    let passed = now.timeIntervalSince(last.notedAt)
    // A clock that was set back must not put it off for ever.
    if passed < 0 { return passed < -3600 }
    guard last.state == DirectorySync.State.failed.rawValue else { return passed >= hours * 3600 }
    let lasting = last.notedAt.timeIntervalSince(last.since)
    return passed >= min(max(firstDirectoryWait, lasting / 2), 3600)
  }

  func purgeIfDue() async throws {
    guard workplace.configuration.retention.workingFileDays > 0 else { return }
    let now = workplace.clock()
    if let last = try await workplace.ledger.condition(Self.purge) {
      let passed = now.timeIntervalSince(last.notedAt)
      guard passed >= 86_400 || passed < -3600 else { return }
    }
    let report = try await workplace.ledger.purge(
      workplace.configuration.retention.policy, holding: lock, at: now)
    try await workplace.ledger.setCondition(
      Self.purge, "done",
      cause:
        "\(report.letters) letters, \(report.otherMail) others' messages, \(report.files) files, \(report.bytes) bytes",
      at: now)
    workplace.logger.info(
      "purged", metadata: ["letters": "\(report.letters)", "files": "\(report.files)", "bytes": "\(report.bytes)"])
  }
}

extension DirectorySync {
  /// The words of the directory's condition.
  enum State: String {
    case current
    /// The lists were much shorter than before: nothing was marked as removed.
    case doubtful
    case failed
  }

  /// Writes down how the directory stands after `report`.
  public static func note(_ report: Report, in ledger: Ledger, at now: Date) async throws {
    let state: State = !report.failures.isEmpty ? .failed : report.missingButKept > 0 ? .doubtful : .current
    let cause =
      switch state {
      case .current: "\(report.listed) agencies"
      case .doubtful: "\(report.missingButKept) missing, kept"
      case .failed: report.failures.joined(separator: "; ")
      }
    try await ledger.setCondition(condition, state.rawValue, cause: cause, at: now)
  }
}
