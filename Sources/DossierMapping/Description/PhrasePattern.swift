import VietnameseText

/// Words that must, and must not, stand in a text: whole words, any case, either tone placement.
public struct PhrasePattern: Sendable, Hashable, Codable {
  /// Each entry must be found; `|` separates alternatives.
  public var all: [String]
  /// None of these may be found.
  public var none: [String]

  public init(all: [String], none: [String] = []) {
    self.all = all
    self.none = none
  }

  /// Whether `text` fits.
  public func matches(_ text: PhraseText) -> Bool {
    all.allSatisfy { text.contains(anyOf: $0) } && !none.contains { text.contains(anyOf: $0) }
  }
}

/// A text prepared for matching. Marks count, unless the text has none at all (then it is compared without).
public struct PhraseText: Sendable, Hashable {
  private let words: String
  private let hasMarks: Bool

  public init(_ text: String) {
    hasMarks = text.unicodeScalars.contains { $0.value > 0x7F && $0.properties.isAlphabetic }
    words = Self.prepared(text, withMarks: hasMarks)
  }

  /// Whether one of the alternatives in `phrase`, separated by `|`, stands in the text.
  public func contains(anyOf phrase: String) -> Bool {
    phrase.split(separator: "|").contains { words.contains(Self.prepared(String($0), withMarks: hasMarks)) }
  }

  private static func prepared(_ text: String, withMarks: Bool) -> String {
    let plain = text.wordsOnly
    let folded = withMarks ? plain.toneFolded : plain.folded
    return " " + folded.split(separator: " ").joined(separator: " ") + " "
  }
}

extension String {
  /// NFC with everything but letters and digits taken as space. It comes before folding: the tone of a folded word
  /// moves to the word's end, where punctuation would catch it.
  var wordsOnly: String {
    var plain = String.UnicodeScalarView()
    for scalar in nfc.unicodeScalars {
      plain.append(scalar.properties.isAlphabetic || scalar.properties.numericType != nil ? scalar : " ")
    }
    return String(plain)
  }
}
