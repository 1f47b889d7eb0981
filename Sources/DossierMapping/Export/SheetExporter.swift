public import DossierModel
public import Spreadsheet
import VietnameseText

/// Writes templates, lists and reports of errors.
public struct SheetExporter: Sendable {
  let mapping: MappingSet

  public init(mapping: MappingSet) { self.mapping = mapping }

  /// Rows that a template prepares, as the portal's does.
  public static let preparedRows = 100

  /// The kinds of file that are written.
  public enum Format: String, Sendable, Hashable, CaseIterable {
    case xlsx, csv
  }

  /// The empty template of a type: header, running numbers, drop-down lists, date formats.
  public func template(_ type: DossierType) throws(SpreadsheetError) -> [UInt8] {
    var plan = plan(type)
    plan.rows = (1...Self.preparedRows).map { [.number($0)] }
    plan.preparedRows = Self.preparedRows
    return try WorkbookWriter.write(plan)
  }

  /// The rows of a dossier in the template's columns.
  public func list(_ dossier: Dossier, as format: Format = .xlsx) throws(SpreadsheetError) -> [UInt8] {
    try list(dossier.rows, type: dossier.type, as: format)
  }

  /// Rows in the template's columns. A letter's one organisation column goes to level 1 where no levels are known.
  public func list(_ rows: [DossierRow], type: DossierType, as format: Format = .xlsx) throws(SpreadsheetError)
    -> [UInt8]
  {
    var plan = plan(type)
    let columns = mapping.description(of: type)?.sheet.columns ?? []
    plan.rows = rows.enumerated().map { index, row in
      [.number(row.number ?? index + 1)] + columns.map { cell($0, row) }
    }
    plan.preparedRows = max(rows.count, Self.preparedRows)
    return format == .csv ? DelimitedWriter.write(plan) : try WorkbookWriter.write(plan)
  }

  /// A report: the imported rows as they stand, each wrong cell marked, and a last column that says what is wrong.
  public func errorReport(_ list: ImportedList, as format: Format = .xlsx) throws(SpreadsheetError) -> [UInt8] {
    guard let type = list.type else {
      let plan = SheetPlan(
        name: "Loi", columns: [SheetPlan.Column(title: "Lỗi", width: 120)],
        rows: list.findings.map { [.marked("\($0.code): \($0.text.vi)")] })
      return format == .csv ? DelimitedWriter.write(plan) : try WorkbookWriter.write(plan)
    }
    var plan = plan(type)
    let columns = mapping.description(of: type)?.sheet.columns ?? []
    plan.name = "Loi"
    plan.columns.append(SheetPlan.Column(title: "Trạng thái", width: 90))
    var byRow: [Int?: [DossierFinding]] = [:]
    for finding in list.findings { byRow[finding.row, default: []].append(finding) }
    plan.rows = list.rows.enumerated().map { index, row in
      let number = row.number ?? index + 1
      let findings = byRow[number] ?? []
      let wrong = Set(findings.flatMap { ($0.field ?? "").split(separator: "|").map(String.init) })
      var cells: [SheetPlan.Cell] = [.number(number)]
      for column in columns {
        let cell = cell(column, row)
        guard wrong.contains(column.field.rawValue) else {
          cells.append(cell)
          continue
        }
        cells.append(.marked(row.printed(column.field) ?? ""))
      }
      cells.append(
        findings.isEmpty
          ? .text("Hợp lệ")
          : .text(findings.map { "\($0.cell.map { $0 + ": " } ?? "")\($0.text.vi)" }.joined(separator: " | ")))
      return cells
    }
    for finding in byRow[nil] ?? [] { plan.rows.append([.marked("\(finding.code): \(finding.text.vi)")]) }
    return format == .csv ? DelimitedWriter.write(plan) : try WorkbookWriter.write(plan)
  }

  private func plan(_ type: DossierType) -> SheetPlan {
    let description = mapping.description(of: type)
    let required = Set((description?.required.always ?? []) + (description?.required.sheet ?? []))
    let columns = (description?.sheet.columns ?? []).map { column in
      SheetPlan.Column(
        title: column.hint.map { "\(column.title) (\($0))" } ?? column.title,
        isRequired: required.contains(column.field) || (description?.sheet.essential ?? []).contains(column.field),
        width: column.width, holdsDates: column.field.kind == .date, choices: choices(column.list))
    }
    return SheetPlan(
      name: description?.sheet.name ?? "DanhSach", columns: [SheetPlan.Column(title: "STT", width: 5)] + columns)
  }

  private func choices(_ list: TypeDescription.ValueList?) -> [String] {
    switch list {
    case .provinces: mapping.provinces.names
    case .carriers: mapping.telephones.simPKICarriers
    case .reasons: mapping.reasons.reasons.map(\.text)
    case .values(let values): values
    case nil: []
    }
  }

  private func cell(_ column: TypeDescription.SheetColumn, _ row: DossierRow) -> SheetPlan.Cell {
    let field = column.field
    if field == .orgLevel1, row.orgLevel1 == nil, let line = row.organisation { return .text(line) }
    guard let value = row[field] else { return row.asPrinted[field].map { .text($0) } ?? .empty }
    switch value {
    case .text(let text): return .text(text)
    case .date(let date): return .day(date.daysSince1970)
    case .flag(let flag):
      guard flag else { return .empty }
      if case .values(let values)? = column.list, let yes = values.first { return .text(yes) }
      return .text("x")
    case .simPKI(let sim):
      if column.part == "keepNumber" { return sim.keepNumber ? .text("V") : .empty }
      return .text(sim.carrier)
    }
  }
}
