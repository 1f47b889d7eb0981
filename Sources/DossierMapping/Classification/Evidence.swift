public import DossierModel
public import VietnameseText

/// One thing that spoke for a type (or for none), and how loud.
public struct Evidence: Sendable, Hashable, Codable {
  public var kind: Kind
  /// `nil`: it speaks for "no request".
  public var type: DossierType?
  public var weight: Int
  public var says: ClerkSentence

  public init(kind: Kind, type: DossierType?, weight: Int, says: ClerkSentence) {
    self.kind = kind
    self.type = type
    self.weight = weight
    self.says = says
  }

  public enum Kind: String, Sendable, Hashable, Codable, CaseIterable {
    /// The header of a table in the letter.
    case tableHeader
    /// The printed "Mẫu số 0n".
    case formNumber
    case subject
    /// The header of a list beside the letter.
    case sheetHeader
    /// Our structured dossier beside the letter.
    case structured
    /// The letter's running text.
    case body
  }
}

/// What a letter asks for.
public enum TypeVerdict: Sendable, Hashable {
  case type(DossierType)
  /// No request of forms 01–06.
  case none
  /// Several types: hold for a person, never guess.
  case ambiguous([DossierType])
  /// The letter can not be read well enough: hold for a person, who may start from the guess.
  case manual(guess: DossierType?)

  /// `01` … `06`, `none`, `ambiguous`, `manual`.
  public var name: String {
    switch self {
    case .type(let type): type.rawValue
    case .none: "none"
    case .ambiguous: "ambiguous"
    case .manual: "manual"
    }
  }

  /// The type, when there is one.
  public var type: DossierType? {
    if case .type(let type) = self { return type }
    return nil
  }
}

extension TypeVerdict: Codable {
  private enum CodingKeys: String, CodingKey { case verdict, types, guess }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let name = try container.decode(String.self, forKey: .verdict)
    switch name {
    case "none": self = .none
    case "ambiguous": self = .ambiguous(try container.decodeIfPresent([DossierType].self, forKey: .types) ?? [])
    case "manual": self = .manual(guess: try container.decodeIfPresent(DossierType.self, forKey: .guess))
    default:
      guard let type = DossierType(rawValue: name) else {
        throw DecodingError.dataCorruptedError(forKey: .verdict, in: container, debugDescription: "no verdict")
      }
      self = .type(type)
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(name, forKey: .verdict)
    switch self {
    case .ambiguous(let types): try container.encode(types, forKey: .types)
    case .manual(let guess): try container.encodeIfPresent(guess, forKey: .guess)
    case .type, .none: break
    }
  }
}
