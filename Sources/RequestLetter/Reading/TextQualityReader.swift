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
    if isUndecodable(words) { return .undecodable }
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

  private static let oldLetters: Set<Unicode.Scalar> = Set("µ¸¶·¹¨»¾¼½Æ©Ç®Ì§¦¤¡¢£¥ªßñüøïîëåäæðõû¬«ö÷".unicodeScalars)
}
