public import Foundation

/// What goes to the axis.
public enum TransmissionKind: String, Sendable, Hashable, Codable, CaseIterable { case edoc, status }

/// How far a transmission got.
///
/// `queued` → `sending` → `sent`, `refused`, `unknown` or `queued` again; `unknown` → any but `sending`;
/// `queued` → `sent` or `cancelled`, where its letter shows that it need not be sent (again); `refused` → `queued`, by a
/// person's word.
public enum TransmissionState: String, Sendable, Hashable, Codable, CaseIterable {
  case queued
  /// An attempt has begun: bytes may have left.
  case sending
  /// The axis has it.
  case sent
  /// The axis refused it for good.
  case refused
  /// The axis may or may not have it: it is neither failed nor sent again before the axis was asked.
  case unknown
  case cancelled
}

/// A message to be queued.
public struct NewTransmission: Sendable, Hashable {
  public var kind: TransmissionKind
  public var statusCode: String?
  /// The status' description (the reason, the dossier code…).
  public var description: String?
  /// The very bytes to send; nil: they are made, and fixed, at the first attempt.
  public var message: BlobHash?
  public var from: String
  public var to: [String]
  /// Not before this time; nil: at once.
  public var notBefore: Date?

  /// A document.
  public init(edoc message: BlobHash, from: String, to: [String], notBefore: Date? = nil) {
    kind = .edoc
    self.message = message
    self.from = from
    self.to = to
    self.notBefore = notBefore
  }

  /// A status message.
  public init(
    status code: String, description: String?, from: String, to: [String], message: BlobHash? = nil,
    notBefore: Date? = nil
  ) {
    kind = .status
    statusCode = code
    self.description = description
    self.message = message
    self.from = from
    self.to = to
    self.notBefore = notBefore
  }
}

/// A message of the outbox.
public struct TransmissionRecord: Sendable, Hashable, Codable, Identifiable {
  public let id: TransmissionID
  public let letter: LetterID
  public let kind: TransmissionKind
  public let statusCode: String?
  public let description: String?
  public let message: BlobHash?
  public let from: String
  public let to: [String]
  public let state: TransmissionState
  /// How many attempts have begun.
  public let attempts: Int
  /// When it is due, or, if unknown, when the axis is asked next.
  public let nextAttemptAt: Date?
  public let transportDocId: String?
  public let lastCause: String?
  /// While its outcome is unknown: how often the axis was asked in vain whether it has it. While it is queued: how often
  /// in a row it could not even be begun.
  public let checks: Int
  public let queuedAt: Date
  public let updatedAt: Date
}

/// One attempt to send.
public struct AttemptRecord: Sendable, Hashable, Codable {
  public let transmission: TransmissionID
  public let number: Int
  public let startedAt: Date
  /// Nil: still going on, or the process died and nobody has recovered it yet.
  public let endedAt: Date?
  /// `accepted`, `refused`, `tryAgain`, `unknown`.
  public let outcome: String?
  public let cause: String?
  public let detail: String?
}

/// What came of an attempt.
public enum AttemptOutcome: Sendable, Hashable {
  case accepted(transportDocId: String?)
  /// For good.
  case refused
  /// Nothing was taken; the same bytes go again at `at`.
  case tryAgain(at: Date)
  /// It may have been taken; the axis is asked at `checkAt`.
  case unknown(checkAt: Date)
}

/// What was found out about a transmission whose outcome was unknown.
public enum Settlement: Sendable, Hashable {
  /// The axis has it.
  case accepted(transportDocId: String?)
  case refused
  /// The axis does not have it.
  case sendAgain(at: Date)
  case stillUnknown(checkAt: Date)
  /// Given up by a person.
  case cancelled
}
