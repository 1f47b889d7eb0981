public import DossierModel
import Foundation
import Spreadsheet
import VietnameseText

/// Maps a letter with what lies beside it to a dossier. The signed letter is the authority: attachments beside it are not
/// signed, they fill what the letter's form has no room for, and every disagreement is a finding.
public struct LetterMapper: Sendable {
  let mapping: MappingSet

  public init(mapping: MappingSet) { self.mapping = mapping }

  /// A file beside the letter.
  public struct Attachment: Sendable, Hashable {
    public var name: String
    public var bytes: [UInt8]

    public init(name: String, bytes: [UInt8]) {
      self.name = name
      self.bytes = bytes
    }
  }

  /// Maps what came.
  ///
  /// - Parameters:
  ///   - letter: What was read from the letter; `nil` when there is none or it can not be read at all.
  ///   - structured: Bytes of our `dossier.json`, when one came.
  ///   - lists: Other attachments; those that are no spreadsheets by name are passed over.
  ///   - envelopeSubject: The subject in the message's header, used when the letter gives none.
  ///   - decided: What a person decided about the type; it stands over the evidence, which is reported all the same.
  public func map(
    letter: LetterContent?, structured: [UInt8]? = nil, lists: [Attachment] = [], envelopeSubject: String? = nil,
    context: RuleContext = RuleContext(), decided: TypeDecision? = nil
  ) -> MappedDossier {
    var findings = letter?.findings ?? []
    let proposal = structured.flatMap { bytes in decode(bytes, &findings) }
    let imported = importLists(lists, context, &findings)
    let isReadable = letter.map { $0.textQuality == .text } ?? false
    let classifier = LetterClassifier(mapping: mapping)
    var input = LetterClassifier.Input()
    input.subject = letter?.head.subject ?? envelopeSubject
    input.formNumber = letter?.formNumber
    input.tableHeaders = letter?.tables.map(\.header) ?? []
    input.tableTypes = letter?.tables.map(\.type) ?? []
    input.body = letter?.body ?? ""
    input.listTypes = imported.compactMap(\.type)
    input.structuredType = proposal?.type
    var (verdict, evidence) = classifier.classify(input)
    if let letter, !isReadable {
      let code = ["noText": "NO_TEXT", "ocr": "OCR_TEXT", "undecodable": "TEXT_ENCODING"][letter.textQuality.rawValue]
      if let code, !findings.contains(where: { $0.code == code }), let finding = mapping.ruleTexts.finding(code) {
        findings.append(finding)
      }
    }
    if let letter, letter.furtherLetters != nil {
      if let finding = mapping.ruleTexts.finding("X-LETTERS") { findings.append(finding) }
      if let type = verdict.type { verdict = .manual(guess: type) }
    }
    if letter?.isCutOff == true, let finding = mapping.ruleTexts.finding("X-EDGE", field: "rows") {
      findings.append(finding)
    }
    if !isReadable { verdict = .manual(guess: verdict.type ?? proposal?.type ?? imported.first?.type) }
    if let decided { verdict = decided.type.map { isReadable ? .type($0) : .manual(guess: $0) } ?? .none }
    let rules = DossierRules(mapping: mapping)
    var trace: [FieldTrace] = []
    var dossier: Dossier?
    switch verdict {
    case .type(let type):
      if let letter {
        let built = build(type, letter, proposal, imported, &findings, &trace)
        findings += rules.findings(in: built, origin: origin(built), context: context)
        dossier = built
      }
    case .manual(let guess):
      dossier = unread(guess, letter, proposal, imported, &trace)
      findings += onlySignatures(dossier, rules, context)
    case .ambiguous(let types):
      if let finding = rules.severalTypes(types.map(\.rawValue)) { findings.append(finding) }
    case .none: break
    }
    return MappedDossier(
      verdict: verdict, dossier: dossier, evidence: evidence, findings: findings, trace: trace, decision: decided)
  }

  private func origin(_ dossier: Dossier) -> DossierRules.Origin {
    dossier.rows.contains { $0.orgLevel1 != nil && $0.organisation == nil } ? .sheet : .letter
  }

  private func decode(_ bytes: [UInt8], _ findings: inout [DossierFinding]) -> Dossier? {
    do {
      return try StructuredDossier.decode(bytes)
    } catch {
      let problem = error.clerk
      if let finding = mapping.ruleTexts.finding("X-LIST", field: "attachment", problem: problem) {
        findings.append(finding)
      }
      return nil
    }
  }

  private func importLists(
    _ lists: [Attachment], _ context: RuleContext, _ findings: inout [DossierFinding]
  ) -> [ImportedList] {
    var imported: [ImportedList] = []
    let importer = DossierImporter(mapping: mapping)
    for attachment in lists.prefix(20) {
      let suffix = attachment.name.split(separator: ".").last.map { $0.lowercased() } ?? ""
      guard ["xlsx", "csv", "xls", "xlsm", "xlsb"].contains(suffix) else { continue }
      do {
        let list = try importer.importList(attachment.bytes, name: attachment.name, type: nil, context: context)
        if list.isRefused {
          let problem = list.findings.first?.text ?? ClerkSentence(vi: "không phải danh sách", en: "no list")
          if let finding = mapping.ruleTexts.finding("X-LIST", field: "attachment", problem: problem, severity: .notice)
          {
            findings.append(finding)
          }
        } else {
          imported.append(list)
        }
      } catch {
        if let finding = mapping.ruleTexts.finding("X-LIST", field: "attachment", problem: error.clerk) {
          findings.append(finding)
        }
      }
    }
    return imported
  }

