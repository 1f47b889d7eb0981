import Foundation
import LetterSignatures
import SigningCore
import VietnameseText

/// The keys that sign our letters, opened once and kept open, each with what its signature shows.
///
/// A token's PIN is tried here, once, and never again by this process.
struct SigningKeys: Sendable {
  /// A key and what its signature shows.
  struct Opened: Sendable {
    let key: any Signer
    let appearance: Configuration.AppearanceSetting?
    /// The picture's bytes.
    let picture: Data?

    var name: String { key.certificate.subject["CN"] ?? "?" }
  }

  let initials: Opened?
  let leader: Opened?
  let organisation: Opened?

  /// Largest key, certificate, picture or password file that is read.
  private static let maximumFileBytes = 8 << 20

  /// - Throws: `ConnectorError` that names what is wrong with which key, never a password or PIN.
  init(_ configuration: Configuration) throws {
    let signers = configuration.signers
    initials = try signers.initials.map { try Self.open($0, "initials") }
    leader = try signers.leader.map { try Self.open($0, "leader") }
    organisation = try signers.organisation.map { try Self.open($0, "organisation") }
  }

  private static func open(_ setting: Configuration.SignerSetting, _ role: String) throws -> Opened {
    let key: any Signer =
      switch setting.key {
      case .file(let file): try open(file, role)
      case .token(let token): try open(token, role)
      }
    return Opened(key: key, appearance: setting.appearance, picture: try picture(setting.appearance?.picture, role))
  }

  private static func open(_ file: Configuration.KeyFile, _ role: String) throws -> any Signer {
    guard let bytes = contents(file.pkcs12) else {
      throw ConnectorError(
        .keyUnreadable, vi: "Không đọc được tệp khóa của \(role): \(file.pkcs12)",
        en: "Cannot read the key file of the \(role): \(file.pkcs12)")
    }
    let password = try secret(file.passwordFile, file.passwordEnvironment, what: ("mật khẩu", "password"), role)
    do {
      return try SoftwareKey(pkcs12: [UInt8](bytes), password: password)
    } catch {
      throw ConnectorError(
        .keyUnreadable, vi: "Không mở được khóa của \(role) (\(file.pkcs12)): \(error.clerk.vi)",
        en: "Cannot open the key of the \(role) (\(file.pkcs12)): \(error.clerk.en)", detail: error.code.rawValue)
    }
  }

  private static func open(_ token: Configuration.TokenSetting, _ role: String) throws -> any Signer {
    var certificates: [Certificate] = []
    if let file = token.certificateFile {
      guard let bytes = contents(file), let found = try? Certificate.all(in: [UInt8](bytes)), !found.isEmpty else {
        throw ConnectorError(
          .keyUnreadable, vi: "Không đọc được chứng thư số của \(role): \(file)",
          en: "Cannot read the certificate of the \(role): \(file)")
      }
      certificates = found
    }
    let pin = try secret(token.pinFile, token.pinEnvironment, what: ("mã PIN", "PIN"), role)
    do {
      return try TokenKey(
        TokenKey.Location(
          module: token.module, tokenLabel: token.tokenLabel, serial: token.serial, keyLabel: token.keyLabel,
          keyIdentifier: token.id),
        pin: pin, certificate: certificates.first,
        chain: certificates.dropFirst().filter { !$0.isSelfIssued })
    } catch {
      let isPIN = error.code == .wrongPassword
      let once = isPIN ? " Phần mềm chỉ thử một lần mỗi lần khởi động để không làm khóa token." : ""
      let onceEnglish = isPIN ? " It was tried once and is not tried again before the next start." : ""
      throw ConnectorError(
        .keyUnreadable, vi: "Không dùng được token của \(role): \(error.clerk.vi)\(once)",
        en: "Cannot use the token of the \(role): \(error.clerk.en)\(onceEnglish)",
        // The detail of a token's absence names what is plugged in.
        detail: error.description)
    }
  }

  private static func picture(_ path: String?, _ role: String) throws -> Data? {
    guard let path else { return nil }
    guard let data = contents(path) else {
      throw ConnectorError(
        .fileUnreadable, vi: "Không đọc được hình chữ ký của \(role): \(path)",
        en: "Cannot read the signature picture of the \(role): \(path)")
    }
    do {
      try AppearancePlanner.checkPicture([UInt8](data))
    } catch {
      throw ConnectorError(
        .keyUnreadable, vi: "Hình chữ ký của \(role) (\(path)): \(error.clerk.vi)",
        en: "Signature picture of the \(role) (\(path)): \(error.clerk.en)", detail: error.detail)
    }
    return data
  }

  private static func secret(
    _ file: String?, _ environment: String?, what: (vi: String, en: String), _ role: String
  ) throws -> String {
    if let environment {
      guard let value = ProcessInfo.processInfo.environment[environment] else {
        throw ConnectorError(
          .passwordMissing, vi: "Biến môi trường \(environment) (\(what.vi) khóa của \(role)) chưa được đặt.",
          en: "Environment variable \(environment) (\(what.en) of the \(role)'s key) is not set.")
      }
      return value
    }
    guard let file, let text = contents(file).flatMap({ String(data: $0, encoding: .utf8) }) else {
      throw ConnectorError(
        .passwordMissing, vi: "Không đọc được tệp \(what.vi) khóa của \(role): \(file ?? "")",
        en: "Cannot read the \(what.en) file of the \(role)'s key: \(file ?? "")")
    }
    // Only the first line: editors add an end of line.
    return String(text.prefix { !$0.isNewline })
  }

  private static func contents(_ path: String) -> Data? {
    let size = (try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int) ?? nil
    guard let size, size <= maximumFileBytes else { return nil }
    return FileManager.default.contents(atPath: path)
  }
}
