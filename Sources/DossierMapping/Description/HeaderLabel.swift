import VietnameseText

/// Titles of columns made comparable: what stands in brackets, marks, case, spaces and punctuation do not matter.
public enum HeaderLabel {
  public static func key(_ title: String) -> String {
    var outside = ""
    var depth = 0
    for character in title {
      switch character {
      case "(", "[": depth += 1
      case ")", "]": depth = max(0, depth - 1)
      default: if depth == 0 { outside.append(character) }
      }
    }
    var key = String(outside.folded.filter { $0.isLetter || $0.isNumber })
    // The portal's hints, when they come without their brackets.
    for hint in ["batbuocnhap", "batbuocchon"] where key.hasSuffix(hint) { key.removeLast(hint.count) }
    return key
  }
}
