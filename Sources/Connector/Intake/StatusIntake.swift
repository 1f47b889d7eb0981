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
    if status.code == .takeBack, workplace.configuration.role.receives {
      return try await takeBack(status, arrival)
    }
    guard let named = try await LetterLookup(ledger: ledger).letter(toldOf: status.responseFor) else {
      return try await leave(
        arrival, cause: "not about a letter of ours", vi: "Trạng thái về văn bản không do phần mềm này gửi; để nguyên.",
        en: "A status about a document that was not sent from here; left as it is.")
    }
    guard try await arrival.isFrom(status.from.organId, in: ledger) else {
      return try await ignoreForSender(status, arrival)
    }
    let receiver = try await ledger.code(among: named.receivers, ofSameAgencyAs: status.from.organId)
    let code = status.code
    let dossierCode = status.description.flatMap(workplace.statuses.dossierCode(in:))
    var incoming = IncomingStatus(
      // A receiver is known by the code that its letter went to, whichever of its codes it writes.
      from: receiver ?? status.from.organId, code: code.code, description: status.description,
      statedAt: status.timestamp?.edxml, letter: named.id, documentId: status.responseFor.documentId)
    let letter = receiver == nil ? named : try await told(incoming, dossierCode: dossierCode, of: named)
    incoming.letter = letter.id
    if receiver != nil, now.timeIntervalSince(arrival.receivedAt) < Self.longestWaitForLetter,
      try await isBeingMade(letter, or: incoming)
    {
      // Its receiver has it although the axis refused it, and it is being made once more: this word would move nothing
      // now and be a repetition later.
      return try await postpone(arrival, cause: "its letter is being made again")
    }
    try await settle(arrival, incoming, status, isFromReceiver: receiver != nil, dossierCode: dossierCode, on: letter)
  }

  private func settle(
    _ arrival: ArrivalRecord, _ incoming: IncomingStatus, _ status: StatusMessage, isFromReceiver: Bool,
    dossierCode: String?, on letter: LetterRecord
  ) async throws {
    let ledger = workplace.ledger
    let now = workplace.clock()
    let code = status.code
    let heard = NewEvent.statusHeard(
      code, from: status.from.name ?? status.from.organId, description: status.description)
    let changes = isFromReceiver ? try await self.changes(following: incoming, on: letter.id) : []
    let (mine, freed) = try await nameable(dossierCode, of: letter)
    let asReceiver = workplace.configuration.role.receives
    let deadlines = workplace.deadlines
    let isUnread = try await hasUnreadAnswer(letter)
    _ = try await ledger.settleStatus(arrival: arrival.id, status: incoming, event: heard, at: now) { finding in
      guard let letter = finding.letter, !finding.isRepeat else { return [] }
      guard isFromReceiver else {
        return [
          LetterTransition(letter.id, from: [letter.state], to: nil, event: .statusIgnored(code, from: incoming.from))
        ]
      }
      var steps = Self.transitions(
        of: letter, on: code, dossierCode: mine, asReceiver: asReceiver, isUnread: isUnread,
        isNamed: finding.earlier.contains {
          $0.code == code.code && $0.from == incoming.from && !incoming.isStatedAfter($0)
        })
      for index in steps.indices {
        deadlines.set(on: &steps[index], of: letter, at: now)
        // An answer that nobody has read yet is still to be read when the matter ends.
        if code == .finished, !asReceiver { steps[index].changes.nextActor = .set(isUnread ? .sender : .nobody) }
      }
      let names = steps.contains { $0.changes.dossierCode != .keep }
      return (names ? freed : []) + steps + changes
    }
  }

  /// Which of the letters under one document id the word of a receiver is about; mostly `letter`, which is in force.
  private func told(
    _ status: IncomingStatus, dossierCode: String?, of letter: LetterRecord
  ) async throws -> LetterRecord {
    let ledger = workplace.ledger
    var letter = letter
    // What was said before an update stood in the place of the earlier version, or is said once more, is about that one.
    for _ in 0..<LetterLookup.maximumReferences {
      guard letter.kind == .update, let stated = status.statedAt, let detail = try await ledger.letterDetail(letter.id),
        let id = detail.targets(.updates).first, let earlier = try await ledger.letterDetail(id)
      else { break }
      let agreed = earlier.statuses.last {
        $0.code == StatusCode.changeAccepted.code && !$0.isRepeat && earlier.letter.receivers.contains($0.from)
      }?.statedAt
      guard agreed.map({ stated < $0 }) == true || earlier.statuses.contains(where: { $0.says(the: status) }) else {
        break
      }
      letter = earlier.letter
    }
    return try await update(thatWaits: letter, for: status, dossierCode: dossierCode) ?? letter
  }

  /// The update of `letter` that waits for its answer, if `status` can only be about it: the update may have left, and
  /// `letter` was past that when it was said; a 03 also names another dossier.
  private func update(
    thatWaits letter: LetterRecord, for status: IncomingStatus, dossierCode: String?
  ) async throws -> LetterRecord? {
    let code = StatusCode(code: status.code)
    guard [.arrived, .refused, .accepted].contains(code),
      let state = OutgoingLetterMachine.State(rawValue: letter.state),
      state.isUnderWay || state == .finished, OutgoingLetterMachine.next(from: state, on: .status(code)) == nil
    else { return nil }
    if code == .accepted {
      guard let known = letter.dossierCode, let dossierCode, known != dossierCode else { return nil }
    }
    guard let detail = try await workplace.ledger.letterDetail(letter.id),
      !detail.statuses.contains(where: { $0.says(the: status) }), Self.isLater(status, than: code, toldOf: detail),
      case .letter(let id, .updates)? = try await PendingChange.find(
        for: detail, in: workplace.ledger, isAnswered: true),
      let update = try await workplace.ledger.letter(id), let own = OutgoingLetterMachine.State(rawValue: update.state),
      try await PendingChange.mayHaveLeft(update, in: workplace.ledger)
    else { return nil }
    return own.isBeingMade || OutgoingLetterMachine.next(from: own, on: .status(code)) != nil ? update : nil
  }

  /// Whether `status` was stated after what first moved the letter of `detail` to `code` or past it; true where no time
  /// says. A 01 may be delivered after the 03 that followed it.
  private static func isLater(_ status: IncomingStatus, than code: StatusCode, toldOf detail: LetterDetail) -> Bool {
    // A refusal is followed by nothing: it is the acceptance that rules it out.
    let rank = OutgoingLetterMachine.State(toldBy: code)?.progress ?? OutgoingLetterMachine.State.accepted.progress ?? 0
    let moving = detail.statuses.filter {
      !$0.isRepeat && detail.letter.receivers.contains($0.from)
        && (OutgoingLetterMachine.State(toldBy: StatusCode(code: $0.code))?.progress ?? 0) >= rank
    }
    guard let stated = status.statedAt, let first = moving.compactMap(\.statedAt).min() else { return true }
    return stated > first
  }

  /// A dossier code stands with one letter: where the letter that `letter` updates or replaces has it, that one gives it up.
  /// What any other has is not taken from it.
  private func nameable(
    _ dossierCode: String?, of letter: LetterRecord
  ) async throws -> (code: String?, freed: [LetterTransition]) {
    guard let dossierCode, let holder = try await workplace.ledger.letter(dossierCode: dossierCode),
      holder.id != letter.id
    else { return (dossierCode, []) }
    let changed = try await workplace.ledger.letterDetail(letter.id).map {
      $0.targets(.updates) + $0.targets(.replaces)
    }
    guard changed?.contains(holder.id) == true else { return (nil, []) }
    return (dossierCode, [PendingChange.givesUpDossier(holder)])
  }

  /// Whether a letter of the receiver is still to be read by a clerk: none was sent for it.
  private func hasUnreadAnswer(_ letter: LetterRecord) async throws -> Bool {
    guard letter.nextActor == .sender || letter.decision == "reject" else { return false }
    guard let detail = try await workplace.ledger.letterDetail(letter.id) else { return true }
    // The clerk's turn may be only to say whether the axis has the letter.
    let isAsked = detail.transmissions.contains { $0.kind == .edoc && $0.state == .unknown }
    if isAsked, letter.decision != "reject", detail.sources(.answers).isEmpty { return false }
    return detail.sources(.resubmits).isEmpty
  }

  /// A message that the axis has from another than it says is about a letter of ours, but counts for nothing.
  private func ignoreForSender(_ status: StatusMessage, _ arrival: ArrivalRecord) async throws {
    try await workplace.ledger.setArrivalAside(
      arrival.id, cause: "the axis names another sender than the message", acknowledgement: .done,
      event: .statusIgnored(status.code, from: status.from.organId), at: workplace.clock())
  }

  private func leave(_ arrival: ArrivalRecord, cause: String, vi: String, en: String) async throws {
    try await workplace.ledger.setArrivalAside(
      arrival.id, cause: cause, event: .made("status.notOurs", vi: vi, en: en), at: workplace.clock())
  }

  /// Whether what `status` moves is being made: the letter, or the recall or the update that a 15 or 16 answers.
  private func isBeingMade(_ letter: LetterRecord, or status: IncomingStatus) async throws -> Bool {
    if OutgoingLetterMachine.State(rawValue: letter.state)?.isBeingMade == true { return true }
    guard [.changeAccepted, .changeRefused].contains(StatusCode(code: status.code)) else { return false }
    return try await PendingChange.isBeingMade(on: letter.id, statedAt: status.statedAt, in: workplace.ledger)
  }

  /// What 15, 16 and 03 mean for the letters that this one changes, or by which it is changed.
  private func changes(following status: IncomingStatus, on letter: LetterID) async throws -> [LetterTransition] {
    switch StatusCode(code: status.code) {
    case .changeAccepted, .changeRefused: try await PendingChange.steps(on: letter, answered: status, in: workplace)
    case .accepted: try await PendingChange.steps(onAcceptanceOf: letter, in: workplace.ledger)
    default: []
    }
  }

  /// How long a status waits for the letter that it names: a 13 may be delivered before it, and an answer may find it
  /// being made again (seconds).
  static let longestWaitForLetter: TimeInterval = 3 * 86_400

  /// The step of a version of a letter that was taken back; nil: it is at its end.
  private static func takenBack(_ letter: LetterRecord) -> LetterTransition? {
    guard let state = IncomingLetterMachine.State(rawValue: letter.state), !state.isFinal else { return nil }
    var machine = IncomingLetterMachine(state: state)
    guard let actions = machine.handle(.takenBack), !actions.contains(.tell(.changeRefused)) else { return nil }
    var step = LetterTransition(
      letter.id, from: [letter.state], to: machine.state.rawValue, event: .takeBackHeard(false))
    step.changes.nextActor = .set(machine.state.nextActor)
    step.changes.isFinished = .set(machine.state.isFinal)
    step.changes.nextActionAt = .clear
    return step
  }

  /// 13, lấy lại: granted while the letter is not accepted, declined with the reason after.
  private func takeBack(_ status: StatusMessage, _ arrival: ArrivalRecord) async throws {
    let ledger = workplace.ledger
    let now = workplace.clock()
    let sender = status.from.organId
    let isFrom = try await arrival.isFrom(sender, in: ledger)
    guard
      let letter = try await LetterLookup(ledger: ledger).letter(
        receivedFrom: sender, named: [status.responseFor])
    else {
      guard isFrom, now.timeIntervalSince(arrival.receivedAt) < Self.longestWaitForLetter else {
        return try await leave(
          arrival, cause: "not about a letter that was received",
          vi: "Đề nghị lấy lại một văn bản không có ở đây; để nguyên.",
          en: "A taking back of a document that is not here; left as it is.")
      }
      return try await postpone(arrival, cause: "its letter has not arrived")
    }
    guard isFrom else { return try await ignoreForSender(status, arrival) }
    let incoming = IncomingStatus(
      from: sender, code: status.code.code, description: status.description,
      statedAt: status.timestamp?.edxml, letter: letter.id, documentId: status.responseFor.documentId)
    let heard = NewEvent.statusHeard(
      status.code, from: letter.senderName ?? sender, description: status.description)
    let own = workplace.configuration.organisation.code(among: letter.receivers)
    let others = try await LetterLookup(ledger: ledger).letters(receivedFrom: sender, named: status.responseFor)
      .filter { $0.id != letter.id && $0.documentId == letter.documentId }
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
          description: !tooLate
            ? "Đã trả lại công văn theo đề nghị."
            : state == .replaced
              ? "Công văn này đã có văn bản khác thay. Nếu cần hủy, hãy thu hồi văn bản đó."
              : "Công văn đã được tiếp nhận. Nếu cần hủy, hãy gửi văn bản thu hồi.",
          from: own, to: [sender])
      ]
      // The other versions of it that are still open go with the one in force.
      return [step] + (tooLate ? [] : others.compactMap(Self.takenBack))
    }
  }

  func postpone(_ arrival: ArrivalRecord, cause: String) async throws {
    let now = workplace.clock()
    let until = RetrySchedule(first: 5, longest: 3600).next(
      after: arrival.attempts + 1, now: now, chance: workplace.chance())
    try await workplace.ledger.postponeArrival(arrival.id, until: until, cause: cause, at: now)
  }

  /// - Parameters:
  ///   - isUnread: whether a letter of the receiver is still to be read.
  ///   - isNamed: whether the receiver said this of this very letter before, and not surely earlier: one that was
  ///     restored from a backup may accept a letter once more, under another code.
  private static func transitions(
    of letter: LetterRecord, on code: StatusCode, dossierCode: String?, asReceiver: Bool, isUnread: Bool, isNamed: Bool
  ) -> [LetterTransition] {
    guard let state = OutgoingLetterMachine.State(rawValue: letter.state) else { return [] }
    var machine = OutgoingLetterMachine(state: state)
    guard machine.handle(.status(code)) != nil else {
      // A 03 that comes after what follows it moves nothing, but only it names the dossier.
      guard code == .accepted, let dossierCode, letter.dossierCode != dossierCode,
        letter.dossierCode == nil || !isNamed, (state.progress ?? 0) >= 3 || state == .replaced
      else { return [] }
      var step = LetterTransition(letter.id, from: [letter.state], to: nil, event: .dossierNamed(dossierCode))
      step.changes.dossierCode = .set(dossierCode)
      if letter.decision == nil { step.changes.decision = .set("accept") }
      return [step]
    }
    // A refusal by letter came before: it is not undone by what was said before it, and the end is its end.
    let isRefused = letter.decision == "reject"
    let said: NewEvent =
      switch machine.state {
      case .finished where isRefused: .finishedRefused
      case .finished where isUnread && !asReceiver: .finishedUnread
      case .accepted where asReceiver: .answerRegistered
      default: .moved(to: machine.state)
      }
    var step = LetterTransition(letter.id, from: [letter.state], to: machine.state.rawValue, event: said)
    step.changes.nextActor = .set(isRefused ? .sender : machine.state.nextActor)
    // An answer of the authority has done its work when the agency registered it.
    let isDone = machine.state.isFinal || (asReceiver && machine.state == .accepted)
    step.changes.isFinished = .set(isDone)
    if isDone, !machine.state.isFinal { step.changes.nextActor = .set(.nobody) }
    if let dossierCode, letter.dossierCode == nil { step.changes.dossierCode = .set(dossierCode) }
    if machine.state == .refused { step.changes.decision = .set("reject") }
    if machine.state == .accepted, !isRefused { step.changes.decision = .set("accept") }
    return [step]
  }
}

extension IncomingStatus {
  /// Whether it was surely stated later than `other`.
  fileprivate func isStatedAfter(_ other: ReceivedStatus) -> Bool {
    guard let statedAt, let before = other.statedAt else { return false }
    return statedAt > before
  }
}

extension ReceivedStatus {
  /// Whether it is the same word of the same agency, at the same time.
  fileprivate func says(the status: IncomingStatus) -> Bool {
    from == status.from && code == status.code && statedAt == status.statedAt && description == status.description
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
