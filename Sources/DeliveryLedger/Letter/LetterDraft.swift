public import Foundation

/// A letter that shall go out, before its first step.
public struct LetterDraft: Sendable, Hashable {
  public var id: LetterID
  public var state: String
  public var kind: LetterKind
  /// OrganId of the sender (we).
  public var sender: String
  /// OrganIds of the receivers.
  public var receivers: [String]
  /// The state of each receiver's row at the start.
  public var recipientState = "none"
  public var senderName: String?
  public var documentId: String?
  public var number: String?
  public var notation: String?
  /// `yyyy-MM-dd`.
  public var promulgationDate: String?
  public var subject: String?
  public var dossierType: String?
  public var dossierCode: String?
  public var contentHash: String?
  public var blobs: [BlobRole: BlobHash]
  public var links: [LetterLink] = []
  public var nextActionAt: Date?
  public var nextActor: NextActor
  public var dueAt: Date?

  public init(
    id: LetterID, state: String, kind: LetterKind = .new, sender: String, receivers: [String],
    documentId: String? = nil, blobs: [BlobRole: BlobHash] = [:], nextActionAt: Date? = nil,
    nextActor: NextActor = .connector
  ) {
    self.id = id
    self.state = state
    self.kind = kind
    self.sender = sender
    self.receivers = receivers
    self.documentId = documentId
    self.blobs = blobs
    self.nextActionAt = nextActionAt
    self.nextActor = nextActor
  }
}

/// A letter that came in.
public struct IncomingLetter: Sendable, Hashable {
  public var id: LetterID
  public var kind: LetterKind
  /// OrganId of the message's From.
  public var sender: String
  /// OrganIds of the message's To.
  public var receivers: [String]
  /// The edXML DocumentId, compared exactly; empty if the message has none.
  public var documentId: String
  /// The hash of what makes the content, not of the message file: the axis adds its own trace to that.
  public var contentHash: String
  public var senderName: String?
  public var number: String?
  public var notation: String?
  /// `yyyy-MM-dd`.
  public var promulgationDate: String?
  public var subject: String?
  public var dossierType: String?
  public var blobs: [BlobRole: BlobHash] = [:]
  /// A finished letter, as a rule one that was refused, in whose place this one comes under the same DocumentId: it
  /// gives up its identity, so that this one is an original and no presumed update.
  public var supersedes: LetterID?
  /// Whether the axis has it from the sender that it names. Otherwise whoever sent it could take a letter's identity
  /// before its sender does: it is kept as ``LetterStanding/unconfirmed``.
  public var isConfirmed = true

  public init(
    id: LetterID, kind: LetterKind, sender: String, receivers: [String], documentId: String, contentHash: String
  ) {
    self.id = id
    self.kind = kind
    self.sender = sender
    self.receivers = receivers
    self.documentId = documentId
    self.contentHash = contentHash
  }
}
