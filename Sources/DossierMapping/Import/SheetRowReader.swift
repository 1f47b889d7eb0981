import DossierModel
import Spreadsheet
import VietnameseText

/// Reads the rows below a list's header into dossier rows, with a finding for every cell that can not be read.
struct SheetRowReader {
  let mapping: MappingSet
  let sheet: Sheet
  let match: HeaderMatch
  private(set) var rows: [DossierRow] = []
  /// The sheet's row number of each.
  private(set) var rowNumbers: [Int] = []
  private(set) var findings: [DossierFinding] = []
  /// Fields that a finding speaks of, by row.
  private(set) var spokenOf: [Set<DossierField>] = []
  let columns: [DossierField: Int]
  private let description: TypeDescription?
  private var texts: RuleTexts { mapping.ruleTexts }

  init(mapping: MappingSet, sheet: Sheet, match: HeaderMatch) {
    self.mapping = mapping
    self.sheet = sheet
    self.match = match
    description = mapping.description(of: match.type)
    var columns: [DossierField: Int] = [:]
    for (column, role) in match.columns {
      if role.packed.isEmpty {
        if role.part == nil || columns[role.field] == nil { columns[role.field] = column }
      } else {
        for field in role.packed where columns[field] == nil { columns[field] = column }
      }
    }
    self.columns = columns
  }

  mutating func read() {
    let body = sheet.rows.indices.filter { $0 > match.lastHeaderRow }
    let fills = mergedFills()
    var footerStart: Int?
    var plain: [(row: SheetRow, cells: [Int: CellValue])] = []
    for index in body {
      let row = sheet.rows[index]
      if plain.isEmpty && (isNumbering(row) || isHints(row)) || isHeader(row) { continue }
      var cells: [Int: CellValue] = [:]
      for cell in row.cells where match.columns[cell.column] != nil || cell.column == match.numberColumn {
        if let text = cell.value.text, Self.isBlank(text) { continue }
        cells[cell.column] = cell.value
      }
      let filled = cells.keys.filter { $0 != match.numberColumn }
      guard !filled.isEmpty else { continue }
      if filled.count == 1, let column = match.numberColumn, let number = cells[column]?.text,
        Self.isGroupNumber(number)
      {
        if let finding = texts.finding("X-GROUP", cell: SheetAddress.name(column: column, row: row.number)) {
          findings.append(finding)
        }
        continue
      }
      // Vertically merged cells count for each of their rows, but make no row by themselves.
      for (column, value) in fills[row.number] ?? [:] where cells[column] == nil { cells[column] = value }
      plain.append((row, cells))
    }
    // What stands below the list: rows without a running number and with next to nothing in them, up to the end.
    var end = plain.count
    while end > 0, isFooter(plain[end - 1].cells) { end -= 1 }
    if end < plain.count, end > 0 { footerStart = plain[end].row.number } else { end = plain.count }
    if let footerStart, let finding = texts.finding("X-FOOTER", cell: "A\(footerStart)") { findings.append(finding) }
    for entry in plain[..<end] { take(entry.row.number, entry.cells) }
    if let hidden = plain[..<end].first(where: \.row.isHidden),
      let finding = texts.finding("X-HIDDEN", cell: "A\(hidden.row.number)")
    {
      findings.append(finding)
    }
  }

  /// Values of merged ranges below the header, for the rows that they cover.
  private func mergedFills() -> [Int: [Int: CellValue]] {
    var fills: [Int: [Int: CellValue]] = [:]
    guard !sheet.merged.isEmpty else { return fills }
    let headerEnd = sheet.rows[match.lastHeaderRow].number
    var byNumber: [Int: SheetRow] = [:]
    for row in sheet.rows { byNumber[row.number] = row }
    for range in sheet.merged where range.firstRow > headerEnd && range.lastRow > range.firstRow {
      guard range.lastRow - range.firstRow <= 5000, range.firstColumn == range.lastColumn,
        match.columns[range.firstColumn] != nil, let value = byNumber[range.firstRow]?[range.firstColumn]?.value
      else { continue }
      for number in (range.firstRow + 1)...range.lastRow { fills[number, default: [:]][range.firstColumn] = value }
    }
    return fills
  }

