import DossierModel
import Spreadsheet
import VietnameseText

/// Turns the cells of one sheet row into values of a dossier row.
struct CellReading {
  let mapping: MappingSet
  let description: TypeDescription?
  let rowNumber: Int
  let sheetRow: Int
  private(set) var findings: [DossierFinding] = []
  private(set) var spokenOf: Set<DossierField> = []

  init(mapping: MappingSet, description: TypeDescription?, rowNumber: Int, sheetRow: Int) {
    self.mapping = mapping
    self.description = description
    self.rowNumber = rowNumber
    self.sheetRow = sheetRow
  }

  mutating func read(_ value: CellValue, _ field: DossierField, _ column: Int, into row: inout DossierRow) {
    switch field.kind {
    case .date: readDate(value, field, column, into: &row)
    case .flag:
      guard let text = text(of: value, field, column) else { return }
      guard let flag = Self.tick(text) else {
        report("X-TICK", field, column, ["allowed": allowed(field)])
        row.asPrinted[field] = text
        return
      }
      row[field] = .flag(flag)
    case .simPKI:
      guard let text = text(of: value, field, column), !Self.isNo(text) else { return }
      let sim = SIMPKI(cell: text, carriers: mapping.telephones.simPKICarriers)
      row.simPKI = sim
      if let sim, sim.printed != text { row.asPrinted[field] = text }
    case .text:
      // The portal's list shows "number; date; place" below a heading that speaks of the number only.
      if field == .citizenId, case .text(let text) = value, text.contains(";") {
        readPacked(value, [.citizenId, .idIssueDate, .idIssuePlace], column, into: &row)
      } else {
        readText(value, field, column, into: &row)
      }
    }
  }

  /// The column "Chuyển số SIM PKI".
  mutating func keepNumber(_ text: String, _ column: Int, into row: inout DossierRow) {
    guard let keeps = Self.tick(text) else {
      report("X-TICK", .simPKI, column, ["allowed": "V"])
      return
    }
    guard keeps else { return }
    if row.simPKI == nil {
      report(
        "V08", .simPKI, column,
        problem: ClerkSentence(
          vi: "chuyển số nhưng chưa ghi nhà mạng", en: "the number is to move but no carrier is given"),
        ["carriers": mapping.telephones.simPKICarriers.joined(separator: ", ")])
    } else {
      row.simPKI?.keepNumber = true
    }
  }

  /// One cell with "number; date, place".
  mutating func readPacked(_ value: CellValue, _ fields: [DossierField], _ column: Int, into row: inout DossierRow) {
    guard let whole = text(of: value, fields[0], column) else { return }
    guard fields == [.citizenId, .idIssueDate, .idIssuePlace] else {
      let parts = whole.split(separator: ";", maxSplits: fields.count - 1).map { Self.trimmed(String($0)) }
      for (field, part) in zip(fields, parts) { read(.text(part), field, column, into: &row) }
      return
    }
    let number = whole.prefix { $0.isNumber || $0 == " " || $0 == "." }
    readText(.text(Self.trimmed(String(number))), .citizenId, column, into: &row)
    var rest = Self.trimmed(String(whole.dropFirst(number.count)), of: " ;,-")
    for prefix in ["ngày cấp", "cấp ngày", "ngày"] where rest.lowercased().hasPrefix(prefix) {
      rest = Self.trimmed(String(rest.dropFirst(prefix.count)), of: " :")
      break
    }
    let dateText = rest.prefix { $0.isNumber || $0 == "/" || $0 == "-" || $0 == "." }
    if !dateText.isEmpty {
      readDate(.text(Self.trimmed(String(dateText), of: ".-/")), .idIssueDate, column, into: &row)
      rest = Self.trimmed(String(rest.dropFirst(dateText.count)), of: " ;,-")
    }
    for prefix in ["nơi cấp", "tại"] where rest.lowercased().hasPrefix(prefix) {
      rest = Self.trimmed(String(rest.dropFirst(prefix.count)), of: " :")
      break
    }
    if !rest.isEmpty { row.idIssuePlace = rest }
  }

  /// The text of a cell; `nil` and a finding when it is a formula without value or an error.
  mutating func text(of value: CellValue, _ field: DossierField, _ column: Int) -> String? {
    switch value {
    case .text(let text):
      // An apostrophe before digits is how people make Excel keep text.
      let plain = text.hasPrefix("'") ? Self.trimmed(String(text.dropFirst())) : text
      return plain.isEmpty ? nil : plain
    case .number(_, let digits): return digits
    case .boolean(let flag): return flag ? "TRUE" : "FALSE"
    case .day(let days): return CalendarDate(daysSince1970: days)?.vietnamese
    case .error, .formulaWithoutValue:
      report("X-FORMULA", field, column)
      return nil
    }
  }

