import AxisClient
import DeliveryLedger
import EdXML
import Foundation
import Logging
import VietnameseText

/// Settles a transmission whose answer was lost: the axis is asked what it has, and only what it surely lacks is sent
/// again. What the axis' answers do not settle is shown to a person, who says which it is (`lienthong outcome`).
struct OutcomeReconciliation: Sendable {
  let workplace: Workplace
  /// Before so long after the attempt the axis is not asked (seconds).
  var grace: Double = 2
  /// How often a list must lack the letter before it is sent again.
  var absencesNeeded = 2
  /// After so many answers that settle nothing a person is asked; the axis is still asked now and then.
  var checksBeforePerson = 6
  /// How long no answer at all counts as a passing trouble of the axis, and not as one that settles nothing (seconds).
  var passingTrouble: Double = 3600
  /// Longest time between two questions (seconds).
  var longestWait: Double = 900

  private static let notListed = "not in the axis' list"

  /// The axis may still be taking in what a server on the way gave up: how patient to be with lists that lack it.
  private var rules: Configuration.Axis.LostAnswer { workplace.configuration.axis.lostAnswer }
  /// Before so long after the attempt a list without it proves nothing (seconds).
  private var firstAbsence: Double {
    max(grace, rules.resendAfterSeconds - Double(absencesNeeded - 1) * rules.askAgainSeconds)
  }

  func settle(_ transmission: TransmissionRecord) async throws {
    let now = workplace.clock()
    // The receiver counts a repeated status once, so a doubtful one is simply told again.
    if transmission.kind == .status {
      try await settle(transmission, as: .sendAgain(at: now), cause: "status may repeat", event: nil, saying: nil)
      return
    }
    guard let letter = try await workplace.ledger.letter(transmission.letter) else { return }
    if let reason = try await workplace.ledger.reasonNotToSend(transmission, of: letter) {
      try await settle(
        transmission, as: reason.settlement, cause: reason.cause, event: reason.event, saying: reason.said)
      return
    }
    let evidence = try await workplace.ledger.outcomeEvidence(for: transmission.id)
    let last = evidence.attempts.last.map { $0.endedAt ?? $0.startedAt } ?? transmission.updatedAt
    let elapsed = now.timeIntervalSince(last)
    guard elapsed >= grace || elapsed < 0 else {
      let at = last.addingTimeInterval(grace)
      try await settle(transmission, as: .stillUnknown(checkAt: at), cause: "too early to say", event: nil, saying: nil)
      return
    }
    // The longer it is not known, the rarer the question.
    let wait = min(max(2, elapsed / 2), longestWait) * (1 + workplace.chance() / 4)
    let next = now.addingTimeInterval(wait)
    switch await workplace.axis.getSentEdocList(.edoc, docID: nil) {
    case .accepted(let list):
      let owned = try await workplace.ledger.transportDocIdsOwned(
        among: list.map(\.senderDocID), exceptBy: transmission.id)
      let match = try await SentListMatch(
        letter: letter, transmission: transmission, evidence: evidence, owned: owned
      ).resolved(for: list, in: workplace.ledger)
      var verdict = match.verdict(on: list)
      if case .found(let id) = verdict, try await mayBeAnother(id, than: transmission, of: letter, list, owned) {
        verdict = .doubtful([id ?? ""])
      }
      try await act(on: verdict, transmission, attempted: last, next: next)
    case .refused(let refusal):
      try await undecided(transmission, cause: refusal.code, next: next)
    case .tryAgain(let trouble), .unknown(let trouble):
      guard elapsed < passingTrouble else { return try await undecided(transmission, cause: trouble.code, next: next) }
      // Nothing was learned; the question stays as it is.
      try await settle(transmission, as: .stillUnknown(checkAt: next), cause: trouble.code, event: nil, saying: nil)
    }
  }

  /// Whether a message of the list may as well be another of ours under the letter's document id (what it updates, its
  /// update): one that the axis has, or may have, under an id that is not known.
  private func mayBeAnother(
    _ transportDocId: String?, than transmission: TransmissionRecord, of letter: LetterRecord, _ list: [SentEntry],
    _ owned: Set<String>
  ) async throws -> Bool {
    guard let id = letter.documentId else { return false }
    let ledger = workplace.ledger
    for other in try await ledger.unidentifiedTransmissions(documentId: id, exceptBy: transmission.id) {
      guard let otherLetter = try await ledger.letter(other.letter) else { continue }
      let evidence = try await ledger.outcomeEvidence(for: other.id)
      let match = try await SentListMatch(
        letter: otherLetter, transmission: other, evidence: evidence, owned: owned
      ).resolved(for: list, in: ledger)
      if match.mayBe(transportDocId, on: list) { return true }
    }
    return false
  }

