import VietnameseText
import XMLTree

/// Collects the filled cells of one worksheet part row by row, so that only one row's elements are in memory at a time.
final class SheetObserver: ReadingObserver {
  private(set) var rows: [SheetRow] = []
  private(set) var merged: [MergedRange] = []
  private let strings: [String]
  private let formats: [NumberFormat]
  private let from1904: Bool
  private let limits: SpreadsheetLimits
  private var cellCount = 0
  private var lastRow = 0

  init(strings: [String], formats: [NumberFormat], from1904: Bool, limits: SpreadsheetLimits) {
    self.strings = strings
    self.formats = formats
    self.from1904 = from1904
    self.limits = limits
  }

  func started(_ element: Element, path: [String]) throws -> Treatment {
    // Below the root only cells and merged ranges matter.
    if path.count == 2, element.localName != "sheetData", element.localName != "mergeCells" { return .discard }
    if path.count == 1, element.localName != "worksheet" {
      throw SpreadsheetError.unreadable("sheet part without worksheet")
    }
    return .keep
  }

  func ended(_ element: Element, path: [String]) throws -> Continuation {
    switch (path.count, element.localName) {
    case (3, "row"):
      try take(element)
      return .drop
    case (3, "mergeCell"):
      if merged.count < 100_000, let range = element.attribute("ref").flatMap(Self.range) { merged.append(range) }
      return .drop
    case (3, _): return .drop
    default: return .keep
    }
  }

  private static func range(_ text: String) -> MergedRange? {
    let ends = text.split(separator: ":")
    guard ends.count == 2, let first = SheetAddress.parse(ends[0]), let last = SheetAddress.parse(ends[1]),
      first.row <= last.row, first.column <= last.column
    else { return nil }
    return MergedRange(firstRow: first.row, lastRow: last.row, firstColumn: first.column, lastColumn: last.column)
  }

  private func take(_ row: Element) throws {
    let number = row.attribute("r").flatMap { Int($0) } ?? lastRow + 1
    guard number > lastRow, number <= 1_048_576 else { throw SpreadsheetError.unreadable("rows out of order") }
    lastRow = number
    var cells: [SheetCell] = []
    var column = -1
    for child in row.children {
      guard case .element(let cell) = child, cell.localName == "c" else { continue }
      if let name = cell.attribute("r") {
        guard let address = SheetAddress.parse(name), address.row == number, address.column > column else {
          throw SpreadsheetError.unreadable("cells out of order")
        }
        column = address.column
      } else {
        column += 1
      }
      guard let value = try value(of: cell) else { continue }
      cellCount += 1
      guard cellCount <= limits.maximumCells else {
        throw SpreadsheetError.bomb("more than \(limits.maximumCells) cells")
      }
      cells.append(SheetCell(column: column, value: value))
    }
    guard !cells.isEmpty else { return }
    guard rows.count < limits.maximumRows else { throw SpreadsheetError.bomb("more than \(limits.maximumRows) rows") }
    let isHidden = row.attribute("hidden").map { $0 == "1" || $0 == "true" } ?? false
    rows.append(SheetRow(number: number, cells: cells, isHidden: isHidden))
  }

  private func value(of cell: Element) throws -> CellValue? {
    let saved = cell.first("v")?.text
    let hasFormula = cell.first("f") != nil
    switch cell.attribute("t") ?? "n" {
    case "s":
      guard let saved, let index = Int(saved.trimmedASCII), strings.indices.contains(index) else {
        if saved == nil { return hasFormula ? .formulaWithoutValue : nil }
        throw SpreadsheetError.unreadable("shared string out of range")
      }
      return try text(strings[index])
    case "inlineStr":
      return try cell.first("is").flatMap { try text(SharedStringsObserver.plainText(of: $0)) }
    case "str":
      guard let saved else { return hasFormula ? .formulaWithoutValue : nil }
      return try text(SharedStringsObserver.unescaped(saved))
    case "b":
      guard let saved else { return hasFormula ? .formulaWithoutValue : nil }
      return .boolean(saved.trimmedASCII == "1" || saved.trimmedASCII.lowercased() == "true")
    case "e": return .error(String((saved ?? "").prefix(20)))
    case "d":
      guard let saved else { return hasFormula ? .formulaWithoutValue : nil }
      if let day = Self.day(iso: saved) { return .day(day) }
      return try text(saved)
    default:
      guard let saved, !saved.trimmedASCII.isEmpty else { return hasFormula ? .formulaWithoutValue : nil }
      return number(saved.trimmedASCII, style: cell.attribute("s").flatMap { Int($0) } ?? 0)
    }
  }

  private func text(_ raw: String) throws -> CellValue? {
    guard raw.utf8.count <= limits.maximumCellBytes else {
      throw SpreadsheetError.bomb("cell of \(raw.utf8.count) bytes")
    }
    let text = raw.collapsed
    return text.isEmpty ? nil : .text(text)
  }

