/// Knows while a message is written where it is, and which attributes were read there.
final class AttributePlaces {
  private let written: [String: [(name: String, value: String)]]
  private let top: String
  private var open: [(path: String, counts: [String: Int])]

  init(_ placed: [PlacedAttributes], at top: String) {
    written = Dictionary(placed.map { ($0.path, $0.written) }, uniquingKeysWith: { first, _ in first })
    self.top = top
    open = [(top, [:])]
  }

  /// Attributes of the element that all others are in.
  var ofTop: [(name: String, value: String)] { written[top] ?? [] }

  /// The attributes of an element that begins.
  func enter(_ name: String) -> [(name: String, value: String)] {
    guard !written.isEmpty, let parent = open.indices.last else { return [] }
    let path = PlaceCounter.place(name, in: open[parent].path, &open[parent].counts)
    open.append((path, [:]))
    return written[path] ?? []
  }

  func leave() {
    if open.count > 1 { open.removeLast() }
  }
}
