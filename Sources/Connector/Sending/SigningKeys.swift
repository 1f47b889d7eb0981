import Foundation
import SigningCore
import VietnameseText

extension Configuration.KeyFile {
  /// Opens the key once; it stays loaded.
  /// - Throws: `ConnectorError` that names the file and what is wrong with it, never the password.
  func open(_ role: String) throws -> SoftwareKey {
    guard let bytes = FileManager.default.contents(atPath: pkcs12) else {
      throw ConnectorError(
        .keyUnreadable, vi: "Không đọc được tệp khóa của \(role): \(pkcs12)",
        en: "Cannot read the key file of the \(role): \(pkcs12)")
    }
    do {
      return try SoftwareKey(pkcs12: [UInt8](bytes), password: try password(role))
    } catch let error as SigningError {
      throw ConnectorError(
        .keyUnreadable, vi: "Không mở được khóa của \(role) (\(pkcs12)): \(error.clerk.vi)",
        en: "Cannot open the key of the \(role) (\(pkcs12)): \(error.clerk.en)", detail: error.code.rawValue)
    }
  }

  private func password(_ role: String) throws -> String {
    if let passwordEnvironment {
      guard let value = ProcessInfo.processInfo.environment[passwordEnvironment] else {
        throw ConnectorError(
          .passwordMissing, vi: "Biến môi trường \(passwordEnvironment) (mật khẩu khóa của \(role)) chưa được đặt.",
          en: "Environment variable \(passwordEnvironment) (password of the \(role)'s key) is not set.")
      }
      return value
    }
    guard let passwordFile, let text = try? String(contentsOfFile: passwordFile, encoding: .utf8) else {
      throw ConnectorError(
        .passwordMissing, vi: "Không đọc được tệp mật khẩu khóa của \(role): \(passwordFile ?? "")",
        en: "Cannot read the password file of the \(role)'s key: \(passwordFile ?? "")")
    }
    return text.trimmingCharacters(in: .newlines)
  }
}
