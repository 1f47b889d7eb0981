import ArgumentParser
import Connector
import DeliveryLedger
import Foundation

/// `lienthong outcome`: a person's word where the axis' answers do not settle what became of a message.
struct OutcomeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "outcome",
    abstract: "Says what became of a message when the axis' answers do not settle it.",
    discussion: """
      A letter of unknown outcome is neither failed nor sent again before the axis was asked. When the axis' list does \
      not settle it, “lienthong outstanding” shows it: ask the receiver or the axis' operator, then say which it is. \
      The connector may be running.
      """)

  @OptionGroup var options: ConfigurationOptions
  @Option(help: "Who says it; stands in the timeline.") var clerk: String = NSUserName()
  @Flag(help: "The axis has the letter.") var delivered = false
  @Flag(help: "The axis does not have it: it is sent again under the same document id.") var notDelivered = false
  @Flag(help: "Tells the receiver the statuses again that the axis refused, once its cause is mended.")
  var resendStatus = false
  @Option(help: "With --delivered: the axis' id of the letter, if it is known.") var docId: String?
  @Option(help: "With --resend-status: only the status with this code, e.g. 03.") var code: String?
  @Argument(help: "Letter id or dossier code, as “status” shows it.") var letter: String

  func validate() throws {
    guard [delivered, notDelivered, resendStatus].filter({ $0 }).count == 1 else {
      throw ValidationError("Give exactly one of --delivered, --not-delivered and --resend-status.")
    }
    guard docId == nil || delivered else { throw ValidationError("--doc-id goes with --delivered.") }
    guard code == nil || resendStatus else { throw ValidationError("--code goes with --resend-status.") }
  }

  func run() async throws {
    do {
      let configuration = try options.load()
      let desk = OutcomeDesk(ledger: try Workplace.openLedger(configuration), configuration: configuration)
      let id = LetterID(rawValue: letter)
      if resendStatus {
        let codes = try await desk.resendStatus(code, of: id, by: clerk)
        Terminal.say("\(letter): status \(codes.joined(separator: ", ")) is told again")
      } else {
        let record = try await desk.say(delivered: delivered, transportDocId: docId, of: id, by: clerk)
        Terminal.say("\(record.id.rawValue): \(record.state)")
      }
    } catch {
      throw Failure.exit(for: error)
    }
  }
}
