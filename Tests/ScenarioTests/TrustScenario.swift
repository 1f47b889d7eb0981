import Foundation
import Testing

@Suite("Keeping the trust folder at the command line")
struct TrustScenario {
  private func makePKI(_ folder: URL) async throws -> String {
    let password = folder.appendingPathComponent("password")
    try Data("mat-khau-thu\n".utf8).write(to: password)
    let pki = folder.appendingPathComponent("pki").path
    let made = try await Lienthong.run(["pki", "new", pki, "--password-file", password.path, "--years", "1"])
    #expect(made.code == 0, "\(made.complaint)")
    return pki
  }

  private func fingerprint(_ line: String) -> Substring? {
    line.firstMatch(of: /sha256:([0-9a-f]{64})/)?.output.1
  }

  @Test("What is added is checked, shown with its fingerprint and never replaced, and check finds what is old")
  func addAndCheck() async throws {
    try await Lienthong.inFolder { folder in
      let pki = try await makePKI(folder)
      let trust = folder.appendingPathComponent("trust").path
      func add(_ file: String, as role: String) async throws -> Lienthong.Answer {
        try await Lienthong.run(["trust", "add", "\(pki)/\(file)", "--trust", trust, "--as", role])
      }
      #expect(try await add("anchors/root.crt", as: "anchor").code == 2, "no such folder yet")
      try FileManager.default.createDirectory(atPath: trust, withIntermediateDirectories: false)
      let empty = try await Lienthong.run(["trust", "check", "--trust", trust])
      #expect(empty.code == 2 && empty.lines.count == 1)

      let root = try await add("anchors/root.crt", as: "anchor")
      #expect(root.code == 0, "\(root.complaint)")
      #expect(fingerprint(root.output) != nil)
      #expect(root.output.contains("added as anchors/"))
      let again = try await add("anchors/root.crt", as: "anchor")
      #expect(again.code == 0 && again.output.contains("already there"))
      #expect(fingerprint(again.output) == fingerprint(root.output))
      for (file, role) in [
        ("keys/agency.crt", "anchor"), ("keys/agency.crt", "intermediate"), ("crl/root.crl", "anchor"),
        ("anchors/root.crt", "crl"), ("anchors/root.crt", "ocsp"), ("none.crt", "anchor"),
      ] {
        let refused = try await add(file, as: role)
        #expect(refused.code == 1 && refused.lines.count == 1, "\(file) as \(role): \(refused.complaint)")
      }
      #expect(try await add("anchors/root.crt", as: "friend").code == 64)
      for (file, role) in [("ca/issuing.crt", "intermediate"), ("crl/root.crl", "crl"), ("crl/issuing.crl", "crl")] {
        let added = try await add(file, as: role)
        #expect(added.code == 0, "\(added.complaint)")
      }
      #expect(try FileManager.default.contentsOfDirectory(atPath: trust + "/anchors").count == 1)

      let day: TimeInterval = 86_400
      func check(_ days: Double) async throws -> Lienthong.Answer {
        let time = Date(timeIntervalSinceNow: days * day).formatted(.iso8601)
        return try await Lienthong.run(["trust", "check", "--trust", trust, "--at", time])
      }
      let now = try await check(0)
      #expect(now.code == 0, "\(now.output)")
      #expect(!now.output.contains("EXPIRE"))
      #expect(fingerprint(now.output) == fingerprint(root.output))
      let soon = try await check(330)
      #expect(soon.code == 0 && soon.output.contains("EXPIRES SOON"), "\(soon.output)")
      let over = try await check(400)
      #expect(over.code == 3 && over.output.contains("EXPIRED") && over.output.contains("OUT OF DATE"))
      try Data("rubbish".utf8).write(to: URL(fileURLWithPath: trust + "/ca/rubbish.crt"))
      let rubbish = try await check(0)
      #expect(rubbish.code == 1 && rubbish.complaint.contains("ca/rubbish.crt"))
    }
  }
}
