internal import PDFDocument
public import VietnameseText

/// Why a letter could not be signed.
public struct LetterSigningError: Error, Sendable, Hashable {
  public enum Code: String, Sendable, Hashable, CaseIterable {
    /// The letter is no readable PDF, or is encrypted.
    case letterUnreadable = "letter_unreadable"
    /// The field asked for is signed already, or is another kind of field.
    case fieldTaken = "field_taken"
    /// An earlier signature certified the letter as final and forbids more.
    case certifiedAsFinal = "certified_as_final"
    /// There is no such page.
    case pageMissing = "page_missing"
    /// The picture is no usable PNG.
    case pictureUnusable = "picture_unusable"
    /// The finished signature is larger than the place kept for it.
    case placeTooSmall = "place_too_small"
    /// The letter is not the one that was prepared.
    case letterChanged = "letter_changed"
    /// The signature or time stamp is over something else.
    case signatureDoesNotFit = "signature_does_not_fit"
    /// The message whose envelope is to be signed is no edXML that we wrote, or is signed already.
    case messageUnusable = "message_unusable"
    /// The digest could not be made.
    case digestFailed = "digest_failed"
  }

  public let code: Code
  /// For the operator; no content of the letter.
  public let detail: String

  init(_ code: Code, _ detail: String) {
    self.code = code
    self.detail = "\(code.rawValue): \(detail)"
  }

  init(_ error: PDFError) {
    switch error.code {
    case .pageMissing: self.init(.pageMissing, error.detail)
    case .pictureUnsupported: self.init(.pictureUnusable, error.detail)
    default: self.init(.letterUnreadable, error.detail)
    }
  }

  public var clerk: ClerkSentence {
    switch code {
    case .letterUnreadable:
      ClerkSentence(
        vi:
          "Tệp công văn không phải PDF đọc được nên không ký được. Hãy xuất lại tệp PDF từ phần mềm soạn thảo rồi ký.",
        en:
          "The letter is no readable PDF and cannot be signed. Export it again from the word processor and sign that file."
      )
    case .fieldTaken:
      ClerkSentence(
        vi: "Ô chữ ký được chọn đã có chữ ký hoặc không phải ô chữ ký. Hãy chọn ô khác.",
        en: "The chosen signature field is already signed or is no signature field. Choose another.")
    case .certifiedAsFinal:
      ClerkSentence(
        vi: "Công văn đã được chứng nhận là bản cuối, không được ký thêm. Hãy dùng bản chưa chứng nhận.",
        en: "The letter was certified as final and takes no further signature. Use the copy before certification.")
    case .messageUnusable:
      ClerkSentence(
        vi: "Thông điệp edXML không ký được: không đúng dạng hoặc đã có chữ ký. Hãy đóng gói lại thông điệp rồi ký.",
        en:
          "The edXML message cannot be signed: it has another form or is signed already. Pack the message again and sign it."
      )
    case .pageMissing:
      ClerkSentence(
        vi: "Công văn không có trang được chọn để đặt chữ ký. Hãy chọn lại trang.",
        en: "The letter has no such page to place the signature on. Choose another page.")
    case .pictureUnusable:
      ClerkSentence(
        vi: "Hình chữ ký hoặc con dấu không phải tệp PNG dùng được. Hãy chọn tệp PNG khác.",
        en: "The picture of the signature or seal is no usable PNG. Choose another PNG file.")
    case .placeTooSmall:
      ClerkSentence(
        vi: "Chữ ký lớn hơn chỗ dành sẵn trong tệp. Hãy ký lại; nếu vẫn lỗi, báo bộ phận kỹ thuật tăng chỗ dành sẵn.",
        en:
          "The signature is larger than the place kept in the file. Sign again; if it fails again, have the place made larger."
      )
    case .letterChanged:
      ClerkSentence(
        vi: "Tệp công văn đã đổi từ lúc chuẩn bị ký. Hãy bắt đầu ký lại từ đầu.",
        en: "The letter's file changed since the signature was prepared. Start the signing again.")
    case .signatureDoesNotFit:
      ClerkSentence(
        vi: "Chữ ký nhận được không phải của công văn này. Hãy ký lại.",
        en: "The signature received is not for this letter. Sign again.")
    case .digestFailed:
      ClerkSentence(
        vi: "Không tính được mã băm của công văn. Hãy thử lại; nếu vẫn lỗi, báo bộ phận kỹ thuật.",
        en: "The letter's digest could not be made. Try again; if it fails again, tell the technical staff.")
    }
  }
}
