import Foundation

extension String {
  /// The same text in Unicode Normalization Form C, the only form that is kept inside.
  public var nfc: String { isPlainlyNFC ? self : precomposedStringWithCanonicalMapping }

  /// True when each letter stands in a block whose letters are all in NFC already: Latin up to U+02FF, the Vietnamese
  /// letters U+1EA0–U+1EF9, punctuation from U+2010. Most texts are, and asking costs less than composing.
  private var isPlainlyNFC: Bool {
    unicodeScalars.allSatisfy { scalar in
      scalar.value < 0x300 || (0x1EA0...0x1EF9).contains(scalar.value) || (0x2010...0x2027).contains(scalar.value)
    }
  }

  /// Text folded for search and for comparing labels: lower case, without marks, `đ` as `d`, white space collapsed.
  ///
  /// `"Công văn"`, `"cong  van"` and `"CÔNG VĂN"` fold alike; so do `"khóa"` and `"khoá"`. SQLite's FTS5 cannot fold
  /// `đ`, so what it indexes is folded here first.
  public var folded: String {
    var scalars = String.UnicodeScalarView()
    var pendingSpace = false
    for scalar in decomposedStringWithCompatibilityMapping.lowercased().unicodeScalars {
      if scalar.properties.isWhitespace {
        pendingSpace = !scalars.isEmpty
        continue
      }
      switch scalar.properties.generalCategory {
      case .nonspacingMark, .enclosingMark, .format: continue
      default: break
      }
      if pendingSpace {
        scalars.append(" ")
        pendingSpace = false
      }
      scalars.append(scalar == "đ" ? "d" : scalar)
    }
    return String(scalars)
  }

  /// Text folded for comparing names that must keep their marks: NFC, lower case, white space collapsed, and the two
  /// ways to place a tone mark (`hoà`/`hòa`, `khoá`/`khóa`, `thuỷ`/`thủy`) taken as one.
  public var toneFolded: String {
    // The tone moves to the end of each word, so its place inside the word no longer matters.
    nfc.lowercased().split(whereSeparator: \.isWhitespace).map { word in
      var letters = ""
      var tones = ""
      for scalar in String(word).decomposedStringWithCanonicalMapping.unicodeScalars {
        if Self.toneMarks.contains(scalar) {
          tones.unicodeScalars.append(scalar)
        } else {
          letters.unicodeScalars.append(scalar)
        }
      }
      return letters.nfc + tones
    }.joined(separator: " ")
  }

  /// Grave, acute, tilde, hook above, dot below.
  private static let toneMarks: Set<Unicode.Scalar> = ["\u{300}", "\u{301}", "\u{303}", "\u{309}", "\u{323}"]
}
