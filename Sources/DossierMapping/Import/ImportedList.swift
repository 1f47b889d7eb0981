public import DossierModel

/// A list that was read from a spreadsheet: rows, where each cell stands, and everything that is wrong with it.
public struct ImportedList: Sendable, Hashable {
  /// The file's name as given.
  public var name: String
  /// The type whose columns the header has; `nil`: no type's.
  public var type: DossierType?
  public var rows: [DossierRow]
  /// Cell by cell and row by row; complete, not only the first.
  public var findings: [DossierFinding]
  /// The header's titles, from left to right.
  public var header: [String]
  /// Set when nothing of the list may be used: the header is not one of a template, two lists, no rows.
  public var isRefused: Bool
  var columns: [DossierField: Int]
  var rowNumbers: [Int]

  /// The address of a cell, `F7`; `nil` when the list has no such column or row.
  public func cell(rowIndex: Int, field: DossierField) -> String? {
    guard let column = columns[field], rowNumbers.indices.contains(rowIndex) else { return nil }
    return SheetCellName.name(column: column, row: rowNumbers[rowIndex])
  }
}
