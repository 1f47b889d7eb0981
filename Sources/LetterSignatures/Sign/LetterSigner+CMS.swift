public import SigningCore

/// Signatures that are files of their own (CAdES, ETSI EN 319 122-1), for what is no PDF.
extension LetterSigner {
  /// Where the signed bytes are.
  public enum CMSPackaging: String, Sendable, CaseIterable {
    /// Beside the signature (`.p7s`).
    case detached
    /// Inside it (`.p7m`).
    case enveloping
  }

  /// Largest file that is signed in this way.
  public static let maximumCMSContent = 512 << 20

  /// A CAdES-B-B signature over `content`, B-T when `timeStamp` is given, in DER.
  /// - Throws: ``LetterSigningError``, `SigningError`, and what the signer and the time stamping throw.
  public static func signCMS(
    _ content: [UInt8], _ packaging: CMSPackaging, with signer: any Signer, timeStamp: (any TimeStamping)? = nil
  ) async throws -> [UInt8] {
    guard content.count <= maximumCMSContent else {
      throw LetterSigningError(.digestFailed, "\(content.count) bytes, \(maximumCMSContent) at most")
    }
    let cms = try await CMSDraft.sign(
      messageDigest: try Digest.of(content, signer.scheme.digest),
      content: packaging == .enveloping ? content : nil, with: signer)
    return try await stamped(cms, timeStamp)
  }

  /// `cms` with a time stamp over its value, where there is a server for it.
  static func stamped(_ cms: [UInt8], _ timeStamp: (any TimeStamping)?) async throws -> [UInt8] {
    guard let timeStamp else { return cms }
    let value = try CMSAssembly.signatureValue(of: cms)
    let token = try await timeStamp.token(for: try Digest.of(value, .sha256), algorithm: .sha256)
    return try CMSAssembly.addingSignatureTimeStamp(token, to: cms)
  }
}
