public import DossierModel
import Foundation
import VietnameseText

/// What `lienthong dossier read|import|check --json` prints: one object with the field names of the reference.
public struct DossierReport: Sendable {
  public var type: String
  public var evidence: [Evidence]
  public var letter: LetterHead?
  public var contact: ContactPerson?
  public var declaredCount: Int?
  public var rows: [DossierRow]
  public var findings: [DossierFinding]
  /// The columns that every row shows, `null` where empty.
  public var columns: [DossierField]
  /// Set for a refused file.
  public var refusal: Refusal?

  public struct Refusal: Sendable, Hashable, Codable {
    public var code: String
    public var text: String
    public var textEn: String

    public init(code: String, text: String, textEn: String) {
      self.code = code
      self.text = text
      self.textEn = textEn
    }
  }

  /// Of a letter.
  public init(_ mapped: MappedDossier, head: LetterHead? = nil) {
    type = mapped.verdict.name
    evidence = mapped.evidence
    letter = mapped.dossier?.letter ?? head
    contact = mapped.dossier.flatMap { $0.contact == ContactPerson() ? nil : $0.contact }
    declaredCount = mapped.dossier?.declaredCount
    rows = mapped.dossier?.rows ?? []
    findings = mapped.findings
    columns = Self.columns(mapped.dossier?.type, rows)
    refusal = nil
  }

  /// Of a letter that was read: one that asks for two types at once is held, and shows whom to ask about it.
  public init(_ mapped: MappedDossier, content: LetterContent) {
    self.init(mapped, head: content.head)
    if case .ambiguous = mapped.verdict {
      contact = content.contact
      declaredCount = content.declaredCount
    }
  }

  /// Of a list.
  public init(_ list: ImportedList) {
    type = list.type?.rawValue ?? "none"
    evidence =
      list.type.map { type in
        [
          Evidence(
            kind: .sheetHeader, type: type, weight: 0,
            says: .init(vi: "Dòng tiêu đề của loại \(type.rawValue)", en: "The header of type \(type.rawValue)"))
        ]
      } ?? []
    rows = list.isRefused ? [] : list.rows
    findings = list.findings
    columns = Self.columns(list.type, rows)
    if list.isRefused, let first = list.findings.first {
      refusal = Refusal(code: first.code, text: first.text.vi, textEn: first.text.en)
    }
  }

  /// Of a file that was refused as a whole.
  public init(refused finding: DossierFinding) {
    type = "none"
    evidence = []
    rows = []
    findings = [finding]
    columns = []
    refusal = Refusal(code: finding.code, text: finding.text.vi, textEn: finding.text.en)
  }

  /// Of a dossier.
  public init(_ dossier: Dossier, findings: [DossierFinding]) {
    type = dossier.type.rawValue
    evidence = []
    letter = dossier.letter
    contact = dossier.contact
    declaredCount = dossier.declaredCount
    rows = dossier.rows
    self.findings = findings
    columns = Self.columns(dossier.type, rows)
  }

  private static func columns(_ type: DossierType?, _ rows: [DossierRow]) -> [DossierField] {
    guard let type else { return [] }
    let levels: Set<DossierField> = [.orgLevel1, .orgLevel2, .orgLevel3, .orgLevel4]
    let hasLevels = rows.contains { !levels.isDisjoint(with: $0.values.keys) }
    let hasOrganisation = rows.contains { $0.organisation != nil }
    let known = type.columns.filter { field in
      if type == .persons, levels.contains(field) { return hasLevels || !hasOrganisation }
      if type == .persons, field == .organisation { return hasOrganisation || !hasLevels }
      return true
    }
    let added = Set(rows.flatMap(\.values.keys)).subtracting(type.columns).sorted()
    return known + added
  }

  /// The object, keys sorted, UTF-8.
  public func json() throws -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
    return Array(try encoder.encode(self)) + [0x0A]
  }
}

extension DossierReport: Encodable {
  private struct Key: CodingKey {
    var stringValue: String
    var intValue: Int? { nil }
    init(_ name: String) { stringValue = name }
    init?(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(type, forKey: Key("type"))
    try container.encodeIfPresent(refusal, forKey: Key("refused"))
    var list = container.nestedUnkeyedContainer(forKey: Key("evidence"))
    for item in evidence {
      var entry = list.nestedContainer(keyedBy: Key.self)
      try entry.encode(item.kind, forKey: Key("kind"))
      try entry.encode(item.type?.rawValue ?? "none", forKey: Key("type"))
      try entry.encode(item.weight, forKey: Key("weight"))
      try entry.encode(item.says.vi, forKey: Key("text"))
      try entry.encode(item.says.en, forKey: Key("textEn"))
    }
    if let letter { try encode(letter, in: &container) } else { try container.encodeNil(forKey: Key("letter")) }
    if let contact {
      try container.encode(contact, forKey: Key("contact"))
    } else {
      try container.encodeNil(forKey: Key("contact"))
    }
    try container.encode(declaredCount, forKey: Key("declaredCount"))
    try container.encode(rows.count, forKey: Key("rowCount"))
    var table = container.nestedUnkeyedContainer(forKey: Key("rows"))
    for row in rows {
      var entry = table.nestedContainer(keyedBy: Key.self)
      try entry.encode(row.number, forKey: Key("no"))
      for field in columns {
        if let value = row[field] {
          try entry.encode(value, forKey: Key(field.rawValue))
        } else {
          try entry.encodeNil(forKey: Key(field.rawValue))
        }
      }
    }
    var found = container.nestedUnkeyedContainer(forKey: Key("findings"))
    for finding in findings {
      var entry = found.nestedContainer(keyedBy: Key.self)
      try entry.encode(finding.code, forKey: Key("code"))
      try entry.encode(finding.severity, forKey: Key("severity"))
      try entry.encode(finding.row, forKey: Key("row"))
      try entry.encode(finding.field, forKey: Key("field"))
      try entry.encode(finding.cell, forKey: Key("cell"))
      try entry.encode(finding.text.vi, forKey: Key("text"))
      try entry.encode(finding.text.en, forKey: Key("textEn"))
      try entry.encodeIfPresent(finding.source, forKey: Key("source"))
    }
  }

  private func encode(_ head: LetterHead, in container: inout KeyedEncodingContainer<Key>) throws {
    var entry = container.nestedContainer(keyedBy: Key.self, forKey: Key("letter"))
    try entry.encode(head.number, forKey: Key("number"))
    try entry.encode(head.notation, forKey: Key("notation"))
    try entry.encode(head.date, forKey: Key("date"))
    try entry.encode(head.subject, forKey: Key("subject"))
    try entry.encode(head.agency, forKey: Key("agency"))
    try entry.encode(head.superior, forKey: Key("superior"))
    try entry.encode(head.place, forKey: Key("place"))
    try entry.encode(head.addressee, forKey: Key("addressee"))
    try entry.encode(head.signer, forKey: Key("signer"))
  }
}
