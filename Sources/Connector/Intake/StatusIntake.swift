import DeliveryLedger
import DossierMapping
import EdXML
import Foundation
import VietnameseText

/// Follows the statuses that receivers send about our letters.
struct StatusIntake: Sendable {
  let workplace: Workplace

  /// Settles one arrived status message: the row, the timeline and the letter's state move in one transaction.
  func settle(_ arrival: ArrivalRecord) async throws {
    let ledger = workplace.ledger
    let now = workplace.clock()
    let status: StatusMessage
    do {
      let read = try EdXMLReader().read(file: ledger.blobURL(arrival.message).path, storingIn: nil)
      guard case .status(let message) = read.message else {
        try await ledger.setArrivalAside(
          arrival.id, cause: "a document among the statuses", event: .arrivedUnreadable, at: now)
        return
      }
      status = message
    } catch let error as EdXMLError {
      if error.isPassing { throw error }
      try await ledger.setArrivalAside(
        arrival.id, cause: error.code.rawValue, event: .arrivedUnreadable, at: now)
      return
    }
    guard arrival.isFrom(status.from.organId) else {
      try await ledger.setArrivalAside(
        arrival.id, cause: "the axis names another sender than the message", acknowledgement: .done,
        event: .statusIgnored(status.code, from: status.from.organId), at: now)
      return
    }
    if status.code == .takeBack, workplace.configuration.role.receives {
      return try await takeBack(status, arrival)
    }
    let letter = try await LetterLookup(ledger: ledger).letter(toldOf: [status.responseFor])
    guard let letter else {
      try await ledger.setArrivalAside(
        arrival.id, cause: "not about a letter of ours",
        event: .made(
          "status.notOurs", vi: "Trạng thái về văn bản không do phần mềm này gửi; để nguyên.",
          en: "A status about a document that was not sent from here; left as it is."), at: now)
      return
    }
    let incoming = IncomingStatus(
      from: status.from.organId, code: status.code.code, description: status.description,
      statedAt: status.timestamp?.edxml, letter: letter.id, documentId: status.responseFor.documentId)
    let heard = NewEvent.statusHeard(
      status.code, from: status.from.name ?? status.from.organId, description: status.description)
    let code = status.code
    let dossierCode = status.description.flatMap(workplace.statuses.dossierCode(in:))
    let isFromReceiver = letter.receivers.contains(incoming.from)
    if isFromReceiver, now.timeIntervalSince(arrival.receivedAt) < Self.longestWaitForLetter,
      try await isBeingMade(letter, or: code)
    {
      // Its receiver has it although the axis refused it, and it is being made once more: this word would move nothing
      // now and be a repetition later.
      return try await postpone(arrival, cause: "its letter is being made again")
    }
    let changes = isFromReceiver ? try await self.changes(following: code, on: letter.id) : []
    let asReceiver = workplace.configuration.role.receives
    let deadlines = workplace.deadlines
    _ = try await ledger.settleStatus(arrival: arrival.id, status: incoming, event: heard, at: now) { finding in
      guard let letter = finding.letter, !finding.isRepeat else { return [] }
      guard letter.receivers.contains(incoming.from) else {
        return [
          LetterTransition(letter.id, from: [letter.state], to: nil, event: .statusIgnored(code, from: incoming.from))
        ]
      }
      var steps = Self.transitions(of: letter, on: code, dossierCode: dossierCode, asReceiver: asReceiver)
      for index in steps.indices { deadlines.set(on: &steps[index], of: letter, at: now) }
      return steps + changes
    }
  }

  /// Whether what `code` moves is being made: the letter, or the recall or the update that a 15 or 16 answers.
  private func isBeingMade(_ letter: LetterRecord, or code: StatusCode) async throws -> Bool {
    if OutgoingLetterMachine.State(rawValue: letter.state)?.isBeingMade == true { return true }
    guard code == .changeAccepted || code == .changeRefused else { return false }
    return try await PendingChange.isBeingMade(on: letter.id, in: workplace.ledger)
  }

  /// What 15, 16 and 03 mean for the letters that this one changes, or by which it is changed.
  private func changes(following code: StatusCode, on letter: LetterID) async throws -> [LetterTransition] {
    switch code {
    case .changeAccepted, .changeRefused:
      try await PendingChange.steps(on: letter, agreed: code == .changeAccepted, in: workplace.ledger)
    case .accepted: try await PendingChange.steps(onAcceptanceOf: letter, in: workplace.ledger)
    default: []
    }
  }

  /// How long a status waits for the letter that it names: a 13 may be delivered before it, and an answer may find it
  /// being made again (seconds).
  static let longestWaitForLetter: TimeInterval = 3 * 86_400

