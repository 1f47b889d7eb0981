public import DossierModel
public import Spreadsheet
import VietnameseText

/// Reads lists of dossiers from spreadsheets: the portal's template for type 01, our templates for 02–06, the letters'
/// own columns, in any order.
public struct DossierImporter: Sendable {
  let mapping: MappingSet
  let reader: SpreadsheetReader
  private var texts: RuleTexts { mapping.ruleTexts }

  public init(mapping: MappingSet, limits: SpreadsheetLimits = .standard) {
    self.mapping = mapping
    reader = SpreadsheetReader(limits: limits)
  }

  /// The list in a file.
  ///
  /// - Parameters:
  ///   - type: The type that the list must be of; `nil`: told by its header.
  ///   - context: Today's day for plausible dates; facts of the letter are not needed here.
  /// - Throws: `SpreadsheetError` when the file itself is refused. A list that is not one of ours is returned with
  ///   `isRefused`.
  public func importList(
    _ bytes: [UInt8], name: String, type: DossierType?, context: RuleContext = RuleContext()
  ) throws(SpreadsheetError) -> ImportedList {
    let workbook = try reader.read(bytes, name: name)
    let types = type.map { [$0] } ?? DossierType.allCases
    var candidates: [(sheet: Sheet, match: HeaderMatch)] = []
    for sheet in workbook.sheets where !sheet.isHidden {
      let matches = types.compactMap { HeaderFinder(mapping: mapping).find($0, in: sheet) }
      if let best = matches.max(by: { score($0) < score($1) }) { candidates.append((sheet, best)) }
    }
    guard let chosen = candidates.max(by: { score($0.match) < score($1.match) }) else {
      return refusedForHeader(workbook, name: name, wanted: type)
    }
    var list = ImportedList(
      name: name, type: chosen.match.type, rows: [], findings: [], header: chosen.match.titles.map(\.title),
      isRefused: false, columns: [:], rowNumbers: [])
    refuse(&list, forColumnsOf: chosen.match)
    if list.isRefused { return list }
    var sheetReader = SheetRowReader(mapping: mapping, sheet: chosen.sheet, match: chosen.match)
    sheetReader.read()
    let others = candidates.filter { $0.sheet.name != chosen.sheet.name && lacks($0.match).isEmpty }.filter {
      var other = SheetRowReader(mapping: mapping, sheet: $0.sheet, match: $0.match)
      other.read()
      return !other.rows.isEmpty
    }
    if !others.isEmpty {
      list.findings = [texts.finding("X-SHEETS")].compactMap { $0 }
      list.isRefused = true
      return list
    }
    list.rows = sheetReader.rows
    list.rowNumbers = sheetReader.rowNumbers
    list.columns = sheetReader.columns
    var findings = sheetReader.findings
    for title in chosen.match.unknown.prefix(20) {
      if let finding = texts.finding("X-COLUMN", ["title": String(title.prefix(60))]) { findings.append(finding) }
    }
    if list.rows.isEmpty, let finding = texts.finding("X-EMPTY") { findings.append(finding) }
    findings += DossierRules(mapping: mapping).rowFindings(
      in: list.rows, type: chosen.match.type, origin: origin(of: chosen.match), context: context,
      known: sheetReader.spokenOf)
    list.findings = placed(findings, in: list)
    return list
  }

  /// A list in the letter's columns has one column for the organisation.
  private func origin(of match: HeaderMatch) -> DossierRules.Origin {
    match.type == .persons && match.fields.contains(.organisation) && !match.fields.contains(.orgLevel1)
      ? .letter : .sheet
  }

  private func score(_ match: HeaderMatch) -> Int { match.columns.count * 10 - lacks(match).count * 11 }

  /// Columns that a list of this type can not do without, and that this header lacks.
  private func lacks(_ match: HeaderMatch) -> [DossierField] {
    guard let description = mapping.description(of: match.type) else { return [] }
    let required = description.required
    let needed =
      required.always + (origin(of: match) == .letter ? [.organisation] : required.sheet)
      + (description.sheet.essential ?? [])
    return needed.filter { !match.fields.contains($0) }
  }

  private func refuse(_ list: inout ImportedList, forColumnsOf match: HeaderMatch) {
    guard let description = mapping.description(of: match.type) else { return }
    let lacking = lacks(match).map { description.label(of: $0) }
    let doubled = match.doubled.map { description.label(of: $0) }
    guard !lacking.isEmpty || !doubled.isEmpty else { return }
    list.isRefused = true
    if !lacking.isEmpty {
      let names = lacking.joined(separator: ", ")
      list.findings.append(
        contentsOf: header(
          ClerkSentence(vi: "Dòng tiêu đề thiếu cột: \(names).", en: "The header lacks: \(names)."), match.type))
    }
    if !doubled.isEmpty {
      let names = doubled.joined(separator: ", ")
      list.findings.append(
        contentsOf: header(
          ClerkSentence(vi: "Dòng tiêu đề có hai cột cho: \(names).", en: "The header has two columns for: \(names)."),
          match.type))
    }
  }

  private func header(_ problem: ClerkSentence, _ type: DossierType?) -> [DossierFinding] {
    [texts.finding("X-HEADER", problem: problem, ["form": type?.rawValue ?? "01-06"])].compactMap { $0 }
  }

  /// No header of the wanted type: says of which type the list is, if it is one.
  private func refusedForHeader(_ workbook: Workbook, name: String, wanted: DossierType?) -> ImportedList {
    var problem = ClerkSentence(
      vi: "Không tìm thấy dòng tiêu đề của danh sách.", en: "No header row of a list was found.")
    var titles: [String] = []
    for sheet in workbook.sheets where !sheet.isHidden {
      let found = DossierType.allCases.compactMap { HeaderFinder(mapping: mapping).find($0, in: sheet) }
      if let other = found.max(by: { score($0) < score($1) }) {
        problem = ClerkSentence(
          vi: "Dòng tiêu đề là của loại \(other.type.rawValue), không phải loại cần nhập.",
          en: "The header is that of type \(other.type.rawValue), not of the wanted type.")
        titles = other.titles.map(\.title)
        break
      }
    }
    return ImportedList(
      name: name, type: nil, rows: [], findings: header(problem, wanted), header: titles, isRefused: true, columns: [:],
      rowNumbers: [])
  }

  /// The findings with the addresses of their cells.
  private func placed(_ findings: [DossierFinding], in list: ImportedList) -> [DossierFinding] {
    var indices: [Int: Int] = [:]
    for (index, row) in list.rows.enumerated() {
      let number = row.number ?? index + 1
      if indices[number] == nil { indices[number] = index }
    }
    return findings.map { finding in
      guard finding.cell == nil, let row = finding.row, let index = indices[row], let field = finding.field else {
        return finding
      }
      var finding = finding
      let first = field.split(separator: "|").first.map(String.init) ?? field
      finding.cell = list.cell(rowIndex: index, field: DossierField(rawValue: first))
      return finding
    }.sorted { ($0.row ?? 0) < ($1.row ?? 0) }
  }
}
