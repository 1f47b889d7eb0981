public import Foundation
public import VietnameseText

/// Something that happened, to be appended to the log.
public struct NewEvent: Sendable, Hashable {
  /// A stable word for machines, e.g. `letter.sent`.
  public var kind: String
  /// Who did it: `connector`, `axis`, `officer:<name>`, `clerk:<name>`, `system`.
  public var actor: String
  /// What pages and the terminal show.
  public var sentence: ClerkSentence
  /// The edXML status code, if the event is about one.
  public var statusCode: String?
  /// Values that machines may want; no secrets.
  public var parameters: [String: String]
  /// For the operator.
  public var detail: String?

  public init(
    kind: String, actor: String, sentence: ClerkSentence, statusCode: String? = nil,
    parameters: [String: String] = [:], detail: String? = nil
  ) {
    self.kind = kind
    self.actor = actor
    self.sentence = sentence
    self.statusCode = statusCode
    self.parameters = parameters
    self.detail = detail
  }
}

/// A row of the append-only log.
public struct EventRecord: Sendable, Hashable, Codable {
  /// Rises by one from row to row, without gaps.
  public let seq: Int64
  public let at: Date
  public let letter: LetterID?
  public let actor: String
  public let kind: String
  /// The letter's state after the event.
  public let state: String?
  public let statusCode: String?
  public let sentence: ClerkSentence
  public let parameters: [String: String]
  public let detail: String?
  /// SHA-256 over the row and the hash before it, hexadecimal.
  public let hash: String
}

/// The end of the chain: who keeps it elsewhere can prove later that nothing before it was changed or removed.
public struct ChainHead: Sendable, Hashable, Codable, CustomStringConvertible {
  /// The number of the last event; 0 if there is none.
  public let seq: Int64
  /// Its hash, hexadecimal.
  public let hash: String

  public init(seq: Int64, hash: String) {
    self.seq = seq
    self.hash = hash
  }

  /// `NUMBER:HASH`, as ``description`` writes it; nil for anything else.
  public init?(_ text: String) {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 2, let seq = Int64(parts[0]), seq >= 0, BlobHash(rawValue: String(parts[1])) != nil else {
      return nil
    }
    self.init(seq: seq, hash: String(parts[1]))
  }

  public var description: String { "\(seq):\(hash)" }
}
