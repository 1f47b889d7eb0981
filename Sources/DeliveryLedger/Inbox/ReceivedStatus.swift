public import Foundation

/// A status message as read from an arrival.
public struct IncomingStatus: Sendable, Hashable {
  /// OrganId of the agency that states it.
  public var from: String
  /// Two digits.
  public var code: String
  public var description: String?
  /// The message's own time stamp, as written there.
  public var statedAt: String?
  /// The letter that it is about; nil if none of ours matches.
  public var letter: LetterID?
  /// The DocumentId that it names.
  public var documentId: String?

  public init(
    from: String, code: String, description: String?, statedAt: String?, letter: LetterID?, documentId: String?
  ) {
    self.from = from
    self.code = code
    self.description = description
    self.statedAt = statedAt
    self.letter = letter
    self.documentId = documentId
  }
}

/// A status that was received; all are kept, also late, repeated and unmatched ones.
public struct ReceivedStatus: Sendable, Hashable, Codable {
  public let arrival: ArrivalID
  public let letter: LetterID?
  public let documentId: String?
  public let from: String
  public let code: String
  public let description: String?
  public let statedAt: String?
  public let receivedAt: Date
  /// The same agency stated the same code, with the same time and description, about the same letter before.
  public let isRepeat: Bool
}

/// What is known when a status is settled.
public struct StatusFinding: Sendable, Hashable {
  public let letter: LetterRecord?
  public let recipients: [RecipientRecord]
  /// The statuses received about this letter before, oldest first.
  public let earlier: [ReceivedStatus]
  public let isRepeat: Bool
}
