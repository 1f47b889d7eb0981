import DossierModel
import Foundation
import VietnameseText

/// Which headings mean which column, per type: from `letter.columns` and `sheet.columns` of `type-NN.yaml`.
///
/// One value serves one reading: what it has told once it remembers.
final class ColumnHeadings {
  /// What a column means.
  struct Meaning: Sendable, Hashable {
    let fields: [DossierField]
    /// `carrier` or `keepNumber` where one field has two columns.
    let part: String?
  }

  /// How well a head fits a type.
  struct Match: Sendable {
    let type: DossierType
    /// Meaning of each column; `nil`: unknown heading or running number.
    let meanings: [Meaning?]
    let score: Double
    /// Columns with a known meaning.
    let known: Int
  }

  struct Entry: Sendable {
    let meaning: Meaning
    let titles: [Title]
    /// Columns of the portal's sheet count less than those of the form.
    let weight: Double
  }

  /// A heading folded for comparing.
  struct Title: Sendable {
    let joined: String
    let words: Set<String>
    /// UTF-8 of `joined`, in which titles look for each other.
    private let bytes: [UInt8]

    init(_ text: String) {
      // "(2)" points to a note below the form.
      let bare = text.contains("(") ? text.replacing(#/\(\s*(?:\d{1,2}|\*+)\s*\)/#, with: " ") : text
      let words = bare.folded.split { !($0.isLetter || $0.isNumber) }.map(String.init)
      joined = words.joined()
      bytes = Array(joined.utf8)
      self.words = Set(words)
    }

    /// 0 to 1.
    func likeness(_ other: Title) -> Double {
      if bytes.isEmpty || other.bytes.isEmpty { return 0 }
      if bytes == other.bytes { return 1 }
      let (shorter, longer) = bytes.count < other.bytes.count ? (self, other) : (other, self)
      if shorter.bytes.count >= 4, 20 * shorter.bytes.count >= 9 * longer.bytes.count, longer.holds(shorter) {
        return 0.6 + 0.3 * Double(shorter.bytes.count) / Double(longer.bytes.count)
      }
      let common = shorter.words.reduce(0) { $0 + (longer.words.contains($1) ? 1 : 0) }
      return 0.85 * 2 * Double(common) / Double(words.count + other.words.count)
    }

    /// Whether the letters of `other` stand in this title; folded letters are one byte each.
    private func holds(_ other: Title) -> Bool {
      bytes.withUnsafeBufferPointer { text in
        other.bytes.withUnsafeBufferPointer { part in
          (0...(text.count - part.count)).contains { start in
            text[start] == part[0] && part.indices.allSatisfy { text[start + $0] == part[$0] }
          }
        }
      }
    }
  }

  /// The headings of a layout, folded once for all readings.
  struct Titles: Sendable {
    let entries: [DossierType: [Entry]]
    let runningNumber: [Title]
    let others: Set<String>
    /// Folded words of headings over several columns.
    let groups: [[String]]

    init(_ layout: LetterLayout) {
      runningNumber = (["STT", "TT", "Số TT", "Số thứ tự", "Stt"] + [layout.frame.words.runningNumber]).map {
        Title($0)
      }
      others = Set((layout.frame.otherHeadings ?? []).map { Title($0).joined })
      let printed = layout.forms.values.flatMap { $0.paper.columns.compactMap(\.group) }
      groups = Set(printed + (layout.frame.groupHeadings ?? [])).sorted().map { group in
        group.split(separator: " ").map { Title(String($0)).joined }
      }
      entries = layout.forms.mapValues { form in
        let letter = form.paper.columns.map { column in
          Entry(
            meaning: Meaning(fields: column.fields, part: nil), titles: column.titles.map { Title($0) }, weight: 1)
        }
        let sheet = form.sheet.columns.map { column in
          Entry(
            meaning: Meaning(fields: [column.field], part: column.part), titles: column.titles.map { Title($0) },
            weight: 0.95)
        }
        return letter + sheet
      }
    }
  }

  private let titles: Titles
  var entries: [DossierType: [Entry]] { titles.entries }
  private var remembered: [String: [DossierType: Double]] = [:]
  private var rememberedScores: [String: [DossierType: [Double]]] = [:]
  private var rememberedKeys: [String: String] = [:]

  init(_ titles: Titles) { self.titles = titles }

  /// True when most of the texts are headings of some type.
  func looksLikeHead(_ texts: [String]) -> Bool {
    guard let match = match(texts) else { return false }
    let filled = texts.filter { !$0.isEmpty }.count
    return match.known >= 2 && 2 * match.known >= filled - 1
  }

