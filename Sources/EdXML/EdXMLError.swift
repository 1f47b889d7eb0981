public import VietnameseText
import XMLTree

/// Why a message could not be read or written at all.
public struct EdXMLError: Error, Sendable, Hashable {
  public enum Code: String, Sendable, Hashable, Codable, CaseIterable {
    case notXML
    case doctypeForbidden
    case unknownEncoding
    case invalidCharacters
    /// The root element is another one.
    case notEdXML
    case noHeader
    case noSender
    case tooLarge
    case tooDeep
    /// Too many elements, attributes or namespaces, or a start tag without end.
    case tooComplex
    case tooManyAttachments
    case tooSlow
    case empty
    case unreadable
    case unwritable
    /// What was to be written breaks the rules; ``EdXMLError/violations`` says which.
    case notValid
  }

  public var code: Code
  public var place: Place?
  /// Only for ``Code/notValid``.
  public var violations: [RuleViolation]
  /// For the operator.
  public var detail: String

  public init(code: Code, place: Place? = nil, violations: [RuleViolation] = [], detail: String) {
    self.code = code
    self.place = place
    self.violations = violations
    self.detail = detail
  }

  /// What is wrong, where, and what to do.
  public var clerk: ClerkSentence {
    let (vi, en) = words
    guard let place, place.line > 0 else { return ClerkSentence(vi: vi, en: en) }
    return ClerkSentence(vi: "\(vi) (dòng \(place.line))", en: "\(en) (line \(place.line))")
  }

  private var words: (vi: String, en: String) {
    switch code {
    case .notXML:
      (
        "Tệp không phải là XML đúng cú pháp; đề nghị bên gửi xuất lại và gửi lại văn bản",
        "The file is not well-formed XML; ask the sender to export and send the document again"
      )
    case .doctypeForbidden:
      (
        "Tệp có khai báo DOCTYPE, không được phép trên trục liên thông; đề nghị bên gửi bỏ khai báo này",
        "The file holds a DOCTYPE, which is not allowed on the axis; ask the sender to leave it out"
      )
    case .unknownEncoding:
      (
        "Tệp khai báo bảng mã không được hỗ trợ; đề nghị bên gửi dùng UTF-8",
        "The file declares an encoding that is not supported; ask the sender to use UTF-8"
      )
    case .invalidCharacters:
      (
        "Tệp có ký tự không hợp lệ với bảng mã; đề nghị bên gửi dùng UTF-8",
        "The file holds bytes that are no characters of its encoding; ask the sender to use UTF-8"
      )
    case .notEdXML:
      (
        "Tệp không phải là thông điệp edXML theo QCVN 102:2016/BTTTT",
        "The file is not an edXML message of QCVN 102:2016/BTTTT"
      )
    case .noHeader: ("Thông điệp không có phần đầu MessageHeader", "The message has no MessageHeader")
    case .noSender:
      ("Thông điệp không có mã định danh của bên gửi (From)", "The message does not name its sender's code (From)")
    case .tooLarge:
      (
        "Thông điệp vượt quá dung lượng cho phép; đề nghị bên gửi chia nhỏ tệp đính kèm",
        "The message is larger than allowed; ask the sender to split the attachments"
      )
    case .tooDeep, .tooComplex:
      ("Cấu trúc XML phức tạp bất thường nên bị từ chối", "The XML is unusually complex and was refused")
    case .tooManyAttachments: ("Thông điệp có quá nhiều tệp đính kèm", "The message has too many attachments")
    case .tooSlow: ("Đọc thông điệp quá thời gian cho phép", "Reading the message took longer than allowed")
    case .empty: ("Tệp rỗng", "The file is empty")
    case .unreadable:
      ("Không đọc được tệp; kiểm tra đường dẫn và quyền", "The file cannot be read; check its path and rights")
    case .unwritable:
      ("Không ghi được tệp; kiểm tra dung lượng đĩa và quyền", "The file cannot be written; check the disk and rights")
    case .notValid:
      (
        "Văn bản chưa đủ điều kiện gửi: \(violations.first?.remedy.vi ?? "xem danh sách lỗi")",
        "The document cannot be sent yet: \(violations.first?.remedy.en ?? "see the list")"
      )
    }
  }

  init(_ error: XMLReadingError) {
    let code: Code =
      switch error.code {
      case .notWellFormed, .stopped, .observerFailed, .badSchema: .notXML
      case .doctypeForbidden: .doctypeForbidden
      case .tooLarge: .tooLarge
      case .tooDeep: .tooDeep
      case .tooManyNodes, .tooManyAttributes, .tooManyNamespaces, .startTagTooLong: .tooComplex
      case .tooSlow: .tooSlow
      case .unknownEncoding: .unknownEncoding
      case .invalidCharacters: .invalidCharacters
      case .empty: .empty
      case .unreadable: .unreadable
      case .unwritableText: .unwritable
      }
    self.init(code: code, place: error.line > 0 ? Place(element: "", line: error.line) : nil, detail: error.detail)
  }
}

/// Where in a message something is.
public struct Place: Sendable, Hashable, Codable {
  /// Local names from the root, parted by `/`; empty when it is about the file as a whole.
  public var element: String
  /// From 1; 0 when unknown.
  public var line: Int

  public init(element: String, line: Int) {
    self.element = element
    self.line = line
  }
}
