import VietnameseText

/// The better of our two languages by `Accept-Language` (RFC 9110, 12.5.4); Vietnamese when it says nothing of them.
enum AcceptedLanguage {
  /// Most entries looked at; browsers send a handful.
  static let mostEntries = 32

  static func preferred(_ header: String?) -> ClerkSentence.Language {
    var best: (language: ClerkSentence.Language, weight: Double)?
    for entry in (header ?? "").prefix(1000).split(separator: ",").prefix(mostEntries) {
      let parts = entry.split(separator: ";").map { $0.filter { !$0.isWhitespace }.lowercased() }
      guard let tag = parts.first,
        let language = ClerkSentence.Language(rawValue: String(tag.prefix { $0 != "-" }))
      else { continue }
      let quality = parts.dropFirst().first { $0.hasPrefix("q=") }.map { Double($0.dropFirst(2)) ?? 0 } ?? 1
      guard quality > 0, quality <= 1 else { continue }
      if quality > (best?.weight ?? 0) { best = (language, quality) }
    }
    return best?.language ?? .vietnamese
  }
}
