import Foundation

/// Reads CSV: RFC 4180 quoting, UTF-8 with or without mark (or UTF-16 with mark, as Excel's "Unicode Text"), comma,
/// semicolon or tab.
struct DelimitedText {
  let limits: SpreadsheetLimits

  func read(_ bytes: [UInt8]) throws(SpreadsheetError) -> Workbook {
    guard bytes.count <= limits.maximumTextBytes else {
      throw .bomb("text of more than \(limits.maximumTextBytes) bytes")
    }
    let text = try decode(bytes)
    guard !text.unicodeScalars.contains("\0") else { throw SpreadsheetReader.otherFormat("?", "NUL in text") }
    var body = Array(text.unicodeScalars)
    var separator: Unicode.Scalar?
    if text.prefix(4).lowercased() == "sep=", body.count > 5 {
      // Excel's own hint line.
      separator = body[4]
      body.removeFirst(min(body.count, (body.firstIndex { $0 == "\n" } ?? body.count - 1) + 1))
    }
    let rows = try rows(of: body, separator: separator ?? Self.separator(of: body))
    return Workbook(sheets: [Sheet(name: "csv", rows: rows)], kind: .csv)
  }

  private func decode(_ bytes: [UInt8]) throws(SpreadsheetError) -> String {
    if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) {
      guard let text = String(bytes: bytes, encoding: .utf16) else { throw .unreadable("UTF-16") }
      return text
    }
    let content = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes[3...] : bytes[...]
    guard let text = String(validating: content, as: UTF8.self) else {
      throw .format(
        "Tệp .csv không ở bảng mã UTF-8. Trong Excel chọn Lưu thành \"CSV UTF-8\", hoặc dùng .xlsx, rồi gửi lại.",
        "The .csv file is not in UTF-8. In Excel choose \"CSV UTF-8\", or .xlsx, and send that.", "not UTF-8")
    }
    return text
  }

  /// Digits alone are a number, as in the sheet that the text was saved from: it may have lost its leading zeros there.
  private static func value(_ text: String) -> CellValue {
    guard text.utf8.count <= 15, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), !text.hasPrefix("0"),
      let number = Double(text)
    else { return .text(text) }
    return .number(number, digits: text)
  }

  /// The separator that stands most often outside quotes in the first lines with any.
  private static func separator(of text: [Unicode.Scalar]) -> Unicode.Scalar {
    var counts: [Unicode.Scalar: Int] = [",": 0, ";": 0, "\t": 0]
    var isQuoted = false
    for scalar in text.prefix(20_000) {
      switch scalar {
      case "\"": isQuoted.toggle()
      case ",", ";", "\t": if !isQuoted { counts[scalar, default: 0] += 1 }
      case "\n" where !isQuoted:
        // The first line that holds several separators is the header.
        if let best = counts.max(by: { $0.value < $1.value }), best.value >= 3 { return best.key }
      default: continue
      }
    }
    return counts.max { ($0.value, $1.key == "," ? 1 : 0) < ($1.value, $0.key == "," ? 1 : 0) }?.key ?? ","
  }

  private func rows(of text: [Unicode.Scalar], separator: Unicode.Scalar) throws(SpreadsheetError) -> [SheetRow] {
    var rows: [SheetRow] = []
    var cells: [SheetCell] = []
    var field = String.UnicodeScalarView()
    var column = 0
    var number = 1
    var cellCount = 0
    var isQuoted = false
    var wasQuoted = false
    var index = 0

    func endField() throws(SpreadsheetError) {
      guard field.count <= limits.maximumCellBytes else { throw .bomb("field of \(field.count) characters") }
      var value = String(field).collapsed
      // ="0912…" is how people keep leading zeros in CSV.
      let wasMarkedText = value.hasPrefix("=\"") && value.hasSuffix("\"") && value.count >= 3
      if wasMarkedText {
        value = String(value.dropFirst(2).dropLast())
      }
      if !value.isEmpty {
        cellCount += 1
        guard cellCount <= limits.maximumCells, column < 16_384 else {
          throw .bomb("more than \(limits.maximumCells) cells")
        }
        cells.append(SheetCell(column: column, value: wasMarkedText ? .text(value) : Self.value(value)))
      }
      field = String.UnicodeScalarView()
      wasQuoted = false
      column += 1
    }
    func endRow() throws(SpreadsheetError) {
      try endField()
      if !cells.isEmpty {
        guard rows.count < limits.maximumRows else { throw .bomb("more than \(limits.maximumRows) rows") }
        rows.append(SheetRow(number: number, cells: cells))
      }
      cells = []
      column = 0
      number += 1
    }

    while index < text.count {
      let scalar = text[index]
      if isQuoted {
        if scalar == "\"" {
          if index + 1 < text.count, text[index + 1] == "\"" {
            field.append(scalar)
            index += 1
          } else {
            isQuoted = false
          }
        } else {
          field.append(scalar)
        }
      } else if scalar == "\"", field.isEmpty || !wasQuoted && String(field).collapsed.isEmpty {
        isQuoted = true
        wasQuoted = true
        field = String.UnicodeScalarView()
      } else if scalar == separator {
        try endField()
      } else if scalar == "\r" || scalar == "\n" {
        if scalar == "\r", index + 1 < text.count, text[index + 1] == "\n" { index += 1 }
        try endRow()
      } else {
        field.append(scalar)
      }
      index += 1
    }
    guard !isQuoted else { throw .unreadable("a quoted field is not closed") }
    if !field.isEmpty || !cells.isEmpty { try endRow() }
    return rows
  }
}
