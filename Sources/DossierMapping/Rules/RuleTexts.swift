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
    "X-FOOTER", "X-ZERO", "X-LIST", "X-NOTABLE", "X-LETTERS",
  ]

  private let rules: [String: RulesDescription.Rule]

  init(_ description: RulesDescription) {
    rules = Dictionary(description.rules.map { ($0.code, $0) }, uniquingKeysWith: { first, _ in first })
  }

  /// The finding of rule `id`; `nil` when the rule is switched off. `words` fill the braces; a word named `problem` is
  /// given in both languages.
  func finding(
    _ id: String, row: Int? = nil, field: String? = nil, cell: String? = nil, problem: ClerkSentence? = nil,
    severity: DossierFinding.Severity? = nil, _ words: [String: String] = [:]
  ) -> DossierFinding? {
    guard let rule = rules[id], let usual = DossierFinding.Severity(rawValue: rule.severity) else { return nil }
    var words = words
    words["problem"] = problem?.vi
    words["problemEn"] = problem?.en
    return DossierFinding(
      code: id.split(separator: ".").first.map(String.init) ?? id, severity: severity ?? usual, row: row, field: field,
      cell: cell, text: ClerkSentence(vi: Self.fill(rule.vi, words), en: Self.fill(rule.en, words)),
      source: Self.fill(rule.source, words))
  }

  private static func fill(_ text: String, _ words: [String: String]) -> String {
    guard text.contains("{") else { return text }
    var result = ""
    var rest = Substring(text)
    while let open = rest.firstIndex(of: "{") {
      result += rest[..<open]
      guard let close = rest[open...].firstIndex(of: "}") else { return result + rest[open...] }
      result += words[String(rest[rest.index(after: open)..<close])] ?? "?"
      rest = rest[rest.index(after: close)...]
    }
    return result + rest
  }
}
