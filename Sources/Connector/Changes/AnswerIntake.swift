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
    let requests =
      peek.kind == .document && peek.business == .new
      ? try await requests(namedBy: peek.responseFor, sentTo: peek.from) : []
    guard !requests.isEmpty else { return try await leave(arrival, cause: "not about a letter of ours") }
    let isFrom = try await arrival.isFrom(peek.from, in: ledger)
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
    let (found, isSigned, againAt) = try await examine(letters, from: document.from, to: requests)
    let codes = isFrom ? found : found + [DocumentIntake.senderMismatch]
    let trusted = isFrom && isSigned
    var incoming = try DocumentIntake.incoming(document, received, arrival)
    incoming.isConfirmed = isFrom
    if let file = letters.first?.path {
      incoming.blobs[.letter] = try await ledger.adoptBlob(fileAt: URL(fileURLWithPath: file))
    }
    let note = Self.note(in: received)
    let own = workplace.configuration.organisation.code(among: incoming.receivers)
    let code = document.code.joined
    let answer = incoming
    let (deadlines, now) = (workplace.deadlines, workplace.clock())
    _ = try await ledger.settleLetter(arrival: arrival.id, letter: answer, dossier: nil, at: now) { finding in
      var machine = IncomingLetterMachine(state: .arrived)
      let event: IncomingLetterMachine.Event =
        switch finding.standing {
        case .copy: .foundCopy
        case .presumedUpdate: .judgedDoubtful
        case .original, .unconfirmed: trusted ? .foundAnswer : .judgedDoubtful
        }
      let actions = machine.handle(event) ?? []
      let said = NewEvent.answerArrived(note, code: code, trusted: machine.state == .noted)
      var effects = IntakeEffects(state: machine.state.rawValue, event: said)
      effects.codes = codes
      effects.isFinished = machine.state.isFinal
      effects.nextActor = machine.state == .held ? .officer : .nobody
      effects.nextActionAt = machine.state == .held ? againAt : nil
      effects.dueAt = deadlines.due(machine.state, type: nil, acceptedAt: nil, since: now)
      // Whoever it is from by the axis is told nothing under another's name.
      let answers =
        finding.standing == .copy
        ? finding.answersAgain(to: answer.sender) : Self.transmissions(actions, from: own, to: answer.sender)
      effects.transmissions = isFrom ? answers : []
      guard finding.standing != .copy else { return effects }
      effects.links = requests.map { LetterLink(to: $0.id, relation: LetterRelation.answers.rawValue) }
      // What is not confirmed touches no letter of ours: the held answer itself is shown.
      effects.also =
        !isFrom ? [] : requests.map { Self.told($0, said, by: machine.state == .noted ? note?.answer : nil) }
      return effects
    }
  }

  /// The letters of ours that an answer names and that went to its sender.
  private func requests(namedBy references: [ResponseFor], sentTo sender: String) async throws -> [LetterRecord] {
    var requests: [LetterRecord] = []
    for letter in try await LetterLookup(ledger: workplace.ledger).letters(toldOf: references)
    where try await workplace.ledger.code(among: letter.receivers, ofSameAgencyAs: sender) != nil {
      requests.append(letter)
    }
    return requests
  }

  /// Held answers that a clerk asked to be looked at again, e.g. after the authority's certificate was bound.
  func judgeDueAgain() async throws {
    for letter in try await workplace.ledger.dueLetters(now: workplace.clock(), direction: .incoming) {
      do {
        try await judgeAgain(letter)
      } catch let error as CancellationError {
        throw error
      } catch let error as LedgerError where error.code == .stateConflict {
        continue
      } catch { try await workplace.judgeLater(letter, after: error) }
    }
  }

  private func judgeAgain(_ due: LetterRecord) async throws {
    guard try await !DocumentIntake(workplace: workplace).isSettled(due) else { return }
    let (letter, decision) = try await OfficerDecision.applied(to: due, in: workplace)
    if letter.standing == .copy { return try await DocumentIntake(workplace: workplace).endAsCopy(letter) }
    guard let message = letter.blobs[.message], let state = IncomingLetterMachine.State(rawValue: letter.state) else {
      return
    }
    let folder = try workplace.workFolder("reading").appendingPathComponent(letter.id.rawValue)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let received = try EdXMLReader().read(file: workplace.ledger.blobURL(message).path, storingIn: folder.path)
    guard case .document(let document) = received.message else { return }
    var requests: [LetterRecord] = []
    for id in try await workplace.ledger.letterDetail(letter.id)?.targets(.answers) ?? [] {
      if let request = try await workplace.ledger.letter(id) { requests.append(request) }
    }
    let (codes, isSigned, againAt) = try await examine(
      try received.letters(openedIn: folder), from: document.from, to: requests)
    let accepts = decision?.accepts == true
    // What came beside another under one document id, or from another than the axis says, a person must let in.
    let isDoubtful = letter.standing != .original
    let note = Self.note(in: received)
    var machine = IncomingLetterMachine(state: state)
    let actions = isSigned && (accepts || !isDoubtful) ? machine.handle(.foundAnswer) : nil
    let said = NewEvent.answerArrived(note, code: document.code.joined, trusted: actions != nil)
    var step = LetterTransition(
      letter.id, from: [letter.state], to: actions == nil ? nil : machine.state.rawValue, event: said)
    step.untouchedSince = letter.updatedAt
    step.changes.nextActionAt = againAt.map { .set($0) } ?? .clear
    step.changes.attempts = .set(0)
    step.changes.lastCause = .clear
    step.changes.codes = .set(
      letter.codes.filter { [DocumentIntake.senderMismatch, DocumentIntake.presumedUpdate].contains($0) } + codes)
    step.changes.nextActor = .set(actions == nil ? .officer : .nobody)
    step.changes.isFinished = .set(machine.state.isFinal)
    workplace.deadlines.set(on: &step, of: letter, at: workplace.clock())
    step.transmissions = Self.transmissions(
      actions ?? [], from: workplace.configuration.organisation.code(among: letter.receivers), to: letter.sender)
    let told =
      letter.standing == .unconfirmed
      ? [] : requests.map { Self.told($0, said, by: actions != nil ? note?.answer : nil) }
    _ = try await workplace.ledger.advance([step] + told, at: workplace.clock())
  }

  private func leave(_ arrival: ArrivalRecord, cause: String) async throws {
    try await workplace.ledger.setArrivalAside(
      arrival.id, cause: cause, acknowledgement: .leave, event: .notOurs, at: workplace.clock())
  }

  /// Whether every PDF of an answer is signed by a certificate that a person bound to its sender, under whichever of its
  /// codes `requests` went to it. One that is stamped later than our clock shows is looked at `againAt` that time.
  private func examine(
    _ letters: [LetterFile], from sender: Organization, to requests: [LetterRecord]
  ) async throws -> (codes: [String], trusted: Bool, againAt: Date?) {
    let ledger = workplace.ledger
    let now = workplace.clock()
    var known = [sender.organId]
    for request in requests {
      if let code = try await ledger.code(among: request.receivers, ofSameAgencyAs: sender.organId) {
        known.append(code)
      }
    }
    var senders: [ExpectedSender] = []
    for code in known.uniqued() {
      senders += try await ledger.bindings(for: code, validAt: now).map { binding in
        ExpectedSender(
          organId: code, organName: sender.name, expectedSubject: binding.subject ?? [:],
          certificates: binding.fingerprint.map { [$0] } ?? [])
      }
    }
    let judge = try LetterJudge(configuration: workplace.configuration)
    guard !letters.isEmpty else { return (["NO_LETTER"], false, nil) }
    guard !senders.isEmpty else { return (["SENDER_UNBOUND"], false, nil) }
    var codes: [String] = []
    for letter in letters {
      var first: LetterReport?
      var good: LetterReport?
      for expected in senders where good == nil {
        let report = await judge.reportFetching(on: letter, sender: expected, at: now)
        if report.decision == .accept || report.decision == .warn { good = report }
        first = first ?? report
      }
      codes += (good ?? first)?.codes.map(\.rawValue) ?? []
      guard good != nil else {
        let later = first.flatMap { DocumentIntake.timeAhead(of: now, in: $0) }
        return ((codes + (later == nil ? [] : [Judgement.clockDoubtful])).uniqued(), false, later)
      }
    }
    return (codes.uniqued(), true, nil)
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

  /// - Parameter answer: what a trusted answer says: a refusal ends `request` without success at its 06, and while a
  ///   supplement is asked for, nothing is due from the authority.
  private static func told(_ request: LetterRecord, _ said: NewEvent, by answer: AnswerKind?) -> LetterTransition {
    var step = LetterTransition(request.id, from: [request.state], to: nil, event: said)
    step.changes.nextActor = .set(.sender)
    if answer == .supplement { step.changes.dueAt = .clear }
    if answer == .refusal {
      step.changes.decision = .set("reject")
      // 06 mostly overtakes the letter, which must first be packed: what the timeline said then is set right.
      if request.state == OutgoingLetterMachine.State.finished.rawValue { step.add(.finishedRefused) }
    }
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
