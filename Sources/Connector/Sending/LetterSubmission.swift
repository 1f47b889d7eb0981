public import DeliveryLedger
import DossierMapping
public import DossierModel
import EdXML
public import Foundation
import LetterSignatures
import Spreadsheet
import VietnameseText

/// Takes in what an agency wants to send: checks it as the authority will, then records it. What is recorded is sent.
public struct LetterSubmission: Sendable {
  /// One request letter to be sent.
  public struct Order: Sendable {
    public var type: DossierType
    public var number: String
    public var notation: String
    /// Date of issue (ngày ban hành).
    public var date: CalendarDate
    public var subject: String?
    public var contact: ContactPerson?
    /// The list, as the portal's template (.xlsx or .csv).
    public var list: URL?
    /// A letter that the agency's own software wrote and signed; without it the letter is written and signed here.
    public var letter: URL?
    /// Sends even what the checks refuse (the authority decides by itself all the same).
    public var evenIfRefused: Bool
    /// How it stands to a letter that was sent before (update, replacement, resubmission).
    public var relation: (kind: LetterRelation, to: LetterID)?

    public init(
      type: DossierType, number: String, notation: String, date: CalendarDate, subject: String? = nil,
      contact: ContactPerson? = nil, list: URL? = nil, letter: URL? = nil, evenIfRefused: Bool = false
    ) {
      self.type = type
      self.number = number
      self.notation = notation
      self.date = date
      self.subject = subject
      self.contact = contact
      self.list = list
      self.letter = letter
      self.evenIfRefused = evenIfRefused
    }
  }

  /// What became of an order.
  public struct Receipt: Sendable {
    public let letter: LetterRecord
    /// Everything the checks found, errors only with `evenIfRefused`.
    public let findings: [DossierFinding]
  }

  /// Largest list or letter that is taken, in bytes.
  public static let maximumFileBytes = 50_000_000

  let configuration: Configuration
  let ledger: Ledger
  let clock: @Sendable () -> Date

  public init(
    configuration: Configuration, ledger: Ledger, clock: @escaping @Sendable () -> Date = { Date() }
  ) {
    self.configuration = configuration
    self.ledger = ledger
    self.clock = clock
  }

  /// Checks `order` and records it.
  /// - Throws: `ConnectorError.dossierRefused` or `.letterRefused` with what is wrong, `.numberInUse`, `.noAddressee`,
  ///   `.mappingUnreadable`; `SpreadsheetError` for a list that is no list.
  public func submit(_ order: Order) async throws -> Receipt {
    guard configuration.role == .agency else {
      throw ConnectorError(
        .notThisRole, vi: "Chỉ bên gửi (role: agency) mới gửi công văn đề nghị.",
        en: "Only an agency (role: agency) sends request letters.")
    }
    guard let addressee = configuration.addressee(forType: order.type.rawValue) else {
      throw ConnectorError(
        .noAddressee, vi: "Cấu hình chưa có nơi nhận cho hồ sơ loại \(order.type.rawValue) (addressees).",
        en: "The configuration has no addressee for dossiers of type \(order.type.rawValue) (addressees).")
    }
    try await checkRelation(order)
    let mapping = try configuration.mappingSet()
    let listed = try importList(order, mapping)
    let dossier = dossier(order, rows: listed.rows, mapping)
    let findings = try await check(dossier, listed.findings, order, mapping)
    if let letter = order.letter { try await checkSignature(letter, order) }
    let record = try await record(order, dossier, addressee)
    return Receipt(letter: record, findings: findings)
  }

  /// The dossier that `order` makes, not yet checked: what the letter is written from.
  public func compose(_ order: Order) throws -> Dossier {
    let mapping = try configuration.mappingSet()
    return dossier(order, rows: try importList(order, mapping).rows, mapping)
  }

  private func importList(_ order: Order, _ mapping: MappingSet) throws -> (
    rows: [DossierRow], findings: [DossierFinding]
  ) {
    guard let list = order.list else {
      if order.letter != nil { return ([], []) }
      throw ConnectorError(
        .dossierRefused, vi: "Cần danh sách (--list) hoặc công văn đã ký (--letter).",
        en: "Give the list (--list) or a signed letter (--letter).")
    }
    let bytes = try Self.bytes(of: list)
    let imported = try DossierImporter(mapping: mapping).importList(
      [UInt8](bytes), name: list.lastPathComponent, type: order.type, context: RuleContext(today: today))
    return (imported.rows, imported.findings)
  }

