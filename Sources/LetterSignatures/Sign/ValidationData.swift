public import Foundation
internal import PDFDocument
public import SigningCore

/// What a letter needs to be checked long after it was signed (ETSI EN 319 142-1, 5.4): the certificates of its signatures
/// and time stamps up to an anchor, and proof that none was revoked.
public struct ValidationData: Sendable, Hashable {
  public let certificates: [Certificate]
  public let evidence: RevocationEvidence

  /// Gathers it from `trust` for every signature and time stamp in `pdf`.
  ///
  /// - Parameter now: the time at which the evidence must be fresh.
  /// - Throws: ``LetterSigningError`` with `validationDataMissing` where a chain ends before an anchor or the status of a
  ///   certificate is not known, with `letterUnreadable`; `SigningError` for an empty trust store.
  public init(for pdf: [UInt8], trust: TrustStore, at now: Date) throws {
    var builder = Gathering(validator: try PathValidator(trust: trust), now: now)
    for value in try Self.signatures(in: pdf) { try builder.add(value) }
    certificates = builder.certificates
    evidence = builder.evidence
  }

  private struct Value {
    let bytes: [UInt8]
    let isTimeStamp: Bool
  }

  private static func signatures(in pdf: [UInt8]) throws(LetterSigningError) -> [Value] {
    do throws(PDFError) {
      let file = try PDFFile(PDFSource(bytes: pdf))
      var values: [Value] = []
      for field in try file.signatureFields(in: file.current) where field.isSigned {
        guard let dictionary = try file.resolve(field.value, in: file.current).dictionary,
          let bytes = dictionary["Contents"]?.string?.bytes
        else { continue }
        values.append(Value(bytes: bytes, isTimeStamp: dictionary["SubFilter"]?.name == "ETSI.RFC3161"))
      }
      return values
    } catch {
      throw LetterSigningError(error)
    }
  }

  private struct Gathering {
    let validator: PathValidator
    let now: Date
    var certificates: [Certificate] = []
    var evidence = RevocationEvidence()

    mutating func add(_ value: Value) throws {
      if value.isTimeStamp { return try add(TimeStampToken(der: value.bytes)) }
      let signature = try CMSSignature(der: value.bytes)
      try add(signature, purpose: .documentSigning)
      for token in signature.timeStampTokens { try add(TimeStampToken(der: token)) }
    }

    private mutating func add(_ token: TimeStampToken) throws {
      try add(token.cms, purpose: .timeStamping)
    }

    private mutating func add(_ signature: CMSSignature, purpose: CertificatePurpose) throws {
      guard let leaf = signature.signerCertificate else {
        throw LetterSigningError(.validationDataMissing, "a signature without its certificate")
      }
      let report = validator.validate(
        leaf, untrusted: signature.certificates, purpose: purpose, at: now, now: now, evidence: signature.revocation)
      guard report.path.isPassed else {
        throw LetterSigningError(
          .validationDataMissing,
          "no path from a certificate of \(leaf.issuer) to an anchor: \(report.path.reason?.rawValue ?? "")")
      }
      for status in report.certificates.dropLast() where !status.revocation.finding.isPassed {
        throw LetterSigningError(
          .validationDataMissing,
          "status of a certificate issued by \(status.certificate.issuer): \(status.revocation.finding.reason?.rawValue ?? "")"
        )
      }
      keep(report.chain)
      let known = validator.trust.revocation.merging(signature.revocation).about(
        report.chain, at: now.addingTimeInterval(validator.policy.clockSkew))
      evidence = evidence.merging(known)
      for response in known.ocspResponses { keep(response.certificates) }
    }

    private mutating func keep(_ more: [Certificate]) {
      for certificate in more where !certificates.contains(certificate) { certificates.append(certificate) }
    }
  }
}
