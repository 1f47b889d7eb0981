import ArgumentParser
import Connector
import DeliveryLedger
import Foundation
import VietnameseText

/// `lienthong outstanding`: what waits or is stuck, and how the axis and the daily work stand.
struct OutstandingCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "outstanding",
    abstract: "What waits or is stuck, oldest first, and how the axis stands.",
    discussion: """
      unknownOutcome: not known whether the axis has it (see “lienthong outcome”). failed: a letter that could not be \
      made, or that the axis refused for good; mend the cause and “lienthong retry”, or withdraw it (“lienthong \
      recall”). refused: a status that the axis refused for good (“lienthong outcome --resend-status”). overdue: its \
      deadline has passed. presumedUpdate: a letter that came again with other content (“lienthong intake decide”). \
      notFetched: listed by the axis, but cannot be fetched. setAside: unreadable, or of a sender for whom nobody \
      vouches; at the very end what is not ours. unacknowledged, waitingToBeMade, waitingToBeSent, waitingToBeRead: \
      for more than five minutes, tried again meanwhile or not.
      """)

  @OptionGroup var options: ConfigurationOptions
  @Flag(help: "JSON.") var json = false

  /// For `--json`.
  private struct Report: Encodable {
    let conditions: [Condition]
    let work: [OutstandingWork]
    /// What keeps the ledger from being written; absent: it can be.
    let store: String?
  }

  func run() async throws {
    do {
      let ledger = try Workplace.openLedger(try options.load())
      var trouble: LedgerError?
      do {
        try await ledger.checkWritable(committing: false)
      } catch let error as LedgerError { trouble = error }
      let report = Report(
        conditions: try await ledger.conditions(), work: try await ledger.outstanding(now: Date()),
        store: trouble?.code.rawValue)
      if json { return Terminal.say(try Terminal.json(report)) }
      if let trouble {
        Terminal.say("store cannot be written: \(trouble.code.rawValue) (\(trouble.detail)). \(trouble.clerk.en)")
      }
      for condition in report.conditions {
        Terminal.say(
          "\(condition.name): \(condition.state) since \(StatusText.time(condition.since))"
            + (condition.cause.map { " (\($0))" } ?? ""))
      }
      for work in report.work {
        let name = work.letter?.rawValue ?? work.transportDocId ?? "–"
        Terminal.say(
          "\(work.reason.rawValue)  \(name)  since \(StatusText.time(work.since))  \(work.cause ?? "")")
      }
      if report.work.isEmpty { Terminal.say("nothing waits") }
    } catch {
      throw Failure.exit(for: error)
    }
  }
}
