import DossierModel
import VietnameseText

// Checks of one cell's value.
extension DossierRules {
  /// V05: 12 digits; digit 4 gives century and sex, 5–6 the year of birth (Luật Căn cước 2023 Điều 12). V21 for a prefix
  /// that no province has.
  func identity(_ number: String, birth: CalendarDate?, row: Int?, field: String) -> DossierFinding? {
    func wrong(_ vi: String, _ en: String) -> DossierFinding? {
      texts.finding("V05", row: row, field: field, problem: ClerkSentence(vi: vi, en: en))
    }
    let digits = Array(number.utf8)
    guard digits.allSatisfy(Self.isDigit) else {
      return wrong("có ký tự không phải chữ số", "it holds other characters than digits")
    }
    guard digits.count == 12 else {
      if digits.count == 9 {
        return wrong("9 chữ số là CMND cũ, đã hết giá trị", "nine digits are an old card, no longer valid")
      }
      return wrong("có \(digits.count) chữ số", "it has \(digits.count) digits")
    }
    if let birth {
      let century = 1900 + Int(digits[3] - 0x30) / 2 * 100
      let year = century + Int(digits[4] - 0x30) * 10 + Int(digits[5] - 0x30)
      if year != birth.year {
        return wrong("không khớp năm sinh", "it does not agree with the year of birth")
      }
    }
    if !mapping.provinces.knows(idPrefix: String(number.prefix(3))) {
      return texts.finding(
        "V21", row: row, field: field,
        problem: ClerkSentence(
          vi: "ba chữ số đầu của số định danh không thuộc tỉnh nào đã biết",
          en: "the first three digits of the identity number are of no known province"))
    }
    return nil
  }

  func birthDate(_ date: CalendarDate, _ row: Int, _ context: RuleContext) -> DossierFinding? {
    let year = context.receivedOn?.year ?? context.today?.year
    let isFuture = (context.receivedOn ?? context.today).map { date > $0 } ?? false
    guard date.year < 1920 || isFuture || (year.map { $0 - date.year < 15 } ?? false) else { return nil }
    return texts.finding(
      "X-DATE", row: row, field: "birthDate",
      problem: ClerkSentence(vi: "năm sinh không hợp lý", en: "the year of birth is not plausible"),
      ["label": "Ngày sinh"])
  }

  func issueDate(
    _ date: CalendarDate, birth: CalendarDate?, row: Int?, field: String, _ context: RuleContext
  ) -> DossierFinding? {
    let problem: ClerkSentence
    if let today = context.receivedOn ?? context.today, date > today {
      problem = ClerkSentence(vi: "ngày cấp ở tương lai", en: "the day of issue lies ahead")
    } else if let birth, date <= birth {
      problem = ClerkSentence(vi: "ngày cấp trước ngày sinh", en: "issued before the birth")
    } else if date.year < 1976 {
      problem = ClerkSentence(vi: "năm cấp không hợp lý", en: "the year of issue is not plausible")
    } else {
      return nil
    }
    return texts.finding("X-DATE", row: row, field: field, problem: problem, ["label": "Ngày cấp"])
  }

  /// X-EMAIL, V06, V07.
  func mailbox(_ address: String, row: Int?, field: String) -> [DossierFinding?] {
    guard let domain = Self.domain(of: address) else { return [texts.finding("X-EMAIL", row: row, field: field)] }
    switch mapping.mailboxes.kind(ofDomain: domain) {
    case .state: return []
    case .publicProvider: return [texts.finding("V06", row: row, field: field)]
    case .unknown: return [texts.finding("V07", row: row, field: field)]
    }
  }

  /// X-PROVINCE, V19.
  ///
  /// `known`: what the rows before said; a list names few provinces.
  func province(
    _ name: String, _ row: Int, known: inout [String: ProvinceDirectory.Answer]
  ) -> DossierFinding? {
    let answer = known[name] ?? mapping.provinces.find(name)
    known[name] = answer
    switch answer {
    case .current: return nil
    case .former(let now): return texts.finding("V19", row: row, field: "province", ["province": now.name])
    case .unknown: return texts.finding("X-PROVINCE", row: row, field: "province")
    }
  }

  /// The domain of a mailbox of the usual form; `nil` when it is none.
  static func domain(of address: String) -> String? {
    let parts = address.utf8.split(separator: UInt8(ascii: "@"), omittingEmptySubsequences: false)
    guard parts.count == 2, !parts[0].isEmpty, parts[0].count <= 64, parts[1].count <= 253 else { return nil }
    let dot = UInt8(ascii: ".")
    guard parts[0].allSatisfy({ isAlphanumeric($0) || "._%+-'".utf8.contains($0) }), parts[0].first != dot,
      parts[0].last != dot, !zip(parts[0], parts[0].dropFirst()).contains(where: { $0 == dot && $1 == dot })
    else { return nil }
    let labels = parts[1].split(separator: dot, omittingEmptySubsequences: false)
    let hyphen = UInt8(ascii: "-")
    guard labels.count >= 2,
      labels.allSatisfy({ label in
        !label.isEmpty && label.count <= 63 && label.first != hyphen && label.last != hyphen
          && label.allSatisfy { isAlphanumeric($0) || $0 == hyphen }
      }), let top = labels.last, top.count >= 2, top.allSatisfy({ !isDigit($0) })
    else { return nil }
    return String(Substring(parts[1])).lowercased()
  }

  /// Ten digits, or ten and a three-digit branch.
  static func isTaxCode(_ text: String) -> Bool {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count <= 2, parts.allSatisfy({ $0.utf8.allSatisfy(isDigit) }) else { return false }
    return parts.count == 2
      ? parts[0].utf8.count == 10 && parts[1].utf8.count == 3 : [10, 13].contains(parts[0].utf8.count)
  }

  static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
  static func isHex(_ byte: UInt8) -> Bool {
    isDigit(byte) || (0x41...0x46).contains(byte) || (0x61...0x66).contains(byte)
  }
  private static func isAlphanumeric(_ byte: UInt8) -> Bool {
    isDigit(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
  }
}
