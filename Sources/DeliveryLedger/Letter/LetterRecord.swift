public import Foundation

/// Whether we send the letter or received it.
public enum LetterDirection: String, Sendable, Hashable, Codable, CaseIterable { case outgoing, incoming }

/// The business kind of a document (QCVN 102, `BussinessDocType` 0–3).
public enum LetterKind: String, Sendable, Hashable, Codable, CaseIterable { case new, recall, update, replace }

/// Who must act next.
public enum NextActor: String, Sendable, Hashable, Codable, CaseIterable {
  case sender, receiver, officer
  /// This program, by itself.
  case connector
  case nobody
}

/// How an incoming letter stands to those received before.
public enum LetterStanding: String, Sendable, Hashable, Codable, CaseIterable {
  case original
  /// The same letter once more.
  case copy
  /// The same DocumentId with other content.
  case presumedUpdate
  /// The axis does not confirm its sender: until a person does, it takes no identity and is no version of a document.
  case unconfirmed
}

/// A letter as the ledger holds it, of either direction.
public struct LetterRecord: Sendable, Hashable, Codable, Identifiable {
  public let id: LetterID
  public let direction: LetterDirection
  /// A state of the Connector's machines.
  public let state: String
  public let kind: LetterKind
  public let standing: LetterStanding
  /// The letter that this one copies, or presumably updates.
  public let copyOf: LetterID?
  /// The corrected letter that came in the place of this one, which had been refused.
  public let supersededBy: LetterID?
  /// OrganId of the sender.
  public let sender: String
  public let senderName: String?
  /// OrganIds of the receivers.
  public let receivers: [String]
  /// The edXML DocumentId, opaque.
  public let documentId: String?
  public let number: String?
  public let notation: String?
  /// `yyyy-MM-dd`.
  public let promulgationDate: String?
  public let subject: String?
  /// `01`…`06`.
  public let dossierType: String?
  public let dossierCode: String?
  public let decision: String?
  public let codes: [String]
  /// The hash of what makes the content: two letters with the same one say the same.
  public let contentHash: String?
  /// The axis' own id of the message.
  public let transportDocId: String?
  /// When the worker takes the letter up again; nil: it does not.
  public let nextActionAt: Date?
  public let attempts: Int
  public let lastCause: String?
  public let nextActor: NextActor
  /// The deadline, if there is one.
  public let dueAt: Date?
  public let isFinished: Bool
  public let createdAt: Date
  public let updatedAt: Date
  public let blobs: [BlobRole: BlobHash]
}

/// One receiver of a letter and how far the letter got there.
public struct RecipientRecord: Sendable, Hashable, Codable {
  public let letter: LetterID
  public let organId: String
  public let state: String
  /// The last status code that counted.
  public let lastCode: String?
  public let updatedAt: Date
}

/// A link from one letter to another: `answers`, `recalls`, `replaces`, `resubmits`…
public struct LetterLink: Sendable, Hashable, Codable {
  public var other: LetterID
  public var relation: String

  public init(to other: LetterID, relation: String) {
    self.other = other
    self.relation = relation
  }
}
