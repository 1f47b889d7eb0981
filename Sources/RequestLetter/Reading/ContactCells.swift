import VietnameseText

/// The cells of a contact block that is laid out in columns, with or without ruling lines, row after row.
struct ContactCells {
  /// Words of each cell, by row.
  var rows: [[[PageWord]]] = []
  /// Words that stand in the cells: running text is read without them.
  var words: Set<PageWord> = []

  /// - Parameters:
  ///   - paragraphs: the contact part of the letter.
  ///   - grids: ruled tables of the letter that are no lists.
  ///   - opensLabel: whether the words begin with a label of the contact block.
  init(
    _ paragraphs: [BodyText.Paragraph], grids: [TableGrid], opensLabel: ([PageWord]) -> LabelKind?
  ) {
    let all = paragraphs.flatMap(\.words)
    for grid in grids {
      let inside = all.filter { $0.page == grid.page && grid.box.contains(x: $0.centreX, y: $0.centreY) }
      guard inside.count >= 4 else { continue }
      addRuled(grid, inside)
    }
    let free = TextLine.lines(of: all.filter { !words.contains($0) })
    for page in Set(free.map(\.page)).sorted() {
      addUnruled(free.filter { $0.page == page }, opensLabel: opensLabel)
    }
  }

  /// Whether a label stands alone in its cell or with its value behind it.
  enum LabelKind {
    case alone, withValue
  }

  private mutating func addRuled(_ grid: TableGrid, _ inside: [PageWord]) {
    for row in 0..<grid.rows {
      var cells: [[PageWord]] = []
      var column = 0
      while column < grid.columns {
        let cell = grid.cell(row: row, column: column)
        if cell.rows.lowerBound == row {
          let box = grid.box(cell)
          let words = inside.filter { box.contains(x: $0.centreX, y: $0.centreY) }
          if !words.isEmpty { cells.append(TextLine.lines(of: words).flatMap(\.words)) }
        }
        column = cell.columns.upperBound
      }
      if !cells.isEmpty { rows.append(cells) }
    }
    words.formUnion(inside)
  }

  // MARK: Without lines

  /// A second column begins at one place in this many lines.
  private static let leastLines = 2
  /// No paragraph is indented as far (points).
  private static let farIn = 90.0

  private mutating func addUnruled(_ lines: [TextLine], opensLabel: ([PageWord]) -> LabelKind?) {
    guard let gutter = Self.gutter(lines) else { return }
    let block = Array(lines[gutter.lines])
    let left = block.map { TextLine(words: $0.words.filter { $0.centreX < gutter.x }) }.filter { !$0.words.isEmpty }
    let right = block.map { TextLine(words: $0.words.filter { $0.centreX >= gutter.x }) }.filter { !$0.words.isEmpty }
    let cells = Self.cells(left, opensLabel: opensLabel)
    let labelled = cells.filter { opensLabel($0.flatMap(\.words)) != nil }
    guard labelled.count >= 2 else { return }
    let alone = labelled.filter { opensLabel($0.flatMap(\.words)) == .alone }
    if 2 * alone.count >= cells.count, alone.count > Self.leastLines {
      // Labels on the left, their values on the right.
      let shares = RowReader.share(
        right, tops: cells.map { $0[0].box.centreY },
        centres: cells.map { ($0[0].box.centreY + $0[$0.count - 1].box.centreY) / 2 })
      for (index, cell) in cells.enumerated() {
        let value = zip(right, shares).filter { $1 == index + 1 }.flatMap(\.0.words)
        rows.append([cell.flatMap(\.words), value])
      }
    } else {
      let others = Self.cells(right, opensLabel: opensLabel)
      // A sentence of labels may have two words below each other; a form has labels on both sides of the place.
      let sides = block.map { line in
        [line.words.filter { $0.centreX < gutter.x }, line.words.filter { $0.centreX >= gutter.x }]
      }
      let pairs = sides.filter { $0.allSatisfy { opensLabel($0) != nil } }.count
      let alternating = sides.filter { $0[0].isEmpty && opensLabel($0[1]) != nil }.count
      guard pairs + alternating >= Self.leastLines else { return }
      for cell in cells + others { rows.append([cell.flatMap(\.words)]) }
    }
    words.formUnion(block.flatMap(\.words))
  }

  /// Lines of one column cut where a label opens.
  private static func cells(_ lines: [TextLine], opensLabel: ([PageWord]) -> LabelKind?) -> [[TextLine]] {
    var cells: [[TextLine]] = []
    for (index, line) in lines.enumerated() {
      // A label may be wrapped: "Số định danh cá" "nhân".
      let opens =
        opensLabel(line.words) != nil
        || index + 1 < lines.count && cells.last.map { opensLabel($0.flatMap(\.words)) != nil } != false
          && opensLabel(line.words + lines[index + 1].words) == .alone
      if opens || cells.isEmpty {
        cells.append([line])
      } else {
        cells[cells.count - 1].append(line)
      }
    }
    return cells
  }

  /// Where a second column begins: a place at which several lines go on behind a gap and which no line crosses.
  private static func gutter(_ lines: [TextLine]) -> (x: Double, lines: ClosedRange<Int>)? {
    var best: (starts: Int, x: Double, lines: ClosedRange<Int>)?
    var tried: [Double] = []
    let margin = lines.map(\.box.left).min() ?? 0
    for line in lines {
      let gaps = zip(line.words, line.words.dropFirst()).map { $1.box.left - $0.box.right }
      // A justified line has wide spaces everywhere; the one between two columns is wider than the others.
      let usual = gaps.count < 4 ? 0 : gaps.sorted()[gaps.count / 2]
      let behindGaps = zip(gaps, line.words.dropFirst()).filter { $0.0 > max(5, 1.6 * usual) }.map(\.1)
      // The columns' lines may stand at different heights.
      let alone = line.box.left > margin + farIn ? line.words.prefix(1) : []
      for x in (behindGaps + alone).map(\.box.left) {
        guard !tried.contains(where: { abs($0 - x) < 2 }) else { continue }
        tried.append(x)
        var start = 0
        while start < lines.count {
          var end = start
          while end < lines.count, !crosses(lines[end], x) { end += 1 }
          if end > start {
            let starts = lines[start..<end].filter { line in
              line.words.contains { abs($0.box.left - x) < 1.5 }
                && (line.words[0].box.left < x - 20 || x > margin + farIn)
            }.count
            // What stands right of the place begins at it, but for the odd line.
            let others = lines[start..<end].filter { line in
              line.words.first { $0.box.left >= x - 2 }.map { $0.box.left - x > 2 } == true
            }.count
            if starts >= leastLines, 4 * others <= starts, starts > best?.starts ?? 0 {
              best = (starts, x - 2, start...(end - 1))
            }
          }
          start = end + 1
        }
      }
    }
    return best.map { ($0.x, $0.lines) }
  }

  /// Whether a line runs over the place without a gap.
  private static func crosses(_ line: TextLine, _ x: Double) -> Bool {
    guard let next = line.words.first(where: { $0.box.right > x - 2 }) else { return false }
    guard next.box.left >= x - 2 else { return true }
    guard let before = line.words.last(where: { $0.box.right <= x - 2 }) else { return false }
    return next.box.left - before.box.right < 4
  }
}
