public import struct Foundation.Date

/// A moment in Vietnam time to the second, as edXML writes it: `yyyy/MM/dd HH:mm:ss`, without a zone.
public struct EdocTimestamp: Sendable, Hashable, Comparable {
  public let date: EdocDate
  public let hour: Int
  public let minute: Int
  public let second: Int

  /// Vietnam is seven hours ahead of UTC all year round.
  static let zoneSeconds = 7 * 3600

  /// `nil` when there is no such time of day.
  public init?(_ date: EdocDate, hour: Int, minute: Int, second: Int) {
    guard (0...23).contains(hour), (0...59).contains(minute), (0...60).contains(second) else { return nil }
    self.date = date
    self.hour = hour
    self.minute = minute
    self.second = second
  }

  /// The Vietnam time at `instant`; years outside 1...9999 are taken as 1970-01-01.
  public init(_ instant: Date) {
    let seconds = Int(instant.timeIntervalSince1970.rounded(.down)) + Self.zoneSeconds
    var day = seconds / 86_400
    var rest = seconds % 86_400
    if rest < 0 {
      rest += 86_400
      day -= 1
    }
    // Day 0 always exists, so the fallback of the fallback is never met.
    self.init(day: EdocDate(dayNumber: day) ?? EdocDate.dayZero, seconds: rest)
  }

  private init(day: EdocDate, seconds: Int) {
    date = day
    hour = seconds / 3600
    minute = seconds / 60 % 60
    second = seconds % 60
  }

  /// Reads `yyyy/MM/dd HH:mm:ss`, also with dashes or `T`; a fraction is dropped, a zone (`Z`, `+07:00`) is converted.
  public init?(_ text: String) {
    let text = text.trimmingBlanks
    let parts = text.split(maxSplits: 1, whereSeparator: { $0 == " " || $0 == "T" })
    guard let day = parts.first.flatMap({ EdocDate(String($0)) }) else { return nil }
    guard parts.count == 2 else {
      self.init(day, hour: 0, minute: 0, second: 0)
      return
    }
    var clock = parts[1].trimmingBlanks[...]
    var offset: Int?
    if clock.hasSuffix("Z") {
      offset = 0
      clock = clock.dropLast()
    } else if let sign = clock.lastIndex(where: { $0 == "+" || $0 == "-" }) {
      let digits = clock[clock.index(after: sign)...].filter { $0 != ":" }
      guard digits.count == 4, let number = Int(digits) else { return nil }
      offset = (number / 100 * 3600 + number % 100 * 60) * (clock[sign] == "-" ? -1 : 1)
      clock = clock[..<sign]
    }
    let fields = clock.split(separator: ":", omittingEmptySubsequences: false)
    guard fields.count == 2 || fields.count == 3 else { return nil }
    let seconds = fields.count == 3 ? fields[2].prefix { $0 != "." } : "0"
    guard let hour = Int(fields[0]), let minute = Int(fields[1]), let second = Int(seconds),
      let local = EdocTimestamp(day, hour: hour, minute: minute, second: second)
    else { return nil }
    guard let offset else {
      self = local
      return
    }
    self.init(local.instant.addingTimeInterval(Double(Self.zoneSeconds - offset)))
  }

  /// The moment on the world's clock.
  public var instant: Date {
    let seconds = date.dayNumber * 86_400 + hour * 3600 + minute * 60 + second - Self.zoneSeconds
    return Date(timeIntervalSince1970: Double(seconds))
  }

  /// `2026/11/22 17:05:09`
  public var edxml: String {
    "\(date.edxml) \(EdocDate.padded(hour, 2)):\(EdocDate.padded(minute, 2)):\(EdocDate.padded(second, 2))"
  }

  public static func < (left: EdocTimestamp, right: EdocTimestamp) -> Bool {
    (left.date, left.hour, left.minute, left.second) < (right.date, right.hour, right.minute, right.second)
  }
}

extension EdocTimestamp: Codable, CustomStringConvertible {
  public init(from decoder: any Decoder) throws {
    let text = try decoder.singleValueContainer().decode(String.self)
    guard let timestamp = EdocTimestamp(text) else {
      throw DecodingError.dataCorrupted(.init(codingPath: decoder.codingPath, debugDescription: "not a time"))
    }
    self = timestamp
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(edxml)
  }

  public var description: String { edxml }
}

extension EdocDate {
  /// 1970-01-01
  static let dayZero = EdocDate(unchecked: 1970, 1, 1)

  private init(unchecked year: Int, _ month: Int, _ day: Int) {
    self.year = year
    self.month = month
    self.day = day
  }
}
