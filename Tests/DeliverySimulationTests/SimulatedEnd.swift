import AxisClient
import DeliveryLedger
import DossierModel
import EdXML
import Foundation
import Logging
import Synchronization
import VietnameseText

@testable import Connector

/// One end: a real ledger, the connector's real workers on it, a clock that may be wrong, and a process that may die.
final class SimulatedEnd: Sendable {
  enum Job: String, CaseIterable, Sendable { case pack, outbox, documents, statuses, settle, acknowledge }

  /// What went wrong that no death and no disk explains.
  struct Unexpected: Error { let words: String }

  let code: String
  let ledger: Ledger
  let fuse = Fuse()
  private let lock: ProcessingLock
  private let folder: URL
  private let axis: SimulatedAxis
  private let configuration: Configuration
  private let clock = SimulatedClock(at: SimulatedEnd.start)
  private let state: Mutex<(dice: Dice, mustRecover: Bool, workplace: Workplace?)>
  private let intake: DocumentIntake?

  static let agencyCode = "H99.15"
  static let authorityCode = "G11.99"

  /// Monday 2026-03-02 08:00 in Vietnam.
  static let start = Date(timeIntervalSince1970: 1_772_413_200)

  /// A certificate made for nothing but to stand in the trust folder; no letter is judged by it.
  private static let root = """
    -----BEGIN CERTIFICATE-----
    MIIBrTCCAVOgAwIBAgIUKHBRUF7yLHfHVk+c7z0eiLSEsXAwCgYIKoZIzj0EAwIw
    KzEZMBcGA1UEAwwQR29jIGN1YSBtbyBwaG9uZzEOMAwGA1UECgwFVmkgZHUwIBcN
    MjYxMTIyMjEzNDI4WhgPMjEyNjEwMjkyMTM0MjhaMCsxGTAXBgNVBAMMEEdvYyBj
    dWEgbW8gcGhvbmcxDjAMBgNVBAoMBVZpIGR1MFkwEwYHKoZIzj0CAQYIKoZIzj0D
    AQcDQgAEscxwrTZaqCEx6F1V7IgMb+yvpqjPgRFyJqCPxfXn4lBHutUF6TAbADth
    fBzh+HzMW0MMMbJBHbgpNhhJWUW9r6NTMFEwHQYDVR0OBBYEFDCxTwtLY8XFeoEk
    YaHdI/vQnSEaMB8GA1UdIwQYMBaAFDCxTwtLY8XFeoEkYaHdI/vQnSEaMA8GA1Ud
    EwEB/wQFMAMBAf8wCgYIKoZIzj0EAwIDSAAwRQIhAL9ov7Q8WE8Ij8K7lVYEh7xC
    l6JlHvXTnGLjGbLJdsx2AiAlYIPNHFiPko4RPKSCk9yDtYYtOweIrjao7I2J1wQn
    ew==
    -----END CERTIFICATE-----
    """

  init(_ code: String, in parent: URL, axis: SimulatedAxis, seed: UInt64) throws {
    self.code = code
    self.axis = axis
    folder = parent.appending(path: code)
    let isAgency = code == Self.agencyCode
    let anchors = folder.appending(path: "trust/anchors")
    try FileManager.default.createDirectory(at: anchors, withIntermediateDirectories: true)
    try Data(Self.root.utf8).write(to: anchors.appending(path: "root.pem"))
    let more =
      isAgency
      ? "signers: {organisation: {pkcs12: a, passwordFile: b}}\naddressees: {default: {code: \(Self.authorityCode), name: C}}"
      : ""
    configuration = try Configuration(
      yaml: """
        role: \(isAgency ? "agency" : "ca")
        organisation: {code: \(code), name: \(isAgency ? "Sở Ví dụ" : "Cục Ví dụ")}
        axis: {url: "http://127.0.0.1:1", systemId: S, secretFile: s}
        trustFolder: \(folder.path)/trust
        dataFolder: \(folder.path)
        \(more)
        """, file: folder.appending(path: "x.yaml").path)
    ledger = try Ledger.open(folder: folder, at: Self.start)
    lock = try ledger.acquireProcessingLock()
    state = Mutex((Dice(seed: seed), true, nil))
    fuse.guardCommits(of: ledger)
    intake =
      isAgency
      ? nil
      : try DocumentIntake(
        workplace: try Workplace(
          configuration: configuration, ledger: ledger,
          axis: SimulatedAccount(axis: axis, code: code, fuse: fuse, clock: clock.read),
          logger: Logger(label: "s") { _ in SwiftLogNoOpLogHandler() }, clock: clock.read, chance: { 0 }))
  }

  deinit { try? ledger.close() }

  var now: Date { clock.now }
  func setClock(_ time: Date) { clock.set(time) }

  private func chance() -> Double { state.withLock { $0.dice.unit() } }

