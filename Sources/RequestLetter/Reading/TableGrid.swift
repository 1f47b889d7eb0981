/// A ruled table on one page: cells between straight lines, merged where no line stands between.
struct TableGrid {
  let page: Int
  /// Boundaries from left to right and from top to bottom.
  let xs: [Double]
  let ys: [Double]
  /// Cell number of each base cell, row after row.
  private var owner: [Int]

  var columns: Int { xs.count - 1 }
  var rows: Int { ys.count - 1 }
  var box: Box { Box(left: xs[0], top: ys[0], right: xs[columns], bottom: ys[rows]) }

  /// Base rows and columns that a cell covers.
  struct Cell: Hashable {
    let rows: Range<Int>
    let columns: Range<Int>
  }

  /// How far lines may miss each other (points).
  private static let slack = 2.5

  /// The tables of a page, from top to bottom.
  static func tables(_ rules: PageRules, page: Int) -> [TableGrid] {
    let vertical = rules.vertical
    let horizontal = rules.horizontal.filter { $0.end - $0.start > 15 }
    var groups = UnionFind(vertical.count + horizontal.count)
    for (index, upright) in vertical.enumerated() {
      for (other, level) in horizontal.enumerated()
      where level.start - slack <= upright.at && upright.at <= level.end + slack
        && upright.start - slack <= level.at && level.at <= upright.end + slack
      {
        groups.join(index, vertical.count + other)
      }
    }
    var members: [Int: (vertical: [PageRules.Rule], horizontal: [PageRules.Rule])] = [:]
    for index in vertical.indices { members[groups.root(index), default: ([], [])].vertical.append(vertical[index]) }
    for index in horizontal.indices {
      members[groups.root(vertical.count + index), default: ([], [])].horizontal.append(horizontal[index])
    }
    return members.values.compactMap { TableGrid(page: page, vertical: $0.vertical, horizontal: $0.horizontal) }
      .sorted { ($0.ys[0], $0.xs[0]) < ($1.ys[0], $1.xs[0]) }
  }

  private init?(page: Int, vertical: [PageRules.Rule], horizontal: [PageRules.Rule]) {
    guard vertical.count >= 2, horizontal.count >= 2, vertical.count < 20_000, horizontal.count < 20_000,
      let left = horizontal.map(\.start).min(), let right = horizontal.map(\.end).max(),
      let top = vertical.map(\.start).min(), let bottom = vertical.map(\.end).max()
    else { return nil }
    // Tables without outer lines still end where their other lines end.
    xs = Self.clusters(vertical.map(\.at) + [left, right])
    ys = Self.clusters(horizontal.map(\.at) + [top, bottom])
    self.page = page
    let columns = xs.count - 1
    let rows = ys.count - 1
    guard columns >= 2, rows >= 1, columns <= 60, rows <= 500 else { return nil }
    var cells = UnionFind(columns * rows)
    for row in 0..<rows {
      for column in 0..<columns {
        if column + 1 < columns,
          !Self.covers(vertical, at: xs[column + 1], from: ys[row], to: ys[row + 1])
        {
          cells.join(row * columns + column, row * columns + column + 1)
        }
        if row + 1 < rows, !Self.covers(horizontal, at: ys[row + 1], from: xs[column], to: xs[column + 1]) {
          cells.join(row * columns + column, (row + 1) * columns + column)
        }
      }
    }
    owner = (0..<(columns * rows)).map { cells.root($0) }
  }

  /// The cell that holds a base cell, as the rectangle of all its base cells.
  func cell(row: Int, column: Int) -> Cell {
    let number = owner[row * columns + column]
    var top = row
    var bottom = row
    var left = column
    var right = column
    while top > 0, owner[(top - 1) * columns + column] == number { top -= 1 }
    while bottom + 1 < rows, owner[(bottom + 1) * columns + column] == number { bottom += 1 }
    while left > 0, owner[row * columns + left - 1] == number { left -= 1 }
    while right + 1 < columns, owner[row * columns + right + 1] == number { right += 1 }
    return Cell(rows: top..<(bottom + 1), columns: left..<(right + 1))
  }

  func box(_ cell: Cell) -> Box {
    Box(
      left: xs[cell.columns.lowerBound], top: ys[cell.rows.lowerBound], right: xs[cell.columns.upperBound],
      bottom: ys[cell.rows.upperBound])
  }

  /// Values that lie within the slack of each other become one.
  private static func clusters(_ values: [Double]) -> [Double] {
    var groups: [[Double]] = []
    for value in values.sorted() {
      if let first = groups.last?.first, value - first <= slack {
        groups[groups.count - 1].append(value)
      } else {
        groups.append([value])
      }
    }
    return groups.map { $0.reduce(0, +) / Double($0.count) }
  }

  /// True when lines at `at` cover most of the way.
  private static func covers(_ rules: [PageRules.Rule], at: Double, from: Double, to: Double) -> Bool {
    var covered = 0.0
    for rule in rules where abs(rule.at - at) <= slack {
      covered += max(0, min(rule.end, to) - max(rule.start, from))
    }
    return covered >= 0.6 * (to - from)
  }
}

/// Which things belong together.
struct UnionFind {
  private var parent: [Int]

  init(_ count: Int) { parent = Array(0..<count) }

  mutating func root(_ index: Int) -> Int {
    var index = index
    while parent[index] != index {
      parent[index] = parent[parent[index]]
      index = parent[index]
    }
    return index
  }

  mutating func join(_ left: Int, _ right: Int) {
    let left = root(left)
    let right = root(right)
    if left != right { parent[max(left, right)] = min(left, right) }
  }
}
