public import VietnameseText

/// What is wrong with an envelope's signature; codes with `W_` are notes. In the order of their weight.
public enum EnvelopeCode: String, Sendable, Hashable, Codable, CaseIterable {
  case malformed = "MALFORMED"
  case documentTypeForbidden = "DTD_FORBIDDEN"
  case tooLarge = "TOO_LARGE"
  case unsigned = "UNSIGNED"
  /// A `Signature` that is no XML signature, as the axis leaves it after writing a message anew.
  case notVerifiable = "SIGNATURE_NOT_VERIFIABLE"
  /// What was signed is not what a reader reads.
  case signatureWrapping = "SIGNATURE_WRAPPING"
  case signatureInvalid = "SIGNATURE_INVALID"
  case modified = "MODIFIED"
  case algorithmForbidden = "ALGORITHM_FORBIDDEN"
  case transformForbidden = "TRANSFORM_FORBIDDEN"
  case transformUnknown = "TRANSFORM_UNKNOWN"
  case referenceForbidden = "REFERENCE_FORBIDDEN"
  case partialCoverage = "PARTIAL_COVERAGE"
  case malformedCertificate = "MALFORMED_CERT"
  case wrongOrganisation = "WRONG_ORGANISATION"
  case wrongSignerKind = "WRONG_SIGNER_KIND"
  case certificateUntrusted = "CERT_UNTRUSTED"
  case certificateRevoked = "CERT_REVOKED"
  case certificateNotYetValid = "CERT_NOT_YET_VALID"
  case certificateExpired = "CERT_EXPIRED"
  case certificateKeyUsage = "CERT_KEY_USAGE"
  case weakCryptography = "WEAK_CRYPTO"
  case revocationUnknown = "REVOCATION_UNKNOWN"
  case senderUnregistered = "W_SENDER_UNREGISTERED"
  /// A comment stands inside text; we read text whole, others may not.
  case comment = "W_COMMENT"

  public var isWarning: Bool { rawValue.hasPrefix("W_") }

  static let accepted = ClerkSentence(
    vi: "Chữ ký XML trên phong bì hợp lệ và phủ toàn bộ thông điệp.",
    en: "The envelope's XML signature holds and covers the whole message.")

  /// What it means and what to do.
  public var clerk: ClerkSentence {
    let (vi, en) = words
    return ClerkSentence(vi: vi, en: en)
  }

  private var words: (String, String) {
    switch self {
    case .malformed:
      (
        "Thông điệp hoặc chữ ký XML sai cấu trúc. Đề nghị bên gửi gửi lại.",
        "The message or its XML signature is malformed. Ask the sender to send it again."
      )
    case .documentTypeForbidden:
      (
        "Tệp có khai báo DOCTYPE, không được phép. Đề nghị bên gửi bỏ khai báo này.",
        "The file holds a DOCTYPE, which is not allowed. Ask the sender to leave it out."
      )
    case .tooLarge:
      (
        "Thông điệp quá lớn để kiểm tra chữ ký XML; hãy kiểm tra chữ ký trong tệp PDF.",
        "The message is too large for checking its XML signature; check the signature in the PDF."
      )
    case .unsigned:
      (
        "Phong bì không có chữ ký XML; hãy kiểm tra chữ ký trong tệp PDF.",
        "The envelope has no XML signature; check the signature in the PDF."
      )
    case .notVerifiable:
      (
        "Phong bì có chữ ký nhưng không kiểm tra được (trục liên thông có thể đã ghi lại thông điệp); hãy kiểm tra chữ ký trong tệp PDF.",
        "The envelope has a signature that cannot be verified (the axis may have rewritten the message); check the signature in the PDF."
      )
    case .signatureWrapping:
      (
        "Phần được ký không phải là phần được đọc, có dấu hiệu giả mạo. Không tin chữ ký này.",
        "What was signed is not what is read, as in a forgery. Do not trust this signature."
      )
    case .signatureInvalid:
      ("Chữ ký XML không hợp lệ. Không tin chữ ký này.", "The XML signature does not hold. Do not trust it.")
    case .modified:
      (
        "Thông điệp đã thay đổi sau khi ký (có thể do trục liên thông); hãy kiểm tra chữ ký trong tệp PDF.",
        "The message was changed after signing (perhaps by the axis); check the signature in the PDF."
      )
    case .algorithmForbidden:
      (
        "Chữ ký dùng thuật toán không được phép. Không tin chữ ký này.",
        "The signature uses an algorithm that is not allowed. Do not trust it."
      )
    case .transformForbidden:
      (
        "Chữ ký dùng phép biến đổi không được phép, có thể bỏ sót nội dung. Không tin chữ ký này.",
        "The signature uses a transform that is not allowed and may leave content out. Do not trust it."
      )
    case .transformUnknown:
      (
        "Chữ ký dùng phép biến đổi không có trong tiêu chuẩn nên không kiểm tra được.",
        "The signature uses a transform that no standard knows, so it cannot be checked."
      )
    case .referenceForbidden:
      (
        "Chữ ký tham chiếu ra ngoài thông điệp. Không tin chữ ký này.",
        "The signature refers to something outside the message. Do not trust it."
      )
    case .partialCoverage:
      (
        "Chữ ký chỉ phủ một phần thông điệp. Không coi là chữ ký của cả thông điệp.",
        "The signature covers only a part of the message. It is not a signature of the whole."
      )
    case .malformedCertificate:
      (
        "Chứng thư số trong chữ ký bị thiếu hoặc hỏng nên không kiểm tra được.",
        "The certificate in the signature is missing or damaged, so nothing can be checked."
      )
    case .wrongOrganisation:
      ("Chữ ký của cơ quan khác, không phải bên gửi.", "The signature is another organisation's, not the sender's.")
    case .wrongSignerKind:
      (
        "Chữ ký trên phong bì không phải của cơ quan gửi.",
        "The signature on the envelope is not the sending organisation's."
      )
    case .certificateUntrusted:
      (
        "Chứng thư số không do tổ chức được tin cậy cấp. Không tin chữ ký này.",
        "The certificate was not issued by a trusted authority. Do not trust the signature."
      )
    case .certificateRevoked: ("Chứng thư số đã bị thu hồi.", "The certificate was revoked.")
    case .certificateNotYetValid: ("Chứng thư số chưa có hiệu lực.", "The certificate is not yet valid.")
    case .certificateExpired: ("Chứng thư số đã hết hạn.", "The certificate has expired.")
    case .certificateKeyUsage:
      ("Chứng thư số không dùng để ký văn bản.", "The certificate is not meant for signing documents.")
    case .weakCryptography:
      (
        "Chữ ký dùng thuật toán hoặc khóa quá yếu, không còn an toàn.",
        "The signature uses an algorithm or key that is too weak."
      )
    case .revocationUnknown:
      (
        "Chưa xác định được chứng thư số có bị thu hồi hay không; hãy cập nhật CRL/OCSP.",
        "It is not known whether the certificate was revoked; update the revocation lists."
      )
    case .senderUnregistered:
      (
        "Bên gửi chưa có trong danh bạ; hãy đối chiếu cơ quan ký với bên gửi.",
        "The sender is not in the registry; compare the organisation that signed with the sender."
      )
    case .comment:
      (
        "Có chú thích XML chen giữa nội dung; nội dung vẫn được đọc đầy đủ.",
        "An XML comment stands inside text; the text was read whole."
      )
    }
  }
}
