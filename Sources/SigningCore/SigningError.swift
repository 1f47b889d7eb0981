public import VietnameseText

/// Cryptographic work that could not be done. What *was* done and came out badly is a ``Finding``, not an error.
public struct SigningError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What went wrong, stable for machines.
  public enum Code: String, Sendable, Hashable, Codable, CaseIterable {
    case notACertificate = "not-a-certificate"
    case notAKeyStore = "not-a-key-store"
    case wrongPassword = "wrong-password"
    case keyStoreWithoutKey = "key-store-without-key"
    case keyStoreWithoutCertificate = "key-store-without-certificate"
    case keyDoesNotMatchCertificate = "key-does-not-match-certificate"
    case keyUnavailable = "key-unavailable"
    case tokenModuleUnusable = "token-module-unusable"
    case tokenAbsent = "token-absent"
    case tokenKeyMissing = "token-key-missing"
    case tokenLocked = "token-locked"
    case unsuitableCertificate = "unsuitable-certificate"
    case outOfDate = "out-of-date"
    case unsupportedAlgorithm = "unsupported-algorithm"
    case insecureAlgorithm = "insecure-algorithm"
    case notACMSSignature = "not-a-cms-signature"
    case tooLarge = "too-large"
    case signatureDoesNotMatch = "signature-does-not-match"
    case draftUnreadable = "draft-unreadable"
    case notATimeStamp = "not-a-time-stamp"
    case timeStampRefused = "time-stamp-refused"
    case timeStampMismatch = "time-stamp-mismatch"
    case notARevocationList = "not-a-revocation-list"
    case notAnOCSPResponse = "not-an-ocsp-response"
    case trustFolderUnreadable = "trust-folder-unreadable"
    case noTrustAnchor = "no-trust-anchor"
    case fileUnreadable = "file-unreadable"
    case folderNotWritable = "folder-not-writable"
    case cryptographyFailed = "cryptography-failed"
  }

  public let code: Code
  /// For the operator: what was being done and OpenSSL's own words; no secrets, no personal data.
  public let detail: String

  public init(_ code: Code, _ detail: String) {
    self.code = code
    self.detail = detail
  }

  public var description: String { "\(code.rawValue): \(detail)" }

  /// For the clerk: what is wrong and what to do.
  public var clerk: ClerkSentence { code.clerk }
}

