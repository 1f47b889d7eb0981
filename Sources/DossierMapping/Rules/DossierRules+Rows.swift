public import DossierModel
import VietnameseText

extension DossierRules {
  /// The rules about the table: each row by itself, then rows against each other (V15).
  ///
  /// `known` names cells that a finding speaks of already: V04 does not repeat them as empty.
  public func rowFindings(
    in rows: [DossierRow], type: DossierType, origin: Origin, agency: LetterHead = LetterHead(),
    context: RuleContext = RuleContext(), known: [Set<DossierField>] = []
  ) -> [DossierFinding] {
    guard let description = mapping.description(of: type) else { return [] }
    let required =
      description.required.always + (origin == .letter ? description.required.letter : description.required.sheet)
    var findings: [DossierFinding] = []
    var provinces: [String: ProvinceDirectory.Answer] = [:]
    for (index, row) in rows.enumerated() {
      let number = row.number ?? index + 1
      let silent = known.indices.contains(index) ? known[index] : []
      var found: [DossierFinding?] = []
      // A date that stands there but is no day is not missing.
      let unread = [DossierField.birthDate, .idIssueDate].filter {
        row[$0] == nil && row.asPrinted[$0] != nil && !silent.contains($0)
      }
      for field in unread { found.append(unreadDate(field, number, description)) }
      for field in required where row[field] == nil && !silent.contains(field) && !unread.contains(field) {
        found.append(missing(field, number, description))
      }
      found += common(row, number, type, context)
      if let province = row.province { found.append(self.province(province, number, known: &provinces)) }
      switch type {
      case .persons: found += person(row, number, origin, agency, silent)
      case .organisations, .devices: break
      case .renewalOrChange: found += renewal(row, number, context, silent)
      case .revocation: found += revocation(row, number, description, silent)
      case .deviceRestoration:
        if row.deviceNumber == nil, !silent.contains(.deviceNumber) {
          found.append(texts.finding("V14", row: number, field: "deviceNumber"))
        }
      }
      if type != .persons, row[.simPKI] != nil || row.centralSigning {
        found.append(texts.finding("V09", row: number, field: row[.simPKI] == nil ? "centralSigning" : "simPKI"))
      }
      findings += found.compactMap { $0 }
    }
    return findings + duplicates(rows, type, description)
  }

  private func missing(_ field: DossierField, _ row: Int, _ description: TypeDescription) -> DossierFinding? {
    texts.finding(
      "V04", row: row, field: field.rawValue,
      ["label": description.label(of: field), "form": description.type.rawValue])
  }

  private func unreadDate(_ field: DossierField, _ row: Int, _ description: TypeDescription) -> DossierFinding? {
    texts.finding(
      "X-DATE", row: row, field: field.rawValue,
      problem: ClerkSentence(vi: "không đọc được ngày", en: "no day can be read"),
      ["label": description.label(of: field)])
  }

