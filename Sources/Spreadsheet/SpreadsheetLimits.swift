/// How much a spreadsheet may ask of its reader. What passes a limit is refused, never cut.
public struct SpreadsheetLimits: Sendable, Hashable {
  /// Bytes of the file as it comes.
  public var maximumFileBytes = 32 << 20
  /// Bytes of a CSV file.
  public var maximumTextBytes = 12 << 20
  /// Wall time for one part; generous, since a busy machine must not make a good list bad.
  public var maximumDuration: Duration = .seconds(120)
  /// Unpacked bytes of one part (sheet, shared strings).
  public var maximumPartBytes = 80 << 20
  /// Unpacked bytes of all parts together.
  public var maximumTotalBytes = 200 << 20
  public var maximumParts = 2000
  public var maximumSheets = 50
  /// Rows with content in one sheet.
  public var maximumRows = 20_000
  /// Filled cells in one sheet.
  public var maximumCells = 600_000
  public var maximumSharedStrings = 600_000
  /// UTF-8 bytes of one cell's text (Excel itself stops at 32,767 characters).
  public var maximumCellBytes = 130_000

  public init() {}

  public static let standard = SpreadsheetLimits()
}
