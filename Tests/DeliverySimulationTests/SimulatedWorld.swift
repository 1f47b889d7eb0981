import DeliveryLedger
import EdXML
import Foundation
import GRDB

@testable import Connector
@testable import DeliveryLedger

/// An agency, an authority and an axis between them under one seed: people send, recall, take back and decide letters
/// while processes die, disks fill, clocks jump and the axis does what it likes; then all calm down.
///
/// After every pass of every worker the invariants are checked; the first that fails ends the run.
final class SimulatedWorld {
  /// An invariant that does not hold.
  struct Violation: Error, CustomStringConvertible {
    let description: String
  }

  struct Letter: Equatable {
    let id: String
    let kind: String
    let state: String
    let standing: String
    let documentId: String
    let hasDossier: Bool
  }

  let seed: UInt64
  let letters: Int
  private var dice: Dice
  private let axis: SimulatedAxis
  private let agency: SimulatedEnd
  private let authority: SimulatedEnd
  private var time = SimulatedEnd.start
  private var sent = 0
  private var seen: [String: [String: Letter]] = [:]
  private var lastEvents: [String: Int64] = [:]
  private var dossiers: [String: String] = [:]
  /// By DocumentId, which of the authority's letters it is; copies are not.
  private var originals: [String: String] = [:]
  /// What was observed, in order: two runs of one seed must give the same.
  private(set) var trace: [String] = []

  init(seed: UInt64, letters: Int, in folder: URL) throws {
    self.seed = seed
    self.letters = letters
    dice = Dice(seed: seed)
    axis = SimulatedAxis(seed: dice.next())
    agency = try SimulatedEnd(SimulatedEnd.agencyCode, in: folder, axis: axis, seed: dice.next())
    authority = try SimulatedEnd(SimulatedEnd.authorityCode, in: folder, axis: axis, seed: dice.next())
  }

  func run() async throws {
    var storm = 0
    while sent < letters || storm < 60 {
      if sent == letters { storm += 1 }
      if dice.strikes(0.1) { axis.setMood(.init(at: time, &dice)) }
      for _ in 0..<dice.below(10) where sent < letters { try await send() }
      try await turn(stormy: true)
      try await people(stormy: true)
      pass()
    }
    axis.setMood(.honest)
    for round in 0..<400 {
      for end in [agency, authority] { end.setClock(time) }
      try await turn(stormy: false)
      try await people(stormy: false)
      time += round % 20 == 19 ? 3700 : 90
      if round % 10 == 9, try isQuiet() { break }
    }
    try await checkEnd()
  }

  // MARK: What happens

  private func pass() {
    let seconds = dice.strikes(0.05) ? dice.unit() * 7200 : dice.unit() * 20
    time += seconds
    for end in [agency, authority] {
      // Clocks jump by hours, and are set right again.
      let wrong = dice.strikes(0.02) ? (dice.unit() - 0.5) * 6 * 3600 : 0
      end.setClock(time + wrong)
    }
  }

  private func turn(stormy: Bool) async throws {
    var jobs: [(SimulatedEnd, SimulatedEnd.Job)] = [
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
      try await end.work(job)
      try check(after: "\(end.code) \(job.rawValue)")
    }
  }

  private func send() async throws {
    sent += 1
    let number = "\(sent)"
    let file = try await agency.ledger.storeBlob(Data("%PDF-1.7 letter \(number)".utf8))
    var draft = LetterDraft(
      id: LetterID("letter-\(number)"), state: "signed", sender: agency.code, receivers: [authority.code],
      documentId: "\(agency.code),2026/03/02,\(number)/SVD-VP")
    draft.number = number
    draft.notation = "SVD-VP"
    draft.promulgationDate = "2026-03-02"
    draft.subject = "Đề nghị cấp chứng thư số \(number)"
    draft.nextActionAt = agency.now
    draft.blobs[.organisationSigned] = file
    _ = try await agency.ledger.recordDraft(draft, event: .letterTaken, at: agency.now)
  }

  // MARK: People

  private func people(stormy: Bool) async throws {
    for row in try rows(agency, "SELECT id, state, kind FROM letters WHERE isFinished = 0 ORDER BY row") {
      let (id, state, kind) = (LetterID(row["id"] as String), row["state"] as String, row["kind"] as String)
      if state == "failed", !stormy || dice.strikes(0.1) {
        _ = try await agency.senderDesk.retry(id, clerk: "Văn thư")
      } else if stormy, kind == "new", ["sent", "arrived", "accepted", "assigned"].contains(state), dice.strikes(0.01) {
        try await change(id)
      }
    }
    try await answerUnknown()
    for end in [agency, authority] { try await resendRefused(end) }
    for row in try rows(
      authority, "SELECT id, state, kind FROM letters WHERE isFinished = 0 AND standing = 'original' ORDER BY row")
    {
      guard !stormy || dice.strikes(0.3), row["kind"] as String == "new" else { continue }
      let (id, state) = (row["id"] as String, row["state"] as String)
      if state == "held" {
        _ = try await authority.officerDesk.refuse(id, officer: "Cán bộ", reason: "Không đúng.")
      } else if let word: OfficerDesk.Word = [.finish, .start, .assign].randomElement(using: &dice),
        IncomingLetterMachine(state: .init(rawValue: state) ?? .finished).officerEvents.contains(word.event)
      {
        _ = try await authority.officerDesk.say(word, to: id, officer: "Cán bộ")
      }
    }
  }

