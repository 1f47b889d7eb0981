import Foundation
import GRDB

@testable import Connector
@testable import DeliveryLedger

/// ``SimulatedWorld`` over ledgers in memory: the same storms, people and invariants, for many thousands of letters.
final class MemoryWorld {
  typealias Violation = SimulatedWorld.Violation

  private let letters: Int
  private var dice: Dice
  private let axis: MemoryAxis
  private let agency: MemoryEnd
  private let authority: MemoryEnd
  private var time = SimulatedEnd.start
  private var sent = 0
  private var states: [String: [Int: String]] = [:]
  private var dossiers: [Int: Int] = [:]
  /// By document, which of the authority's letters it is; copies are not.
  private var originals: [Int: Int] = [:]
  private(set) var steps = 0
  private(set) var events = 0
  /// What was observed, in order: two runs of one seed must give the same.
  private(set) var trace: [String] = []

  init(seed: UInt64, letters: Int) {
    self.letters = letters
    dice = Dice(seed: seed)
    axis = MemoryAxis(seed: dice.next())
    agency = MemoryEnd(SimulatedEnd.agencyCode, axis: axis, seed: dice.next())
    authority = MemoryEnd(SimulatedEnd.authorityCode, axis: axis, seed: dice.next())
  }

  func run() throws {
    var storm = 0
    while sent < letters || storm < 60 {
      if sent == letters { storm += 1 }
      if dice.strikes(0.1) { axis.mood = .init(at: time, &dice) }
      for _ in 0..<dice.below(10) where sent < letters { try send() }
      try turn(stormy: true)
      try people(stormy: true)
      time += dice.strikes(0.05) ? dice.unit() * 7200 : dice.unit() * 20
      for end in [agency, authority] {
        // Clocks jump by hours, and are set right again.
        end.setClock(time + (dice.strikes(0.02) ? (dice.unit() - 0.5) * 6 * 3600 : 0))
      }
    }
    axis.mood = .honest
    for round in 0..<1_000 {
      for end in [agency, authority] { end.setClock(time) }
      try turn(stormy: false)
      try people(stormy: false)
      time += round % 20 == 19 ? 3700 : 90
      if isQuiet { break }
    }
    try checkEnd()
  }

  // MARK: What happens

  private func turn(stormy: Bool) throws {
    var jobs: [(MemoryEnd, SimulatedEnd.Job)] = [
      (agency, .pack), (agency, .outbox), (agency, .statuses), (agency, .settle), (agency, .acknowledge),
      (authority, .outbox), (authority, .documents), (authority, .statuses), (authority, .settle),
      (authority, .acknowledge),
    ]
    jobs.shuffle(using: &dice)
    for (end, job) in jobs {
      if stormy {
        if dice.strikes(0.04) {
          end.fuse.light(after: dice.below(6))
        } else if dice.strikes(0.02) {
          end.fuse.failDisk(writes: 1 + dice.below(3), dice.strikes(0.5) ? .SQLITE_FULL : .SQLITE_IOERR)
        }
      }
      try end.work(job)
      try check(end, after: "\(end.code) \(job.rawValue)")
    }
  }

  private func send() throws {
    sent += 1
    try agency.ledger.transact {
      var letter = MemoryLedger.Letter(
        document: sent, recall: nil, state: OutgoingLetterMachine.State.signed.rawValue)
      letter.nextActionAt = agency.now
      _ = try agency.ledger.add(letter, event: "taken", at: agency.now)
    }
  }

  private func people(stormy: Bool) throws {
    for id in agency.ledger.openLetters.sorted() {
      let letter = agency.ledger.letters[id]
      if letter.state == "failed", !stormy || dice.strikes(0.1) {
        try agency.ledger.transact {
          let now = agency.now
          try agency.move(id, .retriedSigned, saying: "retried") { $0.nextActionAt = now }
        }
      } else if stormy, letter.recall == nil, ["sent", "arrived", "accepted", "assigned"].contains(letter.state),
        dice.strikes(0.01)
      {
        try agency.change(id, byRecall: dice.strikes(0.5))
      }
    }
    try agency.answerUnknown()
    for end in [agency, authority] { try end.resendRefused() }
    for id in authority.ledger.openLetters.sorted() {
      let letter = authority.ledger.letters[id]
      guard !stormy || dice.strikes(0.3), letter.recall == nil else { continue }
      let machine = IncomingLetterMachine(state: .init(rawValue: letter.state) ?? .finished)
      if machine.state == .held {
        try authority.ledger.transact { try authority.handle(id, .judgedRefusable) }
      } else if let word: IncomingLetterMachine.Event = [.finish, .start, .assign].randomElement(using: &dice),
        machine.officerEvents.contains(word)
      {
        try authority.ledger.transact { try authority.handle(id, word) }
      }
    }
    for end in [agency, authority] { try check(end, after: "people at \(end.code)") }
  }

