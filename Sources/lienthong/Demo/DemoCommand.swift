import ArgumentParser
import Connector
import Foundation

/// `lienthong demo`: the main job from end to end on loopback, with throw-away keys and invented people.
struct DemoCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "demo",
    abstract: "Runs the main job end to end on this machine, with invented people and throw-away keys.",
    discussion: """
      Starts an axis, an agency's connector and the authority's connector as processes of their own, sends one good \
      letter, one unsigned, one changed after signing and two odd messages, and shows what became of each. \
      A process that is killed meanwhile is started again; the run goes on. Exit code 0 only if all came true.
      """)

  @Flag(help: "Print one JSON object in place of the lines.") var json = false
  @Option(help: "Folder to leave the data in; must be new or empty. Without it the data are removed at the end.")
  var keep: String?
  @Flag(help: "Keep the processes running at the end, until Ctrl-C, so that the clerk's page can be looked at.")
  var stay = false
  @Option(
    help:
      "Only write PKI, keys, configurations and letters into this new folder, and print the commands that run the parts by hand."
  )
  var stage: String?
  @Option(help: "Seconds after which the run is given up.") var timeout: Double = 120

  func run() async throws {
    if let stage { return try self.stage(in: URL(fileURLWithPath: stage, isDirectory: true)) }
    let folder =
      keep.map { URL(fileURLWithPath: $0, isDirectory: true) }
      ?? FileManager.default.temporaryDirectory.appendingPathComponent("lienthong-demo-\(UUID().uuidString.prefix(8))")
    do {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      defer { if keep == nil { try? FileManager.default.removeItem(at: folder) } }
      let executable = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
      let quiet: @Sendable (String) -> Void = { _ in }
      let aloud: @Sendable (String) -> Void = { Terminal.say($0) }
      let play = DemoPlay(
        scene: try DemoScene(folder: folder, executable: executable, isKept: keep != nil),
        deadline: Date().addingTimeInterval(timeout),
        say: json ? quiet : aloud)
      var whileUp: (@Sendable () async -> Void)?
      if stay, !json { whileUp = { await Self.waitForEnter() } }
      var report = try await play.run(whileUp: whileUp)
      report.folder = keep.map { _ in folder.path }
      if json { Terminal.say(try Terminal.json(report)) }
      guard report.failures.isEmpty else {
        report.failures.forEach(Terminal.complain)
        throw ExitCode(1)
      }
    } catch {
      throw Failure.exit(for: error)
    }
  }

  /// Ports of the parts that are run by hand.
  private static let axisPort = 18080
  private static let timeStampPort = 18081

  private func stage(in folder: URL) throws {
    do {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      let executable = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
      let scene = try DemoScene(folder: folder, executable: executable, isKept: true)
      try DemoKeys(scene: scene).make(at: Date())
      try scene.writeConfigurations(
        axis: "http://127.0.0.1:\(Self.axisPort)", timeStamps: "http://127.0.0.1:\(Self.timeStampPort)/")
      for arguments in DemoProcesses.byHand(scene, axisPort: Self.axisPort, timeStampPort: Self.timeStampPort) {
        Terminal.say((["lienthong"] + arguments).joined(separator: " "))
      }
    } catch {
      throw Failure.exit(for: error)
    }
  }

  private static func waitForEnter() async {
    Terminal.say("Press Enter to end.")
    await withCheckedContinuation { continuation in
      Thread.detachNewThread {
        _ = readLine()
        continuation.resume()
      }
    }
  }
}
