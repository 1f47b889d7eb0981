public import DeliveryLedger
import EdXML
public import Foundation
import VietnameseText

/// What an officer of the authority says of a dossier; each word is one transaction that also queues its status.
public struct OfficerDesk: Sendable {
  let ledger: Ledger
  let configuration: Configuration
  let clock: @Sendable () -> Date

  public init(ledger: Ledger, configuration: Configuration, clock: @escaping @Sendable () -> Date = { Date() }) {
    self.ledger = ledger
    self.configuration = configuration
    self.clock = clock
  }

  /// The words that move a dossier on.
  public enum Word: String, Sendable, CaseIterable {
    /// Phân công (04).
    case assign
    /// Bắt đầu xử lý (05).
    case start
    /// Hoàn thành (06).
    case finish

    var event: IncomingLetterMachine.Event {
      switch self {
      case .assign: .assign
      case .start: .start
      case .finish: .finish
      }
    }
  }

  /// Applies `word` to the dossier with `code` (or the letter with that id).
  /// - Throws: `ConnectorError.unknownLetter`, `.notInThisState`; `LedgerError`.
  public func say(_ word: Word, to code: String, officer: String, note: String? = nil) async throws -> LetterRecord {
    try await act(on: code) { letter, machine in
      guard let actions = machine.handle(word.event) else { throw Self.notNow(letter) }
      return (actions, .officer(word.event, by: officer, note: note), note)
    }
  }

  /// Refuses a held letter with a reason that its sender is told (02).
  public func refuse(_ code: String, officer: String, reason: String) async throws -> LetterRecord {
    try await act(on: code) { letter, machine in
      // A change that is not made is answered 16, a letter that is not taken in 02.
      let event =
        [.update, .recall].contains(letter.kind) ? IncomingLetterMachine.Event.changeTooLate : .judgedRefusable
      guard let actions = machine.handle(event) else { throw Self.notNow(letter) }
      return (actions, .officer(.judgedRefusable, by: officer, note: reason), reason)
    }
  }

  /// Has a held letter judged again by the running connector.
  public func judgeAgain(_ code: String, officer: String) async throws -> LetterRecord {
    try await act(on: code) { letter, machine in
      guard let actions = machine.handle(.judgeAgain) else { throw Self.notNow(letter) }
      return (actions, .officer(.judgeAgain, by: officer), nil)
    }
  }

  /// Records what a person decided about a held letter, and has it judged again with that; a later word replaces it, and
  /// nil takes it back. Signatures and the rules of the dossier are judged all the same.
  public func decide(_ code: String, _ decision: OfficerDecision?, officer: String) async throws -> LetterRecord {
    try await ledger.again { try await decideOnce(code, decision, officer: officer) }
  }

  private func decideOnce(_ code: String, _ decision: OfficerDecision?, officer: String) async throws -> LetterRecord {
    let letter = try await received(code)
    guard letter.state == IncomingLetterMachine.State.held.rawValue else { throw Self.notNow(letter) }
    var step = LetterTransition(
      letter.id, from: [letter.state], to: nil, event: .officerDecided(decision, by: officer))
    var said = decision ?? OfficerDecision(by: officer)
    if try await OfficerDecision.read(of: letter, in: ledger)?.vouched == true {
      // What came as its copy meanwhile has its dossier and its answers from it alone.
      if decision == nil, try await hasCopy(letter) {
        throw ConnectorError(
          .notInThisState,
          vi: "Chính công văn này đã được gửi lại và ghi là bản lặp, nên không rút lại xác nhận bên gửi được nữa; hãy "
            + "tiếp nhận hoặc từ chối.",
          en: "The same letter came once more and counts as its copy, so the sender's confirmation cannot be taken "
            + "back any more: accept it or refuse it.")
      }
      said.vouched = decision == nil ? nil : true
      if decision == nil { step.changes.standing = .set(.unconfirmed) }
    }
    step.untouchedSince = letter.updatedAt
    step.blobs[.decision] = try await said.stored(in: ledger)
    step.changes.nextActionAt = .set(clock())
    return try await ledger.advance(step, at: clock())
  }

