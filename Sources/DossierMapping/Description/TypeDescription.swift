public import DossierModel

/// One dossier type as data: `type-01.yaml` … `type-06.yaml`.
public struct TypeDescription: Sendable, Hashable, Codable {
  public var mapping: String
  public var version: Int
  public var type: DossierType
  /// OK, 1S, UNVERIFIED or GUESS.
  public var certainty: String
  public var sources: [String]
  public var doubts: [String]
  public var names: Names
  /// The portal's short code, when known.
  public var shortCode: String?
  /// Whether the dossier may point to a separate letter of revocation.
  public var revocationLetterAllowed: Bool
  public var edxml: EnvelopeValues
  public var letter: Letter
  public var sheet: Sheet
  public var centralSigningSectors: [String]?
  public var required: Required
  public var classification: Patterns

  public struct Names: Sendable, Hashable, Codable {
    public var vi: String
    public var en: String
  }

  /// Values for the header of an edXML message.
  public struct EnvelopeValues: Sendable, Hashable, Codable {
    /// Name of the kind of document, "Công văn".
    public var documentTypeName: String
    /// Its code in the list of NĐ 30/2020, when used.
    public var documentType: Int?
  }

  /// The paper form.
  public struct Letter: Sendable, Hashable, Codable {
    public var formNumber: String
    /// Without "V/v".
    public var subject: String
    public var subjectCentralSigning: String?
    /// "cá nhân" of "03 cá nhân".
    public var countNoun: String
    /// Fields of part 1.
    public var contact: [String]
    public var columns: [LetterColumn]
  }

  public struct LetterColumn: Sendable, Hashable, Codable {
    /// The upper cell of a merged head.
    public var group: String?
    public var title: String
    public var fields: [DossierField]
    public var width: Double
    public var aliases: [String]?
  }

  /// The list.
  public struct Sheet: Sendable, Hashable, Codable {
    public var name: String
    public var columns: [SheetColumn]
    /// Columns without which a list is refused, besides those of required fields.
    public var essential: [DossierField]?
  }

  public struct SheetColumn: Sendable, Hashable, Codable {
    public var title: String
    /// Printed in brackets below the title.
    public var hint: String?
    public var field: DossierField
    /// For `simPKI`: `carrier` or `keepNumber`.
    public var part: String?
    public var width: Double
    public var aliases: [String]?
    public var list: ValueList?
  }

  /// What a cell may be chosen from.
  public enum ValueList: Sendable, Hashable, Codable {
    case provinces, carriers, reasons
    case values([String])

    public init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if let values = try? container.decode([String].self) {
        self = .values(values)
        return
      }
      switch try container.decode(String.self) {
      case "provinces": self = .provinces
      case "carriers": self = .carriers
      case "reasons": self = .reasons
      case let name:
        throw DecodingError.dataCorruptedError(
          in: container, debugDescription: "list must be provinces, carriers, reasons or a list of values, not \(name)")
      }
    }

    public func encode(to encoder: any Encoder) throws {
      var container = encoder.singleValueContainer()
      switch self {
      case .provinces: try container.encode("provinces")
      case .carriers: try container.encode("carriers")
      case .reasons: try container.encode("reasons")
      case .values(let values): try container.encode(values)
      }
    }
  }

  /// Fields that must be filled.
  public struct Required: Sendable, Hashable, Codable {
    public var always: [DossierField]
    public var letter: [DossierField]
    public var sheet: [DossierField]
  }

  /// Words that tell the type.
  public struct Patterns: Sendable, Hashable, Codable {
    public var subject: [PhrasePattern]
    public var body: [PhrasePattern]
  }

  /// The title of a field's column, for messages.
  public func label(of field: DossierField) -> String {
    sheet.columns.first { $0.field == field && $0.part != "keepNumber" }?.title
      ?? letter.columns.first { $0.fields.contains(field) }?.title ?? field.rawValue
  }
}
