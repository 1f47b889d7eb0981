import Foundation

/// A moment as pages show it: Vietnam's clock (UTC+7 all year), `dd/MM/yyyy HH:mm`, and ISO 8601 for machines.
struct VietnamTime {
  /// `23/11/2026 08:05`.
  let text: String
  /// `2026-11-23T08:05:00+07:00`, for the `datetime` attribute.
  let iso: String

  init(_ moment: Date) {
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = TimeZone(secondsFromGMT: 7 * 3600) ?? .gmt
    let parts = calendar.dateComponents([.year, .month, .day, .hour, .minute, .second], from: moment)
    let year = Self.padded(parts.year, 4)
    let month = Self.padded(parts.month, 2)
    let day = Self.padded(parts.day, 2)
    let hour = Self.padded(parts.hour, 2)
    let minute = Self.padded(parts.minute, 2)
    text = "\(day)/\(month)/\(year) \(hour):\(minute)"
    iso = "\(year)-\(month)-\(day)T\(hour):\(minute):\(Self.padded(parts.second, 2))+07:00"
  }

  private static func padded(_ number: Int?, _ width: Int) -> String {
    let digits = String(number ?? 0)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
  }
}
