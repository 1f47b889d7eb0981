import ArgumentParser

/// The executable: one file per subcommand. Exit codes: 0 done, 1 could not be done, 2 configuration, 3 refused by
/// verdict, 64 usage.
@main
struct LienThong: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "lienthong",
    abstract: "Carries certificate request letters between agencies and their CA over the national document axis.",
    discussion: """
      Main job, all parts on this machine: lienthong demo
      Parts by hand: pki new, tsa, axis, run --config, send, status, intake (see README.md).
      """,
    version: "0.1.0",
    subcommands: [
      DemoCommand.self, RunCommand.self, SendCommand.self, RetryCommand.self, OutcomeCommand.self,
      OutstandingCommand.self, DirectoryCommand.self, RecallCommand.self, StatusCommand.self, IntakeCommand.self,
      TrustCommand.self,
      ConfigCommand.self, AxisCommand.self, TimeStampServerCommand.self, PKICommand.self, EdXMLCommand.self,
      DossierCommand.self, MappingCommand.self, VerifyCommand.self, SignCommand.self, LedgerCommand.self,
    ])
}
