import DossierModel
import Foundation
import VietnameseText

/// Turns the words of a row's cells into values.
struct CellReader {
  let match: ColumnHeadings.Match

  /// Reads one row. Cells that cannot be understood keep their text in `asPrinted`.
  func row(_ cells: [[PageWord]]) -> DossierRow {
    var row = DossierRow()
    for (column, words) in cells.enumerated() {
      guard column < match.meanings.count else { break }
      guard let meaning = match.meanings[column] else {
        if row.number == nil, let number = RunningNumber(words) { row.number = number.value }
        continue
      }
      read(words, meaning, into: &row)
    }
    if match.type == .renewalOrChange {
      if row[.renew] == nil { row.renew = false }
      if row[.change] == nil { row.change = false }
    }
    return row
  }

  private func read(_ words: [PageWord], _ meaning: ColumnHeadings.Meaning, into row: inout DossierRow) {
    let lines = TextLine.lines(of: words)
    let text = CellText(lines.map(\.text))
    guard !text.isBlank, let first = meaning.fields.first else { return }
    switch first {
    case .fullName: row[first] = .text(text.name)
    case .citizenId where meaning.fields.count > 1 || text.joined.count > 14:
      readIdentity(text, into: &row)
    case .birthDate, .idIssueDate:
      if let date = text.date { row[first] = .date(date) } else { row.asPrinted[first] = text.spaced }
    case .mobile:
      row.mobile = PhoneNumber.normalised(text.joined)
      if row.mobile != text.spaced { row.asPrinted[first] = text.spaced }
    case .certificateSerial where meaning.fields.contains(.signingPhone) || text.joined.count > 20:
      readSerial(text, into: &row)
    case .simPKI:
      readSIM(text, part: meaning.part, into: &row)
    case .renew, .change, .centralSigning:
      row[first] = .flag(text.isTicked)
    case .email, .citizenId, .taxCode, .budgetCode, .certificateSerial, .oldCertificateSerial, .deviceNumber,
      .signingPhone:
      row[first] = .text(text.joined)
    default:
      row[first] = .text(text.spaced)
    }
  }

