import AxisClient
import Foundation
import HTTPTransport
import Synchronization
import Testing

/// An agency's connector beside the agency's own document system, on one account of the axis; the executable only.
@Suite("A mailbox that is shared", .serialized)
struct MailboxScenario {
  @Test("keeps what is not ours for whoever else reads it, unanswered, and a stop ends everything without a complaint")
  func left() async throws {
    try await withStage(more: "") { stage in
      try await stage.sendAsStranger()
      try await stage.wait { try await stage.log().contains("không do phần mềm này gửi") }
      try await stage.wait { try await stage.outstanding().filter { $0 == "setAside" }.count == 2 }
      #expect(await stage.waiting(.status) == 1)
      #expect(await stage.waiting(.edoc) == 1)
      #expect(await stage.strangerWaiting() == 0, "never answered")
      let stopped = await stage.stopAll()
      #expect(stopped.codes.allSatisfy { $0 == 0 }, "\(stopped)")
      #expect(stopped.complaints.isEmpty, "\(stopped.complaints)")
    }
  }

  @Test("hands it over into a folder by configuration, and only then tells the axis")
  func handedOver() async throws {
    try await withStage(more: "mailbox: {others: handOver, folder: out}") { stage in
      try await stage.sendAsStranger()
      try await stage.wait { await stage.waiting(.status) == 0 }
      try await stage.wait { await stage.waiting(.edoc) == 0 }
      let folder = stage.folder.appendingPathComponent("out")
      let files = try FileManager.default.contentsOfDirectory(atPath: folder.path)
      #expect(files.count == 2 && files.allSatisfy { $0.hasSuffix(".edxml") }, "\(files)")
      let contents = try Set(files.map { try Data(contentsOf: folder.appendingPathComponent($0)) })
      #expect(contents == [MailboxStage.document, MailboxStage.status])
      #expect(await stage.strangerWaiting() == 0, "never answered")
    }
  }

  @Test("A connector synchronises the directory by itself; it is searched, shown and purged beside by hand")
  func directory() async throws {
    try await withStage(more: "") { stage in
      try await stage.wait { try await stage.conditions()["directory"] == "current" }
      let found = try await stage.ok(["directory", "search", "--config", "agency.yaml", "x66"])
      #expect(found.hasPrefix("X66.66"), "\(found)")
      let shown = try await stage.ok(["directory", "show", "--config", "agency.yaml", "--json", "000.00.99.H56"])
      #expect(shown.contains(#""code" : "H56.99""#), "\(shown)")
      let history = try await stage.ok(["directory", "history", "--config", "agency.yaml", "H56.99"])
      #expect(history.contains("added"))
      let unknown = try await stage.run(["directory", "show", "--config", "agency.yaml", "Z1"])
      #expect(unknown.code == 1 && unknown.lines.count == 1)
      let again = try await stage.ok(["directory", "sync", "--config", "agency.yaml"])
      #expect(again.contains("0 added, 0 changed, 0 removed"), "\(again)")
      let purge = try await stage.run(["ledger", "purge", "--config", "agency.yaml"])
      #expect(purge.code == 1 && purge.lines.count == 1, "the running connector purges: \(purge.complaint)")
      try await stage.wait { try await stage.conditions()["purge"] == "done" }
      _ = await stage.stopAll()
      #expect(try await stage.ok(["ledger", "purge", "--config", "agency.yaml"]).contains("0 letters"))
      // Without the axis the directory stays as it is, and that is told.
      let away = try await stage.run(["directory", "sync", "--config", "agency.yaml"])
      #expect(away.code == 1 && away.complaint.contains("transport-connection-refused"), "\(away.complaint)")
      #expect(try await stage.ok(["directory", "search", "--config", "agency.yaml", "H56"]).contains("H56.99"))
    }
  }

  @Test("A provincial gateway is an axis by configuration")
  func gateway() async throws {
    let login = "  kind: provincial\n  login: {username: SYS-VIDU, passwordFile: secrets/agency.secret}\n"
    try await withStage(more: "", axisKind: "provincial", axisKeys: login) { stage in
      try await stage.wait { try await stage.conditions()["axis.mailbox.edoc"] == "reached" }
      try await stage.wait { try await stage.conditions()["directory"] == "current" }
      #expect(try await stage.ok(["directory", "search", "--config", "agency.yaml", "X66"]).contains("X66.66"))
    }
  }

  @Test("A person's word about a letter that is not in doubt is refused in one line")
  func outcome() async throws {
    try await withStage(more: "") { stage in
      let unknown = try await stage.run(["outcome", "--config", "agency.yaml", "--delivered", "no-such-letter"])
      #expect(unknown.code == 1 && unknown.lines.count == 1, "\(unknown.complaint)")
      let both = try await stage.run(["outcome", "--config", "agency.yaml", "--delivered", "--not-delivered", "x"])
      #expect(both.code == 64)
    }
  }

