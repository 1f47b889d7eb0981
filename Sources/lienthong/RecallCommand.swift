import ArgumentParser
import Connector
import DeliveryLedger
import Foundation

/// `lienthong recall`: a letter that shall not be worked on.
struct RecallCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "recall",
    abstract: "Cancels a letter: here if it has not left, else by a recall that the receiver answers (15, 16).",
    discussion: """
      With --take-back the receiver is only asked to give back what it has not accepted yet (status 13). What came of it \
      stands in “status”. A letter that failed but may have left all the same is recalled first; asked for once more, \
      when no answer is awaited, it is cancelled here.
      """)

  @OptionGroup var options: ConfigurationOptions
  @Option(help: "Who says it; stands in the timeline.") var clerk: String = NSUserName()
  @Option(help: "Why, in Vietnamese; the receiver reads it.") var reason: String
  @Flag(help: "Ask for it back by status 13 instead of recalling it.") var takeBack = false
  @Argument(help: "The letter's id, as “status” shows it.") var letter: String

  func run() async throws {
    try ReasonText.check(reason, of: "--reason")
    do {
      let desk = SenderDesk(ledger: try Workplace.openLedger(try options.load()))
      let id = LetterID(rawValue: letter)
      let record =
        takeBack
        ? try await desk.takeBack(id, reason: reason, clerk: clerk)
        : try await desk.recall(id, reason: reason, clerk: clerk)
      Terminal.say(StatusText.line(record))
    } catch {
      throw Failure.exit(for: error)
    }
  }
}
