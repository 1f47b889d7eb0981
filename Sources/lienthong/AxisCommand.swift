public import ArgumentParser
import AxisSimulator
import Connector
import Foundation
import Logging

/// `lienthong axis`: the embedded axis as a server of its own.
struct AxisCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "axis",
    abstract: "Serves the axis' REST protocol from a folder, for development, tests and the demo.",
    discussion: """
      Prints one line, "axis ready at http://HOST:PORT", when it serves. Stops on SIGTERM or SIGINT.
      Messages are forwarded byte for byte; the operator's axis writes them anew and adds a TraceHeader.

      --kind provincial serves the shape of a provincial gateway: login with the system's id and secret as username and \
      password, a token, multipart messages (axis.kind: provincial).

      --faults FILE: a JSON script of faults, read again whenever it changes; one seed and one order of calls give the \
      same faults again:
        {"seed": 7, "rules": [{"operation": "sendEdoc", "fault": "loseAnswer", "probability": 0.3, "limit": 5},
                              {"operation": "*", "fault": "delay", "milliseconds": 500}]}
      operation: an operation's name or *. fault: loseAnswer (done, no answer), loseRequest (not done, no answer), delay, \
      double (delivered twice), answer (with httpStatus and errorCode). after: calls let through first.
      """)

  @Option(help: "Which protocol: vxp or provincial.") var kind: AxisServerConfiguration.Kind = .vxp
  @Option(help: "Where to listen, HOST:PORT; port 0 takes any free one.") var listen: String
  @Option(help: "Folder for messages and the database; made if it is not there.") var data: String
  @Option(help: "ID=SECRET:CODE,CODE… or ID=@FILE:CODE,CODE… (repeatable).") var system: [String]
  @Flag(help: "Refuse messages to unknown receivers (code 18) in place of keeping them as undeliverable.")
  var strictDirectory = false
  @Option(help: ArgumentHelp("How many hours a request's time may be off.", valueName: "hours")) var timestampHours = 24
  @Option(help: ArgumentHelp("JSON script of faults, see above.", valueName: "file"), completion: .file())
  var faults: String?

  func run() async throws {
    ProcessMemory.returnWhenFreed()
    ParentWatch.start()
    do {
      let address = try AxisServerConfiguration.listenAddress(listen)
      let systems = try system.map { argument throws(AxisServerError) in try AxisSystem(argument: argument) }
      var configuration = AxisServerConfiguration(
        listenHost: address.host, port: address.port, dataDirectory: data, systems: systems)
      configuration.strictDirectory = strictDirectory
      configuration.timestampTolerance = .seconds(max(1, min(timestampHours, 24 * 366)) * 3600)
      configuration.faultsFile = faults
      configuration.kind = kind
      let server = try AxisServer(configuration: configuration, logger: Self.logger, now: { Date() })
      try await server.run(stoppingOnSignals: true) { address, _ in
        Terminal.say("axis ready at \(address)")
      }
    } catch {
      throw Failure.exit(for: error)
    }
  }

  /// To standard error, so that standard output holds the one line that programs wait for.
  private static var logger: Logger {
    var logger = Logger(label: "axis") { StreamLogHandler.standardError(label: $0) }
    logger.logLevel = .warning
    return logger
  }
}

extension AxisServerConfiguration.Kind: ExpressibleByArgument {}
