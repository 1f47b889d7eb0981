public import DossierModel

/// What a letter became: its type, the dossier, why, and every doubt.
public struct MappedDossier: Sendable, Hashable, Codable {
  public var verdict: TypeVerdict
  /// The dossier; for `manual` a proposal for the person who reads the letter; `nil` for `none` and `ambiguous`, and when
  /// nothing could be read.
  public var dossier: Dossier?
  public var evidence: [Evidence]
  public var findings: [DossierFinding]
  /// Where each field of the dossier came from.
  public var trace: [FieldTrace]

  /// What a person decided about the type, when one did.
  public var decision: TypeDecision?

  public init(
    verdict: TypeVerdict, dossier: Dossier?, evidence: [Evidence], findings: [DossierFinding], trace: [FieldTrace],
    decision: TypeDecision? = nil
  ) {
    self.verdict = verdict
    self.dossier = dossier
    self.evidence = evidence
    self.findings = findings
    self.trace = trace
    self.decision = decision
  }

  /// Whether a finding weighs as an error.
  public var hasErrors: Bool { findings.contains { $0.severity == .error } }
}

/// A person's decision about a letter's type. Undone by mapping again without it; the ledger keeps both acts.
public struct TypeDecision: Sendable, Hashable, Codable {
  /// `nil`: the letter is no request.
  public var type: DossierType?
  /// The officer's account.
  public var by: String
  /// ISO 8601 with zone.
  public var at: String
  public var reason: String?

  public init(type: DossierType?, by: String, at: String, reason: String? = nil) {
    self.type = type
    self.by = by
    self.at = at
    self.reason = reason
  }
}

/// Where one field of a dossier came from. It names places, not values.
public struct FieldTrace: Sendable, Hashable, Codable {
  /// `subject`, `contact.email`, `rows[3].citizenId` (the printed running number).
  public var field: String
  public var source: Source
  /// `page 2`, or the file and cell `danh-sach.xlsx F7`.
  public var place: String?
  /// 0 to 1.
  public var confidence: Double

  public init(field: String, source: Source, place: String? = nil, confidence: Double) {
    self.field = field
    self.source = source
    self.place = place
    self.confidence = confidence
  }

  public enum Source: String, Sendable, Hashable, Codable {
    /// The signed letter.
    case letter
    /// A list beside it.
    case list
    /// Our structured dossier beside it.
    case structured
    /// The header of the message.
    case envelope
    /// Concluded by the mapping (reason codes, central signing from the subject).
    case mapping
  }
}
