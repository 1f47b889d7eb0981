public import VietnameseText

/// Why pages could not be laid out or written.
public struct TextLayoutError: Error, Sendable, Hashable {
  /// What went wrong.
  public enum Code: String, Sendable, Hashable, CaseIterable {
    /// A font file of the fixed faces is missing or cannot be read.
    case fontMissing = "font-missing"
    /// The text has a character that the fixed faces cannot show.
    case characterWithoutGlyph = "character-without-glyph"
    /// More pages than the limit would be needed.
    case tooManyPages = "too-many-pages"
    /// The drawing library refused an operation.
    case drawingFailed = "drawing-failed"
  }

  public let code: Code
  /// For the operator: file name or library status. No text of the document.
  public let detail: String

  public init(_ code: Code, detail: String) {
    self.code = code
    self.detail = detail
  }

  /// What the clerk is told.
  public var clerk: ClerkSentence {
    switch code {
    case .fontMissing:
      ClerkSentence(
        vi: "Máy chủ thiếu phông chữ để soạn văn bản. Hãy báo quản trị hệ thống cài gói fonts-liberation2.",
        en: "The server lacks the font for letters. Ask the administrator to install the package fonts-liberation2.")
    case .characterWithoutGlyph:
      ClerkSentence(
        vi: "Hồ sơ có ký tự không in được trong văn bản. Hãy gõ lại phần chữ lạ rồi xuất lại văn bản.",
        en: "The dossier has a character that cannot be printed. Retype the odd text and make the letter again.")
    case .tooManyPages:
      ClerkSentence(
        vi: "Văn bản dài quá số trang cho phép. Hãy chia danh sách thành nhiều hồ sơ.",
        en: "The letter would be longer than allowed. Split the list into several dossiers.")
    case .drawingFailed:
      ClerkSentence(
        vi: "Không xuất được văn bản. Hãy thử lại; nếu vẫn lỗi, báo quản trị hệ thống.",
        en: "The letter could not be written. Try again; if it fails again, tell the administrator.")
    }
  }
}
