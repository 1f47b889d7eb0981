import ArgumentParser
import Foundation
import SigningCore

/// `lienthong pki …`: a throw-away public-key infrastructure for development.
struct PKICommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "pki", abstract: "Makes keys and certificates for development; nothing outside may trust them.",
    subcommands: [New.self])

  struct New: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "new",
      abstract:
        "Writes a root, an issuing CA, a time-stamping CA, and keys of an agency, its leader and a time-stamp server.",
      discussion: """
        The folder gets anchors/, ca/, crl/ and ocsp/ (what --trust takes) and keys/agency.p12, keys/leader.p12 and
        keys/tsa.p12. The authorities' own keys are not kept: make a new folder instead of renewing.
        """)

    @Argument(help: "Folder to make; must be new or empty.", completion: .directory) var folder: String
    @Option(help: "File whose first line is the password for all key files.", completion: .file()) var passwordFile:
      String?
    @Option(help: "Environment variable with the password for all key files.") var passwordEnv: String?
    @Option(help: "The agency's name.") var organisation = "Sở Ví dụ"
    @Option(help: "The body above the agency.") var superior = "Ủy ban nhân dân tỉnh Ví dụ"
    @Option(help: "The province.") var province = "Ví dụ"
    @Option(help: "The agency's tax code, for its certificate's UID.") var taxCode = "0100000019"
    @Option(help: "The leader's name.") var leader = "Phạm Thị Ví Dụ"
    @Option(help: "How many years the certificates are valid.") var years = 5

    func validate() throws {
      guard (passwordFile == nil) != (passwordEnv == nil) else {
        throw ValidationError("Give the password by one of --password-file and --password-env.")
      }
      guard (1...30).contains(years) else { throw ValidationError("--years must be from 1 to 30.") }
    }

    func run() async throws {
      do {
        let password = try self.password()
        if let present = try? FileManager.default.contentsOfDirectory(atPath: folder), !present.isEmpty {
          throw Terminal.fail("\(folder) is not empty; give a new folder", code: 2)
        }
        let now = Date()
        let end = now + TimeInterval(years) * 365 * 86_400
        let pki = try ThrowAwayPKI(.init(notBefore: now - 86_400, notAfter: end))
        let agency = try pki.issueOrganisation(
          name: organisation, superior: superior, province: province, taxCode: taxCode)
        let person = try pki.issuePerson(
          name: leader, organisation: superior, unit: organisation, province: province, personalNumber: "000000000019")
        try pki.write(
          to: folder, password: password, identities: [("agency", agency), ("leader", person)], thisUpdate: now - 3_600,
          nextUpdate: end)
        Terminal.say("\(folder): made for development, valid until \(end.formatted(.iso8601.year().month().day()))")
        for (file, key) in [("agency", agency), ("leader", person), ("tsa", pki.timeStamping)] {
          Terminal.say("keys/\(file).p12  \(key.certificate.subject)  serial \(key.certificate.serialHex)")
        }
      } catch {
        throw Failure.exit(for: error)
      }
    }

    private func password() throws -> String {
      if let passwordEnv {
        guard let value = ProcessInfo.processInfo.environment[passwordEnv], !value.isEmpty else {
          throw Terminal.fail("the environment variable \(passwordEnv) is not set", code: 2)
        }
        return value
      }
      return try PasswordFile.read(passwordFile ?? "")
    }
  }
}

/// A file whose first line is a password.
enum PasswordFile {
  /// The first line; an end of line that an editor added is no part of it.
  static func read(_ path: String) throws -> String {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw Terminal.fail("\(path): cannot be read", code: 2)
    }
    let line = data.prefix { $0 != 0x0A && $0 != 0x0D }
    guard !line.isEmpty, let text = String(bytes: line, encoding: .utf8) else {
      throw Terminal.fail("\(path): the first line must be the password", code: 2)
    }
    return text
  }
}
