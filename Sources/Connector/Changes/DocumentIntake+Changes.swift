import DeliveryLedger
import EdXML
import Foundation
import VietnameseText

/// A letter received before that a new one changes or goes on with.
struct ChangeTarget: Sendable {
  let relation: LetterRelation
  let letter: LetterRecord

  var link: LetterLink { LetterLink(to: letter.id, relation: relation.rawValue) }
  var state: IncomingLetterMachine.State? { IncomingLetterMachine.State(rawValue: letter.state) }

  /// Whether it only waits for what it updates itself.
  var isUnknownUpdate: Bool { state == .held && letter.codes.contains(ChangeTargets.unknownToUpdate) }
}

/// The received letters that a document changes or goes on with.
struct ChangeTargets: Sendable {
  var found: [ChangeTarget] = []
  /// Whether it names one that is not here.
  var isMissingOne = false

  mutating func add(_ letters: [LetterRecord], _ relation: LetterRelation) {
    for letter in letters where !found.contains(where: { $0.letter.id == letter.id }) {
      found.append(ChangeTarget(relation: relation, letter: letter))
    }
  }

  /// A code of intake: the letter changes one that has not come.
  static let unknownToUpdate = "UPDATE_TARGET_UNKNOWN"
  static let unknownToReplace = "REPLACE_TARGET_UNKNOWN"
  static let unknownToRecall = "RECALL_TARGET_UNKNOWN"
}

/// What a document says that it changes or goes on with.
struct NamedLetters: Sendable {
  let relation: LetterRelation
  let references: [ResponseFor]
  /// The header: it is looked at where the references name nothing that is here.
  let itself: [ResponseFor]

  init(_ document: EdocDocument) {
    let organ = document.from.organId
    let header = [
      ResponseFor(
        organId: organ, code: document.code.joined, documentId: document.documentId,
        promulgationDate: document.promulgation.date),
      ResponseFor(organId: organ, code: document.code.joined, promulgationDate: document.promulgation.date),
    ]
    switch document.kind {
    case .new, .other: (relation, references, itself) = (.resubmits, document.responseFor, [])
    // Which of the two names the document is not settled by the standard: first ResponseFor, then the header (edxml.md 3.2).
    case .recall: (relation, references, itself) = (.recalls, document.responseFor, header)
    case .update:
      relation = .updates
      references = [ResponseFor(organId: organ, documentId: document.business?.documentId ?? document.documentId)]
      itself = header
    case .replace:
      relation = .replaces
      references = (document.business?.replacements ?? []).map {
        ResponseFor(organId: organ, documentId: $0.documentId)
      }
      itself = []
    }
  }
}

extension DocumentIntake {
  /// The letters of the same sender that `document` recalls, updates, replaces or resubmits, in each version that this
  /// concerns.
  ///
  /// - Parameter own: the letter that the document itself is, where it is received already.
  func targets(of document: EdocDocument, apartFrom own: LetterID? = nil) async throws -> ChangeTargets {
    let named = NamedLetters(document)
    let lookup = LetterLookup(ledger: workplace.ledger)
    func versions(_ reference: ResponseFor) async throws -> [LetterRecord] {
      let all = try await lookup.letters(receivedFrom: document.from.organId, named: reference)
      return Self.concerned(all.filter { $0.id != own }, by: named.relation)
    }
    var targets = ChangeTargets()
    for reference in named.references.prefix(Self.maximumTargets) {
      let letters = try await versions(reference)
      if letters.isEmpty { targets.isMissingOne = true }
      targets.add(letters, named.relation)
    }
    for reference in named.itself where targets.found.isEmpty {
      targets.add(try await versions(reference), named.relation)
      if !targets.found.isEmpty { targets.isMissingOne = false }
    }
    return targets
  }

  /// Letters that one message may name.
  static let maximumTargets = 50

  /// Which versions of a document a change is about; the last of `versions` is the one in force.
  private static func concerned(_ versions: [LetterRecord], by relation: LetterRelation) -> [LetterRecord] {
    let states = versions.map { IncomingLetterMachine.State(rawValue: $0.state) }
    let open = zip(versions, states).filter { $0.1?.isFinal == false }.map(\.0)
    let last = Array(versions.suffix(1))
    switch relation {
    case .answers, .resubmits: return last
    case .replaces: return open.isEmpty ? last : open
    case .updates: return open.isEmpty || states.last == .finished ? last : open
    case .recalls:
      let concerned = zip(versions, states).filter { $0.1?.isFinal == false || $0.1 == .finished }.map(\.0)
      return concerned.isEmpty ? last : concerned
    }
  }

