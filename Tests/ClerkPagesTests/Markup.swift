/// The shape of a page: what is markup in it.
enum Markup {
  /// Every tag with the values of its attributes left out.
  static func tags(_ html: String) -> [String] {
    var tags: [String] = []
    var tag: String.UnicodeScalarView?
    var quoted = false
    for scalar in html.unicodeScalars {
      if tag != nil {
        if scalar == "\"" { quoted.toggle() }
        // Values of attributes differ; the shape of the tag must not.
        if !quoted { tag?.append(scalar) }
        if scalar == ">", !quoted, let done = tag {
          tags.append(String(done))
          tag = nil
        }
      } else if scalar == "<" {
        tag = String.UnicodeScalarView([scalar])
      }
    }
    return tags
  }
}
