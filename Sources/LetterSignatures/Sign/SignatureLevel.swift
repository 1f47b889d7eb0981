internal import Foundation
public import SigningCore

/// How long a signature can be checked (ETSI EN 319 142-1, 6.1).
public enum SignatureLevel: String, Sendable, Hashable, Codable, CaseIterable {
  /// The signature alone.
  case basic = "B-B"
  /// With a time stamp.
  case timeStamped = "B-T"
  /// And with certificates and revocation data.
  case longTerm = "B-LT"
  /// And with a time stamp over all of that.
  case archived = "B-LTA"

  public var needsTimeStamp: Bool { self != .basic }
  public var needsValidationData: Bool { self == .longTerm || self == .archived }
}

extension LetterSigner {
  /// Brings a letter whose signatures carry time stamps to `level`: adds the security store, and for B-LTA a document
  /// time stamp over all.
  ///
  /// - Parameters:
  ///   - trust: where the certificates and revocation data come from.
  ///   - request: of the document time stamp; its time is the one at which the evidence must be fresh.
  /// - Throws: ``LetterSigningError`` (`validationDataMissing`), `SigningError`, what the time stamping throws.
  public static func extend(
    pdf: [UInt8], to level: SignatureLevel, trust: TrustStore?, timeStamp: (any TimeStamping)?,
    _ request: SignatureRequest
  ) async throws -> [UInt8] {
    guard level.needsValidationData else { return pdf }
    guard let trust, let timeStamp else {
      throw LetterSigningError(.validationDataMissing, "\(level.rawValue) needs a trust folder and a time-stamp server")
    }
    let data = try ValidationData(for: pdf, trust: trust, at: request.claimedTime)
    let stored = try addSecurityStore(
      pdf: pdf, certificates: data.certificates, evidence: data.evidence, identifier: Array(request.identifier))
    guard level == .archived else { return stored }
    return try await addDocumentTimeStamp(pdf: stored, request, timeStamp: timeStamp)
  }
}
