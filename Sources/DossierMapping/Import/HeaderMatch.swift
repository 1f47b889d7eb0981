import DossierModel
import Spreadsheet

/// Where a list's header stands and which columns it has.
struct HeaderMatch {
  /// Columns of one role: a field, or one part of it.
  struct Role: Hashable {
    let field: DossierField
    /// `keepNumber` of `simPKI`; else `nil`.
    let part: String?
    /// A letter's column that holds several fields ("number; date, place").
    let packed: [DossierField]
  }

  var type: DossierType
  /// Index into the sheet's rows of the header's last line.
  var lastHeaderRow: Int
  var firstHeaderRow: Int
  /// Column by role.
  var columns: [Int: Role]
  var numberColumn: Int?
  var titles: [(column: Int, title: String)]
  /// Titles that stand for one field twice.
  var doubled: [DossierField]
  /// Titles that no column of the type has.
  var unknown: [String]

  var fields: Set<DossierField> {
    Set(columns.values.flatMap { $0.packed.isEmpty ? [$0.field] : $0.packed })
  }
}

/// Finds the header of a list among a sheet's first rows, whatever the order of its columns.
struct HeaderFinder {
  let mapping: MappingSet
  /// A header stands within the first rows with content: titles and notes come before it.
  private static let searchedRows = 40
  private static let numberTitles: Set<String> = ["stt", "tt", "sott", "sothutu", "no", "so"]

  /// The best header of `type` in `sheet`; `nil` when no row has at least three of its columns and a third of them.
  func find(_ type: DossierType, in sheet: Sheet) -> HeaderMatch? {
    guard let description = mapping.description(of: type) else { return nil }
    let roles = Self.roles(of: description)
    var best: HeaderMatch?
    for index in sheet.rows.indices.prefix(Self.searchedRows) {
      for depth in 1...2 {
        guard let match = match(type, roles, sheet, index, depth), match.columns.count > best?.columns.count ?? 2 else {
          continue
        }
        best = match
      }
    }
    return best
  }

  private static func roles(of description: TypeDescription) -> [String: HeaderMatch.Role] {
    var roles: [String: HeaderMatch.Role] = [:]
    // The letter's columns first, so that the template's own titles win where both have one.
    for column in description.letter.columns {
      guard let field = column.fields.first else { continue }
      for title in [column.title] + (column.aliases ?? []) {
        roles[HeaderLabel.key(title)] = HeaderMatch.Role(
          field: field, part: nil, packed: column.fields.count > 1 ? column.fields : [])
      }
    }
    for column in description.sheet.columns {
      for title in [column.title] + (column.aliases ?? []) {
        roles[HeaderLabel.key(title)] = HeaderMatch.Role(
          field: column.field, part: column.part == "keepNumber" ? column.part : nil, packed: [])
      }
    }
    return roles
  }

  private func match(
    _ type: DossierType, _ roles: [String: HeaderMatch.Role], _ sheet: Sheet, _ index: Int, _ depth: Int
  ) -> HeaderMatch? {
    let row = sheet.rows[index]
    var titles: [Int: String] = [:]
    for cell in row.cells { titles[cell.column] = cell.value.text }
    var last = index
    if depth == 2 {
      // A head of two lines: the lower line's titles count where there are any. Both lines must touch. A first row of
      // data has no titles, so it never makes more columns known.
      guard sheet.rows.indices.contains(index + 1), sheet.rows[index + 1].number == row.number + 1 else { return nil }
      for cell in sheet.rows[index + 1].cells { if let text = cell.value.text { titles[cell.column] = text } }
      last = index + 1
    }
    var match = HeaderMatch(
      type: type, lastHeaderRow: last, firstHeaderRow: index, columns: [:], numberColumn: nil, titles: [], doubled: [],
      unknown: [])
    var seen: Set<HeaderMatch.Role> = []
    for (column, title) in titles.sorted(by: { $0.key < $1.key }) {
      match.titles.append((column, title))
      let key = HeaderLabel.key(title)
      if Self.numberTitles.contains(key) || title == "#" {
        if match.numberColumn == nil { match.numberColumn = column }
      } else if let role = roles[key] {
        if seen.insert(role).inserted { match.columns[column] = role } else { match.doubled.append(role.field) }
      } else {
        match.unknown.append(title)
      }
    }
    // A row of data with one cell that reads like a title is no header.
    guard match.columns.count >= 3, match.columns.count * 2 >= titles.count - (match.numberColumn == nil ? 0 : 1) else {
      return nil
    }
    return match
  }
}
