public import VietnameseText

/// Something about a message that was read which a strict reader would not take, or which somebody should know.
public struct MessageFinding: Sendable, Hashable, Codable {
  public var code: FindingCode
  public var severity: Severity
  public var place: Place
  /// What is wrong, in the clerk's words.
  public var text: ClerkSentence

  public init(_ code: FindingCode, at place: Place, about subject: String = "") {
    self.code = code
    severity = code.severity
    self.place = place
    let sentence = code.sentence
    text =
      subject.isEmpty
      ? sentence : ClerkSentence(vi: "\(sentence.vi): \(subject)", en: "\(sentence.en): \(subject)")
  }
}

/// How bad it is. An error makes the usual policy refuse the message.
public enum Severity: String, Sendable, Hashable, Codable, CaseIterable, Comparable {
  case info
  case warning
  case error

  public static func < (left: Severity, right: Severity) -> Bool {
    let order: [Severity] = [.info, .warning, .error]
    return (order.firstIndex(of: left) ?? 0) < (order.firstIndex(of: right) ?? 0)
  }
}

/// Which findings make a message unacceptable.
public struct ReadingPolicy: Sendable, Hashable {
  public var refuses: Set<FindingCode>

  public init(refusing codes: Set<FindingCode>) { refuses = codes }

  /// Everything whose severity is error.
  public static let intake = ReadingPolicy(refusing: Set(FindingCode.allCases.filter { $0.severity == .error }))

  /// Warnings too: for what we make ourselves.
  public static let strict = ReadingPolicy(refusing: Set(FindingCode.allCases.filter { $0.severity != .info }))

  /// Nothing: for looking at messages.
  public static let lenient = ReadingPolicy(refusing: [])
}
