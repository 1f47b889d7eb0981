import VietnameseText

/// Finds a table that no lines rule: its columns by the white rivers between words and by what its headings mean, its
/// rows by their running numbers.
struct PositionalTable {
  let page: PageText
  let headings: ColumnHeadings
  /// Lines that may part rows, if there are any.
  let rules: PageRules
  /// Boxes of tables that are read already.
  let taken: [Box]

  /// What a page before this one tells about the table.
  struct Earlier {
    let xs: [Double]
    let lastNumber: Int
    /// Points from the running number's heading to the end of the head.
    let headDepth: Double?
  }

  /// Lines at which a table certainly ends.
  private static let endings = [
    "noi nhan", "kinh de nghi", "tran trong", "kinh gui", "danh sach nay", "(an dinh", "an dinh danh sach",
    "danh sach gom", "tong cong:", "tong so:",
  ]

  /// The tables of this page from top to bottom.
  func parts(after earlier: Earlier?) -> [TablePart] {
    let free = page.words.filter { word in !taken.contains { $0.contains(x: word.centreX, y: word.centreY) } }
    // A row "(1) (2) (3)" below the head numbers the columns.
    let numbering = TextLine.lines(of: free).filter { TablePart.isColumnNumbering($0.words.map { [$0] }) }
    let words = numbering.isEmpty ? free : free.filter { word in !numbering.contains { $0.words.contains(word) } }
    let anchors = anchors(in: words)
    var parts: [TablePart] = []
    if let earlier,
      let part = continuation(
        words.filter { word in
          anchors.first.map { word.centreY < $0.centreY - 4 } ?? true
        }, earlier)
    {
      parts.append(part)
    }
    for (index, anchor) in anchors.enumerated() {
      if index == 0, parts.isEmpty, let earlier, let part = repeated(anchor, words, earlier) {
        parts.append(part)
        continue
      }
      let limit = index + 1 < anchors.count ? anchors[index + 1].box.top - 30 : page.height
      let top = parts.last?.box.bottom ?? 0
      let zone = words.filter { $0.centreY < limit && $0.centreY > max(top, anchor.centreY - Self.deepestHead) }
      if let part = table(at: anchor, zone) { parts.append(part) }
    }
    return parts
  }

  /// A number stands at most this far left of its heading (points).
  private static let widestNumberColumn = 40.0

  /// A head is at most this much higher than its running number's heading (points).
  private static let deepestHead = 80.0

  /// Headings of running numbers; a narrow column may have broken "STT" in two.
  private func anchors(in words: [PageWord]) -> [PageWord] {
    var found = words.filter { headings.isRunningNumber($0.text) }
    for upper in words where upper.text.count <= 2 && upper.text.allSatisfy(\.isLetter) {
      for lower in words
      where lower.text.count <= 2 && lower.box.top > upper.box.top + 3 && lower.box.top < upper.box.bottom + 4
        && abs(lower.centreX - upper.centreX) < 8 && headings.isRunningNumber(upper.text + lower.text)
      {
        found.append(PageWord(text: upper.text + lower.text, page: upper.page, box: upper.box.union(lower.box)))
      }
    }
    // "Thay đổi TT" further right in the same head numbers nothing.
    return found.filter { word in
      !found.contains { $0.box.right < word.box.left - 20 && abs($0.centreY - word.centreY) < Self.deepestHead }
    }.sorted { $0.centreY < $1.centreY }
  }

  // MARK: A table with its head

  private func table(at anchor: PageWord, _ zone: [PageWord]) -> TablePart? {
    let numbers = runningNumbers(below: anchor.box, zone, from: nil)
    guard let first = numbers.first, let last = numbers.last else { return nil }
    let lines = TextLine.lines(of: zone)
    // Where the head starts and ends is tried out: the right lines make headings that have a meaning.
    let tops =
      [anchor.box.top - 1] + lines.filter { $0.box.top < anchor.box.top - 1 }.map { $0.box.top - 0.5 }.reversed()
    let bottoms =
      lines.filter { $0.box.bottom > anchor.box.bottom - 2 && $0.box.centreY < first.centreY + 1 }
      .map { $0.box.top - 0.5 } + [first.box.top - 0.5]
    let body = zone.filter { $0.centreY > anchor.box.bottom && $0.centreY <= last.centreY + 3 }
    var best: (score: Double, layout: Columns, top: Double, bottom: Double)?
    func tryOut(top: Double, bottom: Double) {
      guard bottom > anchor.centreY else { return }
      let head = zone.filter { $0.centreY > top && $0.centreY < bottom }
      let rows = body.filter { $0.centreY > bottom }
      guard let layout = Columns(head: head, rows: rows, headings: headings), layout.score > 0 else { return }
      // Of equal ones the right head starts low and ends low: a row's text would spoil a heading.
      let score = layout.score + 0.001 * (bottom + top)
      if score > best?.score ?? 0 { best = (score, layout, top, bottom) }
    }
    // One edge after the other, and the first once more; all pairs would take ten times as long.
    for top in tops.prefix(10) { tryOut(top: top, bottom: first.box.top - 0.5) }
    for bottom in bottoms { tryOut(top: best?.top ?? tops[0], bottom: bottom) }
    for top in tops.prefix(10) { tryOut(top: top, bottom: best?.bottom ?? first.box.top - 0.5) }
    guard let best else { return nil }
    let rest = zone.filter { $0.centreY > best.bottom }
    let inside = rowWords(rest, xs: best.layout.xs, last: last.centreY)
    let rows = RowReader(rules: rules).rows(inside, xs: best.layout.xs, anchors: numbers, continues: false)
    var part = TablePart(
      page: page.index, box: box(of: best.layout.head.flatMap { $0 } + inside, best.layout.xs), xs: best.layout.xs,
      head: best.layout.head, rows: rows, isRuled: false)
    part.headDepth = (best.layout.head.joined().map(\.centreY).max() ?? anchor.centreY) - anchor.centreY + 2
    return part
  }

