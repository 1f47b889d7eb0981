public import VietnameseText

/// Why the embedded axis cannot start or go on.
public struct AxisServerError: Error, Sendable, Hashable, CustomStringConvertible {
  public enum Code: String, Sendable, Hashable, CaseIterable {
    /// A `--system` argument is not `ID=SECRET:CODE,CODE…` or `ID=@FILE:CODE,CODE…`, or repeats an id or code.
    case badSystem = "bad-system"
    case badListenAddress = "bad-listen-address"
    case secretFileUnreadable = "secret-file-unreadable"
    case portInUse = "port-in-use"
    case cannotListen = "cannot-listen"
    case dataNotWritable = "data-not-writable"
    /// Another axis works on the same folder.
    case dataInUse = "data-in-use"
    /// The database cannot be opened, or was written by a newer version.
    case dataUnreadable = "data-unreadable"
    case badFaults = "bad-faults"
  }

  public let code: Code
  /// For the operator; no secrets.
  public let detail: String

  public init(_ code: Code, _ detail: String) {
    self.code = code
    self.detail = detail
  }

  public var description: String { "\(code.rawValue): \(detail)" }

  /// What is wrong and what to do.
  public var clerk: ClerkSentence {
    switch code {
    case .badSystem:
      ClerkSentence(
        vi: "Tham số --system không đúng. Viết MÃ_HỆ_THỐNG=KHÓA:MÃ_ĐƠN_VỊ,… và không lặp lại mã.",
        en: "A --system argument is wrong. Write ID=SECRET:CODE,CODE… and repeat no id or code.")
    case .badListenAddress:
      ClerkSentence(
        vi: "Địa chỉ lắng nghe không đúng. Viết ĐỊA_CHỈ:CỔNG, ví dụ 127.0.0.1:8080.",
        en: "The listen address is wrong. Write HOST:PORT, for example 127.0.0.1:8080.")
    case .secretFileUnreadable:
      ClerkSentence(
        vi: "Không đọc được tệp khóa bí mật. Kiểm tra đường dẫn và quyền đọc.",
        en: "The secret's file cannot be read. Check its path and permissions.")
    case .portInUse:
      ClerkSentence(
        vi: "Cổng đã được chương trình khác dùng. Chọn cổng khác hoặc dừng chương trình kia.",
        en: "Another program uses the port. Choose another one or stop that program.")
    case .cannotListen:
      ClerkSentence(
        vi: "Không mở được địa chỉ lắng nghe. Kiểm tra địa chỉ và cổng.",
        en: "The listen address cannot be opened. Check the address and the port.")
    case .dataNotWritable:
      ClerkSentence(
        vi: "Không ghi được vào thư mục dữ liệu. Kiểm tra đường dẫn, quyền và chỗ trống của ổ đĩa.",
        en: "The data folder cannot be written. Check its path, its permissions and the disk's free space.")
    case .dataInUse:
      ClerkSentence(
        vi: "Thư mục dữ liệu đang được một trục khác dùng. Dừng tiến trình kia hoặc chọn thư mục khác.",
        en: "Another axis uses the data folder. Stop it or choose another folder.")
    case .dataUnreadable:
      ClerkSentence(
        vi: "Không mở được cơ sở dữ liệu của trục (hỏng hoặc của phiên bản mới hơn).",
        en: "The axis' database cannot be opened (damaged, or of a newer version).")
    case .badFaults:
      ClerkSentence(
        vi: "Tệp kịch bản lỗi không đúng. Sửa tệp JSON theo tài liệu.",
        en: "The faults file is wrong. Correct the JSON as the documentation says.")
    }
  }
}
