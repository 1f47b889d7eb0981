/// A day of the Gregorian calendar, as edXML writes it: `yyyy/MM/dd`.
public struct EdocDate: Sendable, Hashable, Comparable {
  public let year: Int
  public let month: Int
  public let day: Int

  /// `nil` when there is no such day.
  public init?(year: Int, month: Int, day: Int) {
    guard (1...9999).contains(year), (1...12).contains(month), day >= 1, day <= Self.days(in: month, of: year) else {
      return nil
    }
    self.year = year
    self.month = month
    self.day = day
  }

  /// Reads `yyyy/MM/dd`, `yyyy-MM-dd` and `dd/MM/yyyy` (version 1 of the format); a time of day after it is ignored.
  public init?(_ text: String) {
    guard let (date, _) = Self.parse(text) else { return nil }
    self = date
  }

  /// How a date was written.
  enum Form: Sendable {
    /// `yyyy/MM/dd`, as QCVN 102:2016 has it.
    case standard
    case dashes
    case dayFirst
    case withTime
  }

  static func parse(_ text: String) -> (EdocDate, Form)? {
    let text = text.filter { !$0.isNewline }
    let dayPart = text.split(whereSeparator: { $0 == " " || $0 == "T" }).first.map(String.init) ?? ""
    let rest = text.trimmingBlanks.dropFirst(dayPart.count)
    // What follows a day is a time of day or nothing; in Vietnamese "SA" and "CH" part the day.
    guard rest.allSatisfy({ $0.isASCIIDigit || $0.isWhitespace || ":.,+-TZAPMSCH".contains($0) }) else { return nil }
    let hasTime = !rest.isEmpty
    let separator: Character = dayPart.contains("-") ? "-" : "/"
    let parts = dayPart.split(separator: separator, omittingEmptySubsequences: false)
    guard parts.count == 3, parts.allSatisfy({ !$0.isEmpty && $0.count <= 4 && $0.allSatisfy(\.isASCIIDigit) }) else {
      return nil
    }
    let numbers = parts.compactMap { Int($0) }
    guard numbers.count == 3 else { return nil }
    if parts[0].count == 4 {
      guard let date = EdocDate(year: numbers[0], month: numbers[1], day: numbers[2]) else { return nil }
      return (date, hasTime ? .withTime : separator == "-" ? .dashes : .standard)
    }
    guard parts[2].count == 4, let date = EdocDate(year: numbers[2], month: numbers[1], day: numbers[0]) else {
      return nil
    }
    return (date, .dayFirst)
  }

  /// `2026/11/22`
  public var edxml: String { "\(Self.padded(year, 4))/\(Self.padded(month, 2))/\(Self.padded(day, 2))" }

  /// `2026-11-22`
  public var iso: String { "\(Self.padded(year, 4))-\(Self.padded(month, 2))-\(Self.padded(day, 2))" }

  public static func < (left: EdocDate, right: EdocDate) -> Bool {
    (left.year, left.month, left.day) < (right.year, right.month, right.day)
  }

  /// Days since 1970-01-01 (civil calendar arithmetic, proleptic Gregorian).
  var dayNumber: Int {
    let shiftedYear = month <= 2 ? year - 1 : year
    let era = shiftedYear / 400
    let yearOfEra = shiftedYear - era * 400
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  }

  init?(dayNumber: Int) {
    let shifted = dayNumber + 719_468
    guard shifted >= 0 else { return nil }
    let era = shifted / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    self.init(
      year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month: month,
      day: dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
  }

  private static func days(in month: Int, of year: Int) -> Int {
    switch month {
    case 2: (year % 4 == 0 && year % 100 != 0) || year % 400 == 0 ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }

  static func padded(_ number: Int, _ width: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
  }
}

extension EdocDate: Codable, CustomStringConvertible {
  public init(from decoder: any Decoder) throws {
    let text = try decoder.singleValueContainer().decode(String.self)
    guard let date = EdocDate(text) else {
      throw DecodingError.dataCorrupted(.init(codingPath: decoder.codingPath, debugDescription: "not a date"))
    }
    self = date
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(iso)
  }

  public var description: String { iso }
}

extension Character {
  var isASCIIDigit: Bool { ("0"..."9").contains(self) }
}

extension StringProtocol {
  /// Without white space at both ends.
  var trimmingBlanks: String {
    var text = self[...]
    while let first = text.first, first.isWhitespace { text = text.dropFirst() }
    while let last = text.last, last.isWhitespace { text = text.dropLast() }
    return String(text)
  }
}
