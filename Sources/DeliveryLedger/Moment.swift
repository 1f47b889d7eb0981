import Foundation

/// A point in time as the ledger keeps it: milliseconds since 1970 UTC.
struct Moment: Sendable, Hashable, Comparable {
  let milliseconds: Int64

  init(milliseconds: Int64) { self.milliseconds = milliseconds }

  /// The nearest millisecond; a date beyond what fits is kept at the limit.
  init(_ date: Date) {
    let value = (date.timeIntervalSince1970 * 1000).rounded()
    milliseconds = Int64(exactly: value) ?? (value < 0 ? Int64.min : Int64.max)
  }

  var date: Date { Date(timeIntervalSince1970: Double(milliseconds) / 1000) }

  static func < (lhs: Self, rhs: Self) -> Bool { lhs.milliseconds < rhs.milliseconds }
}
