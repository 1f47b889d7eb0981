import DossierModel
import Foundation
import VietnameseText

/// Reads what stands above and beside "Kính gửi": letterhead, number, subject, place and date, addressee, form number.
struct HeadReader {
  /// Found texts and where they stand.
  struct Found {
    var letterhead: [TextLine] = []
    var number: TextLine?
    var subject: [TextLine] = []
    var date: TextLine?
    var addressee: [TextLine] = []
    var form: TextLine?
    /// Where the running text starts, in points on the first page.
    var bodyTop: Double = 0
    /// True when the nation's name was found: the page is laid out as a letter.
    var hasNation = false
  }

  let page: PageText

  func read() -> (head: LetterHead, formNumber: String?, found: Found) {
    var found = Found()
    let lines = TextLine.lines(of: page.words)
    let nation = nationBox(lines)
    found.hasNation = nation != nil
    let greeting = lines.first { $0.text.folded.contains("kinh gui") }
    let headBottom = greeting.map(\.box.top) ?? nation.map { $0.bottom + 130 } ?? page.height * 0.3
    let split = (nation.map { rightColumnLeft(lines, below: $0) } ?? page.width * 0.46) - 3
    let head = page.words.filter { $0.box.bottom <= headBottom + 2 }
    let dated = dateWords(lines.filter { $0.box.bottom <= headBottom + 2 }, beforeColumn: nation?.left ?? split)
    let left = TextLine.lines(of: head.filter { $0.centreX < split && !dated.contains($0) })
    let right = TextLine.lines(of: head.filter { $0.centreX >= split || dated.contains($0) })
    readLeft(left, above: nation, into: &found)
    found.date = dateLine(right)
    found.form = lines.first { line in
      line.box.bottom <= headBottom + 2 && line.segments.contains { Self.formNumber($0.text) != nil }
    }
    readAddressee(lines, from: greeting, into: &found)
    if greeting == nil { found.bodyTop = max(found.subject.last?.box.bottom ?? 0, headBottom) }

    var letterHead = LetterHead()
    if let line = found.number, let code = Self.code(in: line.text) {
      letterHead.number = code.number
      letterHead.notation = code.notation
    }
    if let line = found.date {
      let (place, date) = Self.placeAndDate(line.text)
      letterHead.place = place
      letterHead.date = date
    }
    letterHead.subject = Self.subject(found.subject.map(\.text))
    letterHead.addressee = Self.addressee(found.addressee.map(\.text))
    let form = found.form?.segments.compactMap { Self.formNumber($0.text) }.first
    return (letterHead, form, found)
  }

  // MARK: Parts

  private static let nationWords = ["cong", "hoa", "xa", "hoi", "chu", "nghia", "viet", "nam"]

  /// A narrow column breaks the nation's name after its fourth word at the earliest.
  private static let leastNationWords = 4

  private func nationBox(_ lines: [TextLine]) -> Box? {
    for line in lines {
      let folded = line.words.map { $0.text.folded }
      guard folded.count >= Self.leastNationWords else { continue }
      for start in 0...(folded.count - Self.leastNationWords) {
        let common = zip(folded[start...], Self.nationWords).prefix { $0 == $1 }.count
        guard common >= Self.leastNationWords, common == Self.nationWords.count || start + common == folded.count
        else { continue }
        return TextLine(words: Array(line.words[start..<(start + common)])).box
      }
    }
    return nil
  }

  /// Where the right column starts: nation's name, motto, or place and date, whichever stands furthest left.
  private func rightColumnLeft(_ lines: [TextLine], below nation: Box) -> Double {
    var left = nation.left
    for line in lines where line.box.top > nation.top && line.box.top < nation.bottom + 80 {
      let folded = line.words.map { $0.text.folded }
      for (index, word) in folded.enumerated().dropLast() {
        let isMotto = word == "doc" && folded[index + 1].hasPrefix("lap")
        let isDate = word == "ngay" && folded[index + 1].allSatisfy(\.isNumber)
        guard isMotto || isDate, let segment = line.segments.first(where: { $0.words.contains(line.words[index]) })
        else { continue }
        // These lines begin at most a little further left than the nation's name; other texts may hold such words.
        if segment.box.left > nation.left - 60 { left = min(left, segment.box.left) }
      }
    }
    return left
  }

  /// Place and date that begin further left than their column: behind the widest gap of a line that holds more.
  private func dateWords(_ lines: [TextLine], beforeColumn column: Double) -> Set<PageWord> {
    for line in lines {
      let folded = line.words.map { $0.text.folded }
      guard
        let day = folded.indices.dropLast().last(where: {
          folded[$0] == "ngay" && folded[$0 + 1].first?.isLetter != true
        }),
        day > 1, line.words[0].box.left < column - 20
      else { continue }
      let gaps = (1...day).map { (gap: line.words[$0].box.left - line.words[$0 - 1].box.right, index: $0) }
      guard let widest = gaps.max(by: { $0.gap < $1.gap }), widest.gap >= 5 else { continue }
      return Set(line.words[widest.index...])
    }
    return []
  }

  /// The line with the date; a narrow column breaks it in two.
  private func dateLine(_ lines: [TextLine]) -> TextLine? {
    func isDate(_ line: TextLine) -> Bool {
      Self.date(in: line.text) != nil || line.text.folded.contains(Self.blankDate)
    }
    if let line = lines.first(where: isDate) { return line }
    for (line, next) in zip(lines, lines.dropFirst())
    where line.text.folded.contains("ngay") && Self.date(in: line.text + " " + next.text) != nil {
      return TextLine(words: line.words + next.words)
    }
    return nil
  }

