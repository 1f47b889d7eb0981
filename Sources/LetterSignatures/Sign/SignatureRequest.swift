public import Foundation
public import SigningCore

/// What is to be put into a letter for one signature. Time and randomness are the caller's.
public struct SignatureRequest: Sendable, Hashable, Codable {
  /// Name of the signature field: an empty one of that name is filled, else one is made. Nil: the first free name.
  public var field: String?
  /// `/Name`, `/Reason`, `/Location`, `/ContactInfo` of the signature dictionary.
  public var signerName: String?
  public var reason: String?
  public var location: String?
  public var contactInfo: String?
  /// The signer's own clock, to `/M`; it proves nothing.
  public var claimedTime: Date
  /// 16 random bytes, the changing half of the file's `/ID`.
  public var identifier: Data
  /// What is shown; nil for an invisible signature.
  public var appearance: SignatureAppearance?
  /// Bytes kept for the CMS with its time stamp.
  public var capacity: Int
  /// Digest of the signed bytes; that of the key's scheme.
  public var digest: DigestAlgorithm

  public init(
    field: String? = nil, signerName: String? = nil, reason: String? = nil, location: String? = nil,
    contactInfo: String? = nil, claimedTime: Date, identifier: [UInt8], appearance: SignatureAppearance? = nil,
    capacity: Int = 24_576, digest: DigestAlgorithm = .sha256
  ) {
    self.claimedTime = claimedTime
    self.identifier = Data(identifier)
    self.field = field
    self.signerName = signerName
    self.reason = reason
    self.location = location
    self.contactInfo = contactInfo
    self.appearance = appearance
    self.capacity = capacity
    self.digest = digest
  }
}
