public import VietnameseText

/// What the axis did with a call. Never an error: every answer, and no answer, is one of these four.
public enum AxisOutcome<Value: Sendable>: Sendable {
  case accepted(Value)
  /// Refused for good: the same bytes would be refused again.
  case refused(AxisRefusal)
  /// Surely not done, or harmless to do again: repeat it later.
  case tryAgain(AxisTrouble)
  /// It may have been done: do not repeat it, ask the axis what it has.
  case unknown(AxisTrouble)

  /// The same outcome about another value.
  public func map<Other>(_ transform: (Value) -> Other) -> AxisOutcome<Other> {
    switch self {
    case .accepted(let value): .accepted(transform(value))
    case .refused(let refusal): .refused(refusal)
    case .tryAgain(let trouble): .tryAgain(trouble)
    case .unknown(let trouble): .unknown(trouble)
    }
  }

  /// The value, if the axis accepted.
  public var value: Value? {
    if case .accepted(let value) = self { value } else { nil }
  }
}

/// A refusal for good, and what it is about.
public struct AxisRefusal: Sendable, Hashable, Codable {
  public enum Subject: String, Sendable, Hashable, Codable, CaseIterable {
    /// This message cannot be taken; others can.
    case message
    /// The receiver is unknown or locked; others are not.
    case receiver
    /// Our account is not accepted: every message would be refused until the operator acts.
    case account
  }

  public let subject: Subject
  /// The axis' error code as text, or `http-413` and the like.
  public let code: String
  /// The axis' own words: one line, cut to 300 characters.
  public let description: String
  /// For the clerk.
  public let clerk: ClerkSentence

  /// The code for an operation that this kind of axis does not have.
  public static let notOffered = "not-offered"

  public init(subject: Subject, code: String, description: String, clerk: ClerkSentence) {
    self.subject = subject
    self.code = code
    self.description = description
    self.clerk = clerk
  }
}

/// Why a call did not end in a clear answer.
public struct AxisTrouble: Sendable, Hashable, Codable {
  public enum Kind: String, Sendable, Hashable, Codable, CaseIterable {
    /// The axis could not be reached; nothing was sent.
    case notReached
    /// The axis could be reached, but its certificate or ours is not accepted.
    case notTrusted
    /// The exchange broke off, or a server on the way did.
    case interrupted
    /// The axis asks for patience.
    case busy
    /// The axis reports a fault of its own.
    case axisFault
    /// The answer does not follow the protocol.
    case unreadableAnswer
    /// An HTTP status that the protocol does not know.
    case unexpectedStatus
    /// An error code that nobody has documented.
    case unrecognisedCode
    /// This machine: a file, the disk, the configuration.
    case local
  }

  public let kind: Kind
  /// For logs and tables: `transport-timed-out`, `http-503`, `error-20`, `body-empty`.
  public let code: String
  /// What the axis asked for by `Retry-After`.
  public let retryAfter: Duration?
  /// For the operator; no secret, no content.
  public let detail: String
  /// For the clerk.
  public let clerk: ClerkSentence

  public init(kind: Kind, code: String, retryAfter: Duration?, detail: String, clerk: ClerkSentence) {
    self.kind = kind
    self.code = code
    self.retryAfter = retryAfter
    self.detail = detail
    self.clerk = clerk
  }
}
