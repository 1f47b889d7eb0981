public import Foundation

/// What a signature shows, and where (NĐ 30/2020/NĐ-CP, Phụ lục I): one mark or several on the same page.
///
/// Marks on several pages are several signatures: a field of more than one widget is not understood everywhere.
public struct SignatureAppearance: Sendable, Hashable, Codable {
  /// A rectangle in points (1/72 inch) on the page as it is shown (turned by `/Rotate`, cut to its crop box), from the
  /// lower left corner.
  public struct PageRect: Sendable, Hashable, Codable {
    public var x: Double
    public var y: Double
    public var width: Double
    public var height: Double

    public init(x: Double, y: Double, width: Double, height: Double) {
      self.x = x
      self.y = y
      self.width = width
      self.height = height
    }

    public var right: Double { x + width }
    public var top: Double { y + height }
  }

  /// What one mark shows.
  public enum Content: Sendable, Hashable, Codable {
    /// A PNG, transparent or not; it keeps its proportions, and the mark becomes as small as what is shown.
    case picture(Data)
    case text(MarkText)
  }

  /// One place on one page.
  public struct Mark: Sendable, Hashable, Codable {
    /// Counted from 1; -1 for the last page.
    public var page: Int
    public var rect: PageRect
    public var content: Content

    public init(page: Int, rect: PageRect, content: Content) {
      self.page = page
      self.rect = rect
      self.content = content
    }
  }

  public var marks: [Mark]

  public init(marks: [Mark]) { self.marks = marks }

  /// One picture.
  public init(page: Int, rect: PageRect, picture: [UInt8]) {
    marks = [Mark(page: page, rect: rect, content: .picture(Data(picture)))]
  }
}

/// Lines of text that a signature puts on a page, in black, in the face of the letters (Times New Roman's metrics).
public struct MarkText: Sendable, Hashable, Codable {
  public enum Alignment: String, Sendable, Hashable, Codable {
    case left, centre, right
  }

  public var lines: [String]
  /// Points; NĐ 30/2020, Phụ lục I asks for 10 in stamps.
  public var size: Double
  public var bold: Bool
  public var italic: Bool
  public var alignment: Alignment

  public init(
    _ lines: [String], size: Double = 10, bold: Bool = false, italic: Bool = false, alignment: Alignment = .left
  ) {
    self.lines = lines
    self.size = size
    self.bold = bold
    self.italic = italic
    self.alignment = alignment
  }
}
