public import DossierModel
import VietnameseText

/// The rules V01–V23 and the checks of single cells, run by both ends: before sending and at intake.
public struct DossierRules: Sendable {
  let mapping: MappingSet
  var texts: RuleTexts { mapping.ruleTexts }

  public init(mapping: MappingSet) { self.mapping = mapping }

  /// Whether the dossier stands on a letter or in a list: what is required differs.
  public enum Origin: String, Sendable, Hashable, Codable {
    case letter, sheet
  }

  /// Everything that is to say about a dossier: head first, then row by row.
  public func findings(
    in dossier: Dossier, origin: Origin, context: RuleContext = RuleContext()
  ) -> [DossierFinding] {
    headFindings(in: dossier, context: context)
      + rowFindings(in: dossier.rows, type: dossier.type, origin: origin, agency: dossier.letter, context: context)
  }

  /// The rules about the letter around the table (V01, V03, V09, V16–V18, V20, V22, contact person).
  public func headFindings(in dossier: Dossier, context: RuleContext = RuleContext()) -> [DossierFinding] {
    var findings: [DossierFinding?] = []
    findings.append(addressee(dossier, context))
    findings.append(count(dossier))
    if dossier.centralSigning, dossier.type != .persons {
      findings.append(texts.finding("V09", field: "centralSigning"))
    }
    findings += contact(dossier, context)
    findings += dates(dossier, context)
    if let duplicate = context.duplicate {
      let problem =
        duplicate == .documentId
        ? ClerkSentence(vi: "cùng mã văn bản", en: "the same document id")
        : ClerkSentence(vi: "cùng số, ký hiệu và cơ quan", en: "the same number, notation and agency")
      findings.append(texts.finding("V16", field: "number", problem: problem))
    }
    if let facts = context.signatures { findings += signatures(facts, context) }
    if context.senderIsKnown == false { findings.append(texts.finding("V22", field: "agency")) }
    return findings.compactMap { $0 }
  }

  /// V02 for several types.
  func severalTypes(_ types: [String]) -> DossierFinding? {
    texts.finding("V02", field: "dossierType", ["types": types.joined(separator: ", ")])
  }

  private func addressee(_ dossier: Dossier, _ context: RuleContext) -> DossierFinding? {
    guard let addressee = dossier.letter.addressee else { return nil }
    let text = PhraseText(addressee)
    let list = mapping.addressees
    let province = context.senderProvince ?? province(of: dossier)
    let wanted = list.addressee(for: dossier.type, province: province)
    let toAuthority = (list.authority.words + list.authority.formerWords).contains { text.contains(anyOf: $0) }
    if let delegation = list.delegations.first(where: {
      $0.types.contains(dossier.type) && $0.province.toneFolded == (province ?? "").toneFolded
    }), delegation.words.contains(where: { text.contains(anyOf: $0) }) {
      return nil
    }
    if toAuthority { return nil }
    // A delegation that nobody told us of: a person should look, the letter is not wrong for that.
    let mayBe = list.mayBeDelegated.contains(dossier.type) && list.delegableWords.contains { text.contains(anyOf: $0) }
    return texts.finding("V01", field: "addressee", severity: mayBe ? .warning : nil, ["addressee": wanted])
  }

  private func province(of dossier: Dossier) -> String? {
    for text in [dossier.letter.superior, dossier.letter.agency] {
      guard let text else { continue }
      let words = text.split(separator: " ")
      for (index, word) in words.enumerated() where ["tỉnh", "phố"].contains(word.lowercased()) {
        if case .current(let province) = mapping.provinces.find(words[(index + 1)...].joined(separator: " ")) {
          return province.name
        }
      }
    }
    return nil
  }

  private func count(_ dossier: Dossier) -> DossierFinding? {
    guard let declared = dossier.declaredCount, declared != dossier.rows.count else { return nil }
    return texts.finding(
      "V03", field: "declaredCount", ["declared": String(declared), "counted": String(dossier.rows.count)])
  }