  private func change(_ id: LetterID) async throws {
    do {
      if dice.strikes(0.5) {
        _ = try await agency.senderDesk.recall(id, reason: "Nhầm.", clerk: "Văn thư")
      } else {
        _ = try await agency.senderDesk.takeBack(id, reason: "Nhầm.", clerk: "Văn thư")
      }
    } catch let error as ConnectorError where error.code == .notInThisState {
      // Asked already, or over meanwhile.
    }
  }

  /// A person asks the axis' operator about what the lists do not settle.
  private func answerUnknown() async throws {
    for row in try rows(
      agency, "SELECT letter, message FROM transmissions WHERE state = 'unknown' AND kind = 'edoc' AND checks >= 6")
    {
      let id = LetterID(row["letter"] as String)
      guard let letter = try await agency.ledger.letter(id), let hash = letter.blobs[.message] else { continue }
      let has = axis.has(letter.documentId ?? "", kindOf: try await agency.ledger.readBlob(hash))
      _ = try await agency.outcomeDesk.say(delivered: has, of: id, by: "Văn thư")
    }
  }

  private func resendRefused(_ end: SimulatedEnd) async throws {
    for row in try rows(
      end, "SELECT DISTINCT letter FROM transmissions WHERE state = 'refused' AND kind = 'status'")
    {
      _ = try await end.outcomeDesk.resendStatus(of: LetterID(row["letter"] as String), by: "Cán bộ")
    }
  }

  // MARK: Invariants

  private func rows(_ end: SimulatedEnd, _ sql: String) throws -> [Row] {
    try end.ledger.pool.read { try Row.fetchAll($0, sql: sql) }
  }

  private func check(after step: String) throws {
    for end in [agency, authority] {
      let last = lastEvents[end.code] ?? 0
      let changed = try end.ledger.pool.read { db in
        try Row.fetchAll(
          db,
          sql: """
            SELECT id, kind, state, standing, documentId, dossierCode IS NOT NULL AS coded, lastEvent
            FROM letters WHERE lastEvent > ? ORDER BY lastEvent
            """, arguments: [last])
      }
      for row in changed {
        lastEvents[end.code] = row["lastEvent"]
        let letter = Letter(
          id: row["id"], kind: row["kind"], state: row["state"], standing: row["standing"],
          documentId: row["documentId"] ?? "", hasDossier: row["coded"])
        try note(letter, at: end, after: step)
      }
      let forgotten = try rows(
        end,
        """
        SELECT id FROM letters AS l WHERE direction = 'outgoing' AND isFinished = 0 AND (
          (state = 'signed' AND nextActionAt IS NULL)
          OR (state IN ('queued', 'outcomeUnknown') AND NOT EXISTS (
            SELECT 1 FROM transmissions AS t WHERE t.letter = l.id AND t.kind = 'edoc'
              AND t.state IN ('queued', 'sending', 'unknown'))))
        UNION ALL SELECT transportDocId FROM arrivals WHERE state = 'received' AND nextActionAt IS NULL
        """)
      if let one = forgotten.first {
        throw Violation(description: "after \(step): \(end.code) has forgotten \(one["id"] as String)")
      }
    }
  }

  private func note(_ letter: Letter, at end: SimulatedEnd, after step: String) throws {
    let before = seen[end.code]?[letter.id]
    seen[end.code, default: [:]][letter.id] = letter
    guard before?.state != letter.state else { return }
    trace.append("\(end.code) \(letter.documentId) \(letter.kind) \(letter.state)")
    let isAgency = end.code == agency.code
    if let before,
      !(isAgency
        ? Self.goesForward(sent: before.state, letter.state) : Self.goesForward(received: before.state, letter.state))
    {
      throw Violation(
        description: "after \(step): \(letter.documentId) \(letter.kind) \(before.state) → \(letter.state)")
    }
    if letter.kind == "new" {
      if isAgency, !isTrue(letter.state, of: letter.documentId) {
        throw Violation(
          description: "after \(step): the agency shows \(letter.documentId) as \(letter.state), which nobody said")
      }
      if !isAgency, letter.standing == "original",
        let other = originals.updateValue(letter.id, forKey: letter.documentId),
        other != letter.id
      {
        throw Violation(description: "after \(step): \(letter.documentId) is at the authority twice")
      }
    }
    guard !isAgency, letter.hasDossier else { return }
    if let other = dossiers.updateValue(letter.id, forKey: letter.documentId), other != letter.id {
      throw Violation(description: "after \(step): two dossiers of \(letter.documentId)")
    }
  }

