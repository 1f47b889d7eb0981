import Foundation

/// The processes of the demo, each started as a user would start it.
struct DemoProcesses {
  let scene: DemoScene
  private let axis: SupervisedChild
  private let timeStamps: SupervisedChild
  private let agency: SupervisedChild
  private let authority: SupervisedChild

  init(scene: DemoScene) {
    self.scene = scene
    func child(_ name: String, _ arguments: [String]) -> SupervisedChild {
      SupervisedChild(name, executable: scene.executable, arguments: arguments, folder: scene.path("processes"))
    }
    axis = child("axis", Self.axisArguments(scene, port: 0))
    timeStamps = child("tsa", Self.timeStampArguments(scene, port: 0))
    agency = child("agency", ["run", "--config", scene.agencyConfiguration.path, "--log-level", "info"])
    authority = child("ca", ["run", "--config", scene.authorityConfiguration.path, "--log-level", "info"])
  }

  /// Axis and time stamp server; gives their addresses, which they keep when they are started again.
  func startServers() async throws -> (axis: String, timeStamps: String) {
    try axis.start()
    try timeStamps.start()
    let axisURL = try await ready(axis, "axis ready at ")
    let timeStampURL = try await ready(timeStamps, "tsa ready at ")
    axis.setArguments(Self.axisArguments(scene, port: Self.port(of: axisURL)))
    timeStamps.setArguments(Self.timeStampArguments(scene, port: Self.port(of: timeStampURL)))
    return (axisURL, timeStampURL)
  }

  /// Both connectors; gives the address of the agency's page.
  func startConnectors() async throws -> String {
    try agency.start()
    try authority.start()
    _ = try await ready(authority, "clerk's page at ")
    return try await ready(agency, "clerk's page at ")
  }

  func stop() async {
    for child in [agency, authority, axis, timeStamps] { await child.stop() }
  }

  /// `lienthong send`; gives the letter's id in the agency's ledger.
  func send(number: String, _ more: [String]) async throws -> String {
    let output = try await command(
      [
        "send", "--config", scene.agencyConfiguration.path, "--type", "01", "--number", number, "--notation",
        DemoLetters.notation,
        "--json",
      ] + more)
    struct Sent: Decodable { let id: String }
    return try JSONDecoder().decode(Sent.self, from: Data(output.utf8)).id
  }

  /// Runs one command to its end and gives its output.
  func command(_ arguments: [String]) async throws -> String {
    let process = Process()
    process.executableURL = scene.executable
    process.arguments = arguments
    process.standardInput = FileHandle.nullDevice
    let output = Pipe()
    let errors = Pipe()
    process.standardOutput = output
    process.standardError = errors
    try process.run()
    // The outputs are a few lines, far below a pipe's capacity, so one after the other cannot block.
    let text = String(decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
    let complaint = String(decoding: try errors.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      throw Terminal.fail("lienthong \(arguments.prefix(2).joined(separator: " ")) failed: \(complaint)")
    }
    return text
  }

  /// What a person types to run the same parts by hand: servers, binding, connectors, one letter.
  static func byHand(_ scene: DemoScene, axisPort: Int, timeStampPort: Int) -> [[String]] {
    [
      axisArguments(scene, port: axisPort), timeStampArguments(scene, port: timeStampPort), bindArguments(scene),
      ["run", "--config", scene.agencyConfiguration.path], ["run", "--config", scene.authorityConfiguration.path],
      [
        "send", "--config", scene.agencyConfiguration.path, "--type", "01", "--number", "125", "--notation",
        DemoLetters.notation, "--list", scene.list.path,
      ], ["status", "--config", scene.agencyConfiguration.path],
    ]
  }

  /// Who speaks for the agency, said by a person of the authority.
  static func bindArguments(_ scene: DemoScene) -> [String] {
    [
      "trust", "bind", "--config", scene.authorityConfiguration.path, "--code", scene.agencyCode, "--certificate",
      scene.path("pki/keys/agency.crt").path, "--by", "demo",
    ]
  }

  private func ready(_ child: SupervisedChild, _ prefix: String) async throws -> String {
    guard let rest = try await child.line(startingWith: prefix, within: 30) else {
      let log = (try? String(contentsOf: scene.path("processes/\(child.name).log"), encoding: .utf8)) ?? ""
      throw Terminal.fail("\(child.name) did not start: \(log.suffix(500))")
    }
    return rest.trimmingCharacters(in: .whitespaces)
  }

  private static func port(of url: String) -> Int { URL(string: url)?.port ?? 0 }

  private static func axisArguments(_ scene: DemoScene, port: Int) -> [String] {
    [
      "axis", "--listen", "127.0.0.1:\(port)", "--data", scene.path("axis").path,
      "--system", "\(scene.agencySystem)=@\(scene.path("secrets/agency.secret").path):\(scene.agencyCode)",
      "--system", "\(scene.authoritySystem)=@\(scene.path("secrets/ca.secret").path):\(scene.authorityCode)",
    ]
  }

  private static func timeStampArguments(_ scene: DemoScene, port: Int) -> [String] {
    [
      "tsa", "--listen", "127.0.0.1:\(port)", "--key", scene.path("pki/keys/tsa.p12").path, "--password-file",
      scene.path("secrets/key.password").path,
    ]
  }
}
