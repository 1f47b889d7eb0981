import DeliveryLedger
import EdXML
import Foundation
import LetterSignatures
import VietnameseText

/// On the agency's side: takes in what the authority writes about our letters and puts it on their timelines. What is
/// not about a letter of ours belongs to the agency's own document system and is left to it.
struct AnswerIntake: Sendable {
  let workplace: Workplace

  /// Settles one arrived document.
  func settle(_ arrival: ArrivalRecord) async throws {
    let ledger = workplace.ledger
    let peek: EnvelopePeek
    do {
      peek = try EdXMLReader().peek(file: ledger.blobURL(arrival.message).path)
    } catch {
      if error.isPassing { throw error }
      // Unreadable: it may still be somebody's, so the axis is not told.
      return try await leave(arrival, cause: error.code.rawValue)
    }
    guard peek.kind == .document, peek.business == .new, arrival.isFrom(peek.from),
      let request = try await LetterLookup(ledger: ledger).letter(toldOf: peek.responseFor),
      request.receivers.contains(peek.from)
    else { return try await leave(arrival, cause: "not about a letter of ours") }
    let folder = try workplace.workFolder("reading").appendingPathComponent("answer-\(arrival.id.rawValue)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let received: ReceivedMessage
    do {
      received = try EdXMLReader().read(file: ledger.blobURL(arrival.message).path, storingIn: folder.path)
    } catch {
      if error.isPassing { throw error }
      return try await leave(arrival, cause: error.code.rawValue)
    }
    guard case .document(let document) = received.message else {
      return try await leave(arrival, cause: "not a document")
    }
    let letters = try received.letters(openedIn: folder)
    let (codes, trusted) = try await examine(letters, from: document.from)
    var incoming = try DocumentIntake.incoming(document, received, arrival)
    if let file = letters.first?.path {
      incoming.blobs[.letter] = try await ledger.adoptBlob(fileAt: URL(fileURLWithPath: file))
    }
    let note = Self.note(in: received)
    let own = workplace.configuration.organisation.code
    let code = document.code.joined
    let answer = incoming
    let (deadlines, now) = (workplace.deadlines, workplace.clock())
    _ = try await ledger.settleLetter(arrival: arrival.id, letter: answer, dossier: nil, at: now) { finding in
      var machine = IncomingLetterMachine(state: .arrived)
      let event: IncomingLetterMachine.Event =
        switch finding.standing {
        case .copy: .foundCopy
        case .presumedUpdate: .judgedDoubtful
        case .original: trusted ? .foundAnswer : .judgedDoubtful
        }
      let actions = machine.handle(event) ?? []
      let said = NewEvent.answerArrived(note, code: code, trusted: machine.state == .noted)
      var effects = IntakeEffects(state: machine.state.rawValue, event: said)
      effects.codes = codes
      effects.isFinished = machine.state.isFinal
      effects.nextActor = machine.state == .held ? .officer : .nobody
      effects.dueAt = deadlines.due(machine.state, type: nil, acceptedAt: nil, since: now)
      effects.transmissions = Self.transmissions(actions, from: own, to: answer.sender)
      guard finding.standing != .copy else { return effects }
      effects.links = [LetterLink(to: request.id, relation: LetterRelation.answers.rawValue)]
      effects.also = [Self.told(request, said)]
      return effects
    }
  }

  /// Held answers that a clerk asked to be looked at again, e.g. after the authority's certificate was bound.
  func judgeDueAgain() async throws {
    for letter in try await workplace.ledger.dueLetters(now: workplace.clock(), direction: .incoming) {
      do {
        try await judgeAgain(letter)
      } catch let error as LedgerError where error.code == .stateConflict {
        continue
      }
    }
  }

  private func judgeAgain(_ letter: LetterRecord) async throws {
    guard let message = letter.blobs[.message], let state = IncomingLetterMachine.State(rawValue: letter.state) else {
      return
    }
    let folder = try workplace.workFolder("reading").appendingPathComponent(letter.id.rawValue)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let received = try EdXMLReader().read(file: workplace.ledger.blobURL(message).path, storingIn: folder.path)
    guard case .document(let document) = received.message else { return }
    let (codes, trusted) = try await examine(try received.letters(openedIn: folder), from: document.from)
    var machine = IncomingLetterMachine(state: state)
    let actions = trusted && letter.standing == .original ? machine.handle(.foundAnswer) : nil
    let said = NewEvent.answerArrived(
      Self.note(in: received), code: document.code.joined, trusted: actions != nil)
    var step = LetterTransition(
      letter.id, from: [letter.state], to: actions == nil ? nil : machine.state.rawValue, event: said)
    step.untouchedSince = letter.updatedAt
    step.changes.nextActionAt = .clear
    step.changes.codes = .set(codes)
    step.changes.nextActor = .set(actions == nil ? .officer : .nobody)
    step.changes.isFinished = .set(machine.state.isFinal)
    workplace.deadlines.set(on: &step, of: letter, at: workplace.clock())
    step.transmissions = Self.transmissions(
      actions ?? [], from: workplace.configuration.organisation.code, to: letter.sender)
    var steps = [step]
    let requests = try await workplace.ledger.letterDetail(letter.id)?.targets(.answers) ?? []
    for id in requests {
      if let request = try await workplace.ledger.letter(id) { steps.append(Self.told(request, said)) }
    }
    _ = try await workplace.ledger.advance(steps, at: workplace.clock())
  }

  private func leave(_ arrival: ArrivalRecord, cause: String) async throws {
    try await workplace.ledger.setArrivalAside(
      arrival.id, cause: cause, acknowledgement: .leave, event: .notOurs, at: workplace.clock())
  }

  /// Whether every PDF of an answer is signed by a certificate that a person bound to its sender.
  private func examine(
    _ letters: [LetterFile], from sender: Organization
  ) async throws -> (codes: [String], trusted: Bool) {
    let now = workplace.clock()
    let bindings = try await workplace.ledger.bindings(for: sender.organId, validAt: now)
    let judge = try LetterJudge(configuration: workplace.configuration)
    guard !letters.isEmpty else { return (["NO_LETTER"], false) }
    guard !bindings.isEmpty else { return (["SENDER_UNBOUND"], false) }
    var codes: [String] = []
    for letter in letters {
      let reports = bindings.map { binding in
        judge.verifier.verify(
          letter,
          sender: ExpectedSender(
            organId: sender.organId, organName: sender.name, expectedSubject: binding.subject ?? [:],
            certificates: binding.fingerprint.map { [$0] } ?? []), at: now)
      }
      let good = reports.first { $0.decision == .accept || $0.decision == .warn }
      codes += (good ?? reports.first)?.codes.map(\.rawValue) ?? []
      guard good != nil else { return (codes.uniqued(), false) }
    }
    return (codes.uniqued(), true)
  }

  /// What an answer of our own software says beside its letter; others' letters speak for themselves.
  private static func note(in received: ReceivedMessage) -> LetterNote? {
    guard
      let attachment = received.attachments.first(where: {
        $0.name.lowercased().hasSuffix(".answer.json") && $0.bytes <= LetterNote.maximumBytes
      }), let bytes = try? attachment.content()
    else { return nil }
    return try? JSONDecoder().decode(LetterNote.self, from: Data(bytes))
  }

  private static func told(_ request: LetterRecord, _ said: NewEvent) -> LetterTransition {
    var step = LetterTransition(request.id, from: [request.state], to: nil, event: said)
    step.changes.nextActor = .set(.sender)
    return step
  }

  private static func transmissions(
    _ actions: [IncomingLetterMachine.Action], from own: String, to sender: String
  ) -> [NewTransmission] {
    actions.compactMap { action in
      guard case .tell(let status) = action else { return nil }
      return NewTransmission(status: status.code, description: status.name.vi, from: own, to: [sender])
    }
  }
}
