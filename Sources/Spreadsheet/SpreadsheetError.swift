public import VietnameseText

/// Why a file is refused as a whole, or could not be written.
public struct SpreadsheetError: Error, Sendable, Hashable {
  public enum Code: String, Sendable, Hashable, Codable, CaseIterable {
    /// Not the format that its name says, or one that is not taken (.xls, .xlsb, .xlsm, .ods, HTML).
    case format = "X-FORMAT"
    /// Broken: truncated, damaged, parts missing, not XML.
    case unreadable = "X-UNREADABLE"
    /// Protected with a password.
    case encrypted = "X-ENCRYPTED"
    /// Inflates, or holds more, than any list needs.
    case bomb = "X-BOMB"
    /// DOCTYPE or entities in its XML.
    case doctype = "X-DOCTYPE"
    /// Names in the archive lead out of it, or stand twice.
    case unsafe = "X-UNSAFE"
    /// A list could not be written.
    case writing = "X-WRITE"
  }

  public var code: Code
  public var clerk: ClerkSentence
  /// For the operator; no content of the file.
  public var detail: String

  public init(code: Code, clerk: ClerkSentence, detail: String) {
    self.code = code
    self.clerk = clerk
    self.detail = detail
  }
}

extension SpreadsheetError {
  static func format(_ vi: String, _ en: String, _ detail: String) -> SpreadsheetError {
    SpreadsheetError(code: .format, clerk: ClerkSentence(vi: vi, en: en), detail: detail)
  }

  static func unreadable(_ detail: String) -> SpreadsheetError {
    SpreadsheetError(
      code: .unreadable,
      clerk: ClerkSentence(
        vi:
          "Tệp bị hỏng hoặc tải về chưa đủ, không đọc được. Mở tệp bằng Excel hoặc LibreOffice, lưu lại thành .xlsx rồi gửi lại.",
        en: "The file is damaged or incomplete. Open it in Excel or LibreOffice, save it again as .xlsx and send that."),
      detail: detail)
  }

  static func bomb(_ detail: String) -> SpreadsheetError {
    SpreadsheetError(
      code: .bomb,
      clerk: ClerkSentence(
        vi:
          "Tệp chứa nhiều dữ liệu hơn mọi danh sách cần có nên không được mở. Chép danh sách sang tệp mẫu mới rồi gửi lại.",
        en:
          "The file holds more than any list needs and was not opened. Copy the list into a fresh template and send that."
      ),
      detail: detail)
  }

  static func encrypted(_ detail: String) -> SpreadsheetError {
    SpreadsheetError(
      code: .encrypted,
      clerk: ClerkSentence(
        vi: "Tệp được bảo vệ bằng mật khẩu. Gỡ mật khẩu (Tệp > Thông tin > Bảo vệ sổ làm việc) rồi gửi lại.",
        en:
          "The file is protected with a password. Take the password off (File > Info > Protect Workbook) and send it again."
      ),
      detail: detail)
  }

  static func doctype(_ detail: String) -> SpreadsheetError {
    SpreadsheetError(
      code: .doctype,
      clerk: ClerkSentence(
        vi:
          "Tệp chứa khai báo DOCTYPE mà Excel không bao giờ tạo ra nên không được mở. Chép danh sách sang tệp mẫu mới rồi gửi lại.",
        en:
          "The file holds a DOCTYPE, which Excel never writes, and was not opened. Copy the list into a fresh template."
      ),
      detail: detail)
  }

  static func unsafe(_ detail: String) -> SpreadsheetError {
    SpreadsheetError(
      code: .unsafe,
      clerk: ClerkSentence(
        vi: "Tệp chứa tên tệp con không an toàn nên không được mở. Chép danh sách sang tệp mẫu mới rồi gửi lại.",
        en: "The file holds unsafe names inside and was not opened. Copy the list into a fresh template and send that."),
      detail: detail)
  }
}
