/// A request to the certification authority, of one of the six types: what the letter says, as a value.
///
/// As JSON it is the structured dossier that travels beside the letter (`Schemas/dossier.schema.json`).
public struct Dossier: Sendable, Hashable {
  /// The version of the JSON form.
  public static let formatVersion = 1

  public var type: DossierType
  /// Ký số tập trung for all rows (type 01 only): the letter's subject says so.
  public var centralSigning: Bool
  /// Part 1 of the form.
  public var contact: ContactPerson
  /// Số lượng yêu cầu theo văn bản: what the letter declares; `nil` when it declares nothing.
  public var declaredCount: Int?
  /// Part 2 of the form.
  public var rows: [DossierRow]
  /// The letter around the table.
  public var letter: LetterHead
  /// "Công văn thu hồi đối với các thuê bao có chứng thư số": a separate letter, types 01–04 only.
  public var revocationLetter: LetterReference?
  /// The CA's dossier code, once allotted.
  public var code: String?
  public var state: DossierState
  public var source: Source
  /// Whether a delegated body acts (HS uỷ quyền).
  public var delegated: Bool
  public var notes: String?

  public init(
    type: DossierType, centralSigning: Bool = false, contact: ContactPerson = ContactPerson(),
    declaredCount: Int? = nil, rows: [DossierRow] = [], letter: LetterHead = LetterHead(),
    revocationLetter: LetterReference? = nil, code: String? = nil, state: DossierState = .draft,
    source: Source = .local, delegated: Bool = false, notes: String? = nil
  ) {
    self.type = type
    self.centralSigning = centralSigning
    self.contact = contact
    self.declaredCount = declaredCount
    self.rows = rows
    self.letter = letter
    self.revocationLetter = revocationLetter
    self.code = code
    self.state = state
    self.source = source
    self.delegated = delegated
    self.notes = notes
  }

  /// Moves to `state`; `false`, and nothing changed, when that state may not follow the present one.
  public mutating func move(to state: DossierState) -> Bool {
    guard self.state.mayBecome(state) else { return false }
    self.state = state
    return true
  }

  /// Where the dossier came from.
  public enum Source: String, Sendable, Hashable, Codable {
    /// Made here.
    case local
    /// Came by the national document axis.
    case axis
    /// Came by the portal (ONLINE).
    case online
    /// Typed in or scanned by an officer.
    case paper
  }

  /// A pointer to another letter.
  public struct LetterReference: Sendable, Hashable, Codable {
    /// `1246/SNV-VP`.
    public var code: String
    public var date: CalendarDate?
    public var subject: String?

    public init(code: String, date: CalendarDate? = nil, subject: String? = nil) {
      self.code = code
      self.date = date
      self.subject = subject
    }
  }
}

extension Dossier: Codable {
  private enum CodingKeys: String, CodingKey {
    case format, version, type, centralSigning, contact, declaredCount, rows, letter, revocationLetter, code, state,
      source, delegated, notes
  }

  /// The value of `format` in the JSON form.
  public static let formatName = "lienthong.dossier"

  /// From the JSON form; throws for another format or a later version.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let format = try container.decode(String.self, forKey: .format)
    let version = try container.decode(Int.self, forKey: .version)
    guard format == Self.formatName, version == Self.formatVersion else {
      throw DecodingError.dataCorruptedError(
        forKey: .format, in: container, debugDescription: "not \(Self.formatName) version \(Self.formatVersion)")
    }
    self.init(
      type: try container.decode(DossierType.self, forKey: .type),
      centralSigning: try container.decodeIfPresent(Bool.self, forKey: .centralSigning) ?? false,
      contact: try container.decodeIfPresent(ContactPerson.self, forKey: .contact) ?? ContactPerson(),
      declaredCount: try container.decodeIfPresent(Int.self, forKey: .declaredCount),
      rows: try container.decode([DossierRow].self, forKey: .rows),
      letter: try container.decodeIfPresent(LetterHead.self, forKey: .letter) ?? LetterHead(),
      revocationLetter: try container.decodeIfPresent(LetterReference.self, forKey: .revocationLetter),
      code: try container.decodeIfPresent(String.self, forKey: .code),
      state: try container.decodeIfPresent(DossierState.self, forKey: .state) ?? .draft,
      source: try container.decodeIfPresent(Source.self, forKey: .source) ?? .local,
      delegated: try container.decodeIfPresent(Bool.self, forKey: .delegated) ?? false,
      notes: try container.decodeIfPresent(String.self, forKey: .notes))
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(Self.formatName, forKey: .format)
    try container.encode(Self.formatVersion, forKey: .version)
    try container.encode(type, forKey: .type)
    try container.encode(centralSigning, forKey: .centralSigning)
    try container.encode(contact, forKey: .contact)
    try container.encodeIfPresent(declaredCount, forKey: .declaredCount)
    try container.encode(rows, forKey: .rows)
    try container.encode(letter, forKey: .letter)
    try container.encodeIfPresent(revocationLetter, forKey: .revocationLetter)
    try container.encodeIfPresent(code, forKey: .code)
    try container.encode(state, forKey: .state)
    try container.encode(source, forKey: .source)
    try container.encode(delegated, forKey: .delegated)
    try container.encodeIfPresent(notes, forKey: .notes)
  }
}
