public import Foundation

/// A CMS signature (RFC 5652 SignedData with CAdES attributes, EN 319 122-1) taken apart into facts.
///
/// The signature value over the signed attributes is checked while reading; the content is compared by its digest, which
/// the caller makes elsewhere, in pieces. Nothing here says whether the signer is trusted: that is ``PathValidator``'s.
public struct CMSSignature: Sendable, Hashable {
  /// Longest structure taken unless the caller says otherwise.
  public static let maximumByteCount = 32 << 20
  /// Certificates taken from one structure.
  public static let maximumCertificateCount = 64

  // Outside
  /// Length of the one DER value.
  public internal(set) var byteCount = 0
  /// Bytes after it.
  public internal(set) var trailingByteCount = 0
  /// Whether all of those are zero, as the padding of a PDF's /Contents has to be.
  public internal(set) var trailingBytesAreZero = true

  // SignedData
  public internal(set) var signerInfoCount = 0
  /// The encapsulated content type as object identifier; `1.2.840.113549.1.7.1` is plain data.
  public internal(set) var contentType = ""
  public internal(set) var hasEncapsulatedContent = false
  /// The content inside, when the caller asked to keep it.
  public internal(set) var encapsulatedContent: [UInt8]?
  /// Embedded certificates in order, as many as could be read.
  public internal(set) var certificates: [Certificate] = []

  // The first SignerInfo
  /// The certificate that the SignerInfo names, embedded or among the candidates.
  public internal(set) var signerCertificate: Certificate?
  public internal(set) var digestAlgorithmOID = ""
  public internal(set) var signatureAlgorithmOID = ""
  /// Digest of the content; nil when it is not known here.
  public internal(set) var digestAlgorithm: DigestAlgorithm?
  /// Digest inside the signature value; nil when it is not known here.
  public internal(set) var signatureDigest: DigestAlgorithm?
  public internal(set) var signatureKind = SignatureKind.other
  public internal(set) var signatureValue: [UInt8] = []
  /// The messageDigest attribute.
  public internal(set) var messageDigest: [UInt8]?
  /// The signer's own claim, which proves nothing; often local time labelled UTC.
  public internal(set) var claimedSigningTime: Date?
  /// Digest of the signing-certificate attribute: SHA-1 in its first version.
  public internal(set) var signingCertificateDigest: DigestAlgorithm?
  /// DER of each signature time stamp among the unsigned attributes.
  public internal(set) var timeStampTokens: [[UInt8]] = []
  /// Lists and responses of Adobe's signed attribute and of SignedData.
  public internal(set) var revocation = RevocationEvidence()

  // Facts
  /// Exactly one SignerInfo, at least.
  public internal(set) var structure = Finding.indeterminate(.notChecked)
  /// contentType and messageDigest present and fitting, no attribute of weight twice.
  public internal(set) var signedAttributes = Finding.indeterminate(.notChecked)
  /// signing-certificate or signing-certificate-v2 names the signer's certificate; indeterminate when both are absent.
  public internal(set) var signingCertificate = Finding.indeterminate(.notChecked)
  /// The signature value over the signed attributes, with the key of ``signerCertificate``.
  public internal(set) var signature = Finding.indeterminate(.notChecked)

  init() {}

  /// Whether the signature is over content with this digest, made with ``digestAlgorithm``.
  public func content(matches digest: [UInt8]) -> Finding {
    guard let digestAlgorithm else { return .indeterminate(.unsupportedAlgorithm) }
    guard let messageDigest else { return .failed(.signedAttributeMissing) }
    return digest.count == digestAlgorithm.byteCount && digest == messageDigest ? .passed : .failed(.digestMismatch)
  }

  /// The same, asking for the digest that the signature needs.
  public func content<Failure: Error>(matches digest: (DigestAlgorithm) throws(Failure) -> [UInt8]) throws(Failure)
    -> Finding
  {
    guard let digestAlgorithm else { return .indeterminate(.unsupportedAlgorithm) }
    return content(matches: try digest(digestAlgorithm))
  }

  /// Strength of the digests and of the signer's key.
  public func algorithms(under policy: AlgorithmPolicy) -> Finding {
    let key = signerCertificate.map { policy.finding(key: $0.publicKey) } ?? .indeterminate(.signerCertificateNotFound)
    return .worst([policy.finding(digest: digestAlgorithm), policy.finding(digest: signatureDigest), key])
  }
}
