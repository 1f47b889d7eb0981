import Foundation
import Testing

/// Both ends with their real ledgers and workers in one process, over an axis that may do anything.
///
/// `LIENTHONG_SIMULATION_LETTERS=N` sends so many, `LIENTHONG_SIMULATION_SEED=N` repeats one world.
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

  private static func trace(_ seed: UInt64, letters: Int) async throws -> [String] {
    try await inFolder { folder in
      let world = try SimulatedWorld(seed: seed, letters: letters, in: folder)
      try await world.run()
      return world.trace
    }
  }

  @Test("exist exactly once, are never forgotten, end alike on both sides, and never move back")
  func invariants() async throws {
    let wanted = Self.environment["LIENTHONG_SIMULATION_LETTERS"].flatMap(Int.init) ?? Self.lettersOfOneWorld
    let one = Self.environment["LIENTHONG_SIMULATION_SEED"].flatMap(UInt64.init)
    let worlds = one != nil ? 1 : max(1, wanted / Self.lettersOfOneWorld)
    for seed in (one ?? 1)..<((one ?? 1) + UInt64(worlds)) {
      do {
        _ = try await Self.trace(seed, letters: Self.lettersOfOneWorld)
      } catch {
        Issue.record("LIENTHONG_SIMULATION_SEED=\(seed): \(error)")
        return
      }
    }
  }

  @Test("go the same way again under the same seed")
  func repeats() async throws {
    let first = try await Self.trace(77, letters: 25)
    let second = try await Self.trace(77, letters: 25)
    #expect(first.count > 100 && first == second)
  }
}