  /// The rest of a table below its repeated head: the columns are known already.
  private func repeated(_ anchor: PageWord, _ words: [PageWord], _ earlier: Earlier) -> TablePart? {
    guard let depth = earlier.headDepth, anchor.centreX > earlier.xs[0] - 6, anchor.centreX < earlier.xs[1] + 2 else {
      return nil
    }
    let below = words.filter { $0.centreY > anchor.centreY + depth }
    let column = below.filter { $0.centreX > earlier.xs[0] - 10 && $0.centreX < earlier.xs[1] + 2 }
    let numbers = runningNumbers(below: nil, column, from: earlier.lastNumber + 1)
    guard let last = numbers.last else { return nil }
    let inside = rowWords(below, xs: earlier.xs, last: last.centreY)
    let rows = RowReader(rules: rules).rows(inside, xs: earlier.xs, anchors: numbers, continues: true)
    var part = TablePart(
      page: page.index, box: box(of: inside, earlier.xs), xs: earlier.xs, head: nil, rows: rows, isRuled: false)
    part.box.top = min(part.box.top, anchor.box.top - depth)
    part.headDepth = depth
    return part
  }

  /// Numbers in a column that go up by one.
  private func runningNumbers(below box: Box?, _ words: [PageWord], from start: Int?) -> [PageWord] {
    var found: [PageWord] = []
    var next = start
    for word in words.sorted(by: { $0.centreY < $1.centreY }) {
      guard let number = RunningNumber([word])?.value else { continue }
      if let box {
        // Numbers may stand at the left of a column whose heading stands in its middle; nothing is left of them then.
        guard word.centreY > box.bottom, word.box.left < box.right + 10,
          word.box.right > box.left - 10
            || word.box.right > box.left - Self.widestNumberColumn
              && !words.contains(where: { $0.box.right < word.box.left && abs($0.centreY - word.centreY) < 4 })
        else { continue }
      }
      if let expected = next, number != expected { continue }
      if next == nil, number > 1, found.isEmpty, number != 1 { next = number }
      found.append(word)
      next = number + 1
    }
    return found
  }

  /// Words of the rows: down to the first line that runs across columns or that ends tables.
  private func rowWords(_ words: [PageWord], xs: [Double], last: Double) -> [PageWord] {
    var inside: [PageWord] = []
    var bottom = -Double.infinity
    for line in TextLine.lines(of: words) {
      let folded = line.text.folded
      let centre = line.box.centreY
      if centre > last - 1 {
        if Self.endings.contains(where: { folded.contains($0) }) { break }
        let crossing = line.words.contains { word in
          xs.dropFirst().dropLast().contains { word.box.left < $0 - 2 && word.box.right > $0 + 2 }
        }
        if crossing && centre > last + 3 { break }
        if centre > last + 6, line.box.top - bottom > 1.1 * line.box.height { break }
      }
      // "II. Phòng Tổng hợp" between rows heads a group.
      if let first = line.words.first, first.centreX < xs[1], Self.isGroupNumber(first.text) { continue }
      inside += line.words.filter { $0.centreX > xs[0] - 30 && $0.centreX < (xs.last ?? 0) + 30 }
      bottom = line.box.bottom
    }
    return inside
  }

  /// `I`, `IV.`, `A.`
  private static func isGroupNumber(_ text: String) -> Bool {
    let sign = text.hasSuffix(".") ? text.dropLast() : text[...]
    return (1...5).contains(sign.count) && sign.allSatisfy { "IVXL".contains($0) }
      || text.count == 2 && text.hasSuffix(".") && sign.allSatisfy { ("A"..."H").contains($0) }
  }

  private func box(of words: [PageWord], _ xs: [Double]) -> Box {
    let boxes = words.map(\.box)
    return Box(
      left: min(xs[0], boxes.map(\.left).min() ?? xs[0]), top: boxes.map(\.top).min() ?? 0,
      right: max(xs.last ?? 0, boxes.map(\.right).max() ?? 0), bottom: boxes.map(\.bottom).max() ?? 0)
  }

  // MARK: The rest of a table

  private func continuation(_ words: [PageWord], _ earlier: Earlier) -> TablePart? {
    let column = words.filter { $0.centreX > earlier.xs[0] - 10 && $0.centreX < earlier.xs[1] + 2 }
    let numbers = runningNumbers(below: nil, column, from: earlier.lastNumber + 1)
    guard let last = numbers.last else { return nil }
    // The page number stands alone on its line.
    let alone = Set(
      TextLine.lines(of: words.filter { $0.centreY < 75 }).filter { $0.words.count == 1 }.flatMap(\.words))
    let zone = words.filter { word in
      !(alone.contains(word) && RunningNumber([word]) != nil && !numbers.contains(word))
    }
    let inside = rowWords(zone, xs: earlier.xs, last: last.centreY)
    let rows = RowReader(rules: rules).rows(inside, xs: earlier.xs, anchors: numbers, continues: true)
    guard !rows.isEmpty else { return nil }
    var part = TablePart(
      page: page.index, box: box(of: inside, earlier.xs), xs: earlier.xs, head: nil, rows: rows, isRuled: false)
    part.headDepth = earlier.headDepth
    return part
  }
}

extension Box {
  var centreY: Double { (top + bottom) / 2 }
}
