import ArgumentParser
import Connector
import Foundation
import SigningCore
import VietnameseText

/// Which trust folder: that of a connector, or any.
struct TrustFolderOptions: ParsableArguments {
  @Option(help: "Configuration file (YAML) whose trust folder is meant.", completion: .file()) var config: String?
  @Option(help: "The trust folder itself.", completion: .directory) var trust: String?

  func validate() throws {
    guard (config == nil) != (trust == nil) else { throw ValidationError("Give one of --config and --trust.") }
  }

  func folder() throws -> String {
    if let trust { return trust }
    var options = ConfigurationOptions()
    options.config = config ?? ""
    return try options.load().trustFolder
  }
}

/// `lienthong trust add FILE`: a certificate, list or response into the trust folder.
struct TrustAddCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "add", abstract: "Adds a certificate, revocation list or OCSP response to a trust folder.",
    discussion: """
      It is checked first: an anchor or intermediate must be a CA's certificate and valid today, a list not out of date.
      Compare the SHA-256 fingerprint of an anchor with one you got another way. Nothing is replaced.
      Exit code: 0 added or already there, 1 refused, 2 no such trust folder.
      """)

  enum Role: String, CaseIterable, ExpressibleByArgument {
    case anchor
    case intermediate
    case crl
    case ocsp

    var inFolder: TrustFolder.Role {
      switch self {
      case .anchor: .anchor
      case .intermediate: .intermediate
      case .crl: .crl
      case .ocsp: .ocsp
      }
    }
  }

  @Argument(help: "The file, PEM or DER.", completion: .file()) var file: String
  @OptionGroup var place: TrustFolderOptions
  @Option(name: .customLong("as"), help: "anchor, intermediate, crl or ocsp.") var role: Role

  func run() async throws {
    do {
      let folder = TrustFolder(path: try place.folder())
      guard let data = FileManager.default.contents(atPath: file),
        data.count <= TrustStore.maximumFileByteCount
      else { throw Terminal.fail("\(file): cannot be read.") }
      for addition in try folder.add([UInt8](data), as: role.inFolder, at: Date()) {
        let what = addition.wasPresent ? "already there" : "added as \(addition.file)"
        Terminal.say(
          [role.rawValue, addition.name, "sha256:\(addition.fingerprint)", what].filter { !$0.isEmpty }
            .joined(separator: "  "))
      }
    } catch let error as SigningError {
      let code: Int32 = error.code == .trustFolderUnreadable || error.code == .folderNotWritable ? 2 : 1
      throw Terminal.fail("\(file): \(error.clerk.en) [\(error.detail)]", code: code)
    } catch {
      throw Failure.exit(for: error)
    }
  }
}

/// `lienthong trust check`: what in the trust folder gets old.
struct TrustCheckCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check", abstract: "Looks at the ages of anchors, intermediates and revocation lists.",
    discussion: """
      A certificate within 60 days of its end, and a list shortly before the next is due (two days, or the last quarter of
      its time), is called EXPIRES SOON.
      Exit code: 0 all is current, 3 something is
      expired, 1 a file cannot be read, 2 no usable trust folder.
      """)

  @OptionGroup var place: TrustFolderOptions
  @Option(help: "The time of checking, ISO 8601; now if left out.") var at: String?

  func run() async throws {
    let now = try at.map(CommandTime.parse) ?? Date()
    let store: TrustStore
    do {
      store = try TrustStore(folder: try place.folder())
    } catch let error as SigningError {
      throw Terminal.fail("\(error.clerk.en) [\(error.detail)]", code: 2)
    }
    let ages = store.ages(at: now)
    for age in ages {
      let parts = [
        age.role.rawValue, age.name, age.until.map { "until \($0.formatted(.iso8601))" } ?? "no end named",
        age.fingerprint.map { "sha256:\($0)" } ?? "", age.warning,
      ]
      Terminal.say(parts.filter { !$0.isEmpty }.joined(separator: "  "))
    }
    for file in store.unreadableFiles { Terminal.complain("\(file): cannot be read as what its folder says") }
    if ages.contains(where: { $0.state == .expired }) { throw ExitCode(3) }
    if !store.unreadableFiles.isEmpty { throw ExitCode(1) }
  }
}

extension TrustStore.Age {
  /// In capitals what needs attention; empty when nothing does.
  var warning: String {
    switch state {
    case .current: ""
    case .expiresSoon: "EXPIRES SOON"
    case .expired: role == .crl ? "OUT OF DATE" : "EXPIRED"
    case .notYetValid: "NOT YET VALID"
    }
  }
}
