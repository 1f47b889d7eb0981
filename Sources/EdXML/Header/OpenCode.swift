import VietnameseText

/// A code from a list that others keep: values that we do not know are kept as they came.
public protocol OpenCode: Sendable, Hashable, Codable, CustomStringConvertible {
  init(code: String)
  /// As it stands in the XML.
  var code: String { get }
  /// Whether the value is in the list we know.
  var isKnown: Bool { get }
}

extension OpenCode {
  public init(from decoder: any Decoder) throws {
    self.init(code: try decoder.singleValueContainer().decode(String.self))
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(code)
  }

  public var description: String { code }
}

/// Urgency (`Priority`, 0 to 4; names as integrators on the axis use them).
public enum Priority: OpenCode {
  case normal, urgent, veryUrgent, express, expressAtFixedTime
  case other(String)

  private static let known: [Priority] = [.normal, .urgent, .veryUrgent, .express, .expressAtFixedTime]

  public init(code: String) { self = Self.known.first { $0.code == code } ?? .other(code) }

  public var code: String {
    switch self {
    case .normal: "0"
    case .urgent: "1"
    case .veryUrgent: "2"
    case .express: "3"
    case .expressAtFixedTime: "4"
    case .other(let code): code
    }
  }

  public var isKnown: Bool { if case .other = self { false } else { true } }

  /// As people call it.
  var name: ClerkSentence {
    switch self {
    case .normal: ClerkSentence(vi: "Bình thường", en: "Normal")
    case .urgent: ClerkSentence(vi: "Khẩn", en: "Urgent")
    case .veryUrgent: ClerkSentence(vi: "Thượng khẩn", en: "Very urgent")
    case .express: ClerkSentence(vi: "Hỏa tốc", en: "Express")
    case .expressAtFixedTime: ClerkSentence(vi: "Hỏa tốc hẹn giờ", en: "Express at a fixed time")
    case .other(let code): ClerkSentence(vi: "Độ khẩn khác (\(code))", en: "Other urgency (\(code))")
    }
  }
}

/// `SteeringType`: 0, 1 and 2 are met; what they mean is not published.
public struct SteeringType: OpenCode {
  public let code: String
  public init(code: String) { self.code = code }
  public var isKnown: Bool { ["0", "1", "2"].contains(code) }
}
