import Foundation
import Synchronization
import Testing

/// Both connectors as processes that a test may kill and start again, around an axis whose faults it writes.
final class CrashStage: Sendable {
  enum Side: String, CaseIterable { case agency, ca }

  struct Letter: Decodable, Sendable {
    let id: String
    let state: String
    let number: String?
    let dossierCode: String?
  }

  /// What was waited for did not come.
  struct Missed: Error, CustomStringConvertible {
    let description: String
  }

  let stage: URL
  /// The temporary folder of the processes: nothing of a letter may stay in it when they are killed.
  private let temporary: URL
  private let processes = Mutex<[String: Process]>([:])

  init(in folder: URL) async throws {
    stage = folder.appendingPathComponent("stage")
    temporary = folder.appendingPathComponent("temporary")
    try FileManager.default.createDirectory(at: temporary, withIntermediateDirectories: false)
    let staged = try await Lienthong.run(["demo", "--stage", stage.path])
    try #require(staged.code == 0, "\(staged.complaint)")
    let ports = try [PortHolder(), PortHolder()].map { Int($0.port) }
    for side in Side.allCases {
      let file = stage.appendingPathComponent("\(side.rawValue).yaml")
      let text = try String(contentsOf: file, encoding: .utf8)
      try Data(
        text.replacingOccurrences(of: ":18080", with: ":\(ports[0])").replacingOccurrences(
          of: ":18081", with: ":\(ports[1])"
        ).utf8
      ).write(to: file)
    }
    try faults(#"{"seed": 1, "rules": []}"#)
    try start(
      "axis",
      [
        "axis", "--faults", "faults.json", "--listen", "127.0.0.1:\(ports[0])", "--data", "axis", "--system",
        "SYS-VIDU=@secrets/agency.secret:H56.99", "--system", "SYS-CTS=@secrets/ca.secret:G11.99",
      ])
    try start(
      "tsa",
      [
        "tsa", "--listen", "127.0.0.1:\(ports[1])", "--key", "pki/keys/tsa.p12", "--password-file",
        "secrets/key.password",
      ])
    try await ok(["trust", "bind", "--config", "ca.yaml", "--code", "H56.99", "--certificate", "pki/keys/agency.crt"])
  }

  /// What the axis does wrong from now on; the rules count anew.
  func faults(_ json: String) throws {
    try Data(json.utf8).write(to: stage.appendingPathComponent("faults.json"), options: .atomic)
  }

  // MARK: Processes

  func start(_ side: Side, environment: [String: String] = [:], more: [String] = []) throws {
    try start(side.rawValue, ["run", "--config", "\(side.rawValue).yaml"] + more, environment: environment)
  }

  private func start(_ name: String, _ arguments: [String], environment: [String: String] = [:]) throws {
    let log = stage.appendingPathComponent("\(name).log")
    if !FileManager.default.fileExists(atPath: log.path) { try Data().write(to: log) }
    let output = try FileHandle(forWritingTo: log)
    try output.seekToEnd()
    let process = Process()
    process.executableURL = Lienthong.executable
    process.arguments = arguments
    process.environment = ProcessInfo.processInfo.environment.merging(["TMPDIR": temporary.path]) { $1 }
      .merging(environment) { $1 }
    process.currentDirectoryURL = stage
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = output
    process.standardError = output
    try process.launchAlone()
    try output.close()
    processes.withLock { $0[name] = process }
  }

  func isRunning(_ side: Side) -> Bool { processes.withLock { $0[side.rawValue]?.isRunning ?? false } }

  /// SIGKILL, and waits until the process is gone, so that its locks are.
  func kill(_ side: Side) async throws {
    guard let process = processes.withLock({ $0[side.rawValue] }), process.isRunning else { return }
    Foundation.kill(process.processIdentifier, SIGKILL)
    while process.isRunning { try await Task.sleep(for: .milliseconds(5)) }
  }

  /// SIGTERM: told to stop in order.
  func end(_ side: Side) { processes.withLock { $0[side.rawValue]?.terminate() } }

  func stop() {
    for process in processes.withLock({ Array($0.values) }) where process.isRunning {
      Foundation.kill(process.processIdentifier, SIGKILL)
    }
  }

  /// The last lines of a process' log.
  func log(_ side: Side, lines: Int = 15) -> String {
    let text = (try? String(contentsOf: stage.appendingPathComponent("\(side.rawValue).log"), encoding: .utf8)) ?? ""
    return text.split(separator: "\n").suffix(lines).joined(separator: "\n")
  }

  // MARK: Commands

  func run(_ arguments: [String], environment: [String: String] = [:]) async throws -> Lienthong.Answer {
    try await Lienthong.run(arguments, environment: environment, in: stage)
  }

  @discardableResult
  func ok(_ arguments: [String]) async throws -> String {
    let answer = try await run(arguments)
    try #require(answer.code == 0, "\(arguments): \(answer.complaint)")
    return answer.output
  }

  static func sendArguments(_ number: String) -> [String] {
    [
      "send", "--config", "agency.yaml", "--type", "01", "--number", number, "--notation", "SVD-VP", "--list",
      "letters/danh-sach-01.xlsx",
    ]
  }

  func sent() async throws -> [Letter] {
    let text = try await ok(["status", "--config", "agency.yaml", "--json"])
    return try JSONDecoder().decode([Letter].self, from: Data(text.utf8))
  }

  func received() async throws -> [Letter] {
    let lines = try await ok(["intake", "list", "--config", "ca.yaml", "--json"]).split(separator: "\n")
    return try lines.map { try JSONDecoder().decode(Letter.self, from: Data($0.utf8)) }
  }

  /// The dossier code that the agency shows; a status that the axis delays may bring it last.
  private func dossierCodeTold(_ number: String) async throws -> String? {
    for _ in 0..<100 {
      if let code = try await sent().first(where: { $0.number == number })?.dossierCode { return code }
      try await Task.sleep(for: .milliseconds(300))
    }
    return nil
  }

  /// The officer finishes each of `numbers` as soon as it is accepted; returns once the agency shows all as finished.
  func finishAll(_ numbers: Set<String>, within seconds: TimeInterval) async throws {
    let deadline = Date().addingTimeInterval(seconds)
    var said: Set<String> = []
    var shown = ""
    var asked: (side: Side, commit: Date?, at: Date) = (.ca, nil, .distantPast)
    while Date() < deadline {
      // Asking starts a process: that is worth its cost when something was written since, or now and then.
      let side: Side = said == numbers ? .agency : .ca
      let commit = lastCommit(side)
      guard (side, commit) != (asked.side, asked.commit) || Date().timeIntervalSince(asked.at) > 5 else {
        try await Task.sleep(for: .milliseconds(200))
        continue
      }
      asked = (side, commit, Date())
      if said != numbers {
        for letter in try await received() where letter.state == "accepted" {
          guard let number = letter.number, numbers.contains(number), !said.contains(number) else { continue }
          try await ok(["intake", "finish", "--config", "ca.yaml", letter.dossierCode ?? letter.id])
          said.insert(number)
        }
      } else {
        let states = try await sent().filter { $0.number.map(numbers.contains) ?? false }
        if states.count == numbers.count, states.allSatisfy({ $0.state == "finished" }) { return }
        shown = states.map { "\($0.number ?? "?") \($0.state)" }.joined(separator: ", ")
      }
      try await Task.sleep(for: .milliseconds(600))
    }
    throw Missed(description: "finished at the authority: \(said.sorted()), shown at the agency: \(shown)")
  }

  /// When the ledger of a side was last written to.
  private func lastCommit(_ side: Side) -> Date? {
    let log = stage.appendingPathComponent("\(side.rawValue)/ledger.sqlite-wal")
    return try? FileManager.default.attributesOfItem(atPath: log.path)[.modificationDate] as? Date
  }

  /// Every letter exists exactly once at the authority, as one dossier that the agency can name; both ends show its final
  /// status; both logs hold.
  func expectExactlyOnce(_ numbers: Set<String>) async throws {
    let received = try await received()
    for number in numbers.sorted() {
      let all = received.filter { $0.number == number }
      let originals = all.filter { $0.state != "copy" }
      #expect(originals.map(\.state) == ["finished"], "\(number): \(all.map(\.state))")
      #expect(all.filter { $0.dossierCode != nil }.count == 1, "\(number): one dossier")
      let told = try await dossierCodeTold(number)
      #expect(told != nil && told == originals.first?.dossierCode, "\(number): \(told ?? "no dossier code")")
    }
    // A file whose name was not taken away yet when its process was killed is an empty one.
    let left = try FileManager.default.subpathsOfDirectory(atPath: temporary.path).filter { name in
      FileManager.default.contents(atPath: temporary.appendingPathComponent(name).path)?.isEmpty == false
    }
    #expect(left == [], "left in the temporary folder")
    let codes = received.compactMap(\.dossierCode)
    #expect(codes.count == Set(codes).count)
    for side in Side.allCases {
      let verified = try await run(["ledger", "verify", "--data", side.rawValue])
      #expect(verified.code == 0, "\(side.rawValue): \(verified.output)\(verified.complaint)")
    }
  }
}
