public import Foundation
internal import SigningCore

/// One thing that was looked at, and what was found.
public struct Fact: Sendable, Hashable, Codable {
  public enum Result: String, Sendable, Hashable, Codable, CaseIterable {
    case passed
    case failed
    case indeterminate
  }

  public let result: Result
  /// A stable word for why it is not `passed`, or a remark on how it passed.
  public let reason: String?

  static let passed = Fact(result: .passed, reason: nil)

  static func passed(_ remark: String) -> Fact { Fact(result: .passed, reason: remark) }

  static func failed(_ reason: String) -> Fact { Fact(result: .failed, reason: reason) }

  static func indeterminate(_ reason: String) -> Fact { Fact(result: .indeterminate, reason: reason) }

  private enum CodingKeys: String, CodingKey { case result, reason }

  /// Writes `reason` always, as null if there is none.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(result, forKey: .result)
    try container.encode(reason, forKey: .reason)
  }

  init(result: Result, reason: String?) {
    self.result = result
    self.reason = reason
  }

  init(_ finding: Finding) {
    switch finding {
    case .passed: self = .passed
    case .failed(let reason): self = .failed(reason.rawValue)
    case .indeterminate(let reason): self = .indeterminate(reason.rawValue)
    }
  }
}

extension PathReport {
  /// Whether the path is worth anything at the time of checking, whatever it was worth before: it holds, is within its
  /// validity, and nothing in it has been revoked since.
  func standing(at now: Date) -> Finding {
    let isRevoked = certificates.contains { $0.revocation.revokedAt.map { $0 <= now } ?? false }
    return .worst([path, validNow, isRevoked ? .failed(.revoked) : .passed])
  }
}

/// What the later revisions did that they may not do.
public struct LetterChange: Sendable, Hashable, Codable {
  /// The object's number; nil for the trailer or for bytes outside of objects.
  public let object: Int?
  /// The page it shows on, counted from 1, when that is known.
  public let page: Int?
  /// A stable word.
  public let what: String

  private enum CodingKeys: String, CodingKey { case object, page, what }

  /// Writes every key, those without a value as null.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(object, forKey: .object)
    try container.encode(page, forKey: .page)
    try container.encode(what, forKey: .what)
  }
}

/// What is known of one signature, each fact apart.
public struct SignatureFacts: Sendable, Hashable, Codable {
  public enum Kind: String, Sendable, Hashable, Codable, CaseIterable {
    case signature
    /// A document time stamp (ETSI EN 319 142-1, 5.4.3): proof of time, no one's signature.
    case docTimeStamp
  }

  public enum SignerKind: String, Sendable, Hashable, Codable, CaseIterable {
    case organisation
    case person
    case unknown
  }

  /// Baseline level of ETSI EN 319 142-1; `PKCS7-…` for signatures of the older kind `adbe.pkcs7.detached`.
  public enum Level: String, Sendable, Hashable, Codable, CaseIterable {
    case bB = "B-B"
    case bT = "B-T"
    case bLT = "B-LT"
    case bLTA = "B-LTA"
    case pkcs7B = "PKCS7-B"
    case pkcs7T = "PKCS7-T"
    case pkcs7LT = "PKCS7-LT"
    case pkcs7LTA = "PKCS7-LTA"
  }

  /// The signer's certificate.
  public struct SigningCertificate: Sendable, Hashable, Codable {
    public let subject: String
    public let issuer: String
    /// Hexadecimal, upper case.
    public let serial: String
    /// SHA-256, hexadecimal, lower case.
    public let fingerprint: String
    public let notBefore: Date
    public let notAfter: Date
  }

  /// The field's full name.
  public let field: String
  public let kind: Kind
  /// `/SubFilter` as written.
  public let subFilter: String?
  /// The certificate's subject (RFC 4514).
  public let signer: String?
  /// The subject's common name.
  public let signerName: String?
  public let signerKind: SignerKind
  /// By which rule ``signerKind`` was found.
  public let signerKindBy: String?
  public let certificate: SigningCertificate?
  /// The signature's value, form and digest.
  public let cryptographic: Fact
  /// What bytes it covers.
  public let coverage: Fact
  /// What was changed after it.
  public let changesAfter: Fact
  /// From its certificate to an anchor: path, validity at the proved time, usage, algorithms.
  public let chain: Fact
  /// Valid at the time of checking, apart from valid then: expired or revoked since.
  public let chainNow: Fact
  public let revocation: Fact
  /// Of each certificate in the signer's and the time stamp's path: its status, and what that rests on.
  public let revocationEvidence: [RevocationFact]
  public let timeStamp: Fact
  public let level: Level?
  /// What the signer's own clock said; proves nothing.
  public let claimedTime: Date?
  /// What the time stamp says.
  public let timeStampTime: Date?
  /// The time for which the certificate was judged.
  public let provedTime: Date
  /// The revision it signs, counted from 1, and how many there are.
  public let revision: Int?
  public let revisions: Int
  /// What was changed and may not be.
  public let changes: [LetterChange]
  /// This signature by itself in the terms of ETSI EN 319 102-1, 5.1.3, the letter's policy apart.
  public let indication: LetterReport.Indication
  public let subindication: LetterReport.Subindication?

  private enum CodingKeys: String, CodingKey {
    case field, kind, subFilter, signer, signerName, signerKind, signerKindBy, certificate, cryptographic, coverage
    case changesAfter, chain, chainNow, revocation, revocationEvidence, timeStamp, level, claimedTime, timeStampTime
    case provedTime, revision, revisions, changes, indication, subindication
  }

  /// Writes every key, those without a value as null.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(field, forKey: .field)
    try container.encode(kind, forKey: .kind)
    try container.encode(subFilter, forKey: .subFilter)
    try container.encode(signer, forKey: .signer)
    try container.encode(signerName, forKey: .signerName)
    try container.encode(signerKind, forKey: .signerKind)
    try container.encode(signerKindBy, forKey: .signerKindBy)
    try container.encode(certificate, forKey: .certificate)
    try container.encode(cryptographic, forKey: .cryptographic)
    try container.encode(coverage, forKey: .coverage)
    try container.encode(changesAfter, forKey: .changesAfter)
    try container.encode(chain, forKey: .chain)
    try container.encode(chainNow, forKey: .chainNow)
    try container.encode(revocation, forKey: .revocation)
    try container.encode(revocationEvidence, forKey: .revocationEvidence)
    try container.encode(timeStamp, forKey: .timeStamp)
    try container.encode(level, forKey: .level)
    try container.encode(claimedTime, forKey: .claimedTime)
    try container.encode(timeStampTime, forKey: .timeStampTime)
    try container.encode(provedTime, forKey: .provedTime)
    try container.encode(revision, forKey: .revision)
    try container.encode(revisions, forKey: .revisions)
    try container.encode(changes, forKey: .changes)
    try container.encode(indication, forKey: .indication)
    try container.encode(subindication, forKey: .subindication)
  }
}
