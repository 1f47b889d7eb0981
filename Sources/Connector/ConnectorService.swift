import AxisClient
import DeliveryLedger
import Foundation
import Logging
public import ServiceLifecycle
import SigningCore
import VietnameseText

/// The running connector: mailbox, intake, letters to be made, outbox. Every loop may be killed at any point; what it
/// was doing stands in the ledger and is taken up at the next start.
public struct ConnectorService: Service {
  let workplace: Workplace
  let preparation: LetterPreparation
  let intake: DocumentIntake?
  /// On the agency's side: what the authority writes about its letters.
  let answers: AnswerIntake?
  /// Held from the start, so that a second connector on this ledger ends before it serves anything.
  let lock: ProcessingLock
  /// Seconds between two looks into our own ledger for work.
  let tick: Double
  let clockWatch = ClockWatch()

  /// Reads mappings, keys and trust once, so that a wrong password is told at the start and not with the first letter.
  /// - Throws: `ConnectorError`; `LedgerError.alreadyRunning`, `.badPattern`.
  public init(_ workplace: Workplace, tick: Double = 0.25) throws {
    self.workplace = workplace
    self.tick = tick
    lock = try workplace.ledger.acquireProcessingLock()
    try workplace.clearWorkFolders()
    let role = workplace.configuration.role
    // A receiver's intake makes them all.
    if !role.receives { try workplace.configuration.checkMappings() }
    preparation = try LetterPreparation(workplace: workplace)
    intake = role.receives ? try DocumentIntake(workplace: workplace) : nil
    answers = role.receives ? nil : AnswerIntake(workplace: workplace)
  }

  /// Works until cancelled or told to shut down.
  public func run() async throws {
    try await recover(holding: lock)
    try await clockWatch.look(in: workplace)
    await workplace.gate.report(
      AxisGate.sending, "open", cause: nil, in: workplace, "messages may leave", level: .debug)
    let daily = DailyWork(workplace: workplace, lock: lock)
    let outbox = OutboxWorker(workplace: workplace)
    let mailbox = Mailbox(workplace: workplace)
    let poll = workplace.configuration.axis.pollSeconds
    await cancelWhenGracefulShutdown {
      await withTaskGroup(of: Void.self) { group in
        group.addTask {
          // A pass that broke off (disk full, say) may have left an attempt open; nothing is in flight between passes.
          await loop("outbox", every: tick, afterFailure: { try await recover(holding: lock) }) {
            _ = try await outbox.pass()
          }
        }
        group.addTask {
          await loop("mailbox", every: poll) {
            try await mailbox.collect(.edoc)
            try await mailbox.collect(.status)
          }
        }
        group.addTask {
          await loop("store and clock", every: max(tick, 1)) {
            try await workplace.store.look(in: workplace)
            try await clockWatch.look(in: workplace)
          }
        }
        group.addTask { await loop("acknowledgement", every: tick) { try await mailbox.acknowledge() } }
        group.addTask {
          await loop("intake", every: tick) {
            try await settleArrivals()
            try await intake?.judgeDueAgain()
            try await answers?.judgeDueAgain()
          }
        }
        group.addTask { await loop("directory", every: max(tick, 5)) { try await daily.synchroniseDirectoryIfDue() } }
        group.addTask { await loop("purge", every: 60) { try await daily.purgeIfDue() } }
        group.addTask { await loop("preparation", every: tick) { try await preparation.pass() } }
      }
    }
  }

  /// Everything that arrived and is not yet settled; one message that cannot be worked on does not stop the next.
  private func settleArrivals() async throws {
    let statuses = StatusIntake(workplace: workplace)
    for arrival in try await workplace.ledger.dueArrivals(now: workplace.clock()) {
      do {
        switch arrival.messageType {
        case .status: try await statuses.settle(arrival)
        case .edoc:
          try await intake?.settle(arrival)
          try await answers?.settle(arrival)
        }
      } catch let error as CancellationError {
        throw error
      } catch {
        // That could not be written down either.
        if workplace.store.stopsAll(error, in: workplace) { throw error }
        let now = workplace.clock()
        let until = RetrySchedule(first: 2, longest: 3600).next(
          after: arrival.attempts + 1, now: now, chance: workplace.chance())
        workplace.logger.error(
          "arrival not settled", metadata: ["arrival": "\(arrival.id.rawValue)", "cause": "\(Self.cause(error))"])
        try await workplace.ledger.postponeArrival(arrival.id, until: until, cause: Self.cause(error), at: now)
      }
    }
  }

  /// Attempts that were begun and never finished: whether the axis took them is not known, and will be asked.
  private func recover(holding lock: ProcessingLock) async throws {
    let recovered = try await workplace.ledger.recoverInterruptedAttempts(holding: lock, at: workplace.clock())
    workplace.logger.info("outbox recovered", metadata: ["interrupted": "\(recovered.count)"])
  }

  /// Repeats `work` until cancelled. A failure (disk full, ledger busy) does not end the loop: it is told once, tried
  /// again ever more slowly, and `afterFailure` comes before the next try.
  private func loop(
    _ name: String, every seconds: Double, afterFailure: (@Sendable () async throws -> Void)? = nil,
    _ work: @Sendable () async throws -> Void
  ) async {
    var failures = 0
    var told: String?
    while !Task.isCancelled {
      do {
        if failures > 0 { try await afterFailure?() }
        try await work()
        if told != nil {
          workplace.logger.notice("\(name) works again", metadata: ["failures": "\(failures)"])
        }
        (failures, told) = (0, nil)
      } catch is CancellationError {
        return
      } catch {
        failures += 1
        let cause = Self.cause(error)
        // What keeps all of them from writing is told once, for all of them.
        if !workplace.store.isTrouble(error, in: workplace) {
          if told != cause { workplace.logger.error("\(name) failed", metadata: ["cause": "\(cause)"]) }
          told = cause
        }
      }
      let wait = failures == 0 ? seconds : min(seconds * pow(2, Double(min(failures, 10))), max(seconds, 10))
      try? await Task.sleep(for: .seconds(wait))
    }
  }

  /// A cause without content or secrets.
  static func cause(_ error: any Error) -> String {
    switch error {
    case let error as ConnectorError: error.code.rawValue
    case let error as LedgerError: "ledger.\(error.code.rawValue)"
    case let error as SigningError: "signing.\(error.code.rawValue)"
    default: String(describing: type(of: error))
    }
  }
}
