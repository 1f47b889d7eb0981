import AxisClient
import Foundation
import HTTPTransport
import VietnameseText

extension Configuration.Axis {
  /// How patient to be with the axis when its answer to a letter was lost, before the letter is sent again: a server on
  /// the way may have given up while the axis still takes the letter in.
  public struct LostAnswer: Sendable, Equatable {
    /// Least time between the two lists of the axis that must both lack the letter, in seconds.
    public var askAgainSeconds = 60.0
    /// The last of them is asked for at the earliest so long after the attempt ended, in seconds.
    public var resendAfterSeconds = 300.0
  }
}

// MARK: - Reading

extension Configuration {
  static func readLostAnswer(
    _ parent: inout ConfigurationReader.Section, _ reader: ConfigurationReader
  ) -> Axis.LostAnswer {
    var patience = Axis.LostAnswer()
    guard var section = reader.section("lostAnswer", in: &parent, required: false) else { return patience }
    defer { reader.finish(section) }
    patience.askAgainSeconds = reader.seconds(
      "askAgainSeconds", in: &section, default: patience.askAgainSeconds, range: 0.5...3600)
    patience.resendAfterSeconds = reader.seconds(
      "resendAfterSeconds", in: &section, default: patience.resendAfterSeconds, range: 1...86_400)
    return patience
  }

  static func readTimeouts(_ parent: inout ConfigurationReader.Section, _ reader: ConfigurationReader) -> AxisLimits {
    var limits = AxisLimits()
    guard var section = reader.section("timeouts", in: &parent, required: false) else { return limits }
    defer { reader.finish(section) }
    func take(_ key: String, _ path: WritableKeyPath<AxisLimits, Duration>, _ range: ClosedRange<Double>) {
      let usual = Double(limits[keyPath: path].components.seconds)
      limits[keyPath: path] = .seconds(reader.seconds(key, in: &section, default: usual, range: range))
    }
    take("connectSeconds", \.connectTimeout, 0.5...600)
    take("callSeconds", \.callTimeout, 1...3600)
    take("messageSeconds", \.messageTimeout, 1...86_400)
    take("stallSeconds", \.stallTimeout, 1...3600)
    return limits
  }

  /// Rows by their condition, which is the key.
  static func readOutcomes(
    _ parent: inout ConfigurationReader.Section, _ reader: ConfigurationReader
  ) -> [AxisOutcomeTable.Row] {
    guard var section = reader.section("outcomes", in: &parent, required: false) else { return [] }
    var rows: [AxisOutcomeTable.Row] = []
    for condition in reader.keys(of: section) {
      guard let keyed = reader.section(condition, in: &section) else { continue }
      if let row = readOutcome(condition, keyed, reader) { rows.append(row) }
    }
    return rows
  }

  private static func readOutcome(
    _ condition: String, _ section: ConfigurationReader.Section, _ reader: ConfigurationReader
  ) -> AxisOutcomeTable.Row? {
    var section = section
    defer { reader.finish(section) }
    let isCondition = isCondition(condition)
    if !isCondition {
      reader.report(
        section.line,
        vi: "“axis.outcomes.\(condition)” không phải điều kiện nào mà hệ thống biết (code:21, http:409, body:empty…)",
        en: "“axis.outcomes.\(condition)” is no condition that is known here (code:21, http:409, body:empty…)")
    }
    let once = readVerdict("once", &section, reader)
    let repeatable = readVerdict("repeatable", &section, reader)
    let vi = reader.string("vi", in: &section, required: false)
    let en = reader.string("en", in: &section, required: false)
    if (vi == nil) != (en == nil) {
      reader.report(
        section.line, vi: "“axis.outcomes.\(condition)” cần cả vi và en, hoặc không có câu nào",
        en: "“axis.outcomes.\(condition)” needs both vi and en, or neither")
    }
    guard isCondition, let once, let repeatable else { return nil }
    if condition.hasPrefix("transport:"), condition.hasSuffix("/unknown"), !isUnknown(once) {
      reader.report(
        section.line,
        vi:
          "“axis.outcomes.\(condition).once” phải là unknown …: văn bản có thể đã được nhận, gửi lại sẽ thành hai bản",
        en: "“axis.outcomes.\(condition).once” must be unknown …: the axis may have the letter, and would get a second")
      return nil
    }
    let clerk = vi.flatMap { vi in en.map { ClerkSentence(vi: vi, en: $0) } }
    return AxisOutcomeTable.Row(condition, once: once, repeatable: repeatable, clerk: clerk)
  }

  private static func isUnknown(_ verdict: AxisOutcomeTable.Verdict) -> Bool {
    if case .unknown = verdict { true } else { false }
  }

  private static func readVerdict(
    _ key: String, _ section: inout ConfigurationReader.Section, _ reader: ConfigurationReader
  ) -> AxisOutcomeTable.Verdict? {
    guard let text = reader.string(key, in: &section) else { return nil }
    if let verdict = AxisOutcomeTable.Verdict(text: text) { return verdict }
    let subjects = AxisRefusal.Subject.allCases.map(\.rawValue).joined(separator: ", ")
    let kinds = AxisTrouble.Kind.allCases.map(\.rawValue).joined(separator: ", ")
    reader.report(
      reader.line(of: key, in: section),
      vi: "“\(section.path)\(key)” phải là refused (\(subjects)), hoặc tryAgain hay unknown (\(kinds))",
      en: "“\(section.path)\(key)” must be refused (\(subjects)), or tryAgain or unknown (\(kinds))")
    return nil
  }

  /// Whether the table is ever asked for `condition`: one that never comes would be without effect.
  private static func isCondition(_ condition: String) -> Bool {
    guard let colon = condition.firstIndex(of: ":") else { return false }
    let rest = condition[condition.index(after: colon)...]
    switch condition[..<colon] {
    case "transport":
      let words = rest.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
      return words.count == 2 && (words[0] == "*" || TransportError.Code(rawValue: words[0]) != nil)
        && TransportError.Reach(rawValue: words[1]) != nil
    case "http":
      return rest.wholeMatch(of: /[1-5]xx|[1-5][0-9][0-9](\+retry-after)?/) != nil
    case "code":
      return !rest.isEmpty && !rest.contains(where: \.isWhitespace) && rest != "0"
    case "body":
      return ["empty", "not-json", "no-code", "contradictory", "incomplete"].contains(String(rest))
    default: return false
    }
  }
}