  private func number(_ digits: String, style: Int) -> CellValue {
    guard let number = Double(digits), number.isFinite else { return .text(digits) }
    let format = formats.indices.contains(style) ? formats[style] : .plain
    if format == .date, let day = SheetAddress.day(serial: number, from1904: from1904) { return .day(day) }
    var shown = digits
    if !digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }) {
      // "2.0099709682E10" is how Excel may save a long whole number.
      shown = number.rounded() == number && abs(number) < 1e15 ? String(Int(number)) : String(number)
    }
    if case .padded(let width) = format, shown.utf8.count < width {
      shown = String(repeating: "0", count: width - shown.utf8.count) + shown
    }
    return .number(number, digits: shown)
  }

  /// Days since 1970 of `2026-11-03` or `2026-11-03T00:00:00`.
  static func day(iso text: String) -> Int? {
    let date = text.trimmedASCII.prefix(10).split(separator: "-", omittingEmptySubsequences: false)
    guard date.count == 3, date[0].count == 4, date[1].count == 2, date[2].count == 2, let year = Int(date[0]),
      let month = Int(date[1]), let day = Int(date[2]), (1...12).contains(month), year > 0,
      (1...[31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1]).contains(day)
    else { return nil }
    let shiftedYear = month <= 2 ? year - 1 : year
    let era = shiftedYear / 400
    let yearOfEra = shiftedYear - era * 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  }
}

/// Collects the table of shared strings.
final class SharedStringsObserver: ReadingObserver {
  private(set) var strings: [String] = []
  private let limits: SpreadsheetLimits

  init(limits: SpreadsheetLimits) { self.limits = limits }

  func ended(_ element: Element, path: [String]) throws -> Continuation {
    guard path.count == 2 else { return .keep }
    if element.localName == "si" {
      guard strings.count < limits.maximumSharedStrings else {
        throw SpreadsheetError.bomb("more than \(limits.maximumSharedStrings) shared strings")
      }
      let text = Self.plainText(of: element)
      guard text.utf8.count <= limits.maximumCellBytes else {
        throw SpreadsheetError.bomb("shared string of \(text.utf8.count) bytes")
      }
      strings.append(text)
    }
    return .drop
  }

  /// The text of a string item: its own, or that of its runs; phonetic hints left out.
  static func plainText(of item: Element) -> String {
    var text = ""
    for child in item.elements {
      switch child.localName {
      case "t": text += child.text
      case "r": text += child.first("t")?.text ?? ""
      default: continue
      }
    }
    return unescaped(text)
  }

  /// `_x000D_` and the like taken as the character they stand for (ECMA-376 Part 1, 22.9.2.19).
  static func unescaped(_ text: String) -> String {
    guard text.utf8.count >= 7, text.contains("_x") else { return text }
    var result = ""
    var rest = Substring(text)
    while let start = rest.range(of: "_x") {
      result += rest[..<start.lowerBound]
      let after = rest[start.upperBound...]
      let code = after.prefix(4)
      if code.count == 4, after.dropFirst(4).first == "_", let value = UInt32(code, radix: 16),
        let scalar = Unicode.Scalar(value)
      {
        result.unicodeScalars.append(scalar)
        rest = after.dropFirst(5)
      } else {
        result += rest[start]
        rest = after
      }
    }
    return result + rest
  }
}

extension Substring {
  /// Where `text` first stands.
  fileprivate func range(of text: String) -> Range<Index>? {
    var start = startIndex
    while start < endIndex {
      if self[start...].hasPrefix(text) { return start..<index(start, offsetBy: text.count) }
      start = index(after: start)
    }
    return nil
  }
}

extension String {
  /// Without white space at either end.
  var trimmedASCII: String {
    let start = drop { $0.isWhitespace }
    guard let last = start.lastIndex(where: { !$0.isWhitespace }) else { return "" }
    return String(start[...last])
  }

  /// NFC, white space (line breaks and no-break spaces too) collapsed to single spaces, invisible marks taken out.
  var collapsed: String {
    var scalars = String.UnicodeScalarView()
    var pendingSpace = false
    var isPlain = true
    for scalar in unicodeScalars {
      if scalar.properties.isWhitespace {
        pendingSpace = !scalars.isEmpty
        continue
      }
      switch scalar.value {
      case 0x200B...0x200F, 0x2060, 0xFEFF, 0xAD, 0x202A...0x202E, 0x0...0x1F, 0x7F: continue
      default: break
      }
      if pendingSpace {
        scalars.append(" ")
        pendingSpace = false
      }
      if scalar.value > 0x7F { isPlain = false }
      scalars.append(scalar)
    }
    return isPlain ? String(scalars) : String(scalars).nfc
  }
}
