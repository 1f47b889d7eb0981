public import Foundation

/// The time of signing as it is shown in stamps: Vietnam's, with its zone (NĐ 30/2020/NĐ-CP, Phụ lục I).
public enum SigningTime {
  /// `22/11/2026 09:05:07 +07:00`.
  public static func text(_ date: Date) -> String {
    let parts = parts(date)
    let clock = [parts.hour, parts.minute, parts.second].map { padded($0 ?? 0) }.joined(separator: ":")
    return "\(Self.date(date)) \(clock) +07:00"
  }

  /// `22/11/2026`.
  public static func date(_ date: Date) -> String {
    let parts = parts(date)
    return [padded(parts.day ?? 0), padded(parts.month ?? 0), "\(parts.year ?? 0)"].joined(separator: "/")
  }

  /// Vietnam has kept UTC+7 without summer time since 1975.
  private static func parts(_ date: Date) -> DateComponents {
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = TimeZone(secondsFromGMT: 7 * 3600) ?? .gmt
    return calendar.dateComponents([.year, .month, .day, .hour, .minute, .second], from: date)
  }

  private static func padded(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
