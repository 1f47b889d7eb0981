public import VietnameseText

/// One way in which a message that is to be sent breaks a rule.
public struct RuleViolation: Sendable, Hashable, Codable {
  public enum Rule: String, Sendable, Hashable, Codable, CaseIterable {
    case required
    case tooLong
    case notAllowed
    case badForm
    case notInFuture
    case duplicate
    case attachment
  }

  /// Local names from `MessageHeader` down, parted by `/`.
  public var element: String
  public var rule: Rule
  public var severity: Severity
  /// The regulation that the rule comes from.
  public var clause: String
  /// What to do.
  public var remedy: ClerkSentence
}
