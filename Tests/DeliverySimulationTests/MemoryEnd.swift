import AxisClient
import EdXML
import Foundation

@testable import Connector
@testable import DeliveryLedger

/// One end over a ``MemoryLedger``: what the connector's workers do with the machines, the schedules and the breaker of
/// the product, step by step as they do it, and a process that may die at each.
final class MemoryEnd {
  let code: String
  let peer: String
  let fuse = Fuse()
  let ledger: MemoryLedger
  let axis: MemoryAxis
  private(set) var now = SimulatedEnd.start
  private var dice: Dice
  private var mustRecover = true
  /// In the process' memory only.
  private var breaker = CircuitBreaker()
  private var troubles: [Int: (attempts: Int, until: Date)] = [:]

  var isAgency: Bool { code == SimulatedEnd.agencyCode }

  init(_ code: String, axis: MemoryAxis, seed: UInt64) {
    self.code = code
    self.axis = axis
    peer = code == SimulatedEnd.agencyCode ? SimulatedEnd.authorityCode : SimulatedEnd.agencyCode
    ledger = MemoryLedger(code, fuse: fuse)
    dice = Dice(seed: seed)
  }

  func setClock(_ time: Date) { now = time }

  /// One pass of a worker, as ``SimulatedEnd/work(_:)``.
  func work(_ job: SimulatedEnd.Job) throws {
    do {
      switch job {
      case .pack: try pack()
      case .outbox: try outbox()
      case .documents: try collect(isStatus: false)
      case .statuses: try collect(isStatus: true)
      case .settle: try settle()
      case .acknowledge: try acknowledge()
      }
    } catch {
      guard fuse.isBurnt || fuse.didDiskFail else { throw error }
      if job == .outbox { mustRecover = true }
    }
    if fuse.isBurnt {
      mustRecover = true
      breaker = CircuitBreaker()
      troubles = [:]
    }
    fuse.reset()
  }

  // MARK: Sending

  private func pack() throws {
    let due = ledger.openLetters.filter { ledger.letters[$0].state == OutgoingLetterMachine.State.signed.rawValue }
    for id in due.sorted() where ledger.letters[id].nextActionAt.map({ $0 <= now }) == true {
      try ledger.transact {
        try move(id, .packed, saying: "packed") { $0.nextActionAt = nil }
        let letter = ledger.letters[id]
        ledger.queue(.letter(document: letter.document, recall: letter.recall), for: id, at: now)
      }
    }
  }

  private func outbox() throws {
    if mustRecover {
      try ledger.transact {
        for id in ledger.openTransmissions.sorted() where ledger.transmissions[id].state == .sending {
          ledger.settle(id) { ($0.state, $0.nextAt, $0.lastEnded) = (.unknown, now, now) }
        }
      }
      mustRecover = false
    }
    var failure: (any Error)?
    for id in ledger.dueTransmissions(.queued, at: now) {
      guard breaker.admit(at: now) else { break }
      do {
        if try !send(id) { breaker.abandoned(at: now) }
      } catch {
        breaker.abandoned(at: now)
        failure = error
      }
    }
    for id in ledger.dueTransmissions(.unknown, at: now) {
      do {
        try reconcile(id)
      } catch { failure = error }
    }
    if let failure { throw failure }
  }

  /// LetterRecord.reasonNotToSend
  private func stateWithoutSending(_ transmission: MemoryLedger.Transmission) -> TransmissionState? {
    let letter = ledger.letters[transmission.letter]
    guard transmission.statusCode == nil, let state = OutgoingLetterMachine.State(rawValue: letter.state) else {
      return nil
    }
    // A recall repeats its letter's id: a 01 may be about the other one.
    let sharing = ledger.letters.filter { $0.document == letter.document }.count
    if state == .arrived, sharing > 1 { return nil }
    if state.provesDelivery || (state.isFinal && transmission.attempts > 0) { return .sent }
    return state.isFinal ? .cancelled : nil
  }

