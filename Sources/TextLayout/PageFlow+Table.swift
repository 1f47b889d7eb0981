extension PageFlow {
  /// Sets a table from the left margin, its head repeated on each page; rows are kept whole unless one is longer than a
  /// page.
  public func place(_ table: Table, widths: [Double]) throws(TextLayoutError) {
    let head = try Head(table, widths: widths, writer: writer)
    let rows = try table.rows.map { (row) throws(TextLayoutError) in try Row(row, table, widths, writer) }
    let firstRow = rows.first?.height ?? 0
    try ensure(min(head.height + min(firstRow, geometry.textHeight / 3), geometry.textHeight))
    drawHead(head, table, widths)
    for row in rows {
      if row.height <= room {
        draw(row, lines: row.all, table, widths)
        continue
      }
      if row.height <= geometry.textHeight - head.height {
        try startPage()
        drawHead(head, table, widths)
        draw(row, lines: row.all, table, widths)
        continue
      }
      try placeInParts(row, head, table, widths)
    }
  }

  /// Lines of each cell that stand together.
  typealias Parts = [Range<Int>]

  private func placeInParts(_ row: Row, _ head: Head, _ table: Table, _ widths: [Double]) throws(TextLayoutError) {
    var next = row.cells.map { _ in 0 }
    while zip(next, row.cells).contains(where: { $0 < $1.lines.count }) {
      let limit = room - 2 * table.padding
      var parts: Parts = []
      for (cell, start) in zip(row.cells, next) {
        var end = start
        while end < cell.lines.count, cell.lines[end].bottom - cell.lines[start].top <= limit { end += 1 }
        parts.append(start..<end)
      }
      let progress = parts.contains { !$0.isEmpty }
      if progress {
        draw(row, lines: parts, table, widths)
        next = parts.map(\.upperBound)
      }
      if zip(next, row.cells).contains(where: { $0 < $1.lines.count }) {
        // A page that cannot take one line below the head cannot be helped: the head alone fills it.
        if !progress && room >= geometry.textHeight - head.height - 0.01 {
          throw TextLayoutError(.drawingFailed, detail: "table head fills the page")
        }
        try startPage()
        drawHead(head, table, widths)
      }
    }
  }

  private func draw(_ row: Row, lines: Parts, _ table: Table, _ widths: [Double]) {
    let heights = zip(row.cells, lines).map { cell, range in
      range.isEmpty ? 0 : cell.lines[range.upperBound - 1].bottom - cell.lines[range.lowerBound].top
    }
    let height = max(heights.max() ?? 0, row.pitch) + 2 * table.padding
    var x = geometry.left
    for (column, cell) in row.cells.enumerated() {
      let shift = (height - heights[column]) / 2
      writer.draw(cell, lines: lines[column], x: x + table.padding, y: y + shift)
      frame(x: x, y: y, width: widths[column], height: height)
      x += widths[column]
    }
    moveTo(y + height)
  }

  private func drawHead(_ head: Head, _ table: Table, _ widths: [Double]) {
    for cell in head.cells {
      let left = geometry.left + widths.prefix(cell.place.column).reduce(0, +)
      let top = y + head.heights.prefix(cell.place.row).reduce(0, +)
      let width = widths[cell.columns].reduce(0, +)
      let height = head.heights[cell.place.row..<(cell.place.row + cell.place.rowSpan)].reduce(0, +)
      writer.draw(cell.block, x: left + table.padding, y: top + (height - cell.block.height) / 2)
      frame(x: left, y: top, width: width, height: height)
    }
    moveTo(y + head.height)
  }

  private func frame(x: Double, y: Double, width: Double, height: Double) {
    writer.rule(fromX: x, y: y, toX: x + width, y: y)
    writer.rule(fromX: x, y: y + height, toX: x + width, y: y + height)
    writer.rule(fromX: x, y: y, toX: x, y: y + height)
    writer.rule(fromX: x + width, y: y, toX: x + width, y: y + height)
  }

  private struct Row {
    let cells: [TextBlock]
    let height: Double
    let pitch: Double
    var all: Parts { cells.map { 0..<$0.lines.count } }

    init(
      _ texts: [String], _ table: Table, _ widths: [Double], _ writer: PageWriter
    ) throws(TextLayoutError) {
      var cells: [TextBlock] = []
      for (column, width) in widths.enumerated() {
        let text = column < texts.count ? texts[column] : ""
        let paragraph = Paragraph(text, table.bodyStyle, alignment: table.columns[column].alignment)
        cells.append(try writer.block(paragraph, width: width - 2 * table.padding))
      }
      self.cells = cells
      pitch = cells.compactMap { $0.lines.first.map { $0.bottom - $0.top } }.max() ?? 0
      height = max(cells.map(\.height).max() ?? 0, pitch) + 2 * table.padding
    }
  }

  private struct Head {
    struct Cell {
      let place: Table.HeadCell
      let block: TextBlock
      let columns: Range<Int>
    }
    let cells: [Cell]
    let heights: [Double]
    var height: Double { heights.reduce(0, +) }

    init(_ table: Table, widths: [Double], writer: PageWriter) throws(TextLayoutError) {
      var cells: [Cell] = []
      var heights = [Double](repeating: 0, count: table.headRows)
      for place in table.head {
        let columns = place.column..<min(place.column + place.columnSpan, widths.count)
        let width = widths[columns].reduce(0, +) - 2 * table.padding
        let block = try writer.block(Paragraph(place.text, table.headStyle, alignment: .centre), width: width)
        cells.append(Cell(place: place, block: block, columns: columns))
        if place.rowSpan == 1 {
          heights[place.row] = max(heights[place.row], block.height + 2 * table.padding)
        }
      }
      for cell in cells where cell.place.rowSpan > 1 {
        let rows = cell.place.row..<(cell.place.row + cell.place.rowSpan)
        let missing = cell.block.height + 2 * table.padding - heights[rows].reduce(0, +)
        if missing > 0 { heights[rows.upperBound - 1] += missing }
      }
      self.cells = cells
      self.heights = heights
    }
  }
}
