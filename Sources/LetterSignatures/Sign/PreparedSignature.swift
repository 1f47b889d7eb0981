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

  /// Whether the numbers fit each other, for what was read from a file.
  var isSound: Bool {
    guard byteRange.count == 4, byteRange[0] == 0, capacity > 0, capacity <= 1 << 24, originalByteCount > 0,
      byteRange.allSatisfy({ (0...1 << 40).contains($0) }), originalByteCount <= 1 << 40
    else { return false }
    let end = originalByteCount + appendix.count
    return byteRange[1] >= originalByteCount && byteRange[2] == byteRange[1] + 2 * capacity + 2
      && byteRange[2] + byteRange[3] == end && digest.count == digestAlgorithm.byteCount
  }
}
