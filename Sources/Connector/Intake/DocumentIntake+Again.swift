import DeliveryLedger
import DossierModel
import EdXML
import Foundation

extension DocumentIntake {
  /// Judges held letters again that an officer asked for, e.g. after a certificate was bound to their sender.
  func judgeDueAgain() async throws {
    for letter in try await workplace.ledger.dueLetters(now: workplace.clock(), direction: .incoming) {
      try await judgeAgain(letter)
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
    // The axis' own word about the sender was compared when the letter arrived; an officer has seen it since.
    let (judgement, _) = try await judge(document, received, transportFrom: nil)
    var machine = IncomingLetterMachine(state: state)
    if judgement.decision == .hold {
      _ = try await workplace.ledger.advance(
        step(of: letter, judgement, to: nil, telling: [], code: nil), at: workplace.clock())
      return
    }
    guard let actions = machine.handle(judgement.event) else { return }
    let target = machine.state
    guard judgement.decision == .accept, let dossier = judgement.dossier else {
      _ = try await workplace.ledger.advance(
        step(of: letter, judgement, to: target, telling: actions, code: nil), at: workplace.clock())
      return
    }
    _ = try await workplace.ledger.register(
      try newDossier(dossier), for: letter.id, officerState: target.rawValue, at: workplace.clock()
    ) { code in
      step(of: letter, judgement, to: target, telling: actions, code: code)
    }
  }

  private func step(
    of letter: LetterRecord, _ judgement: Judgement, to state: IncomingLetterMachine.State?,
    telling actions: [IncomingLetterMachine.Action], code: String?
  ) -> LetterTransition {
    var step = LetterTransition(
      letter.id, from: [letter.state], to: state?.rawValue, event: .judged(judgement, state ?? .held))
    step.changes.nextActionAt = .clear
    step.changes.codes = .set(judgement.codes)
    step.changes.decision = .set(judgement.decision.rawValue)
    if let type = judgement.dossier?.type { step.changes.dossierType = .set(type.rawValue) }
    if let state {
      step.changes.nextActor = .set(state.nextActor)
      step.changes.isFinished = .set(state.isFinal)
    }
    step.transmissions = transmissions(for: actions, judgement, code: code, to: letter.sender)
    return step
  }
}