  /// Checks of cells that several forms share.
  private func common(
    _ row: DossierRow, _ number: Int, _ type: DossierType, _ context: RuleContext
  ) -> [DossierFinding?] {
    var found: [DossierFinding?] = []
    let implausible = row.birthDate.flatMap { birthDate($0, number, context) }
    found.append(implausible)
    if let id = row.citizenId {
      // A birth date that is wrong by itself says nothing about the number.
      found.append(identity(id, birth: implausible == nil ? row.birthDate : nil, row: number, field: "citizenId"))
    }
    if let date = row.idIssueDate {
      found.append(issueDate(date, birth: row.birthDate, row: number, field: "idIssueDate", context))
    }
    if let email = row.email { found += mailbox(email, row: number, field: "email") }
    if let tax = row.taxCode, !Self.isTaxCode(tax) {
      found.append(texts.finding("X-TAX", row: number, field: "taxCode"))
    }
    if let budget = row.budgetCode, budget.utf8.count != 7 || !budget.utf8.allSatisfy(Self.isDigit) {
      found.append(texts.finding("X-BUDGET", row: number, field: "budgetCode"))
    }
    for field in [DossierField.certificateSerial, .oldCertificateSerial] {
      if let serial = row.text(field), ![6, 16].contains(serial.utf8.count) || !serial.utf8.allSatisfy(Self.isHex) {
        found.append(serialFinding(field, number, type))
      }
    }
    if let device = row.deviceNumber, !(7...8).contains(device.utf8.count) || !device.utf8.allSatisfy(Self.isHex) {
      found.append(serialFinding(.deviceNumber, number, type))
    }
    if let serial = row.certificateSerial?.uppercased(), context.certificates[serial]?.isOutdated == true {
      found.append(texts.finding("V23", row: number, field: "certificateSerial"))
    } else if let device = row.deviceNumber?.uppercased(), context.outdatedDevices.contains(device) {
      found.append(texts.finding("V23", row: number, field: "deviceNumber"))
    }
    for field in [DossierField.mobile, .signingPhone] {
      guard let mobile = row.text(field), PhoneNumber(mobile) == nil else { continue }
      found.append(texts.finding("X-PHONE", row: number, field: field.rawValue))
    }
    return found
  }

  private func serialFinding(_ field: DossierField, _ row: Int, _ type: DossierType) -> DossierFinding? {
    texts.finding(
      "X-SERIAL", row: row, field: field.rawValue,
      ["label": mapping.description(of: type)?.label(of: field) ?? field.rawValue])
  }

  private func person(
    _ row: DossierRow, _ number: Int, _ origin: Origin, _ agency: LetterHead, _ silent: Set<DossierField>
  ) -> [DossierFinding?] {
    var found: [DossierFinding?] = []
    if let name = row.fullName, !name.contains(" ") {
      found.append(texts.finding("X-NAME", row: number, field: "fullName"))
    }
    if let sim = row.simPKI {
      let carriers = mapping.telephones.simPKICarriers
      if !carriers.contains(sim.carrier) {
        found.append(
          simFinding(number, ClerkSentence(vi: "nhà mạng không được phục vụ", en: "the carrier is not served")))
      } else if row.mobile == nil, !silent.contains(.mobile) {
        found.append(
          simFinding(number, ClerkSentence(vi: "thiếu số điện thoại di động", en: "the mobile number is missing")))
      } else if let mobile = row.mobile, let owner = mapping.telephones.carrier(of: mobile), owner != sim.carrier,
        PhoneNumber(mobile) != nil
      {
        found.append(
          texts.finding(
            "V21", row: number, field: "mobile",
            problem: ClerkSentence(
              vi: "đầu số điện thoại thuộc nhà mạng khác với SIM PKI",
              en: "the number's prefix is of another carrier than the SIM PKI")))
      }
      if row.centralSigning { found.append(texts.finding("X-SIM-RSSP", row: number, field: "simPKI")) }
    }
    if row.centralSigning {
      let names = [row.organisation, row.orgLevel1, row.orgLevel2, row.orgLevel3, row.orgLevel4, agency.agency]
      let text = PhraseText(names.compactMap { $0 }.joined(separator: " ; "))
      let sectors = mapping.description(of: .persons)?.centralSigningSectors ?? []
      if !sectors.isEmpty, !sectors.contains(where: { text.contains(anyOf: $0) }) {
        found.append(texts.finding("V10", row: number, field: "centralSigning"))
      }
    }
    if origin == .sheet {
      let levels: [(DossierField, String?)] = [
        (.orgLevel1, row.orgLevel1), (.orgLevel2, row.orgLevel2), (.orgLevel3, row.orgLevel3),
        (.orgLevel4, row.orgLevel4),
      ]
      if let last = levels.lastIndex(where: { $0.1 != nil }), let gap = levels[..<last].first(where: { $0.1 == nil }) {
        found.append(texts.finding("X-LEVEL", row: number, field: gap.0.rawValue))
      }
    }
    return found
  }

