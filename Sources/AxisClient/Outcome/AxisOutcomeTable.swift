public import VietnameseText

/// The one table that says what an answer, or its absence, means.
///
/// A condition is a text, so that operators can add rows in configuration:
/// `transport:<code>/never-sent`, `transport:<code>/unknown`, `http:<status>`, `http:<status>+retry-after`, `http:4xx`,
/// `code:<ErrorCode>`, `code:*`, `body:empty`, `body:not-json`, `body:no-code`, `body:contradictory`,
/// `body:incomplete`. The most particular row counts; a later row replaces an earlier one of the same condition.
public struct AxisOutcomeTable: Sendable, Hashable, Codable {
  /// What a doubtful repetition would do.
  public enum Effect: String, Sendable, Hashable, Codable, CaseIterable {
    /// Doing it twice would do harm: `sendEdoc`, `registerAgency`, `deleteAgency`.
    case once
    /// Doing it twice does nothing more: lists, fetching, `updateStatus`.
    case repeatable
  }

  public enum Verdict: Sendable, Hashable {
    case refused(AxisRefusal.Subject)
    case tryAgain(AxisTrouble.Kind)
    case unknown(AxisTrouble.Kind)
  }

  public struct Row: Sendable, Hashable, Codable {
    public let when: String
    public let once: Verdict
    public let repeatable: Verdict
    /// Said to the clerk in place of the usual sentence.
    public let clerk: ClerkSentence?

    public init(_ when: String, once: Verdict, repeatable: Verdict, clerk: ClerkSentence? = nil) {
      self.when = when
      self.once = once
      self.repeatable = repeatable
      self.clerk = clerk
    }

    /// The same verdict whatever the effect.
    public init(_ when: String, _ verdict: Verdict, clerk: ClerkSentence? = nil) {
      self.init(when, once: verdict, repeatable: verdict, clerk: clerk)
    }
  }

  public private(set) var rows: [Row]
  private var index: [String: Int]

  public init(rows: [Row]) {
    self.rows = []
    index = [:]
    for row in rows { add(row) }
  }

  /// This table with `rows` added or put in the place of those with the same condition.
  public func replacing(with rows: [Row]) -> AxisOutcomeTable {
    var table = self
    for row in rows { table.add(row) }
    return table
  }

  private mutating func add(_ row: Row) {
    if let place = index[row.when] {
      rows[place] = row
    } else {
      index[row.when] = rows.count
      rows.append(row)
    }
  }

  /// The row for the first of `conditions` that the table knows.
  func row(for conditions: [String]) -> Row? {
    conditions.lazy.compactMap { index[$0] }.first.map { rows[$0] }
  }

  public init(from decoder: any Decoder) throws {
    self.init(rows: try [Row](from: decoder))
  }

  public func encode(to encoder: any Encoder) throws {
    try rows.encode(to: encoder)
  }
}

extension AxisOutcomeTable.Verdict: Codable {
  /// `refused account`, `tryAgain busy`, `unknown interrupted`.
  public var text: String {
    switch self {
    case .refused(let subject): "refused \(subject.rawValue)"
    case .tryAgain(let kind): "tryAgain \(kind.rawValue)"
    case .unknown(let kind): "unknown \(kind.rawValue)"
    }
  }

  public init?(text: String) {
    let words = text.split(separator: " ").map(String.init)
    guard words.count == 2 else { return nil }
    switch words[0] {
    case "refused":
      guard let subject = AxisRefusal.Subject(rawValue: words[1]) else { return nil }
      self = .refused(subject)
    case "tryAgain":
      guard let kind = AxisTrouble.Kind(rawValue: words[1]) else { return nil }
      self = .tryAgain(kind)
    case "unknown":
      guard let kind = AxisTrouble.Kind(rawValue: words[1]) else { return nil }
      self = .unknown(kind)
    default: return nil
    }
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let text = try container.decode(String.self)
    guard let verdict = Self(text: text) else {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: "not a verdict: \(text)")
    }
    self = verdict
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(text)
  }
}
