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
  static func read(_ body: BodyText) -> [Declared] {
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
    guard
      let match = text.firstMatch(
        of:
          #/(?::|\blà|\bgồm(?:\s+có)?|[Ss]ố lượng)\s*(\d{1,5})\b\s*(?:\([^)]*\)\s*)?([^(.;:]*?)\s*(?:,?\s*(?:gồm|cụ thể|như sau|theo danh sách|chi tiết|trong đó)\b.*|\(.*|[.;:].*)?$/#
      ),
      let count = Int(match.output.1)
    else { return nil }
    let unit = match.output.2.trimmingCharacters(in: CharacterSet(charactersIn: " ,"))
    return Declared(
      count: count, text: unit.isEmpty ? String(match.output.1) : "\(match.output.1) \(unit)", paragraph: paragraph)
  }
}
