public import SigningCore
public import VietnameseText

/// The answer to “is this letter's signature worth anything?”: facts for each signature, and one decision.
public struct LetterReport: Sendable, Hashable, Codable {
  /// What to do with the letter.
  public enum Decision: String, Sendable, Hashable, Codable, CaseIterable {
    /// All points of the policy hold.
    case accept
    /// It may be accepted with the notes in ``LetterReport/codes``.
    case warn
    /// It must not be accepted.
    case reject
    /// It could not be read, so nothing is known.
    case unreadable
  }

  /// The state of the whole file, trust apart.
  public enum Integrity: String, Sendable, Hashable, Codable, CaseIterable {
    /// Every signature holds over what is shown.
    case intact
    /// Something was changed after signing.
    case modified
    /// A signature's own value or form does not hold, or is of an algorithm with which it cannot be checked.
    case broken
    case unsigned
    case unreadable
  }

  /// Main indication of ETSI EN 319 102-1, 5.1.3.
  public enum Indication: String, Sendable, Hashable, Codable, CaseIterable {
    case totalPassed = "TOTAL-PASSED"
    case indeterminate = "INDETERMINATE"
    case totalFailed = "TOTAL-FAILED"
  }

  /// Sub-indication of ETSI EN 319 102-1, 5.1.3.
  public enum Subindication: String, Sendable, Hashable, Codable, CaseIterable {
    case formatFailure = "FORMAT_FAILURE"
    case hashFailure = "HASH_FAILURE"
    case signatureCryptographicFailure = "SIG_CRYPTO_FAILURE"
    case revoked = "REVOKED"
    case expired = "EXPIRED"
    case notYetValid = "NOT_YET_VALID"
    case signatureConstraintsFailure = "SIG_CONSTRAINTS_FAILURE"
    case chainConstraintsFailure = "CHAIN_CONSTRAINTS_FAILURE"
    case cryptographicConstraintsFailure = "CRYPTO_CONSTRAINTS_FAILURE"
    case noSigningCertificateFound = "NO_SIGNING_CERTIFICATE_FOUND"
    case noCertificateChainFound = "NO_CERTIFICATE_CHAIN_FOUND"
    case revokedNoProof = "REVOKED_NO_POE"
    case revokedAuthorityNoProof = "REVOKED_CA_NO_POE"
    case outOfBoundsNoProof = "OUT_OF_BOUNDS_NO_POE"
    case timeStampOrderFailure = "TIMESTAMP_ORDER_FAILURE"
    case tryLater = "TRY_LATER"
  }

  /// Set by who read the letter from a file; not by the verifier.
  public var file: String?
  public let decision: Decision
  /// All codes that hold, the weightiest first.
  public let codes: [LetterCode]
  public let indication: Indication?
  public let subindication: Subindication?
  public let integrity: Integrity
  /// In the order in which they were made.
  public let signatures: [SignatureFacts]
  public let text: ClerkSentence
  /// For the operator: what was found where; no content of the letter.
  public let detail: [String]
  /// Whose status could be asked for; see ``LetterVerifier/fetched``. Not written to JSON.
  public internal(set) var revocationNeeds: [RevocationNeed] = []

  private enum CodingKeys: String, CodingKey {
    case file, decision, codes, indication, subindication, integrity, signatures, text, detail
  }

  /// Writes every key but an unset `file`, those without a value as null.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encodeIfPresent(file, forKey: .file)
    try container.encode(decision, forKey: .decision)
    try container.encode(codes, forKey: .codes)
    try container.encode(indication, forKey: .indication)
    try container.encode(subindication, forKey: .subindication)
    try container.encode(integrity, forKey: .integrity)
    try container.encode(signatures, forKey: .signatures)
    try container.encode(text, forKey: .text)
    try container.encode(detail, forKey: .detail)
  }
}