  /// "(1) (2) (3)" below a header.
  private func isNumbering(_ row: SheetRow) -> Bool {
    guard row.cells.count >= 4 else { return false }
    let numbers = row.cells.map { cell -> Int? in
      cell.value.text.flatMap { text in Int(text.filter { $0 != "(" && $0 != ")" && $0 != "." }) }
    }
    guard let first = numbers.first ?? nil, first <= 1 else { return false }
    return numbers.enumerated().allSatisfy { $0.element == first + $0.offset }
  }

  /// "Bắt buộc nhập" below a header: what to fill in, not what was filled in.
  private func isHints(_ row: SheetRow) -> Bool {
    let texts = row.cells.filter { match.columns[$0.column] != nil }.compactMap(\.value.text)
    let hints = texts.filter { $0.contains(where: \.isLetter) && HeaderLabel.key($0).isEmpty }
    return hints.count >= 2 && 2 * hints.count >= texts.count
  }

  /// The header once more, as lists that were put together have it.
  private func isHeader(_ row: SheetRow) -> Bool {
    let again = match.titles.filter { title in
      match.columns[title.column] != nil && row[title.column]?.value.text == title.title
    }
    return again.count >= 3 && 2 * again.count > match.columns.count
  }

  /// `I`, `IV.`, `A`: the number of a group of rows, as "I  Sở Tư pháp".
  private static func isGroupNumber(_ text: String) -> Bool {
    let sign = text.hasSuffix(".") || text.hasSuffix(")") ? text.dropLast() : text[...]
    return (1...5).contains(sign.count)
      && (sign.allSatisfy { "IVXL".contains($0) } || sign.count == 1 && sign.allSatisfy { ("A"..."H").contains($0) })
  }

  private func isFooter(_ cells: [Int: CellValue]) -> Bool {
    if let column = match.numberColumn, let number = cells[column], number.text.flatMap(Self.number) != nil {
      return false
    }
    guard match.numberColumn != nil else { return false }
    let filled = cells.filter { $0.key != match.numberColumn }
    return filled.count <= 2
      && !filled.contains { cell in
        guard let text = cell.value.text else { return true }
        return text.contains("@") || Self.longestDigits(text) >= 6
      }
  }

  private mutating func take(_ sheetRow: Int, _ cells: [Int: CellValue]) {
    var row = DossierRow(number: rows.count + 1)
    if let column = match.numberColumn, let number = cells[column]?.text.flatMap(Self.number) { row.number = number }
    var reading = CellReading(
      mapping: mapping, description: description, rowNumber: row.number ?? 0, sheetRow: sheetRow)
    var keeps: (text: String, column: Int)?
    for (column, role) in match.columns.sorted(by: { $0.key < $1.key }) {
      guard let value = cells[column] else {
        if role.field.kind == .flag { row[role.field] = .flag(false) }
        continue
      }
      if role.part == "keepNumber" {
        keeps = reading.text(of: value, role.field, column).map { ($0, column) }
      } else if !role.packed.isEmpty {
        reading.readPacked(value, role.packed, column, into: &row)
      } else {
        reading.read(value, role.field, column, into: &row)
      }
    }
    if let keeps { reading.keepNumber(keeps.text, keeps.column, into: &row) }
    if match.type == .persons, row[.centralSigning] == nil { row.centralSigning = false }
    if match.type == .revocation, let reason = row.reason { row.reasonCode = mapping.reasons.code(for: reason) }
    rows.append(row)
    rowNumbers.append(sheetRow)
    findings += reading.findings
    spokenOf.append(reading.spokenOf)
  }

  private static func longestDigits(_ text: String) -> Int {
    text.split { !$0.isNumber }.map(\.count).max() ?? 0
  }

  static func number(_ text: String) -> Int? {
    let digits = text.hasSuffix(".") ? String(text.dropLast()) : text
    if let number = Int(digits), (0...1_000_000).contains(number) { return number }
    // "1.0" of a CSV.
    if let number = Double(digits), number == number.rounded(), (0...1_000_000).contains(number) { return Int(number) }
    return nil
  }

  /// A dash in a cell means nothing is there.
  static func isBlank(_ text: String) -> Bool {
    text.unicodeScalars.allSatisfy { ["-", "–", "—", ".", "…", "_", "/", " ", "'"].contains($0) }
  }
}
