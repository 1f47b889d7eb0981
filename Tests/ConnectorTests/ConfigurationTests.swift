import Connector
import DossierModel
import Foundation
import Testing

@Suite("Configuration file")
struct ConfigurationTests {
  private static let minimal = """
    role: ca
    organisation: {code: G11.99, name: Cục Ví dụ}
    axis: {url: "http://127.0.0.1:1", systemId: S, secretFile: s}
    trustFolder: trust
    dataFolder: /var/lib/x
    """

  private func problems(_ yaml: String) -> [String] {
    do {
      _ = try Configuration(yaml: yaml, file: "/etc/lienthong/a.yaml")
      return []
    } catch {
      return error.lines
    }
  }

  @Test("The example that is shipped can be read, and says what it should")
  func example() throws {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let file = root.appendingPathComponent("Deploy/lienthong.example.yaml").path
    let configuration = try Configuration(contentsOf: file)
    #expect(configuration.role == .agency)
    #expect(configuration.organisation.allCodes == ["H99.15", "000.00.15.H99"])
    #expect(configuration.addressee(forType: "01")?.code == "G11.99")
    #expect(configuration.addressee(forType: "06")?.code == "H99.07")
    guard case .file(let key)? = configuration.signers.leader?.key else {
      Issue.record("the leader's key is no file")
      return
    }
    #expect(key.passwordFile?.hasSuffix("/Deploy/secrets/leader.password") == true)
    #expect(configuration.contact?.idIssueDate?.iso == "2022-05-31")
  }

  @Test("Relative paths start from the file's folder, absolute ones stay")
  func paths() throws {
    let configuration = try Configuration(yaml: Self.minimal, file: "/etc/lienthong/a.yaml")
    #expect(configuration.trustFolder == "/etc/lienthong/trust")
    #expect(configuration.dataFolder == "/var/lib/x")
  }

  @Test(
    "Each fault is told with its line",
    arguments: [
      ("role: ca", "role: boss", "1: “role” must be one of"),
      ("name: Cục Ví dụ", "nmae: Cục Ví dụ", "2: missing key “organisation.name”"),
      ("name: Cục Ví dụ", "name: Cục Ví dụ, extra: 1", "2: unknown key “organisation.extra”"),
      ("code: G11.99", "code: G11 99", "2: “organisation.code” is no organisation code"),
      ("http://127.0.0.1:1", "ftp://x", "3: “axis.url” must be an http"),
      ("systemId: S,", "systemId: S, pollSeconds: soon,", "3: “axis.pollSeconds” must be a number"),
      ("trustFolder: trust", "trustFoldr: trust", "4: unknown key “trustFoldr”"),
      ("trustFolder: trust", "trustFolder: trust\ntrustFolder: b", ": YAML: key given twice"),
      ("trustFolder: trust", "trustFolder: [trust", "YAML:"),
      ("trustFolder: trust", "trustFolder: trust\nlisten: anywhere", "5: “listen” must be HOST:PORT"),
    ])
  func faults(change: (String, String, String)) {
    let (from, to, expected) = change
    let lines = problems(Self.minimal.replacingOccurrences(of: from, with: to))
    #expect(lines.contains { $0.contains(expected) }, "\(lines)")
  }

  @Test("An agency without keys and addressees is refused, and every problem is told at once")
  func agency() {
    let lines = problems(Self.minimal.replacingOccurrences(of: "role: ca", with: "role: agency"))
    #expect(lines.contains { $0.contains("missing key “signers”") })
    #expect(lines.contains { $0.contains("missing key “addressees”") })
  }

  @Test("A key needs exactly one place for its password")
  func password() {
    let both = Self.minimal + "\nsigners: {organisation: {pkcs12: a, passwordFile: b, passwordEnvironment: C}}"
    let none = Self.minimal + "\nsigners: {organisation: {pkcs12: a}}"
    for yaml in [both, none] { #expect(problems(yaml).contains { $0.contains("exactly one of passwordFile") }) }
  }

  @Test("A missing file is one clear line")
  func missing() {
    #expect(throws: ConfigurationError.self) { try Configuration(contentsOf: "/nonexistent/x.yaml") }
  }
}
