public import DossierModel
import VietnameseText

/// The values of an edXML header that come from a dossier, and back.
public struct EnvelopeMapper: Sendable {
  let mapping: MappingSet

  public init(mapping: MappingSet) { self.mapping = mapping }

  /// What a message's header says about the letter inside.
  public struct Values: Sendable, Hashable, Codable {
    /// With "V/v", as the axis' lists show it.
    public var subject: String
    /// "Công văn".
    public var documentTypeName: String
    /// Its number in the list of document kinds.
    public var documentType: Int?
    /// One sentence for the element Content.
    public var content: String
    public var number: String?
    public var notation: String?
    public var date: CalendarDate?
    public var place: String?
    public var signerName: String?
    /// The signer's last title line.
    public var signerPosition: String?
    /// The prefix of the signer's title: KT., TM., TL., TUQ., Q.
    public var signerCompetence: String?
  }

  /// The letter's subject without "V/v": the given one, else the form's.
  public func subject(of dossier: Dossier) -> String {
    if let subject = dossier.letter.subject { return subject }
    guard let letter = mapping.description(of: dossier.type)?.letter else { return "" }
    return dossier.centralSigning ? letter.subjectCentralSigning ?? letter.subject : letter.subject
  }

  /// To whom the letter goes: the given addressee, else by type and province.
  public func addressee(of dossier: Dossier, senderProvince: String?) -> String {
    dossier.letter.addressee ?? mapping.addressees.addressee(for: dossier.type, province: senderProvince)
  }

  /// The header's values.
  public func values(for dossier: Dossier) -> Values {
    let description = mapping.description(of: dossier.type)
    let subject = subject(of: dossier)
    let titles = dossier.letter.signer?.titleLines ?? []
    let competence = ["KT.", "TM.", "TL.", "TUQ.", "Q."].first { prefix in
      titles.first?.uppercased().hasPrefix(prefix) ?? false
    }
    let count = dossier.declaredCount ?? dossier.rows.count
    return Values(
      subject: "V/v " + subject, documentTypeName: description?.edxml.documentTypeName ?? "Công văn",
      documentType: description?.edxml.documentType,
      content: "Mẫu \(dossier.type.rawValue): \(subject); số lượng \(count) \(description?.letter.countNoun ?? "")"
        .trimmedEnd,
      number: dossier.letter.number, notation: dossier.letter.notation, date: dossier.letter.date,
      place: dossier.letter.place, signerName: dossier.letter.signer?.fullName, signerPosition: titles.last,
      signerCompetence: competence)
  }

  /// What disagrees between a message's header and the letter inside: each is a finding, the letter counts.
  public func findings(comparing values: Values, with head: LetterHead) -> [DossierFinding] {
    var findings: [DossierFinding?] = []
    func compare(_ field: String, _ vi: String, _ en: String, _ outside: String?, _ inside: String?) {
      guard let outside, let inside, !outside.isEmpty, !inside.isEmpty, compact(outside) != compact(inside) else {
        return
      }
      findings.append(
        mapping.ruleTexts.finding(
          "X-DIFF", field: field,
          problem: ClerkSentence(
            vi: "\(vi) trên phong bì điện tử khác công văn", en: "the \(en) in the message's header is not the letter's"
          ),
          severity: .warning))
    }
    compare("number", "số văn bản", "number", values.number, head.number)
    compare("notation", "ký hiệu", "notation", values.notation, head.notation)
    compare("date", "ngày văn bản", "date", values.date?.iso, head.date?.iso)
    return findings.compactMap { $0 }
  }

  /// A subject without "V/v", "Về việc" and white space around it.
  public static func plainSubject(_ text: String) -> String {
    var rest = text.nfc.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    for prefix in ["v/v", "về việc", "trích yếu:"] where rest.lowercased().hasPrefix(prefix) {
      rest = rest.dropFirst(prefix.count).drop { $0 == " " || $0 == ":" }.trimmedEnd
    }
    return rest
  }

  private func compact(_ text: String) -> String {
    let plain = text.wordsOnly.toneFolded.filter { $0 != " " }
    let number = plain.drop { $0 == "0" }
    return number.isEmpty ? plain : String(number)
  }
}

extension StringProtocol {
  /// Without white space at the end.
  fileprivate var trimmedEnd: String {
    guard let last = lastIndex(where: { !$0.isWhitespace }) else { return "" }
    return String(self[...last])
  }
}
