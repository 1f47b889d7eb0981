public import Foundation

/// What a certificate is used for.
public enum CertificatePurpose: String, Sendable, Hashable, Codable, CaseIterable {
  case documentSigning = "document-signing"
  case timeStamping = "time-stamping"
  case ocspSigning = "ocsp-signing"
}

/// The rules of path validation that are a matter of policy.
public struct PathPolicy: Sendable, Hashable {
  public var algorithms: AlgorithmPolicy
  /// RFC 5280's profile to the letter (X509_V_FLAG_X509_STRICT).
  public var strict: Bool
  /// Intermediate certificates in a path, at most.
  public var maximumDepth: Int
  /// How far clocks may differ, in seconds.
  public var clockSkew: TimeInterval
  /// How long evidence without nextUpdate counts after its thisUpdate, in seconds.
  public var freshnessWithoutNextUpdate: TimeInterval
  /// Extended key usages of which one is needed to sign documents, when the extension is present.
  public var documentSigningUsages: Set<String>

  public init(
    algorithms: AlgorithmPolicy = .init(), strict: Bool = true, maximumDepth: Int = 8, clockSkew: TimeInterval = 300,
    freshnessWithoutNextUpdate: TimeInterval = 24 * 3_600,
    documentSigningUsages: Set<String> = [
      ExtendedKeyUsage.any, ExtendedKeyUsage.emailProtection, ExtendedKeyUsage.documentSigning,
      ExtendedKeyUsage.microsoftDocumentSigning, ExtendedKeyUsage.adobeDocumentSigning,
    ]
  ) {
    self.algorithms = algorithms
    self.strict = strict
    self.maximumDepth = maximumDepth
    self.clockSkew = clockSkew
    self.freshnessWithoutNextUpdate = freshnessWithoutNextUpdate
    self.documentSigningUsages = documentSigningUsages
  }
}

/// Path validation as separate facts (RFC 5280 6, EN 319 102-1 5.2.6).
public struct PathReport: Sendable, Hashable {
  /// Leaf first, anchor last; only as far as it could be built when ``path`` did not pass.
  public let chain: [Certificate]
  /// The trust anchor, when one was reached.
  public let anchor: Certificate?
  /// Names, signatures, constraints and policies up to an anchor; time, usage, strength and revocation apart.
  public let path: Finding
  /// Every certificate of the path was valid at the proved time.
  public let validity: Finding
  /// Every certificate of the path is valid now.
  public let validNow: Finding
  /// Key usage and extended key usage for the purpose.
  public let keyUsage: Finding
  /// Keys and signature digests of the path.
  public let algorithms: Finding
  /// The worst of all certificates below the anchor.
  public let revocation: Finding
  /// Facts of each certificate of ``chain``, in its order.
  public let certificates: [CertificateStatus]

  /// Facts of one certificate in a path.
  public struct CertificateStatus: Sendable, Hashable {
    public let certificate: Certificate
    /// Valid at the proved time.
    public let validity: Finding
    public let revocation: RevocationStatus

    /// Whether "not revoked" rests on evidence made after the certificate had expired. Authorities may drop expired
    /// certificates from their lists (RFC 5280 3.3), so such evidence is weaker; whether it will do is for the policy.
    public var evidenceIsLaterThanExpiry: Bool {
      guard revocation.finding.isPassed, revocation.revokedAt == nil, let source = revocation.source else {
        return false
      }
      return source.thisUpdate > certificate.notAfter
    }
  }

  /// All facts that a verdict rests on; ``validNow`` is not among them.
  public var findings: [Finding] { [path, validity, keyUsage, algorithms, revocation] }

  /// Whether every one of ``findings`` passed.
  public var isTrusted: Bool { findings.allSatisfy(\.isPassed) }
}

/// Whether a certificate was revoked at the proved time, and how that is known.
public struct RevocationStatus: Sendable, Hashable {
  /// `failed(revoked)` only when the revocation reaches back to the proved time.
  public let finding: Finding
  /// What the finding rests on.
  public let source: Source?
  /// When it was revoked, also when that came after the proved time.
  public let revokedAt: Date?
  public let reason: RevocationReason?
  /// Why evidence for this certificate was not used, each once.
  public let rejected: [Finding.Reason]

  init(
    finding: Finding, source: Source? = nil, revokedAt: Date? = nil, reason: RevocationReason? = nil,
    rejected: [Finding.Reason] = []
  ) {
    self.finding = finding
    self.source = source
    self.revokedAt = revokedAt
    self.reason = reason
    self.rejected = rejected
  }

  /// Where revocation evidence came from.
  public struct Source: Sendable, Hashable, Codable {
    public enum Kind: String, Sendable, Hashable, Codable { case crl, ocsp }
    public enum Origin: String, Sendable, Hashable, Codable {
      /// Given with the signature: the file's DSS or the signature's attributes.
      case given
      /// Asked for over the network.
      case fetched
      /// The trust store.
      case store
    }
    public let kind: Kind
    public let origin: Origin
    public let thisUpdate: Date
    public let nextUpdate: Date?
  }
}