  /// What the process keeps in memory; a new one after each death.
  private var workplace: Workplace {
    get throws {
      try state.withLock { state in
        if let workplace = state.workplace { return workplace }
        let made = try Workplace(
          configuration: configuration, ledger: ledger,
          axis: SimulatedAccount(axis: axis, code: code, fuse: fuse, clock: clock.read),
          logger: Logger(label: "s") { _ in SwiftLogNoOpLogHandler() },
          clock: clock.read, chance: { [weak self] in self?.chance() ?? 0 })
        state.workplace = made
        return made
      }
    }
  }

  var senderDesk: SenderDesk { SenderDesk(ledger: ledger, clock: clock.read) }
  var outcomeDesk: OutcomeDesk { OutcomeDesk(ledger: ledger, configuration: configuration, clock: clock.read) }
  var officerDesk: OfficerDesk {
    OfficerDesk(ledger: ledger, configuration: configuration, clock: clock.read)
  }

  // MARK: Work

  /// One pass of a worker. Death in it restarts the process; a disk that refuses a write ends the pass.
  func work(_ job: Job) async throws {
    do {
      try await pass(job)
    } catch {
      guard fuse.isBurnt || fuse.didDiskFail else {
        throw Unexpected(words: "\(code) \(job.rawValue): \(error)")
      }
      if job == .outbox { state.withLock { $0.mustRecover = true } }
    }
    if fuse.isBurnt { state.withLock { ($0.mustRecover, $0.workplace) = (true, nil) } }
    fuse.reset()
  }

  private func pass(_ job: Job) async throws {
    // As ConnectorService: attempts left open are recovered at the start and after a failed pass of the outbox.
    if job == .outbox, state.withLock({ $0.mustRecover }) {
      _ = try await ledger.recoverInterruptedAttempts(holding: lock, at: now)
      state.withLock { $0.mustRecover = false }
    }
    switch job {
    case .pack: try await pack()
    case .outbox: _ = try await OutboxWorker(workplace: try workplace).pass()
    case .documents: try await Mailbox(workplace: try workplace).collect(.edoc)
    case .statuses: try await Mailbox(workplace: try workplace).collect(.status)
    case .settle: try await settle()
    case .acknowledge: try await Mailbox(workplace: try workplace).acknowledge()
    }
  }

  /// LetterPreparation's last step, without keys: the letters come signed.
  private func pack() async throws {
    for letter in try await ledger.dueLetters(now: now, direction: .outgoing) where letter.state == "signed" {
      let message = try await LetterPacking(workplace: try workplace).pack(letter)
      var machine = OutgoingLetterMachine(state: .signed)
      _ = machine.handle(.packed)
      var step = LetterTransition(letter.id, from: [letter.state], to: machine.state.rawValue, event: .packed)
      step.blobs[.message] = message
      step.changes.nextActionAt = .clear
      step.transmissions = [NewTransmission(edoc: message, from: code, to: letter.receivers)]
      _ = try await ledger.advance(step, at: now)
    }
  }

  private func settle() async throws {
    let statuses = StatusIntake(workplace: try workplace)
    for arrival in try await ledger.dueArrivals(now: now) {
      do {
        switch arrival.messageType {
        case .status: try await statuses.settle(arrival)
        case .edoc: try await settleDocument(arrival)
        }
      } catch {
        guard fuse.isBurnt || fuse.didDiskFail else { throw error }
        try await ledger.postponeArrival(
          arrival.id, until: now.addingTimeInterval(2), cause: "simulated", at: now)
      }
    }
  }

  // MARK: The authority's intake

  /// What the authority decides of a letter: by its number, instead of reading and verifying a PDF.
  static func judgement(ofNumber number: String) -> Judgement {
    switch (Int(number) ?? 0) % 10 {
    case 3: .reject(["V99"], .init(vi: "Sai.", en: "Wrong."))
    case 7: .hold(["V98"], vi: "Xem.", en: "Look.")
    default:
      Judgement(
        decision: .accept, codes: [], reason: .init(vi: "Được.", en: "Good."), dossier: Dossier(type: .persons))
    }
  }

  /// DocumentIntake with that judgement.
  private func settleDocument(_ arrival: ArrivalRecord) async throws {
    guard let intake else { throw Unexpected(words: "a document for the agency") }
    let folder = try workplace.workFolder("reading").appendingPathComponent("s\(arrival.id.rawValue)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let received = try EdXMLReader().read(file: ledger.blobURL(arrival.message).path, storingIn: folder.path)
    guard case .document(let document) = received.message else { throw Unexpected(words: "no document") }
    if document.kind == .recall { return try await intake.settleRecall(document, received, arrival) }
    try await intake.register(document, received, Self.judgement(ofNumber: document.code.number), nil, arrival)
  }
}

/// A clock that a test sets.
final class SimulatedClock: Sendable {
  private let time: Mutex<Date>
  init(at start: Date) { time = Mutex(start) }
  var now: Date { time.withLock { $0 } }
  var read: @Sendable () -> Date { { self.now } }
  func set(_ now: Date) { time.withLock { $0 = now } }
}