  /// The dossier of a readable letter.
  private func build(
    _ type: DossierType, _ letter: LetterContent, _ proposal: Dossier?, _ imported: [ImportedList],
    _ findings: inout [DossierFinding], _ trace: inout [FieldTrace]
  ) -> Dossier {
    let tables = letter.tables.filter { $0.type == type && !$0.rows.isEmpty }
    let table = tables.first ?? letter.tables.first { !$0.rows.isEmpty }
    var dossier = Dossier(
      type: type, contact: letter.contact ?? ContactPerson(), letter: letter.head, state: .waiting, source: .axis)
    let declared = tables.compactMap(\.declaredCount)
    dossier.declaredCount =
      tables.count > 1 && declared.count == tables.count
      ? declared.reduce(0, +) : table?.declaredCount ?? letter.declaredCount
    dossier.centralSigning = asksForCentralSigning(letter.head.subject)
    dossier.rows = tables.isEmpty ? table?.rows ?? [] : tables.flatMap(\.rows)
    trace += letter.provenance.map {
      FieldTrace(field: $0.field, source: .letter, place: "page \($0.page)", confidence: $0.confidence)
    }
    let list = imported.first { $0.type == type }
    let structuredRows = proposal?.type == type ? proposal : nil
    if dossier.rows.isEmpty {
      if let rows = structuredRows?.rows, !rows.isEmpty {
        dossier.rows = rows
        trace.append(FieldTrace(field: "rows", source: .structured, confidence: 1))
      } else if let list {
        dossier.rows = list.rows
        findings += list.findings
        trace.append(FieldTrace(field: "rows", source: .list, place: list.name, confidence: 1))
      }
      if !dossier.rows.isEmpty, let finding = mapping.ruleTexts.finding("X-NOTABLE", field: "rows") {
        findings.append(finding)
      }
    } else {
      let comparison = LetterListComparison(mapping: mapping, type: type)
      if let rows = structuredRows?.rows {
        findings += comparison.compare(&dossier.rows, with: rows, list: nil, source: .structured, &trace)
      }
      if let list { findings += comparison.compare(&dossier.rows, with: list.rows, list: list, source: .list, &trace) }
    }
    if letter.contact == nil, let contact = structuredRows?.contact {
      dossier.contact = contact
      trace.append(FieldTrace(field: "contact", source: .structured, confidence: 1))
    }
    conclude(&dossier, &trace)
    return dossier
  }

  /// What the letter says without printing it in a cell: central signing for all rows, reason codes.
  private func conclude(_ dossier: inout Dossier, _ trace: inout [FieldTrace]) {
    for index in dossier.rows.indices {
      switch dossier.type {
      case .persons:
        if dossier.centralSigning || dossier.rows[index][.centralSigning] == nil {
          dossier.rows[index].centralSigning = dossier.centralSigning
        }
      case .renewalOrChange:
        if dossier.rows[index][.renew] == nil { dossier.rows[index].renew = false }
        if dossier.rows[index][.change] == nil { dossier.rows[index].change = false }
      case .revocation:
        if let reason = dossier.rows[index].reason, dossier.rows[index].reasonCode == nil {
          dossier.rows[index].reasonCode = mapping.reasons.code(for: reason)
        }
      case .organisations, .devices, .deviceRestoration: break
      }
    }
    if dossier.centralSigning { trace.append(FieldTrace(field: "centralSigning", source: .mapping, confidence: 0.95)) }
  }

  /// Whether a subject asks for "giải pháp ký số tập trung".
  func asksForCentralSigning(_ subject: String?) -> Bool {
    guard let subject else { return false }
    return PhraseText(subject).contains(anyOf: "ký số tập trung|ký số từ xa|rssp")
  }

  /// A proposal for the person who must read the letter.
  private func unread(
    _ guess: DossierType?, _ letter: LetterContent?, _ proposal: Dossier?, _ imported: [ImportedList],
    _ trace: inout [FieldTrace]
  ) -> Dossier? {
    guard let type = guess else { return nil }
    var dossier = Dossier(type: type, letter: letter?.head ?? LetterHead(), state: .waiting, source: .axis)
    if let letter, letter.textQuality != .undecodable {
      dossier.contact = letter.contact ?? ContactPerson()
      dossier.declaredCount = letter.declaredCount
      dossier.rows = letter.tables.first { $0.type == type }?.rows ?? []
    }
    if let proposal, proposal.type == type, dossier.rows.isEmpty {
      dossier.rows = proposal.rows
      dossier.contact = proposal.contact
      trace.append(FieldTrace(field: "rows", source: .structured, confidence: 0.5))
    } else if let list = imported.first(where: { $0.type == type }), dossier.rows.isEmpty {
      dossier.rows = list.rows
      trace.append(FieldTrace(field: "rows", source: .list, place: list.name, confidence: 0.5))
    }
    dossier.centralSigning = asksForCentralSigning(letter?.head.subject)
    conclude(&dossier, &trace)
    return dossier
  }

  /// Of a letter that nobody could read, only what stands around it is judged.
  private func onlySignatures(_ dossier: Dossier?, _ rules: DossierRules, _ context: RuleContext) -> [DossierFinding] {
    rules.headFindings(in: Dossier(type: dossier?.type ?? .persons, source: .axis), context: context)
      .filter { ["V16", "V17", "V18", "V22"].contains($0.code) }
  }
}
