internal import Foundation

/// A date of a PDF, `D:YYYYMMDDHHmmSSOHH'mm'` (ISO 32000-1, 7.9.4).
struct PDFDate {
  let date: Date

  init?(_ text: String) {
    var digits = Substring(text)
    if digits.hasPrefix("D:") { digits = digits.dropFirst(2) }
    func take(_ count: Int) -> Int? {
      let part = digits.prefix(count)
      guard part.count == count, part.allSatisfy({ $0.isASCII && $0.isNumber }) else { return nil }
      digits = digits.dropFirst(count)
      return Int(part)
    }
    guard let year = take(4), (1900...9999).contains(year) else { return nil }
    let month = take(2) ?? 1
    let day = take(2) ?? 1
    let hour = take(2) ?? 0
    let minute = take(2) ?? 0
    let second = take(2) ?? 0
    guard (1...12).contains(month), (1...31).contains(day), hour < 24, minute < 60, second < 61 else { return nil }
    var offset = 0
    if let sign = digits.first, sign == "+" || sign == "-" {
      digits = digits.dropFirst()
      let hours = take(2) ?? 0
      if digits.first == "'" { digits = digits.dropFirst() }
      let minutes = take(2) ?? 0
      guard hours < 24, minutes < 60 else { return nil }
      offset = (hours * 3600 + minutes * 60) * (sign == "-" ? -1 : 1)
    }
    // Days from 1970-01-01 in the Gregorian calendar, so that no time zone data are asked.
    let y = month <= 2 ? year - 1 : year
    let era = y / 400
    let yearOfEra = y - era * 400
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    let days = era * 146_097 + dayOfEra - 719_468
    date = Date(timeIntervalSince1970: Double(days * 86_400 + hour * 3600 + minute * 60 + second - offset))
  }

  /// `date` in UTC.
  static func text(_ date: Date) -> String {
    let seconds = Int(date.timeIntervalSince1970.rounded(.down))
    let days = seconds >= 0 ? seconds / 86_400 : (seconds - 86_399) / 86_400
    let rest = seconds - days * 86_400
    let z = days + 719_468
    let era = z / 146_097
    let dayOfEra = z - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let mp = (5 * dayOfYear + 2) / 153
    let day = dayOfYear - (153 * mp + 2) / 5 + 1
    let month = mp < 10 ? mp + 3 : mp - 9
    let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    func two(_ n: Int) -> String { n < 10 ? "0\(n)" : "\(n)" }
    return "D:\(year)\(two(month))\(two(day))\(two(rest / 3600))\(two(rest / 60 % 60))\(two(rest % 60))Z"
  }
}
