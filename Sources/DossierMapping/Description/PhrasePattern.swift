import Synchronization
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
  /// UTF-8 of the folded words, a space before and behind each.
  private let words: [UInt8]
  private let hasMarks: Bool

  public init(_ text: String) {
    hasMarks = text.unicodeScalars.contains { $0.value > 0x7F && $0.properties.isAlphabetic }
    words = Self.prepared(text, withMarks: hasMarks)
  }

  /// Whether one of the alternatives in `phrase`, separated by `|`, stands in the text.
  public func contains(anyOf phrase: String) -> Bool {
    Self.alternatives(phrase, withMarks: hasMarks).contains { Self.contains(words, $0) }
  }

  private static func contains(_ text: [UInt8], _ part: [UInt8]) -> Bool {
    guard text.count >= part.count else { return false }
    return text.withUnsafeBufferPointer { text in
      part.withUnsafeBufferPointer { part in
        (0...(text.count - part.count)).contains { start in
          text[start + 1] == part[1] && part.indices.allSatisfy { text[start + $0] == part[$0] }
        }
      }
    }
  }

  private static func prepared(_ text: String, withMarks: Bool) -> [UInt8] {
    let plain = text.wordsOnly
    let folded = withMarks ? plain.toneFolded : plain.folded
    return Array((" " + folded.split(separator: " ").joined(separator: " ") + " ").utf8)
  }

  /// What mappings look for, folded once for all texts.
  private struct Phrase: Hashable {
    let text: String
    let withMarks: Bool
  }

  private static let folded = Mutex<[Phrase: [[UInt8]]]>([:])
  /// More phrases than all mappings have.
  private static let mostPhrases = 10_000

  private static func alternatives(_ phrase: String, withMarks: Bool) -> [[UInt8]] {
    folded.withLock { folded in
      let key = Phrase(text: phrase, withMarks: withMarks)
      if let known = folded[key] { return known }
      let alternatives = phrase.split(separator: "|").map { prepared(String($0), withMarks: withMarks) }
      if folded.count < mostPhrases { folded[key] = alternatives }
      return alternatives
    }
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
