import ArgumentParser
import Foundation
import SigningCore
import VietnameseText

/// Which key signs: a PKCS#12 file, or one on a token. Passwords and PINs come from a file, the environment or a prompt.
struct SignKeyOptions: ParsableArguments {
  @Option(help: "PKCS#12 file with the key and its certificate.", completion: .file()) var key: String?
  @Option(help: "File whose first line is the key file's password.", completion: .file()) var passwordFile: String?
  @Option(help: "Environment variable with the key file's password.") var passwordEnv: String?

  @Option(help: "Label of the token (PKCS#11) with the key.") var token: String?
  @Option(help: "Serial number of the token, where two have the same label.") var tokenSerial: String?
  @Option(help: "The token maker's PKCS#11 module.", completion: .file()) var module: String?
  @Option(help: "Label of the key on the token.") var keyLabel: String?
  @Option(help: "Id of the key on the token, hexadecimal.") var keyId: String?
  @Option(help: "Certificate of the token's key, then those above it; else the one on the token.", completion: .file())
  var tokenCertificate: String?
  @Option(help: "File whose first line is the token's PIN.", completion: .file()) var pinFile: String?
  @Option(help: "Environment variable with the token's PIN.") var pinEnv: String?

  private var isToken: Bool { token != nil || tokenSerial != nil }
  var isGiven: Bool { key != nil || isToken }

  func validate() throws {
    guard !(key != nil && isToken) else { throw ValidationError("Give one key: --key or --token.") }
    guard passwordFile == nil || passwordEnv == nil, pinFile == nil || pinEnv == nil else {
      throw ValidationError("Give the password or PIN by one way.")
    }
    if isToken {
      guard module != nil else { throw ValidationError("--token needs --module, the token's PKCS#11 module.") }
      guard keyLabel != nil || keyId != nil else { throw ValidationError("--token needs --key-label or --key-id.") }
      guard passwordFile == nil, passwordEnv == nil else {
        throw ValidationError("A token takes --pin-file or --pin-env.")
      }
    } else if module != nil || keyLabel != nil || keyId != nil || pinFile != nil || pinEnv != nil
      || tokenCertificate != nil
    {
      throw ValidationError("--module, --key-label, --key-id, --token-certificate and --pin-… go with --token.")
    }
    if let keyId, [UInt8](hexadecimal: keyId)?.isEmpty ?? true {
      throw ValidationError("--key-id must be hexadecimal, e.g. 01.")
    }
  }

  /// Opens the key; a PIN is tried once.
  func open() throws -> any Signer {
    do {
      return isToken ? try openToken() : try openFile()
    } catch let error as SigningError {
      let once =
        isToken && error.code == .wrongPassword ? " It was tried once; a token locks after some wrong tries." : ""
      throw Terminal.fail("\(error.clerk.en)\(once) [\(error.description)]")
    }
  }

  private func openFile() throws -> any Signer {
    let path = key ?? ""
    let bytes = try SignFiles.read(path)
    let password = try secret(passwordFile, passwordEnv, prompt: "Password of \(path): ")
    return try SoftwareKey(pkcs12: bytes, password: password)
  }

  private func openToken() throws -> any Signer {
    let certificates = try tokenCertificate.map { try Certificate.all(in: try SignFiles.read($0)) } ?? []
    let pin = try secret(pinFile, pinEnv, prompt: "PIN of \(token ?? tokenSerial ?? "the token"): ")
    return try TokenKey(
      TokenKey.Location(
        module: module ?? "", tokenLabel: token, serial: tokenSerial, keyLabel: keyLabel, keyIdentifier: keyId),
      pin: pin, certificate: certificates.first, chain: certificates.dropFirst().filter { !$0.isSelfIssued })
  }

  private func secret(_ file: String?, _ environment: String?, prompt: String) throws -> String {
    if let environment {
      guard let value = ProcessInfo.processInfo.environment[environment], !value.isEmpty else {
        throw Terminal.fail("the environment variable \(environment) is not set", code: 2)
      }
      return value
    }
    if let file { return try PasswordFile.read(file) }
    return try Self.ask(prompt)
  }

  /// Asks at the terminal without showing what is typed.
  private static func ask(_ prompt: String) throws -> String {
    // Longest password that is taken.
    var buffer = [CChar](repeating: 0, count: 1024)
    defer { for index in buffer.indices { buffer[index] = 0 } }
    guard isatty(STDIN_FILENO) == 1 else {
      throw Terminal.fail(
        "No terminal to ask for the password or PIN: give it by --password-file, --password-env, --pin-file or --pin-env.",
        code: 2)
    }
    FileHandle.standardError.write(Data(prompt.utf8))
    var settings = termios()
    guard tcgetattr(STDIN_FILENO, &settings) == 0 else { throw Terminal.fail("The terminal cannot be set.", code: 2) }
    var hidden = settings
    hidden.c_lflag &= ~tcflag_t(ECHO)
    guard tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden) == 0 else {
      throw Terminal.fail("The terminal cannot be set.", code: 2)
    }
    defer {
      _ = tcsetattr(STDIN_FILENO, TCSAFLUSH, &settings)
      FileHandle.standardError.write(Data("\n".utf8))
    }
    let count = Foundation.read(STDIN_FILENO, &buffer, buffer.count - 1)
    let line = buffer.prefix(max(0, count)).prefix { $0 != 0x0A && $0 != 0x0D }.map { UInt8(bitPattern: $0) }
    guard !line.isEmpty, let text = String(bytes: line, encoding: .utf8) else {
      throw Terminal.fail("No password or PIN was given.", code: 2)
    }
    return text
  }
}
