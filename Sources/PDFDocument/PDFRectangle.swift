/// A rectangle in points, sides parallel to the page's.
public struct PDFRectangle: Sendable, Hashable {
  public var left: Double
  public var bottom: Double
  public var right: Double
  public var top: Double

  public init(left: Double, bottom: Double, right: Double, top: Double) {
    self.left = min(left, right)
    self.bottom = min(bottom, top)
    self.right = max(left, right)
    self.top = max(bottom, top)
  }

  /// From the four numbers of a PDF rectangle.
  public init?(_ numbers: [Double]) {
    guard numbers.count == 4 else { return nil }
    self.init(left: numbers[0], bottom: numbers[1], right: numbers[2], top: numbers[3])
  }

  public func overlaps(_ other: PDFRectangle) -> Bool {
    left < other.right && other.left < right && bottom < other.top && other.bottom < top
  }
}

/// A transformation of the plane (ISO 32000-1, 8.3.3).
struct Matrix {
  var a = 1.0
  var b = 0.0
  var c = 0.0
  var d = 1.0
  var e = 0.0
  var f = 0.0

  init() {}

  init?(_ n: [Double]) {
    guard n.count == 6 else { return nil }
    (a, b, c, d, e, f) = (n[0], n[1], n[2], n[3], n[4], n[5])
  }

  static func translation(_ x: Double, _ y: Double) -> Matrix {
    var matrix = Matrix()
    (matrix.e, matrix.f) = (x, y)
    return matrix
  }

  /// This first, then `next`.
  func then(_ next: Matrix) -> Matrix {
    var result = Matrix()
    result.a = a * next.a + b * next.c
    result.b = a * next.b + b * next.d
    result.c = c * next.a + d * next.c
    result.d = c * next.b + d * next.d
    result.e = e * next.a + f * next.c + next.e
    result.f = e * next.b + f * next.d + next.f
    return result
  }

  /// The smallest upright rectangle around the transformed one.
  func around(_ rectangle: PDFRectangle) -> PDFRectangle {
    let corners = [
      (rectangle.left, rectangle.bottom), (rectangle.right, rectangle.bottom), (rectangle.left, rectangle.top),
      (rectangle.right, rectangle.top),
    ].map { x, y in (a * x + c * y + e, b * x + d * y + f) }
    return PDFRectangle(
      left: corners.map(\.0).min() ?? 0, bottom: corners.map(\.1).min() ?? 0, right: corners.map(\.0).max() ?? 0,
      top: corners.map(\.1).max() ?? 0)
  }
}