  /// Whether a text is the heading of a column that agencies add and no form has.
  func isOther(_ text: String) -> Bool { titles.others.contains(Title(text).joined) }

  /// True when a text is the heading of the running numbers.
  func isRunningNumber(_ text: String) -> Bool {
    guard text.utf8.count < 20 else { return false }
    let title = Title(text)
    return titles.runningNumber.contains { $0.joined == title.joined }
  }

  /// How much a text is a heading of each type, 0 to 1.
  func bestLikeness(_ text: String) -> [DossierType: Double] {
    if let known = remembered[text] { return known }
    let likeness = scores(text).mapValues { $0.max() ?? 0 }
    remembered[text] = likeness
    return likeness
  }

  /// How much a text is the heading of each entry of each type. Heads stand on every page again.
  private func scores(_ text: String) -> [DossierType: [Double]] {
    if let known = rememberedScores[text] { return known }
    let title = Title(text)
    let scores = entries.mapValues { entries in
      entries.map { entry in (entry.titles.map { title.likeness($0) }.max() ?? 0) * entry.weight }
    }
    rememberedScores[text] = scores
    return scores
  }

  private func key(of word: String) -> String {
    if let known = rememberedKeys[word] { return known }
    let key = Title(word).joined
    rememberedKeys[word] = key
    return key
  }

  /// The words that are a heading over several columns, as "Dịch vụ yêu cầu".
  func groupWords(in words: [PageWord]) -> Set<PageWord> {
    var found: Set<PageWord> = []
    let keyed = words.map { (key: key(of: $0.text), word: $0) }
    for group in titles.groups {
      for first in keyed where first.key == group[0] {
        var chain = [first.word]
        for key in group.dropFirst() {
          guard let last = chain.last else { break }
          // The next word stands to the right, or the heading goes on below.
          let next = keyed.filter { candidate in
            guard candidate.key == key else { return false }
            let down = candidate.word.centreY - last.centreY
            let beside = candidate.word.box.left - last.box.right
            if abs(down) < 3 { return beside > -1 && beside < 12 }
            return down > 0 && down < 1.8 * last.height && abs(candidate.word.centreX - first.word.centreX) < 70
              && !words.contains { $0.isRight(before: candidate.word) }
          }.min { abs($0.word.centreY - last.centreY) < abs($1.word.centreY - last.centreY) }
          guard let next else { break }
          chain.append(next.word)
        }
        if chain.count == group.count { found.formUnion(chain) }
      }
    }
    return found
  }

  /// The type whose columns fit best; `nil` when none fits two columns.
  func match(_ texts: [String]) -> Match? {
    let numbered = texts.map { isRunningNumber($0) }
    let empty = texts.map { key(of: $0).isEmpty }
    let scores = texts.map { self.scores($0) }
    var best: Match?
    for type in DossierType.allCases {
      guard let candidates = entries[type] else { continue }
      let match = Self.match(
        scores.map { $0[type] ?? [] }, numbered: numbered, empty: empty, type: type, candidates)
      if match.known >= 2, match.score > best?.score ?? 0 { best = match }
    }
    return best
  }

  private static func match(
    _ scores: [[Double]], numbered: [Bool], empty: [Bool], type: DossierType, _ entries: [Entry]
  ) -> Match {
    var pairs: [(score: Double, column: Int, entry: Int)] = []
    for (column, scores) in scores.enumerated() where !numbered[column] {
      for (index, score) in scores.enumerated() where score >= 0.55 { pairs.append((score, column, index)) }
    }
    pairs.sort { ($1.score, $0.column, $0.entry) < ($0.score, $1.column, $1.entry) }
    var meanings = [Meaning?](repeating: nil, count: scores.count)
    var taken: Set<String> = []
    var total = 0.0
    for pair in pairs where meanings[pair.column] == nil {
      let meaning = entries[pair.entry].meaning
      let key = (meaning.fields.first?.rawValue ?? "") + (meaning.part ?? "")
      guard taken.insert(key).inserted else { continue }
      meanings[pair.column] = meaning
      total += pair.score
    }
    let known = meanings.compactMap { $0 }.count
    let unknown = meanings.indices.filter { !empty[$0] && meanings[$0] == nil && !numbered[$0] }.count
    // A form's columns that are missing speak against the type, but less than headings that it does not know.
    let missing = entries.filter { entry in
      entry.weight == 1 && !meanings.contains { $0?.fields.first == entry.meaning.fields.first }
    }.count
    return Match(
      type: type, meanings: meanings, score: total - 0.4 * Double(unknown) - 0.2 * Double(missing), known: known)
  }
}