  /// What the state of its targets means for an update or a replacement: too late for a finished dossier or a recalled
  /// letter, doubtful for one that is unknown or has been replaced.
  ///
  /// - Parameter accepts: whether an officer accepted what is doubtful.
  static func afterTargets(
    _ judgement: Judgement, _ kind: BusinessKind, _ targets: ChangeTargets, accepts: Bool = false
  ) -> Judgement {
    guard kind == .update || kind == .replace, judgement.decision != .reject else { return judgement }
    var judgement = judgement
    if kind == .replace {
      // The replacement is a letter of its own: it goes on, and what it names is replaced when it comes.
      if targets.isMissingOne { judgement.codes.append(ChangeTargets.unknownToReplace) }
    } else if targets.found.allSatisfy(\.isUnknownUpdate) {
      guard accepts else {
        return judgement.held(
          ChangeTargets.unknownToUpdate,
          vi: "Văn bản được cập nhật chưa có ở đây; khi văn bản đó đến sẽ tự xét lại, hoặc cán bộ xem.",
          en: "The document that is updated is not here: this is judged again when it comes, or an officer looks at it."
        )
      }
      judgement.codes.append(ChangeTargets.unknownToUpdate)
    } else if targets.found.contains(where: { $0.state == .finished }) {
      return .reject(
        judgement.codes + ["CHANGE_TOO_LATE"],
        ClerkSentence(
          vi: "Hồ sơ của công văn này đã hoàn thành nên không cập nhật được; hãy gửi công văn đề nghị mới.",
          en: "The dossier of this letter is finished, so it cannot be updated; send a new request."))
    } else if targets.found.contains(where: { $0.state == .withdrawn }) {
      return .reject(
        judgement.codes + ["CHANGE_TARGET_WITHDRAWN"],
        ClerkSentence(
          vi: "Công văn này đã được thu hồi hoặc lấy lại nên không cập nhật được; hãy gửi công văn đề nghị mới.",
          en: "This letter was recalled or taken back, so it cannot be updated; send a new request."))
    }
    guard !accepts, targets.found.contains(where: { $0.state == .replaced }) else { return judgement }
    return judgement.held(
      "CHANGE_TARGET_REPLACED",
      vi:
        "Công văn mà văn bản này cập nhật hoặc thay thế đã có văn bản khác thay; cán bộ xem văn bản nào còn hiệu lực.",
      en:
        "Another letter stands already in the place of what this one updates or replaces: an officer says which is valid."
    )
  }

  /// The answers to a judged letter: a change is answered 15 or 16 (QCVN 102), all else 02 or 03.
  static func answer(
    _ judgement: Judgement, _ kind: LetterKind, _ machine: inout IncomingLetterMachine
  ) -> [IncomingLetterMachine.Action]? {
    guard kind == .update else { return machine.handle(judgement.event) }
    switch judgement.decision {
    case .hold, .leave: return machine.handle(.judgedDoubtful)
    case .reject: return machine.handle(.changeTooLate)
    case .accept:
      guard var actions = machine.handle(.judgedAcceptable) else { return nil }
      let place = actions.firstIndex(of: .allotDossierCode) ?? 0
      actions.insert(.tell(.changeAccepted), at: place)
      return actions
    }
  }

  /// What an accepted letter does to those that it changes.
  func steps(of targets: [ChangeTarget], for code: String, dossierCode: String?) -> [LetterTransition] {
    targets.compactMap { target in
      guard let state = target.state else { return nil }
      var machine = IncomingLetterMachine(state: state)
      if target.relation == .resubmits {
        let actions = machine.handle(.resubmitted)
        var step = step(of: target.letter, to: actions == nil ? nil : machine.state, .resubmitted(as: code))
        if actions != nil {
          step.transmissions = [
            NewTransmission(
              status: StatusCode.finished.code,
              description: "Xử lý tiếp theo công văn \(code)" + (dossierCode.map { ", hồ sơ \($0)" } ?? ""),
              from: workplace.configuration.organisation.code(among: target.letter.receivers),
              to: [target.letter.sender])
          ]
        }
        return step
      }
      guard machine.handle(.superseded) != nil else { return nil }
      return step(of: target.letter, to: machine.state, .superseded(by: code))
    }
  }

