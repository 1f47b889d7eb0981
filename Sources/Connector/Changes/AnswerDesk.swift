public import DeliveryLedger
public import DossierModel
import EdXML
public import Foundation
import LetterSignatures
import VietnameseText

/// Sends the authority's signed letters about a dossier: more is asked for, a result, a refusal. No status code says
/// these, so a letter does (kind new, ResponseFor the request).
public struct AnswerDesk: Sendable {
  /// One letter of the authority.
  public struct Order: Sendable {
    public var kind: AnswerKind
    public var number: String
    public var notation: String
    public var date: CalendarDate
    public var subject: String?
    /// The signed PDF.
    public var letter: URL

    public init(
      kind: AnswerKind, number: String, notation: String, date: CalendarDate, subject: String? = nil, letter: URL
    ) {
      self.kind = kind
      self.number = number
      self.notation = notation
      self.date = date
      self.subject = subject
      self.letter = letter
    }
  }

  let configuration: Configuration
  let ledger: Ledger
  let clock: @Sendable () -> Date

  public init(configuration: Configuration, ledger: Ledger, clock: @escaping @Sendable () -> Date = { Date() }) {
    self.configuration = configuration
    self.ledger = ledger
    self.clock = clock
  }

  /// Records the answer to the dossier with `code` (or to the letter with that id); the running connector sends it.
  ///
  /// In the same transaction a `supplement` makes the dossier wait for its sender, and a `refusal` ends it with 06.
  /// - Throws: `ConnectorError` (`.notThisRole`, `.unknownLetter`, `.notInThisState`, `.letterRefused`, `.numberInUse`).
  public func answer(_ code: String, with order: Order, officer: String) async throws -> LetterRecord {
    let desk = OfficerDesk(ledger: ledger, configuration: configuration, clock: clock)
    guard configuration.role.receives else {
      throw ConnectorError(
        .notThisRole, vi: "Chỉ bên tiếp nhận (role: ca, delegate) mới trả lời công văn.",
        en: "Only a receiving body (role: ca or delegate) answers letters.")
    }
    let request = try await desk.received(code)
    guard let date = EdocDate(order.date.iso) else {
      throw ConnectorError(.dossierRefused, vi: "Ngày ban hành không hợp lệ.", en: "The date of issue is not valid.")
    }
    let documentCode = DocumentCode(number: order.number, notation: order.notation)
    // It comes from the code that the request went to, as the statuses do.
    let own = configuration.organisation.code(among: request.receivers)
    var step = try step(of: request, order, documentCode.joined, from: own, officer: officer)
    try check(order.letter)
    var draft = LetterDraft(
      id: LetterID(rawValue: UUID().uuidString.lowercased()), state: OutgoingLetterMachine.State.signed.rawValue,
      sender: own, receivers: [request.sender],
      documentId: DocumentIdentifier.make(organId: own, date: date, code: documentCode))
    draft.senderName = configuration.organisation.name
    draft.number = order.number
    draft.notation = order.notation
    draft.promulgationDate = order.date.iso
    draft.subject = order.subject ?? Self.subject(order.kind, request)
    draft.nextActionAt = clock()
    draft.links = [LetterLink(to: request.id, relation: LetterRelation.answers.rawValue)]
    draft.blobs[.organisationSigned] = try await ledger.storeBlob(try LetterSubmission.bytes(of: order.letter))
    draft.blobs[.other] = try await LetterNote(answer: order.kind, dossierCode: request.dossierCode)
      .stored(in: ledger)
    try await desk.setDue(on: &step, of: request)
    do {
      return try await ledger.recordDraft(
        draft, event: .answerRecorded(order.kind, by: officer), also: [step], at: clock())
    } catch let error as LedgerError where error.code == .duplicate {
      throw ConnectorError(
        .numberInUse, vi: "Số \(documentCode.joined) ngày \(order.date.vietnamese) đã dùng; hãy lấy số mới.",
        en: "Number \(documentCode.joined) of \(order.date.iso) is used already; take a new number.")
    }
  }

  private func step(
    of request: LetterRecord, _ order: Order, _ code: String, from own: String, officer: String
  ) throws -> LetterTransition {
    let event = NewEvent.answered(order.kind, code, by: officer)
    var machine = IncomingLetterMachine(state: .init(rawValue: request.state) ?? .finished)
    let word: IncomingLetterMachine.Event? =
      switch order.kind {
      case .supplement: .askSupplement
      case .refusal where configuration.policies.finishAfterRefusal: .finish
      case .refusal, .result, .other: nil
      }
    guard let word else {
      guard order.kind.isFor(machine.state), request.kind != .recall else { throw OfficerDesk.notNow(request) }
      return LetterTransition(request.id, from: [request.state], to: nil, event: event)
    }
    guard let actions = machine.handle(word) else { throw OfficerDesk.notNow(request) }
    var step = LetterTransition(request.id, from: [request.state], to: machine.state.rawValue, event: event)
    step.changes.nextActor = .set(machine.state.nextActor)
    step.changes.isFinished = .set(machine.state.isFinal)
    if request.dossierCode != nil { step.dossier = DossierChange(officerState: machine.state.rawValue) }
    step.transmissions = actions.compactMap { action in
      guard case .tell(let status) = action else { return nil }
      return NewTransmission(
        status: status.code, description: "Từ chối: xem công văn \(code).", from: own, to: [request.sender])
    }
    return step
  }

  /// What the receiver would refuse is not sent.
  private func check(_ letter: URL) throws {
    let report = try LetterJudge(configuration: configuration).report(on: letter, sender: nil, at: clock())
    guard report.decision == .accept || report.decision == .warn else {
      throw ConnectorError(
        .letterRefused, vi: "Công văn chưa gửi được: \(report.text.vi)",
        en: "The letter cannot be sent: \(report.text.en)",
        detail: report.codes.map(\.rawValue).joined(separator: ", "))
    }
  }

  private static func subject(_ kind: AnswerKind, _ request: LetterRecord) -> String {
    let about = request.dossierCode.map { "hồ sơ \($0)" } ?? "công văn \(request.joinedCode ?? "")"
    return switch kind {
    case .supplement: "Yêu cầu bổ sung \(about)"
    case .result: "Kết quả xử lý \(about)"
    case .refusal: "Từ chối \(about)"
    case .other: "Trả lời \(about)"
    }
  }
}

extension AnswerKind {
  /// Whether such a letter may be written about a request in `state`.
  fileprivate func isFor(_ state: IncomingLetterMachine.State) -> Bool {
    switch state {
    case .accepted, .assigned, .processing, .supplementAsked: true
    // The result may follow the end; a refusal after it would contradict it.
    case .finished: self != .refusal
    case .arrived, .held, .refused: self == .other
    // Nobody waits for an answer any more, or somebody does to another letter.
    case .copy, .withdrawn, .replaced, .agreed, .declined, .noted: false
    }
  }
}
