internal import Foundation
internal import VietnameseText

/// The room that a letter leaves open for its number and date: behind "Số:", and around "ngày … tháng … năm …"
/// (NĐ 30/2020/NĐ-CP, Phụ lục I), in the head of the first page and where an annex names its letter.
struct IssuePlaces {
  private typealias Word = PageWords.Word
  private typealias PageRect = SignatureAppearance.PageRect

  private let words: PageWords

  init(_ words: PageWords) { self.words = words }

  /// Height of a line in parts of the type size, Times New Roman's and Liberation Serif's.
  private static let lineHeight = 1.107
  /// The part of it below the base line.
  private static let descent = 0.216
  /// How much smaller than the line's type a number may be.
  private static let leastScale = 0.7
  /// What stands for open room: dots, lines, dashes and the like.
  private static let filler = CharacterSet(charactersIn: ".…_-‐–—·• \u{a0}")
  /// The head of a letter is in the upper part of the first page.
  private static let headShare = 0.65

  func marks(for issue: IssueEntry) throws(LetterSigningError) -> [SignatureAppearance.Mark] {
    guard let first = words.pages.first else { throw LetterSigningError(.placeNotFound, "no page with words") }
    let head = first.words.filter { $0.box.y > first.height * Self.headShare }
    var marks: [SignatureAppearance.Mark] = []
    if let number = issue.numberText {
      // "Sở …" of the agency's name is no "Số:".
      guard let label = head.first(where: { $0.text.folded == "so:" }) else {
        throw LetterSigningError(.placeNotFound, "no “Số:” in the head of the letter")
      }
      if let mark = try self.number(number, label, first, italic: false) { marks.append(mark) }
    }
    guard let day = head.first(where: { $0.text.folded == "ngay" && Self.follower("thang", of: $0, first) != nil })
    else {
      throw LetterSigningError(.placeNotFound, "no “ngày … tháng … năm …” in the head of the letter")
    }
    marks += try date(issue, from: day, first, italic: true)
    for page in words.pages {
      // An annex names its letter: "(Kèm theo Công văn số … ngày … tháng … năm … của …)".
      for word in page.words where word.text.folded.hasSuffix("kem") {
        let line = Self.line(of: word, page)
        guard line.contains(where: { $0.text.folded == "theo" }) else { continue }
        if let number = issue.numberText,
          // "Sở …" is no "số …/…".
          let label = line.first(where: { word in
            word.text.folded == "so" && Self.after(word, page).contains { $0.text.contains("/") }
          }), let mark = try self.number(number, label, page, italic: true)
        {
          marks.append(mark)
        }
        if let day = line.first(where: { $0.text.folded == "ngay" && Self.follower("thang", of: $0, page) != nil }) {
          marks += try date(issue, from: day, page, italic: true)
        }
      }
    }
    return marks
  }

  // MARK: Lines

  /// The words that stand on the same line, whatever block they belong to, from left to right.
  private static func line(of word: Word, _ page: PageWords.Page) -> [Word] {
    page.words.filter { abs($0.middle - word.middle) < min($0.box.height, word.box.height) / 2 }
      .sorted { $0.box.x < $1.box.x }
  }

  private static func after(_ word: Word, _ page: PageWords.Page) -> [Word] {
    line(of: word, page).filter { $0.box.x >= word.box.right - 1 }
  }

  private static func follower(_ folded: String, of word: Word, _ page: PageWords.Page) -> Word? {
    after(word, page).prefix(8).first { $0.text.folded == folded }
  }

  private static func isFiller(_ text: String) -> Bool {
    text.unicodeScalars.allSatisfy { filler.contains($0) }
  }

  /// The type size of a word in Times New Roman or a face of its widths: heights are told differently for each face.
  private static func size(of word: Word, italic: Bool) throws(LetterSigningError) -> Double {
    let measured = try TextDrawing.size(of: MarkText([word.text], size: 100, italic: italic)).width - 2
    guard measured > 1 else { return word.box.height / lineHeight }
    return min(max(word.box.width / measured * 100, 6), 40)
  }

  // MARK: Number

