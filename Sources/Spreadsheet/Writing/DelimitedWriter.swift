/// Writes lists as CSV: UTF-8 with mark (so that Excel takes it for UTF-8), comma, CRLF, RFC 4180 quoting.
public enum DelimitedWriter {
  public static func write(_ plan: SheetPlan) -> [UInt8] {
    var text = "\u{FEFF}"
    text += plan.columns.map { quoted($0.title) }.joined(separator: ",") + "\r\n"
    for row in plan.rows {
      text += row.map { quoted(printed($0)) }.joined(separator: ",") + "\r\n"
    }
    return Array(text.utf8)
  }

  private static func printed(_ cell: SheetPlan.Cell) -> String {
    switch cell {
    case .empty: return ""
    case .text(let text), .marked(let text):
      // A program that opens the file must not take text for a formula.
      if let first = text.first, "=+-@\t".contains(first) { return "'" + text }
      return text
    case .number(let number): return String(number)
    case .day(let day): return isoDay(day)
    }
  }

  private static func isoDay(_ day: Int) -> String {
    let shifted = day + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let march = (5 * dayOfYear + 2) / 153
    let month = march < 10 ? march + 3 : march - 9
    let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    func two(_ number: Int) -> String { number < 10 ? "0\(number)" : String(number) }
    return two(dayOfYear - (153 * march + 2) / 5 + 1) + "/" + two(month) + "/" + String(year)
  }

  private static func quoted(_ text: String) -> String {
    guard text.contains(where: { $0 == "," || $0 == "\"" || $0.isNewline || $0 == ";" }) else { return text }
    return "\"" + text.replacing("\"", with: "\"\"") + "\""
  }
}
