/// Shares out the lines of each column to the rows whose running numbers stand beside them.
struct RowReader {
  let rules: PageRules

  /// - Parameters:
  ///   - anchors: the running numbers from top to bottom.
  ///   - continues: the part may begin with the rest of a row from the page before.
  func rows(_ words: [PageWord], xs: [Double], anchors: [PageWord], continues: Bool) -> [TablePart.Row] {
    if let banded = byRules(words, xs: xs, anchors: anchors, continues: continues) { return banded }
    let columns = xs.count - 1
    let count = anchors.count + 1
    var rows = [TablePart.Row](repeating: TablePart.Row(cells: Array(repeating: [], count: columns)), count: count)
    for column in 0..<columns {
      let inside = words.filter { Self.column(of: $0, xs) == column }
      let lines = TextLine.lines(of: inside)
      let shares = Self.share(lines, anchors: anchors.map(\.centreY), continues: continues)
      for (line, row) in zip(lines, shares) { rows[row].cells[column] += line.words }
    }
    // Row 0 is what is left of a row of the page before.
    if rows[0].cells.allSatisfy(\.isEmpty) { rows.removeFirst() }
    return rows
  }

  /// The column whose range holds most of a word.
  static func column(of word: PageWord, _ xs: [Double]) -> Int {
    for (column, right) in xs.dropFirst().dropLast().enumerated() where word.centreX < right { return column }
    return xs.count - 2
  }

  /// Rows parted by level lines, where there is one between each two running numbers.
  private func byRules(
    _ words: [PageWord], xs: [Double], anchors: [PageWord], continues: Bool
  ) -> [TablePart.Row]? {
    let width = (xs.last ?? 0) - xs[0]
    let levels = rules.horizontal.filter { rule in
      min(rule.end, xs.last ?? 0) - max(rule.start, xs[0]) > 0.6 * width
    }.map(\.at).sorted()
    guard anchors.count > 1 else { return nil }
    var cuts: [Double] = []
    for (above, below) in zip(anchors, anchors.dropFirst()) {
      guard let cut = levels.first(where: { $0 > above.box.bottom - 2 && $0 < below.box.top + 2 }) else { return nil }
      cuts.append(cut)
    }
    if continues, let first = levels.last(where: { $0 < anchors[0].box.top + 2 }),
      words.contains(where: { $0.centreY < first })
    {
      // What stands above the first row's line is the rest of a row of the page before.
      cuts.insert(first, at: 0)
    }
    var rows = [TablePart.Row](
      repeating: TablePart.Row(cells: Array(repeating: [], count: xs.count - 1)), count: cuts.count + 1)
    for word in words {
      let row = cuts.firstIndex { word.centreY < $0 } ?? cuts.count
      rows[row].cells[Self.column(of: word, xs)].append(word)
    }
    return rows
  }

  // MARK: Sharing out

  /// How a cell's lines stand to the running number of their row.
  private enum Alignment: CaseIterable {
    case middle, top, bottom
  }

  /// The row (1…; 0 = rest of an earlier row) of each line, at the least cost over the three alignments.
  private static func share(_ lines: [TextLine], anchors: [Double], continues: Bool) -> [Int] {
    guard !lines.isEmpty else { return [] }
    let centres = lines.map(\.box.centreY)
    let heights = lines.map(\.box.height)
    var best: (cost: Double, rows: [Int])?
    for alignment in Alignment.allCases {
      let result = share(centres, heights, anchors, alignment, continues: continues)
      if result.cost < best?.cost ?? .infinity { best = result }
    }
    return best?.rows ?? lines.map { _ in 1 }
  }

  /// The row (1…) of each line when rows are told by their first line's and by their middle's height.
  static func share(_ lines: [TextLine], tops: [Double], centres: [Double]) -> [Int] {
    guard !lines.isEmpty, !tops.isEmpty else { return lines.map { _ in 1 } }
    let heights = lines.map(\.box.height)
    let places = lines.map(\.box.centreY)
    let top = share(places, heights, tops, .top, continues: false)
    let middle = share(places, heights, centres, .middle, continues: false)
    return top.cost <= middle.cost ? top.rows : middle.rows
  }

  private static let mostLines = 14

  private static func share(
    _ centres: [Double], _ heights: [Double], _ anchors: [Double], _ alignment: Alignment, continues: Bool
  ) -> (cost: Double, rows: [Int]) {
    let lines = centres.count
    let rows = anchors.count
    // Lines of one cell stand at one distance, those of two rows further apart.
    let pitch = zip(centres, centres.dropFirst()).map { $1 - $0 }.filter { $0 > 0.7 * (heights.first ?? 0) }.min() ?? 0
    func cost(_ range: Range<Int>, _ row: Int) -> Double {
      guard let first = range.first, let last = range.last else { return row == 0 ? 0 : 0.5 }
      if row == 0 { return continues ? 8 : 200 }
      let anchor = anchors[row - 1]
      // A row's lines stand between the numbers of its neighbours.
      if row > 1, centres[first] < anchors[row - 2] + 2 { return 100 }
      if row < rows, centres[last] > anchors[row] - 2 { return 100 }
      var cost: Double
      switch alignment {
      case .middle: cost = abs((centres[first] + centres[last]) / 2 - anchor)
      case .top: cost = abs(centres[first] - anchor)
      case .bottom: cost = abs(centres[last] - anchor)
      }
      // Lines of one cell follow each other closely.
      for index in range.dropFirst() {
        let gap = centres[index] - centres[index - 1]
        if gap > 1.7 * heights[index] {
          cost += 15
        } else if gap > 1.12 * pitch {
          cost += 3 + gap - pitch
        }
      }
      return cost
    }
    var table = [[Double]](repeating: [Double](repeating: .infinity, count: lines + 1), count: rows + 1)
    var from = [[Int]](repeating: [Int](repeating: 0, count: lines + 1), count: rows + 1)
    for end in 0...min(lines, mostLines) { table[0][end] = cost(0..<end, 0) }
    if rows > 0 {
      for row in 1...rows {
        for end in 0...lines {
          for start in max(0, end - mostLines)...end where table[row - 1][start].isFinite {
            let value = table[row - 1][start] + cost(start..<end, row)
            if value < table[row][end] {
              table[row][end] = value
              from[row][end] = start
            }
          }
        }
      }
    }
    var assigned = [Int](repeating: 0, count: lines)
    var end = lines
    for row in stride(from: rows, through: 1, by: -1) {
      let start = from[row][end]
      for index in start..<end { assigned[index] = row }
      end = start
    }
    return (table[rows][lines], assigned)
  }
}