  private func withStage(
    more: String, axisKind: String = "vxp", axisKeys: String = "", _ body: (MailboxStage) async throws -> Void
  ) async throws {
    try await Lienthong.inFolder { folder in
      let stage = try await MailboxStage(in: folder, more: more, axisKind: axisKind, axisKeys: axisKeys)
      do {
        try await body(stage)
      } catch {
        stage.kill()
        throw error
      }
      stage.kill()
    }
  }
}

/// Axis and agency on the stage of `lienthong demo --stage`, and a stranger X66.66 on the same axis.
final class MailboxStage: Sendable {
  let folder: URL
  private let port: Int
  private let processes = Mutex<[(name: String, process: Process)]>([])
  private static let secret = "secret of the stranger in this test"

  init(in parent: URL, more: String, axisKind: String, axisKeys: String) async throws {
    folder = parent.appendingPathComponent("stage")
    port = try Self.freePort()
    let staged = try await Lienthong.run(["demo", "--stage", folder.path])
    try #require(staged.code == 0, "\(staged.complaint)")
    let file = folder.appendingPathComponent("agency.yaml")
    let text = try String(contentsOf: file, encoding: .utf8)
      .replacingOccurrences(of: ":18080", with: ":\(port)")
      .replacingOccurrences(of: "axis:\n", with: "axis:\n\(axisKeys)")
    try Data((text + "\n" + more + "\n").utf8).write(to: file)
    try start(
      "axis",
      [
        "axis", "--kind", axisKind, "--listen", "127.0.0.1:\(port)", "--data", "axis", "--system",
        "SYS-VIDU=@secrets/agency.secret:H56.99", "--system", "SYS-LA=\(Self.secret):X66.66",
      ])
    var begun = Date()
    while await strangerWaiting() == nil, Date().timeIntervalSince(begun) < 30, axisKind == "vxp" {
      try await Task.sleep(for: .milliseconds(100))
    }
    try start("agency", ["run", "--config", "agency.yaml"])
    // The commands that look into its ledger come after it has one.
    let ledger = folder.appendingPathComponent("agency/ledger.sqlite").path
    begun = Date()
    while !FileManager.default.fileExists(atPath: ledger), Date().timeIntervalSince(begun) < 30 {
      try await Task.sleep(for: .milliseconds(100))
    }
  }

  private static func freePort() throws -> Int {
    let holder = try PortHolder()
    return Int(holder.port)
  }

  // MARK: The axis, as others see it

  private func connection(_ system: String, _ secret: String) -> AxisConnection {
    AxisConnection(
      account: AxisAccount(endpoint: "http://127.0.0.1:\(port)", systemID: system, secret: secret),
      transport: HTTPClient(), now: { Date() })
  }

  /// How much waits in the agency's mailbox; nil: the axis does not say.
  func waiting(_ type: AxisMessageType) async -> Int? {
    let secret = try? String(contentsOf: folder.appendingPathComponent("secrets/agency.secret"), encoding: .utf8)
    return await connection("SYS-VIDU", (secret ?? "").trimmingCharacters(in: .whitespacesAndNewlines))
      .countReceived(type).value
  }

  /// How much waits for the stranger; nil: the axis does not say.
  func strangerWaiting() async -> Int? {
    guard let edocs = await connection("SYS-LA", Self.secret).countReceived(.edoc).value else { return nil }
    return await connection("SYS-LA", Self.secret).countReceived(.status).value.map { $0 + edocs }
  }

  /// A document and a status that have nothing to do with this product.
  func sendAsStranger() async throws {
    for (bytes, type) in [(Self.document, AxisMessageType.edoc), (Self.status, .status)] {
      let file = folder.appendingPathComponent("strange-\(type.rawValue).edxml")
      try bytes.write(to: file)
      let outcome = await connection("SYS-LA", Self.secret).sendEdoc(
        file: file.path, from: "X66.66", to: ["H56.99"], messageType: type)
      try #require(outcome.value != nil, "\(outcome)")
    }
  }

