import DeliveryLedger
import DossierModel
import EdXML
import Foundation
import Logging

extension DocumentIntake {
  /// Judges held letters again that an officer asked for, e.g. after a certificate was bound to their sender.
  func judgeDueAgain() async throws {
    for letter in try await workplace.ledger.dueLetters(now: workplace.clock(), direction: .incoming) {
      do {
        try await judgeAgain(letter)
      } catch let error as CancellationError {
        throw error
      } catch let error as LedgerError where error.code == .stateConflict {
        // Somebody said something about it meanwhile: it stays due, and is judged with that.
        continue
      } catch { try await workplace.judgeLater(letter, after: error) }
    }
  }

  private func judgeAgain(_ due: LetterRecord) async throws {
    guard try await !isSettled(due) else { return }
    let (letter, decision) = try await OfficerDecision.applied(to: due, in: workplace)
    if letter.standing == .copy, letter.kind != .recall { return try await endAsCopy(letter) }
    guard let message = letter.blobs[.message] else { return }
    let folder = try workplace.workFolder("reading").appendingPathComponent(letter.id.rawValue)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let received = try EdXMLReader().read(file: workplace.ledger.blobURL(message).path, storingIn: folder.path)
    guard case .document(let document) = received.message else { return }
    if document.kind == .recall {
      return try await recallAgain(letter, document, accepts: decision?.accepts == true)
    }
    let (found, _) = try await judge(document, received, in: folder, decision: decision)
    try await settleAgain(letter, document, found, decision)
  }

  /// Whether a letter that is due is held no longer: nothing more is judged then.
  func isSettled(_ letter: LetterRecord) async throws -> Bool {
    guard letter.state != IncomingLetterMachine.State.held.rawValue else { return false }
    var step = LetterTransition(
      letter.id, from: [letter.state], to: nil,
      event: .made("letter.settled", vi: "Không cần xét lại nữa.", en: "Nothing is left to be judged again."))
    step.untouchedSince = letter.updatedAt
    step.changes.nextActionAt = .clear
    _ = try await workplace.ledger.advance(step, at: workplace.clock())
    return true
  }

  /// Ends a letter whose sender was confirmed when the same letter had come from that sender itself.
  func endAsCopy(_ letter: LetterRecord) async throws {
    var machine = IncomingLetterMachine(state: .held)
    guard machine.handle(.foundCopy) != nil else { return }
    _ = try await workplace.ledger.advance(step(of: letter, to: machine.state, .copied), at: workplace.clock())
  }

  /// Writes what a held letter was found to be when it was judged again, after what else is known of it.
  func settleAgain(
    _ letter: LetterRecord, _ document: EdocDocument, _ judged: Judgement, _ decision: OfficerDecision?
  ) async throws {
    guard let state = IncomingLetterMachine.State(rawValue: letter.state) else { return }
    let accepts = decision?.accepts == true
    var found = judged
    if letter.standing == .presumedUpdate, !accepts {
      found = .hold(
        ([Self.presumedUpdate] + letter.codes.filter { $0 != Self.senderMismatch }).uniqued(),
        vi: "Cùng mã văn bản với một công văn đã nhận nhưng nội dung khác; cán bộ từ chối, hoặc chấp nhận thay bản cũ.",
        en:
          "The same document id as a letter received before, with other content: refuse it, or accept it in its place.")
    }
    let isMismatch = letter.standing == .unconfirmed
    if isMismatch {
      found = found.held(
        Self.senderMismatch,
        vi: "Trục ghi nhận bên gửi khác với bên gửi ghi trong gói tin; cán bộ hỏi lại bên gửi rồi quyết định.",
        en: "The axis has this from another sender than the message names: an officer asks the sender, then decides.")
    }
    var targets = try await targets(of: document, apartFrom: letter.id)
    if letter.standing == .presumedUpdate { targets.add(try await versionsInPlace(of: letter), .updates) }
    if document.kind != .replace {
      // A later version is not replaced by an earlier one, unless a person let both in.
      targets.found.removeAll { target in
        target.letter.createdAt > letter.createdAt && (target.state == .held || !accepts)
          && (target.letter.kind == .update || target.letter.standing == .presumedUpdate)
      }
    }
    // Nothing is answered under a name that the sender may not have.
    let doubted = isMismatch ? found : Self.afterTargets(found, document.kind, targets, accepts: accepts)
    let related = targets.found.map(\.letter.id) + (try await changes(of: letter))
    let overtaking = letter.standing == .original ? try await overtakingAgain(letter) : Overtaking()
    if overtaking.end != nil {
      let changing = doubted.decision == .accept ? targets.found : []
      return try await endOvertaken(letter, by: overtaking, changing: changing)
    }
    let judgement =
      accepts
      ? doubted
      : try await afterNumber(
        overtaking.judgement(after: doubted), LetterIdentity(letter), file: letter.blobs[.letter], apartFrom: related)
    let changed = targets.found
    var machine = IncomingLetterMachine(state: state)
    // What waited for a letter whose sender is confirmed now is judged again with it.
    let woken = decision?.vouched == true ? steps(of: overtaking.changes, onArrivalOf: letter.id) : []
    if judgement.decision == .hold || judgement.decision == .leave {
      let held = step(of: letter, judgement, to: nil, telling: [], code: nil, naming: changed)
      _ = try await workplace.ledger.advance([held] + woken, at: workplace.clock())
      return
    }
    guard let actions = Self.answer(judgement, letter.kind, &machine) else { return }
    let target = machine.state
    guard judgement.decision == .accept, let dossier = judgement.dossier else {
      let ended = step(of: letter, judgement, to: target, telling: actions, code: nil, naming: changed)
      _ = try await workplace.ledger.advance([ended] + woken, at: workplace.clock())
      return
    }
    _ = try await workplace.ledger.register(
      try newDossier(dossier), for: letter.id, officerState: target.rawValue, at: workplace.clock(),
      also: { code in steps(of: changed, for: document.code.joined, dossierCode: code) + woken },
      step: { code in step(of: letter, judgement, to: target, telling: actions, code: code, naming: changed) })
  }

