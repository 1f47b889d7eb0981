import Spreadsheet

/// Cell names without letting the Spreadsheet module into our own API.
enum SheetCellName {
  static func name(column: Int, row: Int) -> String { SheetAddress.name(column: column, row: row) }
}
