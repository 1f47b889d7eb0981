public import VietnameseText

/// Why a letter could not be written, or a file could not be read as one.
public struct RequestLetterError: Error, Sendable, Hashable {
  /// What went wrong.
  public enum Code: String, Sendable, Hashable, CaseIterable {
    /// The layout or a type's mapping is missing or wrong (operator: which key).
    case layoutInvalid = "layout-invalid"
    /// The dossier has no row, so there is nothing to request.
    case nothingRequested = "nothing-requested"
    /// The dossier lacks what the letter's head needs.
    case headIncomplete = "head-incomplete"
    /// Pages could not be laid out or written.
    case notWritten = "not-written"
    /// Text has a character that cannot be printed.
    case unprintable
    /// The file is larger or has more pages than is read.
    case tooLarge = "too-large"
    /// The file is no PDF, is damaged or has a password.
    case notReadable = "not-readable"
    /// Reading took too long or too much memory.
    case tooComplex = "too-complex"
    /// The reading tool is missing or cannot be started.
    case toolMissing = "tool-missing"
  }

  public let code: Code
  /// For the operator. No text of the dossier or letter.
  public let detail: String

  public init(_ code: Code, detail: String) {
    self.code = code
    self.detail = detail
  }

  /// What the clerk is told.
  public var clerk: ClerkSentence {
    switch code {
    case .layoutInvalid:
      ClerkSentence(
        vi: "Mẫu trình bày văn bản trên máy chủ bị sai. Hãy báo quản trị hệ thống kiểm tra thư mục ánh xạ.",
        en: "The letter layout on the server is wrong. Ask the administrator to check the mapping folder.")
    case .nothingRequested:
      ClerkSentence(
        vi: "Hồ sơ chưa có dòng nào trong danh sách. Hãy thêm danh sách rồi xuất văn bản.",
        en: "The dossier's list is empty. Add its rows, then make the letter.")
    case .headIncomplete:
      ClerkSentence(
        vi: "Hồ sơ thiếu tên cơ quan ban hành văn bản. Hãy bổ sung phần thông tin văn bản.",
        en: "The dossier lacks the name of the issuing agency. Complete the letter's data.")
    case .notWritten:
      ClerkSentence(
        vi: "Không xuất được văn bản. Hãy thử lại; nếu vẫn lỗi, báo quản trị hệ thống.",
        en: "The letter could not be written. Try again; if it fails again, tell the administrator.")
    case .unprintable:
      ClerkSentence(
        vi: "Hồ sơ có ký tự không in được trong văn bản. Hãy gõ lại phần chữ lạ rồi xuất lại văn bản.",
        en: "The dossier has a character that cannot be printed. Retype the odd text and make the letter again.")
    case .tooLarge:
      ClerkSentence(
        vi: "Tệp lớn hơn hoặc nhiều trang hơn mức đọc được. Hãy mở tệp và nhập tay, hoặc đề nghị nơi gửi tách văn bản.",
        en: "The file is larger or longer than can be read. Open it and type it in, or ask for it in parts.")
    case .notReadable:
      ClerkSentence(
        vi: "Không đọc được tệp: tệp hỏng, có mật khẩu hoặc không phải PDF. Hãy đề nghị nơi gửi gửi lại tệp PDF đã ký.",
        en:
          "The file cannot be read: damaged, locked by a password, or no PDF. Ask the sender for the signed PDF again.")
    case .tooComplex:
      ClerkSentence(
        vi: "Tệp quá phức tạp để đọc tự động. Hãy mở tệp và nhập tay, hoặc đề nghị nơi gửi xuất lại tệp.",
        en: "The file is too complex to be read by the machine. Open it and type it in, or ask for a new one.")
    case .toolMissing:
      ClerkSentence(
        vi: "Máy chủ thiếu công cụ đọc PDF. Hãy báo quản trị hệ thống cài gói poppler-utils.",
        en: "The server lacks the PDF reading tool. Ask the administrator to install the package poppler-utils.")
    }
  }
}
