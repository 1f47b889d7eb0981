internal import Foundation
internal import PDFDocument
public import SigningCore

/// Signs letters by PAdES (ETSI EN 319 142-1) in incremental updates, so that earlier signatures stay valid.
///
/// Two steps, since a key may take minutes and the process may restart in between: ``prepare(pdf:_:)`` gives a digest,
/// ``complete(_:pdf:cms:)`` takes the signature over it.
public enum LetterSigner {
  // MARK: First step

  /// Keeps a place for a signature in `pdf` and gives the digest to be signed.
  /// - Throws: ``LetterSigningError``.
  public static func prepare(
    pdf: [UInt8], _ request: SignatureRequest
  ) throws(LetterSigningError) -> PreparedSignature {
    try prepare(pdf: pdf, request, isDocumentTimeStamp: false)
  }

  /// The same for a document time stamp (B-LTA), which is to be made over the prepared digest.
  public static func prepareDocumentTimeStamp(
    pdf: [UInt8], _ request: SignatureRequest
  ) throws(LetterSigningError) -> PreparedSignature {
    try prepare(pdf: pdf, request, isDocumentTimeStamp: true)
  }

  private static func prepare(
    pdf: [UInt8], _ request: SignatureRequest, isDocumentTimeStamp: Bool
  ) throws(LetterSigningError) -> PreparedSignature {
    var builder: SignatureUpdate
    let result: SignatureUpdate.Built
    do throws(PDFError) {
      builder = try SignatureUpdate(pdf, request, isDocumentTimeStamp: isDocumentTimeStamp)
      result = try builder.build()
    } catch {
      throw LetterSigningError(error)
    }
    if let refusal = result.refusal {
      throw LetterSigningError(refusal, "the field or an earlier signature forbids it")
    }
    let digest = try digest(of: result.byteRange, pdf, result.appendix, request.digest)
    return PreparedSignature(
      digest: Data(digest), digestAlgorithm: request.digest, field: result.field, originalByteCount: pdf.count,
      appendix: Data(result.appendix), byteRange: result.byteRange, capacity: request.capacity,
      isDocumentTimeStamp: isDocumentTimeStamp)
  }

  private static func digest(
    of byteRange: [Int], _ pdf: [UInt8], _ appendix: [UInt8], _ algorithm: DigestAlgorithm
  ) throws(LetterSigningError) -> [UInt8] {
    do throws(SigningError) {
      let digest = try Digest(algorithm)
      // The gap lies in the appendix always.
      digest.update(pdf)
      digest.update(appendix[..<(byteRange[1] - pdf.count)])
      digest.update(appendix[(byteRange[2] - pdf.count)...])
      return try digest.finalize()
    } catch {
      throw LetterSigningError(.digestFailed, error.detail)
    }
  }

  // MARK: Second step

  /// Puts the finished signature (DER of a CMS, or of a time-stamp token for a document time stamp) into its place.
  ///
  /// - Parameter pdf: the letter as it was given to ``prepare(pdf:_:)``.
  /// - Returns: the signed letter; it begins with `pdf`, byte for byte.
  /// - Throws: ``LetterSigningError`` with `letterChanged`, `signatureDoesNotFit` or `placeTooSmall`.
  public static func complete(
    _ prepared: PreparedSignature, pdf: [UInt8], cms: [UInt8]
  ) throws(LetterSigningError) -> [UInt8] {
    var appendix = Array(prepared.appendix)
    guard pdf.count == prepared.originalByteCount,
      try digest(of: prepared.byteRange, pdf, appendix, prepared.digestAlgorithm) == Array(prepared.digest)
    else { throw LetterSigningError(.letterChanged, "its bytes are not those that were prepared") }
    guard cms.count <= prepared.capacity else {
      throw LetterSigningError(.placeTooSmall, "\(cms.count) bytes for a place of \(prepared.capacity)")
    }
    guard fits(cms, prepared) else { throw LetterSigningError(.signatureDoesNotFit, "over another digest") }
    var at = prepared.byteRange[1] - pdf.count + 1
    let digits = Array("0123456789abcdef".utf8)
    for byte in cms {
      appendix[at] = digits[Int(byte >> 4)]
      appendix[at + 1] = digits[Int(byte & 15)]
      at += 2
    }
    return pdf + appendix
  }

  private static func fits(_ cms: [UInt8], _ prepared: PreparedSignature) -> Bool {
    let digest = Array(prepared.digest)
    if prepared.isDocumentTimeStamp {
      guard let token = try? TimeStampToken(der: cms), token.imprintAlgorithm == prepared.digestAlgorithm else {
        return false
      }
      return token.imprint(matches: digest).isPassed
    }
    guard let signature = try? CMSSignature(der: cms), signature.digestAlgorithm == prepared.digestAlgorithm else {
      return false
    }
    return signature.content(matches: digest).isPassed
  }

  // MARK: All at once

  /// Signs a letter: B-B, or B-T when `timeStamp` is given.
  ///
  /// - Throws: ``LetterSigningError``, `SigningError`, and what the signer and the time stamping throw.
  public static func sign(
    pdf: [UInt8], _ request: SignatureRequest, with signer: any Signer, timeStamp: (any TimeStamping)? = nil
  ) async throws -> [UInt8] {
    var request = request
    request.digest = signer.scheme.digest
    let prepared = try prepare(pdf: pdf, request)
    var cms = try await CMSDraft.sign(messageDigest: Array(prepared.digest), with: signer)
    if let timeStamp {
      let value = try CMSAssembly.signatureValue(of: cms)
      let token = try await timeStamp.token(for: try Digest.of(value, .sha256), algorithm: .sha256)
      cms = try CMSAssembly.addingSignatureTimeStamp(token, to: cms)
    }
    return try complete(prepared, pdf: pdf, cms: cms)
  }

  /// Adds a document time stamp over all that the letter has (B-LTA, when the security store is in it).
  public static func addDocumentTimeStamp(
    pdf: [UInt8], _ request: SignatureRequest, timeStamp: any TimeStamping
  ) async throws -> [UInt8] {
    let prepared = try prepareDocumentTimeStamp(pdf: pdf, request)
    let token = try await timeStamp.token(for: Array(prepared.digest), algorithm: prepared.digestAlgorithm)
    return try complete(prepared, pdf: pdf, cms: token)
  }

  /// Adds certificates and revocation data to the letter's security store (B-LT).
  ///
  /// - Parameter identifier: 16 random bytes, the changing half of the file's `/ID`.
  public static func addSecurityStore(
    pdf: [UInt8], certificates: [Certificate], evidence: RevocationEvidence, identifier: [UInt8]
  ) throws(LetterSigningError) -> [UInt8] {
    do throws(PDFError) {
      let update = try SecurityStoreUpdate(pdf)
      return pdf
        + (try update.appendix(
          certificates: certificates.map(\.der), crls: evidence.crls.map(\.der),
          responses: evidence.ocspResponses.map(\.der), identifier: identifier))
    } catch {
      throw LetterSigningError(error)
    }
  }
}

/// A source of RFC 3161 time stamps; how it is reached is not this target's matter.
public protocol TimeStamping: Sendable {
  /// DER of a TimeStampToken over `digest`.
  func token(for digest: [UInt8], algorithm: DigestAlgorithm) async throws -> [UInt8]
}
