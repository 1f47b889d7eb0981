public import VietnameseText

/// What is wrong with a letter, or worth a note; the stable codes of reports.
///
/// Codes that begin with `W_` are notes: a letter with only such codes may be accepted.
public struct LetterCode: RawRepresentable, Hashable, Sendable, Codable, Comparable {
  public let rawValue: String

  public init(rawValue: String) { self.rawValue = rawValue }

  public init(from decoder: any Decoder) throws {
    rawValue = try decoder.singleValueContainer().decode(String.self)
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(rawValue)
  }

  public static func < (left: LetterCode, right: LetterCode) -> Bool { left.rank < right.rank }

  /// No one's signature is in it; a document time stamp is no signature.
  public static let unsigned = LetterCode(rawValue: "UNSIGNED")
  /// The bytes that were signed, or what is shown, are no longer what was signed.
  public static let modified = LetterCode(rawValue: "MODIFIED")
  /// The signature itself does not hold.
  public static let signatureInvalid = LetterCode(rawValue: "SIGNATURE_INVALID")
  /// The file is broken, encrypted or beyond the limits.
  public static let malformed = LetterCode(rawValue: "MALFORMED")
  /// The sender's organisation signed without a time stamp of RFC 3161.
  public static let noTimeStamp = LetterCode(rawValue: "NO_TIMESTAMP")
  /// A time stamp does not hold.
  public static let timeStampInvalid = LetterCode(rawValue: "TIMESTAMP_INVALID")
  /// No signature of the sender's organisation stands where one is due.
  public static let wrongSignerKind = LetterCode(rawValue: "WRONG_SIGNER_KIND")
  /// Another organisation than the sender signed; comes with ``wrongSignerKind``.
  public static let wrongOrganisation = LetterCode(rawValue: "WRONG_ORGANISATION")
  /// The policy asks for a person's signature before the organisation's, and there is none.
  public static let personSignatureMissing = LetterCode(rawValue: "PERSON_SIGNATURE_MISSING")
  /// No path from the certificate to a configured anchor.
  public static let certificateUntrusted = LetterCode(rawValue: "CERT_UNTRUSTED")
  /// The certificate, or one above it, was outside its period of validity at the proved time.
  public static let certificateExpired = LetterCode(rawValue: "CERT_EXPIRED")
  /// … because it had not begun; comes with ``certificateExpired``.
  public static let certificateNotYetValid = LetterCode(rawValue: "CERT_NOT_YET_VALID")
  /// The certificate, or one above it, was revoked at the proved time.
  public static let certificateRevoked = LetterCode(rawValue: "CERT_REVOKED")
  /// Whether the certificate was revoked cannot be told.
  public static let revocationUnknown = LetterCode(rawValue: "REVOCATION_UNKNOWN")
  /// The certificate is not for signing documents.
  public static let certificateKeyUsage = LetterCode(rawValue: "CERT_KEY_USAGE")
  /// An algorithm or key below what the policy allows.
  public static let weakCryptography = LetterCode(rawValue: "WEAK_CRYPTO")

  /// Only the file's description (title, author, dates) was changed after signing.
  public static let metadataUpdated = LetterCode(rawValue: "W_METADATA_UPDATED")
  /// A line break was added at the end of the file after signing.
  public static let trailingWhitespace = LetterCode(rawValue: "W_TRAILING_WHITESPACE")
  /// The unused part of a signature's place is not zeros.
  public static let contentsPadding = LetterCode(rawValue: "W_CONTENTS_PADDING")
  /// The signer's clock and the time stamp disagree by more than a time zone.
  public static let timeOrder = LetterCode(rawValue: "W_TIME_ORDER")
  /// A signature added after the organisation's shows a picture over the letter's text.
  public static let signatureCoversText = LetterCode(rawValue: "W_SIGNATURE_COVERS_TEXT")
  /// Only the name in the certificate says that an organisation signed.
  public static let signerKindByName = LetterCode(rawValue: "W_SIGNER_KIND_BY_NAME")
  /// The sender is not in the registry, so the organisation that signed could not be compared with it.
  public static let senderUnregistered = LetterCode(rawValue: "W_SENDER_UNREGISTERED")

