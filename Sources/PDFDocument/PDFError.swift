public import VietnameseText

/// Why a PDF could not be read or written.
public struct PDFError: Error, Sendable, Hashable {
  /// What is wrong, for machines.
  public enum Code: String, Sendable, Hashable, CaseIterable {
    /// Zero bytes.
    case empty
    /// No `%PDF-` header at the very first byte.
    case headerMissing = "header_missing"
    /// The file cannot be opened or read.
    case inaccessible
    /// Larger than ``PDFLimits`` allow: the file, an object, or what a stream inflates to.
    case tooLarge = "too_large"
    /// Nested deeper than ``PDFLimits/nesting``.
    case tooDeep = "too_deep"
    /// More objects, sections or values than ``PDFLimits`` allow.
    case tooMany = "too_many"
    /// No `startxref` with an end-of-file marker at the end of the file.
    case endMissing = "end_missing"
    /// A cross-reference section or trailer is broken, or the chain of them runs in a circle.
    case crossReferenceBroken = "cross_reference_broken"
    /// An object is broken or not where the cross-reference says.
    case objectBroken = "object_broken"
    /// The file is encrypted.
    case encrypted
    /// A stream is packed in a way that a cross-reference or object stream may not be.
    case filterUnsupported = "filter_unsupported"
    /// The catalog, the page tree or the form is not of the shape that ISO 32000 asks.
    case structureBroken = "structure_broken"
    /// The page asked for does not exist.
    case pageMissing = "page_missing"
    /// A picture is not a PNG of a supported kind.
    case pictureUnsupported = "picture_unsupported"
  }

  public let code: Code
  /// Where in the file, bytes from its start, when that is known.
  public let offset: Int?
  /// What was expected, for the operator; no content of the file.
  public let reason: String

  public init(_ code: Code, at offset: Int? = nil, _ reason: String) {
    self.code = code
    self.offset = offset
    self.reason = reason
  }

  /// For the operator's log: code, place and reason, no content.
  public var detail: String {
    "PDF \(code.rawValue)" + (offset.map { " at byte \($0)" } ?? "") + ": \(reason)"
  }

  /// For the clerk.
  public var clerk: ClerkSentence {
    switch code {
    case .empty:
      ClerkSentence(
        vi: "Tệp PDF rỗng (0 byte). Đề nghị bên gửi gửi lại tệp.",
        en: "The PDF file is empty (0 bytes). Ask the sender to send the file again.")
    case .encrypted:
      ClerkSentence(
        vi: "Tệp PDF bị đặt mật khẩu hoặc mã hóa nên không kiểm tra được. Đề nghị bên gửi gửi lại tệp không mã hóa.",
        en:
          "The PDF file is password-protected or encrypted and cannot be checked. Ask the sender for a file without encryption."
      )
    case .tooLarge, .tooMany, .tooDeep:
      ClerkSentence(
        vi:
          "Tệp PDF vượt giới hạn an toàn (quá lớn hoặc cấu trúc bất thường) nên không được đọc. Đề nghị bên gửi gửi lại tệp xuất từ phần mềm soạn thảo.",
        en:
          "The PDF file exceeds the safety limits (too large or of unusual structure) and was not read. Ask the sender for a file exported from the word processor."
      )
    case .inaccessible:
      ClerkSentence(
        vi: "Không mở được tệp PDF. Hãy kiểm tra đường dẫn và quyền đọc tệp.",
        en: "The PDF file cannot be opened. Check its path and the right to read it.")
    case .pageMissing:
      ClerkSentence(
        vi: "Tệp PDF không có trang được chọn để đặt chữ ký. Hãy chọn lại trang.",
        en: "The PDF file has no such page to place the signature on. Choose another page.")
    case .pictureUnsupported:
      ClerkSentence(
        vi: "Hình chữ ký hoặc con dấu không phải tệp PNG hợp lệ. Hãy chọn tệp PNG khác.",
        en: "The picture of the signature or seal is not a usable PNG file. Choose another PNG file.")
    case .headerMissing, .endMissing, .crossReferenceBroken, .objectBroken, .filterUnsupported, .structureBroken:
      ClerkSentence(
        vi: "Tệp PDF bị hỏng hoặc không đúng định dạng nên không kiểm tra được. Đề nghị bên gửi gửi lại tệp.",
        en: "The PDF file is damaged or not a proper PDF and cannot be checked. Ask the sender to send the file again.")
    }
  }
}
