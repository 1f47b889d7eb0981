internal import PDFDocument
internal import TextLayout
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
    /// The text of a mark has no glyph, or the fonts are not installed.
    case textUnprintable = "text_unprintable"
    /// The text beside which a mark was to stand is not in the letter, or there is no room.
    case placeNotFound = "place_not_found"
    /// The pages' words could not be read to find a place.
    case wordsUnreadable = "words_unreadable"
    /// Number or date stand on the page already, and differ from what is to be put there.
    case numberTaken = "number_taken"
    /// There is no proof that a certificate of the signature or time stamp was not revoked (B-LT asks for it).
    case validationDataMissing = "validation_data_missing"
    /// The state of a signature between its two steps is not what this program wrote.
    case stateUnreadable = "state_unreadable"
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

  init(_ error: TextLayoutError) {
    self.init(.textUnprintable, "\(error.code.rawValue): \(error.detail)")
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
    case .textUnprintable:
      ClerkSentence(
        vi: "Nội dung in kèm chữ ký có ký tự không in được, hoặc máy chủ thiếu gói phông chữ fonts-liberation2.",
        en:
          "The text shown with the signature has a character without a glyph, or the package fonts-liberation2 is missing."
      )
    case .placeNotFound:
      ClerkSentence(
        vi:
          "Không tìm thấy chỗ đặt chữ ký hoặc con dấu trên công văn. Hãy kiểm tra dòng chữ làm mốc, hoặc cho tọa độ cụ thể.",
        en:
          "The place for the signature or seal was not found in the letter. Check the text it stands by, or give its place."
      )
    case .wordsUnreadable:
      ClerkSentence(
        vi:
          "Không đọc được chữ trên trang để tìm chỗ đặt chữ ký. Hãy cho tọa độ cụ thể; nếu vẫn lỗi, báo quản trị hệ thống.",
        en:
          "The page's words cannot be read to find the place. Give the place by coordinates; if it fails again, tell the operator."
      )
    case .numberTaken:
      ClerkSentence(
        vi: "Công văn đã có số hoặc ngày khác với số, ngày cần điền. Hãy kiểm tra lại số và ngày ban hành.",
        en: "The letter has another number or date already than the one to be put in. Check number and date of issue.")
    case .validationDataMissing:
      ClerkSentence(
        vi:
          "Thiếu danh sách thu hồi (CRL) hoặc trả lời OCSP còn hạn nên chưa lập được chữ ký lưu trữ. Hãy cập nhật thư mục tin cậy.",
        en:
          "A current revocation list or OCSP answer is missing for a long-term signature. Have the trust folder brought up to date."
      )
    case .stateUnreadable:
      ClerkSentence(
        vi: "Tệp lưu lượt ký dở dang không đọc được. Hãy chuẩn bị ký lại từ đầu.",
        en: "The file with the unfinished signing cannot be read. Prepare the signature again.")
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
