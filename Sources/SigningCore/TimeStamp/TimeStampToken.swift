internal import COpenSSL
public import Foundation

/// A time-stamp token (RFC 3161): facts only. Whether its authority is trusted is for ``PathValidator`` with the purpose
/// `timeStamping` at ``generatedAt``.
public struct TimeStampToken: Sendable, Hashable {
  /// The time that the token proves.
  public let generatedAt: Date
  /// The digest of the imprint; nil when it is not known here.
  public let imprintAlgorithm: DigestAlgorithm?
  public let imprint: [UInt8]
  /// Serial number, upper-case hexadecimal.
  public let serialHex: String
  public let policyOID: String
  /// How far ``generatedAt`` may be off, in seconds; nil when the authority does not say.
  public let accuracySeconds: Double?
  /// The nonce of the request, upper-case hexadecimal; nil when there was none.
  public let nonceHex: String?
  /// The CMS signature around it.
  public let cms: CMSSignature
  /// Everything about the token's own signature: structure, attributes, digest over its content, signing certificate, value.
  public let signature: Finding

  /// Reads a token; bytes after it (the zero padding of a PDF's /Contents) are reported in ``cms``.
  public init(der: [UInt8], signerCandidates: [Certificate] = []) throws(SigningError) {
    let cms: CMSSignature
    do {
      cms = try CMSSignature(der: der, signerCandidates: signerCandidates, keepingContent: true)
    } catch {
      throw SigningError(.notATimeStamp, error.description)
    }
    guard cms.contentType == Self.contentType, let content = cms.encapsulatedContent,
      let (info, used) = decoded(content, { d2i_TS_TST_INFO(nil, $0, $1) })
    else { throw SigningError(.notATimeStamp, "no TSTInfo inside") }
    let owned = ScopedObject(info) { TS_TST_INFO_free($0) }
    guard used == content.count, let time = ASN1Values.date(TS_TST_INFO_get_time(owned.pointer)),
      let messageImprint = TS_TST_INFO_get_msg_imprint(owned.pointer)
    else { throw SigningError(.notATimeStamp, "malformed TSTInfo") }
    generatedAt = time
    var object: OpaquePointer?
    X509_ALGOR_get0(&object, nil, nil, TS_MSG_IMPRINT_get_algo(messageImprint))
    imprintAlgorithm = DigestAlgorithm(oid: ASN1Values.oid(object))
    imprint = ASN1Values.bytes(TS_MSG_IMPRINT_get_msg(messageImprint))
    serialHex = ASN1Values.hexadecimal(TS_TST_INFO_get_serial(owned.pointer))
    policyOID = ASN1Values.oid(TS_TST_INFO_get_policy_id(owned.pointer))
    nonceHex = TS_TST_INFO_get_nonce(owned.pointer).map { ASN1Values.hexadecimal($0) }
    accuracySeconds = TS_TST_INFO_get_accuracy(owned.pointer).map { accuracy in
      Double(ASN1_INTEGER_get(TS_ACCURACY_get_seconds(accuracy)).clamped)
        + Double(ASN1_INTEGER_get(TS_ACCURACY_get_millis(accuracy)).clamped) / 1_000
        + Double(ASN1_INTEGER_get(TS_ACCURACY_get_micros(accuracy)).clamped) / 1_000_000
    }
    OpenSSLFailure.clear()
    self.cms = cms
    let contentMatches = cms.content { algorithm in (try? Digest.of(content, algorithm)) ?? [] }
    signature = .worst([
      cms.structure, cms.signedAttributes, contentMatches,
      cms.signingCertificate.isPassed ? .passed : Self.required(cms),
      cms.signature,
    ])
  }

  static let contentType = "1.2.840.113549.1.9.16.1.4"

  /// The signing-certificate attribute is no option in a token (RFC 3161 2.4.2), so its absence is a failure.
  private static func required(_ cms: CMSSignature) -> Finding {
    if case .indeterminate(.signingCertificateMissing) = cms.signingCertificate {
      return .failed(.signingCertificateMissing)
    }
    return cms.signingCertificate
  }

  /// The authority's certificate, when it is at hand.
  public var signerCertificate: Certificate? { cms.signerCertificate }

  /// Whether the token is over data with this digest, made with ``imprintAlgorithm``.
  public func imprint(matches digest: [UInt8]) -> Finding {
    guard let imprintAlgorithm else { return .indeterminate(.unsupportedAlgorithm) }
    return digest.count == imprintAlgorithm.byteCount && digest == imprint ? .passed : .failed(.digestMismatch)
  }

  /// The same, asking for the digest that the token needs.
  public func imprint<Failure: Error>(matches digest: (DigestAlgorithm) throws(Failure) -> [UInt8]) throws(Failure)
    -> Finding
  {
    guard let imprintAlgorithm else { return .indeterminate(.unsupportedAlgorithm) }
    return imprint(matches: try digest(imprintAlgorithm))
  }

  /// Strength of the imprint and of the token's signature.
  public func algorithms(under policy: AlgorithmPolicy) -> Finding {
    guard let imprintAlgorithm else { return .indeterminate(.unsupportedAlgorithm) }
    return .worst([policy.finding(digest: imprintAlgorithm), cms.algorithms(under: policy)])
  }
}

extension Int {
  /// An accuracy part: absent or malformed (-1) and negative counts as none.
  fileprivate var clamped: Int { Swift.max(0, self) }
}
