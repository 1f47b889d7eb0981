/// One fact about a signature, a certificate or a time stamp, in the manner of ETSI EN 319 102-1: a value, never an error.
public enum Finding: Sendable, Hashable, Codable {
  case passed
  /// The check was made and the answer is no.
  case failed(Reason)
  /// The check could not be brought to an answer with what is at hand.
  case indeterminate(Reason)

  public var isPassed: Bool { self == .passed }

  public var isFailed: Bool {
    if case .failed = self { true } else { false }
  }

  public var isIndeterminate: Bool {
    if case .indeterminate = self { true } else { false }
  }

  public var reason: Reason? {
    switch self {
    case .passed: nil
    case .failed(let reason), .indeterminate(let reason): reason
    }
  }

  /// The worst of several: the first failure, else the first open question, else passed.
  public static func worst(_ findings: some Sequence<Finding>) -> Finding {
    var open: Finding?
    for finding in findings {
      if finding.isFailed { return finding }
      if open == nil, finding.isIndeterminate { open = finding }
    }
    return open ?? .passed
  }

  /// Why a fact is not "passed"; the raw values are stable.
  public enum Reason: String, Sendable, Hashable, Codable, CaseIterable {
    // CMS structure (RFC 5652, CAdES)
    case signerCountNotOne = "signer-count-not-one"
    case unexpectedContentType = "unexpected-content-type"
    case signedAttributesMissing = "signed-attributes-missing"
    case signedAttributeMissing = "signed-attribute-missing"
    case signedAttributeRepeated = "signed-attribute-repeated"
    case signedAttributeMalformed = "signed-attribute-malformed"
    case algorithmsDisagree = "algorithms-disagree"
    case signingCertificateMissing = "signing-certificate-missing"
    case signingCertificateMismatch = "signing-certificate-mismatch"
    case signerCertificateNotFound = "signer-certificate-not-found"
    case signatureInvalid = "signature-invalid"
    case digestMismatch = "digest-mismatch"
    case unsupportedAlgorithm = "unsupported-algorithm"
    case weakDigest = "weak-digest"
    case weakKey = "weak-key"

    // Paths (RFC 5280)
    case untrusted = "untrusted"
    case selfSigned = "self-signed"
    case issuerNotFound = "issuer-not-found"
    case certificateSignatureInvalid = "certificate-signature-invalid"
    case notACertificationAuthority = "not-a-certification-authority"
    case pathTooLong = "path-too-long"
    case nameConstraintViolated = "name-constraint-violated"
    case policyNotAllowed = "policy-not-allowed"
    case certificateMalformed = "certificate-malformed"
    case notYetValid = "not-yet-valid"
    case expired = "expired"
    case keyUsage = "key-usage"
    case extendedKeyUsage = "extended-key-usage"
    case extendedKeyUsageNotCritical = "extended-key-usage-not-critical"
    case unknownCriticalExtension = "unknown-critical-extension"

    // Revocation (RFC 5280, RFC 6960)
    case revoked = "revoked"
    case noRevocationEvidence = "no-revocation-evidence"
    case staleRevocationEvidence = "stale-revocation-evidence"
    case futureRevocationEvidence = "future-revocation-evidence"
    case forgedRevocationEvidence = "forged-revocation-evidence"
    case revocationEvidenceOutOfScope = "revocation-evidence-out-of-scope"
    case ocspResponderNotAuthorised = "ocsp-responder-not-authorised"
    case ocspStatusUnknown = "ocsp-status-unknown"
    case pathNotBuilt = "path-not-built"
    case notChecked = "not-checked"
  }
}
