/// What a document message does (`BussinessDocType`, QCVN 102:2016 item 2.2.1).
public enum BusinessKind: Sendable, Hashable {
  /// 0, "mới"; also when nothing is said.
  case new
  /// 1, "thu hồi"
  case recall
  /// 2, "cập nhật"
  case update
  /// 3, "thay thế"
  case replace
  case other(String)

  public static let known: [BusinessKind] = [.new, .recall, .update, .replace]

  public init(code: String) { self = Self.known.first { $0.code == code } ?? .other(code) }

  public init(name: String) { self = Self.known.first { $0.name == name } ?? .other(name) }

  /// As it stands in the XML.
  public var code: String {
    switch self {
    case .new: "0"
    case .recall: "1"
    case .update: "2"
    case .replace: "3"
    case .other(let code): code
    }
  }

  /// `new`, `recall`, `update`, `replace`; an unknown code as it came.
  public var name: String {
    switch self {
    case .new: "new"
    case .recall: "recall"
    case .update: "update"
    case .replace: "replace"
    case .other(let code): code
    }
  }

  public var isKnown: Bool { if case .other = self { false } else { true } }

  /// The text that goes into `BussinessDocReason` when the sender gives none.
  public var usualReason: String {
    switch self {
    case .new: "Văn bản điện tử mới"
    case .recall: "Thu hồi văn bản điện tử"
    case .update: "Cập nhật văn bản điện tử"
    case .replace: "Văn bản thay thế"
    case .other: ""
    }
  }
}

extension BusinessKind: Codable, CustomStringConvertible {
  public init(from decoder: any Decoder) throws {
    self.init(name: try decoder.singleValueContainer().decode(String.self))
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(name)
  }

  public var description: String { name }
}
