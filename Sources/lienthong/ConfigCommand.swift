import ArgumentParser
import Connector
import ConnectorServer

/// `lienthong config check FILE`.
struct ConfigCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "config", abstract: "Checks a configuration file.", subcommands: [Check.self])

  struct Check: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "check", abstract: "Names every line that is wrong; exit code 2 if there is one.")

    @Argument(help: "Configuration file (YAML).") var file: String

    func run() async throws {
      let configuration: Configuration
      do {
        configuration = try Configuration(contentsOf: file)
      } catch {
        for line in error.lines { Terminal.complain(line) }
        throw ExitCode(2)
      }
      do {
        try Workplace.check(configuration)
        if let listen = configuration.listen { _ = try ListenAddress(listen) }
      } catch {
        throw Failure.exit(for: error)
      }
      Terminal.say(
        "\(file): good. Role \(configuration.role.rawValue), \(configuration.organisation.code), axis \(configuration.axis.url)"
      )
    }
  }
}
