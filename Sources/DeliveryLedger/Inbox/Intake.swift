public import Foundation

/// The dossier of an accepted letter; the ledger allots its code.
public struct NewDossier: Sendable, Hashable {
  /// `01`…`06`.
  public var type: String
  public var json: Data
  public var rowCount: Int
  public var codePattern: DossierCodePattern

  public init(type: String, json: Data, rowCount: Int, codePattern: DossierCodePattern = .portal) {
    self.type = type
    self.json = json
    self.rowCount = rowCount
    self.codePattern = codePattern
  }
}

/// What the intake transaction found about a letter, before its effects are decided.
public struct IntakeFinding: Sendable, Hashable {
  public let standing: LetterStanding
  /// The letter that this one copies or presumably updates.
  public let existing: LetterRecord?
  /// The statuses that the existing letter was answered with, for the identical answer to a copy.
  public let existingStatuses: [TransmissionRecord]
  /// Allotted if a dossier was given and the letter is an original.
  public let dossierCode: String?
  /// Earlier letters with the same sender, number, notation and date but other content, e.g. before a correction.
  public let sameNumber: [LetterID]
}

/// What follows from the finding.
public struct IntakeEffects: Sendable, Hashable {
  public var state: String
  public private(set) var events: [NewEvent]
  public var decision: String?
  public var codes: [String] = []
  public var nextActor = NextActor.nobody
  public var nextActionAt: Date?
  public var dueAt: Date?
  public var isFinished = false
  public var officerState: String?
  public var transmissions: [NewTransmission] = []
  public var links: [LetterLink] = []
  /// Steps of other letters, e.g. of the one that is recalled.
  public var also: [LetterTransition] = []

  public init(state: String, event: NewEvent, moreEvents: [NewEvent] = []) {
    self.state = state
    events = [event] + moreEvents
  }

  /// Appends one more event to the letter's log.
  public mutating func add(_ event: NewEvent) { events.append(event) }
}

/// What the intake wrote.
public struct SettledLetter: Sendable, Hashable {
  public let letter: LetterRecord
  public let finding: IntakeFinding
  public let transmissions: [TransmissionRecord]
}
