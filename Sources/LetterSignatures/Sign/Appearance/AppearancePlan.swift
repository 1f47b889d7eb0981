public import Foundation

/// What a signature is to show, before the places are known: the planner finds them in the letter.
public struct AppearancePlan: Sendable, Hashable {
  /// Where a mark stands.
  public enum Place: Sendable, Hashable {
    /// Lower left corner on a page as it is shown, in points; page from 1, or from -1 at the end.
    case at(page: Int, x: Double, y: Double)
    /// The middle of a rectangle on such a page.
    case within(page: Int, SignatureAppearance.PageRect)
    /// Beside words of the letter.
    case beside(TextAnchor)
    /// Over the right end of the mark lies the left third of an earlier signature's picture, as NĐ 30/2020 asks of the
    /// agency's seal; that of the named field, or of the last signature that shows a picture.
    case overSignature(field: String?)
    /// Top right corner of a page, below what stands there already (stamps of annexes and copies).
    case topRight(page: Int)
  }

  public enum Content: Sendable, Hashable {
    /// A PNG and how large it is shown at most, in points; a missing side follows from the picture's proportions.
    case picture(Data, width: Double?, height: Double?)
    case text(MarkText)
  }

  public struct Mark: Sendable, Hashable {
    public var content: Content
    public var place: Place

    public init(_ content: Content, at place: Place) {
      self.content = content
      self.place = place
    }
  }

  public var marks: [Mark]
  /// Number and date of issue that are put into the room left open for them.
  public var issue: IssueEntry?

  public init(marks: [Mark] = [], issue: IssueEntry? = nil) {
    self.marks = marks
    self.issue = issue
  }

  public var isEmpty: Bool { marks.isEmpty && issue == nil }

  /// Millimetres as points.
  public static func points(_ millimetres: Double) -> Double { millimetres * 72 / 25.4 }
}

/// Words of the letter beside which a mark stands.
public struct TextAnchor: Sendable, Hashable {
  public enum Side: String, Sendable, Hashable, CaseIterable {
    /// The mark's middle over the words' middle.
    case over
    case above, below, left, right
  }

  /// One line of the letter or a part of it, with its accents and capitals.
  public var text: String
  public var side: Side
  /// Which one of several, from 1; from -1 at the end.
  public var occurrence: Int
  /// How far the mark is moved to the right and up, in points.
  public var dx: Double
  public var dy: Double

  public init(_ text: String, side: Side = .over, occurrence: Int = -1, dx: Double = 0, dy: Double = 0) {
    self.text = text
    self.side = side
    self.occurrence = occurrence
    self.dx = dx
    self.dy = dy
  }
}

/// Number and date that the issue act puts on the page (NĐ 30/2020 Điều 14 khoản 3).
public struct IssueEntry: Sendable, Hashable {
  /// As it is printed, `05`; nil where the number stands there already.
  public var number: String?
  public var day: Int
  public var month: Int
  public var year: Int

  public init(number: String?, day: Int, month: Int, year: Int) {
    self.number = number
    self.day = day
    self.month = month
    self.year = year
  }

  /// Below 10 with a leading zero (NĐ 30/2020, Phụ lục I, II.3).
  var numberText: String? { number.map { $0.count == 1 ? "0" + $0 : $0 } }
  /// Days below 10 and the months 1 and 2 with a leading zero (Phụ lục I, II.4).
  var dayText: String { day < 10 ? "0\(day)" : "\(day)" }
  var monthText: String { month < 3 ? "0\(month)" : "\(month)" }
  var yearText: String { "\(year)" }
}