  private func simFinding(_ row: Int, _ problem: ClerkSentence) -> DossierFinding? {
    texts.finding(
      "V08", row: row, field: "simPKI", problem: problem,
      ["carriers": mapping.telephones.simPKICarriers.joined(separator: ", ")])
  }

  private func renewal(
    _ row: DossierRow, _ number: Int, _ context: RuleContext, _ silent: Set<DossierField>
  ) -> [DossierFinding?] {
    var found: [DossierFinding?] = []
    if !row.renew, !row.change, !silent.contains(.renew), !silent.contains(.change) {
      found.append(
        texts.finding(
          "V11", row: number, field: "renew|change",
          problem: ClerkSentence(vi: "chưa đánh dấu Gia hạn hoặc TĐTT", en: "neither renewal nor change is ticked")))
    }
    if row.change {
      for (field, value) in [(DossierField.oldInfo, row.oldInfo), (.newInfo, row.newInfo)] where value == nil {
        found.append(
          texts.finding(
            "V11", row: number, field: field.rawValue,
            problem: field == .oldInfo
              ? ClerkSentence(vi: "thiếu thông tin cần thay đổi", en: "the information to change is missing")
              : ClerkSentence(vi: "thiếu thông tin mới", en: "the new information is missing")))
      }
    }
    if let serial = row.certificateSerial?.uppercased(), let facts = context.certificates[serial] {
      if let end = facts.validTo, let today = context.receivedOn ?? context.today,
        end.daysSince1970 - today.daysSince1970 < 60
      {
        found.append(
          texts.finding(
            "V12", row: number, field: "certificateSerial",
            problem: ClerkSentence(
              vi: "chứng thư còn hiệu lực dưới 60 ngày", en: "the certificate has less than 60 days left")))
      }
      if row.renew, facts.renewals > 0 {
        found.append(
          texts.finding(
            "V12", row: number, field: "renew",
            problem: ClerkSentence(vi: "chứng thư đã được gia hạn một lần", en: "the certificate was renewed before")))
      }
    }
    return found
  }

  private func revocation(
    _ row: DossierRow, _ number: Int, _ description: TypeDescription, _ silent: Set<DossierField>
  ) -> [DossierFinding?] {
    var found: [DossierFinding?] = []
    for field in [DossierField.certificateSerial, .reason] where row[field] == nil && !silent.contains(field) {
      found.append(
        texts.finding("V13", row: number, field: field.rawValue, ["label": description.label(of: field)]))
    }
    if row.deviceNumber == nil, !silent.contains(.deviceNumber) {
      found.append(texts.finding("V13.device", row: number, field: "deviceNumber"))
    }
    if row.citizenId == nil, row.taxCode == nil, !silent.contains(.citizenId), !silent.contains(.taxCode) {
      found.append(missing(.citizenId, number, description))
    }
    return found
  }

  /// V15: the same subscriber twice. What makes one subscriber differs by type; an e-mail may stand twice where one
  /// person has two certificates or devices.
  private func duplicates(_ rows: [DossierRow], _ type: DossierType, _ description: TypeDescription) -> [DossierFinding]
  {
    let fields: [DossierField] =
      switch type {
      case .persons: [.citizenId, .email, .oldCertificateSerial]
      case .organisations: [.taxCode, .email]
      case .devices: [.deviceName]
      case .renewalOrChange, .revocation: [.certificateSerial]
      case .deviceRestoration: [.deviceNumber]
      }
    var findings: [DossierFinding] = []
    for field in fields {
      var first: [String: Int] = [:]
      for (index, row) in rows.enumerated() {
        guard let value = row.text(field)?.lowercased() else { continue }
        let number = row.number ?? index + 1
        guard let other = first[value] else {
          first[value] = number
          continue
        }
        if let finding = texts.finding(
          "V15", row: number, field: field.rawValue, ["label": description.label(of: field), "other": String(other)])
        {
          findings.append(finding)
        }
      }
    }
    return findings
  }
}
