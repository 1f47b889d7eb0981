import ArgumentParser

/// What a clerk or an officer writes for the other side and for the timeline.
enum ReasonText {
  /// Checks what was given as `option`; nil: nothing was.
  /// - Throws: `ValidationError` unless it has 1 to 500 characters.
  static func check(_ text: String?, of option: String) throws {
    guard let text else { return }
    guard (1...500).contains(text.count) else { throw ValidationError("\(option) has 1 to 500 characters.") }
  }
}
