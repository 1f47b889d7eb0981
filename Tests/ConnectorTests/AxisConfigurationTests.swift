import DeliveryLedger
import Foundation
import Testing

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

  @Test(
    "Each fault is told by its key",
    arguments: [
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
