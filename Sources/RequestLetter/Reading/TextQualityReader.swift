import DossierModel
import VietnameseText

/// Judges whether a file's text can be trusted.
enum TextQualityReader {
  /// - Parameter pictures: the largest picture of each page, as a part of an A4 sheet.
  static func judge(_ pages: [PageText], pictures: [Int: Double]) -> LetterContent.TextQuality {
    let words = pages.flatMap(\.words)
    let letters = words.reduce(0) { $0 + $1.text.filter(\.isLetter).count }
    let scanned = pages.filter { (pictures[$0.index] ?? 0) > 0.8 }
    // What a stamp or a signature's picture says is not a letter's text.
    if letters < 200 && !hasLetterWords(words) {
      return scanned.isEmpty && !words.isEmpty && letters == 0 ? .undecodable : .noText
    }
    if isUndecodable(words) || lacksLetters(words) { return .undecodable }
    if let first = pages.first, scanned.contains(where: { $0.index == first.index }) { return .ocr }
    return .text
  }

  /// Words that every letter has.
  private static func hasLetterWords(_ words: [PageWord]) -> Bool {
    let text = words.prefix(400).map(\.text).joined(separator: " ").folded
    return text.contains("cong hoa xa hoi") || text.contains("kinh gui")
  }

  /// Signs, private characters or the letters of old fonts (TCVN3, VNI) in place of Vietnamese.
  private static func isUndecodable(_ words: [PageWord]) -> Bool {
    var letters = 0
    var strange = 0
    var others = 0
    var old = 0
    for scalar in words.prefix(5_000).flatMap(\.text.unicodeScalars) {
      switch scalar.properties.generalCategory {
      case .uppercaseLetter, .lowercaseLetter, .otherLetter, .titlecaseLetter, .modifierLetter:
        letters += 1
        if oldLetters.contains(scalar) { old += 1 }
      case .decimalNumber: break
      case .privateUse, .unassigned, .control, .surrogate: strange += 1
      default:
        if scalar == "\u{FFFD}" { strange += 1 } else { others += 1 }
        if oldLetters.contains(scalar) { old += 1 }
      }
    }
    let all = max(letters + strange + others, 1)
    if strange * 20 > all { return true }
    if letters * 2 < all { return true }
    // Vietnamese text in TCVN3 or VNI fonts shows these signs in a tenth of its characters and more.
    return old * 12 > all && !hasLetterWords(words)
  }

  /// A font without the letters of Vietnamese beyond Latin-1 leaves them out: "Kính g i: C c Ch ng th c s".
  private static func lacksLetters(_ words: [PageWord]) -> Bool {
    var letters = 0
    var latin = 0
    var vietnamese = 0
    for scalar in words.prefix(5_000).flatMap(\.text.unicodeScalars) where scalar.properties.isAlphabetic {
      letters += 1
      switch scalar.value {
      case 0xC0...0xFF, 0x102, 0x103, 0x110, 0x111: latin += 1
      case 0x1A0, 0x1A1, 0x1AF, 0x1B0, 0x1EA0...0x1EF9: vietnamese += 1
      default: break
      }
    }
    // Of a letter's letters about a tenth are of each kind.
    return letters > 300 && latin * 30 > letters && vietnamese * 100 < letters
  }

  private static let oldLetters: Set<Unicode.Scalar> = Set("µ¸¶·¹¨»¾¼½Æ©Ç®Ì§¦¤¡¢£¥ªßñüøïîëåäæðõû¬«ö÷".unicodeScalars)
}
