import Foundation
import Testing

@Suite("Bad input at the command line")
struct BadInputScenario {
  /// The example's PKI, keys and configuration files in `folder`, made by the commands that the README names.
  private func stage(_ folder: URL, change: (String) -> String = { $0 }) async throws -> URL {
    _ = try await Lienthong.run(["demo", "--stage", folder.appendingPathComponent("x").path])
    let file = folder.appendingPathComponent("x/agency.yaml")
    try Data(change(try String(contentsOf: file, encoding: .utf8)).utf8).write(to: file)
    return file
  }

  private func expectOneLine(_ answer: Lienthong.Answer, code: Int32, containing text: String) {
    #expect(answer.code == code, "\(answer.complaint)")
    #expect(answer.lines.count == 1, "\(answer.complaint)")
    #expect(answer.complaint.contains(text), "\(answer.complaint)")
  }

  @Test("A wrong configuration is told with its line, exit code 2, by check and by run")
  func configuration() async throws {
    try await Lienthong.inFolder { folder in
      let file = folder.appendingPathComponent("a.yaml")
      try Data("role: ca\norganisation: {code: G11.99, name: Cục}\nsurprise: 1\n".utf8).write(to: file)
      for command in [["config", "check", file.path], ["run", "--config", file.path]] {
        let answer = try await Lienthong.run(command)
        #expect(answer.code == 2)
        #expect(answer.complaint.contains("a.yaml:3: unknown key “surprise”"))
        #expect(answer.complaint.contains("missing key “axis”"))
      }
    }
  }

  @Test("An unknown command is usage, exit code 64")
  func unknownCommand() async throws {
    let answer = try await Lienthong.run(["sned"])
    #expect(answer.code == 64)
    #expect(answer.complaint.contains("sned"))
  }

  @Test("A port in use is one clear line")
  func portInUse() async throws {
    try await Lienthong.inFolder { folder in
      let holder = try PortHolder()
      let answer = try await Lienthong.run([
        "axis", "--listen", "127.0.0.1:\(holder.port)", "--data", folder.appendingPathComponent("d").path, "--system",
        "S=secret:H1",
      ])
      expectOneLine(answer, code: 2, containing: "\(holder.port)")
    }
  }

  @Test("A wrong password and an unreadable key are one clear line without the password, exit code 2")
  func keys() async throws {
    try await Lienthong.inFolder { folder in
      let file = try await stage(folder)
      let password = folder.appendingPathComponent("x/secrets/key.password")
      let right = try String(contentsOf: password, encoding: .utf8)
      try Data("wrong-\(right)".utf8).write(to: password)
      let wrong = try await Lienthong.run(["run", "--config", file.path])
      expectOneLine(wrong, code: 2, containing: "leader.p12")
      #expect(!wrong.complaint.contains(right))
      try Data("no key".utf8).write(to: folder.appendingPathComponent("x/pki/keys/leader.p12"))
      expectOneLine(try await Lienthong.run(["run", "--config", file.path]), code: 2, containing: "leader.p12")
    }
  }

  @Test("A data folder that cannot be written is one clear line, exit code 2")
  func notWritable() async throws {
    try await Lienthong.inFolder { folder in
      // A file where the folder should be: not even root can write below it.
      let blocker = folder.appendingPathComponent("blocker")
      try Data().write(to: blocker)
      let file = try await stage(folder) {
        $0.replacingOccurrences(of: "dataFolder: agency", with: "dataFolder: \(blocker.path)/d")
      }
      expectOneLine(try await Lienthong.run(["run", "--config", file.path]), code: 2, containing: "blocker")
    }
  }

  @Test("A pattern of dossier codes that is none is one clear line, exit code 2, by check and by run")
  func codePattern() async throws {
    try await Lienthong.inFolder { folder in
      _ = try await stage(folder)
      for name in ["agency.yaml", "ca.yaml"] {
        let file = folder.appendingPathComponent("x/\(name)")
        let text = try String(contentsOf: file, encoding: .utf8)
        try Data((text + "policies: {dossierCodePattern: \"{nonsense}\"}\n").utf8).write(to: file)
        for command in [["config", "check", file.path], ["run", "--config", file.path]] {
          expectOneLine(try await Lienthong.run(command), code: 2, containing: "{nonsense}")
        }
      }
    }
  }

  @Test("send without a list and without a letter is usage, exit code 64, whatever the configuration")
  func nothingToSend() async throws {
    let answer = try await Lienthong.run([
      "send", "--config", "none.yaml", "--type", "01", "--number", "125", "--notation", "SVD-VP",
    ])
    #expect(answer.code == 64 && answer.complaint.contains("--list"), "\(answer.complaint)")
  }

  @Test("A trust folder without anchors is one clear line, exit code 2, by trust list as by trust check")
  func noAnchors() async throws {
    try await Lienthong.inFolder { folder in
      let file = try await stage(folder)
      try FileManager.default.removeItem(at: folder.appendingPathComponent("x/pki/anchors"))
      for command in ["list", "check"] {
        let answer = try await Lienthong.run(["trust", command, "--config", file.path])
        expectOneLine(answer, code: 2, containing: "anchors")
      }
    }
  }
}

/// A loopback port that is taken while this lives.
final class PortHolder {
  let descriptor: Int32
  let port: UInt16

  init() throws {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    let size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let bound = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, size) }
    }
    try #require(bound == 0 && listen(descriptor, 1) == 0)
    var length = size
    _ = withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &length) }
    }
    port = UInt16(bigEndian: address.sin_port)
    self.descriptor = descriptor
  }

  deinit { close(descriptor) }
}