  private func contact(_ dossier: Dossier, _ context: RuleContext) -> [DossierFinding?] {
    guard let description = mapping.description(of: dossier.type) else { return [] }
    let person = dossier.contact
    guard person != ContactPerson() else {
      // A reading may have missed it; who makes a dossier has not.
      return [
        texts.finding(
          "V04", field: "contact", severity: dossier.source == .local ? nil : .warning,
          ["label": "Người tiếp nhận", "form": dossier.type.rawValue])
      ]
    }
    var findings: [DossierFinding?] = []
    for name in description.letter.contact where isEmpty(name, person) {
      findings.append(
        texts.finding(
          "V04", field: "contact." + name, ["label": Self.contactLabels[name] ?? name, "form": dossier.type.rawValue]))
    }
    if let number = person.citizenId {
      findings.append(identity(number, birth: nil, row: nil, field: "contact.citizenId"))
    }
    if let email = person.email { findings += mailbox(email, row: nil, field: "contact.email") }
    if let mobile = person.mobile, PhoneNumber(mobile) == nil {
      findings.append(texts.finding("X-PHONE", field: "contact.mobile"))
    }
    if let date = person.idIssueDate {
      findings.append(issueDate(date, birth: nil, row: nil, field: "contact.idIssueDate", context))
    }
    return findings
  }

  private func isEmpty(_ name: String, _ person: ContactPerson) -> Bool {
    switch name {
    case "fullName": person.fullName == nil
    case "citizenId": person.citizenId == nil
    case "idIssueDate": person.idIssueDate == nil
    case "idIssuePlace": person.idIssuePlace == nil
    case "position": person.position == nil
    case "organisation": person.organisation == nil
    case "mobile": person.mobile == nil
    case "email": person.email == nil
    case "address": person.address == nil
    default: false
    }
  }

  /// The labels of part 1, as the forms print them.
  static let contactLabels = [
    "fullName": "Họ và tên", "citizenId": "Số định danh cá nhân", "idIssueDate": "Ngày cấp", "idIssuePlace": "Nơi cấp",
    "position": "Chức vụ", "organisation": "Cơ quan công tác", "mobile": "Số điện thoại di động",
    "email": "Địa chỉ thư điện tử công vụ", "address": "Địa chỉ tiếp nhận",
  ]

  private func dates(_ dossier: Dossier, _ context: RuleContext) -> [DossierFinding?] {
    guard let date = dossier.letter.date else { return [] }
    var findings: [DossierFinding?] = []
    if let received = context.receivedOn, date > received {
      findings.append(
        texts.finding(
          "V20", field: "date",
          problem: ClerkSentence(vi: "ngày công văn sau ngày nhận", en: "the letter is dated after its receipt")))
    }
    let next = mapping.calendar.workingDay(after: date)
    for day in Set(context.signedOn).sorted() where day != date && day != next {
      findings.append(
        texts.finding(
          "V20", field: "signature",
          problem: ClerkSentence(
            vi: "ngày ký số không phải ngày của công văn hoặc ngày làm việc kế tiếp",
            en: "it was signed neither on its date nor on the next working day")))
    }
    return findings
  }

  private func signatures(_ facts: RuleContext.SignatureFacts, _ context: RuleContext) -> [DossierFinding?] {
    func wrong(_ vi: String, _ en: String, _ severity: DossierFinding.Severity? = nil) -> DossierFinding? {
      texts.finding("V17", field: "signature", problem: ClerkSentence(vi: vi, en: en), severity: severity)
    }
    guard facts.count > 0 else { return [wrong("văn bản chưa được ký số", "the letter is not signed")] }
    var findings: [DossierFinding?] = []
    if !facts.allValid {
      findings.append(wrong("có chữ ký không toàn vẹn hoặc không tin cậy", "a signature is broken or not trusted"))
    }
    if !facts.hasOrganisation {
      findings.append(wrong("thiếu chữ ký số của cơ quan, tổ chức", "the organisation's signature is missing"))
    } else if !facts.hasPerson {
      findings.append(
        wrong(
          "chỉ có chữ ký số của cơ quan (bản sao y), cần người xử lý xem",
          "only the organisation signed (a certified copy), a person should look", .warning))
    } else if !facts.organisationSignedLast {
      findings.append(wrong("chữ ký cuối không phải của cơ quan", "the last signature is not the organisation's"))
    }
    let severity: DossierFinding.Severity = context.requiresTimeStamp ? .error : .warning
    if !facts.allTimeStamped {
      findings.append(
        texts.finding(
          "V18", field: "signature", problem: ClerkSentence(vi: "dấu thời gian", en: "a time stamp"), severity: severity
        ))
    }
    if !facts.statusKnown {
      findings.append(
        texts.finding(
          "V18", field: "signature",
          problem: ClerkSentence(vi: "thông tin trạng thái chứng thư", en: "the certificate's status"),
          severity: .warning))
    }
    return findings
  }
}