  /// 13, lấy lại: granted while the letter is not accepted, declined with the reason after.
  private func takeBack(_ status: StatusMessage, _ arrival: ArrivalRecord) async throws {
    let ledger = workplace.ledger
    let now = workplace.clock()
    let sender = status.from.organId
    guard
      let letter = try await LetterLookup(ledger: ledger).letter(
        receivedFrom: sender, named: [status.responseFor])
    else {
      guard now.timeIntervalSince(arrival.receivedAt) < Self.longestWaitForLetter else {
        try await ledger.setArrivalAside(
          arrival.id, cause: "not about a letter that was received",
          event: .made(
            "status.notOurs", vi: "Đề nghị lấy lại một văn bản không có ở đây; để nguyên.",
            en: "A taking back of a document that is not here; left as it is."), at: now)
        return
      }
      return try await postpone(arrival, cause: "its letter has not arrived")
    }
    let incoming = IncomingStatus(
      from: sender, code: status.code.code, description: status.description,
      statedAt: status.timestamp?.edxml, letter: letter.id, documentId: status.responseFor.documentId)
    let heard = NewEvent.statusHeard(
      status.code, from: letter.senderName ?? sender, description: status.description)
    let own = workplace.configuration.organisation.code
    _ = try await ledger.settleStatus(arrival: arrival.id, status: incoming, event: heard, at: now) { finding in
      // The state is read here: an officer may have moved the letter since it was found.
      guard let letter = finding.letter, !finding.isRepeat,
        let state = IncomingLetterMachine.State(rawValue: letter.state)
      else { return [] }
      var machine = IncomingLetterMachine(state: state)
      guard let actions = machine.handle(.takenBack) else { return [] }
      let tooLate = actions.contains(.tell(.changeRefused))
      var step = LetterTransition(
        letter.id, from: [letter.state], to: machine.state.rawValue, event: .takeBackHeard(tooLate))
      step.changes.nextActor = .set(machine.state.nextActor)
      step.changes.isFinished = .set(machine.state.isFinal)
      if !tooLate { step.changes.nextActionAt = .clear }
      step.transmissions = [
        NewTransmission(
          status: (tooLate ? StatusCode.changeRefused : .changeAccepted).code,
          description: tooLate
            ? "Công văn đã được tiếp nhận. Nếu cần hủy, hãy gửi văn bản thu hồi." : "Đã trả lại công văn theo đề nghị.",
          from: own, to: [sender])
      ]
      return [step]
    }
  }

  private func postpone(_ arrival: ArrivalRecord, cause: String) async throws {
    let now = workplace.clock()
    let until = RetrySchedule(first: 5, longest: 3600).next(
      after: arrival.attempts + 1, now: now, chance: workplace.chance())
    try await workplace.ledger.postponeArrival(arrival.id, until: until, cause: cause, at: now)
  }

  private static func transitions(
    of letter: LetterRecord, on code: StatusCode, dossierCode: String?, asReceiver: Bool
  ) -> [LetterTransition] {
    guard let state = OutgoingLetterMachine.State(rawValue: letter.state) else { return [] }
    var machine = OutgoingLetterMachine(state: state)
    guard machine.handle(.status(code)) != nil else {
      // A 03 that comes after what follows it moves nothing, but only it names the dossier.
      guard code == .accepted, let dossierCode, letter.dossierCode == nil, (state.progress ?? 0) >= 3 else { return [] }
      var step = LetterTransition(letter.id, from: [letter.state], to: nil, event: .dossierNamed(dossierCode))
      step.changes.dossierCode = .set(dossierCode)
      step.changes.decision = .set("accept")
      return [step]
    }
    var step = LetterTransition(
      letter.id, from: [letter.state], to: machine.state.rawValue, event: .moved(to: machine.state))
    step.changes.nextActor = .set(machine.state.nextActor)
    // An answer of the authority has done its work when the agency registered it.
    let isDone = machine.state.isFinal || (asReceiver && machine.state == .accepted)
    step.changes.isFinished = .set(isDone)
    if isDone, !machine.state.isFinal { step.changes.nextActor = .set(.nobody) }
    if let dossierCode, letter.dossierCode == nil { step.changes.dossierCode = .set(dossierCode) }
    if machine.state == .refused { step.changes.decision = .set("reject") }
    if machine.state == .accepted { step.changes.decision = .set("accept") }
    return [step]
  }
}

extension ArrivalRecord {
  /// Whether the axis says, too, that the message is from `organ`; what it does not say cannot contradict.
  func isFrom(_ organ: String) -> Bool {
    transportFrom.map { $0.split(separator: ",").contains(Substring(organ)) } ?? true
  }
}

extension EdXMLError {
  /// Whether the fault is this machine's and may pass (disk, time), so that nothing is concluded about the message.
  var isPassing: Bool {
    switch code {
    case .unwritable, .unreadable, .tooSlow: true
    default: false
    }
  }
}
