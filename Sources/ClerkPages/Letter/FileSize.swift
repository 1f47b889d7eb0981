import VietnameseText

/// A file's size as a clerk reads it: decimal units, one digit after the comma (vi) or point (en).
enum FileSize {
  static func text(_ bytes: Int64, _ language: ClerkSentence.Language) -> String {
    let size = max(0, bytes)
    guard size >= 1000 else { return "\(size) B" }
    var unit = "kB"
    var divisor: Int64 = 100
    for (name, next) in [("MB", Int64(100_000)), ("GB", 100_000_000)] where size >= next * 10 {
      unit = name
      divisor = next
    }
    let tenths = size / divisor + (size % divisor >= divisor / 2 ? 1 : 0)
    let (whole, part) = tenths.quotientAndRemainder(dividingBy: 10)
    guard part != 0 else { return "\(whole) \(unit)" }
    return "\(whole)\(language == .vietnamese ? "," : ".")\(part) \(unit)"
  }
}
