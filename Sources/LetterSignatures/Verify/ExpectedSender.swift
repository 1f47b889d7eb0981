/// Who must have signed: the sender as the registry knows it.
public struct ExpectedSender: Sendable, Hashable, Codable {
  public var organId: String?
  public var organName: String?
  /// Attributes that the organisation's certificate must have in its subject, by short name (`CN`, `O`, `UID`).
  public var expectedSubject: [String: String]
  /// SHA-256 fingerprints of the certificates it may sign with, hexadecimal; they weigh more than the subject.
  public var certificates: [String]

  public init(
    organId: String? = nil, organName: String? = nil, expectedSubject: [String: String] = [:],
    certificates: [String] = []
  ) {
    self.organId = organId
    self.organName = organName
    self.expectedSubject = expectedSubject
    self.certificates = certificates
  }

  private enum CodingKeys: String, CodingKey {
    case organId, organName
    case expectedSubject = "expected_subject"
    case certificates
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    organId = try container.decodeIfPresent(String.self, forKey: .organId)
    organName = try container.decodeIfPresent(String.self, forKey: .organName)
    expectedSubject = try container.decodeIfPresent([String: String].self, forKey: .expectedSubject) ?? [:]
    certificates = try container.decodeIfPresent([String].self, forKey: .certificates) ?? []
  }

  /// Whether anything is known of its certificates.
  var isRegistered: Bool { !expectedSubject.isEmpty || !certificates.isEmpty }
}
