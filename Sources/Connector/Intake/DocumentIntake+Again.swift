import DeliveryLedger
import DossierModel
import EdXML
import Foundation

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
      } catch {
        // It stays held, with the reason; the next one must not wait for it.
        var step = LetterTransition(
          letter.id, from: [letter.state], to: nil, event: .postponed(ClerkFacing.sentence(for: error)))
        step.changes.nextActionAt = .clear
        step.changes.lastCause = .set(ConnectorService.cause(error))
        _ = try await workplace.ledger.advance(step, at: workplace.clock())
      }
    }
  }

  private func judgeAgain(_ letter: LetterRecord) async throws {
    guard let state = IncomingLetterMachine.State(rawValue: letter.state), let message = letter.blobs[.message] else {
      return
    }
    let folder = try workplace.workFolder("reading").appendingPathComponent(letter.id.rawValue)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let received = try EdXMLReader().read(file: workplace.ledger.blobURL(message).path, storingIn: folder.path)
    guard case .document(let document) = received.message else { return }
    if document.kind == .recall { return try await recallAgain(letter, document) }
    var targets = try await targets(of: document)
    let decision = try await OfficerDecision.read(of: letter, in: workplace.ledger)
    var (found, _) = try await judge(document, received, in: folder, decision: decision)
    if letter.standing != .original, decision?.accepts != true {
      found = .hold(
        letter.codes,
        vi: "Cùng mã văn bản với một công văn đã nhận nhưng nội dung khác; cán bộ từ chối, hoặc chấp nhận thay bản cũ.",
        en:
          "The same document id as a letter received before, with other content: refuse it, or accept it in its place.")
    }
    let judgement = Self.afterTargets(found, document.kind, targets)
    if letter.standing != .original, let old = letter.copyOf, let earlier = try await workplace.ledger.letter(old) {
      targets.append(ChangeTarget(relation: .updates, letter: earlier))
    }
    let changed = targets
    var machine = IncomingLetterMachine(state: state)
    if judgement.decision == .hold || judgement.decision == .leave {
      _ = try await workplace.ledger.advance(
        step(of: letter, judgement, to: nil, telling: [], code: nil), at: workplace.clock())
      return
    }
    guard let actions = Self.answer(judgement, letter.kind, &machine) else { return }
    let target = machine.state
    guard judgement.decision == .accept, let dossier = judgement.dossier else {
      _ = try await workplace.ledger.advance(
        step(of: letter, judgement, to: target, telling: actions, code: nil), at: workplace.clock())
      return
    }
    _ = try await workplace.ledger.register(
      try newDossier(dossier), for: letter.id, officerState: target.rawValue, at: workplace.clock(),
      also: { code in steps(of: changed, for: document.code.joined, dossierCode: code) },
      step: { code in step(of: letter, judgement, to: target, telling: actions, code: code) })
  }

  private func step(
    of letter: LetterRecord, _ judgement: Judgement, to state: IncomingLetterMachine.State?,
    telling actions: [IncomingLetterMachine.Action], code: String?
  ) -> LetterTransition {
    var step = LetterTransition(
      letter.id, from: [letter.state], to: state?.rawValue, event: .judged(judgement, state ?? .held))
    step.untouchedSince = letter.updatedAt
    step.changes.nextActionAt = judgement.againAt.map { .set($0) } ?? .clear
    step.changes.codes = .set(judgement.codes)
    step.changes.decision = .set(judgement.decision.rawValue)
    if let type = judgement.dossier?.type { step.changes.dossierType = .set(type.rawValue) }
    if let state {
      step.changes.nextActor = .set(state.nextActor)
      step.changes.isFinished = .set(state.isFinal)
      workplace.deadlines.set(on: &step, of: letter, at: workplace.clock())
    }
    step.transmissions = transmissions(for: actions, judgement, code: code, to: letter.sender)
    return step
  }
}
