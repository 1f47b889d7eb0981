public import Foundation

/// Which letters to list.
public struct LetterQuery: Sendable, Hashable {
  public var direction: LetterDirection?
  /// Empty: all.
  public var states: Set<String> = []
  /// Words of subject, number, notation, DocumentId, dossier code, sender or receivers, with or without marks; each may
  /// be the beginning of a word.
  public var search: String?
  /// Only unfinished letters whose deadline had passed by then.
  public var overdueAt: Date?
  /// At most 500.
  public var limit = 50
  public var offset = 0
  /// A search looks at the newest so many letters that have its words.
  public static let searchLimit = 2_000

  public init() {}

  public init(
    direction: LetterDirection?, states: Set<String> = [], search: String? = nil, limit: Int = 50, offset: Int = 0
  ) {
    self.direction = direction
    self.states = states
    self.search = search
    self.limit = limit
    self.offset = offset
  }
}

/// A page of a list.
public struct LetterPage: Sendable, Hashable, Codable {
  /// Newest first.
  public let letters: [LetterRecord]
  /// How many there are on all pages; a search counts no further than ``LetterQuery/searchLimit``.
  public let total: Int
}

/// Everything about one letter.
public struct LetterDetail: Sendable, Hashable, Codable {
  public let letter: LetterRecord
  public let recipients: [RecipientRecord]
  /// The timeline, oldest first.
  public let events: [EventRecord]
  public let transmissions: [TransmissionRecord]
  public let attempts: [AttemptRecord]
  public let statuses: [ReceivedStatus]
  public let arrivals: [ArrivalRecord]
  public let dossier: DossierRecord?
  /// Letters that this one names.
  public let links: [LetterLink]
  /// Letters that name this one.
  public let linkedFrom: [LetterLink]
  /// Copies and presumed updates of this letter.
  public let copies: [LetterID]
}

/// How much there is of what.
public struct LedgerCounts: Sendable, Hashable, Codable {
  public struct LetterCount: Sendable, Hashable, Codable {
    public let direction: LetterDirection
    public let state: String
    public let count: Int
  }
  public let letters: [LetterCount]
  /// By state.
  public let transmissions: [TransmissionState: Int]
  /// By state.
  public let arrivals: [ArrivalState: Int]
  public let unacknowledged: Int
  public let dossiers: Int
  public let events: Int64
}

/// Something that waits or is stuck.
public struct OutstandingWork: Sendable, Hashable, Codable {
  public enum Reason: String, Sendable, Hashable, Codable, CaseIterable {
    /// It is not known whether the axis has the message.
    case unknownOutcome
    /// A letter of ours could not be made, or the axis refused it for good: its sender mends the cause and has it made
    /// again, or withdraws it.
    case failed
    /// The axis refused a status for good: an officer mends the cause and has it told again.
    case refused
    /// The letter's deadline has passed.
    case overdue
    /// A presumed update waits for a person.
    case presumedUpdate
    /// The message could not be read, nobody vouches for its sender, or it was not ours.
    case setAside
    /// The axis has not taken the acknowledgement for more than five minutes.
    case unacknowledged
    /// The letter has been in the making for more than five minutes: a signature or a time stamp cannot be had.
    case waitingToBeMade
    /// The message has not left for more than five minutes, whether it is tried or not.
    case waitingToBeSent
    /// The message has not been settled for more than five minutes, whether it is tried or not.
    case waitingToBeRead
    /// The axis lists the message, but it cannot be fetched.
    case notFetched
  }
  public let reason: Reason
  public let letter: LetterID?
  public let transmission: TransmissionID?
  public let arrival: ArrivalID?
  /// The axis' id of a message that came or should come.
  public let transportDocId: String?
  public let since: Date
  public let cause: String?
}
