public import Foundation

/// The axis keeps documents and statuses in two lists.
public enum MessageType: String, Sendable, Hashable, Codable, CaseIterable { case edoc, status }

/// What the axis shall be told about a message in the mailbox.
public enum Acknowledgement: String, Sendable, Hashable, Codable, CaseIterable {
  /// It is kept; the axis need not offer it again.
  case done
  /// It cannot be kept.
  case fail
  /// Nothing: it is not ours and stays in the mailbox for others.
  case leave
  /// Nothing yet: what the message is will be known when it is settled. Settled, it becomes `done`; set aside without
  /// another word, what was said for messages that are not ours.
  case pending
  /// It is not ours: it goes to the others' folder first, then the axis need not offer it again.
  case handOver
}

/// A message that the axis offered, fetched and kept as a blob.
public struct NewArrival: Sendable, Hashable {
  public var transportDocId: String
  public var messageType: MessageType
  /// The sender as the transport states it.
  public var transportFrom: String?
  public var transportTo: [String]
  public var message: BlobHash
  public var acknowledgement: Acknowledgement
  /// What becomes of it when it turns out not to be ours: `leave` or `handOver`.
  public var ifNotOurs: Acknowledgement

  public init(
    transportDocId: String, messageType: MessageType, transportFrom: String?, transportTo: [String] = [],
    message: BlobHash, acknowledgement: Acknowledgement = .done, ifNotOurs: Acknowledgement = .leave
  ) {
    self.transportDocId = transportDocId
    self.messageType = messageType
    self.transportFrom = transportFrom
    self.transportTo = transportTo
    self.message = message
    self.acknowledgement = acknowledgement
    self.ifNotOurs = ifNotOurs
  }
}

/// How far a message of the inbox got.
public enum ArrivalState: String, Sendable, Hashable, Codable, CaseIterable {
  /// Kept, not yet read.
  case received
  /// It became a letter, or counted as a status.
  case settled
  /// Unreadable, or not ours: kept, without effect.
  case setAside
}

/// A message of the inbox.
public struct ArrivalRecord: Sendable, Hashable, Codable, Identifiable {
  public let id: ArrivalID
  public let transportDocId: String
  public let messageType: MessageType
  public let transportFrom: String?
  public let transportTo: [String]
  public let message: BlobHash
  public let state: ArrivalState
  public let acknowledgement: Acknowledgement
  /// When the axis took the acknowledgement; nil: not yet, or none is to be given.
  public let acknowledgedAt: Date?
  /// When the acknowledgement is due; nil: none is.
  public let nextAcknowledgementAt: Date?
  /// What becomes of it when it turns out not to be ours.
  public let ifNotOurs: Acknowledgement
  /// When it stood, durable, in the others' folder.
  public let handedOverAt: Date?
  /// How often the axis offered it.
  public let offers: Int
  /// How often reading it was postponed.
  public let attempts: Int
  public let nextActionAt: Date?
  public let lastCause: String?
  public let letter: LetterID?
  public let receivedAt: Date
  public let settledAt: Date?
}

/// What recording an arrival found.
public enum ArrivalReceipt: Sendable, Hashable {
  case new(ArrivalRecord)
  /// The axis offers it again; nothing was stored twice. If it was acknowledged before, it is due to be once more.
  case known(ArrivalRecord)

  public var arrival: ArrivalRecord {
    switch self {
    case .new(let arrival), .known(let arrival): arrival
    }
  }
}
