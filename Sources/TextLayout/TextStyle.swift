import VietnameseText

/// How a piece of text looks. There is one family (Times metrics), so only size and face vary.
public struct TextStyle: Sendable, Hashable {
  /// In points.
  public var size: Double
  public var bold: Bool
  public var italic: Bool

  public init(size: Double, bold: Bool = false, italic: Bool = false) {
    self.size = size
    self.bold = bold
    self.italic = italic
  }
}

/// Text with one style. The text is kept in NFC.
public struct TextRun: Sendable, Hashable {
  public let text: String
  public let style: TextStyle

  public init(_ text: String, _ style: TextStyle) {
    self.text = text.nfc
    self.style = style
  }
}

/// Runs that are set together, broken into lines of one width.
public struct Paragraph: Sendable, Hashable {
  /// Where lines stand between the left and the right edge.
  public enum Alignment: Sendable, Hashable {
    case left, centre, right, justified
  }

  public var runs: [TextRun]
  public var alignment: Alignment
  /// Points by which the first line starts further right.
  public var firstLineIndent: Double
  /// Points before and after, not applied at the top of a page.
  public var spaceBefore: Double
  public var spaceAfter: Double
  /// Line pitch as a multiple of the face's own (1 = single).
  public var lineSpacing: Double
  /// Is never the last thing on a page.
  public var keepsWithNext: Bool

  public init(
    _ runs: [TextRun], alignment: Alignment = .left, firstLineIndent: Double = 0, spaceBefore: Double = 0,
    spaceAfter: Double = 0, lineSpacing: Double = 1, keepsWithNext: Bool = false
  ) {
    self.runs = runs
    self.alignment = alignment
    self.firstLineIndent = firstLineIndent
    self.spaceBefore = spaceBefore
    self.spaceAfter = spaceAfter
    self.lineSpacing = lineSpacing
    self.keepsWithNext = keepsWithNext
  }

  public init(_ text: String, _ style: TextStyle, alignment: Alignment = .left) {
    self.init([TextRun(text, style)], alignment: alignment)
  }
}
