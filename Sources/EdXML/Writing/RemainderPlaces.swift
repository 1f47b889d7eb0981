import XMLTree

/// Knows while a message is written where it is, and what was left over there when it was read.
final class RemainderPlaces {
  private let remainders: [String: Remainder]
  private let top: String
  private var open: [(path: String, counts: [String: Int])]

  init(_ remainders: [Remainder], at top: String) {
    self.remainders = Dictionary(remainders.map { ($0.path, $0) }, uniquingKeysWith: { first, _ in first })
    self.top = top
    open = [(top, [:])]
  }

  /// What belongs to the element that all others are in.
  var ofTop: Remainder? { remainders[top] }

  /// What belongs to an element that begins.
  func enter(_ name: String) -> Remainder? {
    guard !remainders.isEmpty, let parent = open.indices.last else { return nil }
    let path = PlaceCounter.place(name, in: open[parent].path, &open[parent].counts)
    open.append((path, [:]))
    return remainders[path]
  }

  func leave() {
    if open.count > 1 { open.removeLast() }
  }
}
