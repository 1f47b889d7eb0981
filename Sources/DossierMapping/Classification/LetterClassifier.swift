public import DossierModel
import VietnameseText

/// Tells which of the six types a letter asks for, and says by what evidence. Several types, or too little evidence, is
/// a reason to hold, never to guess.
public struct LetterClassifier: Sendable {
  let mapping: MappingSet

  public init(mapping: MappingSet) { self.mapping = mapping }

  /// What there is to go by. `subject` may come from the letter or, when that can not be read, from the message's header.
  public struct Input: Sendable, Hashable {
    public var subject: String?
    public var formNumber: String?
    /// Titles of each table's header.
    public var tableHeaders: [[String]]
    /// The types that the reader took the tables for, where it could place their columns.
    public var tableTypes: [DossierType?] = []
    public var body: String
    /// Types of lists beside the letter.
    public var listTypes: [DossierType]
    /// Type of our structured dossier beside the letter.
    public var structuredType: DossierType?

    public init(
      subject: String? = nil, formNumber: String? = nil, tableHeaders: [[String]] = [], body: String = "",
      listTypes: [DossierType] = [], structuredType: DossierType? = nil
    ) {
      self.subject = subject
      self.formNumber = formNumber
      self.tableHeaders = tableHeaders
      self.body = body
      self.listTypes = listTypes
      self.structuredType = structuredType
    }
  }

  /// The verdict and all that spoke.
  public func classify(_ input: Input) -> (verdict: TypeVerdict, evidence: [Evidence]) {
    let evidence = self.evidence(input)
    let rules = mapping.classification
    var scores: [DossierType: Int] = [:]
    for item in evidence { if let type = item.type { scores[type, default: 0] += item.weight } }
    let ranked = scores.sorted { ($0.value, $1.key) > ($1.value, $0.key) }
    let isRefused = evidence.contains { $0.kind == .subject && $0.type == nil }
    let hasTable = evidence.contains { $0.kind == .tableHeader }
    // What the signed letter itself says, by its three strong voices, must agree (V02).
    let strong = Set(evidence.filter { [.tableHeader, .formNumber, .subject].contains($0.kind) }.compactMap(\.type))
    if isRefused, !hasTable { return (.none, evidence) }
    if strong.count > 1 { return (.ambiguous(strong.sorted()), evidence) }
    guard let best = ranked.first else { return (.none, evidence) }
    if let second = ranked.dropFirst().first, second.value >= rules.holdWhenOtherAt {
      return (.ambiguous([best.key, second.key].sorted()), evidence)
    }
    if best.value >= rules.chooseAt { return (.type(best.key), evidence) }
    // Running text alone names services without asking for one.
    if strong.isEmpty, input.listTypes.isEmpty, input.structuredType == nil { return (.none, evidence) }
    return (.manual(guess: best.key), evidence)
  }

  /// Whether a subject is about what the authority does and does not say that it asks for nothing: too little to choose
  /// a type by, enough to give its sender an answer.
  public func mayBeRequest(subject: String) -> Bool {
    let text = PhraseText(subject)
    let rules = mapping.classification
    return rules.subjectMatter.contains { text.contains(anyOf: $0) }
      && !rules.notARequest.contains { text.contains(anyOf: $0) }
  }

  private func evidence(_ input: Input) -> [Evidence] {
    var evidence: [Evidence] = []
    for (index, header) in input.tableHeaders.enumerated() {
      let placed = input.tableTypes.indices.contains(index) ? input.tableTypes[index] : nil
      guard let type = type(ofHeader: header) ?? placed else { continue }
      evidence.append(
        item(
          .tableHeader, type, "Bảng có các cột của Mẫu \(type.rawValue)",
          "A table has the columns of form \(type.rawValue)"))
    }
    if let number = input.formNumber {
      if let type = DossierType(rawValue: number) {
        evidence.append(item(.formNumber, type, "In \"Mẫu số \(number)\"", "\"Mẫu số \(number)\" is printed"))
      } else if mapping.classification.attachmentForms.contains(number) {
        evidence.append(
          item(
            .formNumber, nil, "Mẫu số \(number) không phải yêu cầu chứng thực",
            "Form \(number) is no request for certification"))
      }
    }
    if let subject = input.subject {
      let text = PhraseText(subject)
      for type in types(matching: text, \.subject) {
        evidence.append(
          item(
            .subject, type, "Trích yếu có từ ngữ của loại \(type.rawValue)",
            "The subject has the words of type \(type.rawValue)"))
      }
      if mapping.classification.notARequest.contains(where: { text.contains(anyOf: $0) }) {
        evidence.append(
          item(.subject, nil, "Trích yếu không phải là yêu cầu", "The subject asks for nothing of forms 01-06"))
      }
    }
    for type in input.listTypes {
      evidence.append(
        item(
          .sheetHeader, type, "Danh sách kèm theo có các cột của loại \(type.rawValue)",
          "A list beside it has the columns of type \(type.rawValue)"))
    }
    if let type = input.structuredType {
      evidence.append(
        item(
          .structured, type, "Hồ sơ có cấu trúc kèm theo thuộc loại \(type.rawValue)",
          "The structured dossier beside it is of type \(type.rawValue)"))
    }
    let body = types(matching: PhraseText(input.body), \.body)
    // A text that speaks of several services is an ordinary letter about them.
    if body.count == 1, let type = body.first {
      evidence.append(
        item(.body, type, "Nội dung đề nghị loại \(type.rawValue)", "The text asks for type \(type.rawValue)"))
    }
    return evidence
  }

  private func item(_ kind: Evidence.Kind, _ type: DossierType?, _ vi: String, _ en: String) -> Evidence {
    Evidence(
      kind: kind, type: type, weight: mapping.classification.weights[kind.rawValue] ?? 0,
      says: ClerkSentence(vi: vi, en: en))
  }

  private func types(matching text: PhraseText, _ patterns: KeyPath<TypeDescription.Patterns, [PhrasePattern]>)
    -> [DossierType]
  {
    DossierType.allCases.filter { type in
      mapping.description(of: type)?.classification[keyPath: patterns].contains { $0.matches(text) } ?? false
    }
  }

  /// The type whose letter columns a table's header has: at least three of them and three fifths of the header, and
  /// more than any other type has.
  public func type(ofHeader header: [String]) -> DossierType? {
    let keys = header.map {
      HeaderLabel.key(
        $0.split(separator: "/").count > 1 && $0.contains(" / ") ? String($0.split(separator: "/").last ?? "") : $0)
    }
    .filter { !$0.isEmpty && $0 != "stt" && $0 != "tt" }
    guard keys.count >= 3 else { return nil }
    var ranked: [(type: DossierType, hits: Int)] = []
    for type in DossierType.allCases {
      guard let description = mapping.description(of: type) else { continue }
      var titles: Set<String> = []
      for column in description.letter.columns {
        for title in [column.title] + (column.aliases ?? []) { titles.insert(HeaderLabel.key(title)) }
      }
      for column in description.sheet.columns { titles.insert(HeaderLabel.key(column.title)) }
      ranked.append((type, Set(keys).intersection(titles).count))
    }
    ranked.sort { $0.hits > $1.hits }
    guard let best = ranked.first, best.hits >= 3, best.hits * 5 >= keys.count * 3, ranked[1].hits < best.hits else {
      return nil
    }
    return best.type
  }
}