  static let document = Data(
    """
    <?xml version="1.0" encoding="UTF-8"?>
    <edXML xmlns="http://www.mic.gov.vn/TBT/QCVN_102_2016"><edXML:edXMLEnvelope xmlns:edXML="http://www.mic.gov.vn/TBT/QCVN_102_2016"><edXML:edXMLHeader><edXML:MessageHeader><edXML:From><edXML:OrganId>X66.66</edXML:OrganId><edXML:OrganName>Sở Khác</edXML:OrganName></edXML:From><edXML:To><edXML:OrganId>H56.99</edXML:OrganId><edXML:OrganName>Sở Ví dụ</edXML:OrganName></edXML:To><edXML:DocumentId>X66.66,2026/11/20,5/SK-VP</edXML:DocumentId><edXML:Code><edXML:CodeNumber>5</edXML:CodeNumber><edXML:CodeNotation>SK-VP</edXML:CodeNotation></edXML:Code><edXML:PromulgationInfo><edXML:Place>Hà Nội</edXML:Place><edXML:PromulgationDate>2026/11/20</edXML:PromulgationDate></edXML:PromulgationInfo><edXML:Subject>Mời họp</edXML:Subject></edXML:MessageHeader></edXML:edXMLHeader><edXML:edXMLBody><edXML:edXMLManifest version="1.0"/></edXML:edXMLBody></edXML:edXMLEnvelope><AttachmentEncoded/></edXML>
    """.utf8)

  static let status = Data(
    """
    <?xml version="1.0" encoding="UTF-8"?>
    <edXML xmlns="http://www.mic.gov.vn/TBT/QCVN_102_2016"><edXML:edXMLEnvelope xmlns:edXML="http://www.mic.gov.vn/TBT/QCVN_102_2016"><edXML:edXMLHeader><edXML:MessageHeader><edXML:From><edXML:OrganId>X66.66</edXML:OrganId></edXML:From><edXML:ResponseFor><edXML:OrganId>H56.99</edXML:OrganId><edXML:Code>9/SVD-TC</edXML:Code><edXML:DocumentId>of the agency's own document system</edXML:DocumentId><edXML:PromulgationDate>2026/11/20</edXML:PromulgationDate></edXML:ResponseFor><edXML:StatusCode>03</edXML:StatusCode><edXML:Timestamp>2026/11/20 09:10:11</edXML:Timestamp></edXML:MessageHeader></edXML:edXMLHeader></edXML:edXMLEnvelope></edXML>
    """.utf8)

  // MARK: The executable

  func run(_ arguments: [String]) async throws -> Lienthong.Answer { try await Lienthong.run(arguments, in: folder) }

  func ok(_ arguments: [String]) async throws -> String {
    let answer = try await run(arguments)
    try #require(answer.code == 0, "\(arguments): \(answer.complaint)")
    return answer.output
  }

  func log() async throws -> String { try await ok(["ledger", "events", "--data", "agency"]) }

  private struct Report: Decodable {
    struct Condition: Decodable {
      let name: String
      let state: String
    }
    struct Work: Decodable { let reason: String }
    let conditions: [Condition]
    let work: [Work]
  }

  private func report() async throws -> Report {
    let text = try await ok(["outstanding", "--config", "agency.yaml", "--json"])
    return try JSONDecoder().decode(Report.self, from: Data(text.utf8))
  }

  func outstanding() async throws -> [String] { try await report().work.map(\.reason) }
  func conditions() async throws -> [String: String] {
    Dictionary(try await report().conditions.map { ($0.name, $0.state) }, uniquingKeysWith: { first, _ in first })
  }

  func wait(_ condition: () async throws -> Bool) async throws {
    let deadline = Date().addingTimeInterval(90)
    while Date() < deadline {
      if try await condition() { return }
      try await Task.sleep(for: .milliseconds(200))
    }
    throw HandRunParts.Missed()
  }

  private func start(_ name: String, _ arguments: [String]) throws {
    let process = Process()
    process.executableURL = Lienthong.executable
    process.arguments = arguments
    process.currentDirectoryURL = folder
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = FileHandle.nullDevice
    let errors = folder.appendingPathComponent("\(name).err")
    try Data().write(to: errors)
    process.standardError = try FileHandle(forWritingTo: errors)
    try process.launchAlone()
    processes.withLock { $0.append((name, process)) }
  }

  /// Stops the agency and then the axis by SIGTERM: their exit codes, and the lines that speak of an error.
  func stopAll() async -> (codes: [Int32], complaints: [Substring]) {
    var codes: [Int32] = []
    var complaints: [Substring] = []
    for (name, process) in processes.withLock({ $0 }).reversed() {
      process.terminate()
      for _ in 0..<300 where process.isRunning { try? await Task.sleep(for: .milliseconds(100)) }
      codes.append(process.isRunning ? -1 : process.terminationStatus)
      let text = (try? String(contentsOf: folder.appendingPathComponent("\(name).err"), encoding: .utf8)) ?? ""
      complaints += text.split(separator: "\n").filter { $0.contains(" error ") || $0.contains("ummingbird") }
    }
    return (codes, complaints)
  }

  func kill() {
    for (_, process) in processes.withLock({ $0 }) where process.isRunning {
      Foundation.kill(process.processIdentifier, SIGKILL)
    }
  }
}
