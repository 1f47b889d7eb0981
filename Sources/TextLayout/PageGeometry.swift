/// A page's size and margins in points (1/72 inch).
public struct PageGeometry: Sendable, Hashable {
  public var width: Double
  public var height: Double
  public var top: Double
  public var bottom: Double
  public var left: Double
  public var right: Double

  public init(width: Double, height: Double, top: Double, bottom: Double, left: Double, right: Double) {
    self.width = width
    self.height = height
    self.top = top
    self.bottom = bottom
    self.left = left
    self.right = right
  }

  /// A4 on end, with margins in millimetres.
  public static func portraitA4(top: Double, bottom: Double, left: Double, right: Double) -> PageGeometry {
    PageGeometry(
      width: 595.276, height: 841.89, top: points(top), bottom: points(bottom), left: points(left),
      right: points(right))
  }

  /// A4 lying, with margins in millimetres.
  public static func landscapeA4(top: Double, bottom: Double, left: Double, right: Double) -> PageGeometry {
    PageGeometry(
      width: 841.89, height: 595.276, top: points(top), bottom: points(bottom), left: points(left),
      right: points(right))
  }

  /// Width between the margins.
  public var textWidth: Double { width - left - right }
  /// Height between the margins.
  public var textHeight: Double { height - top - bottom }

  /// Millimetres as points.
  public static func points(_ millimetres: Double) -> Double { millimetres * 72 / 25.4 }
}

/// A rectangle on a page, in points from the page's upper left corner.
public struct PageRect: Sendable, Hashable {
  /// First page is 0.
  public var page: Int
  public var x: Double
  public var y: Double
  public var width: Double
  public var height: Double

  public init(page: Int, x: Double, y: Double, width: Double, height: Double) {
    self.page = page
    self.x = x
    self.y = y
    self.width = width
    self.height = height
  }
}
