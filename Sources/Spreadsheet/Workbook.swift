/// The cells of a spreadsheet file, as values: what a person would see, without formats, formulas or pictures.
public struct Workbook: Sendable, Hashable {
  public var sheets: [Sheet]
  /// What the bytes were.
  public var kind: FileKind

  public init(sheets: [Sheet], kind: FileKind) {
    self.sheets = sheets
    self.kind = kind
  }

  /// The kinds of file that are read.
  public enum FileKind: String, Sendable, Hashable, Codable {
    case xlsx, csv
  }
}

/// One sheet.
public struct Sheet: Sendable, Hashable {
  public var name: String
  /// Not shown to the user (state hidden or veryHidden).
  public var isHidden: Bool
  /// Rows with at least one filled cell, upwards by number.
  public var rows: [SheetRow]
  public var merged: [MergedRange]

  public init(name: String, isHidden: Bool = false, rows: [SheetRow], merged: [MergedRange] = []) {
    self.name = name
    self.isHidden = isHidden
    self.rows = rows
    self.merged = merged
  }
}

/// One row's filled cells.
public struct SheetRow: Sendable, Hashable {
  /// As Excel numbers it, from 1.
  public var number: Int
  /// From left to right; empty cells are left out.
  public var cells: [SheetCell]
  /// Hidden by hand or by a filter: who looks at the sheet does not see it.
  public var isHidden: Bool

  public init(number: Int, cells: [SheetCell], isHidden: Bool = false) {
    self.number = number
    self.cells = cells
    self.isHidden = isHidden
  }

  /// The cell of a column (0 = A).
  public subscript(column: Int) -> SheetCell? { cells.first { $0.column == column } }
}

/// One filled cell.
public struct SheetCell: Sendable, Hashable {
  /// 0 = A.
  public var column: Int
  public var value: CellValue

  public init(column: Int, value: CellValue) {
    self.column = column
    self.value = value
  }
}

/// What a cell holds. A formula counts as the value that the program last saved with it.
public enum CellValue: Sendable, Hashable {
  /// NFC, white space collapsed, never empty.
  case text(String)
  /// A number, with the digits that a reader sees (leading zeros of its format included).
  case number(Double, digits: String)
  /// A number shown as a date: days since 01/01/1970.
  case day(Int)
  case boolean(Bool)
  /// `#REF!`, `#N/A`, …
  case error(String)
  /// A formula that was saved without its value.
  case formulaWithoutValue

  /// The text that a reader sees; dates as ISO days are left to the caller (`nil`), as are errors.
  public var text: String? {
    switch self {
    case .text(let text): text
    case .number(_, let digits): digits
    case .boolean(let flag): flag ? "TRUE" : "FALSE"
    case .day, .error, .formulaWithoutValue: nil
    }
  }
}

/// A rectangle of merged cells; its upper left cell holds the value.
public struct MergedRange: Sendable, Hashable {
  public var firstRow: Int
  public var lastRow: Int
  public var firstColumn: Int
  public var lastColumn: Int

  public init(firstRow: Int, lastRow: Int, firstColumn: Int, lastColumn: Int) {
    self.firstRow = firstRow
    self.lastRow = lastRow
    self.firstColumn = firstColumn
    self.lastColumn = lastColumn
  }
}

/// Names of cells and days as Excel counts them.
public enum SheetAddress {
  /// `F7` of column 5, row 7.
  public static func name(column: Int, row: Int) -> String { letters(of: column) + String(row) }

  /// `F` of column 5.
  public static func letters(of column: Int) -> String {
    var rest = column + 1
    var letters: [Character] = []
    while rest > 0 {
      let digit = (rest - 1) % 26
      letters.append(Character(Unicode.Scalar(UInt8(0x41 + digit))))
      rest = (rest - 1) / 26
    }
    return String(letters.reversed())
  }

  /// Column (0 = A) and row (from 1) of `F7` or `$F$7`; `nil` when it is no address.
  public static func parse(_ name: some StringProtocol) -> (column: Int, row: Int)? {
    var column = 0
    var row = 0
    var seenDigit = false
    for byte in name.utf8 where byte != 0x24 {
      switch byte {
      case 0x41...0x5A, 0x61...0x7A:
        guard !seenDigit else { return nil }
        column = column * 26 + Int(byte & 0x1F)
        guard column <= 16_384 else { return nil }
      case 0x30...0x39:
        seenDigit = true
        row = row * 10 + Int(byte - 0x30)
        guard row <= 1_048_576 else { return nil }
      default: return nil
      }
    }
    guard column > 0, row > 0 else { return nil }
    return (column - 1, row)
  }

  /// Days since 01/01/1970 of a serial day number: 25569 is 01/01/1970 in the 1900 system, which counts a 29/02/1900 that
  /// never was. `nil` outside years 1900 to 9999.
  public static func day(serial: Double, from1904: Bool = false) -> Int? {
    guard serial.isFinite, serial >= 0, serial < 2_958_466 else { return nil }
    let whole = Int(serial.rounded(.down))
    if from1904 { return whole + 1462 - 25_569 }
    guard whole >= 1 else { return nil }
    return whole < 60 ? whole + 1 - 25_569 : whole - 25_569
  }
}
