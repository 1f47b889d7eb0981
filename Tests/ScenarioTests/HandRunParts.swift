import AxisClient
import Foundation
import HTTPTransport
import Synchronization
import Testing

/// Axis, time stamp server and both connectors, started one by one on the stage that `lienthong demo --stage` makes.
final class HandRunParts: Sendable {
  struct Letter: Decodable {
    let id: String
    let state: String
    let kind: String
    let number: String?
    let codes: [String]
    let dossierCode: String?
    let dossierType: String?
    let dueAt: String?
    let blobs: [String: String]
  }

  /// The secret of a third system on the axis, X66.66, that is neither of the two.
  static let strangerSecret = "secret of the stranger in this test"
  let stage: URL
  private let axisPort: Int
  private let timeStampPort: Int
  var timeStampAddress: String { "http://127.0.0.1:\(timeStampPort)/" }
  private let processes = Mutex<[Process]>([])
  private let environment: [String: String]

  /// - Parameter preparing: changes the stage before anything is started on it.
  init(
    in folder: URL, timeStamps: Bool, faults: String?, environment: [String: String] = [:],
    preparing: (URL) async throws -> Void = { _ in }
  ) async throws {
    self.environment = environment
    stage = folder.appendingPathComponent("stage")
    axisPort = try Self.freePort()
    timeStampPort = try Self.freePort()
    let staged = try await Lienthong.run(["demo", "--stage", stage.path])
    try #require(staged.code == 0, "\(staged.complaint)")
    for name in ["agency.yaml", "ca.yaml"] {
      let file = stage.appendingPathComponent(name)
      let text = try String(contentsOf: file, encoding: .utf8)
      try Data(
        text.replacingOccurrences(of: ":18080", with: ":\(axisPort)").replacingOccurrences(
          of: ":18081", with: ":\(timeStampPort)"
        ).utf8
      ).write(to: file)
    }
    try await preparing(stage)
    try Data((faults ?? #"{"seed": 1, "rules": []}"#).utf8).write(to: stage.appendingPathComponent("faults.json"))
    try start([
      "axis", "--faults", "faults.json", "--listen", "127.0.0.1:\(axisPort)", "--data", "axis", "--system",
      "SYS-VIDU=@secrets/agency.secret:H56.99", "--system", "SYS-CTS=@secrets/ca.secret:G11.99", "--system",
      "SYS-LA=\(Self.strangerSecret):X66.66",
    ])
    if timeStamps { try startTimeStamps() }
    try start(["run", "--config", "agency.yaml"])
    try start(["run", "--config", "ca.yaml"])
  }

  private func connection(_ system: String, secret: String) -> AxisConnection {
    let account = AxisAccount(endpoint: "http://127.0.0.1:\(axisPort)", systemID: system, secret: secret)
    return AxisConnection(account: account, transport: HTTPClient(), now: { Date() })
  }

  /// How many statuses and documents the axis has for the stranger.
  func messagesForStranger() async throws -> Int {
    let connection = connection("SYS-LA", secret: Self.strangerSecret)
    var number = 0
    for type in [AxisMessageType.edoc, .status] {
      guard case .accepted(let list) = await connection.getReceivedEdocList(type) else { throw Missed() }
      number += list.count
    }
    return number
  }

  /// Whether the axis still offers a document of the stranger to the authority's systems.
  func isDocumentOfStrangerOffered() async throws -> Bool {
    let secret = try String(contentsOf: stage.appendingPathComponent("secrets/ca.secret"), encoding: .utf8)
    let connection = connection("SYS-CTS", secret: secret.trimmingCharacters(in: .whitespacesAndNewlines))
    guard case .accepted(let list) = await connection.getReceivedEdocList(.edoc) else { throw Missed() }
    return list.contains { $0.from.contains("X66.66") }
  }

  /// Puts a message onto the axis as the stranger X66.66.
  func sendAsStranger(_ file: URL, to receiver: String, _ type: AxisMessageType) async throws {
    let outcome = await connection("SYS-LA", secret: Self.strangerSecret).sendEdoc(
      file: file.path, from: "X66.66", to: [receiver], messageType: type)
    guard case .accepted = outcome else { throw Missed() }
  }

  /// The newest file that the agency's ledger holds of its first letter in `role` (e.g. `message`).
  func agencyBlob(_ role: String) async throws -> URL {
    guard let letter = try await agencyLetters().last, let hash = letter.blobs[role] else { throw Missed() }
    return stage.appendingPathComponent("agency/blobs/\(hash.prefix(2))/\(hash)")
  }

  /// The first letter as both signed it, as a PDF.
  func signedLetter() async throws -> URL {
    let copy = stage.appendingPathComponent("signed.pdf")
    if !FileManager.default.fileExists(atPath: copy.path) {
      try FileManager.default.copyItem(at: try await agencyBlob("organisationSigned"), to: copy)
    }
    return copy
  }

  /// Whether the event log of `side` has `text`; the log of the ledger, letter or not.
  func ledgerSays(_ text: String, _ side: String) async throws -> Bool {
    try await ok(["ledger", "events", "--data", side]).contains(text)
  }

  func startTimeStamps() throws {
    try start([
      "tsa", "--listen", "127.0.0.1:\(timeStampPort)", "--key", "pki/keys/tsa.p12", "--password-file",
      "secrets/key.password",
    ])
  }

  func run(_ arguments: [String]) async throws -> Lienthong.Answer {
    try await Lienthong.run(arguments, environment: environment, in: stage)
  }

  @discardableResult
  func ok(_ arguments: [String]) async throws -> String {
    let answer = try await run(arguments)
    try #require(answer.code == 0, "\(arguments): \(answer.complaint)")
    return answer.output
  }

  func sendArguments(_ number: String) -> [String] {
    [
      "send", "--config", "agency.yaml", "--type", "01", "--number", number, "--notation", "SVD-VP", "--list",
      "letters/danh-sach-01.xlsx",
    ]
  }

  func send(_ number: String) async throws { try await ok(sendArguments(number)) }

  func bind() async throws {
    try await ok(["trust", "bind", "--config", "ca.yaml", "--code", "H56.99", "--certificate", "pki/keys/agency.crt"])
  }

  func agencyStates() async throws -> [String] { try await agencyLetters().map(\.state) }

  /// The sentences of the first sent letter's timeline.
  func agencyTimeline() async throws -> [String] {
    guard let letter = try await agencyLetters().first else { return [] }
    return try await ok(["status", "--config", "agency.yaml", letter.id]).split(separator: "\n").map(String.init)
  }

  func waitForAgency(_ state: String) async throws { try await wait { try await self.agencyStates() == [state] } }

  func waitForIncoming(_ condition: (Letter) -> Bool) async throws -> Letter {
    let deadline = Date().addingTimeInterval(60)
    while Date() < deadline {
      if let letter = try await incoming().first(where: condition) { return letter }
      try await Task.sleep(for: .milliseconds(200))
    }
    throw Missed()
  }

  /// Every letter that the authority received; a document that it set aside is none.
  func incoming() async throws -> [Letter] {
    let lines = try await ok(["intake", "list", "--config", "ca.yaml", "--json"]).split(separator: "\n")
      .filter { !$0.contains(#""setAside":true"#) }
    return try lines.map { try JSONDecoder().decode(Letter.self, from: Data($0.utf8)) }
  }

  func wait(_ condition: () async throws -> Bool) async throws {
    let deadline = Date().addingTimeInterval(60)
    while Date() < deadline {
      if try await condition() { return }
      try await Task.sleep(for: .milliseconds(200))
    }
    throw Missed()
  }

  func stop() {
    for process in processes.withLock({ $0 }) where process.isRunning { kill(process.processIdentifier, SIGKILL) }
  }

  /// What was waited for did not come within a minute.
  struct Missed: Error {}

  func agencyLetters() async throws -> [Letter] {
    let text = try await ok(["status", "--config", "agency.yaml", "--json"])
    return try JSONDecoder().decode([Letter].self, from: Data(text.utf8))
  }

  private func start(_ arguments: [String]) throws {
    let process = Process()
    process.executableURL = Lienthong.executable
    process.arguments = arguments
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    process.currentDirectoryURL = stage
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.launchAlone()
    processes.withLock { $0.append(process) }
  }

  private static func freePort() throws -> Int {
    let holder = try PortHolder()
    return Int(holder.port)
  }
}