  /// Letterhead, then "Số: …", then "V/v …".
  private func readLeft(_ lines: [TextLine], above nation: Box?, into found: inout Found) {
    for line in lines {
      let text = line.text
      if found.number == nil, Self.code(in: text) != nil {
        found.number = line
      } else if let number = found.number, found.subject.isEmpty, number.text.hasSuffix("-"), line.words.count == 1 {
        // A narrow column broke the notation.
        found.number = TextLine(words: number.words + line.words)
      } else if !found.subject.isEmpty {
        found.subject.append(line)
      } else if Self.startsSubject(text) {
        found.subject.append(line)
      } else if found.number == nil, Self.formNumber(text) == nil,
        line.box.bottom > (nation?.top ?? 0) - 4, text.contains(where: \.isLetter)
      {
        found.letterhead.append(line)
      }
    }
  }

  private func readAddressee(_ lines: [TextLine], from greeting: TextLine?, into found: inout Found) {
    guard let greeting, let start = lines.firstIndex(of: greeting) else { return }
    var last = greeting
    found.addressee = [greeting]
    for line in lines[(start + 1)...].prefix(8) {
      let pitch = line.box.top - last.box.top
      let ended = last.text.hasSuffix(".")
      // Further addressees are listed below with dashes; a name that wraps goes on with the same pitch, and its text is
      // not the first line of a paragraph (which a full sentence's line length shows).
      let isListed = line.text.hasPrefix("- ")
      let isBare = Self.addressee(found.addressee.map(\.text)) == nil
      guard pitch < 2.2 * last.box.height, !ended || isListed, isListed || isBare || Self.wraps(last, onto: line) else {
        break
      }
      found.addressee.append(line)
      last = line
    }
    found.bodyTop = last.box.bottom
  }

  /// A wrapped addressee: small pitch, and the next line starts no sentence of the running text.
  private static func wraps(_ last: TextLine, onto line: TextLine) -> Bool {
    let pitch = line.box.top - last.box.top
    let first = line.text.folded
    let openings = ["thuc hien", "can cu", "de phuc vu", "de ", "nham", "theo ", "1.", "i."]
    return pitch < 1.45 * last.box.height && !openings.contains { first.hasPrefix($0) }
  }

  // MARK: Texts

  /// `Số: 1245/SNV-VP` → 1245 and SNV-VP; the number is missing before the issue act.
  static func code(in text: String) -> (number: String?, notation: String)? {
    guard
      let match = text.firstMatch(
        of: #/(?i)^\W*(?:số|so|sô)\s*[:.]?\s*(\d+[a-zđ]?(?:\s*-\s*(?=\d)\d+)?)?[\s._…]*\/\s*([\p{L}\d].*)$/#)
    else { return nil }
    let notation = match.output.2.filter { !$0.isWhitespace }
    guard notation.count <= 40 else { return nil }
    return (match.output.1.map { $0.filter { !$0.isWhitespace } }, notation)
  }

  private static func startsSubject(_ text: String) -> Bool {
    text.firstMatch(of: #/(?i)^\W*(?:v\s*\/\s*v|về\s+việc|vv\b)/#) != nil
  }

  /// Lines of the subject joined, without "V/v".
  static func subject(_ lines: [String]) -> String? {
    guard !lines.isEmpty else { return nil }
    let text = CellText(lines).spaced
    let bare = text.replacing(#/(?i)^\W*(?:v\s*\/\s*v|về\s+việc|vv\b)\s*:?\s*/#, with: "")
      .trimmingCharacters(in: CharacterSet(charactersIn: " .;:-_*"))
    return bare.isEmpty ? nil : bare
  }

  /// `Mẫu số 01`, alone in its part of the line.
  static func formNumber(_ text: String) -> String? {
    guard let match = text.firstMatch(of: #/(?i)^\W*mẫu\s*(?:số)?\s*:?\s*0?([1-9])(?!\d)/#), text.count < 60 else {
      return nil
    }
    return "0" + match.output.1
  }

  private static let blankDate = "ngay thang nam"

  /// `ngày 03 tháng 11 năm 2026` or `ngày 3/11/2026`.
  static func date(in text: String) -> CalendarDate? {
    if let match = text.firstMatch(of: #/(?i)ngày\s*(\d{1,2})\s*tháng\s*(\d{1,2})\s*năm\s*(\d{4})/#),
      let day = Int(match.output.1), let month = Int(match.output.2), let year = Int(match.output.3)
    {
      return CalendarDate(year: year, month: month, day: day)
    }
    if let match = text.firstMatch(of: #/(?i)ngày\s*(\d{1,2}[\/.-]\d{1,2}[\/.-]\d{4})/#) {
      return CalendarDate(vietnamese: CellText.slashed(String(match.output.1)))
    }
    return nil
  }

  static func placeAndDate(_ text: String) -> (String?, CalendarDate?) {
    let place = text.firstMatch(of: #/(?i)^(.*?)[,;.]?\s*ngày\b/#).map { String($0.output.1) }
    let bare = place?.trimmingCharacters(in: CharacterSet(charactersIn: " ,;.")) ?? ""
    return (bare.isEmpty ? nil : bare, date(in: text))
  }

  /// What follows "Kính gửi:", the final full stop taken off; several addressees joined with "; ".
  static func addressee(_ lines: [String]) -> String? {
    let text = CellText(lines).spaced.replacing(#/(?i)^.*?kính\s+gửi\s*:?\s*/#, with: "")
    let parts = text.split(separator: #/(?:^|[;.]\s+)-\s+/#).map {
      $0.trimmingCharacters(in: CharacterSet(charactersIn: " .;:,-"))
    }
    let joined = parts.filter { !$0.isEmpty }.joined(separator: "; ")
    return joined.isEmpty ? nil : joined
  }
}
