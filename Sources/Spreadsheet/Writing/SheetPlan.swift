/// A list to be written: one sheet with a header, drop-down lists and date formats.
public struct SheetPlan: Sendable, Hashable {
  public var name: String
  public var columns: [Column]
  /// Cells by row and column; short rows are filled up with nothing.
  public var rows: [[Cell]]
  /// Rows below the header that get formats and drop-down lists, filled or not.
  public var preparedRows: Int
  /// Lines above the header, as on a report; none in a template.
  public var titleLines: [String]

  public init(name: String, columns: [Column], rows: [[Cell]] = [], preparedRows: Int = 0, titleLines: [String] = []) {
    self.name = name
    self.columns = columns
    self.rows = rows
    self.preparedRows = preparedRows
    self.titleLines = titleLines
  }

  /// One column.
  public struct Column: Sendable, Hashable {
    public var title: String
    public var isRequired: Bool
    /// In characters.
    public var width: Double
    public var holdsDates: Bool
    /// Values of the drop-down list.
    public var choices: [String]

    public init(
      title: String, isRequired: Bool = false, width: Double, holdsDates: Bool = false, choices: [String] = []
    ) {
      self.title = title
      self.isRequired = isRequired
      self.width = width
      self.holdsDates = holdsDates
      self.choices = choices
    }
  }

  /// One cell. Text is always written as text, so that nothing in it can become a formula.
  public enum Cell: Sendable, Hashable {
    case empty
    case text(String)
    case number(Int)
    /// Days since 01/01/1970, shown as dd/MM/yyyy.
    case day(Int)
    /// Text on a red ground, for reports of errors.
    case marked(String)
  }
}