extension SigningError.Code {
  /// The sentence of this code for a clerk.
  public var clerk: ClerkSentence {
    switch self {
    case .notACertificate:
      ClerkSentence(
        vi: "Tệp chứng thư số không đọc được. Hãy lấy lại tệp chứng thư từ cơ quan cấp.",
        en: "The certificate file cannot be read. Get it again from the authority that issued it.")
    case .notAKeyStore:
      ClerkSentence(
        vi: "Tệp khóa ký không phải tệp PKCS#12 (.p12, .pfx). Hãy chọn đúng tệp.",
        en: "The key file is not a PKCS#12 file (.p12, .pfx). Choose the right file.")
    case .wrongPassword:
      ClerkSentence(
        vi: "Mật khẩu hoặc mã PIN của khóa ký không đúng. Hãy kiểm tra rồi nhập lại.",
        en: "The password or PIN of the signing key is wrong. Check it and enter it again.")
    case .keyStoreWithoutKey:
      ClerkSentence(
        vi: "Tệp khóa ký không chứa khóa bí mật. Hãy xuất lại tệp kèm khóa bí mật.",
        en: "The key file holds no private key. Export it again together with the private key.")
    case .keyStoreWithoutCertificate:
      ClerkSentence(
        vi: "Tệp khóa ký không chứa chứng thư số. Hãy xuất lại tệp kèm chứng thư số.",
        en: "The key file holds no certificate. Export it again together with the certificate.")
    case .keyDoesNotMatchCertificate:
      ClerkSentence(
        vi: "Khóa ký và chứng thư số không thuộc về nhau. Hãy kiểm tra cấu hình khóa ký.",
        en: "The signing key and the certificate do not belong together. Check the key's configuration.")
    case .keyUnavailable:
      ClerkSentence(
        vi: "Không dùng được khóa ký. Hãy kiểm tra thiết bị (USB token) đã cắm và chưa bị khóa.",
        en: "The signing key cannot be used. Check that the device (USB token) is plugged in and not locked.")
    case .tokenModuleUnusable:
      ClerkSentence(
        vi:
          "Chưa dùng được trình điều khiển (PKCS#11) của USB token. Hãy kiểm tra phần mềm của token và đường dẫn module.",
        en:
          "The token's driver (PKCS#11 module) cannot be used. Check that its software is installed and the path is right."
      )
    case .tokenAbsent:
      ClerkSentence(
        vi: "Không thấy USB token được cấu hình. Hãy cắm đúng token rồi thử lại.",
        en: "The configured token is not there. Plug in the right token and try again.")
    case .tokenKeyMissing:
      ClerkSentence(
        vi: "Trên token không có khóa ký được cấu hình. Hãy kiểm tra tên khóa (keyLabel) hoặc mã khóa (id).",
        en: "The token does not hold the configured key. Check the key's label or id.")
    case .tokenLocked:
      ClerkSentence(
        vi:
          "Token đã khóa hoặc chỉ còn một lần thử mã PIN nên phần mềm không thử. Hãy nhập đúng PIN bằng phần mềm của token, hoặc đề nghị mở khóa (Mẫu 06).",
        en:
          "The token is locked, or has one PIN try left, which is not spent here. Enter the right PIN in the token's own software, or ask for unlocking (form 06)."
      )
    case .unsuitableCertificate:
      ClerkSentence(
        vi: "Chứng thư số này không được cấp cho mục đích đó. Hãy chọn đúng khóa và chứng thư số.",
        en: "This certificate was not issued for that purpose. Choose the right key and certificate.")
    case .outOfDate:
      ClerkSentence(
        vi: "Chứng thư số hoặc danh sách thu hồi này đã hết hạn hoặc chưa có hiệu lực. Hãy lấy bản mới từ cơ quan cấp.",
        en: "This certificate or revocation list is out of date or not yet valid. Get a current one from its issuer.")
    case .unsupportedAlgorithm:
      ClerkSentence(
        vi: "Thuật toán mật mã này không được hỗ trợ. Hãy báo người quản trị hệ thống.",
        en: "This cryptographic algorithm is not supported. Tell the system's operator.")
    case .insecureAlgorithm:
      ClerkSentence(
        vi: "Thuật toán mật mã này không còn an toàn nên không được dùng. Hãy dùng chứng thư số mới.",
        en: "This cryptographic algorithm is no longer secure and is not used. Use a newer certificate.")
    case .notACMSSignature:
      ClerkSentence(
        vi: "Chữ ký số trong tệp bị hỏng, không đọc được. Hãy đề nghị bên gửi ký và gửi lại.",
        en: "The digital signature in the file is damaged and cannot be read. Ask the sender to sign and send again.")
    case .tooLarge:
      ClerkSentence(
        vi: "Dữ liệu chữ ký số lớn bất thường nên không được xử lý. Hãy đề nghị bên gửi ký lại.",
        en: "The signature data is unusually large and was not processed. Ask the sender to sign again.")
    case .signatureDoesNotMatch:
      ClerkSentence(
        vi: "Chữ ký vừa tạo không khớp với chứng thư số. Hãy kiểm tra đúng thiết bị ký rồi ký lại.",
        en: "The signature just made does not fit the certificate. Check that it is the right device and sign again.")
    case .draftUnreadable:
      ClerkSentence(
        vi: "Lượt ký dở dang không đọc lại được. Hãy ký lại từ đầu.",
        en: "The unfinished signing cannot be read again. Start signing anew.")
    case .notATimeStamp:
      ClerkSentence(
        vi: "Dấu thời gian bị hỏng, không đọc được. Hãy lấy lại dấu thời gian.",
        en: "The time stamp is damaged and cannot be read. Get the time stamp again.")
    case .timeStampRefused:
      ClerkSentence(
        vi: "Máy chủ cấp dấu thời gian từ chối yêu cầu. Hệ thống sẽ thử lại; nếu kéo dài hãy báo người quản trị.",
        en: "The time-stamp server refused the request. It is tried again; if this lasts, tell the operator.")
    case .timeStampMismatch:
      ClerkSentence(
        vi: "Máy chủ cấp dấu thời gian trả lời không khớp với yêu cầu. Hãy báo người quản trị hệ thống.",
        en: "The time-stamp server's answer does not fit the request. Tell the system's operator.")
    case .notARevocationList:
      ClerkSentence(
        vi: "Danh sách chứng thư bị thu hồi (CRL) không đọc được. Hãy báo người quản trị tải lại.",
        en: "The list of revoked certificates (CRL) cannot be read. Ask the operator to fetch it again.")
    case .notAnOCSPResponse:
      ClerkSentence(
        vi: "Trả lời về tình trạng chứng thư (OCSP) không đọc được. Hãy báo người quản trị hệ thống.",
        en: "The answer on the certificate's status (OCSP) cannot be read. Tell the system's operator.")
    case .trustFolderUnreadable:
      ClerkSentence(
        vi: "Không đọc được thư mục chứng thư tin cậy. Hãy báo người quản trị kiểm tra cấu hình.",
        en: "The folder of trusted certificates cannot be read. Ask the operator to check the configuration.")
    case .noTrustAnchor:
      ClerkSentence(
        vi: "Chưa cấu hình chứng thư gốc tin cậy nên không thể kiểm tra chữ ký. Hãy báo người quản trị hệ thống.",
        en: "No trusted root certificate is configured, so signatures cannot be checked. Tell the system's operator.")
    case .fileUnreadable:
      ClerkSentence(
        vi: "Không đọc được tệp. Hãy kiểm tra tệp còn đó và được phép đọc.",
        en: "The file cannot be read. Check that it exists and may be read.")
    case .folderNotWritable:
      ClerkSentence(
        vi: "Không ghi được vào thư mục. Hãy kiểm tra đường dẫn, quyền ghi và chỗ trống.",
        en: "The folder cannot be written to. Check the path, the permission and the free space.")
    case .cryptographyFailed:
      ClerkSentence(
        vi: "Thư viện mật mã báo lỗi. Hãy thử lại; nếu vẫn lỗi hãy báo người quản trị hệ thống.",
        en: "The cryptographic library reported a failure. Try again; if it stays, tell the system's operator.")
    }
  }
}
