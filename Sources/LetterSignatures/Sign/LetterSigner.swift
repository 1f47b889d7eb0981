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
    let drawing: AppearanceDrawing? = if let shown = request.appearance { try AppearanceDrawing(shown) } else { nil }
    var builder: SignatureUpdate
    let result: SignatureUpdate.Built
    do throws(PDFError) {
      builder = try SignatureUpdate(pdf, request, drawing, isDocumentTimeStamp: isDocumentTimeStamp)
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
    let appendix = Array(prepared.appendix)
    guard prepared.isSound else { throw LetterSigningError(.stateUnreadable, "numbers that do not fit each other") }
    guard pdf.count == prepared.originalByteCount,
      try digest(of: prepared.byteRange, pdf, appendix, prepared.digestAlgorithm) == Array(prepared.digest)
    else { throw LetterSigningError(.letterChanged, "its bytes are not those that were prepared") }
    return try embed(cms, prepared, pdf, appendix)
  }

  /// Both steps without a pause between them: the letter cannot have changed, its digest is not made again.
  private static func embed(
    _ cms: [UInt8], _ prepared: PreparedSignature, _ pdf: [UInt8], _ appendix: [UInt8]
  ) throws(LetterSigningError) -> [UInt8] {
    guard cms.count <= prepared.capacity else {
      throw LetterSigningError(.placeTooSmall, "\(cms.count) bytes for a place of \(prepared.capacity)")
    }
    guard fits(cms, prepared) else { throw LetterSigningError(.signatureDoesNotFit, "over another digest") }
    var letter: [UInt8] = []
    letter.reserveCapacity(pdf.count + appendix.count)
    letter += pdf
    letter += appendix
    var at = prepared.byteRange[1] + 1
    let digits = Array("0123456789abcdef".utf8)
    for byte in cms {
      letter[at] = digits[Int(byte >> 4)]
      letter[at + 1] = digits[Int(byte & 15)]
      at += 2
    }
    return letter
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
    // What comes from elsewhere is checked like a letter that comes in, but for trust.
    return signature.content(matches: digest).isPassed && signature.structure.isPassed
      && signature.signature.isPassed && !signature.signingCertificate.isFailed && !signature.hasEncapsulatedContent
      && signature.trailingByteCount == 0
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
    let cms = try await CMSDraft.sign(messageDigest: Array(prepared.digest), with: signer)
    return try embed(try await stamped(cms, timeStamp), prepared, pdf, Array(prepared.appendix))
  }

  /// Signs once for each of `appearances`, in their order; the field that `request` names is the last one's. Without any
  /// it signs once, and nothing is shown.
  ///
  /// - Throws: as ``sign(pdf:_:with:timeStamp:)``.
  public static func sign(
    pdf: [UInt8], _ request: SignatureRequest, showing appearances: [SignatureAppearance], with signer: any Signer,
    timeStamp: (any TimeStamping)? = nil
  ) async throws -> [UInt8] {
    var pdf = pdf
    for (index, appearance) in appearances.dropLast().enumerated() {
      var own = request
      own.field = nil
      own.appearance = appearance
      // Each revision's /ID is its own.
      own.identifier = Data(request.identifier.map { $0 &+ UInt8(truncatingIfNeeded: index + 1) })
      pdf = try await sign(pdf: pdf, own, with: signer, timeStamp: timeStamp)
    }
    var last = request
    last.appearance = appearances.last
    return try await sign(pdf: pdf, last, with: signer, timeStamp: timeStamp)
  }

  /// Adds a document time stamp over all that the letter has (B-LTA, when the security store is in it).
  public static func addDocumentTimeStamp(
    pdf: [UInt8], _ request: SignatureRequest, timeStamp: any TimeStamping
  ) async throws -> [UInt8] {
    let prepared = try prepareDocumentTimeStamp(pdf: pdf, request)
    let token = try await timeStamp.token(for: Array(prepared.digest), algorithm: prepared.digestAlgorithm)
    return try embed(token, prepared, pdf, Array(prepared.appendix))
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
