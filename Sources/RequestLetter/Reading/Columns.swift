import DossierModel
import VietnameseText

/// Columns of an unruled table: cut at white rivers, joined again where only together the headings have a meaning.
struct Columns {
  /// Boundaries from left to right.
  let xs: [Double]
  /// Words of each column's heading.
  let head: [[PageWord]]
  let score: Double

  init?(head: [PageWord], rows: [PageWord], headings: ColumnHeadings) {
    let groups = headings.groupWords(in: head)
    let titles = head.filter { !groups.contains($0) }
    let strips = Self.strips(titles + rows)
    guard strips.count >= 3, strips.count <= 60 else { return nil }
    let inStrip = strips.map { strip in
      titles.filter { $0.centreX >= strip.lowerBound && $0.centreX <= strip.upperBound }
    }
    guard let best = Self.bestJoin(strips, inStrip, headings: headings) else { return nil }
    score = best.score
    self.head = best.groups.map { group in group.flatMap { inStrip[$0] } }
    var xs = [strips[0].lowerBound]
    for (left, right) in zip(best.groups, best.groups.dropFirst()) {
      xs.append((strips[left.upperBound - 1].upperBound + strips[right.lowerBound].lowerBound) / 2)
    }
    xs.append(strips[strips.count - 1].upperBound)
    self.xs = xs
  }

  /// Ranges of x that words cover; what lies between them is white from top to bottom.
  private static func strips(_ words: [PageWord]) -> [ClosedRange<Double>] {
    var strips: [ClosedRange<Double>] = []
    for word in words.sorted(by: { $0.box.left < $1.box.left }) {
      if let last = strips.last, word.box.left <= last.upperBound + 0.8 {
        strips[strips.count - 1] = last.lowerBound...max(last.upperBound, word.box.right)
      } else {
        strips.append(word.box.left...max(word.box.left, word.box.right))
      }
    }
    return strips
  }

  /// Joins neighbouring strips so that the headings fit one type best.
  private static func bestJoin(
    _ ranges: [ClosedRange<Double>], _ strips: [[PageWord]], headings: ColumnHeadings
  ) -> (score: Double, groups: [Range<Int>])? {
    // Likeness of every possible heading, told once for all types.
    var best: (score: Double, groups: [Range<Int>])?
    let count = strips.count
    var likeness: [[(like: [DossierType: Double], offset: Double)]] = []
    for start in 0..<count {
      var row: [(like: [DossierType: Double], offset: Double)] = []
      for end in start..<min(start + widestJoin, count) {
        let words = strips[start...end].flatMap { $0 }
        let text = words.isEmpty ? "" : CellText(TextLine.lines(of: words).map(\.text)).spaced
        // A heading stands in the middle of its column, or at its left.
        let left = (words.map(\.box.left).min() ?? 0) - ranges[start].lowerBound
        let right = ranges[end].upperBound - (words.map(\.box.right).max() ?? 0)
        row.append((headings.likeness(of: text), min(abs(left), abs(left - right) / 2) * 0.002))
      }
      likeness.append(row)
    }
    for type in DossierType.allCases {
      var scores = [0.0] + [Double](repeating: -Double.infinity, count: count)
      var from = [Int](repeating: 0, count: count + 1)
      for end in 1...count {
        for start in max(0, end - widestJoin)..<end where scores[start].isFinite {
          let told = likeness[start][end - 1 - start]
          let like = told.like[type] ?? 0
          // Each column costs, so that a heading is not cut into two that mean half of it.
          // A wide white stripe from top to bottom parts columns.
          // Where one row leaves the place open, columns are cut at the wider gap.
          let gaps =
            start + 1 < end
            ? zip(ranges[start..<end], ranges[(start + 1)..<end]).reduce(0) { cost, pair in
              let gap = pair.1.lowerBound - pair.0.upperBound
              return cost + (gap > wideStripe ? 0.5 : 0.01 * max(0, gap - 4))
            } : 0
          let value = scores[start] + (like >= 0.55 ? like * like - 0.3 - told.offset : -0.4) - gaps
          if value > scores[end] {
            scores[end] = value
            from[end] = start
          }
        }
      }
      guard scores[count] > best?.score ?? 0 else { continue }
      var groups: [Range<Int>] = []
      var end = count
      while end > 0 {
        groups.insert(from[end]..<end, at: 0)
        end = from[end]
      }
      best = (scores[count], groups)
    }
    return best
  }

  /// Wider than spaces between words (points).
  private static let wideStripe = 11.0

  /// A column falls into at most this many strips.
  private static let widestJoin = 7
}

extension ColumnHeadings {
  /// How much a text is a heading of each type; the running number's heading is one of every type.
  func likeness(of text: String) -> [DossierType: Double] {
    // So is one that no form has.
    if isRunningNumber(text) || isOther(text) {
      return Dictionary(uniqueKeysWithValues: DossierType.allCases.map { ($0, 1) })
    }
    return bestLikeness(text)
  }
}
