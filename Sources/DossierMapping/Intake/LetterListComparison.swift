import DossierModel
import VietnameseText

/// Compares the rows of a signed letter with a list that came beside it. The letter's values stay; what its form has no
/// column for, or leaves empty, is taken from the list.
struct LetterListComparison {
  let mapping: MappingSet
  let type: DossierType

  func compare(
    _ rows: inout [DossierRow], with others: [DossierRow], list: ImportedList?, source: FieldTrace.Source,
    _ trace: inout [FieldTrace]
  ) -> [DossierFinding] {
    var findings: [DossierFinding?] = []
    if others.count != rows.count {
      findings.append(
        mapping.ruleTexts.finding(
          "V03", field: "rowCount", ["declared": String(rows.count), "counted": String(others.count)]))
    }
    var free = Set(others.indices)
    for index in rows.indices {
      let number = rows[index].number ?? index + 1
      guard let match = partner(of: rows[index], at: index, in: others, free) else {
        findings.append(
          difference(
            number, nil,
            ClerkSentence(
              vi: "danh sách thiếu dòng \(number) của công văn", en: "the list lacks row \(number) of the letter")))
        continue
      }
      free.remove(match)
      for field in fields(of: others[match]) {
        guard let theirs = others[match][field] else { continue }
        if let ours = rows[index][field] {
          if !agrees(ours, theirs) {
            findings.append(
              difference(
                number, field.rawValue,
                ClerkSentence(
                  vi: "dòng \(number), \(label(field)) khác nhau", en: "row \(number), \(label(field)) differs"),
                cell: list?.cell(rowIndex: match, field: field)))
          }
        } else if isOnlyInLists(field) || rows[index].printed(field) == nil && fillsSilently(field) {
          rows[index][field] = theirs
          trace.append(
            FieldTrace(
              field: "rows[\(number)].\(field.rawValue)", source: source,
              place: list.flatMap { list in list.cell(rowIndex: match, field: field).map { list.name + " " + $0 } },
              confidence: 0.9))
        } else {
          findings.append(
            difference(
              number, field.rawValue,
              ClerkSentence(
                vi: "dòng \(number), \(label(field)) có trong danh sách nhưng trống trong công văn",
                en: "row \(number), \(label(field)) stands in the list but not in the letter"),
              cell: list?.cell(rowIndex: match, field: field)))
        }
      }
      findings.append(organisation(rows[index], others[match], number))
    }
    for extra in free.sorted() {
      let number = others[extra].number ?? extra + 1
      findings.append(
        difference(
          nil, nil,
          ClerkSentence(
            vi: "dòng \(number) của danh sách không có trong công văn",
            en: "row \(number) of the list is not in the letter")))
    }
    return findings.compactMap { $0 }
  }

  /// Rows belong together by what names the subscriber, else by their place.
  private func partner(of row: DossierRow, at index: Int, in others: [DossierRow], _ free: Set<Int>) -> Int? {
    let keys: [DossierField] = [
      .citizenId, .certificateSerial, .deviceNumber, .taxCode, .email, .deviceName, .organisationName,
    ]
    for key in keys {
      guard let value = row.text(key)?.lowercased() else { continue }
      if let match = free.sorted().first(where: { others[$0].text(key)?.lowercased() == value }) { return match }
    }
    let names: [DossierField] = [.fullName, .certificateName]
    for key in names {
      guard let value = row.text(key)?.toneFolded else { continue }
      if let match = free.sorted().first(where: { others[$0].text(key)?.toneFolded == value }) { return match }
    }
    return nil
  }

  private func fields(of row: DossierRow) -> [DossierField] {
    row.values.keys.filter { ![.organisation, .reasonCode].contains($0) }.sorted()
  }

  private func isOnlyInLists(_ field: DossierField) -> Bool {
    [.orgLevel1, .orgLevel2, .orgLevel3, .orgLevel4].contains(field)
      || !(mapping.description(of: type)?.letter.columns.contains { $0.fields.contains(field) } ?? false)
  }

  /// Form 01 may be printed without date and place of the identity card.
  private func fillsSilently(_ field: DossierField) -> Bool {
    [.idIssueDate, .idIssuePlace, .centralSigning, .renew, .change].contains(field)
  }

  private func agrees(_ ours: DossierValue, _ theirs: DossierValue) -> Bool {
    switch (ours, theirs) {
    case (.text(let left), .text(let right)):
      return left == right || compact(left) == compact(right)
        || mapping.provinces.find(left) != .unknown && mapping.provinces.find(left) == mapping.provinces.find(right)
    default: return ours == theirs
    }
  }

  /// Letters and digits only, tones folded: wrapped lines and spelling of dashes do not matter.
  private func compact(_ text: String) -> String { text.wordsOnly.toneFolded.filter { $0 != " " } }

  /// The letter's one column against the list's levels: the lowest level must be named in it.
  private func organisation(_ row: DossierRow, _ other: DossierRow, _ number: Int) -> DossierFinding? {
    guard let ours = row.organisation.map(compact) else { return nil }
    let levels = [other.orgLevel4, other.orgLevel3, other.orgLevel2, other.orgLevel1].compactMap { $0 }
    let theirs = (other.organisation.map { [$0] } ?? []) + levels
    guard let lowest = theirs.first.map(compact), !ours.contains(lowest), !lowest.contains(ours) else { return nil }
    return difference(
      number, "organisation",
      ClerkSentence(
        vi: "dòng \(number), tên cơ quan công tác khác nhau", en: "row \(number), the organisation differs"),
      severity: .warning)
  }

  private func label(_ field: DossierField) -> String {
    mapping.description(of: type)?.label(of: field) ?? field.rawValue
  }

  private func difference(
    _ row: Int?, _ field: String?, _ problem: ClerkSentence, cell: String? = nil,
    severity: DossierFinding.Severity? = nil
  ) -> DossierFinding? {
    mapping.ruleTexts.finding("X-DIFF", row: row, field: field, cell: cell, problem: problem, severity: severity)
  }
}