  private func dossier(
    _ order: Order, rows: [DossierRow], _ mapping: MappingSet
  ) -> Dossier {
    let organisation = configuration.organisation
    let signer = configuration.leaderName.map { name in
      LetterHead.Signer(fullName: name, titleLines: configuration.leaderTitle.map { [$0] } ?? [])
    }
    var dossier = Dossier(
      type: order.type, contact: order.contact ?? configuration.contact ?? ContactPerson(), declaredCount: rows.count,
      rows: rows,
      letter: LetterHead(
        number: order.number, notation: order.notation, date: order.date, place: organisation.place,
        subject: order.subject, agency: organisation.name, superior: organisation.superior,
        addressee: configuration.addressee(forType: order.type.rawValue)?.name, signer: signer))
    dossier.centralSigning = order.type == .persons && !rows.isEmpty && rows.allSatisfy { $0.centralSigning == true }
    if dossier.letter.subject == nil { dossier.letter.subject = EnvelopeMapper(mapping: mapping).subject(of: dossier) }
    return dossier
  }

  private func check(
    _ dossier: Dossier, _ listed: [DossierFinding], _ order: Order, _ mapping: MappingSet
  ) async throws -> [DossierFinding] {
    guard order.list != nil else { return [] }
    var findings = listed
    let context = RuleContext(today: today)
    for finding in DossierRules(mapping: mapping).findings(in: dossier, origin: .sheet, context: context)
    where !findings.contains(where: { $0.code == finding.code && $0.row == finding.row && $0.field == finding.field }) {
      findings.append(finding)
    }
    if let service = configuration.populationCheck {
      findings += await PopulationCheck(mapping: mapping, service: service).findings(in: dossier.rows)
    }
    let errors = findings.filter { $0.severity == .error }
    guard errors.isEmpty || order.evenIfRefused else {
      throw ConnectorError(
        .dossierRefused, vi: "Hồ sơ chưa gửi được: " + Self.list(errors, .vietnamese),
        en: "The dossier cannot be sent yet: " + Self.list(errors, .english))
    }
    return findings
  }

  private func checkSignature(_ letter: URL, _ order: Order) async throws {
    let report = try LetterJudge(configuration: configuration).report(on: letter, sender: nil, at: clock())
    guard report.decision == .accept || report.decision == .warn || order.evenIfRefused else {
      throw ConnectorError(
        .letterRefused, vi: "Công văn chưa gửi được: \(report.text.vi)",
        en: "The letter cannot be sent: \(report.text.en)",
        detail: report.codes.map(\.rawValue).joined(separator: ", "))
    }
  }

  /// An update is the same document with other content; a replacement and a resubmission are documents of their own.
  /// - Returns: What is written with the letter that `order` changes, so that of two changes at once one is refused.
  @discardableResult
  private func checkRelation(_ order: Order) async throws -> [LetterTransition] {
    guard let relation = order.relation else { return [] }
    guard let detail = try await ledger.letterDetail(relation.to), case let other = detail.letter,
      other.direction == .outgoing, other.kind != .recall
    else {
      throw ConnectorError(
        .unknownLetter, vi: "Không có công văn đi “\(relation.to.rawValue)”.",
        en: "There is no sent letter “\(relation.to.rawValue)”.")
    }
    let same =
      other.number == order.number && other.notation == order.notation && other.promulgationDate == order.date.iso
    if relation.kind == .updates, !same {
      throw ConnectorError(
        .dossierRefused, vi: "Bản cập nhật phải giữ số, ký hiệu và ngày của công văn \(other.joinedCode ?? "").",
        en: "An update keeps number, notation and date of letter \(other.joinedCode ?? ""); else it is a replacement.")
    }
    let state = OutgoingLetterMachine.State(rawValue: other.state)
    guard relation.kind == .resubmits || state?.isUnderWay == true else {
      throw ConnectorError(
        .notInThisState,
        vi: "Công văn \(other.joinedCode ?? "") đang “\(other.state)”, không cập nhật hay thay thế được.",
        en: "Letter \(other.joinedCode ?? "") is “\(other.state)”: it can neither be updated nor replaced.")
    }
    guard relation.kind != .resubmits else { return [] }
    let isChanging = try await PendingChange.isOpen(on: detail, in: ledger)
    let isReplaced = try await hasWaitingReplacement(detail)
    // Until it was accepted the letter that it replaces is in force, and a third would not name that one.
    let isReplacing = !detail.targets(.replaces).isEmpty && (state?.progress ?? 0) < 3
    guard !isChanging, !isReplaced, !isReplacing else { throw SenderDesk.secondRequest(other) }
    var step = LetterTransition(other.id, from: [other.state], to: nil, event: .changeOrdered(relation.kind))
    step.untouchedSince = other.updatedAt
    return [step]
  }

