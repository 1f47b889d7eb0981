import EdXML
import Foundation

@testable import Connector
@testable import DeliveryLedger

/// The semantics of the delivery ledger in memory: every transaction is durable wholly or not at all, its log is chained
/// by the ledger's own hash. 20,000 letters go through it in the time that SQLite needs for some hundreds.
final class MemoryLedger {
  /// A message as both ends understand it, instead of its edXML.
  enum Content: Hashable {
    /// Letter number `document` of the agency, or recall number `recall` of it.
    case letter(document: Int, recall: Int?)
    /// `said`: which telling it is; the same bytes told again are the same.
    case status(String, document: Int, said: Int)
  }

  struct Heard {
    let content: Content
    let code: String
    let at: Date
  }

  struct Letter {
    let document: Int
    /// Which recall of the document it is; nil: the letter itself.
    let recall: Int?
    /// The state's word: an OutgoingLetterMachine's at the agency, an IncomingLetterMachine's at the authority.
    var state: String
    var isCopy = false
    var hasDossier = false
    var nextActionAt: Date?
    var transmissions: [Int] = []
    var heard: [Heard] = []
    var lastEvent: Int64 = 0
  }

  struct Transmission {
    let letter: Int
    let content: Content
    let queuedAt: Date
    var state = TransmissionState.queued
    var nextAt: Date?
    var attempts = 0
    var firstBegun: Date?
    var lastEnded: Date?
    var transportId: Int?
    var takenAt: Date?
    var checks = 0
    /// When the axis' list lacked it, if that counted and nothing else was heard since.
    var absentAt: Date?

    var isOpen: Bool { state == .queued || state == .sending || state == .unknown }
    var statusCode: String? { if case .status(let code, _, _) = content { code } else { nil } }
  }

  struct Arrival {
    let delivery: Int
    let content: Content
    let receivedAt: Date
    var isSettled = false
    var nextActionAt: Date?
    var attempts = 0
    var acknowledgeAt: Date?
    var acknowledgedAt: Date?
    var settledAt: Date?
  }

  private struct Event {
    let at: Int64
    let letter: String
    let kind: String
    let state: String
    let hash: Data
  }

  let fuse: Fuse
  private let name: String
  private(set) var letters: [Letter] = []
  private(set) var transmissions: [Transmission] = []
  private(set) var arrivals: [Arrival] = []
  private var events: [Event] = []
  /// What is not over, so that a pass looks at no more.
  private(set) var openLetters: Set<Int> = []
  private(set) var openTransmissions: Set<Int> = []
  private(set) var openArrivals: Set<Int> = []
  private(set) var refusedStatuses: Set<Int> = []
  /// Documents whose acceptance was heard, and whose all are that the axis surely has.
  private(set) var taken: [(at: Date, transportId: Int)] = []
  private var ownerOf: [Int: Int] = [:]
  private var arrivalOf: [Int: Int] = [:]
  private var lettersOf: [Int: [Int]] = [:]
  /// Up to where the log was looked at, and the hash of the last event before.
  private var looked: (place: Int, hash: Data) = (0, Data())
  /// Letters touched since the world last looked.
  var touched: Set<Int> = []

  init(_ name: String, fuse: Fuse) {
    self.name = name
    self.fuse = fuse
  }

  /// One transaction: durable when it returns; when the disk or the process fails nothing of it is.
  func transact(_ work: () throws -> Void) throws {
    try fuse.commit()
    try work()
  }

  // MARK: Writing, inside a transaction

  func add(_ letter: Letter, event: String, at now: Date) throws -> Int {
    letters.append(letter)
    let place = letters.count - 1
    lettersOf[letter.document, default: []].append(place)
    openLetters.insert(place)
    try log(event, place, at: now)
    return place
  }

  func change(_ place: Int, event: String, at now: Date, _ body: (inout Letter) -> Void) throws {
    body(&letters[place])
    try log(event, place, at: now)
  }

  /// A letter at an end is looked at no more.
  func close(_ place: Int) { openLetters.remove(place) }

  func queue(_ content: Content, for letter: Int, at now: Date) {
    transmissions.append(Transmission(letter: letter, content: content, queuedAt: now, nextAt: now))
    letters[letter].transmissions.append(transmissions.count - 1)
    openTransmissions.insert(transmissions.count - 1)
    touched.insert(letter)
  }

  /// A status that was not told before.
  func tell(_ code: StatusCode, about document: Int, for letter: Int, at now: Date) {
    queue(.status(code.code, document: document, said: transmissions.count), for: letter, at: now)
  }

