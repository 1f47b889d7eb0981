import DeliveryLedger
import Foundation
import LetterSignatures
import SigningCore
import Testing
import VietnameseText

@testable import Connector

/// What the test needs of the machine.
enum TokenSoftware {
  static let module = "/usr/lib/softhsm/libsofthsm2.so"
  static let isInstalled = [
    "/usr/bin/softhsm2-util", module, "/usr/lib/x86_64-linux-gnu/engines-3/pkcs11.so",
  ].allSatisfy { FileManager.default.fileExists(atPath: $0) }
}

/// SoftHSM2's token with the organisation's key (Debian: softhsm2, libengine-pkcs11-openssl).
@Suite(
  "Signing with a token", .serialized,
  .enabled(if: TokenSoftware.isInstalled, "softhsm2 or libp11's engine is not installed"))
struct TokenSigningTests {
  private static func run(_ program: String, _ arguments: [String], in folder: URL) throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = arguments
    process.currentDirectoryURL = folder
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    try #require(process.terminationStatus == 0, "\(arguments)")
  }

  @Test("A letter is signed with the organisation's key on a token; a wrong PIN, key and token stop the start")
  func letter() async throws {
    let agency = try SigningStepsTests.Agency()
    let folder = agency.bench.folder
    try FileManager.default.createDirectory(at: folder.appending(path: "tokens"), withIntermediateDirectories: true)
    let configuration = folder.appending(path: "softhsm2.conf")
    try Data(
      "directories.tokendir = \(folder.path)/tokens\nobjectstore.backend = file\nlog.level = ERROR\n".utf8
    ).write(to: configuration)
    // SoftHSM reads it once per process; no other test of this target uses it.
    setenv("SOFTHSM2_CONF", configuration.path, 1)
    try Self.run(
      "/usr/bin/openssl", ["pkcs12", "-in", "agency.p12", "-passin", "pass:m", "-nodes", "-nocerts", "-out", "k.pem"],
      in: folder)
    try Self.run("/usr/bin/openssl", ["pkcs8", "-topk8", "-nocrypt", "-in", "k.pem", "-out", "k.p8"], in: folder)
    let label = ["--token", "con dau", "--pin", "654321"]
    try Self.run(
      "/usr/bin/softhsm2-util",
      ["--init-token", "--free", "--label", "con dau", "--so-pin", "12345678", "--pin", "654321"], in: folder)
    try Self.run("/usr/bin/softhsm2-util", ["--import", "k.p8", "--label", "seal", "--id", "0a"] + label, in: folder)
    try Data("654321\n".utf8).write(to: folder.appending(path: "pin"))
    try Data("135790\n".utf8).write(to: folder.appending(path: "other-pin"))

    func signers(_ token: String = "tokenLabel: con dau", _ key: String = "keyLabel: seal", pin: String = "pin")
      -> String
    {
      """
        level: B-B
        leader: {pkcs12: leader.p12, passwordFile: password}
        organisation: {pkcs11: {module: \(TokenSoftware.module), \(token), \(key), pinFile: \(pin), certificateFile: agency.crt}}
      """
    }
    // A login holds for the whole process (PKCS#11 2.40, 2.6.5), so the wrong PIN has to come first.
    for (settings, expected) in [
      (signers(pin: "other-pin"), "tried once"), (signers("tokenLabel: another"), "not there"),
      (signers("tokenLabel: con dau", "keyLabel: none"), "does not hold the configured key"),
    ] {
      let workplace = try agency.bench.workplace(role: "agency", more: SigningStepsTests.Agency.more(settings))
      do {
        _ = try LetterPreparation(workplace: workplace)
        Issue.record("\(expected): it was opened")
      } catch let error as ConnectorError {
        #expect(error.isConfiguration && error.clerk.en.contains(expected), "\(error.clerk.en) \(error.detail)")
        #expect(!"\(error)".contains("135790") && !"\(error)".contains("654321"))
      }
    }
    let letter = try await agency.sent(signers("tokenLabel: con dau", "id: 0a"))
    #expect(letter.state == "queued", "\(letter.lastCause ?? "")")
    let signed = try await agency.pdf(letter, .organisationSigned)
    let trust = try agency.pki.trustStore(
      thisUpdate: ConnectorBench.start - 3600, nextUpdate: ConnectorBench.start + 86_400)
    let report = try LetterVerifier(trust: trust).verify(signed, at: ConnectorBench.start + 60)
    #expect(report.integrity == .intact && report.signatures.map(\.signerKind) == [.person, .organisation])
  }
}