  private func hasWaitingReplacement(_ detail: LetterDetail) async throws -> Bool {
    for id in detail.sources(.replaces) {
      let state = try await ledger.letter(id).flatMap { OutgoingLetterMachine.State(rawValue: $0.state) }
      if let state, !state.isFinal, state != .failed { return true }
    }
    return false
  }

  private func record(
    _ order: Order, _ dossier: Dossier, _ addressee: Configuration.Addressee
  ) async throws -> LetterRecord {
    let code = DocumentCode(number: order.number, notation: order.notation)
    guard let date = EdocDate(order.date.iso) else {
      throw ConnectorError(.dossierRefused, vi: "Ngày ban hành không hợp lệ.", en: "The date of issue is not valid.")
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let own = order.letter != nil
    var draft = LetterDraft(
      id: LetterID(rawValue: UUID().uuidString.lowercased()),
      state: (own ? OutgoingLetterMachine.State.signed : .recorded).rawValue,
      kind: order.relation?.kind.kind ?? .new, sender: configuration.organisation.code, receivers: [addressee.code],
      documentId: DocumentIdentifier.make(organId: configuration.organisation.code, date: date, code: code))
    draft.senderName = configuration.organisation.name
    draft.number = order.number
    draft.notation = order.notation
    draft.promulgationDate = order.date.iso
    draft.subject = dossier.letter.subject
    draft.dossierType = order.type.rawValue
    draft.nextActionAt = clock()
    if let relation = order.relation {
      draft.links = [LetterLink(to: relation.to, relation: relation.kind.rawValue)]
    }
    if let list = order.list { draft.blobs[.spreadsheet] = try await ledger.storeBlob(try Self.bytes(of: list)) }
    if let letter = order.letter {
      draft.blobs[.organisationSigned] = try await ledger.storeBlob(try Self.bytes(of: letter))
    }
    if !dossier.rows.isEmpty { draft.blobs[.dossier] = try await ledger.storeBlob(try encoder.encode(dossier)) }
    do {
      let recorded = draft
      return try await ledger.again {
        try await ledger.recordDraft(
          recorded, event: own ? .letterTaken : .dossierRecorded, also: try await checkRelation(order), at: clock())
      }
    } catch let error as LedgerError where error.code == .duplicate {
      throw ConnectorError(
        .numberInUse,
        vi: "Số \(code.joined) ngày \(order.date.vietnamese) đã dùng cho một công văn khác; hãy lấy số mới.",
        en: "Number \(code.joined) of \(order.date.iso) is used by another letter already; take a new number.")
    }
  }

  private var today: CalendarDate? { CalendarDate(iso: EdocTimestamp(clock()).date.iso) }

  static func bytes(of file: URL) throws -> Data {
    let size = (try? FileManager.default.attributesOfItem(atPath: file.path)[.size] as? Int) ?? nil
    guard let size, let data = try? Data(contentsOf: file) else {
      throw ConnectorError(.fileUnreadable, vi: "Không đọc được tệp \(file.path).", en: "Cannot read \(file.path).")
    }
    guard size <= maximumFileBytes else {
      throw ConnectorError(
        .fileUnreadable, vi: "Tệp \(file.lastPathComponent) lớn hơn \(maximumFileBytes / 1_000_000) MB.",
        en: "\(file.lastPathComponent) is larger than \(maximumFileBytes / 1_000_000) MB.")
    }
    return data
  }

  /// At most ten findings in one line, with the place of each, and how many more there are.
  ///
  /// - Parameter budget: characters that the line may have: as many findings stand in it as fit whole. Where not even
  ///   the first fits, it is cut, and "…" says so.
  static func list(
    _ findings: [DossierFinding], _ language: ClerkSentence.Language, within budget: Int = .max
  ) -> String {
    let lines = findings.prefix(10).map { finding in
      let row = finding.row.map { language == .vietnamese ? "dòng \($0)" : "row \($0)" }
      let place = finding.cell ?? row
      return "\(finding.code)\(place.map { " (\($0))" } ?? ""): \(finding.text[language])"
    }
    for shown in stride(from: lines.count, through: 1, by: -1) {
      let text = lines.prefix(shown).joined(separator: " · ") + more(findings.count - shown, language)
      if text.count <= budget { return text }
    }
    guard let first = lines.first else { return "" }
    let others = more(findings.count - 1, language)
    let end = others.isEmpty ? "…" : others
    return String(first.prefix(max(0, budget - end.count))) + end
  }

  /// The end of a line that leaves `count` findings out.
  private static func more(_ count: Int, _ language: ClerkSentence.Language) -> String {
    guard count > 0 else { return "" }
    return language == .vietnamese
      ? " … và còn \(count) lỗi khác." : " … and \(count) more \(count == 1 ? "fault" : "faults")."
  }
}
