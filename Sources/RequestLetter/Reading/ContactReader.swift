import DossierModel
import Foundation
import VietnameseText

/// Reads part 1 of a letter: labels and values of the contact person, one a line or several in a sentence.
struct ContactReader {
  /// Labels by field, longest first.
  private let labels: [(field: DossierField, words: [String])]

  init(_ layout: LetterLayout) {
    labels = layout.frame.contact.flatMap { field, texts in
      texts.map { (DossierField(rawValue: field), Self.words($0)) }
    }.sorted { ($1.1.count, $0.0.rawValue) < ($0.1.count, $1.0.rawValue) }
  }

  private static func words(_ text: String) -> [String] {
    text.folded.split { !($0.isLetter || $0.isNumber || $0 == "/") }.map(String.init)
  }

  /// What was read, with the words of each value.
  struct Found {
    var contact = ContactPerson()
    var places: [DossierField: [PageWord]] = [:]
  }

  /// Reads the contact person from the paragraphs of part 1; `nil` when fewer than two labels are met.
  ///
  /// - Parameter grids: ruled tables of the letter that are no lists; the block may stand in one.
  func read(_ paragraphs: [BodyText.Paragraph], grids: [TableGrid] = []) -> Found? {
    var values: [DossierField: [PageWord]] = [:]
    func take(_ words: [PageWord]) {
      for (field, words) in pieces(of: words) where values[field] == nil && !words.isEmpty { values[field] = words }
    }
    let cells = ContactCells(paragraphs, grids: grids) { kind(of: $0)?.kind }
    for row in cells.rows {
      var index = 0
      while index < row.count {
        if let label = kind(of: row[index]), label.kind == .alone {
          let value = index + 1 < row.count ? row[index + 1] : []
          if values[label.field] == nil, !value.isEmpty { values[label.field] = value }
          index += 2
        } else {
          take(row[index])
          index += 1
        }
      }
    }
    for paragraph in paragraphs { take(paragraph.words.filter { !cells.words.contains($0) }) }
    guard values.count >= 2 else { return nil }
    var found = Found()
    for (field, words) in values {
      let text = CellText(TextLine.lines(of: words).map(\.text))
      if set(field, text, in: &found.contact) { found.places[field] = words }
    }
    return found
  }

  /// The paragraphs between the heading of part 1 and that of part 2.
  static func part(of body: BodyText) -> [BodyText.Paragraph] {
    let paragraphs = body.paragraphs
    guard
      let start = paragraphs.firstIndex(where: { paragraph in
        let text = paragraph.text.folded
        return text.contains("thong tin nguoi") || text.contains("nguoi tiep nhan") || text.contains("nguoi lien he")
          || text.contains("nguoi phoi hop") || text.contains("dau moi") && text.contains("thong tin")
      })
    else { return paragraphs }
    let end = paragraphs[(start + 1)...].firstIndex { CountReader.isCountHeading($0.text) } ?? paragraphs.count
    return Array(paragraphs[start..<end])
  }

  /// The label with which the words of a cell begin, and whether they are nothing else.
  private func kind(of cell: [PageWord]) -> (field: DossierField, kind: ContactCells.LabelKind)? {
    let bare = cell.drop { word in !word.text.contains { $0.isLetter } }
    let folded = bare.map { Self.words($0.text) }
    let all = folded.flatMap { $0 }
    for (field, label) in labels where all.count >= label.count && Array(all.prefix(label.count)) == label {
      if all.count == label.count { return (field, .alone) }
      // A remark in brackets belongs to the label.
      var count = 0
      guard
        let last = folded.firstIndex(where: { part in
          count += part.count
          return count >= label.count
        }), count == label.count
      else { continue }
      let end = bare.startIndex + last
      let rest = bare[(end + 1)...]
      if rest.first?.text.hasPrefix("(") == true, rest.last?.text.contains(")") == true { return (field, .alone) }
      if bare[end].text.hasSuffix(":") || rest.first?.text.hasPrefix(":") == true { return (field, .withValue) }
    }
    return nil
  }

  /// Cuts words at their labels.
  private func pieces(of words: [PageWord]) -> [(DossierField, [PageWord])] {
    let folded = words.map { Self.words($0.text) }
    var marks: [(field: DossierField, start: Int, value: Int)] = []
    var index = 0
    while index < words.count {
      if let (field, end) = label(at: index, words, folded, isValue: marks.last?.value == index) {
        marks.append((field, index, end))
        index = end
      } else {
        index += 1
      }
    }
    return marks.enumerated().map { number, mark in
      let end = number + 1 < marks.count ? marks[number + 1].start : words.count
      return (mark.field, mark.value < end ? Array(words[mark.value..<end]) : [])
    }
  }