  /// The letters that update or replace a received one.
  private func changes(of letter: LetterRecord) async throws -> [LetterID] {
    guard let detail = try await workplace.ledger.letterDetail(letter.id) else { return [] }
    return detail.sources(.updates) + detail.sources(.replaces)
  }

  /// The other versions of a presumed update's document that are not at an end, and the one that it was compared with.
  private func versionsInPlace(of letter: LetterRecord) async throws -> [LetterRecord] {
    var versions: [LetterRecord] = []
    if let id = letter.documentId {
      versions = try await LetterLookup(ledger: workplace.ledger).letters(
        receivedFrom: letter.sender, named: ResponseFor(organId: letter.sender, documentId: id)
      ).filter { $0.id != letter.id && IncomingLetterMachine.State(rawValue: $0.state)?.isFinal == false }
    }
    if let old = letter.copyOf, !versions.contains(where: { $0.id == old }),
      let earlier = try await workplace.ledger.letter(old)
    {
      versions.append(earlier)
    }
    return versions
  }

  private func step(
    of letter: LetterRecord, _ judgement: Judgement, to state: IncomingLetterMachine.State?,
    telling actions: [IncomingLetterMachine.Action], code: String?, naming targets: [ChangeTarget]
  ) -> LetterTransition {
    var step = LetterTransition(
      letter.id, from: [letter.state], to: state?.rawValue, event: .judged(judgement, state ?? .held))
    step.untouchedSince = letter.updatedAt
    step.changes.nextActionAt = judgement.againAt.map { .set($0) } ?? .clear
    step.changes.attempts = .set(0)
    step.changes.lastCause = .clear
    step.changes.codes = .set(judgement.codes)
    step.changes.decision = .set(judgement.decision.rawValue)
    if let type = judgement.dossier?.type { step.changes.dossierType = .set(type.rawValue) }
    if let state {
      step.changes.nextActor = .set(state.nextActor)
      step.changes.isFinished = .set(state.isFinal)
      workplace.deadlines.set(on: &step, of: letter, at: workplace.clock())
    }
    step.links = targets.map(\.link)
    step.transmissions = transmissions(
      for: actions, judgement, code: code, to: letter.sender, reached: letter.receivers)
    return step
  }
}

extension Workplace {
  /// Puts off a held letter that could not be judged again now (a tool is missing, a folder unreadable): it stays held and
  /// due, ever later, and says so once for each cause. The next one does not wait for it.
  func judgeLater(_ letter: LetterRecord, after error: any Error) async throws {
    // The next one would meet that as well.
    if store.stopsAll(error, in: self) { throw error }
    let cause = ConnectorService.cause(error)
    let now = clock()
    logger.error("letter not judged again", metadata: ["letter": "\(letter.id.rawValue)", "cause": "\(cause)"])
    let until = RetrySchedule(first: 2, longest: 3600).next(
      after: letter.attempts + 1, now: now, chance: chance())
    try await ledger.postponeLetter(
      letter, until: until, cause: cause,
      event: letter.lastCause == cause ? nil : .postponed(ClerkFacing.sentence(for: error)), at: now)
  }
}
