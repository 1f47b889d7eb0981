import Foundation
import VietnameseText

/// Reads part 2: the number that a letter declares.
enum CountReader {
  struct Declared {
    let count: Int
    /// `03 cá nhân`
    let text: String
    let paragraph: BodyText.Paragraph
  }

  static func isCountHeading(_ text: String) -> Bool {
    let folded = text.folded
    return folded.contains("so luong")
      || folded.hasPrefix("2.") && (folded.contains("danh sach") || folded.contains("tong so"))
  }

  /// All declarations in the order of the text.
  ///
  /// - Parameter nouns: what requests count; looked for only when no paragraph declares a number as the forms do.
  static func read(_ body: BodyText, nouns: [String]) -> [Declared] {
    let declared = declarations(body)
    return declared.isEmpty ? [requested(body, nouns: nouns)].compactMap { $0 } : declared
  }

  private static func declarations(_ body: BodyText) -> [Declared] {
    body.paragraphs.compactMap { paragraph in
      let text = paragraph.text
      let folded = text.folded
      guard
        folded.contains("so luong") || folded.contains("tong so")
          || folded.contains("danh sach") && folded.contains(":")
      else { return nil }
      return declared(in: text, paragraph)
    }
  }

  private static func declared(in text: String, _ paragraph: BodyText.Paragraph) -> Declared? {
    // The number stands behind a colon or the word "là"; remarks like "(ba)" or "(danh sách kèm theo)" are left out.
    let digits = withDigits(text)
    guard
      let match = digits.text.firstMatch(
        of:
          #/(?::|\blà|\bgồm(?:\s+có)?|[Ss]ố lượng)\s*(\d{1,5})\b\s*(?:\([^)]*\)\s*)?([^(.;:]*?)\s*(?:,?\s*(?:gồm|cụ thể|như sau|theo danh sách|chi tiết|trong đó)\b.*|\(.*|[.;:].*)?$/#
      ),
      let count = Int(match.output.1)
    else { return nil }
    let number = digits.words ?? String(match.output.1)
    let unit = match.output.2.trimmingCharacters(in: CharacterSet(charactersIn: " ,"))
    return Declared(
      count: count, text: unit.isEmpty ? number : "\(number) \(unit)", paragraph: paragraph)
  }

  /// The text with a number that stands in words behind a colon, or "là", written in digits: "tám", "hai mươi (20)".
  private static func withDigits(_ text: String) -> (text: String, words: String?) {
    let words = text.split(separator: " ")
    for (index, word) in words.enumerated().dropLast() where word.hasSuffix(":") || ["là", "gồm"].contains(word) {
      guard let number = NumberWords(words[(index + 1)...].map { $0.trimmingCharacters(in: .punctuationCharacters) })
      else { continue }
      let printed = words[(index + 1)..<(index + 1 + number.count)].joined(separator: " ")
      var rest = words[(index + 1 + number.count)...]
      // Digits in brackets count more than words.
      var value = number.value
      if let match = rest.first?.wholeMatch(of: #/\((\d{1,5})\)/#), let told = Int(match.output.1) {
        value = told
        rest = rest.dropFirst()
      }
      return ((words[...index].map(String.init) + ["\(value)"] + rest.map(String.init)).joined(separator: " "), printed)
    }
    return (text, nil)
  }

  /// "… đề nghị … cấp chứng thư chữ ký số cho 04 cá nhân": the one number of things in the requests. Two numbers that
  /// differ declare nothing.
  private static func requested(_ body: BodyText, nouns: [String]) -> Declared? {
    let nouns = nouns.map(\.folded).sorted { $0.count > $1.count }
    var found: [Declared] = []
    for paragraph in body.paragraphs {
      guard let request = paragraph.text.firstMatch(of: #/(?i)đề\s+nghị\s/#) else { continue }
      let rest = paragraph.text[request.range.upperBound...]
      for match in rest.matches(of: #/(?:^|\s)(\d{1,5})\s*(?:\([^)\d]{1,60}\)\s*)?((?:\p{L}+[, ]*){1,7})/#) {
        let counted = String(match.output.2)
        let folded = counted.folded
        guard let count = Int(match.output.1),
          let noun = nouns.first(where: { folded.hasPrefix($0) && folded.dropFirst($0.count).first?.isLetter != true })
        else { continue }
        let words = counted.split(separator: " ").prefix(noun.split(separator: " ").count).joined(separator: " ")
        let text = words.trimmingCharacters(in: CharacterSet(charactersIn: " ,"))
        found.append(Declared(count: count, text: "\(match.output.1) \(text)", paragraph: paragraph))
      }
    }
    return Set(found.map(\.count)).count == 1 ? found.first : nil
  }
}