  /// A label that begins at `index` and the index of the first word behind it. Inside a line it must end with a colon;
  /// at the start of a line or after a dash it may do without.
  ///
  /// - Parameter isValue: another label stands just before: "Địa chỉ: Bà Triệu" names a street.
  private func label(
    at index: Int, _ words: [PageWord], _ folded: [[String]], isValue standsAsValue: Bool
  ) -> (DossierField, Int)? {
    for (field, label) in labels {
      var at = index
      var matched: [String] = []
      while at < words.count, matched.count < label.count {
        matched += folded[at]
        at += 1
      }
      guard matched == label, at > index, !folded[index].isEmpty else { continue }
      // A remark in brackets may stand between label and colon.
      var end = at
      if words[at - 1].text.hasSuffix(":") { return (field, at) }
      if end < words.count, words[end].text.hasPrefix("(") {
        while end < words.count, !words[end].text.contains(")") { end += 1 }
        end += 1
        if end <= words.count, words[end - 1].text.hasSuffix(":") { return (field, end) }
      }
      if at < words.count, words[at].text == ":" { return (field, at + 1) }
      if at < words.count, words[at].text.hasPrefix(":"), words[at].text.count > 1 { return (field, at) }
      let startsLine = index > 0 && words[index].centreY - words[index - 1].centreY > 4
      let opens =
        index == 0 || ["-", "+", "•", "*", "–"].contains(words[index - 1].text)
        || startsLine && words[index - 1].text.hasSuffix(":")
      let isDateLabel = field == .idIssueDate && at < words.count && words[at].text.first?.isNumber == true
      let isPlaceLabel = field == .idIssuePlace && label.count > 1 && index > 0 && words[index - 1].text.hasSuffix(",")
      // A value a wide gap away: a form of two columns.
      let isTabbed = (opens || startsLine) && at < words.count && words[at].box.left - words[at - 1].box.right > 12
      // The left column of a form without colons: what follows is a value, not the rest of a sentence.
      let follower = at < words.count ? words[at].text : ""
      let isValue = follower.contains("@") || follower.first.map { $0.isUppercase || $0.isNumber } == true
      let isFormLine = startsLine && label.count >= 2 && isValue
      let isNamed = opens || index > 0 && words[index - 1].text.hasSuffix(":") && !standsAsValue
      let isTitled = field == .fullName && isNamed && label.count <= 2 && isValue
      if isDateLabel || isPlaceLabel || isTabbed || isFormLine || isTitled || opens && label.count > 2 {
        return (field, at)
      }
    }
    return nil
  }

  /// Ends of values: what follows belongs to no value.
  private static let trimmed = CharacterSet(charactersIn: " ;,.:-–•+")

  private func set(_ field: DossierField, _ text: CellText, in contact: inout ContactPerson) -> Bool {
    let spaced = text.spaced.trimmingCharacters(in: Self.trimmed)
    let joined = text.joined.trimmingCharacters(in: Self.trimmed)
    guard !spaced.isEmpty, spaced.contains(where: { $0.isLetter || $0.isNumber }) else { return false }
    switch field {
    case .fullName:
      let name = spaced.replacing(#/(?i)^(?:ông|bà|đ\/c|đồng chí|ông\/bà|ông \(bà\))\s*:?\s+/#, with: "")
      // No name has a comma: "Phạm Văn A, chuyên viên".
      contact.fullName = name.split(whereSeparator: { ",;(".contains($0) }).first
        .map { $0.trimmingCharacters(in: Self.trimmed) }
    case .citizenId: contact.citizenId = joined.firstMatch(of: #/[A-Z]?\d{7,12}/#).map { String($0.output) } ?? joined
    case .idIssueDate:
      guard let date = text.date ?? HeadReader.date(in: "ngày " + spaced) else { return false }
      contact.idIssueDate = date
    case .idIssuePlace: contact.idIssuePlace = spaced
    case .position: contact.position = spaced
    case .organisation: contact.organisation = spaced
    case .mobile: contact.mobile = PhoneNumber.normalised(joined)
    case .email: contact.email = joined
    case .address: contact.address = spaced
    default: return false
    }
    return true
  }
}
