import Foundation
import Testing

/// `lienthong verify --fetch`: an authority made with openssl, whose list lies on a server of the test.
@Suite("Asking authorities at the command line", .serialized)
struct FetchScenario {
  private struct Stage {
    let folder: URL
    let server: LoopbackFiles

    func path(_ name: String) -> String { folder.appendingPathComponent(name).path }

    func openssl(_ arguments: [String]) async throws {
      let done = try await Tool.run(["openssl"] + arguments, in: folder)
      #expect(done.code == 0, "\(arguments): \(done.output)")
    }

    /// Lays the authority's list, as of now, on the server.
    func publish() async throws {
      try await openssl(["ca", "-gencrl", "-config", "ca.cnf", "-out", "list.pem"])
      try await openssl(["crl", "-in", "list.pem", "-outform", "DER", "-out", "root.crl"])
      server.put(try Data(contentsOf: URL(fileURLWithPath: path("root.crl"))), at: "/root.crl")
    }

    /// The report of a letter whose signature lies beside it.
    func verify(_ options: [String]) async throws -> (codes: Set<String>, revocation: String?, complaint: String) {
      let answer = try await Lienthong.run(
        ["verify", "--json", "--trust", path("trust"), path("letter.pdf.p7s")] + options)
      let report = try #require(
        try JSONSerialization.jsonObject(with: Data(answer.output.utf8)) as? [String: Any], "\(answer.complaint)")
      let signature = (report["signatures"] as? [[String: Any]])?.first
      let revocation = signature?["revocation"] as? [String: Any]
      return (Set(report["codes"] as? [String] ?? []), revocation?["result"] as? String, answer.complaint)
    }
  }

  private static func configuration(_ list: String) -> String {
    """
    [req]
    distinguished_name = dn
    [dn]
    [root]
    basicConstraints = critical,CA:TRUE
    keyUsage = critical,keyCertSign,cRLSign
    subjectKeyIdentifier = hash
    [leaf]
    basicConstraints = CA:FALSE
    keyUsage = critical,digitalSignature,nonRepudiation
    subjectKeyIdentifier = hash
    authorityKeyIdentifier = keyid
    crlDistributionPoints = URI:\(list)
    [ca]
    default_ca = own
    [own]
    database = index.txt
    serial = serial
    crlnumber = serial
    new_certs_dir = .
    certificate = root.crt
    private_key = root.key
    default_md = sha256
    default_days = 300
    default_crl_days = 30
    policy = names
    [names]
    organizationName = supplied
    commonName = supplied
    UID = supplied

    """
  }

  private func onStage(_ body: (Stage) async throws -> Void) async throws {
    try await Lienthong.inFolder { folder in
      let stage = Stage(folder: folder, server: try LoopbackFiles())
      func write(_ text: String, _ name: String) throws {
        try Data(text.utf8).write(to: URL(fileURLWithPath: stage.path(name)))
      }
      try write(Self.configuration(stage.server.url("/root.crl")), "ca.cnf")
      try write("", "index.txt")
      try write("1000\n", "serial")
      try write("Công văn thử", "letter.pdf")
      try await stage.openssl([
        "req", "-x509", "-config", "ca.cnf", "-extensions", "root", "-newkey", "rsa:2048", "-nodes", "-keyout",
        "root.key", "-out", "root.crt", "-days", "3650", "-subj", "/CN=Goc thu",
      ])
      try await stage.openssl([
        "req", "-new", "-config", "ca.cnf", "-newkey", "rsa:2048", "-nodes", "-keyout", "leaf.key", "-out", "leaf.csr",
        "-subj", "/O=Uy ban thu/CN=So thu/UID=MST:0100000019",
      ])
      try await stage.openssl([
        "ca", "-batch", "-notext", "-config", "ca.cnf", "-extensions", "leaf", "-in", "leaf.csr", "-out", "leaf.crt",
      ])
      try await stage.openssl([
        "cms", "-sign", "-binary", "-cades", "-in", "letter.pdf", "-signer", "leaf.crt", "-inkey", "leaf.key",
        "-outform", "DER", "-out", "letter.pdf.p7s",
      ])
      let anchors = folder.appendingPathComponent("trust/anchors")
      try FileManager.default.createDirectory(at: anchors, withIntermediateDirectories: true)
      try FileManager.default.copyItem(
        at: folder.appendingPathComponent("root.crt"), to: anchors.appendingPathComponent("root.crt"))
      try await stage.publish()
      try await body(stage)
    }
  }

  @Test("The authority's list is asked for only where allowed, and says whether the certificate was revoked")
  func list() async throws {
    try await onStage { stage in
      let alone = try await stage.verify([])
      #expect(alone.codes == ["REVOCATION_UNKNOWN", "NO_TIMESTAMP"], "\(alone)")
      // An address of this host is asked only where that is allowed too.
      let guarded = try await stage.verify(["--fetch"])
      #expect(guarded.codes == alone.codes, "\(guarded)")
      #expect(stage.server.requests.isEmpty)

      let asking = try await stage.verify(["--fetch", "--allow-private-addresses"])
      #expect(asking.codes == ["NO_TIMESTAMP"], "\(asking)")
      #expect(asking.revocation == "passed")
      #expect(asking.complaint.contains(stage.server.url("/root.crl")), "\(asking.complaint)")
      #expect(stage.server.requests == ["/root.crl"])

      try await stage.openssl(["ca", "-config", "ca.cnf", "-revoke", "leaf.crt"])
      try await stage.publish()
      let revoked = try await stage.verify(["--fetch", "--allow-private-addresses"])
      #expect(revoked.codes.contains("CERT_REVOKED"), "\(revoked)")
    }
  }

  @Test("Answers are kept in the cache folder; a server that is gone or lies leaves the status unknown")
  func cache() async throws {
    try await onStage { stage in
      let options = ["--fetch", "--allow-private-addresses", "--cache", stage.path("cache")]
      for _ in 0..<2 { #expect(try await stage.verify(options).codes == ["NO_TIMESTAMP"]) }
      #expect(stage.server.requests == ["/root.crl"], "the second time it came from the cache")
      stage.server.put(Data("<html>Xin chào</html>".utf8), at: "/root.crl")
      let lied = try await stage.verify(["--fetch", "--allow-private-addresses"])
      #expect(lied.codes == ["REVOCATION_UNKNOWN", "NO_TIMESTAMP"], "\(lied)")
    }
  }
}
