import Foundation

/// How the codes of dossiers are written.
///
/// Parts in braces are filled in: `{organisation}` the UUID of the sending agency, `{yyMMdd}` the Vietnamese date,
/// `{type}` the dossier type, `{number:N}` the running number with at least N digits. The number is needed; it runs per
/// agency if the pattern has `{organisation}`, and restarts every day if it has `{yyMMdd}`.
public struct DossierCodePattern: Sendable, Hashable, Codable, CustomStringConvertible {
  enum Part: Sendable, Hashable {
    case text(String)
    case organisation, date, type
    case number(digits: Int)
  }

  let parts: [Part]
  /// The pattern as written.
  public let description: String

  /// The CA portal's: `{organisation}-{yyMMdd}-{number:4}`.
  public static let portal = DossierCodePattern(
    parts: [.organisation, .text("-"), .date, .text("-"), .number(digits: 4)],
    description: "{organisation}-{yyMMdd}-{number:4}")

  private init(parts: [Part], description: String) {
    self.parts = parts
    self.description = description
  }

  /// `.badPattern` if a part in braces is unknown, the number is missing or doubled, or the text has characters that a
  /// code should not have (letters, digits and `-._/` are fine).
  public init(_ pattern: String) throws {
    var parts: [Part] = []
    var rest = Substring(pattern)
    func refuse(_ why: String) -> LedgerError { LedgerError(.badPattern, detail: "\(why) in \"\(pattern)\"") }
    while let first = rest.first {
      if first == "{" {
        guard let end = rest.firstIndex(of: "}") else { throw refuse("a brace is not closed") }
        let name = rest[rest.index(after: rest.startIndex)..<end]
        rest = rest[rest.index(after: end)...]
        switch name {
        case "organisation": parts.append(.organisation)
        case "yyMMdd": parts.append(.date)
        case "type": parts.append(.type)
        case _ where name.hasPrefix("number:"):
          guard let digits = Int(name.dropFirst(7)), (1...9).contains(digits) else {
            throw refuse("{number:N} needs N from 1 to 9")
          }
          parts.append(.number(digits: digits))
        default: throw refuse("{\(name)} is not known")
        }
      } else {
        let text = rest.prefix { $0 != "{" }
        guard text.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || "-._/".contains($0)) }) else {
          throw refuse("a character is not allowed")
        }
        parts.append(.text(String(text)))
        rest = rest[text.endIndex...]
      }
    }
    let numbers = parts.count { if case .number = $0 { true } else { false } }
    guard numbers == 1 else { throw refuse("exactly one {number:N} is needed") }
    self.init(parts: parts, description: pattern)
  }

  public init(from decoder: any Decoder) throws {
    try self.init(decoder.singleValueContainer().decode(String.self))
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }

  /// Within one scope numbers are unique, whatever the other parts say.
  func scope(organisation: String, day: String) -> String {
    [parts.contains(.organisation) ? organisation : "*", parts.contains(.date) ? day : "*"].joined(separator: "|")
  }

  func code(organisation: String, day: String, type: String, number: Int64) -> String {
    parts.map { part in
      switch part {
      case .text(let text): text
      case .organisation: organisation
      case .date: day
      case .type: type
      case .number(let digits):
        String(repeating: "0", count: max(0, digits - String(number).count)) + String(number)
      }
    }.joined()
  }

  /// `yyMMdd` of a moment in Vietnam, which is at UTC+7 all year.
  static func vietnameseDay(_ moment: Moment) -> String {
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = TimeZone(secondsFromGMT: 7 * 3600) ?? .gmt
    let day = calendar.dateComponents([.year, .month, .day], from: moment.date)
    return [(day.year ?? 0) % 100, day.month ?? 0, day.day ?? 0].map { $0 < 10 ? "0\($0)" : "\($0)" }.joined()
  }
}
