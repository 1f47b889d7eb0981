public import Foundation

/// What a transition does to one field.
public enum Change<Value: Sendable & Hashable>: Sendable, Hashable {
  case keep
  case set(Value)
  /// The field becomes empty.
  case clear
}

/// What a transition does to the fields of a letter; `.keep` unless said otherwise.
public struct LetterChanges: Sendable, Hashable {
  public var documentId: Change<String> = .keep
  public var number: Change<String> = .keep
  public var notation: Change<String> = .keep
  /// `yyyy-MM-dd`.
  public var promulgationDate: Change<String> = .keep
  public var subject: Change<String> = .keep
  public var dossierType: Change<String> = .keep
  /// On the sender's side: the code that the CA told. On the CA's side the intake allots it.
  public var dossierCode: Change<String> = .keep
  public var decision: Change<String> = .keep
  public var codes: Change<[String]> = .keep
  public var contentHash: Change<String> = .keep
  public var transportDocId: Change<String> = .keep
  public var nextActionAt: Change<Date> = .keep
  public var attempts: Change<Int> = .keep
  public var lastCause: Change<String> = .keep
  public var nextActor: Change<NextActor> = .keep
  public var dueAt: Change<Date> = .keep
  public var isFinished: Change<Bool> = .keep
  /// Only back to `unconfirmed`, which takes no identity; the ledger itself gives the others.
  public var standing: Change<LetterStanding> = .keep

  public init() {}
}

/// How far the letter got with one receiver.
public struct RecipientChange: Sendable, Hashable {
  public var organId: String
  public var state: String
  /// Nil leaves the last code as it is.
  public var lastCode: String?

  public init(organId: String, state: String, lastCode: String? = nil) {
    self.organId = organId
    self.state = state
    self.lastCode = lastCode
  }
}

/// What a transition does to the letter's dossier; nil leaves a field as it is.
public struct DossierChange: Sendable, Hashable {
  public var officerState: String?
  public var json: Data?
  public var rowCount: Int?

  public init(officerState: String? = nil, json: Data? = nil, rowCount: Int? = nil) {
    self.officerState = officerState
    self.json = json
    self.rowCount = rowCount
  }
}

/// One compare-and-set step of one letter: it happens wholly, with its events and messages, or not at all.
public struct LetterTransition: Sendable, Hashable {
  public var letter: LetterID
  /// The states in which the step is valid; empty: any.
  public var from: Set<String>
  /// The new state; nil: unchanged.
  public var to: String?
  /// What the log says, in order; never empty.
  public private(set) var events: [NewEvent]
  public var changes = LetterChanges()
  /// Added, or put in place of the role's earlier one.
  public var blobs: [BlobRole: BlobHash] = [:]
  /// Queued in this order, after those that are queued already.
  public var transmissions: [NewTransmission] = []
  public var recipients: [RecipientChange] = []
  public var links: [LetterLink] = []
  public var dossier: DossierChange?
  /// What is queued and not yet begun becomes cancelled, before new transmissions are queued.
  public var cancelsQueued = false
  /// The step is only valid while nothing of the letter has left or may have: `.stateConflict` otherwise.
  public var requiresNothingSent = false
  /// The step is only valid while nobody touched the letter since (its `updatedAt`): `.stateConflict` otherwise. For
  /// work that takes a while, so that what a person said meanwhile is not passed over.
  public var untouchedSince: Date?

  public init(
    _ letter: LetterID, from: Set<String>, to: String?, event: NewEvent, moreEvents: [NewEvent] = []
  ) {
    self.letter = letter
    self.from = from
    self.to = to
    events = [event] + moreEvents
  }

  /// Appends one more event to the step.
  public mutating func add(_ event: NewEvent) { events.append(event) }
}