  private func act(
    on verdict: SentListMatch.Verdict, _ transmission: TransmissionRecord, attempted: Date, next: Date
  ) async throws {
    switch verdict {
    case .found(let id):
      try await settle(
        transmission, as: .accepted(transportDocId: id), cause: "found on the axis", event: .axisAccepted,
        saying: .foundOnAxis)
    case .absent: try await absent(transmission, attempted: attempted, next: next)
    case .doubtful(let ids):
      let shown = ids.filter { !$0.isEmpty }.prefix(5).joined(separator: ", ")
      try await undecided(transmission, cause: "may be one of several on the axis: \(shown)", next: next)
    case .listTooShort:
      try await undecided(transmission, cause: "the axis' list does not reach back to it", next: next)
    }
  }

  /// The axis' list lacks it. That counts only some time after the attempt, and again only some time after it counted.
  private func absent(_ transmission: TransmissionRecord, attempted: Date, next: Date) async throws {
    let now = workplace.clock()
    let elapsed = now.timeIntervalSince(attempted)
    // A clock that was set back must not make it wait for hours.
    guard elapsed >= firstAbsence || elapsed < 0 else {
      let at = min(next, attempted.addingTimeInterval(firstAbsence))
      return try await settle(
        transmission, as: .stillUnknown(checkAt: at), cause: "too early to say", event: nil, saying: nil)
    }
    let again = now.addingTimeInterval(rules.askAgainSeconds)
    let wasAbsent = transmission.checks > 0 && transmission.lastCause?.hasPrefix(Self.notListed) == true
    guard wasAbsent else { return try await undecided(transmission, cause: Self.notListed, next: again) }
    // Asked sooner than it was to be (the axis was away in between, say): this is the one that the next is measured by.
    guard now.timeIntervalSince(transmission.updatedAt) >= rules.askAgainSeconds else {
      return try await settle(
        transmission, as: .stillUnknown(checkAt: again), cause: Self.notListed, event: nil, saying: nil)
    }
    guard transmission.checks + 1 >= absencesNeeded else {
      return try await undecided(transmission, cause: Self.notListed, next: again)
    }
    try await settle(
      transmission, as: .sendAgain(at: now), cause: "not on the axis", event: .retried, saying: .notOnAxis)
  }

  /// The axis answered, or did not for long, and it is still not known. Once that has gone on for long enough a person is told, once.
  private func undecided(_ transmission: TransmissionRecord, cause: String, next: Date) async throws {
    let asksPerson = transmission.checks + 1 == checksBeforePerson
    if asksPerson {
      workplace.logger.warning(
        "a person must say whether the axis has a letter",
        metadata: ["letter": "\(transmission.letter.rawValue)", "cause": "\(cause)"])
    }
    try await workplace.onCurrent(transmission.letter) { letter in
      var steps: [LetterTransition] = []
      if asksPerson {
        var step = LetterTransition(letter.id, from: [letter.state], to: nil, event: .outcomeAsksPerson(cause))
        step.changes.nextActor = .set(.sender)
        steps = [step]
      }
      _ = try await workplace.ledger.settleUnknown(
        transmission.id, as: .stillUnknown(checkAt: next), cause: cause, countsAsCheck: true, transitions: steps,
        at: workplace.clock())
    }
  }

  private func settle(
    _ transmission: TransmissionRecord, as settlement: Settlement, cause: String,
    event: OutgoingLetterMachine.Event?, saying said: NewEvent?
  ) async throws {
    try await workplace.onCurrent(transmission.letter) { letter in
      let steps =
        said.map {
          [letter.transition(on: event, of: transmission, saying: $0, workplace.deadlines, at: workplace.clock())]
        } ?? []
      _ = try await workplace.ledger.settleUnknown(
        transmission.id, as: settlement, cause: cause, transitions: steps, at: workplace.clock())
    }
  }
}
