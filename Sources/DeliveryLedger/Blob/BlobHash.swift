/// The SHA-256 of a blob's bytes: its name in the ledger, 64 lower-case hexadecimal digits.
public struct BlobHash: RawRepresentable, Sendable, Hashable, Codable, CustomStringConvertible {
  public let rawValue: String

  /// Nil unless the text is 64 lower-case hexadecimal digits, so that a hash is always safe as a file name.
  public init?(rawValue: String) {
    guard rawValue.utf8.count == 64,
      rawValue.utf8.allSatisfy({
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains($0)
      })
    else { return nil }
    self.rawValue = rawValue
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    guard let hash = BlobHash(rawValue: try container.decode(String.self)) else {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: "not a SHA-256 in hexadecimal")
    }
    self = hash
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(rawValue)
  }

  public var description: String { rawValue }
}

/// What a blob is to a letter.
public enum BlobRole: String, Sendable, Hashable, Codable, CaseIterable, CodingKeyRepresentable {
  /// The dossier's spreadsheet as the clerk gave it.
  case spreadsheet
  /// The dossier as JSON.
  case dossier
  /// The request letter before signing.
  case renderedLetter
  /// The letter with the leader's signature.
  case personSigned
  /// The letter with the organisation's signature as well: what is sent.
  case organisationSigned
  /// The edXML message, as sent or as received.
  case message
  /// The letter that was taken out of a received message.
  case letter
  case attachment
  /// The report of the signatures.
  case report
  /// What a person decided about a held letter.
  case decision
  case other
}
