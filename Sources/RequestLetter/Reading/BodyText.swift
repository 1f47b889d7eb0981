import Foundation
import VietnameseText

/// The running text of a letter: paragraphs in order, tables and page numbers left out.
struct BodyText {
  struct Paragraph {
    var lines: [TextLine]

    var text: String { CellText(lines.map(\.text)).spaced }
    var words: [PageWord] { lines.flatMap(\.words) }
    var page: Int { lines.first?.page ?? 0 }
    var top: Double { lines.first?.box.top ?? 0 }
  }

  var paragraphs: [Paragraph] = []
  /// The lines from "Nơi nhận" on: copies and signature.
  var ending: [TextLine] = []
  /// Index of the first paragraph behind the first table of the letter's own pages.
  var firstBehindTable: Int?

  /// - Parameters:
  ///   - bodyTop: where the text starts on page `first`.
  ///   - tables: boxes that are tables, by page.
  init(_ pages: [PageText], first: Int, bodyTop: Double, tables: [Int: [Box]]) {
    var ended = false
    for page in pages where page.index >= first {
      let outside = page.words.filter { word in
        (page.index > first || word.box.top >= bodyTop - 1)
          && !(tables[page.index] ?? []).contains { $0.contains(x: word.centreX, y: word.centreY) }
      }
      var margin: Double?
      for line in TextLine.lines(of: outside) {
        if Self.isPageNumber(line, on: page) { continue }
        if ended {
          ending.append(line)
          continue
        }
        if line.segments.contains(where: { Self.opensEnding($0.text) }) {
          ended = true
          ending.append(line)
          continue
        }
        margin = min(margin ?? line.box.left, line.box.left)
        add(line, margin: margin ?? 0, tables: tables[page.index] ?? [])
      }
    }
    endAtSign()
  }

  /// "Nơi nhận:" above the list of copies; "Nơi nhận thiết bị: …" is a contact's address.
  private static func opensEnding(_ text: String) -> Bool {
    let folded = text.folded
    guard folded.hasPrefix("noi nhan") else { return false }
    let rest = folded.dropFirst("noi nhan".count).drop { $0 == " " }
    return rest.isEmpty || rest.first == ":" && !rest.contains("so ") && !rest.contains("duong")
  }

  /// A letter without "Nơi nhận" ends behind the paragraph with the closing sign "./.".
  private mutating func endAtSign() {
    guard ending.isEmpty, let last = paragraphs.lastIndex(where: { $0.text.hasSuffix("./.") }) else { return }
    ending = paragraphs[(last + 1)...].flatMap(\.lines)
    paragraphs.removeSubrange((last + 1)...)
  }

  private static func isPageNumber(_ line: TextLine, on page: PageText) -> Bool {
    guard line.words.count == 1, line.box.top < 70 || line.box.bottom > page.height - 60 else { return false }
    return line.text.count <= 4 && line.text.allSatisfy(\.isNumber)
  }

  private mutating func add(_ line: TextLine, margin: Double, tables: [Box]) {
    let last = paragraphs.last?.lines.last
    let crossesTable = last.map { last in
      last.page == line.page && tables.contains { $0.top >= last.box.bottom - 4 && $0.bottom <= line.box.top + 4 }
    }
    if firstBehindTable == nil, crossesTable == true { firstBehindTable = paragraphs.count }
    let starts =
      last == nil || crossesTable == true || Self.startsParagraph(line.text)
      || Self.isIndented(line, last: last, margin: margin) || Self.isApart(line, last: last)
    if starts {
      paragraphs.append(Paragraph(lines: [line]))
    } else {
      paragraphs[paragraphs.count - 1].lines.append(line)
    }
  }

  /// Bullets, numbers and the closing words open a paragraph.
  private static func startsParagraph(_ text: String) -> Bool {
    text.firstMatch(of: #/^(?:[-+•*–●▪]\s*\p{L}|\d{1,2}\s*[.)]\s|[a-hđ]\)\s|[IVX]{1,4}\.\s|Trân trọng\b)/#) != nil
  }

  /// The first line of a paragraph starts further right than the wrapped line before it or than the margin.
  private static func isIndented(_ line: TextLine, last: TextLine?, margin: Double) -> Bool {
    guard let last, last.page == line.page else { return false }
    return line.box.left > margin + 12 && line.box.left > last.box.left + 8
  }

  private static func isApart(_ line: TextLine, last: TextLine?) -> Bool {
    guard let last, last.page == line.page else { return false }
    return line.box.top - last.box.bottom > 1.2 * max(line.box.height, last.box.height)
  }

  /// All running text, one paragraph a line.
  var text: String { paragraphs.map(\.text).joined(separator: "\n") }

  /// The running text before the first table.
  var opening: String {
    paragraphs.prefix(firstBehindTable ?? paragraphs.count).map(\.text).joined(separator: "\n")
  }
}
