import DossierModel

/// A word on a page, in points from the page's upper left corner.
struct PageWord: Sendable, Hashable {
  var text: String
  /// First page is 0.
  var page: Int
  var box: Box

  var centreX: Double { (box.left + box.right) / 2 }
  var centreY: Double { (box.top + box.bottom) / 2 }
  var height: Double { box.bottom - box.top }

  /// Whether it stands on the other word's line with but a space between them.
  func isRight(before other: PageWord) -> Bool {
    let gap = other.box.left - box.right
    return abs(centreY - other.centreY) < 3 && gap > -1 && gap < 0.6 * other.height
  }
}

/// An upright rectangle.
struct Box: Sendable, Hashable {
  var left: Double
  var top: Double
  var right: Double
  var bottom: Double

  var width: Double { right - left }
  var height: Double { bottom - top }
  var centreX: Double { (left + right) / 2 }

  func union(_ other: Box) -> Box {
    Box(
      left: min(left, other.left), top: min(top, other.top), right: max(right, other.right),
      bottom: max(bottom, other.bottom))
  }

  func contains(x: Double, y: Double) -> Bool { x >= left && x <= right && y >= top && y <= bottom }
}

/// The words of one page.
struct PageText: Sendable {
  /// First page is 0.
  var index: Int
  var width: Double
  var height: Double
  var words: [PageWord]
}

extension [PageText] {
  /// What stands alike at the foot of several pages, as an agency's address does: no table goes on there.
  var runningFeet: Set<PageWord> {
    var feet: [String: [TextLine]] = [:]
    for page in self {
      for line in TextLine.lines(of: page.words.filter { $0.centreY > 0.9 * page.height }) where line.words.count > 4 {
        let place = "\(Int(line.box.left / 4)) \(Int((page.height - line.box.bottom) / 4)) "
        feet[place + line.text, default: []].append(line)
      }
    }
    return Set(feet.values.filter { $0.count > 1 }.joined().flatMap(\.words))
  }
}

/// Words that stand beside each other, from left to right.
struct TextLine: Sendable, Hashable {
  var words: [PageWord]

  var text: String { words.map(\.text).joined(separator: " ") }
  var page: Int { words.first?.page ?? 0 }
  var box: Box {
    words.dropFirst().reduce(words.first?.box ?? Box(left: 0, top: 0, right: 0, bottom: 0)) { $0.union($1.box) }
  }
}

extension TextLine {
  /// Sorts words into lines from top to bottom. Words belong together when they overlap by half of their height.
  static func lines(of words: [PageWord]) -> [TextLine] {
    var lines: [(centre: Double, height: Double, words: [PageWord])] = []
    for word in words.sorted(by: { ($0.page, $0.centreY, $0.box.left) < ($1.page, $1.centreY, $1.box.left) }) {
      let last = lines.count - 1
      if last >= 0, lines[last].words[0].page == word.page,
        abs(lines[last].centre - word.centreY) < 0.4 * min(lines[last].height, word.height)
      {
        lines[last].words.append(word)
      } else {
        lines.append((word.centreY, word.height, [word]))
      }
    }
    return lines.map { TextLine(words: $0.words.sorted { $0.box.left < $1.box.left }) }
  }

  /// Cuts the line where the gap between words is wider than a justified line's spaces are.
  var segments: [TextLine] {
    var segments: [TextLine] = []
    for word in words {
      if let last = segments.last?.words.last, word.box.left - last.box.right < 1.2 * min(last.height, word.height) {
        segments[segments.count - 1].words.append(word)
      } else {
        segments.append(TextLine(words: [word]))
      }
    }
    return segments
  }
}

extension LetterContent.Provenance {
  /// Where `words` stand: their box on the first word's page.
  init?(field: String, words: [PageWord], confidence: Double) {
    guard let first = words.first else { return nil }
    let box = words.filter { $0.page == first.page }.dropFirst().reduce(first.box) { $0.union($1.box) }
    self.init(
      field: field, page: first.page + 1, left: box.left, top: box.top, right: box.right, bottom: box.bottom,
      confidence: confidence)
  }
}
