import ArgumentParser
import Connector
import DeliveryLedger
import Foundation
import VietnameseText

/// `lienthong ledger …`: checks, backs up and restores the delivery ledger; also while a connector runs on it.
struct LedgerCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ledger", abstract: "Checks, backs up, restores and purges the delivery ledger.",
    subcommands: [Verify.self, Events.self, Backup.self, Restore.self, Purge.self])

  struct Verify: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "verify",
      abstract: "Walks the hash chain of the log, what it vouches for and every stored file; names what is broken.",
      discussion: """
        The end of the chain is printed: keep it elsewhere, and give it as --expect later, to prove that nothing before \
        it was changed or removed. Exit code 3: something is not as it was written.
        """)

    @Option(help: "Database folder.", completion: .directory) var data: String
    @Option(
      help: "The end of the chain as printed earlier, NUMBER:HASH.",
      transform: { text in
        guard let head = ChainHead(text) else { throw ValidationError("--expect is NUMBER:HASH, not “\(text)”.") }
        return head
      })
    var expect: ChainHead?
    @Flag(help: "JSON.") var json = false

    func run() async throws {
      let result: LedgerVerification
      do {
        result = try await LedgerCommand.openLedger(data).verify(expecting: expect)
        if json { Terminal.say(try Terminal.json(result)) }
      } catch {
        throw Failure.exit(for: error)
      }
      if !json { LedgerCommand.report(result) }
      guard result.isIntact else { throw ExitCode(3) }
    }
  }

  struct Events: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "events",
      abstract:
        "The event log, oldest first, with what belongs to no letter: messages set aside, statuses that do not count.")

    @Option(help: "Database folder.", completion: .directory) var data: String
    @Option(help: "Only events after this number.") var after: Int64 = 0
    @Option(help: "How many at most.") var limit = 200
    @Flag(help: "One JSON object a line.") var json = false

    func run() async throws {
      do {
        for event in try await LedgerCommand.openLedger(data).events(after: after, limit: limit) {
          Terminal.say(
            json
              ? try Terminal.json(event, pretty: false)
              : "\(event.seq)  \(StatusText.time(event.at))  \(event.letter?.rawValue ?? "–")  \(event.actor): \(event.sentence.vi)"
          )
        }
      } catch {
        throw Failure.exit(for: error)
      }
    }
  }

  struct Backup: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "backup", abstract: "Copies the ledger, in use or not, into a new folder, and checks the copy.",
      discussion: "The folder is a ledger by itself: restore copies it back. Exit code 3: the copy does not verify.")

    @Option(help: "Database folder.", completion: .directory) var data: String
    @Option(help: "New folder for the backup.", completion: .directory) var to: String
    @Flag(help: "JSON.") var json = false

    func run() async throws {
      let result = try await LedgerCommand.copy(from: data, to: to, restoring: false, json: json, word: "backed up")
      guard result.verification.isIntact else { throw ExitCode(3) }
    }
  }

  struct Restore: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "restore",
      abstract: "Makes a database folder from a backup, and checks it; an existing ledger is never overwritten.",
      discussion: """
        What happened after the backup is not in it. Letters that wait to be sent count as sent with the answer lost: the \
        axis is asked first. Letters that were being made end as failed, for a person to look at. Dossier codes of this \
        day begin above 5000. Messages that were acknowledged after the backup are gone from the axis' list: ask its \
        operator, or their senders, for them.
        """)

    @Option(help: "Folder of the backup.", completion: .directory) var backup: String
    @Option(help: "Database folder to make.", completion: .directory) var data: String
    @Flag(help: "JSON.") var json = false

    func run() async throws {
      let result = try await LedgerCommand.copy(from: backup, to: data, restoring: true, json: json, word: "restored")
      do {
        let looks = try await Restoration.note(in: try LedgerCommand.openLedger(data), at: Date())
        for letter in looks {
          Terminal.complain("\(letter.rawValue) was being made: ask whether it was sent, then retry it")
        }
      } catch {
        throw Failure.exit(for: error)
      }
      guard result.verification.isIntact else { throw ExitCode(3) }
    }
  }

  struct Purge: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "purge",
      abstract: "Removes old working files, mail that was not ours, and files that nothing mentions.",
      discussion: """
        What the configuration's “retention” says; “lienthong run” does the same once a day, so this is for a connector \
        that does not run. Letters, statuses, attempts, the log, their messages, signed letters and signature reports \
        are always kept.
        """)

    @OptionGroup var options: ConfigurationOptions
    @Flag(help: "JSON.") var json = false

    func run() async throws {
      do {
        let configuration = try options.load()
        let ledger = try Workplace.openLedger(configuration)
        let report = try await ledger.purge(
          configuration.retention.policy, holding: try ledger.acquireProcessingLock(), at: Date())
        if json { return Terminal.say(try Terminal.json(report)) }
        Terminal.say(
          "\(report.letters) letters lost working files, \(report.otherMail) messages of others their content; "
            + "\(report.files) files, \(report.bytes) bytes removed")
      } catch {
        throw Failure.exit(for: error)
      }
    }
  }

  private static func openLedger(_ folder: String) throws -> Ledger {
    var options = Ledger.Options()
    options.createsIfMissing = false
    return try Ledger.open(folder: URL(fileURLWithPath: folder, isDirectory: true), options: options, at: Date())
  }

  private static func copy(
    from source: String, to target: String, restoring: Bool, json: Bool, word: String
  ) async throws -> BackupReport {
    let result: BackupReport
    do {
      result = try await openLedger(source)
        .backup(to: URL(fileURLWithPath: target, isDirectory: true), restoring: restoring, at: Date())
      if json { Terminal.say(try Terminal.json(result)) }
    } catch {
      throw Failure.exit(for: error)
    }
    if !json {
      Terminal.say("\(word) to \(result.folder.path(percentEncoded: false))")
      report(result.verification)
    }
    return result
  }

  private static func report(_ result: LedgerVerification) {
    for fault in result.faults { Terminal.say("\(fault.kind.rawValue)  \(fault.place)  \(fault.detail)") }
    Terminal.say(
      "\(result.events) events, \(result.letters) letters, \(result.blobs) files of \(result.blobBytes) bytes: "
        + (result.isIntact ? "all as written" : "\(result.faults.count) faults"))
    Terminal.say("end of the chain: \(result.head)")
  }
}
