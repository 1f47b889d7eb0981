import AxisClient
import Connector
import DeliveryLedger
import Foundation
import GRDB
import LetterSignatures
import RequestLetter
import SigningCore
import Synchronization
import VietnameseText

/// An axis that has messages for the authority and answers nothing else, so that only intake works.
final class GivingAxis: AxisOperations {
  private let offered = Mutex<[String: URL]>([:])

  func offer(_ messages: [String: URL]) { offered.withLock { $0 = messages } }

  func getReceivedEdocList(_ type: AxisMessageType) async -> AxisOutcome<[ReceivedEntry]> {
    guard type == .edoc else { return .accepted([]) }
    return .accepted(
      offered.withLock { $0.keys.sorted() }.map {
        ReceivedEntry(docID: $0, messageType: "edoc", from: [Bench.agencyCode], to: [Bench.authorityCode])
      })
  }

  func fetchEdoc(docID: String, into path: String) async -> AxisOutcome<FetchedMessage> {
    guard let file = offered.withLock({ $0[docID] }),
      (try? FileManager.default.copyItem(atPath: file.path, toPath: path)) != nil
    else { return .tryAgain(Self.away) }
    return .accepted(FetchedMessage(path: path, byteCount: 0, operation: "downloadEdoc"))
  }

  private static let away = AxisTrouble(
    kind: .notReached, code: "benchmark", retryAfter: .seconds(3_600), detail: "",
    clerk: .init(vi: "Không nối được.", en: "Not reached."))

  func sendEdoc(file: String, from: String, to: [String]?, messageType: AxisMessageType) async -> AxisOutcome<String> {
    .tryAgain(Self.away)
  }
  func updateStatus(docID: String, _ state: TransportState) async -> AxisOutcome<Void> { .tryAgain(Self.away) }
  func getSentEdocList(_ type: AxisMessageType, docID: String?) async -> AxisOutcome<[SentEntry]> { .accepted([]) }
  func getAgenciesList() async -> AxisOutcome<[AgencyEntry]> { .accepted([]) }
  func getAgenciesListQD20(level: Int) async -> AxisOutcome<[AgencyEntry]> { .accepted([]) }
  func getSynchronizeUnit() async -> AxisOutcome<[SynchronizedUnit]> { .accepted([]) }
  func registerAgency(_ registration: AgencyRegistration) async -> AxisOutcome<Void> { .accepted(()) }
  func deleteAgency(code: String) async -> AxisOutcome<Void> { .accepted(()) }
  func countReceived(_ type: AxisMessageType) async -> AxisOutcome<Int> { .accepted(0) }
}

/// From the message on the axis to the dossier in the ledger, beside verifying the same letters, reading their words, and
/// two commits of bare SQLite each, round by round.
func benchmarkIntake(rounds: Int, letters: Int) async throws {
  let bench = try await Bench()
  defer { bench.remove() }
  let axis = GivingAxis()
  let configuration = try bench.configuration(.ca)
  let ledger = try Workplace.openLedger(configuration)
  let workplace = try Workplace(configuration: configuration, ledger: ledger, axis: axis, logger: Bench.quiet)
  let service = try ConnectorService(workplace, tick: 0.002)
  let running = Task { try await service.run() }
  let verifier = try LetterVerifier(trust: TrustStore(folder: bench.folder.appending(path: "pki").path))
  let sender = ExpectedSender(
    organId: Bench.agencyCode, organName: nil, expectedSubject: [:],
    certificates: [bench.agency.certificate.fingerprint])
  let reader = try LetterReader()
  let bare = try BareTable(in: bench.folder)

  var best: [String: Spent] = [:]
  var number = 0
  // The first round warms up and does not count.
  for round in 0...rounds {
    var messages: [String: URL] = [:]
    var files: [URL] = []
    for _ in 0..<letters {
      number += 1
      let letter = try await bench.letter(number)
      files.append(letter)
      messages["d\(number)"] = try bench.message(number, letter)
    }
    func note(_ name: String, _ spent: Spent) { if round > 0 { best[name] = spent.best(best[name]) } }
    let offered = messages
    note(
      "intake",
      try await Spent.measure {
        axis.offer(offered)
        while true {
          let page = try await ledger.letters(LetterQuery(direction: .incoming, states: ["accepted"], limit: 1))
          if page.total == number { break }
          try await Task.sleep(for: .milliseconds(2))
        }
        axis.offer([:])
      })
    note(
      "verification",
      try await Spent.measure {
        for file in files {
          let report = verifier.verify(path: file.path, sender: sender, at: Date())
          guard report.decision == .accept || report.decision == .warn else {
            throw Bench.Failed(description: "not accepted: \(report.codes)")
          }
        }
      })
    note(
      "reading", try await Spent.measure { for file in files { _ = try await reader.read(try Data(contentsOf: file)) } }
    )
    note("commits", try await Spent.measure { for _ in files { for _ in 0..<2 { try bare.commit() } } })
  }
  running.cancel()
  _ = await running.result

  print("Intake alone, ms a letter, the best of \(rounds) rounds of \(letters) letters:")
  print(label("") + "  by the clock   of the processor")
  var floor = Spent(wall: 0, processor: 0)
  for name in ["verification", "reading", "commits"] {
    guard let spent = best[name] else { continue }
    floor.wall += spent.wall
    floor.processor += spent.processor
    let title = [
      "verification": "verifying two signatures", "reading": "reading the letter", "commits": "two bare commits",
    ]
    print(
      label(title[name] ?? name) + milliseconds(spent.wall / Double(letters), 14)
        + milliseconds(spent.processor / Double(letters), 19))
  }
  guard let intake = best["intake"] else { return }
  for (name, spent) in [("floor: all of these", floor), ("intake, message to dossier", intake)] {
    print(
      label(name) + milliseconds(spent.wall / Double(letters), 14) + milliseconds(spent.processor / Double(letters), 19)
    )
  }
  print(
    label("intake / floor (goal: at most 1.5)")
      + String(format: "%14.2f%19.2f", intake.wall / floor.wall, intake.processor / floor.processor))
}

/// Commits of SQLite with nothing around them: WAL, `synchronous=FULL`, one row of half a kilobyte each.
struct BareTable {
  private let pool: DatabasePool

  init(in folder: URL) throws {
    pool = try DatabasePool(path: folder.appending(path: "bare.sqlite").path)
    try pool.writeWithoutTransaction { db in
      try db.execute(sql: "PRAGMA synchronous = FULL")
      try db.execute(
        sql: "CREATE TABLE bare (id INTEGER PRIMARY KEY, letter TEXT, text TEXT); CREATE INDEX l ON bare (letter)")
    }
  }

  func commit() throws {
    try pool.write { db in
      try db.cachedStatement(sql: "INSERT INTO bare (letter, text) VALUES (?, ?)").execute(
        arguments: [UUID().uuidString, String(repeating: "x", count: 500)])
    }
  }
}
