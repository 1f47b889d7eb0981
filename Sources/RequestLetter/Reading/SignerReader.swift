import DossierModel
import Foundation
import VietnameseText

/// Reads the end of a letter: copies on the left, titles and name on the right.
struct SignerReader {
  struct Found {
    var signer: LetterHead.Signer?
    var copies: [String] = []
    var words: [PageWord] = []
  }

  /// - Parameter width: the page's width in points.
  func read(_ ending: [TextLine], width: Double) -> Found {
    var found = Found()
    guard let start = ending.first else { return found }
    let copiesLeft = start.words.first { $0.text.folded.hasPrefix("noi") }?.box.left ?? width * 0.12
    var titles: [TextLine] = []
    var name: String?
    // Title and name may be pushed to the next page; an annex on later pages has no signer.
    let signed = ending.filter { $0.page == start.page }
    let pages =
      signed.contains { Self.hasName($0, beyond: width * 0.4) }
      ? start.page...start.page : start.page...(start.page + 1)
    for line in ending where pages.contains(line.page) {
      for segment in line.segments {
        let middle = (segment.box.left + segment.box.right) / 2
        if segment.box.left > copiesLeft + width * 0.22 && middle > width * 0.4 {
          guard name == nil, !Self.isSignatureNote(segment.text) else { continue }
          if Self.isTitle(segment.text) {
            titles.append(segment)
          } else if !titles.isEmpty || Self.isName(segment.text) {
            guard Self.isName(segment.text) else { continue }
            name = segment.text
          }
          found.words += segment.words
        } else if segment.text.hasPrefix("-") || segment.text.hasPrefix("+") {
          let copy = segment.text.trimmingCharacters(in: CharacterSet(charactersIn: " -+;."))
          if !copy.isEmpty { found.copies.append(copy) }
        }
      }
    }
    // A name in capitals stands below the room for the signature.
    if name == nil, titles.count > 1, let last = titles.last, case let above = titles[titles.count - 2],
      last.page > above.page || last.box.top - above.box.bottom > 2.5 * last.box.height, Self.isName(last.text)
    {
      name = last.text
      titles.removeLast()
    }
    if name != nil || !titles.isEmpty {
      found.signer = LetterHead.Signer(fullName: name, titleLines: titles.map(\.text))
    }
    return found
  }

  private static func hasName(_ line: TextLine, beyond left: Double) -> Bool {
    line.segments.contains {
      ($0.box.left + $0.box.right) / 2 > left && isName($0.text) && !isTitle($0.text) && !isSignatureNote($0.text)
    }
  }

  /// Titles are printed in capitals.
  private static func isTitle(_ text: String) -> Bool {
    let letters = text.filter(\.isLetter)
    return letters.count >= 3 && letters.allSatisfy { !$0.isLowercase } && !text.contains(where: \.isNumber)
  }

  private static func isName(_ text: String) -> Bool {
    let words = text.split(separator: " ")
    return (2...8).contains(words.count) && !text.contains(where: { $0.isNumber || ":;@/(".contains($0) })
      && words.filter { $0.first?.isUppercase == true }.count >= 2
  }

  /// Texts of digital signatures' pictures: "Ký bởi: …", "Thời gian ký: …".
  private static func isSignatureNote(_ text: String) -> Bool {
    let folded = text.folded
    return [
      "ky boi", "nguoi ky", "thoi gian ky", "ngay ky", "co quan:", "email:", "(ky", "da ky", "signature", "digitally",
    ]
    .contains { folded.contains($0) }
  }
}