  private func hasCopy(_ letter: LetterRecord) async throws -> Bool {
    for id in try await ledger.letterDetail(letter.id)?.copies ?? [] {
      if try await ledger.letter(id)?.standing == .copy { return true }
    }
    return false
  }

  private func act(
    on code: String,
    _ decide: (LetterRecord, inout IncomingLetterMachine) throws -> ([IncomingLetterMachine.Action], NewEvent, String?)
  ) async throws -> LetterRecord {
    try await ledger.again { try await actOnce(on: code, decide) }
  }

  private func actOnce(
    on code: String,
    _ decide: (LetterRecord, inout IncomingLetterMachine) throws -> ([IncomingLetterMachine.Action], NewEvent, String?)
  ) async throws -> LetterRecord {
    let letter = try await received(code)
    var machine = IncomingLetterMachine(state: .init(rawValue: letter.state) ?? .finished)
    let (actions, event, note) = try decide(letter, &machine)
    var step = LetterTransition(letter.id, from: [letter.state], to: machine.state.rawValue, event: event)
    step.changes.nextActor = .set(machine.state.nextActor)
    step.changes.isFinished = .set(machine.state.isFinal)
    try await setDue(on: &step, of: letter)
    if machine.state == .refused { step.changes.decision = .set("reject") }
    if letter.dossierCode != nil {
      step.dossier = DossierChange(officerState: machine.state.rawValue, json: nil, rowCount: nil)
    }
    if actions.contains(.judge) {
      step.changes.nextActionAt = .set(clock())
    } else if machine.state != .held {
      step.changes.nextActionAt = .clear
    }
    step.transmissions = actions.compactMap { action in
      // Whom the axis does not confirm is told nothing: the words would reach the true sender, about the true letter.
      guard case .tell(let status) = action, letter.standing != .unconfirmed else { return nil }
      return NewTransmission(
        status: status.code, description: note ?? status.name.vi,
        from: configuration.organisation.code(among: letter.receivers), to: [letter.sender])
    }
    return try await ledger.advance(step, at: clock())
  }

  /// The time of a dossier runs from the day it was accepted, or from when work went on after its sender was asked for more.
  func setDue(on step: inout LetterTransition, of letter: LetterRecord) async throws {
    var acceptedAt: Date?
    if let code = letter.dossierCode, letter.state != IncomingLetterMachine.State.supplementAsked.rawValue {
      acceptedAt = try await ledger.dossier(code: code)?.createdAt
    }
    try Deadlines(configuration: configuration).set(on: &step, of: letter, acceptedAt: acceptedAt, at: clock())
  }

  /// The received letter with the dossier code or id `code`.
  func received(_ code: String) async throws -> LetterRecord {
    var found = try await ledger.letter(dossierCode: code)
    if found == nil { found = try await ledger.letter(LetterID(rawValue: code)) }
    guard let letter = found, letter.direction == .incoming else {
      throw ConnectorError(
        .unknownLetter, vi: "Không có hồ sơ hoặc công văn đến “\(code)”.",
        en: "There is no dossier or received letter “\(code)”.")
    }
    return letter
  }

  static func notNow(_ letter: LetterRecord) -> ConnectorError {
    ConnectorError(
      .notInThisState, vi: "Việc này không làm được khi hồ sơ đang ở trạng thái “\(letter.state)”.",
      en: "This cannot be done while the dossier is in state “\(letter.state)”.")
  }
}

extension Configuration.Organisation {
  /// The code under which a letter to `receivers` reached this body: its sender waits for the answer of that one.
  func code(among receivers: [String]) -> String {
    receivers.contains(code) ? code : receivers.first(where: otherCodes.contains) ?? code
  }
}

extension IncomingLetterMachine.State {
  /// Who must act next.
  public var nextActor: NextActor {
    switch self {
    case .arrived: .connector
    case .held, .accepted, .assigned, .processing: .officer
    case .refused, .supplementAsked, .declined: .sender
    case .finished, .copy, .withdrawn, .replaced, .agreed, .noted: .nobody
    }
  }

  /// Whether nothing more happens to it.
  public var isFinal: Bool {
    switch self {
    case .arrived, .held, .accepted, .assigned, .processing, .supplementAsked: false
    case .refused, .finished, .copy, .withdrawn, .replaced, .agreed, .declined, .noted: true
    }
  }
}