  /// All codes, the weightiest first.
  public static let all: [LetterCode] = [
    .malformed, .unsigned, .modified, .signatureInvalid, .wrongOrganisation, .wrongSignerKind, .personSignatureMissing,
    .certificateUntrusted, .certificateRevoked, .certificateNotYetValid, .certificateExpired, .certificateKeyUsage,
    .weakCryptography,
    .timeStampInvalid, .noTimeStamp, .revocationUnknown, .signatureCoversText, .senderUnregistered, .signerKindByName,
    .timeOrder,
    .contentsPadding, .trailingWhitespace, .metadataUpdated,
  ]

  /// Whether it is a note and no fault.
  public var isWarning: Bool { rawValue.hasPrefix("W_") }

  private var rank: Int { Self.all.firstIndex(of: self) ?? Self.all.count }

  /// What it means and what to do.
  public var clerk: ClerkSentence {
    Self.sentences[self]
      ?? ClerkSentence(vi: "Công văn có điểm cần xem xét (\(rawValue)).", en: "The letter needs a look (\(rawValue)).")
  }

  private static let sentences: [LetterCode: ClerkSentence] = [
    .malformed: ClerkSentence(
      vi:
        "Tệp PDF bị hỏng hoặc không đọc được, không kiểm tra được chữ ký. Trả lại bên gửi, đề nghị gửi lại tệp gốc đã ký.",
      en:
        "The PDF file is damaged or cannot be read, so its signatures cannot be checked. Return it and ask for the original signed file."
    ),
    .unsigned: ClerkSentence(
      vi: "Công văn chưa được ký số. Trả lại bên gửi, đề nghị ký số của cơ quan rồi gửi lại.",
      en:
        "The letter is not digitally signed. Return it and ask the sender to sign it with the organisation's certificate."
    ),
    .modified: ClerkSentence(
      vi: "Công văn đã bị thay đổi sau khi ký. Không tiếp nhận; trả lại bên gửi, đề nghị gửi lại tệp gốc đã ký.",
      en:
        "The letter was changed after it was signed. Do not accept it; return it and ask for the original signed file."),
    .signatureInvalid: ClerkSentence(
      vi: "Chữ ký số không hợp lệ. Không tiếp nhận; trả lại bên gửi, đề nghị ký lại.",
      en: "The digital signature does not hold. Do not accept the letter; return it and ask the sender to sign again."),
    .wrongOrganisation: ClerkSentence(
      vi:
        "Chữ ký số là của cơ quan khác, không phải cơ quan gửi. Trả lại bên gửi, đề nghị ký bằng chứng thư số của cơ quan gửi.",
      en:
        "The signature is another organisation's, not the sender's. Return the letter and ask for a signature with the sender's own certificate."
    ),
    .wrongSignerKind: ClerkSentence(
      vi:
        "Thiếu chữ ký số của cơ quan gửi (chữ ký hiện có không phải của cơ quan đó). Trả lại bên gửi, đề nghị ký bằng chứng thư số của cơ quan.",
      en:
        "The signature of the sending organisation is missing (those present are not its own). Return the letter and ask for the organisation's signature."
    ),
    .personSignatureMissing: ClerkSentence(
      vi: "Thiếu chữ ký số của người có thẩm quyền trước chữ ký của cơ quan. Trả lại bên gửi, đề nghị ký đủ.",
      en:
        "The signature of the competent person before the organisation's is missing. Return the letter and ask for both."
    ),
    .certificateUntrusted: ClerkSentence(
      vi: "Chứng thư số không do tổ chức chứng thực được tin cậy cấp. Không tiếp nhận; trả lại bên gửi.",
      en: "The certificate was not issued by a trusted authority. Do not accept the letter; return it."),
    .certificateRevoked: ClerkSentence(
      vi:
        "Chứng thư số đã bị thu hồi khi ký. Không tiếp nhận; trả lại bên gửi, đề nghị ký bằng chứng thư số còn hiệu lực.",
      en:
        "The certificate was already revoked when the letter was signed. Return the letter and ask for a signature with a valid certificate."
    ),
    .certificateNotYetValid: ClerkSentence(
      vi: "Chứng thư số chưa có hiệu lực khi ký. Trả lại bên gửi, đề nghị ký lại.",
      en:
        "The certificate was not yet valid when the letter was signed. Return the letter and ask the sender to sign again."
    ),
    .certificateExpired: ClerkSentence(
      vi:
        "Không có bằng chứng chứng thư số còn hiệu lực khi ký. Trả lại bên gửi, đề nghị ký bằng chứng thư số còn hiệu lực và có dấu thời gian.",
      en:
        "Nothing proves that the certificate was within its validity when the letter was signed. Return the letter and ask for a signature with a valid certificate and a time stamp."
    ),
    .certificateKeyUsage: ClerkSentence(
      vi: "Chứng thư số không dùng để ký văn bản. Trả lại bên gửi, đề nghị ký bằng chứng thư số ký văn bản.",
      en:
        "The certificate is not meant for signing documents. Return the letter and ask for a signature with the proper certificate."
    ),
    .weakCryptography: ClerkSentence(
      vi:
        "Chữ ký dùng thuật toán hoặc khóa quá yếu, không còn an toàn. Trả lại bên gửi, đề nghị ký lại bằng phần mềm và chứng thư số mới.",
      en:
        "The signature uses an algorithm or key that is too weak. Return the letter and ask the sender to sign again with current software and certificate."
    ),
    .timeStampInvalid: ClerkSentence(
      vi: "Dấu thời gian không hợp lệ. Trả lại bên gửi, đề nghị ký lại có dấu thời gian của máy chủ tin cậy.",
      en:
        "The time stamp does not hold. Return the letter and ask for a new signature with a time stamp of a trusted server."
    ),
    .noTimeStamp: ClerkSentence(
      vi: "Chữ ký của cơ quan không có dấu thời gian. Trả lại bên gửi, đề nghị ký lại có dấu thời gian.",
      en: "The organisation's signature has no time stamp. Return the letter and ask for a new signature with one."),
    .revocationUnknown: ClerkSentence(
      vi:
        "Chưa xác định được chứng thư số có bị thu hồi hay không. Tạm giữ, cập nhật danh sách thu hồi (CRL/OCSP) rồi kiểm tra lại.",
      en:
        "It is not known whether the certificate was revoked. Hold the letter, update the revocation lists (CRL/OCSP) and check again."
    ),
    .signatureCoversText: ClerkSentence(
      vi:
        "Hình chữ ký thêm sau chữ ký của cơ quan che lên nội dung. Mở văn bản và xem kỹ phần bị che trước khi tiếp nhận.",
      en:
        "A signature added after the organisation's shows a picture over the text. Open the letter and look at the covered part before accepting it."
    ),
    .senderUnregistered: ClerkSentence(
      vi:
        "Cơ quan gửi chưa có chứng thư số trong danh bạ. Hãy đối chiếu tên cơ quan ký với cơ quan gửi trước khi tiếp nhận.",
      en:
        "The sender has no certificate in the registry. Compare the organisation that signed with the sender before accepting the letter."
    ),
    .signerKindByName: ClerkSentence(
      vi:
        "Chỉ tên trong chứng thư số cho thấy đây là chữ ký của cơ quan. Hãy đối chiếu chứng thư số với danh bạ trước khi tiếp nhận.",
      en:
        "Only the name in the certificate says that an organisation signed. Compare the certificate with the registry before accepting the letter."
    ),
    .timeOrder: ClerkSentence(
      vi: "Thời gian ký ghi trong văn bản muộn hơn dấu thời gian. Có thể tiếp nhận; nên kiểm tra ngày văn bản.",
      en:
        "The signing time stated in the file is later than the time stamp. The letter may be accepted; check its date."),
    .contentsPadding: ClerkSentence(
      vi: "Vùng đệm của chữ ký có dữ liệu lạ. Có thể tiếp nhận; nên báo bộ phận kỹ thuật.",
      en: "The padding of the signature holds foreign data. The letter may be accepted; tell the technical staff."),
    .trailingWhitespace: ClerkSentence(
      vi: "Cuối tệp có thêm ký tự xuống dòng khi truyền nhận; nội dung đã ký không đổi. Có thể tiếp nhận.",
      en:
        "A line break was added at the end of the file in transport; the signed content is unchanged. The letter may be accepted."
    ),
    .metadataUpdated: ClerkSentence(
      vi: "Thông tin mô tả tệp (tiêu đề, ngày) được sửa sau khi ký; nội dung hiển thị không đổi. Có thể tiếp nhận.",
      en:
        "The file's description (title, dates) was edited after signing; what is shown is unchanged. The letter may be accepted."
    ),
  ]

  /// For a letter without any fault.
  static let accepted = ClerkSentence(
    vi: "Chữ ký số hợp lệ, nội dung không bị thay đổi sau khi ký. Tiếp nhận công văn.",
    en: "The signatures hold and nothing was changed after signing. Accept the letter.")
}
