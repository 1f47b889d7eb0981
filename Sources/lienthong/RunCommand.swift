import ArgumentParser
import Connector
import ConnectorServer
import DeliveryLedger
import Foundation
import Logging
import ServiceLifecycle
import UnixSignals

/// `lienthong run --config FILE`: one connector with its clerk's page, until told to stop.
struct RunCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Runs a connector: mailbox, intake, letters, outbox and the clerk's page.",
    discussion:
      "Stops in order on SIGTERM or SIGINT. May be killed at any time: the next start goes on where this one was.")

  @OptionGroup var options: ConfigurationOptions
  @Option(help: "Log level: trace, debug, info, notice, warning, error, critical.") var logLevel: LogLevel = .notice

  func run() async throws {
    let configuration = try options.load()
    ProcessMemory.returnWhenFreed()
    ParentWatch.start()
    LoggingSystem.bootstrap(StreamLogHandler.standardError)
    var logger = Logger(label: "lienthong.\(configuration.role.rawValue)")
    logger.logLevel = logLevel.level
    do {
      let (workplace, connector) = try await Self.open(configuration, logger)
      // Named, since a service without a name is logged as a dump of all that it holds, the contact's data among it.
      var services: [ServiceGroupConfiguration.ServiceConfiguration] = [
        .init(service: connector, serviceName: "connector")
      ]
      if let listen = configuration.listen {
        let server = try ClerkServer.serving(workplace, listen: listen) { Terminal.say("clerk's page at \($0)") }
        services.append(.init(service: server, serviceName: "clerk's page"))
      }
      Terminal.say("connector of \(configuration.organisation.code) runs")
      let group = ServiceGroup(
        configuration: .init(
          services: services, gracefulShutdownSignals: [.sigterm, .sigint], logger: logger))
      try await group.run()
    } catch {
      throw Failure.exit(for: error)
    }
  }

  /// Opens the ledger, and waits for it while its disk is full or read-only, or another program keeps it: what passes by
  /// itself must not need a hand to start the connector again.
  private static func open(_ configuration: Configuration, _ logger: Logger) async throws -> (
    Workplace, ConnectorService
  ) {
    var told: LedgerError.Code?
    while true {
      do {
        let workplace = try Workplace.open(configuration, logger: logger)
        let connector = try ConnectorService(workplace)
        // A restoration that was cut off: nothing works on the ledger before it was told that it is a restored one.
        for letter in try await Restoration.finish(in: workplace.ledger, at: Date()) {
          logger.warning(
            "was being made when the backup was made: ask whether it was sent, then retry it",
            metadata: ["letter": "\(letter.rawValue)"])
        }
        return (workplace, connector)
      } catch let error as LedgerError where [.diskFull, .readOnly, .busy].contains(error.code) {
        if told != error.code {
          logger.error(
            "the ledger cannot be opened yet; waiting for it",
            metadata: ["cause": "\(error.code.rawValue)", "detail": "\(error.detail)"])
        }
        told = error.code
        try await Task.sleep(for: .seconds(2))
      }
    }
  }
}

/// A log level on the command line.
enum LogLevel: String, ExpressibleByArgument, CaseIterable {
  case trace, debug, info, notice, warning, error, critical

  var level: Logger.Level { Logger.Level(rawValue: rawValue) ?? .notice }
}

/// Ends this process when its parent is gone, if the parent asked for that: a killed demo leaves nothing behind.
enum ParentWatch {
  static let variable = "LIENTHONG_EXIT_WITH_PARENT"

  static func start() {
    guard let text = ProcessInfo.processInfo.environment[variable], let parent = Int32(text) else { return }
    Thread.detachNewThread {
      while getppid() == parent { Thread.sleep(forTimeInterval: 0.2) }
      exit(0)
    }
  }
}
