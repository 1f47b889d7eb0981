public import SigningCore

/// What a letter must have to be accepted. Its JSON keys are those of `expected.json`; a key that is missing has its default.
public struct LetterPolicy: Sendable, Hashable, Codable {
  /// Certificate policy of organisations' certificates, where the authority publishes one.
  public var organisationPolicyOID: String?
  /// Certificate policy of persons' certificates.
  public var personPolicyOID: String?
  /// What the subject's UID begins with in an organisation's certificate.
  public var organisationUIDPrefix = "MST:"
  /// What the subject's UID begins with in a person's certificate.
  public var personUIDPrefixes = ["CCCD:", "CMND:", "HC:"]
  /// What an organisation's common name begins with, the last and weakest rule. Empty: the rule is not used.
  public var organisationWords: [String] = []
  public var minimumRSABits = 2048
  public var weakDigests: Set<DigestAlgorithm> = [.insecureMD5, .insecureSHA1]
  /// A person's signature must stand before the organisation's.
  public var requirePerson = false

  public init() {}

  private enum CodingKeys: String, CodingKey {
    case organisationPolicyOID = "org_policy_oid"
    case personPolicyOID = "person_policy_oid"
    case organisationUIDPrefix = "org_uid_prefix"
    case personUIDPrefixes = "person_uid_prefix"
    case organisationWords = "organisation_words"
    case minimumRSABits = "min_rsa_bits"
    case weakDigests = "weak_digests"
    case requirePerson = "require_person"
    case requirePersonByName = "requirePerson"
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    organisationPolicyOID = try container.decodeIfPresent(String.self, forKey: .organisationPolicyOID)
    personPolicyOID = try container.decodeIfPresent(String.self, forKey: .personPolicyOID)
    organisationUIDPrefix =
      try container.decodeIfPresent(String.self, forKey: .organisationUIDPrefix) ?? organisationUIDPrefix
    if container.contains(.personUIDPrefixes) {
      // One prefix, as in expected.json, adds to the known ones; a list replaces them.
      if let one = try? container.decode(String.self, forKey: .personUIDPrefixes) {
        if !personUIDPrefixes.contains(one) { personUIDPrefixes.append(one) }
      } else {
        personUIDPrefixes = try container.decode([String].self, forKey: .personUIDPrefixes)
      }
    }
    organisationWords = try container.decodeIfPresent([String].self, forKey: .organisationWords) ?? []
    minimumRSABits = try container.decodeIfPresent(Int.self, forKey: .minimumRSABits) ?? minimumRSABits
    if let names = try container.decodeIfPresent([String].self, forKey: .weakDigests) {
      weakDigests = []
      for name in names where !Self.neverTaken.contains(name.lowercased()) {
        guard let digest = DigestAlgorithm(standardName: name) ?? Self.insecure[name.lowercased()] else {
          throw DecodingError.dataCorruptedError(
            forKey: .weakDigests, in: container, debugDescription: "an unknown digest in weak_digests")
        }
        weakDigests.insert(digest)
      }
    }
    requirePerson =
      try container.decodeIfPresent(Bool.self, forKey: .requirePerson)
      ?? container.decodeIfPresent(Bool.self, forKey: .requirePersonByName) ?? false
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encodeIfPresent(organisationPolicyOID, forKey: .organisationPolicyOID)
    try container.encodeIfPresent(personPolicyOID, forKey: .personPolicyOID)
    try container.encode(organisationUIDPrefix, forKey: .organisationUIDPrefix)
    try container.encode(personUIDPrefixes, forKey: .personUIDPrefixes)
    try container.encode(organisationWords, forKey: .organisationWords)
    try container.encode(minimumRSABits, forKey: .minimumRSABits)
    let names = weakDigests.map { digest in
      Self.insecure.first { $0.value == digest }?.key ?? digest.rawValue
    }
    try container.encode(names.sorted(), forKey: .weakDigests)
    try container.encode(requirePerson, forKey: .requirePerson)
  }

  private static let insecure: [String: DigestAlgorithm] = [
    "md5": .insecureMD5, "sha1": .insecureSHA1, "sha-1": .insecureSHA1,
  ]

  /// Digests that are refused whatever a policy says.
  private static let neverTaken: Set<String> = ["md2", "md4", "ripemd160"]

  /// The rules for algorithms and paths that follow from it.
  var pathPolicy: PathPolicy {
    var algorithms = AlgorithmPolicy()
    algorithms.minimumRSABits = minimumRSABits
    algorithms.weakDigests = weakDigests
    var policy = PathPolicy()
    policy.algorithms = algorithms
    return policy
  }
}