  func step(
    of letter: LetterRecord, to state: IncomingLetterMachine.State?, _ event: NewEvent
  ) -> LetterTransition {
    var step = LetterTransition(letter.id, from: [letter.state], to: state?.rawValue, event: event)
    guard let state else { return step }
    step.changes.nextActor = .set(state.nextActor)
    step.changes.isFinished = .set(state.isFinal)
    step.changes.nextActionAt = .clear
    if letter.dossierCode != nil { step.dossier = DossierChange(officerState: state.rawValue) }
    return step
  }

  // MARK: Recalls

  /// Kind 1, thu hồi: what it names is cancelled wherever it stands and its sender is told (QĐ 28/2018 Điều 9(2)); only a
  /// finished dossier cannot be undone.
  func settleRecall(_ document: EdocDocument, _ received: ReceivedMessage, _ arrival: ArrivalRecord) async throws {
    let incoming = try Self.incoming(document, received, arrival)
    let targets = try await targets(of: document)
    let reason = document.business?.reason
    _ = try await workplace.ledger.settleLetter(
      arrival: arrival.id, letter: incoming, dossier: nil, at: workplace.clock()
    ) { finding in
      guard finding.standing == .original else {
        if let first = finding.existing, finding.standing == .copy,
          targets.found.contains(where: {
            $0.state?.isFinal == false && $0.letter.createdAt > first.createdAt
          })
        {
          return waitingEffects(incoming, saying: Self.recallComesAgain, code: "RECALL_AGAIN")
        }
        return effects(
          finding, .hold([], vi: "", en: ""), kind: .recall, to: incoming.sender, reached: incoming.receivers)
      }
      guard !targets.found.isEmpty else { return waitingEffects(incoming) }
      var machine = IncomingLetterMachine(state: .arrived)
      let (actions, steps, said) = recall(targets.found, &machine, reason: reason)
      var effects = IntakeEffects(state: machine.state.rawValue, event: said)
      effects.isFinished = machine.state.isFinal
      effects.nextActor = machine.state.nextActor
      effects.codes = targets.isMissingOne ? [ChangeTargets.unknownToRecall] : []
      effects.links = targets.found.map(\.link)
      effects.also = steps
      effects.transmissions = recallTransmissions(actions, to: incoming.sender, reached: incoming.receivers)
      return effects
    }
  }

  /// Whether a recall is this body's to settle: it names a letter that is here, or speaks for a request that may be on its
  /// way. Of any other, most are about documents of other systems: it waits a while for its letter, and is then left alone
  /// like all that is not ours.
  func isForUs(_ document: EdocDocument, _ arrival: ArrivalRecord) async throws -> Bool {
    let isAddressed = isAddressed(document)
    if isAddressed {
      let ledger = workplace.ledger
      if mayBeRequest(subject: document.subject) { return true }
      if try await !targets(of: document).found.isEmpty { return true }
      if try await ledger.holdsUnconfirmed(from: document.from.organId, documentId: document.documentId) { return true }
      if try await mayFindItsLetter(arrival) {
        try await StatusIntake(workplace: workplace).postpone(arrival, cause: Self.noLetterYet)
        return false
      }
    }
    try await workplace.ledger.setArrivalAside(
      arrival.id, cause: isAddressed ? "recalls no letter of ours" : "NOT_ADDRESSED", acknowledgement: .leave,
      event: .notOurs, at: workplace.clock())
    return false
  }

  /// Whether the letter of a recall may still come: for some hours, and then while a message is here, or on the axis, that
  /// could not be read yet.
  private func mayFindItsLetter(_ arrival: ArrivalRecord) async throws -> Bool {
    let waited = workplace.clock().timeIntervalSince(arrival.receivedAt)
    if waited < Self.longestWaitOfRecall || arrival.attempts == 0 { return true }
    guard waited < StatusIntake.longestWaitForLetter else { return false }
    let ledger = workplace.ledger
    if try await !ledger.fetchTroubles(.edoc).isEmpty { return true }
    return try await ledger.dueArrivals(now: .distantFuture, limit: 1000).contains {
      $0.messageType == .edoc && $0.id != arrival.id && $0.lastCause != Self.noLetterYet
    }
  }

  private static let noLetterYet = "its letter has not arrived"

  /// How long a recall waits for a letter that it may have overtaken before it counts as another system's (seconds).
  static let longestWaitOfRecall: TimeInterval = 6 * 3600