  /// Whether what the agency shows of a letter is what the authority did with it, or did before.
  private func isTrue(_ shown: String, of documentId: String) -> Bool {
    let there = originals[documentId].flatMap { seen[authority.code]?[$0] }
    return switch shown {
    case "finished": there?.state == shown
    case "refused": ["refused", "withdrawn"].contains(there?.state)
    case "accepted", "assigned", "processing": there?.hasDossier == true
    // A recall that came first is told as arrived under the document's id as well.
    case "arrived": seen[authority.code]?.values.contains { $0.documentId == documentId } == true
    default: true
    }
  }

  static func goesForward(sent before: String, _ after: String) -> Bool {
    guard let old = OutgoingLetterMachine.State(rawValue: before),
      let new = OutgoingLetterMachine.State(rawValue: after)
    else { return false }
    if old.isFinal { return false }
    if new.isFinal { return true }
    // What may have left never counts again as not left, but where the axis refused it.
    guard let rank = old.progress else { return true }
    return new == .failed ? rank == 0 : (new.progress ?? -1) >= rank
  }

  static func goesForward(received before: String, _ after: String) -> Bool {
    guard let old = IncomingLetterMachine.State(rawValue: before),
      let new = IncomingLetterMachine.State(rawValue: after)
    else { return false }
    let order: [IncomingLetterMachine.State] = [.arrived, .held, .accepted, .assigned, .processing]
    if old.isFinal { return false }
    if new.isFinal { return true }
    return (order.firstIndex(of: new) ?? 99) > (order.firstIndex(of: old) ?? 99)
  }

  /// Whether the two ends show the same end of a letter.
  static func agree(sent: String, received: String) -> Bool {
    switch received {
    case "finished", "withdrawn": sent == received
    // Taken back after it was refused: either word may come first.
    case "refused": ["refused", "withdrawn"].contains(sent)
    default: false
    }
  }

  private func isQuiet() throws -> Bool {
    let open = try rows(agency, "SELECT count(*) AS n FROM letters WHERE isFinished = 0")
    let queued = try rows(
      authority,
      """
      SELECT (SELECT count(*) FROM transmissions WHERE state IN ('queued', 'sending', 'unknown'))
        + (SELECT count(*) FROM arrivals WHERE state = 'received') AS n
      """)
    return (open.first?["n"] as Int?) == 0 && (queued.first?["n"] as Int?) == 0
  }

  /// What both logs say of one document, by time.
  private func history(of documentId: String) throws -> String {
    let lines = try [agency, authority].flatMap { end in
      try end.ledger.pool.read { db in
        try Row.fetchAll(
          db,
          sql: """
            SELECT e.at, e.kind, e.state, e.statusCode, l.kind AS letterKind, l.standing FROM events AS e
            JOIN letters AS l ON l.id = e.letter WHERE l.documentId = ? ORDER BY e.seq
            """, arguments: [documentId])
      }.map { row in
        let words = ["letterKind", "standing", "kind", "state", "statusCode"].map { (row[$0] as String?) ?? "-" }
        return (row["at"] as Int64, "\(end.code) \(words.joined(separator: " "))")
      }
    }
    return lines.enumerated().sorted { ($0.element.0, $0.offset) < ($1.element.0, $1.offset) }.map {
      "\n\($0.element.0 / 1000 - Int64(SimulatedEnd.start.timeIntervalSince1970)) s \($0.element.1)"
    }.joined()
  }

  /// Every letter once at the authority, both ends of one mind about it, both logs whole.
  private func checkEnd() async throws {
    var received: [String: Letter] = [:]
    for row in try rows(
      authority, "SELECT * FROM letters WHERE standing = 'original' AND kind = 'new' AND supersededBy IS NULL")
    {
      let letter = Letter(
        id: row["id"], kind: row["kind"], state: row["state"], standing: row["standing"],
        documentId: row["documentId"] ?? "", hasDossier: (row["dossierCode"] as String?) != nil)
      guard received.updateValue(letter, forKey: letter.documentId) == nil else {
        throw Violation(description: "\(letter.documentId) is at the authority twice")
      }
    }
    let all = try rows(agency, "SELECT documentId, kind, state FROM letters ORDER BY row")
    var counted = 0
    for row in all {
      let (id, kind, state) = (row["documentId"] as String, row["kind"] as String, row["state"] as String)
      guard kind == "new" else {
        guard ["agreed", "declined", "withdrawn"].contains(state) else {
          throw Violation(description: "the recall of \(id) ends as \(state)")
        }
        continue
      }
      counted += 1
      guard let there = received[id] else { throw Violation(description: "\(id) (\(state)) is not at the authority") }
      guard Self.agree(sent: state, received: there.state) else {
        throw Violation(
          description: "\(id): the agency shows \(state), the authority \(there.state)\(try history(of: id))")
      }
    }
    guard counted == letters else { throw Violation(description: "\(counted) of \(letters) letters are in the ledger") }
    for end in [agency, authority] {
      let verified = try await end.ledger.verify()
      guard verified.isIntact else {
        throw Violation(description: "\(end.code): \(verified.faults.map { "\($0.kind.rawValue) \($0.place)" })")
      }
    }
  }
}
