import Foundation
import Testing

/// Both ends in one process, over an axis that may do anything: once with the connector's real workers over real ledgers,
/// and, for many thousands of letters, with its machines over ledgers in memory.
///
/// `LIENTHONG_SIMULATION_LETTERS=N` sends so many in memory (20,000 by itself; a million by hand),
/// `LIENTHONG_SIMULATION_REAL_LETTERS=N` over real ledgers (250 by itself), each world under a seed of its own, counted
/// from 1. `LIENTHONG_SIMULATION_SEED=N` repeats one world of each.
@Suite("Letters between two connectors in a simulated world", .serialized)
struct DeliverySimulationTests {
  private static let environment = ProcessInfo.processInfo.environment
  private static let lettersOfOneWorld = 250

  /// On memory if there is such a file system, since a simulation needs no durability.
  private static func inFolder<Result>(_ body: (URL) async throws -> Result) async throws -> Result {
    let memory = URL(fileURLWithPath: "/dev/shm")
    let parent =
      FileManager.default.isWritableFile(atPath: memory.path) ? memory : FileManager.default.temporaryDirectory
    let folder = parent.appending(path: "simulation-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    return try await body(folder)
  }

  private static func real(_ seed: UInt64, letters: Int) async throws -> [String] {
    try await inFolder { folder in
      let world = try SimulatedWorld(seed: seed, letters: letters, in: folder)
      try await world.run()
      return world.trace
    }
  }

  private static func inMemory(_ seed: UInt64, letters: Int) throws -> [String] {
    let world = MemoryWorld(seed: seed, letters: letters)
    try world.run()
    return world.trace
  }

  /// The seeds of as many worlds as `variable`, or else `letters`, asks for.
  private static func seeds(_ variable: String, letters: Int) -> Range<UInt64> {
    if let one = environment["LIENTHONG_SIMULATION_SEED"].flatMap(UInt64.init) { return one..<(one + 1) }
    let wanted = environment[variable].flatMap(Int.init) ?? letters
    return 1..<UInt64(1 + max(1, (wanted + lettersOfOneWorld - 1) / lettersOfOneWorld))
  }

  @Test("exist exactly once, are never forgotten, end alike on both sides, and never move back: 20,000 in memory")
  func manyInMemory() throws {
    for seed in Self.seeds("LIENTHONG_SIMULATION_LETTERS", letters: 20_000) {
      do {
        _ = try Self.inMemory(seed, letters: Self.lettersOfOneWorld)
      } catch {
        Issue.record("LIENTHONG_SIMULATION_SEED=\(seed) (in memory): \(error)")
        return
      }
    }
  }

  @Test("exist exactly once, are never forgotten, end alike on both sides, and never move back: over real ledgers")
  func invariants() async throws {
    for seed in Self.seeds("LIENTHONG_SIMULATION_REAL_LETTERS", letters: Self.lettersOfOneWorld) {
      do {
        _ = try await Self.real(seed, letters: Self.lettersOfOneWorld)
      } catch {
        Issue.record("LIENTHONG_SIMULATION_SEED=\(seed): \(error)")
        return
      }
    }
  }

  @Test(
    "end alike in the worlds in which they once did not",
    arguments: [
      // Two recalls of one letter, the first of which the axis had wrongly refused, overtake it.
      UInt64(1427)
    ])
  func onceWrong(_ seed: UInt64) throws {
    #expect(try Self.inMemory(seed, letters: Self.lettersOfOneWorld).count > 100)
  }

  @Test("go the same way again under the same seed")
  func repeats() async throws {
    let first = try await Self.real(77, letters: 25)
    let second = try await Self.real(77, letters: 25)
    #expect(first.count > 100 && first == second)
    let third = try Self.inMemory(77, letters: 250)
    let fourth = try Self.inMemory(77, letters: 250)
    #expect(third.count > 1000 && third == fourth)
  }
}
