import DeliveryLedger
import DossierMapping
import DossierModel
import EdXML
import Foundation
import LetterSignatures
import RequestLetter
import SigningCore
import VietnameseText

/// Turns an arrived document into an answer: read, verify the signatures, map to a dossier, and in one transaction
/// register the letter, give the dossier its code and queue the statuses.
public struct DocumentIntake: Sendable {
  let workplace: Workplace
  let mapper: LetterMapper
  let reader: LetterReader
  let pattern: DossierCodePattern

  init(workplace: Workplace) throws {
    self.workplace = workplace
    do {
      mapper = LetterMapper(mapping: try MappingSet(overriding: workplace.configuration.mappingFolder))
      reader = try LetterReader()
    } catch {
      throw ConnectorError(
        .mappingUnreadable, vi: "Bảng ánh xạ không dùng được; chạy “lienthong mapping check”.",
        en: "The mappings cannot be used; run “lienthong mapping check”.", detail: ConnectorService.cause(error))
    }
    pattern = try DossierCodePattern(workplace.configuration.policies.dossierCodePattern)
    _ = try LetterJudge(configuration: workplace.configuration)
  }

  /// Settles one arrived document.
  func settle(_ arrival: ArrivalRecord) async throws {
    let ledger = workplace.ledger
    let folder = try workplace.workFolder("reading").appendingPathComponent("\(arrival.id.rawValue)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let received: ReceivedMessage
    do {
      received = try EdXMLReader().read(file: ledger.blobURL(arrival.message).path, storingIn: folder.path)
    } catch {
      if error.isPassing { throw error }
      try await ledger.setArrivalAside(
        arrival.id, cause: error.code.rawValue, acknowledgement: .fail, event: .arrivedUnreadable, at: workplace.clock()
      )
      return
    }
    guard case .document(let document) = received.message else {
      try await ledger.setArrivalAside(
        arrival.id, cause: "a status among the documents", acknowledgement: .done, event: .arrivedUnreadable,
        at: workplace.clock())
      return
    }
    guard arrival.isFrom(document.from.organId) else {
      // Neither registered nor answered under a name that its sender may not have: an officer sees it set aside.
      try await ledger.setArrivalAside(
        arrival.id, cause: "SENDER_MISMATCH", acknowledgement: .done, event: .senderMismatch(document.from.organId),
        at: workplace.clock())
      return
    }
    if document.kind == .recall { return try await settleRecall(document, received, arrival) }
    let (judgement, letterFile) = try await judge(document, received, decision: nil)
    if judgement.decision == .leave {
      try await ledger.setArrivalAside(
        arrival.id, cause: judgement.codes.joined(separator: " "), acknowledgement: .leave, event: .notOurs,
        at: workplace.clock())
      return
    }
    try await register(document, received, judgement, letterFile, arrival)
  }

  // MARK: Judging

  func judge(
    _ document: EdocDocument, _ received: ReceivedMessage, decision: OfficerDecision?
  ) async throws -> (Judgement, ReceivedAttachment?) {
    let own = Set(workplace.configuration.organisation.allCodes)
    guard document.to.contains(where: { own.contains($0.organId) }) else {
      return (
        .leave(
          ["NOT_ADDRESSED"], vi: "Nơi nhận ghi trong gói tin không phải cơ quan này.",
          en: "The message names another receiver."), nil
      )
    }
    guard [.new, .update, .replace].contains(document.kind) else {
      return (
        .hold(
          ["BUSINESS_KIND"], vi: "Loại nghiệp vụ của gói tin không rõ: cán bộ xem và trả lời.",
          en: "The message's business kind is not known: an officer answers it."), nil
      )
    }
    let letters = received.attachments.filter { $0.isPDF && [nil, $0.name].contains(decision?.attachment) }
    guard let letter = letters.first else {
      guard document.kind != .new || mayBeRequest(subject: document.subject) else { return (.noRequest, nil) }
      return (
        .reject(
          ["NO_LETTER"],
          ClerkSentence(
            vi: "Gói tin không có công văn PDF. Hãy gửi lại kèm công văn PDF đã ký số.",
            en: "The message has no PDF letter. Send it again with the signed PDF letter.")), nil
      )
    }
    guard letters.count == 1 else {
      return (
        .hold(
          ["SEVERAL_LETTERS"],
          vi: "Gói tin có \(letters.count) tệp PDF; cán bộ chọn công văn bằng “lienthong intake decide --letter”.",
          en: "The message has \(letters.count) PDF files; an officer tells which is the letter (“intake decide --letter”)."),
        nil
      )
    }
    return (try await judge(letter, of: document, received, decision), letter)
  }

  private func judge(
    _ letter: ReceivedAttachment, of document: EdocDocument, _ received: ReceivedMessage, _ decision: OfficerDecision?
  ) async throws -> Judgement {
    guard let file = letter.file else {
      return .hold(["NO_LETTER"], vi: "Công văn không đọc được.", en: "The letter cannot be read.")
    }
    let now = workplace.clock()
    let candidates = try await expectedSenders(document.from, at: now)
    let report = try report(on: URL(fileURLWithPath: file), candidates: candidates, at: now)
    let codes = report.codes.map(\.rawValue)
    if report.codes.filter({ !$0.isWarning }) == [.revocationUnknown] {
      // What we could not find out is no fault of the sender's.
      return .hold(
        codes, vi: "Chữ ký đúng nhưng chưa kiểm tra được chứng thư có bị thu hồi không; cập nhật CRL rồi xét lại.",
        en:
          "The signatures hold, but whether a certificate is revoked is not known: bring the CRLs up to date, then judge it again."
      )
    }
    guard report.decision == .accept || report.decision == .warn else {
      // What is no request is none of our business, however badly it is signed.
      if document.kind == .new, try await !mayBeRequest(file, document) { return .noRequest }
      return .reject(codes, report.text)
    }
    guard !candidates.isEmpty else {
      return .hold(
        codes + ["SENDER_UNBOUND"],
        vi:
          "Chữ ký hợp lệ nhưng chưa biết chứng thư nào là của \(document.from.organId); cán bộ xác nhận rồi chạy “lienthong trust bind” và “lienthong intake judge-again”.",
        en:
          "The signatures are valid, but no certificate is bound to \(document.from.organId) yet: an officer confirms it with “lienthong trust bind”, then “lienthong intake judge-again”."
      )
    }
    return try await map(file, document, received, decision, signatureCodes: codes)
  }

  /// Whether the subject alone speaks for one of the six types.
  private func mayBeRequest(subject: String) -> Bool {
    mapper.map(letter: nil, envelopeSubject: subject).verdict != .none
  }

  /// Whether anything in letter or header speaks for one of the six types.
  private func mayBeRequest(_ file: String, _ document: EdocDocument) async throws -> Bool {
    let content = try? await reader.read(try Data(contentsOf: URL(fileURLWithPath: file)))
    return mapper.map(letter: content, envelopeSubject: document.subject).verdict != .none
      || mayBeRequest(subject: document.subject)
  }

  /// Who may speak for the sender: each certificate or subject that a person bound to its code.
  private func expectedSenders(_ from: Organization, at now: Date) async throws -> [ExpectedSender] {
    try await workplace.ledger.bindings(for: from.organId, validAt: now).map { binding in
      ExpectedSender(
        organId: from.organId, organName: from.name, expectedSubject: binding.subject ?? [:],
        certificates: binding.fingerprint.map { [$0] } ?? [])
    }
  }

  /// The report on a letter for the first of `candidates` that it satisfies; without any, for whoever signed it.
  private func report(on letter: URL, candidates: [ExpectedSender], at now: Date) throws -> LetterReport {
    let judge = try LetterJudge(configuration: workplace.configuration)
    var first: LetterReport?
    for candidate in candidates {
      let report = judge.report(on: letter, sender: candidate, at: now)
      if report.decision == .accept || report.decision == .warn { return report }
      // The report that speaks of the right signer says best what is wrong.
      if first == nil
        || (first?.codes.contains(.wrongOrganisation) == true && !report.codes.contains(.wrongOrganisation))
      {
        first = report
      }
    }
    return first ?? judge.report(on: letter, sender: nil, at: now)
  }

  private func map(
    _ file: String, _ document: EdocDocument, _ received: ReceivedMessage, _ decision: OfficerDecision?,
    signatureCodes: [String]
  ) async throws -> Judgement {
    let content: LetterContent
    do {
      content = try await reader.read(try Data(contentsOf: URL(fileURLWithPath: file)))
    } catch let error as RequestLetterError where error.code != .toolMissing {
      return .hold(
        signatureCodes + ["LETTER_UNREADABLE"], vi: "Phần mềm không đọc được công văn: \(error.clerk.vi)",
        en: "The letter cannot be read by software: \(error.clerk.en)")
    }
    let accepts = decision?.accepts == true
    guard accepts || content.isLetter(document) else {
      return .hold(
        signatureCodes + ["ENVELOPE_DIFFERS"],
        vi: "Số, ký hiệu hoặc ngày trong công văn đã ký khác với gói tin (\(document.code.joined)).",
        en: "Number, notation or date in the signed letter differ from the message (\(document.code.joined)).")
    }
    let structured = received.attachments.first { $0.name.lowercased().hasSuffix(".dossier.json") }
    let lists = received.attachments.filter { $0.isList && $0.contentId != structured?.contentId }.prefix(
      Self.maximumLists)
    let today = CalendarDate(iso: EdocTimestamp(workplace.clock()).date.iso)
    let mapped = mapper.map(
      letter: content, structured: try structured?.content(),
      lists: try lists.map { .init(name: $0.name, bytes: try $0.content()) },
      envelopeSubject: document.subject, context: RuleContext(today: today, receivedOn: today),
      decided: decision?.typeDecision)
    if mapped.verdict == .none, content.textQuality == .text, document.kind == .new, decision == nil {
      return .noRequest
    }
    let errors = mapped.findings.filter { $0.severity == .error }
    let warnings = mapped.findings.filter { $0.severity == .warning }
    let codes = signatureCodes + (errors + warnings).map(\.code).uniqued()
    guard case .type(let type) = mapped.verdict, let dossier = mapped.dossier else {
      return .hold(
        codes + ["TYPE_\(mapped.verdict.name.uppercased())"],
        vi: "Không xác định chắc chắn loại hồ sơ; cán bộ xem công văn rồi chạy “lienthong intake decide --type”.",
        en: "The dossier type is not certain; an officer reads the letter and says it (“intake decide --type”).")
    }
    guard errors.isEmpty else {
      let reason = ClerkSentence(
        vi: "Hồ sơ loại \(type.rawValue) còn sai: \(LetterSubmission.list(errors, .vietnamese))",
        en: "The type \(type.rawValue) dossier has faults: \(LetterSubmission.list(errors, .english))")
      var judgement = Judgement.reject(codes, reason)
      judgement.dossier = dossier
      return judgement
    }
    // What no signature covers is a proposal, never a request.
    let unsigned = mapped.trace.filter {
      ["rows", "contact"].contains($0.field) && [.list, .structured].contains($0.source)
    }
    guard accepts || (unsigned.isEmpty && !signatureCodes.contains(LetterCode.signatureCoversText.rawValue)) else {
      return .hold(
        codes + ["UNSIGNED_CONTENT"],
        vi: "Danh sách hoặc người liên hệ không nằm trong phần được ký rõ ràng của công văn; cán bộ xem.",
        en: "Rows or contact are not clearly inside what was signed; an officer looks at the letter.")
    }
    return Judgement(
      decision: .accept, codes: codes,
      reason: ClerkSentence(
        vi: "Hồ sơ loại \(type.rawValue), \(dossier.rows.count) dòng.",
        en: "A type \(type.rawValue) dossier with \(dossier.rows.count) rows."),
      dossier: dossier)
  }

  // MARK: Registering

  private func register(
    _ document: EdocDocument, _ received: ReceivedMessage, _ judgement: Judgement, _ letter: ReceivedAttachment?,
    _ arrival: ArrivalRecord
  ) async throws {
    let ledger = workplace.ledger
    var incoming = try Self.incoming(document, received, arrival)
    incoming.dossierType = judgement.dossier?.type.rawValue
    if let file = letter?.file {
      incoming.blobs[.letter] = try await ledger.adoptBlob(fileAt: URL(fileURLWithPath: file))
    }
    let sender = document.from.organId
    let targets = try await targets(of: document)
    let (judgement, superseded) = try await afterEarlierLetters(
      Self.afterTargets(judgement, document.kind, targets), incoming, changing: targets)
    incoming.supersedes = superseded
    let recall = try await waitingRecall(naming: incoming)
    let dossier = judgement.decision == .accept && recall == nil ? try judgement.dossier.map(newDossier) : nil
    let registered = incoming
    _ = try await ledger.settleLetter(arrival: arrival.id, letter: incoming, dossier: dossier, at: workplace.clock()) {
      finding in
      if finding.standing == .original, let recall { return recalledEffects(registered, recall) }
      var effects = effects(finding, judgement, kind: registered.kind, to: sender)
      guard finding.standing == .original else { return effects }
      effects.links = targets.map(\.link)
      if judgement.decision == .accept {
        effects.also = steps(of: targets, for: document.code.joined, dossierCode: finding.dossierCode)
      }
      return effects
    }
  }

  /// The ledger's row of an arrived document, before it is judged.
  static func incoming(
    _ document: EdocDocument, _ received: ReceivedMessage, _ arrival: ArrivalRecord
  ) throws -> IncomingLetter {
    var incoming = IncomingLetter(
      id: LetterID(rawValue: UUID().uuidString.lowercased()), kind: LetterKind(document.kind),
      sender: document.from.organId, receivers: document.to.map(\.organId), documentId: document.documentId,
      contentHash: try contentHash(document, received))
    incoming.senderName = document.from.name
    incoming.number = document.code.number
    incoming.notation = document.code.notation
    incoming.promulgationDate = document.promulgation.date?.iso
    incoming.subject = document.subject
    incoming.blobs[.message] = arrival.message
    return incoming
  }

  /// What earlier letters of the sender mean for this one: a refused letter may come again corrected; the number of a
  /// letter that was not refused may not come with other content (V16).
  private func afterEarlierLetters(
    _ judgement: Judgement, _ letter: IncomingLetter, changing targets: [ChangeTarget]
  ) async throws -> (Judgement, supersedes: LetterID?) {
    let ledger = workplace.ledger
    let named = try await ledger.findLetters(direction: .incoming, documentId: letter.documentId)
    let refused = named.first {
      $0.sender == letter.sender && $0.standing == .original && $0.state == IncomingLetterMachine.State.refused.rawValue
        && $0.contentHash != letter.contentHash && letter.kind == $0.kind
    }
    guard judgement.decision == .accept, let number = letter.number, let notation = letter.notation else {
      return (judgement, refused?.id)
    }
    let numbered = try await ledger.findLetters(
      direction: .incoming, sender: letter.sender, number: number, notation: notation,
      promulgationDate: letter.promulgationDate)
    let standing = numbered.contains {
      $0.standing == .original && $0.documentId != letter.documentId && $0.contentHash != letter.contentHash
        && ![IncomingLetterMachine.State.refused, .withdrawn, .replaced].map(\.rawValue).contains($0.state)
        && $0.kind != .recall && !targets.map(\.letter.id).contains($0.id)
    }
    guard standing else { return (judgement, refused?.id) }
    var held = Judgement.hold(
      judgement.codes + ["V16"], vi: "Số, ký hiệu và ngày này đã có ở một công văn khác của cùng cơ quan; cán bộ xem.",
      en: "Another letter of the same body has this number, notation and date already; an officer looks at it.")
    held.dossier = judgement.dossier
    return (held, refused?.id)
  }

  /// The dossier as the ledger keeps it.
  func newDossier(_ dossier: Dossier) throws -> NewDossier {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return NewDossier(
      type: dossier.type.rawValue, json: try encoder.encode(dossier), rowCount: dossier.rows.count,
      codePattern: pattern)
  }

  /// The statuses that `actions` ask for.
  func transmissions(
    for actions: [IncomingLetterMachine.Action], _ judgement: Judgement, code: String?, to sender: String
  ) -> [NewTransmission] {
    actions.compactMap { action in
      guard case .tell(let status) = action else { return nil }
      return NewTransmission(
        status: status.code, description: Self.description(of: status, judgement, code),
        from: workplace.configuration.organisation.code, to: [sender])
    }
  }

  /// What is written with the letter; runs inside the transaction, so it only computes.
  func effects(
    _ finding: IntakeFinding, _ judgement: Judgement, kind: LetterKind, to sender: String
  ) -> IntakeEffects {
    let own = workplace.configuration.organisation.code
    var machine = IncomingLetterMachine(state: .arrived)
    switch finding.standing {
    case .copy:
      _ = machine.handle(.foundCopy)
      var effects = IntakeEffects(
        state: machine.state.rawValue,
        event: .made(
          "letter.copy", vi: "Bản gửi lặp của một công văn đã nhận; trả lời như cũ.",
          en: "The same letter again; it was answered before."))
      effects.decision = finding.existing?.decision
      effects.isFinished = true
      effects.transmissions = finding.existingStatuses.compactMap { status in
        // What still waits in the outbox will be told anyway; what was told is told again, the very same bytes.
        guard let code = status.statusCode, status.state == .sent else { return nil }
        return NewTransmission(
          status: code, description: status.description, from: own, to: [sender], message: status.message)
      }
      return effects
    case .presumedUpdate:
      _ = machine.handle(.judgedDoubtful)
      var effects = IntakeEffects(
        state: machine.state.rawValue,
        event: .made(
          "letter.presumedUpdate", vi: "Cùng mã văn bản nhưng nội dung khác bản đã nhận; cán bộ xem.",
          en: "The same document id with other content than before; an officer looks at it."))
      effects.codes = ["PRESUMED_UPDATE"]
      effects.nextActor = .officer
      effects.transmissions = [NewTransmission(status: "01", description: nil, from: own, to: [sender])]
      return effects
    case .original:
      let actions = Self.answer(judgement, kind, &machine) ?? []
      var effects = IntakeEffects(state: machine.state.rawValue, event: .judged(judgement, machine.state))
      effects.decision = judgement.decision.rawValue
      effects.codes = judgement.codes
      effects.nextActor = machine.state.nextActor
      effects.isFinished = machine.state.isFinal
      effects.officerState = machine.state == .accepted ? machine.state.rawValue : nil
      effects.transmissions = transmissions(for: actions, judgement, code: finding.dossierCode, to: sender)
      return effects
    }
  }

  private static func description(of status: StatusCode, _ judgement: Judgement, _ code: String?) -> String {
    switch status {
    case .refused, .changeRefused: String(judgement.reason.vi.prefix(Self.maximumDescription))
    case .accepted: code.map(DossierCodeNotice.text) ?? "Đã tiếp nhận"
    default: status.name.vi
    }
  }

  /// Lists beside a letter that are looked at.
  static let maximumLists = 20

  /// Longest description that is sent with a status, in characters; the field's length is not published.
  static let maximumDescription = 500

  /// What the letter is, apart from its way here: the axis adds its own traces to a message, so its bytes do not tell;
  /// and the same letter may come again under another document id.
  static func contentHash(_ document: EdocDocument, _ received: ReceivedMessage) throws -> String {
    let parts =
      [document.from.organId, document.code.joined, document.promulgation.date?.iso ?? "", document.subject]
      + received.attachments.map { "\($0.name)\u{1F}\($0.sha256)" }.sorted()
    return try Digest.of([UInt8](parts.joined(separator: "\u{1E}").utf8)).hexadecimal
  }
}

extension LetterContent {
  /// Whether this is the letter that the message's header names: number, notation and date are inside what was signed.
  func isLetter(_ document: EdocDocument) -> Bool {
    guard let number = head.number, let notation = head.notation else { return textQuality != .text }
    let sameNumber = number.drop { $0 == "0" } == document.code.number.drop { $0 == "0" }
    let sameDate =
      head.date == nil || document.promulgation.date == nil || head.date?.iso == document.promulgation.date?.iso
    return sameNumber && notation.folded == document.code.notation.folded && sameDate
  }
}

extension ReceivedAttachment {
  /// Largest list or structured dossier that intake reads, in bytes.
  static let maximumListBytes = 20_000_000

  var isPDF: Bool {
    if name.lowercased().hasSuffix(".pdf") { return true }
    guard let file, let handle = FileHandle(forReadingAtPath: file) else { return false }
    defer { try? handle.close() }
    return (try? handle.read(upToCount: 5)) == Data("%PDF-".utf8)
  }

  var isList: Bool {
    let name = name.lowercased()
    return [".xlsx", ".csv", ".xls"].contains { name.hasSuffix($0) } && bytes <= Self.maximumListBytes
  }

  func content() throws -> [UInt8] {
    guard let file, bytes <= Self.maximumListBytes else { return [] }
    return [UInt8](try Data(contentsOf: URL(fileURLWithPath: file)))
  }
}

extension LetterKind {
  /// The ledger's word for a business kind; one that is not known is kept as new and held by intake.
  init(_ kind: BusinessKind) {
    switch kind {
    case .recall: self = .recall
    case .update: self = .update
    case .replace: self = .replace
    case .new, .other: self = .new
    }
  }
}

extension Sequence where Element: Hashable {
  /// The elements in order, each once.
  func uniqued() -> [Element] {
    var seen: Set<Element> = []
    return filter { seen.insert($0).inserted }
  }
}
