import DeliveryLedger
import Foundation
import Testing
import VietnameseText

@testable import AxisClient
@testable import Connector

@Suite("The axis in the configuration file")
struct AxisConfigurationTests {
  private static let start = """
    role: ca
    organisation: {code: G11.99, name: Cục Ví dụ}
    trustFolder: trust
    dataFolder: /var/lib/x
    """

  private func problems(_ more: String) -> [String] {
    do {
      _ = try Configuration(yaml: Self.start + "\n" + more, file: "/etc/lienthong/a.yaml")
      return []
    } catch {
      return error.lines
    }
  }

  @Test("Every line that the example shows as a comment can be used as it stands")
  func example() throws {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let file = root.appendingPathComponent("Deploy/lienthong.example.yaml").path
    let text = try String(contentsOfFile: file, encoding: .utf8)
    let parts = text.components(separatedBy: "# The national document axis.")
    let (before, rest) = (parts[0], try #require(parts.last).components(separatedBy: "# The keys that sign"))
    // Comment lines that are keys, uncommented.
    let axis = rest[0].split(separator: "\n", omittingEmptySubsequences: false).map { line in
      line.hasPrefix("  # ") && line.contains(":") ? "  " + line.dropFirst(4) : String(line)
    }.joined(separator: "\n")
    let all = before + axis + "# The keys that sign" + (try #require(rest.last))
    let configuration = try Configuration(yaml: all, file: file)
    #expect(configuration.axis.forwarder?.dstcode == "VN:GOV:000.00.00.G22:vpcpdvcprovider")
    #expect(configuration.axis.login?.username == "vidu" && configuration.axis.proxy == "http://127.0.0.1:3128")
    #expect(configuration.axis.tls.clientKey?.hasSuffix("/Deploy/secrets/client.key") == true)
    #expect(configuration.mailbox.folder?.hasSuffix("/Deploy/handed-over") == true)
  }

  @Test("What is not said has its default")
  func defaults() throws {
    let configuration = try Configuration(
      yaml: Self.start + "\naxis: {url: \"http://127.0.0.1:1\", systemId: S, secretFile: s}", file: "/a.yaml")
    #expect(configuration.axis.kind == .vxp && configuration.axis.proxy == nil && configuration.axis.forwarder == nil)
    #expect(configuration.mailbox.others == .leave && configuration.mailbox.acknowledgementOfOthers == .leave)
    #expect(configuration.directory.hours == 24 && configuration.directory.levels == 4)
    #expect(configuration.retention.policy == RetentionPolicy())
  }

  @Test("Gateway, forwarder, TLS and proxy are read with their paths made absolute")
  func variants() throws {
    let configuration = try Configuration(
      yaml: Self.start + """

        axis:
          url: https://gateway.vidu
          systemId: S
          secretFile: s
          kind: provincial
          login: {username: u, passwordFile: p}
          tls: {caFile: ca.pem, clientCertificate: c.p12, clientKeyPasswordFile: /k}
          proxy: socks5h://127.0.0.1:1080
        mailbox: {others: handOver, folder: out}
        retention: {workingFileDays: 30}
        """, file: "/etc/lienthong/a.yaml")
    let axis = configuration.axis
    #expect(axis.kind == .provincial && axis.login?.passwordFile == "/etc/lienthong/p")
    #expect(axis.tls.caFile == "/etc/lienthong/ca.pem" && axis.tls.clientKeyPasswordFile == "/k")
    #expect(axis.proxy == "socks5h://127.0.0.1:1080")
    #expect(configuration.mailbox.folder == "/etc/lienthong/out")
    #expect(configuration.mailbox.acknowledgementOfOthers == .handOver)
    #expect(configuration.retention.policy.workingFilesFor == 30 * 86_400)
  }

  @Test("Patience, time-outs, hash form, fetching and what answers mean are set, and each has its default")
  func protocolChoices() throws {
    func axis(_ more: String) throws -> Configuration.Axis {
      let text = "\naxis:\n  url: http://127.0.0.1:1\n  systemId: S\n  secretFile: s\n\(more)"
      return try Configuration(yaml: Self.start + text, file: "/a.yaml").axis
    }
    let usual = try axis("")
    #expect(usual.lostAnswer == .init(askAgainSeconds: 60, resendAfterSeconds: 300) && usual.outcomes.isEmpty)
    #expect(usual.hashForm == .operatorSDK && usual.retrieval == .downloadThenGet)
    #expect(usual.limits == AxisLimits(maximumMessageBytes: 450_000_000))
    let other = try axis(
      """
        maximumMessageMegabytes: 20
        lostAnswer: {askAgainSeconds: 90, resendAfterSeconds: 1200}
        hashForm: padded-hex
        retrieval: get-only
        timeouts: {connectSeconds: 5, callSeconds: 60, messageSeconds: 1800, stallSeconds: 45}
        outcomes:
          code:21: {once: refused message, repeatable: tryAgain busy, vi: Trục từ chối., en: The axis refuses.}
          http:503: {once: tryAgain busy, repeatable: tryAgain busy}
          "transport:*/unknown": {once: unknown interrupted, repeatable: tryAgain interrupted}
      """)
    #expect(other.lostAnswer == .init(askAgainSeconds: 90, resendAfterSeconds: 1200))
    #expect(other.hashForm == .paddedHex && other.retrieval == .getOnly)
    #expect(
      other.limits
        == AxisLimits(
          connectTimeout: .seconds(5), callTimeout: .seconds(60), messageTimeout: .seconds(1800),
          stallTimeout: .seconds(45), maximumMessageBytes: 20_000_000))
    #expect(other.outcomes.map(\.when) == ["code:21", "http:503", "transport:*/unknown"])
    #expect(other.outcomes.first?.once == .refused(.message) && other.outcomes.first?.clerk?.en == "The axis refuses.")
  }

  @Test("The axis is opened with them", .timeLimit(.minutes(1)), arguments: ["vxp", "provincial"])
  func opened(_ kind: String) async throws {
    let server = try LoopbackServer()
    defer { server.stop() }
    let prefix = kind == "vxp" ? "" : "/v1"
    let login = #"{"status": true, "data": {"token": "t"}}"#
    server.answer("/v1/auth/login?allow_anonymous=true", .init(body: Array(login.utf8)))
    server.answer(
      "\(prefix)/sendEdoc", .init(body: Array(#"{"ErrorCode": "21", "ErrorDesc": "x", "status": "FAIL"}"#.utf8)))
    server.answer("\(prefix)/getAgenciesList", .init(body: Array("[]".utf8), delay: 3))
    let folder = FileManager.default.temporaryDirectory.appending(path: "axis-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try Data("secret".utf8).write(to: folder.appending(path: "s"))
    let more = kind == "vxp" ? "hashForm: padded-hex" : "login: {username: u, passwordFile: s}"
    let configuration = try Configuration(
      yaml: Self.start + """

        axis:
          kind: \(kind)
          url: \(server.url(""))
          systemId: S
          secretFile: s
          \(more)
          timeouts: {callSeconds: 1}
          outcomes: {code:21: {once: refused message, repeatable: refused message}}
        """, file: folder.appending(path: "a.yaml").path)
    let axis = try Workplace.openAxis(configuration)
    if let axis = axis as? AxisConnection { #expect(axis.account.hashForm == .paddedHex) }
    let file = folder.appending(path: "s").path
    switch await axis.sendEdoc(file: file, from: "A", to: ["B"], messageType: .edoc) {
    case .refused(let refusal): #expect(refusal.subject == .message)
    case .accepted, .tryAgain, .unknown: Issue.record("the row is without effect")
    }
    let begin = ContinuousClock.now
    if case .accepted = await axis.getAgenciesList() { Issue.record("the time-out is without effect") }
    #expect(begin.duration(to: .now) < .seconds(2.5))
  }

  @Test(
    "Each fault is told by its key",
    arguments: [
      ("axis: {hashForm: base64}", "“axis.hashForm” must be one of: operator-sdk, padded-hex"),
      ("axis: {retrieval: none}", "“axis.retrieval” must be one of: download-then-get"),
      (
        "axis: {kind: provincial, hashForm: padded-hex, retrieval: get-only}",
        "“axis.hashForm” goes with axis.kind: vxp only"
      ),
      ("axis: {timeouts: {callSeconds: 0}}", "“axis.timeouts.callSeconds” must be a number"),
      ("axis: {timeouts: {everything: 5}}", "unknown key “axis.timeouts.everything”"),
      ("axis: {lostAnswer: {resendAfterSeconds: soon}}", "“axis.lostAnswer.resendAfterSeconds” must be a number"),
      (
        "axis: {outcomes: {\"code:\": {once: tryAgain busy, repeatable: tryAgain busy}}}", "“axis.outcomes.code:” is no"
      ),
      (
        "axis: {outcomes: {\"http:666\": {once: tryAgain busy, repeatable: tryAgain busy}}}", "“axis.outcomes.http:666”"
      ),
      (
        "axis: {outcomes: {\"transport:gone/unknown\": {once: unknown busy, repeatable: tryAgain busy}}}",
        "is no condition"
      ),
      ("axis: {outcomes: {\"body:bad\": {once: unknown busy, repeatable: tryAgain busy}}}", "is no condition"),
      (
        "axis: {outcomes: {\"code:7\": {once: perhaps, repeatable: tryAgain busy}}}",
        "“axis.outcomes.code:7.once” must be refused"
      ),
      ("axis: {outcomes: {\"code:7\": {once: tryAgain busy}}}", "missing key “axis.outcomes.code:7.repeatable”"),
      (
        "axis: {outcomes: {\"code:7\": {once: tryAgain busy, repeatable: tryAgain busy, vi: x}}}",
        "needs both vi and en"
      ),
      (
        "axis: {outcomes: {\"transport:*/unknown\": {once: tryAgain busy, repeatable: tryAgain busy}}}",
        "“axis.outcomes.transport:*/unknown.once” must be unknown"
      ),
      ("axis: {url: \"ftp://x\", systemId: S, secretFile: s}", "“axis.url” must be an http:// or https:// address"),
      (
        "axis: {url: \"http://x\", systemId: S, secretFile: s, kind: soap}",
        "“axis.kind” must be one of: vxp, provincial"
      ),
      ("axis: {url: \"http://x\", systemId: S, secretFile: s, kind: provincial}", "missing key “axis.login”"),
      ("axis: {url: \"http://x\", systemId: S, secretFile: s, proxy: here}", "“axis.proxy” must be an address of"),
      (
        "axis: {url: \"http://x\", systemId: S, secretFile: s, forwarder: {url: \"http://y\"}}",
        "“axis.forwarder.dstcode”"
      ),
      (
        "axis: {url: \"http://x\", systemId: S, secretFile: s, kind: provincial, login: {username: u, passwordFile: p}, forwarder: {url: \"http://y\", dstcode: d}}",
        "“axis.forwarder” goes with axis.kind: vxp only"
      ),
      ("axis: {url: \"http://x\", systemId: S, secretFile: s, tls: {clientKey: k}}", "a key without clientCertificate"),
      ("mailbox: {others: handOver}", "“mailbox.others: handOver” needs mailbox.folder"),
      ("mailbox: {others: delete}", "“mailbox.others” must be one of: leave, handOver"),
      ("directory: {hours: never}", "“directory.hours” must be a number"),
      ("retention: {workingFileDays: -1}", "“retention.workingFileDays” must be a number"),
    ])
  func faults(_ pair: (String, String)) {
    let lines = problems(pair.0)
    #expect(lines.contains { $0.contains(pair.1) }, "\(lines)")
  }
}
