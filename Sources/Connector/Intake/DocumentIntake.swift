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
  let mapping: MappingSet
  let mapper: LetterMapper
  let reader: LetterReader
  let pattern: DossierCodePattern

  init(workplace: Workplace) throws {
    self.workplace = workplace
    mapping = try workplace.configuration.mappingSet()
    mapper = LetterMapper(mapping: mapping)
    reader = LetterReader(layout: try workplace.configuration.letterLayout())
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
        arrival.id, cause: error.code.rawValue,
        acknowledgement: workplace.configuration.mailbox.acknowledgementOfUnreadable, event: .arrivedUnreadable,
        at: workplace.clock())
      return
    }
    guard case .document(let document) = received.message else {
      try await ledger.setArrivalAside(
        arrival.id, cause: "a status among the documents", acknowledgement: .leave, event: .arrivedUnreadable,
        at: workplace.clock())
      return
    }
    guard try await arrival.isFrom(document.from.organId, in: ledger) else {
      return try await settleMismatch(document, received, arrival, in: folder)
    }
    if document.kind == .recall {
      guard try await isForUs(document, arrival) else { return }
      return try await settleRecall(document, received, arrival)
    }
    let (judgement, letterFile) = try await judge(document, received, in: folder, decision: nil)
    if judgement.decision == .leave {
      try await ledger.setArrivalAside(
        arrival.id, cause: judgement.codes.joined(separator: " "), acknowledgement: .leave, event: .notOurs,
        at: workplace.clock())
      return
    }
    try await register(document, received, judgement, letterFile, arrival)
  }

  // MARK: Registering

  /// Registers a judged document, after what else is known of it: the letters that it names, those that named it before it
  /// came, and earlier letters under its id or number.
  func register(
    _ document: EdocDocument, _ received: ReceivedMessage, _ found: Judgement, _ letter: LetterFile?,
    _ arrival: ArrivalRecord
  ) async throws {
    let ledger = workplace.ledger
    var incoming = try Self.incoming(document, received, arrival)
    incoming.dossierType = found.dossier?.type.rawValue
    if let file = letter?.path {
      incoming.blobs[.letter] = try await ledger.adoptBlob(fileAt: URL(fileURLWithPath: file))
    }
    let targets = try await targets(of: document)
    let overtaking = try await overtaking(LetterIdentity(incoming))
    let judgement = try await afterNumber(
      overtaking.judgement(after: Self.afterTargets(found, document.kind, targets)), LetterIdentity(incoming),
      file: incoming.blobs[.letter], apartFrom: targets.found.map(\.letter.id) + overtaking.changes.map(\.letter.id))
    incoming.supersedes = try await refusedBefore(incoming)
    try await wake(overtaking.takeBacks)
    let isTaken = judgement.decision == .accept && overtaking.end == nil
    let dossier = isTaken ? try judgement.dossier.map(newDossier) : nil
    let registered = incoming
    _ = try await ledger.settleLetter(arrival: arrival.id, letter: incoming, dossier: dossier, at: workplace.clock()) {
      finding in
      let judged = effects(
        finding, judgement, kind: registered.kind, to: registered.sender, reached: registered.receivers)
      guard finding.standing == .original else { return judged }
      var effects =
        overtakenEffects(
          LetterIdentity(registered), by: overtaking, codes: judgement.codes, reached: registered.receivers) ?? judged
      effects.links = targets.found.map(\.link)
      if judgement.decision == .accept, [nil, .superseded].contains(overtaking.end) {
        effects.also += steps(of: targets.found, for: document.code.joined, dossierCode: finding.dossierCode)
      }
      // A letter moves once, also where a replacement names itself among what it replaces.
      let moved = Set(effects.also.map(\.letter))
      effects.also += steps(of: overtaking.changes, onArrivalOf: registered.id).filter { !moved.contains($0.letter) }
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

  /// The refused letter in whose place `letter` comes corrected, under the same id.
  private func refusedBefore(_ letter: IncomingLetter) async throws -> LetterID? {
    guard !letter.documentId.isEmpty else { return nil }
    let versions = try await workplace.ledger.received(from: letter.sender, documentId: letter.documentId)
    // Another version of it is at work, or was: then this one is no correction of what was refused before that.
    guard !versions.contains(where: { $0.kind != letter.kind && Self.isInForce($0) }) else { return nil }
    return versions.first {
      $0.sender == letter.sender && $0.standing == .original && $0.supersededBy == nil && $0.kind == letter.kind
        && $0.state == IncomingLetterMachine.State.refused.rawValue && $0.contentHash != letter.contentHash
    }?.id
  }

  /// Whether a received letter counts, or counted until another came in its place.
  private static func isInForce(_ letter: LetterRecord) -> Bool {
    ![IncomingLetterMachine.State.refused, .declined, .withdrawn, .replaced].map(\.rawValue).contains(letter.state)
  }

  /// The number of a letter that was not refused may not come with other content under another id (V16), nor its document
  /// id or its very PDF as another letter.
  ///
  /// - Parameters:
  ///   - related: what `letter` changes, and what changes it.
  ///   - file: the PDF of the letter.
  func afterNumber(
    _ judgement: Judgement, _ letter: LetterIdentity, file: BlobHash?, apartFrom related: [LetterID]
  ) async throws -> Judgement {
    guard judgement.decision == .accept else { return judgement }
    let ledger = workplace.ledger
    var others: [LetterRecord] = []
    if let number = letter.number, let notation = letter.notation {
      others += try await ledger.received(
        from: letter.sender, number: number, notation: notation, promulgationDate: letter.promulgationDate
      ).filter {
        $0.contentHash != letter.contentHash && ($0.documentId == nil || $0.documentId != letter.documentId)
      }
    }
    if let id = letter.documentId {
      // Under another kind, or another of its sender's codes, it is no copy in the ledger's eyes.
      others += try await ledger.received(from: letter.sender, documentId: id).filter {
        $0.kind != letter.kind || $0.sender != letter.sender
      }
    }
    // The number may be written otherwise (05 and 5): the signed letter itself is the same.
    if let file { others += try await ledger.received(from: letter.sender, letter: file) }
    let isTaken = others.contains {
      $0.id != letter.id && $0.supersededBy == nil && Self.isInForce($0) && !related.contains($0.id)
    }
    guard isTaken else { return judgement }
    return judgement.held(
      "V16",
      vi:
        "Số, ký hiệu và ngày này, mã văn bản này hoặc chính tệp công văn này đã có ở một công văn khác của cùng cơ quan; cán bộ xem.",
      en:
        "Another letter of the same body has this number, notation and date, this document id or this very file already: an officer looks at it."
    )
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
  ///
  /// - Parameter reached: the receivers of what is answered: the answer comes from the one that is this body.
  func transmissions(
    for actions: [IncomingLetterMachine.Action], _ judgement: Judgement, code: String?, to sender: String,
    reached receivers: [String]
  ) -> [NewTransmission] {
    let own = workplace.configuration.organisation.code(among: receivers)
    return actions.compactMap { action in
      guard case .tell(let status) = action else { return nil }
      return NewTransmission(
        status: status.code, description: description(of: status, judgement, code), from: own, to: [sender])
    }
  }

  /// What is written with the letter; runs inside the transaction, so it only computes.
  func effects(
    _ finding: IntakeFinding, _ judgement: Judgement, kind: LetterKind, to sender: String,
    reached receivers: [String] = []
  ) -> IntakeEffects {
    let own = workplace.configuration.organisation.code(among: receivers)
    var machine = IncomingLetterMachine(state: .arrived)
    switch finding.standing {
    case .copy:
      _ = machine.handle(.foundCopy)
      var effects = IntakeEffects(state: machine.state.rawValue, event: .copied)
      effects.decision = finding.existing?.decision
      effects.isFinished = true
      effects.transmissions = finding.answersAgain(to: sender)
      return effects
    case .presumedUpdate:
      _ = machine.handle(.judgedDoubtful)
      var effects = IntakeEffects(
        state: machine.state.rawValue,
        event: .made(
          "letter.presumedUpdate", vi: "Cùng mã văn bản nhưng nội dung khác bản đã nhận; cán bộ xem.",
          en: "The same document id with other content than before; an officer looks at it."))
      effects.codes = [Self.presumedUpdate]
      effects.dueAt = workplace.deadlines.due(machine.state, type: nil, acceptedAt: nil, since: workplace.clock())
      effects.nextActor = .officer
      effects.transmissions = [NewTransmission(status: "01", description: nil, from: own, to: [sender])]
      return effects
    case .original, .unconfirmed:
      let actions = Self.answer(judgement, kind, &machine) ?? []
      var effects = IntakeEffects(state: machine.state.rawValue, event: .judged(judgement, machine.state))
      effects.decision = judgement.decision.rawValue
      effects.codes = judgement.codes
      effects.nextActor = machine.state.nextActor
      effects.nextActionAt = judgement.againAt
      effects.dueAt = workplace.deadlines.due(
        machine.state, type: judgement.dossier?.type.rawValue, acceptedAt: nil, since: workplace.clock())
      effects.isFinished = machine.state.isFinal
      effects.officerState = machine.state == .accepted ? machine.state.rawValue : nil
      effects.transmissions = transmissions(
        for: actions, judgement, code: finding.dossierCode, to: sender, reached: receivers)
      return effects
    }
  }

  private func description(of status: StatusCode, _ judgement: Judgement, _ code: String?) -> String {
    switch status {
    case .refused, .changeRefused: String(judgement.reason.vi.prefix(Self.maximumDescription))
    case .accepted: code.map(workplace.statuses.description(accepting:)) ?? status.name.vi
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
    // Two recalls of one number are told apart by what they name.
    var named: [String] = []
    if document.kind == .recall {
      named = document.responseFor.compactMap { $0.documentId ?? $0.code }
      if named.isEmpty { named = [document.documentId] }
    }
    let parts =
      [document.from.organId, document.code.joined, document.promulgation.date?.iso ?? "", document.subject] + named
      + received.attachments.map { "\($0.name)\u{1F}\($0.sha256)" }.sorted()
    return try Digest.of([UInt8](parts.joined(separator: "\u{1E}").utf8)).hexadecimal
  }
}

extension IntakeFinding {
  /// The answer to a copy: what was told is told again, the very same bytes; what still waits in the outbox will be told
  /// anyway.
  func answersAgain(to sender: String) -> [NewTransmission] {
    existingStatuses.compactMap { status in
      guard let code = status.statusCode, status.state == .sent else { return nil }
      return NewTransmission(
        status: code, description: status.description, from: status.from, to: [sender], message: status.message)
    }
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

  /// Whether it is a dossier in our own form.
  var isStructured: Bool { name.lowercased().hasSuffix(".dossier.json") }

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