  func settle(_ id: Int, _ body: (inout Transmission) -> Void) {
    body(&transmissions[id])
    let now = transmissions[id]
    if now.isOpen { openTransmissions.insert(id) } else { openTransmissions.remove(id) }
    if now.statusCode != nil {
      if now.state == .refused { refusedStatuses.insert(id) } else { refusedStatuses.remove(id) }
    } else if let transportId = now.transportId, ownerOf[transportId] == nil {
      ownerOf[transportId] = id
      if let at = now.takenAt { taken.append((at, transportId)) }
    }
    touched.insert(now.letter)
  }

  func arrive(_ delivery: Int, _ content: Content, at now: Date) {
    guard arrivalOf[delivery] == nil else { return }
    arrivals.append(Arrival(delivery: delivery, content: content, receivedAt: now, nextActionAt: now))
    arrivalOf[delivery] = arrivals.count - 1
    openArrivals.insert(arrivals.count - 1)
  }

  func change(arrival: Int, _ body: (inout Arrival) -> Void) {
    body(&arrivals[arrival])
    let now = arrivals[arrival]
    if now.isSettled, now.acknowledgeAt == nil { openArrivals.remove(arrival) } else { openArrivals.insert(arrival) }
  }

  private func log(_ kind: String, _ letter: Int, at now: Date) throws {
    let (seq, milliseconds) = (Int64(events.count + 1), Moment(now).milliseconds)
    let state = letters[letter].state
    let hash = try EventChain.hash(
      seq: seq, at: milliseconds, letter: "\(letter)", actor: name, kind: kind, state: state, statusCode: nil, vi: "",
      en: "", parameters: "{}", detail: nil, previous: events.last?.hash ?? Data())
    events.append(Event(at: milliseconds, letter: "\(letter)", kind: kind, state: state, hash: hash))
    letters[letter].lastEvent = seq
    touched.insert(letter)
  }

  // MARK: Reading

  func isOwned(_ transportId: Int, exceptBy id: Int) -> Bool { ownerOf[transportId].map { $0 != id } ?? false }
  func arrival(of delivery: Int) -> Int? { arrivalOf[delivery] }
  func letters(of document: Int) -> [Int] { lettersOf[document] ?? [] }

  /// Nothing of the same letter is open before it.
  private func isFirst(_ id: Int) -> Bool {
    letters[transmissions[id].letter].transmissions.allSatisfy { $0 >= id || !transmissions[$0].isOpen }
  }

  func dueTransmissions(_ state: TransmissionState, at now: Date, limit: Int = 20) -> [Int] {
    openTransmissions.filter {
      transmissions[$0].state == state && transmissions[$0].nextAt.map { $0 <= now } == true
        && (state == .unknown || isFirst($0))
    }.map { (transmissions[$0].nextAt ?? now, $0) }.sorted { $0 < $1 }.prefix(limit).map(\.1)
  }

  func dueArrivals(at now: Date, limit: Int = 20) -> [Int] {
    openArrivals.compactMap { id in
      arrivals[id].isSettled ? nil : arrivals[id].nextActionAt.flatMap { $0 <= now ? ($0, id) : nil }
    }.sorted { $0 < $1 }.prefix(limit).map(\.1)
  }

  func dueAcknowledgements(at now: Date, limit: Int = 50) -> [Int] {
    openArrivals.compactMap { id in arrivals[id].acknowledgeAt.flatMap { $0 <= now ? ($0, id) : nil } }
      .sorted { $0 < $1 }.prefix(limit).map(\.1)
  }

  /// The first fault of the log, of what was written since the last look or of all; nil: it is as it was written, and the
  /// letters are as it says.
  func fault(sinceLastLook: Bool = false) throws -> String? {
    var (place, previous) = sinceLastLook ? looked : (0, Data())
    while place < events.count {
      let event = events[place]
      let hash = try EventChain.hash(
        seq: Int64(place + 1), at: event.at, letter: event.letter, actor: name, kind: event.kind, state: event.state,
        statusCode: nil, vi: "", en: "", parameters: "{}", detail: nil, previous: previous)
      guard hash == event.hash else { return "event \(place + 1) does not give its hash" }
      previous = hash
      place += 1
    }
    looked = (place, previous)
    for place in sinceLastLook ? Array(touched) : Array(letters.indices) {
      let letter = letters[place]
      let told = events[Int(letter.lastEvent) - 1]
      guard told.letter == "\(place)", told.state == letter.state else {
        return "letter \(place) is \(letter.state), which the log does not say"
      }
    }
    return nil
  }
}
