/// Sets paragraphs and tables one under the other and goes to the next page when one is full.
public final class PageFlow {
  public let writer: PageWriter
  /// Where the next thing starts, in points from the page's top.
  public private(set) var y: Double
  /// Style of the page number, which stands centred in the top margin from page 2 on (NĐ 30/2020, Phụ lục I).
  private let pageNumber: TextStyle?

  public init(_ writer: PageWriter, pageNumber: TextStyle?) {
    self.writer = writer
    self.pageNumber = pageNumber
    y = writer.geometry.top
  }

  public var geometry: PageGeometry { writer.geometry }
  /// Points left on this page.
  public var room: Double { geometry.height - geometry.bottom - y }
  /// True as long as nothing stands on this page.
  public var atTop: Bool { y <= geometry.top + 0.01 }

  /// Starts a new page.
  public func startPage(_ geometry: PageGeometry? = nil) throws(TextLayoutError) {
    try writer.nextPage(geometry)
    y = writer.geometry.top
    guard let pageNumber else { return }
    let number = try writer.block(
      Paragraph(String(writer.page + 1), pageNumber, alignment: .centre), width: writer.geometry.textWidth)
    writer.draw(number, x: writer.geometry.left, y: max(writer.geometry.top - number.height - 6, 12))
  }

  /// Goes to a new page unless `height` points are left.
  public func ensure(_ height: Double) throws(TextLayoutError) {
    if room < height && !atTop { try startPage() }
  }

  public func skip(_ points: Double) {
    if !atTop { y += points }
  }

  /// Sets a paragraph over the text width, broken over pages between lines.
  /// - Parameter following: points that must still fit below it on the same page.
  public func place(_ paragraph: Paragraph, following: Double = 0) throws(TextLayoutError) {
    let block = try writer.block(paragraph, width: geometry.textWidth)
    skip(paragraph.spaceBefore)
    let pitch = block.lines.first.map { $0.bottom - $0.top } ?? 0
    let kept = paragraph.keepsWithNext ? following + block.height : min(block.height, 2 * pitch)
    try ensure(min(kept, geometry.textHeight))
    var next = 0
    while next < block.lines.count {
      let top = block.lines[next].top
      var end = next
      while end < block.lines.count, block.lines[end].bottom - top <= room + 0.01 { end += 1 }
      if end == next {
        guard atTop else {
          try startPage()
          continue
        }
        end = next + 1
      }
      writer.draw(block, lines: next..<end, x: geometry.left, y: y)
      y += block.lines[end - 1].bottom - top
      next = end
      if next < block.lines.count { try startPage() }
    }
    y += paragraph.spaceAfter
  }

  /// Sets paragraphs one under the other in a column of their own; returns where the column ends.
  ///
  /// Nothing is broken over pages: call `ensure` first.
  /// - Parameter balanced: lines of a paragraph are made about equally long, as headings are.
  @discardableResult
  public func placeColumn(
    _ paragraphs: [Paragraph], x: Double, width: Double, y start: Double, balanced: Bool = false
  ) throws(TextLayoutError) -> Double {
    var y = start
    for paragraph in paragraphs {
      let used = balanced ? try narrowest(paragraph, within: width) : width
      let block = try writer.block(paragraph, width: used)
      y += paragraph.spaceBefore
      writer.draw(block, x: x + (width - used) / 2, y: y)
      y += block.height + paragraph.spaceAfter
    }
    return y
  }

  /// The least width that needs no more lines than `width` does.
  private func narrowest(_ paragraph: Paragraph, within width: Double) throws(TextLayoutError) -> Double {
    let lines = try writer.block(paragraph, width: width).lines.count
    guard lines > 1 else { return width }
    var low = width / Double(lines + 1)
    var high = width
    for _ in 0..<8 {
      let middle = (low + high) / 2
      if try writer.block(paragraph, width: middle).lines.count > lines { low = middle } else { high = middle }
    }
    return high
  }

  /// The height that `placeColumn` would use.
  public func height(_ paragraphs: [Paragraph], width: Double) throws(TextLayoutError) -> Double {
    var height = 0.0
    for paragraph in paragraphs {
      height += try writer.block(paragraph, width: width).height + paragraph.spaceBefore + paragraph.spaceAfter
    }
    return height
  }

  /// Continues `y` below something that was drawn by hand.
  public func moveTo(_ y: Double) { self.y = y }
}
