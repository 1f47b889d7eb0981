import CXLSXWriter
import Foundation
import UnnamedFile
import VietnameseText

/// Writes lists as `.xlsx` through libxlsxwriter. Equal plans give equal bytes.
public enum WorkbookWriter {
  /// The bytes of a workbook with `plan` as its visible sheet; lists of choices lie on hidden sheets.
  public static func write(_ plan: SheetPlan) throws(SpreadsheetError) -> [UInt8] {
    guard let file = try? UnnamedFile() else { throw failure("temporary file") }
    defer { withExtendedLifetime(file) {} }
    guard let workbook = workbook_new(file.path) else { throw failure("workbook_new") }
    do {
      try fill(workbook, plan)
    } catch {
      // Closing is the only way to free a workbook; what it writes is gone with the file.
      _ = workbook_close(workbook)
      throw error
    }
    let code = workbook_close(workbook)
    guard code == LXW_NO_ERROR else { throw failure("workbook_close \(code.rawValue)") }
    guard let data = FileManager.default.contents(atPath: file.path) else { throw failure("file not readable") }
    return Array(data)
  }

  private static func fill(_ workbook: UnsafeMutablePointer<lxw_workbook>, _ plan: SheetPlan) throws(SpreadsheetError) {
    var properties = lxw_doc_properties()
    properties.created = 1_704_067_200  // 01/01/2024, so that equal lists give equal files.
    try check(workbook_set_properties(workbook, &properties), "properties")
    guard let sheet = plan.name.withCString({ workbook_add_worksheet(workbook, $0) }) else {
      throw failure("worksheet")
    }
    let formats = try Formats(workbook)
    var headerRow: lxw_row_t = 0
    for line in plan.titleLines {
      try write(line, sheet, headerRow, 0, formats.title)
      headerRow += 1
    }
    for (index, column) in plan.columns.enumerated() {
      guard let position = lxw_col_t(exactly: index) else { throw failure("columns") }
      let format = column.holdsDates ? formats.date : formats.text
      try check(worksheet_set_column(sheet, position, position, column.width, format), "column")
      try write(column.title, sheet, headerRow, position, column.isRequired ? formats.requiredHead : formats.head)
    }
    try check(worksheet_set_row(sheet, headerRow, 60, nil), "header row")
    worksheet_freeze_panes(sheet, headerRow + 1, 0)
    for (offset, cells) in plan.rows.enumerated() {
      guard let row = lxw_row_t(exactly: Int(headerRow) + 1 + offset), row < 1_048_576 else { throw failure("rows") }
      for (index, cell) in cells.enumerated() {
        guard let column = lxw_col_t(exactly: index) else { throw failure("columns") }
        switch cell {
        case .empty: continue
        case .text(let text): try write(text, sheet, row, column, formats.text)
        case .marked(let text): try write(text, sheet, row, column, formats.marked)
        case .number(let number):
          try check(worksheet_write_number(sheet, row, column, Double(number), formats.number), "number")
        case .day(let day):
          try check(worksheet_write_number(sheet, row, column, Double(day + 25_569), formats.date), "day")
        }
      }
    }
    let last = Int(headerRow) + max(plan.preparedRows, plan.rows.count)
    guard last > Int(headerRow), let lastRow = lxw_row_t(exactly: last) else { return }
    for (index, column) in plan.columns.enumerated() where !column.choices.isEmpty {
      guard let position = lxw_col_t(exactly: index) else { continue }
      try addChoices(column.choices, "DM\(index + 1)", workbook, sheet, from: headerRow + 1, to: lastRow, position)
    }
  }