  /// Whether the axis was asked to take it.
  private func send(_ id: Int) throws -> Bool {
    if let state = stateWithoutSending(ledger.transmissions[id]) {
      try finish(id, .axisAccepted, "notSent") { $0.state = state }
      return false
    }
    try ledger.transact {
      ledger.settle(id) {
        $0.state = .sending
        $0.attempts += 1
        $0.firstBegun = $0.firstBegun ?? now
      }
    }
    let sent = ledger.transmissions[id]
    let isStatus = sent.statusCode != nil
    let answer = axis.meet(fuse, at: now, once: true) {
      axis.take(sent.content, isStatus: isStatus, from: code, to: peer, at: now)
    }
    switch answer {
    case .accepted(let transportId):
      try finish(id, isStatus ? nil : .axisAccepted, "sent") {
        ($0.state, $0.transportId, $0.takenAt) = (.sent, transportId, now)
      }
      _ = breaker.succeeded(at: now)
    case .refused:
      try finish(id, isStatus ? nil : .axisRefused, "refused") { $0.state = .refused }
      _ = breaker.succeeded(at: now)
    case .tryAgain(let kind):
      let at = kind.retrySchedule.next(after: sent.attempts, now: now, chance: dice.unit())
      try finish(id, nil, sent.attempts == 1 ? "postponed" : nil) { ($0.state, $0.nextAt) = (.queued, at) }
      _ = breaker.failed(kind.rawValue, at: now, chance: dice.unit())
    case .unknown(let kind):
      let again = kind.retrySchedule.next(after: sent.attempts, now: now, chance: dice.unit())
      try finish(id, isStatus ? nil : .axisOutcomeUnknown, "outcomeUnknown") {
        ($0.state, $0.nextAt) = (.unknown, isStatus ? again : now.addingTimeInterval(1))
      }
      _ = breaker.failed(kind.rawValue, at: now, chance: dice.unit())
    }
    return true
  }

  /// Transmission and letter move in one transaction.
  private func finish(
    _ id: Int, _ event: OutgoingLetterMachine.Event?, _ said: String?, _ body: (inout MemoryLedger.Transmission) -> Void
  ) throws {
    try ledger.transact {
      ledger.settle(id) {
        $0.lastEnded = now
        body(&$0)
        if $0.state != .unknown { ($0.checks, $0.absentAt) = (0, nil) }
      }
      if let said { try move(ledger.transmissions[id].letter, event, saying: said) }
    }
  }

  // MARK: Unknown outcomes

  /// OutcomeReconciliation with a list that names messages for sure.
  private func reconcile(_ id: Int) throws {
    let unknown = ledger.transmissions[id]
    guard unknown.statusCode == nil else {
      return try finish(id, nil, nil) { ($0.state, $0.nextAt) = (.queued, now) }
    }
    if let state = stateWithoutSending(unknown) {
      return try finish(id, .axisAccepted, "foundByAnswer") { $0.state = state }
    }
    let rules = (grace: 2.0, absences: 2, longest: 900.0)
    let patience = Configuration.Axis.LostAnswer()
    let ended = unknown.lastEnded ?? unknown.queuedAt
    let elapsed = now.timeIntervalSince(ended)
    guard elapsed >= rules.grace || elapsed < 0 else {
      return try stillUnknown(id, until: ended.addingTimeInterval(rules.grace))
    }
    let next = now.addingTimeInterval(min(max(2, elapsed / 2), rules.longest) * (1 + dice.unit() / 4))
    guard case .accepted(let list) = axis.meet(fuse, at: now, { axis.sent(by: code) }) else {
      return try stillUnknown(id, until: next)
    }
    let found = list.filter { $0.content == unknown.content && !ledger.isOwned($0.id, exceptBy: id) }
    if found.count == 1 {
      return try finish(id, .axisAccepted, "foundOnAxis") { ($0.state, $0.transportId) = (.sent, found[0].id) }
    }
    guard found.isEmpty, reaches(Set(list.map(\.id)), over: unknown), !SentListMatch.mayBePage(list.count) else {
      return try stillUnknown(id, until: next, isCheck: true)
    }
    let first = max(rules.grace, patience.resendAfterSeconds - Double(rules.absences - 1) * patience.askAgainSeconds)
    guard elapsed >= first || elapsed < 0 else {
      return try stillUnknown(id, until: min(next, ended.addingTimeInterval(first)))
    }
    let again = now.addingTimeInterval(patience.askAgainSeconds)
    guard let before = unknown.absentAt else {
      return try stillUnknown(id, until: again, isCheck: true, absentAt: now)
    }
    guard now.timeIntervalSince(before) >= patience.askAgainSeconds else {
      return try stillUnknown(id, until: again, absentAt: now)
    }
    guard unknown.checks + 1 >= rules.absences else {
      return try stillUnknown(id, until: again, isCheck: true, absentAt: now)
    }
    try finish(id, .retried, "notOnAxis") { ($0.state, $0.nextAt) = (.queued, now) }
  }

  /// `isCheck`: the axis answered; `absentAt`: its list lacked it, in a way that counts.
  private func stillUnknown(_ id: Int, until: Date, isCheck: Bool = false, absentAt: Date? = nil) throws {
    try ledger.transact {
      ledger.settle(id) {
        ($0.nextAt, $0.absentAt) = (until, absentAt)
        if isCheck { $0.checks += 1 }
      }
    }
  }