  /// A held recall once more, e.g. when an officer asks.
  ///
  /// - Parameter accepts: whether an officer says that it counts, though it was settled once before.
  func recallAgain(_ letter: LetterRecord, _ document: EdocDocument, accepts: Bool = false) async throws {
    let targets = try await targets(of: document)
    var machine = IncomingLetterMachine(state: .held)
    let wasSettled = letter.standing == .copy && !accepts
    guard !targets.found.isEmpty, !wasSettled else {
      let said = wasSettled ? Self.recallComesAgain : Self.recallWaits
      var step = LetterTransition(letter.id, from: [letter.state], to: nil, event: said)
      step.changes.nextActionAt = .clear
      _ = try await workplace.ledger.advance(step, at: workplace.clock())
      return
    }
    let (actions, steps, said) = recall(targets.found, &machine, reason: document.business?.reason)
    var step = step(of: letter, to: machine.state, said)
    step.changes.codes = .set(targets.isMissingOne ? [ChangeTargets.unknownToRecall] : [])
    step.links = targets.found.map(\.link)
    step.transmissions = recallTransmissions(actions, to: letter.sender, reached: letter.receivers)
    _ = try await workplace.ledger.advance([step] + steps, at: workplace.clock())
  }

  /// Withdraws every version of every letter that is named, so that none stays open when 15 is told.
  private func recall(
    _ targets: [ChangeTarget], _ machine: inout IncomingLetterMachine, reason: String?
  ) -> ([IncomingLetterMachine.Action], [LetterTransition], NewEvent) {
    if let finished = targets.first(where: { $0.state == .finished }) {
      let code = finished.letter.joinedCode ?? ""
      return (machine.handle(.changeTooLate) ?? [], [], .recallTooLate(code))
    }
    let steps = targets.compactMap { target -> LetterTransition? in
      guard let state = target.state else { return nil }
      var own = IncomingLetterMachine(state: state)
      guard own.handle(.recalled) != nil else { return nil }
      return step(of: target.letter, to: own.state, .recalled(by: target.letter.joinedCode ?? "", reason: reason))
    }
    let codes = targets.compactMap(\.letter.joinedCode).uniqued().joined(separator: ", ")
    return (machine.handle(.changeDone) ?? [], steps, .recallDone(codes))
  }

  /// - Parameter reached: the receivers of what is answered: the answer comes from the one that is this body.
  func recallTransmissions(
    _ actions: [IncomingLetterMachine.Action], to sender: String, reached receivers: [String]
  ) -> [NewTransmission] {
    actions.compactMap { action in
      guard case .tell(let status) = action else { return nil }
      let description =
        switch status {
        case .changeAccepted: "Đã hủy công văn theo văn bản thu hồi."
        case .changeRefused:
          "Hồ sơ đã hoàn thành, không thu hồi được. Nếu cần, hãy gửi đề nghị thu hồi chứng thư (Mẫu 05)."
        default: status.name.vi
        }
      return NewTransmission(
        status: status.code, description: description,
        from: workplace.configuration.organisation.code(among: receivers), to: [sender])
    }
  }

  private static let recallWaits = NewEvent.made(
    "recall.waits", vi: "Chưa có công văn mà văn bản này thu hồi; khi công văn đến sẽ bị hủy ngay.",
    en: "The letter that this recalls is not here; it will be cancelled as soon as it comes.")

  /// The first one cancelled what was there then, so that 15 again would be said of a letter that is worked on.
  private static let recallComesAgain = NewEvent.made(
    "recall.again",
    vi:
      "Văn bản thu hồi này đã nhận trước đây; sau đó bên gửi đã gửi công văn khác, đang được xử lý. Cán bộ hỏi bên gửi có thu hồi công văn sau không.",
    en:
      "This recall came before; since then its sender sent another letter, which is worked on. An officer asks the sender whether that one is recalled as well."
  )

  private func waitingEffects(
    _ incoming: IncomingLetter, saying said: NewEvent = recallWaits, code: String = ChangeTargets.unknownToRecall
  ) -> IntakeEffects {
    var machine = IncomingLetterMachine(state: .arrived)
    let actions = machine.handle(.judgedDoubtful) ?? []
    var effects = IntakeEffects(state: machine.state.rawValue, event: said)
    effects.codes = [code]
    effects.dueAt = workplace.deadlines.due(machine.state, type: nil, acceptedAt: nil, since: workplace.clock())
    effects.nextActor = machine.state.nextActor
    effects.transmissions = recallTransmissions(actions, to: incoming.sender, reached: incoming.receivers)
    return effects
  }
}
