/// A ruled table whose head is repeated on each page it reaches.
public struct Table: Sendable, Hashable {
  /// One column of the body.
  public struct Column: Sendable, Hashable {
    public var alignment: Paragraph.Alignment
    /// Never narrower than this, in points.
    public var minimumWidth: Double
    /// Long words (addresses, serials) may be broken inside when the page is too narrow.
    public var mayBreakWords: Bool

    public init(alignment: Paragraph.Alignment = .left, minimumWidth: Double = 0, mayBreakWords: Bool = false) {
      self.alignment = alignment
      self.minimumWidth = minimumWidth
      self.mayBreakWords = mayBreakWords
    }
  }

  /// One cell of the head, which may reach over several columns or rows.
  public struct HeadCell: Sendable, Hashable {
    public var text: String
    public var column: Int
    public var row: Int
    public var columnSpan: Int
    public var rowSpan: Int

    public init(_ text: String, column: Int, row: Int = 0, columnSpan: Int = 1, rowSpan: Int = 1) {
      self.text = text
      self.column = column
      self.row = row
      self.columnSpan = columnSpan
      self.rowSpan = rowSpan
    }
  }

  public var columns: [Column]
  public var head: [HeadCell]
  /// Each row has one text per column.
  public var rows: [[String]]
  public var headStyle: TextStyle
  public var bodyStyle: TextStyle
  /// Points between text and rules.
  public var padding: Double

  public init(
    columns: [Column], head: [HeadCell], rows: [[String]], headStyle: TextStyle, bodyStyle: TextStyle,
    padding: Double = 3
  ) {
    self.columns = columns
    self.head = head
    self.rows = rows
    self.headStyle = headStyle
    self.bodyStyle = bodyStyle
    self.padding = padding
  }

  var headRows: Int { (head.map { $0.row + $0.rowSpan }.max() ?? 0) }
}

/// Widths that a table's columns ask for.
public struct TableWidths: Sendable, Hashable {
  /// So that no word is broken, except in columns that may break them.
  public let least: [Double]
  /// So that no cell needs a second line (capped).
  public let wished: [Double]

  /// Sum of `least`.
  public var leastTotal: Double { least.reduce(0, +) }

  /// Widths that fill `available` points: at least `least` where that is possible, more where the text is long.
  public func filling(_ available: Double) -> [Double] {
    let total = leastTotal
    guard total < available else { return least.map { $0 * available / max(total, 1) } }
    let wants = zip(least, wished).map { max($1 - $0, 0) }
    let wanted = wants.reduce(0, +)
    let spare = available - total
    if wanted >= spare { return zip(least, wants).map { $0 + $1 * spare / wanted } }
    let used = total + wanted
    return zip(least, wants).map { ($0 + $1) * available / used }
  }
}

extension PageWriter {
  /// Measures what widths a table's columns ask for.
  public func widths(of table: Table) throws(TextLayoutError) -> TableWidths {
    var least = table.columns.map(\.minimumWidth)
    var wished = least
    var measured: [Measured: Double] = [:]
    func width(_ text: String, _ style: TextStyle) throws(TextLayoutError) -> Double {
      let key = Measured(text: text, style: style)
      if let known = measured[key] { return known }
      let width = try block(Paragraph(text, style), width: 10_000).usedWidth
      measured[key] = width
      return width
    }
    // A hair more than measured, so that rounding never breaks a word that just fits.
    let around = 2 * table.padding + 0.5
    func take(_ text: String, _ style: TextStyle, column: Int, breakable: Bool) throws(TextLayoutError) {
      let whole = try width(text, style) + around
      wished[column] = max(wished[column], min(whole, Self.widestWish))
      for word in text.split(separator: " ") {
        let needed = try width(String(word), style) + around
        least[column] = max(least[column], breakable ? min(needed, Self.breakableWidth) : needed)
      }
    }
    for cell in table.head where cell.columnSpan == 1 {
      try take(cell.text, table.headStyle, column: cell.column, breakable: false)
      // A long label does not make its column wide; it may have a few lines.
      let whole = try width(cell.text, table.headStyle) + around
      wished[cell.column] = max(table.columns[cell.column].minimumWidth, least[cell.column], whole / 3)
    }
    for row in table.rows {
      for (column, text) in row.enumerated() where column < table.columns.count {
        try take(text, table.bodyStyle, column: column, breakable: table.columns[column].mayBreakWords)
      }
    }
    return TableWidths(least: least, wished: zip(least, wished).map { max($0, $1) })
  }

  private struct Measured: Hashable {
    let text: String
    let style: TextStyle
  }

  /// No column wishes for more than this; longer texts get a second line.
  private static let widestWish = 220.0
  /// A word that may be broken asks for no more than this.
  private static let breakableWidth = 110.0
}