  /// `036086450149; 16/07/2023; Cục …`: number, date of issue, place of issue.
  private func readIdentity(_ text: CellText, into row: inout DossierRow) {
    var rest = text.spaced[...]
    if let number = rest.firstMatch(of: #/(?:\d\s?){12}|(?:\d\s?){9}(?!\d)|[A-Z]\s?(?:\d\s?){7,8}/#) {
      row.citizenId = String(number.output.filter { !$0.isWhitespace })
      rest = rest[number.range.upperBound...]
    }
    if let date = rest.firstMatch(of: CellText.datePattern) {
      let printed = String(date.output.filter { !$0.isWhitespace })
      if let value = CalendarDate(vietnamese: CellText.slashed(printed)) {
        row.idIssueDate = value
      } else {
        row.asPrinted[.idIssueDate] = printed
      }
      rest = rest[date.range.upperBound...]
    }
    var place = rest.trimmingCharacters(in: CellText.separators)
    if let label = place.prefixMatch(of: #/(?i)(?:nơi cấp|do)\s*:?\s*/#) { place.removeSubrange(label.range) }
    place = place.trimmingCharacters(in: CellText.separators)
    if row.citizenId == nil && row.idIssueDate == nil {
      row.citizenId = text.joined
    } else if !place.isEmpty {
      row.idIssuePlace = place
    }
  }

  /// `2E2AD18E006E5E7B; 0912 345 678`: serial, then the signing number of a SIM PKI.
  private func readSerial(_ text: CellText, into row: inout DossierRow) {
    let spaced = text.spaced
    if let phone = spaced.firstMatch(of: #/[(;,:.\s]\s*((?:\+?84|0)[\d .()-]{8,14})\)?$/#) {
      row.signingPhone = PhoneNumber.normalised(String(phone.output.1))
      let before = String(spaced[..<phone.range.lowerBound])
      let serial = before.firstMatch(of: #/^[0-9A-Fa-f:\s]+/#).map { String($0.output) } ?? before
      row.certificateSerial = serial.filter { !$0.isWhitespace }
    } else {
      row.certificateSerial = text.joined
    }
  }

  private func readSIM(_ text: CellText, part: String?, into row: inout DossierRow) {
    switch part {
    case "keepNumber":
      guard text.isTicked else { return }
      row.simPKI = SIMPKI(carrier: row.simPKI?.carrier ?? "", keepNumber: true)
    default:
      guard text.spaced.contains(where: { $0.isLetter }),
        let sim = SIMPKI(cell: text.joined) ?? SIMPKI(cell: text.spaced)
      else { return }
      // A name of one word that was broken in a narrow column is one word again.
      let known = SIMPKI.usualCarriers.contains(sim.carrier) || text.lines.allSatisfy { !$0.contains(" ") }
      row.simPKI = known ? sim : SIMPKI(cell: text.spaced) ?? sim
      if row.simPKI?.printed != text.joined { row.asPrinted[.simPKI] = known ? text.joined : text.spaced }
    }
  }
}

/// The text of one cell, whose lines may have been broken anywhere.
struct CellText {
  let lines: [String]

  init(_ lines: [String]) { self.lines = lines.filter { !$0.isEmpty } }

  var isEmpty: Bool { lines.isEmpty }

  /// Nothing, or a stroke that says so: `-`, `/`, `…`.
  var isBlank: Bool { joined.allSatisfy { "-–—−/\\.…_".contains($0) } }

  /// Without any white space: for numbers, addresses, serials, which break anywhere.
  var joined: String { lines.joined().filter { !$0.isWhitespace } }

  /// Lines joined by spaces, but not inside an address or after a slash or hyphen that ends a line within a word.
  var spaced: String {
    var text = ""
    for line in lines {
      if text.isEmpty {
        text = line
      } else if Self.continues(text, line) {
        text += line
      } else {
        text += " " + line
      }
    }
    return text
  }

  /// A person's name: each of its words has a capital, so a line that begins with a small letter ends a broken word.
  var name: String {
    lines.reduce(into: "") { name, line in
      name += name.isEmpty || line.first?.isLowercase == true ? line : " " + line
    }
  }

  private static func continues(_ text: String, _ next: String) -> Bool {
    guard let last = text.split(separator: " ").last, let first = next.split(separator: " ").first else { return false }
    // In a column too narrow for a syllable its end stands on a line of its own: "Phòn" "g".
    let rest = first.prefix { $0.isLetter }
    if (1...2).contains(rest.count), last.last?.isLetter == true, rest.allSatisfy({ "bcdđghklmnpqrstvx".contains($0) }),
      first.dropFirst(rest.count).allSatisfy({ ",;.)".contains($0) })
    {
      return true
    }
    // … or its beginning: "Tr" "ung", "S" "ơn".
    if last.count <= 3, last.allSatisfy({ "bcdđghklmnpqrstvx".contains(Character($0.lowercased())) }),
      last.dropFirst().allSatisfy(\.isLowercase), first.first?.isLowercase == true
    {
      return true
    }
    // … or anywhere: "Chuy" "ển", "QLH" "C".
    if let head = first.first, head.isLowercase, "aăâeêioôơuưy".contains(Syllable.bare(head)),
      last.allSatisfy(\.isLetter), first.dropLast().allSatisfy(\.isLetter)
    {
      let tail = first.filter(\.isLetter)
      // "Thú y" is two words, as is "tổ a"; "Nghĩ" "a" is one.
      if tail.count > 1 || "aioeu".contains(head) && !Syllable.isOne(last), Syllable.isOne(last + tail) { return true }
    }
    let single = first.filter(\.isLetter)
    if single.count == 1, single.allSatisfy(\.isUppercase), first.count <= 2, last.count >= 2,
      last.allSatisfy({ $0.isLetter && $0.isUppercase }), !Syllable.isOne(last)
    {
      return true
    }
    if last.hasSuffix("/") && last.count > 1 { return true }
    if last.hasSuffix("-") && last.count > 1 { return true }
    if last.hasSuffix("@"), first.first?.isASCII == true { return true }
    // "Thư điện tử: cu" "07@thu.gov.vn": the name of a mailbox, cut.
    if first.contains("@"), !first.hasPrefix("@"),
      last.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || "._-".contains($0)) }),
      text.dropLast(last.count).last(where: { !$0.isWhitespace }) == ":"
    {
      return true
    }
    // No word begins with a comma: a column just too narrow pushed it down.
    if let head = first.first, ",;)".contains(head) { return true }
    // "(dichvu" "cong.sothu.gov.vn)", "(dvc.sothu.gov.vn" ")".
    if last.hasPrefix("("), last.dropFirst().allSatisfy({ $0.isASCII && !$0.isWhitespace && $0 != ")" }),
      first == ")" || first.firstMatch(of: #/^[a-z0-9-]+(?:\.[a-z0-9-]+)+\)?$/#) != nil && !last.contains("/")
    {
      return true
    }
    // A part of a domain or mail address: ASCII with a dot or @ inside and no sentence's end.
    let isASCII = last.allSatisfy(\.isASCII) && first.allSatisfy(\.isASCII)
    guard isASCII, let head = first.first, head.isLowercase || head.isNumber || head == "." || head == ")" else {
      return false
    }
    let inside = last.dropFirst().dropLast()
    let looksLikeAddress =
      inside.contains("@") || inside.contains(where: { $0 == "." }) && last.contains(where: \.isLetter)
    let ends = [".vn", ".com", ".vn)", ".com)", ",", ";", ")"].contains { last.hasSuffix($0) }
    return looksLikeAddress && !ends
  }

  /// A date in any of the ways that letters print it.
  var date: CalendarDate? {
    let text = joined
    if let match = text.firstMatch(of: Self.datePattern) {
      return CalendarDate(vietnamese: Self.slashed(String(match.output)))
    }
    return nil
  }

  static var datePattern: Regex<Substring> {
    #/(?:\d\s?){1,2}[\/.\-]\s?(?:\d\s?){1,2}[\/.\-]\s?\d\s?\d\s?\d\s?\d/#
  }

  /// `3.11.2026` as `03/11/2026`.
  static func slashed(_ text: String) -> String {
    let parts = text.filter { !$0.isWhitespace }.split { "/.-".contains($0) }
    return parts.map { $0.count == 1 ? "0" + $0 : String($0) }.joined(separator: "/")
  }

  /// `x`, a tick, a filled box.
  var isTicked: Bool {
    let mark = joined.lowercased()
    return !mark.isEmpty && !["-", "0", "o", "☐", "□", "không"].contains(mark)
  }

  static let separators = CharacterSet(charactersIn: " ;,.:-–\u{a0}")
}
