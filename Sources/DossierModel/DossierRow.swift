import VietnameseText

/// One line of a dossier's table: a person, an organisation, a device, a certificate.
///
/// Cells are reached by the column's name, so that mappings work without code for each; the typed properties of
/// `DossierRow+Columns.swift` are the same cells. An empty cell has no value (`nil`).
public struct DossierRow: Sendable, Hashable {
  /// The printed running number (STT).
  public var number: Int?
  /// The filled cells.
  public private(set) var values: [DossierField: DossierValue]
  /// The printed text of cells where it differs from the value, or could not be read into one (a wrong date).
  public var asPrinted: [DossierField: String]

  public init(number: Int? = nil, values: [DossierField: DossierValue] = [:], asPrinted: [DossierField: String] = [:]) {
    self.number = number
    self.values = [:]
    self.asPrinted = asPrinted
    for (field, value) in values { self[field] = value }
  }

  /// The cell of `field`. Empty text is kept as no value; text is kept in NFC.
  public subscript(field: DossierField) -> DossierValue? {
    get { values[field] }
    set {
      if case .text(let text)? = newValue {
        values[field] = text.isEmpty ? nil : .text(text.nfc)
      } else {
        values[field] = newValue
      }
    }
  }

  /// The text of a text cell.
  public func text(_ field: DossierField) -> String? {
    guard case .text(let text)? = values[field] else { return nil }
    return text
  }

  /// The date of a date cell.
  public func date(_ field: DossierField) -> CalendarDate? {
    guard case .date(let date)? = values[field] else { return nil }
    return date
  }

  /// Whether a tick is set; an absent cell is not ticked.
  public func flag(_ field: DossierField) -> Bool {
    guard case .flag(let flag)? = values[field] else { return false }
    return flag
  }

  /// What stands, or would stand, on paper: the printed text where known, else the value's text; `nil` when empty.
  public func printed(_ field: DossierField) -> String? {
    if let text = asPrinted[field] { return text }
    return values[field].map(\.printed)
  }
}

extension DossierRow: Codable {
  private struct Key: CodingKey {
    var stringValue: String
    var intValue: Int? { nil }
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  /// From an object of column names; `no` is the running number, `asPrinted` an object, `null` an empty cell.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    self.init()
    for key in container.allKeys where try !container.decodeNil(forKey: key) {
      switch key.stringValue {
      case "no": number = try container.decode(Int.self, forKey: key)
      case "asPrinted":
        for (name, text) in try container.decode([String: String].self, forKey: key) {
          asPrinted[DossierField(rawValue: name)] = text
        }
      default:
        let field = DossierField(rawValue: key.stringValue)
        switch field.kind {
        case .text: self[field] = .text(try container.decode(String.self, forKey: key))
        case .date: self[field] = .date(try container.decode(CalendarDate.self, forKey: key))
        case .flag: self[field] = .flag(try container.decode(Bool.self, forKey: key))
        case .simPKI: self[field] = .simPKI(try container.decode(SIMPKI.self, forKey: key))
        }
      }
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encodeIfPresent(number, forKey: Key(stringValue: "no"))
    for (field, value) in values.sorted(by: { $0.key < $1.key }) {
      try container.encode(value, forKey: Key(stringValue: field.rawValue))
    }
    if !asPrinted.isEmpty {
      let texts = Dictionary(uniqueKeysWithValues: asPrinted.map { ($0.key.rawValue, $0.value) })
      try container.encode(texts, forKey: Key(stringValue: "asPrinted"))
    }
  }
}