  /// The number between its label and "/notation"; nil where the same number stands there already.
  private func number(
    _ number: String, _ label: Word, _ page: PageWords.Page, italic: Bool
  ) throws(LetterSigningError) -> SignatureAppearance.Mark? {
    let following = Self.after(label, page)
    guard let slash = following.first(where: { $0.text.contains("/") }) else {
      throw LetterSigningError(.placeNotFound, "no “/” and notation behind “Số:”")
    }
    var between = following.prefix { $0.box.x < slash.box.x }.map(\.text)
    let parts = slash.text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    between.append(String(parts[0]))
    let there = between.filter { !Self.isFiller($0) }.joined()
    if there == number || there == String(number.drop { $0 == "0" }) { return nil }
    guard there.isEmpty else { throw LetterSigningError(.numberTaken, "another number stands in the letter") }
    // Where dots and notation are one word, the notation's width is measured.
    let size = try Self.size(of: label, italic: italic)
    let notation = MarkText(["/" + (parts.count > 1 ? String(parts[1]) : "")], size: size, italic: italic)
    let start = max(slash.box.x, slash.box.right - (try TextDrawing.size(of: notation).width - 2))
    return try fill(label.box.right, start, with: number, on: label, page, italic: italic)
  }

  // MARK: Date

  private func date(
    _ issue: IssueEntry, from day: Word, _ page: PageWords.Page, italic: Bool
  ) throws(LetterSigningError) -> [SignatureAppearance.Mark] {
    guard let month = Self.follower("thang", of: day, page), let year = Self.follower("nam", of: month, page) else {
      throw LetterSigningError(.placeNotFound, "no “tháng … năm …” behind “ngày”")
    }
    let rest = Self.after(year, page).first { !Self.isFiller($0.text) }
    // The year ends where the next word begins, or at the page's margin.
    let yearIsNext = rest.map { $0.text.first?.isNumber == true } ?? false
    let end = yearIsNext ? year.box.right : rest?.box.x ?? page.width - 10
    var marks: [SignatureAppearance.Mark] = []
    for (text, label, next) in [(issue.dayText, day, month.box.x), (issue.monthText, month, year.box.x)] {
      let there = Self.after(label, page).prefix { $0.box.x < next }.map(\.text).filter { !Self.isFiller($0) }.joined()
      if let value = Int(there), value == Int(text) { continue }
      guard there.isEmpty else { throw LetterSigningError(.numberTaken, "another date stands in the letter") }
      marks.append(try fill(label.box.right, next, with: text, on: label, page, italic: italic))
    }
    if yearIsNext {
      let digits = rest?.text.prefix { $0.isNumber } ?? ""
      guard digits == issue.yearText else {
        throw LetterSigningError(.numberTaken, "another year stands in the letter")
      }
    } else {
      marks.append(try fill(year.box.right, end, with: issue.yearText, on: year, page, italic: italic, centred: false))
    }
    return marks
  }

  /// `text` in the room from `left` to `right` on the line of `label`, with its base line.
  private func fill(
    _ left: Double, _ right: Double, with text: String, on label: Word, _ page: PageWords.Page, italic: Bool,
    centred: Bool = true
  ) throws(LetterSigningError) -> SignatureAppearance.Mark {
    let full = try Self.size(of: label, italic: italic)
    let needed = try TextDrawing.size(of: MarkText([text], size: full, italic: italic)).width
    // Where the room is a little short the type is a little smaller.
    let scale = min(1, (right - left - 2) / (needed - 2))
    guard scale >= Self.leastScale else {
      throw LetterSigningError(.placeNotFound, "\(Int(right - left)) points of room where \(Int(needed)) are needed")
    }
    let size = full * scale
    let mark = MarkText([text], size: size, italic: italic, alignment: .centre)
    let width = try TextDrawing.size(of: mark).width
    // Not centred: one space behind the label.
    let x = centred ? left + (right - left - width) / 2 : left + min(size / 4, (right - left - width) / 2)
    let y = label.box.y + Self.descent * (full - size)
    return .init(
      page: page.number, rect: .init(x: x, y: y, width: width, height: size * Self.lineHeight), content: .text(mark))
  }
}
