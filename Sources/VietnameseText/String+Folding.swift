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
    var bytes: [UInt8] = []
    bytes.reserveCapacity(utf8.count)
    var pendingSpace = false
    for scalar in unicodeScalars {
      let letter: UInt8
      switch scalar.value {
      case 0x09...0x0D, 0x20:
        pendingSpace = !bytes.isEmpty
        continue
      case 0x300...0x36F: continue
      case 0x41...0x5A: letter = UInt8(scalar.value) + 32
      case 0x21...0x7E: letter = UInt8(scalar.value)
      default:
        guard let folded = Self.foldedLetters[scalar] else { return foldedByUnicode }
        letter = folded
      }
      if pendingSpace {
        bytes.append(0x20)
        pendingSpace = false
      }
      bytes.append(letter)
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// The letters with marks that Vietnamese is written in, and their neighbours in Unicode, as far as they fold to one
  /// letter of ASCII; texts of these alone need no look into the tables of Unicode.
  private static let foldedLetters: [Unicode.Scalar: UInt8] = {
    var letters: [Unicode.Scalar: UInt8] = [:]
    for scalar in [0xC0...0x1B0, 0x1EA0...0x1EF9].joined().compactMap({ Unicode.Scalar(UInt32($0)) }) {
      let folded = Array(String(scalar).foldedByUnicode.utf8)
      if folded.count == 1 { letters[scalar] = folded[0] }
    }
    return letters
  }()

  /// As `folded`, for any text.
  var foldedByUnicode: String {
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
