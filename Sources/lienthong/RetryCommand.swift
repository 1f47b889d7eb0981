import ArgumentParser
import Connector
import DeliveryLedger
import Foundation

/// `lienthong retry`: a letter that could not be sent is made and sent again, once its cause is mended.
struct RetryCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "retry", abstract: "Makes and sends a failed letter again, under the same number and document id.")

  @OptionGroup var options: ConfigurationOptions
  @Option(help: "Who says it; stands in the timeline.") var clerk: String = NSUserName()
  @Argument(help: "The letter's id, as “status” shows it.") var letter: String

  func run() async throws {
    do {
      let ledger = try Workplace.openLedger(try options.load())
      let record = try await SenderDesk(ledger: ledger).retry(LetterID(rawValue: letter), clerk: clerk)
      Terminal.say("\(record.id.rawValue): \(record.state)")
    } catch {
      throw Failure.exit(for: error)
    }
  }
}
