/// The part of a table that stands on one page: its head, if it has one there, and its rows by column.
struct TablePart {
  struct Row {
    /// Words of each column.
    var cells: [[PageWord]]
  }

  var page: Int
  var box: Box
  /// Boundaries of the columns.
  var xs: [Double]
  /// Words of each column's heading; `nil` when the part starts with a row.
  var head: [[PageWord]]?
  var rows: [Row]
  /// True when ruling lines showed the cells; else positions alone did.
  var isRuled: Bool
  /// Points from the running number's heading to the end of the head, told for unruled tables.
  var headDepth: Double?
}

extension TablePart {
  /// Reads a ruled table's cells.
  init?(_ grid: TableGrid, words: [PageWord], headings: ColumnHeadings) {
    let inside = words.filter { grid.box.contains(x: $0.centreX, y: $0.centreY) }
    guard !inside.isEmpty, grid.columns >= 3 else { return nil }
    // A word too long for its cell runs into the next one; it belongs where it starts.
    let places = inside.map { word in
      grid.xs.contains { word.box.left < $0 - 2 && word.box.right > $0 + 2 } ? word.box.left + 1 : word.centreX
    }
    func text(_ cell: TableGrid.Cell) -> [PageWord] {
      let box = grid.box(cell)
      return zip(inside, places).filter { box.contains(x: $1, y: $0.centreY) }.map(\.0)
    }
    // The first row is the first one that begins with a running number; what stands above is the head.
    var start: Int?
    var row = 0
    while row < grid.rows {
      let cell = grid.cell(row: row, column: 0)
      if cell.columns.count == 1, RunningNumber(text(cell)) != nil,
        !Self.isColumnNumbering((0..<grid.columns).map { text(grid.cell(row: row, column: $0)) })
      {
        start = row
        break
      }
      row = max(cell.rows.upperBound, row + 1)
    }
    var headRows: Int
    if let start {
      headRows = start
    } else {
      let first = (0..<grid.columns).map { grid.cell(row: 0, column: $0) }
      headRows = first.map(\.rows.upperBound).max() ?? 1
    }
    var head: [[PageWord]]?
    /// The lowest cell of the head that has text names the column; numbering rows "(1) (2)" name nothing.
    func titles(depth: Int) -> [[PageWord]] {
      (0..<grid.columns).map { column in
        var row = depth - 1
        while row >= 0 {
          let cell = grid.cell(row: row, column: column)
          let words = text(cell)
          if !words.isEmpty, RunningNumber(words) == nil { return words }
          row = cell.rows.lowerBound - 1
        }
        return []
      }
    }
    if headRows > 0 {
      // The rest of a row that a page break cut may stand between the head and the first number; the head ends where
      // its titles mean most. Without a head it stands at the top, and is no head.
      var best: (score: Double, depth: Int, titles: [[PageWord]])?
      for depth in 1...min(headRows, Self.deepestHead) {
        let titles = titles(depth: depth)
        let texts = titles.map(\.lineText)
        guard headings.looksLikeHead(texts), let score = headings.match(texts)?.score, score > best?.score ?? 0 else {
          continue
        }
        best = (score, depth, titles)
      }
      head = best?.titles
      // A stray line may cut the head's cells in two on paper only: the head ends where its cells do.
      headRows =
        best.map { best in
          min(
            headRows, (0..<grid.columns).map { grid.cell(row: best.depth - 1, column: $0).rows.upperBound }.max() ?? 0)
        } ?? 0
    }
    var rows: [Row] = []
    row = headRows
    while row < grid.rows {
      let first = grid.cell(row: row, column: 0)
      let end = max(first.rows.upperBound, row + 1)
      defer { row = end }
      // A cell over several columns is a heading between rows or a sum, no row.
      guard first.columns.count == 1 else { continue }
      let owners = (0..<grid.columns).map { grid.cell(row: row, column: $0) }
      guard !owners.contains(where: { 2 * $0.columns.count > grid.columns }) else { continue }
      let cells = owners.enumerated().map { column, owner in
        // A cell that reaches over several rows says the same for each of them.
        let isShared =
          column > 0 && owner.columns.count == 1 && (owner.rows.upperBound > end || owner.rows.lowerBound < row)
        return text(isShared ? owner : TableGrid.Cell(rows: row..<end, columns: column..<(column + 1)))
      }
      if !cells.allSatisfy(\.isEmpty), !Self.isColumnNumbering(cells) { rows.append(Row(cells: cells)) }
    }
    if start != nil {
      // "II  Phòng Tổng hợp" between numbered rows heads a group.
      let numbered = rows
      rows = numbered.enumerated().filter { index, row in
        index == 0 && row.cells[0].isEmpty || RunningNumber(row.cells[0]) != nil
          || row.cells.filter { !$0.isEmpty }.count > 2 || index == numbered.count - 1 && row.cells[0].isEmpty
      }.map(\.element)
    }
    self.init(page: grid.page, box: grid.box, xs: grid.xs, head: head, rows: rows, isRuled: true)
  }

  /// Rows of a head: titles over titles over numbers.
  private static let deepestHead = 6

  /// A row "(1) (2) (3) …" below the head.
  static func isColumnNumbering(_ cells: [[PageWord]]) -> Bool {
    let filled = cells.filter { !$0.isEmpty }
    let numbers = filled.compactMap { RunningNumber($0)?.value }
    return filled.count > 3 && numbers.count == filled.count
      && zip(numbers, numbers.dropFirst()).allSatisfy { $1 == $0 + 1 }
  }
}

/// A running number as lists print it: `01`, `1.`, `(3)`.
struct RunningNumber {
  let value: Int

  init?(_ words: [PageWord]) {
    let text = words.map(\.text).joined()
    let digits = text.filter { $0 >= "0" && $0 <= "9" }
    guard !digits.isEmpty, digits.count <= 4, text.allSatisfy({ ("0"..."9").contains($0) || "().-/ ".contains($0) }),
      text.count <= digits.count + 2, text.contains("(") == text.contains(")"), let value = Int(digits)
    else { return nil }
    self.value = value
  }
}

extension [PageWord] {
  /// The words in reading order, lines joined by spaces.
  var lineText: String { TextLine.lines(of: self).map(\.text).joined(separator: " ") }
}
