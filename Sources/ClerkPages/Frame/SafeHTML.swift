import Mustache

/// Escapes what goes into a page, scalar by scalar.
///
/// swift-mustache's own HTML type compares whole characters, so a quote that carries a combining mark slips through and
/// ends an attribute; this one cannot be fooled so. It also drops what has no place in a clerk's text: control
/// characters and the bidirectional overrides that let a name read as another.
struct SafeHTML: MustacheContentType {
  /// The name that templates give in their first line.
  static let name = "SAFE_HTML"

  func escapeText(_ text: String) -> String {
    var safe = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      switch scalar {
      case "<": safe.append(contentsOf: "&lt;".unicodeScalars)
      case ">": safe.append(contentsOf: "&gt;".unicodeScalars)
      case "&": safe.append(contentsOf: "&amp;".unicodeScalars)
      case "\"": safe.append(contentsOf: "&quot;".unicodeScalars)
      case "'": safe.append(contentsOf: "&#39;".unicodeScalars)
      case "`": safe.append(contentsOf: "&#96;".unicodeScalars)
      case "\n", "\t": safe.append(scalar)
      case "\u{0}"..."\u{1F}", "\u{7F}"..."\u{9F}", "\u{200E}", "\u{200F}", "\u{202A}"..."\u{202E}",
        "\u{2066}"..."\u{2069}", "\u{FEFF}", "\u{FFFE}", "\u{FFFF}":
        continue
      default: safe.append(scalar)
      }
    }
    return String(safe)
  }
}
