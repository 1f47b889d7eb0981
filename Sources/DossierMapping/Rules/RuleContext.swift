public import DossierModel

/// What is known around a dossier besides its content; what is `nil` is not checked.
public struct RuleContext: Sendable, Hashable {
  /// The Vietnamese day of the check.
  public var today: CalendarDate?
  /// The Vietnamese day on which the letter came in.
  public var receivedOn: CalendarDate?
  /// The Vietnamese days of the signatures.
  public var signedOn: [CalendarDate]
  /// Province of the sender, for delegated addressees.
  public var senderProvince: String?
  /// Whether the sender's agency code is in the directory (V22).
  public var senderIsKnown: Bool?
  /// How an equal letter is known already (V16); `nil`: none.
  public var duplicate: Duplicate?
  /// What the verification of the letter's signatures found (V17, V18).
  public var signatures: SignatureFacts?
  /// What is known of the certificates named in types 04–06, by serial in upper case (V12, V23).
  public var certificates: [String: CertificateFacts]
  /// Numbers, in upper case, of key devices that are too old for new services (V23).
  public var outdatedDevices: Set<String>
  /// Whether a missing time stamp or status is an error (else a warning), V18.
  public var requiresTimeStamp: Bool

  public init(
    today: CalendarDate? = nil, receivedOn: CalendarDate? = nil, signedOn: [CalendarDate] = [],
    senderProvince: String? = nil, senderIsKnown: Bool? = nil, duplicate: Duplicate? = nil,
    signatures: SignatureFacts? = nil, certificates: [String: CertificateFacts] = [:],
    outdatedDevices: Set<String> = [], requiresTimeStamp: Bool = true
  ) {
    self.today = today
    self.receivedOn = receivedOn
    self.signedOn = signedOn
    self.senderProvince = senderProvince
    self.senderIsKnown = senderIsKnown
    self.duplicate = duplicate
    self.signatures = signatures
    self.certificates = certificates
    self.outdatedDevices = outdatedDevices
    self.requiresTimeStamp = requiresTimeStamp
  }

  public enum Duplicate: String, Sendable, Hashable, Codable {
    /// The same document id came before.
    case documentId
    /// The same number, notation and agency came before.
    case number
  }

  /// Facts about a letter's signatures, as far as the rules need them.
  public struct SignatureFacts: Sendable, Hashable, Codable {
    public var count: Int
    /// All signatures unbroken, of trusted certificates, and nothing changed after them.
    public var allValid: Bool
    /// A signature of the organisation is there.
    public var hasOrganisation: Bool
    /// A signature of a person is there.
    public var hasPerson: Bool
    /// The last signature is of an organisation.
    public var organisationSignedLast: Bool
    public var allTimeStamped: Bool
    /// The certificates' status at signing time is known for all.
    public var statusKnown: Bool

    public init(
      count: Int, allValid: Bool, hasOrganisation: Bool, hasPerson: Bool, organisationSignedLast: Bool,
      allTimeStamped: Bool, statusKnown: Bool
    ) {
      self.count = count
      self.allValid = allValid
      self.hasOrganisation = hasOrganisation
      self.hasPerson = hasPerson
      self.organisationSignedLast = organisationSignedLast
      self.allTimeStamped = allTimeStamped
      self.statusKnown = statusKnown
    }
  }

  /// What the authority knows of a certificate.
  public struct CertificateFacts: Sendable, Hashable, Codable {
    public var validTo: CalendarDate?
    public var renewals: Int
    /// Certificate or device too old for new services (V23).
    public var isOutdated: Bool

    public init(validTo: CalendarDate?, renewals: Int = 0, isOutdated: Bool = false) {
      self.validTo = validTo
      self.renewals = renewals
      self.isOutdated = isOutdated
    }
  }
}
