import DossierModel

/// Joins the parts of tables over pages and reads their rows.
struct LetterTables {
  struct Joined {
    var match: ColumnHeadings.Match?
    var header: [String]
    var parts: [TablePart]
    var rows: [TablePart.Row]
    /// Columns of the joined table.
    var columns: Int
  }

  /// Parts in page order → tables.
  static func join(_ parts: [TablePart], headings: ColumnHeadings) -> [Joined] {
    var tables: [Joined] = []
    for part in parts {
      let header = part.head?.map { CellText(TextLine.lines(of: $0).map(\.text)).spaced }
      let match = header.flatMap { headings.match($0) }
      if let last = tables.indices.last, continues(tables[last], part, header: header, match) {
        append(part.rows, to: &tables[last])
        tables[last].parts.append(part)
      } else if let header {
        tables.append(
          Joined(match: match, header: header, parts: [part], rows: part.rows, columns: part.xs.count - 1))
      } else {
        tables.append(Joined(match: nil, header: [], parts: [part], rows: part.rows, columns: part.xs.count - 1))
      }
    }
    return tables
  }

  /// A part goes on with the table before it when it stands at the top of the next page and has the same columns.
  private static func continues(
    _ table: Joined, _ part: TablePart, header: [String]?, _ match: ColumnHeadings.Match?
  ) -> Bool {
    guard let last = table.parts.last, part.xs.count - 1 == table.columns else { return false }
    let samePlace = zip(last.xs, part.xs).allSatisfy { abs($0 - $1) < 12 }
    if let match, let earlier = table.match {
      guard match.type == earlier.type else { return false }
      return part.page > last.page || samePlace
    }
    return header == nil && part.page == last.page + 1 && samePlace
  }

  /// Rows that a page break cut in two are made whole: one of the halves has no running number.
  private static func append(_ rows: [TablePart.Row], to table: inout Joined) {
    var rows = rows[...]
    // Where nothing is numbered, a row without the subscriber's name is the rest of one.
    if let first = rows.first, let last = table.rows.last, case let number = numberColumn(table) ?? nameColumn(table),
      number < first.cells.count, number < last.cells.count,
      first.cells[number].isEmpty || last.cells[number].isEmpty && numberColumn(table) != nil
        || numberColumn(table) == nil && goesOn(last, with: first, in: table)
    {
      table.rows[table.rows.count - 1].cells = zip(last.cells, first.cells).map { $0 + $1 }
      rows = rows.dropFirst()
    }
    table.rows += rows
  }

  /// Whether an unnumbered row is the rest of the one before: it has no mailbox, as each row has, and fills no cell that
  /// is empty above it.
  private static func goesOn(_ last: TablePart.Row, with first: TablePart.Row, in table: Joined) -> Bool {
    guard let mail = table.match?.meanings.firstIndex(where: { $0?.fields.first == .email }),
      mail < first.cells.count, mail < last.cells.count, !last.cells[mail].isEmpty
    else { return false }
    let filled = first.cells.indices.filter { !first.cells[$0].isEmpty }
    return !first.cells[mail].contains { $0.text.contains("@") }
      && filled.allSatisfy { $0 < last.cells.count && !last.cells[$0].isEmpty }
  }

  /// The column that names what is asked for.
  private static func nameColumn(_ table: Joined) -> Int {
    let names: Set<DossierField> = [.fullName, .organisationName, .deviceName, .certificateName]
    return table.match?.meanings.firstIndex { $0?.fields.first.map(names.contains) == true } ?? 0
  }

  /// The column of the running numbers.
  private static func numberColumn(_ table: Joined) -> Int? {
    let numbered = table.rows.filter { !($0.cells.first ?? []).isEmpty && RunningNumber($0.cells[0]) != nil }.count
    return numbered > 0 && 2 * numbered >= table.rows.count ? 0 : nil
  }
}
