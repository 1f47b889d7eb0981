import DossierModel
import VietnameseText

/// Makes findings from the texts of `rules.yaml`.
struct RuleTexts: Sendable {
  /// Every rule that the code can report; `rules.yaml` must have a text for each.
  static let codes = [
    "V01", "V02", "V03", "V04", "V05", "V06", "V07", "V08", "V09", "V10", "V11", "V12", "V13", "V13.device", "V14",
    "V15", "V16", "V17", "V18", "V19", "V20", "V21", "V22", "V23", "POPULATION", "POPULATION.unavailable", "NO_TEXT",
    "OCR_TEXT", "TEXT_ENCODING", "X-HEADER", "X-DATE", "X-LEVEL", "X-SIM-RSSP", "X-PROVINCE", "X-EMAIL", "X-PHONE",
    "X-SERIAL", "X-TAX", "X-BUDGET", "X-TICK", "X-FORMULA", "X-EMPTY", "X-SHEETS", "X-DIFF", "X-FORMAT", "X-COLUMN",
    "X-FOOTER", "X-ZERO", "X-LIST", "X-NOTABLE", "X-LETTERS", "X-EDGE", "X-GROUP",
    "X-NAME", "X-HIDDEN",
  ]

  /// A rule whose texts are cut at their braces once.
  private struct Rule: Sendable {
    let severity: DossierFinding.Severity?
    let vi: [Piece]
    let en: [Piece]
    let source: [Piece]
  }

  private enum Piece: Sendable {
    case text(String)
    case word(String)
  }

  private let rules: [String: Rule]

  init(_ description: RulesDescription) {
    let rules = description.rules.map { rule in
      (
        rule.code,
        Rule(
          severity: DossierFinding.Severity(rawValue: rule.severity), vi: Self.pieces(rule.vi),
          en: Self.pieces(rule.en), source: Self.pieces(rule.source))
      )
    }
    self.rules = Dictionary(rules, uniquingKeysWith: { first, _ in first })
  }

  /// The finding of rule `id`; `nil` when the rule is switched off. `words` fill the braces; a word named `problem` is
  /// given in both languages.
  func finding(
    _ id: String, row: Int? = nil, field: String? = nil, cell: String? = nil, problem: ClerkSentence? = nil,
    severity: DossierFinding.Severity? = nil, _ words: [String: String] = [:]
  ) -> DossierFinding? {
    guard let rule = rules[id], let usual = rule.severity else { return nil }
    var words = words
    words["problem"] = problem?.vi
    words["problemEn"] = problem?.en
    return DossierFinding(
      code: id.split(separator: ".").first.map(String.init) ?? id, severity: severity ?? usual, row: row, field: field,
      cell: cell, text: ClerkSentence(vi: Self.fill(rule.vi, words), en: Self.fill(rule.en, words)),
      source: Self.fill(rule.source, words))
  }

  private static func pieces(_ text: String) -> [Piece] {
    var pieces: [Piece] = []
    var rest = Substring(text)
    while let open = rest.firstIndex(of: "{"), let close = rest[open...].firstIndex(of: "}") {
      if open > rest.startIndex { pieces.append(.text(String(rest[..<open]))) }
      pieces.append(.word(String(rest[rest.index(after: open)..<close])))
      rest = rest[rest.index(after: close)...]
    }
    if !rest.isEmpty { pieces.append(.text(String(rest))) }
    return pieces
  }

  private static func fill(_ pieces: [Piece], _ words: [String: String]) -> String {
    pieces.reduce(into: "") { result, piece in
      switch piece {
      case .text(let text): result += text
      case .word(let name): result += words[name] ?? "?"
      }
    }
  }
}
