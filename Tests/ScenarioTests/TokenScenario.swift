import Foundation
import Testing

/// A token of SoftHSM's (Debian: softhsm2, libengine-pkcs11-openssl). A login and SoftHSM's configuration hold for a
/// whole process, so it is only used through processes of their own.
struct SoftToken {
  static let module = "/usr/lib/softhsm/libsofthsm2.so"
  static let isInstalled = [
    "/usr/bin/softhsm2-util", module, "/usr/lib/x86_64-linux-gnu/engines-3/pkcs11.so",
  ].allSatisfy { FileManager.default.fileExists(atPath: $0) }
  static let pin = "654321"
  static let wrongPIN = "135790"

  let folder: URL
  var environment: [String: String] { ["SOFTHSM2_CONF": folder.appendingPathComponent("softhsm2.conf").path] }

  /// Makes the token "con dau" with the key of a PKCS#12 file, label "seal" and id 0a; the PINs into files beside.
  func make(key: String, passwordFile: String) async throws {
    try FileManager.default.createDirectory(
      at: folder.appendingPathComponent("tokens"), withIntermediateDirectories: true)
    try Data(
      "directories.tokendir = \(folder.path)/tokens\nobjectstore.backend = file\nlog.level = ERROR\n".utf8
    ).write(to: folder.appendingPathComponent("softhsm2.conf"))
    let utility = environment.map { "\($0)=\($1)" } + ["softhsm2-util"]
    for arguments in [
      ["openssl", "pkcs12", "-in", key, "-passin", "file:\(passwordFile)", "-nodes", "-nocerts", "-out", "k.pem"],
      ["openssl", "pkcs8", "-topk8", "-nocrypt", "-in", "k.pem", "-out", "k.p8"],
      utility + ["--init-token", "--free", "--label", "con dau", "--so-pin", "12345678", "--pin", Self.pin],
      utility + ["--import", "k.p8", "--token", "con dau", "--label", "seal", "--id", "0a", "--pin", Self.pin],
    ] {
      let answer = try await Tool.run(arguments, in: folder)
      try #require(answer.code == 0, "\(answer.output)")
    }
    try Data("\(Self.pin)\n".utf8).write(to: folder.appendingPathComponent("right.pin"))
    try Data("\(Self.wrongPIN)\n".utf8).write(to: folder.appendingPathComponent("wrong.pin"))
  }
}

/// The organisation's key on a token instead of in a file.
@Suite(
  "Signing with a token", .serialized,
  .enabled(if: SoftToken.isInstalled, "softhsm2 or libp11's engine is not installed"))
struct TokenScenario {
  private static func setSeal(_ words: String, in stage: URL) throws {
    let file = stage.appendingPathComponent("agency.yaml")
    let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n", omittingEmptySubsequences: false)
    let seal = "  organisation: {pkcs11: {module: \(SoftToken.module), \(words), certificateFile: pki/keys/agency.crt}}"
    let changed = lines.map { $0.hasPrefix("  organisation: {") ? seal : String($0) }
    try #require(changed != lines.map(String.init))
    try Data(changed.joined(separator: "\n").utf8).write(to: file)
  }

  @Test("The agency's letter is sealed on the token and accepted; a wrong PIN, key and token stop the start")
  func letter() async throws {
    try await Lienthong.inFolder { folder in
      let token = SoftToken(folder: folder)
      let parts = try await HandRunParts(
        in: folder, timeStamps: true, faults: nil, environment: token.environment
      ) { stage in
        let path = { stage.appendingPathComponent($0).path }
        try await token.make(key: path("pki/keys/agency.p12"), passwordFile: path("secrets/key.password"))
        for (words, expected) in [
          ("tokenLabel: con dau, keyLabel: seal, pinFile: ../wrong.pin", "tried once"),
          ("tokenLabel: another, keyLabel: seal, pinFile: ../right.pin", "token-absent"),
          ("tokenLabel: con dau, keyLabel: none, pinFile: ../right.pin", "token-key-missing"),
        ] {
          try Self.setSeal(words, in: stage)
          let answer = try await Lienthong.run(
            ["run", "--config", "agency.yaml"], environment: token.environment, in: stage)
          #expect(answer.code == 2, "\(words): \(answer.complaint)")
          #expect(answer.complaint.contains(expected), "\(answer.complaint)")
          #expect(![SoftToken.pin, SoftToken.wrongPIN].contains { answer.complaint.contains($0) })
        }
        try Self.setSeal("tokenLabel: con dau, id: 0a, pinFile: ../right.pin", in: stage)
      }
      defer { parts.stop() }
      try await parts.bind()
      try await parts.send("125")
      try await parts.waitForAgency("accepted")
    }
  }
}
