import Foundation

/// A page drawn in grey, one byte per dot, 0 is black (portable graymap `P5`).
struct GrayPicture {
  let width: Int
  let height: Int
  let dots: Data

  /// Takes the next picture from a stream of pictures; `nil` when there is no whole one.
  init?(next rest: inout Data.SubSequence) {
    var numbers: [Int] = []
    var index = rest.startIndex
    guard rest.count > 15, rest[index] == UInt8(ascii: "P"), rest[index + 1] == UInt8(ascii: "5") else { return nil }
    index += 2
    while numbers.count < 3 {
      while index < rest.endIndex, rest[index] <= 32 { index += 1 }
      var number = 0
      var digits = 0
      while index < rest.endIndex, (48...57).contains(rest[index]), digits < 7 {
        number = number * 10 + Int(rest[index] - 48)
        digits += 1
        index += 1
      }
      guard digits > 0 else { return nil }
      numbers.append(number)
    }
    index += 1
    let size = numbers[0] * numbers[1]
    guard numbers[2] == 255, size > 0, rest.endIndex - index >= size else { return nil }
    width = numbers[0]
    height = numbers[1]
    dots = Data(rest[index..<(index + size)])
    rest = rest[(index + size)...]
  }
}

/// The straight dark lines of a page, found in its picture, so that it does not matter how the word processor drew them
/// (strokes, thin boxes, cell borders).
struct PageRules: Sendable {
  /// A line from `start` to `end` at `at`, in points.
  struct Rule: Sendable, Hashable {
    var at: Double
    var start: Double
    var end: Double
    var thickness: Double
  }

  var horizontal: [Rule] = []
  var vertical: [Rule] = []

  /// Dots per inch of the picture.
  static let resolution = 144.0
  /// Darker than this is a line; cell shading is lighter.
  private static let dark: UInt8 = 200
  /// Strokes of letters are shorter (points).
  private static let shortest = 11.0
  /// Anything thicker is an area, of which the edges count (points).
  private static let thickest = 3.0

  init() {}

  init(_ picture: GrayPicture) {
    let scale = 72 / Self.resolution
    let least = Int(Self.shortest / scale)
    var rows: [Run] = []
    var columns: [Run] = []
    picture.dots.withUnsafeBytes { dots in
      Self.collect(dots, width: picture.width, height: picture.height, least: least, rows: &rows, columns: &columns)
    }
    horizontal = Self.rules(rows, scale: scale)
    vertical = Self.rules(columns.sorted { ($0.line, $0.start) < ($1.line, $1.start) }, scale: scale)
  }

  private struct Run {
    let line: Int
    let start: Int
    let end: Int
  }

  /// Finds the dark runs along rows and along columns in one pass. Pages are mostly white, so eight white dots are
  /// passed over at once and only dark ones cost.
  private static func collect(
    _ dots: UnsafeRawBufferPointer, width: Int, height: Int, least: Int, rows: inout [Run], columns: inout [Run]
  ) {
    var first = [Int](repeating: 0, count: width)
    var last = [Int](repeating: -2, count: width)
    for y in 0..<height {
      let base = y * width
      var x = 0
      var start = -1
      while x < width {
        if start < 0, x + 8 <= width, dots.loadUnaligned(fromByteOffset: base + x, as: UInt64.self) == .max {
          x += 8
          continue
        }
        if dots[base + x] < dark {
          if start < 0 { start = x }
          if last[x] != y - 1 {
            if last[x] - first[x] + 1 >= least { columns.append(Run(line: x, start: first[x], end: last[x] + 1)) }
            first[x] = y
          }
          last[x] = y
        } else if start >= 0 {
          if x - start >= least { rows.append(Run(line: y, start: start, end: x)) }
          start = -1
        }
        x += 1
      }
      if start >= 0, width - start >= least { rows.append(Run(line: y, start: start, end: width)) }
    }
    for x in 0..<width where last[x] - first[x] + 1 >= least {
      columns.append(Run(line: x, start: first[x], end: last[x] + 1))
    }
  }

  /// Joins runs on neighbouring dot lines into rules; thick ones become their two edges.
  private static func rules(_ runs: [Run], scale: Double) -> [Rule] {
    var open: [(first: Int, last: Int, start: Int, end: Int)] = []
    var rules: [Rule] = []
    func close(_ area: (first: Int, last: Int, start: Int, end: Int)) {
      let thickness = Double(area.last - area.first + 1) * scale
      let start = Double(area.start) * scale
      let end = Double(area.end) * scale
      if thickness <= thickest {
        let at = Double(area.first + area.last + 1) / 2 * scale
        rules.append(Rule(at: at, start: start, end: end, thickness: thickness))
      } else {
        for edge in [Double(area.first), Double(area.last + 1)] {
          rules.append(Rule(at: edge * scale, start: start, end: end, thickness: 0))
        }
      }
    }
    for run in runs {
      var still: [(first: Int, last: Int, start: Int, end: Int)] = []
      var joined = false
      for var area in open {
        if area.last < run.line - 1 {
          close(area)
          continue
        }
        if !joined, area.last >= run.line - 1, run.start < area.end, run.end > area.start {
          area.last = run.line
          area.start = min(area.start, run.start)
          area.end = max(area.end, run.end)
          joined = true
        }
        still.append(area)
      }
      if !joined { still.append((run.line, run.line, run.start, run.end)) }
      open = still
    }
    open.forEach(close)
    return rules
  }
}
