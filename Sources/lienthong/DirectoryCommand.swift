import ArgumentParser
import Connector
import DeliveryLedger
import Foundation
import Logging

/// `lienthong directory …`: the axis' directory of agencies as the ledger keeps it.
struct DirectoryCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "directory", abstract: "The axis' directory of agencies: brings it up to date, searches it.",
    subcommands: [Sync.self, Search.self, Show.self, History.self])

  struct Sync: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "sync",
      abstract: "Asks the axis for the directory and takes the differences over, each with its date.",
      discussion: """
        “lienthong run” does this by itself (directory.hours). A list that could not be had, or is suspiciously short, \
        never marks an agency as removed; --accept-removals says that a short list is right. Exit code 1: a list could \
        not be had; 3: agencies are missing and were kept.
        """)

    @OptionGroup var options: ConfigurationOptions
    @Flag(help: "Mark what the lists lack as removed, however much it is.") var acceptRemovals = false
    @Flag(help: "JSON.") var json = false

    func run() async throws {
      let report: DirectorySync.Report
      do {
        let workplace = try Workplace.open(
          try options.load(), logger: Logger(label: "lienthong") { _ in SwiftLogNoOpLogHandler() })
        report = try await DirectorySync(workplace).run(acceptingRemovals: acceptRemovals, at: Date())
        try await DirectorySync.note(report, in: workplace.ledger, at: Date())
        if json { Terminal.say(try Terminal.json(report)) }
      } catch {
        throw Failure.exit(for: error)
      }
      if !json {
        let changes = report.changes
        Terminal.say(
          "\(report.listed) agencies listed: \(changes.added) added, \(changes.changed) changed, \(changes.removed) removed"
        )
        if report.missingButKept > 0 { Terminal.say("\(report.missingButKept) missing from the lists, kept") }
      }
      for failure in report.failures { Terminal.complain(failure) }
      guard report.failures.isEmpty else { throw ExitCode(1) }
      guard report.missingButKept == 0 else { throw ExitCode(3) }
    }
  }

  struct Search: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "search",
      abstract: "Finds agencies by name or code, with or without marks, by the beginnings of words.")

    @OptionGroup var options: ConfigurationOptions
    @Option(help: "How many at most.") var limit = 20
    @Flag(help: "JSON.") var json = false
    @Argument(help: "Words or a code.") var text: String

    func run() async throws {
      do {
        let ledger = try Workplace.openLedger(try options.load())
        let found = try await ledger.searchAgencies(text, limit: max(1, min(limit, 500)))
        if json { return Terminal.say(try Terminal.json(found)) }
        for agency in found { Terminal.say(DirectoryCommand.line(agency)) }
        if found.isEmpty { Terminal.say("no such agency") }
      } catch {
        throw Failure.exit(for: error)
      }
    }
  }

  struct Show: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "show",
      abstract: "The agency with this code, in whichever form it is written; also one that was removed.")

    @OptionGroup var options: ConfigurationOptions
    @Flag(help: "JSON.") var json = false
    @Argument(help: "Code.") var code: String

    func run() async throws {
      do {
        let agency = try await DirectoryCommand.find(code, in: try Workplace.openLedger(try options.load()))
        if json { return Terminal.say(try Terminal.json(agency)) }
        Terminal.say(DirectoryCommand.line(agency))
        if let parent = agency.parentCode { Terminal.say("  under \(parent)") }
        if let mail = agency.mail { Terminal.say("  \(mail)") }
        if let removed = agency.removedAt { Terminal.say("  not listed since \(StatusText.time(removed))") }
      } catch {
        throw Failure.exit(for: error)
      }
    }
  }

  struct History: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "history", abstract: "What the directory said about an agency before.")

    @OptionGroup var options: ConfigurationOptions
    @Flag(help: "JSON.") var json = false
    @Argument(help: "Code.") var code: String

    func run() async throws {
      do {
        let ledger = try Workplace.openLedger(try options.load())
        let agency = try await DirectoryCommand.find(code, in: ledger)
        let history = try await ledger.agencyHistory(code: agency.code)
        if json { return Terminal.say(try Terminal.json(history)) }
        for change in history {
          let name = (change.after ?? change.before)?.name ?? ""
          Terminal.say("\(StatusText.time(change.at))  \(change.change)  \(name)")
        }
      } catch {
        throw Failure.exit(for: error)
      }
    }
  }

  private static func find(_ code: String, in ledger: Ledger) async throws -> DirectoryAgency {
    guard let agency = try await ledger.agency(code: code) else {
      throw Terminal.fail("The directory has no agency “\(code)”; “lienthong directory sync” brings it up to date.")
    }
    return agency
  }

  private static func line(_ agency: DirectoryAgency) -> String {
    let others = [agency.code102, agency.oldCode].compactMap(\.self).joined(separator: ", ")
    return "\(agency.code)\(others.isEmpty ? "" : " (\(others))")  \(agency.name)"
  }
}
