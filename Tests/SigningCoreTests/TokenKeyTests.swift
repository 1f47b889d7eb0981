import Foundation
import SigningCore
import Testing

/// A token of SoftHSM's (Debian: softhsm2, libengine-pkcs11-openssl).
enum TestToken {
  static let module = "/usr/lib/softhsm/libsofthsm2.so"
  static let isInstalled =
    ["/usr/bin/softhsm2-util", module].allSatisfy { FileManager.default.fileExists(atPath: $0) }
    && (try? OpenSSLCommand.run(["engine", "pkcs11"], in: FileManager.default.temporaryDirectory).status) == 0

  /// A token with the organisation's key; SoftHSM reads its configuration once per process.
  static let token = Result {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("token-\(UUID().uuidString)")
    try FileManager.default.createDirectory(
      at: folder.appendingPathComponent("tokens"), withIntermediateDirectories: true)
    let configuration = folder.appendingPathComponent("softhsm2.conf")
    try Data("directories.tokendir = \(folder.path)/tokens\nobjectstore.backend = file\nlog.level = ERROR\n".utf8)
      .write(to: configuration)
    setenv("SOFTHSM2_CONF", configuration.path, 1)
    let made = try TestPKI.shared()
    try Data(made.organisation.pkcs12(password: "x")).write(to: folder.appendingPathComponent("k.p12"))
    for arguments in [
      ["pkcs12", "-in", "k.p12", "-passin", "pass:x", "-nodes", "-nocerts", "-out", "k.pem"],
      ["pkcs8", "-topk8", "-nocrypt", "-in", "k.pem", "-out", "k.p8"],
    ] {
      let output = try OpenSSLCommand.run(arguments, in: folder)
      #expect(output.status == 0, "\(output.text)")
    }
    for arguments in [
      ["--init-token", "--free", "--label", "con dau", "--so-pin", "12345678", "--pin", "654321"],
      ["--import", "k.p8", "--token", "con dau", "--label", "seal", "--id", "01", "--pin", "654321"],
    ] {
      let process = Process()
      process.executableURL = URL(fileURLWithPath: "/usr/bin/softhsm2-util")
      process.arguments = arguments
      process.currentDirectoryURL = folder
      process.standardOutput = Pipe()
      process.standardError = Pipe()
      try process.run()
      process.waitUntilExit()
      #expect(process.terminationStatus == 0, "\(arguments)")
    }
    return made
  }
}

@Suite("Token key", .serialized, .enabled(if: TestToken.isInstalled, "softhsm2 or libp11's engine is not installed"))
struct TokenKeyTests {
  private let location = TokenKey.Location(
    module: TestToken.module, tokenLabel: "con dau", keyLabel: "seal")

  @Test("A token's key signs what a software key would sign, once the PIN is right")
  func signs() async throws {
    let made = try TestToken.token.get()
    // A login holds for the whole process (PKCS#11 2.40, 2.6.5), so the wrong PIN has to come first.
    expectCode(.wrongPassword) { try TokenKey(location, pin: "000000", certificate: made.organisation.certificate) }
    let key = try TokenKey(location, pin: "654321", certificate: made.organisation.certificate)
    let digest = try Digest.of([UInt8]([1, 2, 3]))
    let cms = try await CMSDraft.sign(messageDigest: digest, with: key)
    let facts = try CMSSignature(der: cms)
    #expect(facts.signature == .passed)
    #expect(facts.signingCertificate == .passed)
    let draft = try CMSDraft(signer: key, messageDigest: digest)
    let software = try SoftwareKey(pkcs12: made.organisation.pkcs12(password: "x"), password: "x")
    #expect(try await key.sign(draft.bytesToSign) == software.sign(draft.bytesToSign))
    var byIdentifier = location
    byIdentifier.keyLabel = nil
    byIdentifier.keyIdentifier = "01"
    #expect(try TokenKey(byIdentifier, pin: "654321", certificate: made.organisation.certificate).scheme == key.scheme)
  }

  @Test("A missing key, a missing module and another certificate are told apart")
  func refusals() throws {
    let made = try TestToken.token.get()
    let certificate = made.organisation.certificate
    var other = location
    other.keyLabel = "none"
    expectCode(.tokenKeyMissing) { try TokenKey(other, pin: "654321", certificate: certificate) }
    other = location
    other.keyIdentifier = "02"
    expectCode(.tokenKeyMissing) { try TokenKey(other, pin: "654321", certificate: certificate) }
    other = location
    other.tokenLabel = "another"
    expectCode(.tokenAbsent) { try TokenKey(other, pin: "654321", certificate: certificate) }
    other = location
    other.serial = "0000"
    expectCode(.tokenAbsent) { try TokenKey(other, pin: "654321", certificate: certificate) }
    other = location
    other.tokenLabel = nil
    expectCode(.tokenAbsent) { try TokenKey(other, pin: "654321", certificate: certificate) }
    other = location
    other.module = "/nowhere/module.so"
    expectCode(.tokenModuleUnusable) { try TokenKey(other, pin: "654321", certificate: certificate) }
    other.module = "/etc/passwd"
    expectCode(.tokenModuleUnusable) { try TokenKey(other, pin: "654321", certificate: certificate) }
    expectCode(.keyDoesNotMatchCertificate) {
      try TokenKey(location, pin: "654321", certificate: made.person.certificate)
    }
    expectCode(.keyStoreWithoutCertificate) { try TokenKey(location, pin: "654321") }
  }
}
