internal import Foundation
public import SigningCore

/// A signature between its two steps, for a key that is elsewhere or slow (a phone, a remote service, another machine):
/// stored as JSON, completed when the answer comes, after a restart too. The letter is kept beside it, unchanged.
public struct PendingSignature: Sendable, Hashable, Codable {
  /// What this form of the file is called.
  static let format = "lienthong.pending-signature.1"
  /// Largest stored state that is read.
  public static let maximumByteCount = 32 << 20

  private let format: String
  public let prepared: PreparedSignature
  /// The signature but for its value; nil where the key's side makes the whole CMS.
  public let draft: CMSDraft?

  /// - Throws: ``LetterSigningError``, `SigningError`.
  ///
  /// - Parameter certificate: of the key that will sign; nil where the other side makes the whole CMS over the digest.
  public init(
    pdf: [UInt8], _ request: SignatureRequest, certificate: Certificate?, chain: [Certificate] = [],
    scheme: SignatureScheme? = nil
  ) throws {
    var request = request
    var chosen = scheme
    if let certificate, chosen == nil { chosen = try SignatureScheme(for: certificate.publicKey) }
    if let chosen { request.digest = chosen.digest }
    format = Self.format
    prepared = try LetterSigner.prepare(pdf: pdf, request)
    if let certificate, let chosen {
      draft = try CMSDraft(
        certificate: certificate, chain: chain, scheme: chosen, messageDigest: Array(prepared.digest))
    } else {
      draft = nil
    }
  }

  /// Reads what ``stored()`` wrote.
  /// - Throws: ``LetterSigningError`` with `stateUnreadable`.
  public init(stored bytes: [UInt8]) throws(LetterSigningError) {
    guard bytes.count <= Self.maximumByteCount,
      let value = try? JSONDecoder().decode(PendingSignature.self, from: Data(bytes)), value.format == Self.format,
      value.prepared.isSound
    else { throw LetterSigningError(.stateUnreadable, "\(bytes.count) bytes, no \(Self.format)") }
    self = value
  }

  public func stored() throws -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    return Array(try encoder.encode(self))
  }

  /// What the key has to sign; nil where it makes the whole CMS over ``PreparedSignature/digest``.
  public var bytesToSign: BytesToSign? { draft?.bytesToSign }

  /// The signed letter, from the key's signature value.
  ///
  /// - Throws: `SigningError` with `signatureDoesNotMatch` when the value is not of this key over these bytes;
  ///   ``LetterSigningError`` with `letterChanged`, `stateUnreadable`; what the time stamping throws.
  public func complete(
    signature: [UInt8], pdf: [UInt8], timeStamp: (any TimeStamping)? = nil
  ) async throws -> [UInt8] {
    guard let draft else {
      throw LetterSigningError(.stateUnreadable, "prepared without a certificate: a whole CMS is needed")
    }
    return try await complete(cms: try draft.complete(signature: signature), pdf: pdf, timeStamp: timeStamp)
  }

  /// The signed letter, from a whole CMS that the other side made over the digest.
  public func complete(
    cms: [UInt8], pdf: [UInt8], timeStamp: (any TimeStamping)? = nil
  ) async throws -> [UInt8] {
    try LetterSigner.complete(prepared, pdf: pdf, cms: try await LetterSigner.stamped(cms, timeStamp))
  }
}
