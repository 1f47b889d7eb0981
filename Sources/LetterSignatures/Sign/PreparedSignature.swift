public import Foundation
public import SigningCore

/// A letter with the place for one signature kept free, waiting for the signature over its digest.
///
/// It can be stored and used after a restart. The letter itself is kept by the caller, unchanged.
public struct PreparedSignature: Sendable, Hashable, Codable {
  /// What the signature's messageDigest (or the document time stamp's imprint) must be.
  public let digest: Data
  public let digestAlgorithm: DigestAlgorithm
  /// Name of the field that is signed.
  public let field: String
  /// Length of the letter before the update.
  public let originalByteCount: Int
  /// The update, to follow the letter's last byte, with zeros in the signature's place.
  let appendix: Data
  /// `/ByteRange`.
  public let byteRange: [Int]
  /// Bytes that the finished signature may have.
  public let capacity: Int
  let isDocumentTimeStamp: Bool
}
