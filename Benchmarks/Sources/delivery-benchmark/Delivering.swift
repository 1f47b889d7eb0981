import AxisSimulator
import Connector
import DeliveryLedger
import DossierModel
import Foundation
import ServiceLifecycle

/// Both ends and the axis in this process, over HTTP, with every commit on the disk: from `send` accepted to 03 seen.
struct Delivering {
  /// Seconds between two looks of a connector into its own ledger.
  static let tick = 0.02

  let bench: Bench
  private let agency: Workplace
  private let authority: Workplace
  private let port: Int

  /// Runs `body` while all three parts work.
  static func running(_ body: @escaping @Sendable (Delivering) async throws -> Void) async throws {
    let port = try freePort()
    let bench = try await Bench(axisPort: port)
    defer { bench.remove() }
    let axis = try AxisServer(
      configuration: AxisServerConfiguration(
        port: port, dataDirectory: bench.folder.appending(path: "axis").path,
        systems: [
          AxisSystem(id: "SYS-A", secret: "secret-of-agency", codes: [Bench.agencyCode]),
          AxisSystem(id: "SYS-C", secret: "secret-of-ca", codes: [Bench.authorityCode]),
        ]), logger: Bench.quiet, now: { Date() })
    let delivering = Delivering(
      bench: bench, agency: try Workplace.open(bench.configuration(.agency), logger: Bench.quiet),
      authority: try Workplace.open(bench.configuration(.ca), logger: Bench.quiet), port: port)
    let ends = try [delivering.agency, delivering.authority].map { try ConnectorService($0, tick: tick) }
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await axis.run { _, _ in } }
      for end in ends { group.addTask { try await end.run() } }
      group.addTask {
        try await body(delivering)
        throw Done()
      }
      do {
        try await group.next()
        throw Bench.Failed(description: "a part ended by itself")
      } catch is Done {
        group.cancelAll()
      }
      while let result = await group.nextResult() {
        if case .failure(let error) = result, !(error is CancellationError) { throw error }
      }
    }
    for workplace in [delivering.agency, delivering.authority] { try workplace.ledger.close() }
  }

  private struct Done: Error {}

  /// Sends the letters, `atOnce` of them on their way at a time; returns the times from accepted to 03 seen.
  func send(_ letters: [(number: Int, file: URL)], atOnce: Int) async throws -> [Double] {
    let submission = LetterSubmission(configuration: agency.configuration, ledger: agency.ledger)
    return try await withThrowingTaskGroup(of: Double.self) { group in
      var rest = letters[...]
      var times: [Double] = []
      func next() {
        guard let letter = rest.popFirst() else { return }
        group.addTask {
          let receipt = try await submission.submit(
            .init(
              type: .persons, number: String(letter.number), notation: Bench.notation, date: bench.day,
              letter: letter.file))
          let accepted = ContinuousClock.now
          while true {
            guard let state = try await agency.ledger.letter(receipt.letter.id)?.state else { break }
            if state == "accepted" { break }
            guard !["refused", "failed"].contains(state) else {
              throw Bench.Failed(description: "letter \(letter.number) is \(state)")
            }
            try await Task.sleep(for: .milliseconds(5))
          }
          return (ContinuousClock.now - accepted) / .seconds(1)
        }
      }
      for _ in 0..<atOnce { next() }
      while let time = try await group.next() {
        times.append(time)
        next()
      }
      return times
    }
  }

  private static func freePort() throws -> Int {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(descriptor) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let bound = withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        bind(descriptor, address, size) == 0 && getsockname(descriptor, address, &size) == 0
      }
    }
    guard bound else { throw Bench.Failed(description: "no port") }
    return Int(UInt16(bigEndian: address.sin_port))
  }
}

func benchmarkDelivery(letters: Int) async throws {
  print("From `send` accepted to 03 seen: both ends and the axis in one process over HTTP, every commit on the disk;")
  print("each end looks into its mailbox every 50 ms and into its ledger every 20 ms.")
  try await Delivering.running { delivering in
    var number = 100
    func make(_ count: Int) async throws -> [(number: Int, file: URL)] {
      var made: [(number: Int, file: URL)] = []
      for _ in 0..<count {
        number += 1
        made.append((number, try await delivering.bench.letter(number)))
      }
      return made
    }
    _ = try await delivering.send(try await make(4), atOnce: 2)
    for atOnce in [1, 8] {
      let batch = try await make(letters)
      let bytes = try batch.map { try Data(contentsOf: $0.file).count }.reduce(0, +) / batch.count
      var times: [Double] = []
      let spent = try await Spent.measure { times = try await delivering.send(batch, atOnce: atOnce) }
      print(
        label("\(letters) letters of \(bytes / 1024) KB, \(atOnce) in flight")
          + String(
            format: "%6.1f letters/s; to 03: p50 %.0f ms, p99 %.0f ms; processor %.0f ms a letter",
            Double(letters) / spent.wall, quantile(0.5, of: times) * 1000, quantile(0.99, of: times) * 1000,
            spent.processor / Double(letters) * 1000))
    }
  }
}

/// Letters without a pause, eight in flight, and the memory of all three parts together while they go.
func benchmarkMemory(minutes: Double) async throws {
  ProcessMemory.returnWhenFreed()
  print("Memory over \(minutes) minutes of load, eight letters in flight (letters are signed meanwhile as well):")
  try await Delivering.running { delivering in
    let begin = ContinuousClock.now
    var number = 1_000
    var shown = 0.0
    while true {
      let passed = (ContinuousClock.now - begin) / .seconds(1)
      if passed >= shown * 30 {
        print(String(format: "  %5.0f s  %6d letters  %7.1f MB", passed, number - 1_000, residentMegabytes()))
        shown += 1
      }
      guard passed < minutes * 60 else { break }
      var batch: [(number: Int, file: URL)] = []
      for _ in 0..<16 {
        number += 1
        batch.append((number, try await delivering.bench.letter(number)))
      }
      _ = try await delivering.send(batch, atOnce: 8)
      for letter in batch { try FileManager.default.removeItem(at: letter.file) }
    }
  }
}
