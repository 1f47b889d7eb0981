import VietnameseText

/// The name of an attachment as it came, and what of it may be used as a file name.
struct AttachmentName {
  /// One path component, NFC, at most 255 bytes; never empty.
  let safe: String
  let verdict: Verdict

  enum Verdict {
    case fine
    /// Harmless habits: a client's full path, blanks at the ends, a name that a system reserves.
    case repaired
    /// What only an attacker sends: a way out of the folder, controls, text direction tricks.
    case unsafe
  }

  init(_ declared: String, fallback: String) {
    let name = declared.nfc
    let scalars = name.unicodeScalars
    var verdict = Verdict.fine
    let hidden = scalars.contains { Self.isForbidden($0) }
    let separated = name.replacing("\\", with: "/")
    let components = separated.split(separator: "/", omittingEmptySubsequences: true)
    if hidden || components.contains("..") || separated.hasPrefix("/") || separated.hasPrefix("~") {
      verdict = .unsafe
    } else if components.count > 1 {
      verdict = .repaired
    }
    var kept = String(
      String.UnicodeScalarView((components.last.map(String.init) ?? "").unicodeScalars.filter { !Self.isForbidden($0) })
    )
    // Windows takes blanks and dots at the end away, and these characters not at all.
    kept = kept.trimmingBlanks
    while kept.hasSuffix(".") || kept.hasSuffix(" ") { kept.removeLast() }
    kept = String(kept.map { "<>:\"|?*".contains($0) ? "_" : $0 })
    let stem = kept.prefix { $0 != "." }.trimmingBlanks.uppercased()
    // A name that begins with a dot is hidden from the clerk.
    if Self.reserved.contains(stem) || (kept.hasPrefix(".") && kept.contains { $0 != "." }) { kept = "_" + kept }
    kept = Self.shortened(kept)
    if kept.isEmpty || kept.allSatisfy({ $0 == "." }) { kept = fallback }
    if verdict == .fine && kept != name { verdict = .repaired }
    safe = kept
    self.verdict = verdict
  }

  /// Control characters, line separators and everything that turns the direction of text or hides in it.
  private static func isForbidden(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned: return true
    case .format: return true
    default: return false
    }
  }

  private static let reserved: Set<String> = {
    var names: Set<String> = ["CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$"]
    for digit in 0...9 { names.formUnion(["COM\(digit)", "LPT\(digit)"]) }
    return names
  }()

  /// At most 255 bytes of UTF-8, the extension kept.
  private static func shortened(_ name: String) -> String {
    guard name.utf8.count > 255 else { return name }
    let dot = name.lastIndex(of: ".")
    let ending = dot.map { String(name[$0...]) }.flatMap { $0.utf8.count <= 16 ? $0 : nil } ?? ""
    var stem = String(name.dropLast(ending.count))
    while stem.utf8.count + ending.utf8.count > 255 { stem.removeLast() }
    return stem + ending
  }

  /// The part after the last dot, in lower case; empty when there is none.
  static func fileExtension(_ name: String) -> String {
    guard let dot = name.lastIndex(of: "."), dot != name.startIndex else { return "" }
    return name[name.index(after: dot)...].lowercased()
  }
}