  /// Whether the list has the message that the axis took last before the attempt and the first after it.
  private func reaches(_ list: Set<Int>, over attempt: MemoryLedger.Transmission) -> Bool {
    guard let begun = attempt.firstBegun else { return true }
    let before = ledger.taken.filter { $0.at <= begun }.max { $0.at < $1.at }
    let after = ledger.taken.filter { $0.at > begun }.min { $0.at < $1.at }
    return [before, after].compactMap(\.self).allSatisfy { list.contains($0.transportId) }
  }

  // MARK: Mailbox

  private func collect(isStatus: Bool) throws {
    guard case .accepted(let list) = axis.meet(fuse, at: now, { axis.list(for: code, isStatus: isStatus, at: now) })
    else { return }
    breaker.heardOfAxis(at: now)
    let again = list.compactMap(ledger.arrival(of:)).filter {
      ledger.arrivals[$0].acknowledgedAt != nil && ledger.arrivals[$0].acknowledgeAt == nil
    }
    if !again.isEmpty {
      try ledger.transact { for id in again { ledger.change(arrival: id) { $0.acknowledgeAt = now } } }
    }
    for delivery in list where ledger.arrival(of: delivery) == nil {
      if let trouble = troubles[delivery], trouble.until > now { continue }
      let answer = axis.meet(fuse, at: now) { () -> MemoryLedger.Content? in
        fuse.takesFile() ? axis.content(of: delivery) : nil
      }
      guard case .accepted(let content?) = answer else {
        let attempts = (troubles[delivery]?.attempts ?? 0) + 1
        let until = RetrySchedule(first: 2, longest: 3600).next(after: attempts, now: now, chance: dice.unit())
        try ledger.transact { troubles[delivery] = (attempts, until) }
        continue
      }
      try ledger.transact { ledger.arrive(delivery, content, at: now) }
      troubles[delivery] = nil
    }
  }

  private func acknowledge() throws {
    for id in ledger.dueAcknowledgements(at: now) {
      guard breaker.admit(at: now) else { continue }
      let arrival = ledger.arrivals[id]
      switch axis.meet(fuse, at: now, { axis.finish(arrival.delivery) }) {
      case .accepted:
        try ledger.transact { ledger.change(arrival: id) { ($0.acknowledgedAt, $0.acknowledgeAt) = (now, nil) } }
        _ = breaker.succeeded(at: now)
      case .refused: break
      case .tryAgain(let kind), .unknown(let kind):
        let waited = max(1, now.timeIntervalSince(arrival.settledAt ?? arrival.receivedAt))
        let until = now.addingTimeInterval(min(waited, 900) * (1 + dice.unit() / 4))
        try ledger.transact { ledger.change(arrival: id) { $0.acknowledgeAt = until } }
        _ = breaker.failed(kind.rawValue, at: now, chance: dice.unit())
      }
    }
  }

  private func settle() throws {
    for id in ledger.dueArrivals(at: now) {
      do {
        switch ledger.arrivals[id].content {
        case .letter(let document, let recall): try settleLetter(id, document: document, recall: recall)
        case .status(let code, let document, _): try settleStatus(id, code: code, document: document)
        }
      } catch {
        guard fuse.isBurnt || fuse.didDiskFail else { throw error }
        try postpone(id, until: now.addingTimeInterval(2))
      }
    }
  }

  func postpone(_ arrival: Int, until: Date? = nil) throws {
    let schedule = RetrySchedule(first: 5, longest: 3600)
    let attempts = ledger.arrivals[arrival].attempts + 1
    let until = until ?? schedule.next(after: attempts, now: now, chance: dice.unit())
    try ledger.transact { ledger.change(arrival: arrival) { ($0.nextActionAt, $0.attempts) = (until, attempts) } }
  }

  /// It is ours and worked on: the axis shall be told.
  func closeArrival(_ id: Int) {
    ledger.change(arrival: id) {
      ($0.isSettled, $0.nextActionAt, $0.acknowledgeAt, $0.settledAt) = (true, nil, now, now)
    }
  }

  /// OutcomeDesk.resendStatus
  func resendRefused() throws {
    for id in ledger.refusedStatuses.sorted() {
      try ledger.transact { ledger.settle(id) { ($0.state, $0.nextAt) = (.queued, now) } }
    }
  }

  /// Moves a sent letter if the event belongs to its state; the event is logged either way.
  func move(
    _ id: Int, _ event: OutgoingLetterMachine.Event?, saying: String,
    _ body: (inout MemoryLedger.Letter) -> Void = { _ in }
  ) throws {
    var machine = OutgoingLetterMachine(state: .init(rawValue: ledger.letters[id].state) ?? .finished)
    if isAgency, let event { _ = machine.handle(event) }
    try ledger.change(id, event: saying, at: now) {
      if isAgency { $0.state = machine.state.rawValue }
      body(&$0)
    }
    if isAgency, machine.state.isFinal { ledger.close(id) }
  }
}