  private mutating func readText(_ value: CellValue, _ field: DossierField, _ column: Int, into row: inout DossierRow) {
    guard let printed = text(of: value, field, column) else { return }
    var text = printed
    switch field {
    case .citizenId:
      text = Self.without(text, " .-")
      if case .number = value, (10...11).contains(text.utf8.count) {
        text = String(repeating: "0", count: 12 - text.utf8.count) + text
        report("X-ZERO", field, column, silences: false)
      }
    case .mobile, .signingPhone:
      text = PhoneNumber.normalised(text)
      if case .number = value, text.utf8.count == 9, PhoneNumber("0" + text) != nil {
        text = "0" + text
        report("X-ZERO", field, column, silences: false)
      }
    case .email: text = Self.without(text, " ")
    case .certificateSerial, .oldCertificateSerial, .deviceNumber: text = Self.without(text, " :")
    case .taxCode, .budgetCode:
      text = Self.without(text, " ")
      if field == .taxCode, case .number = value, text.utf8.count == 9 {
        text = "0" + text
        report("X-ZERO", field, column, silences: false)
      }
    default: break
    }
    row[field] = .text(text)
    if text != printed { row.asPrinted[field] = printed }
  }

  private mutating func readDate(_ value: CellValue, _ field: DossierField, _ column: Int, into row: inout DossierRow) {
    var date: CalendarDate?
    switch value {
    case .day(let days): date = CalendarDate(daysSince1970: days)
    case .number(let serial, let digits):
      // A bare number is a serial day only where that gives a year of living people; 1990 is a year, no day.
      date = SheetAddress.day(serial: serial).flatMap { CalendarDate(daysSince1970: $0) }
      if let year = date?.year, !(1920...2100).contains(year) { date = nil }
      if date == nil { row.asPrinted[field] = digits }
    default:
      guard let text = text(of: value, field, column) else { return }
      date = Self.date(text)
      if date?.vietnamese != text { row.asPrinted[field] = text }
    }
    guard let date else {
      report(
        "X-DATE", field, column,
        problem: ClerkSentence(vi: "không đọc được ngày", en: "no day can be read"),
        ["label": description?.label(of: field) ?? field.rawValue])
      return
    }
    row[field] = .date(date)
  }

  /// `05/09/1990`, `1990-09-05`, `1990/09/05`, `ngày 5 tháng 9 năm 1990`, each with or without a time of midnight.
  static func date(_ text: String) -> CalendarDate? {
    var text = text
    for midnight in ["T00:00:00", " 00:00:00", " 0:00:00", " 00:00", " 12:00:00 AM"] where text.hasSuffix(midnight) {
      text = String(text.dropLast(midnight.count))
      break
    }
    if let date = CalendarDate(vietnamese: text) ?? CalendarDate(iso: text) { return date }
    let parts = text.split { "/.-".contains($0) }.map { String($0.filter { !$0.isWhitespace }) }
    if parts.count == 3, parts[0].utf8.count == 4 {
      return CalendarDate(vietnamese: parts.reversed().joined(separator: "/"))
    }
    let words = text.lowercased().split(separator: " ").map(String.init)
    guard words.count >= 5, let month = words.firstIndex(of: "tháng"), let year = words.firstIndex(of: "năm"),
      month > 0,
      month + 1 < year, year + 1 < words.count
    else { return nil }
    return CalendarDate(vietnamese: words[month - 1] + "/" + words[month + 1] + "/" + words[year + 1])
  }

  /// Whether a tick's cell says yes; `nil` when it says something else.
  static func tick(_ text: String) -> Bool? {
    switch text.toneFolded {
    case "x", "v", "✓", "✔", "☑", "☒", "√", "1", "true", "có".toneFolded, "yes", "y", "rssp": true
    case "0", "false", "không".toneFolded, "no", "n", "☐": false
    default: nil
    }
  }

  private static let noWords = Set(["không", "không có", "token", "usb token", "no"].map(\.toneFolded))

  private static func isNo(_ text: String) -> Bool { noWords.contains(text.toneFolded) }

  private func allowed(_ field: DossierField) -> String {
    guard case .values(let values)? = description?.sheet.columns.first(where: { $0.field == field })?.list else {
      return "x"
    }
    return values.joined(separator: ", ")
  }

  private mutating func report(
    _ code: String, _ field: DossierField, _ column: Int, problem: ClerkSentence? = nil, silences: Bool = true,
    _ words: [String: String] = [:]
  ) {
    var words = words
    if words["label"] == nil { words["label"] = description?.label(of: field) ?? field.rawValue }
    if silences { spokenOf.insert(field) }
    if let finding = mapping.ruleTexts.finding(
      code, row: rowNumber, field: field.rawValue, cell: SheetAddress.name(column: column, row: sheetRow),
      problem: problem, words)
    {
      findings.append(finding)
    }
  }

  private static func without(_ text: String, _ unwanted: String) -> String {
    let result = text.filter { !unwanted.contains($0) && !$0.isWhitespace }
    return result.isEmpty ? text : result
  }

  private static func trimmed(_ text: String, of unwanted: String = " ") -> String {
    let start = text.drop { unwanted.contains($0) || $0.isWhitespace }
    guard let last = start.lastIndex(where: { !unwanted.contains($0) && !$0.isWhitespace }) else { return "" }
    return String(start[...last])
  }
}