  // MARK: Invariants

  /// What holds at every step, for every letter that the step touched.
  private func check(_ end: MemoryEnd, after step: String) throws {
    steps += 1
    if let fault = try end.ledger.fault(sinceLastLook: true) {
      throw Violation(description: "after \(step): \(end.code): \(fault)")
    }
    let isAgency = end === agency
    for id in end.ledger.touched.sorted() {
      let letter = end.ledger.letters[id]
      let name = "letter \(letter.document)" + (letter.recall.map { ", recall \($0)" } ?? "")
      let before = states[end.code, default: [:]].updateValue(letter.state, forKey: id)
      if before != letter.state {
        events += 1
        trace.append("\(end.code) \(name) \(letter.state)")
        if let before,
          !(isAgency
            ? SimulatedWorld.goesForward(sent: before, letter.state)
            : SimulatedWorld.goesForward(received: before, letter.state))
        {
          throw Violation(description: "after \(step): \(name) \(before) → \(letter.state)")
        }
      }
      if letter.hasDossier, let other = dossiers.updateValue(id, forKey: letter.document), other != id {
        throw Violation(description: "after \(step): two dossiers of \(name)")
      }
      let hasOpen = letter.transmissions.contains {
        end.ledger.transmissions[$0].isOpen && end.ledger.transmissions[$0].statusCode == nil
      }
      let isForgotten =
        isAgency
        && ((letter.state == "signed" && letter.nextActionAt == nil)
          || (["queued", "outcomeUnknown"].contains(letter.state) && !hasOpen))
      if isForgotten { throw Violation(description: "after \(step): \(end.code) has forgotten \(name)") }
      guard letter.recall == nil, !letter.isCopy else { continue }
      if !isAgency, let other = originals.updateValue(id, forKey: letter.document), other != id {
        throw Violation(description: "after \(step): \(name) is at the authority twice")
      }
      if isAgency, !isTrue(letter.state, of: letter.document) {
        throw Violation(description: "after \(step): the agency shows \(name) as \(letter.state), which nobody said")
      }
    }
    end.ledger.touched = []
  }

  /// Whether what the agency shows of a letter is what the authority did with it, or did before.
  private func isTrue(_ shown: String, of document: Int) -> Bool {
    let there = originals[document].map { authority.ledger.letters[$0] }
    return switch shown {
    case "finished": there?.state == shown
    case "refused": ["refused", "withdrawn"].contains(there?.state)
    case "accepted", "assigned", "processing": there?.hasDossier == true
    // A recall that came first is told as arrived under the document's id as well.
    case "arrived": !authority.ledger.letters(of: document).isEmpty
    default: true
    }
  }

  private var isQuiet: Bool {
    agency.ledger.openLetters.isEmpty && agency.ledger.openTransmissions.isEmpty
      && authority.ledger.openTransmissions.isEmpty
      && authority.ledger.openArrivals.allSatisfy { authority.ledger.arrivals[$0].isSettled }
  }

  /// Every letter once at the authority, both ends of one mind about it, both logs whole.
  private func checkEnd() throws {
    var received: [Int: MemoryLedger.Letter] = [:]
    for letter in authority.ledger.letters where letter.recall == nil && !letter.isCopy {
      guard received.updateValue(letter, forKey: letter.document) == nil else {
        throw Violation(description: "letter \(letter.document) is at the authority twice")
      }
    }
    var counted = 0
    for letter in agency.ledger.letters {
      guard letter.recall == nil else {
        guard ["agreed", "declined", "withdrawn"].contains(letter.state) else {
          throw Violation(description: "recall \(letter.recall ?? 0) of \(letter.document) ends as \(letter.state)")
        }
        continue
      }
      counted += 1
      guard let there = received[letter.document] else {
        throw Violation(description: "letter \(letter.document) (\(letter.state)) is not at the authority")
      }
      guard SimulatedWorld.agree(sent: letter.state, received: there.state) else {
        throw Violation(
          description: "letter \(letter.document): the agency shows \(letter.state), the authority \(there.state)"
            + history(of: letter.document))
      }
    }
    guard counted == letters else { throw Violation(description: "\(counted) of \(letters) letters are in the ledger") }
    for end in [agency, authority] {
      if let fault = try end.ledger.fault() { throw Violation(description: "\(end.code): \(fault)") }
    }
  }

  private func history(of document: Int) -> String {
    trace.filter { $0.contains("letter \(document) ") || $0.contains("letter \(document),") }.map { "\n\($0)" }.joined()
  }
}