  /// A drop-down list whose values stand on a hidden sheet, since one in the cell itself may hold 255 characters only.
  private static func addChoices(
    _ choices: [String], _ name: String, _ workbook: UnsafeMutablePointer<lxw_workbook>,
    _ sheet: UnsafeMutablePointer<lxw_worksheet>, from first: lxw_row_t, to last: lxw_row_t, _ column: lxw_col_t
  ) throws(SpreadsheetError) {
    guard let list = name.withCString({ workbook_add_worksheet(workbook, $0) }) else { throw failure("list sheet") }
    for (index, choice) in choices.enumerated() {
      guard let row = lxw_row_t(exactly: index) else { throw failure("choices") }
      try write(choice, list, row, 0, nil)
    }
    worksheet_hide(list)
    guard let formula = strdup("=\(name)!$A$1:$A$\(choices.count)") else { throw failure("memory") }
    defer { free(formula) }
    var rule = lxw_data_validation()
    rule.validate = UInt8(LXW_VALIDATION_TYPE_LIST_FORMULA.rawValue)
    rule.value_formula = formula
    rule.show_error = UInt8(LXW_VALIDATION_ON.rawValue)
    rule.dropdown = UInt8(LXW_VALIDATION_ON.rawValue)
    rule.ignore_blank = UInt8(LXW_VALIDATION_ON.rawValue)
    try check(worksheet_data_validation_range(sheet, first, column, last, column, &rule), "drop-down list")
  }

  private static func write(
    _ text: String, _ sheet: UnsafeMutablePointer<lxw_worksheet>, _ row: lxw_row_t, _ column: lxw_col_t,
    _ format: UnsafeMutablePointer<lxw_format>?
  ) throws(SpreadsheetError) {
    // Excel holds 32,767 characters in a cell; C strings hold no NUL.
    let clean = String(text.prefix(32_000).filter { $0 != "\0" })
    try check(clean.withCString { worksheet_write_string(sheet, row, column, $0, format) }, "text")
  }

  /// The formats of a list; libxlsxwriter owns them with the workbook.
  private struct Formats {
    let head, requiredHead, title, text, number, date, marked: UnsafeMutablePointer<lxw_format>

    init(_ workbook: UnsafeMutablePointer<lxw_workbook>) throws(SpreadsheetError) {
      func make() throws(SpreadsheetError) -> UnsafeMutablePointer<lxw_format> {
        guard let format = workbook_add_format(workbook) else { throw WorkbookWriter.failure("format") }
        "Times New Roman".withCString { format_set_font_name(format, $0) }
        return format
      }
      func makeHead() throws(SpreadsheetError) -> UnsafeMutablePointer<lxw_format> {
        let format = try make()
        format_set_bold(format)
        format_set_text_wrap(format)
        format_set_align(format, UInt8(LXW_ALIGN_CENTER.rawValue))
        format_set_align(format, UInt8(LXW_ALIGN_VERTICAL_CENTER.rawValue))
        format_set_border(format, UInt8(LXW_BORDER_THIN.rawValue))
        return format
      }
      func make(number code: String) throws(SpreadsheetError) -> UnsafeMutablePointer<lxw_format> {
        let format = try make()
        code.withCString { format_set_num_format(format, $0) }
        return format
      }
      head = try makeHead()
      requiredHead = try makeHead()
      format_set_font_color(requiredHead, lxw_color_t(LXW_COLOR_RED.rawValue))
      title = try make()
      format_set_bold(title)
      text = try make(number: "@")
      number = try make()
      date = try make(number: "dd/mm/yyyy")
      marked = try make(number: "@")
      format_set_bg_color(marked, 0xFFC7CE)
    }
  }

  private static func check(_ code: lxw_error, _ what: String) throws(SpreadsheetError) {
    guard code == LXW_NO_ERROR else { throw failure("\(what): libxlsxwriter \(code.rawValue)") }
  }

  private static func failure(_ detail: String) -> SpreadsheetError {
    SpreadsheetError(
      code: .writing,
      clerk: ClerkSentence(
        vi: "Không ghi được tệp bảng tính. Kiểm tra dung lượng đĩa và thư mục tạm rồi thử lại.",
        en: "The spreadsheet could not be written. Check disk space and the temporary folder, then try again."),
      detail: detail)
  }
}
