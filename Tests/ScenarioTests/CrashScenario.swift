import Foundation
import Synchronization
import Testing

/// The real processes, killed again and again over an axis that loses, delays and doubles.
///
/// `LIENTHONG_CRASH_SEED=N` repeats one round, `LIENTHONG_CRASH_ROUNDS=N` makes so many, `LIENTHONG_LONG=1` makes 300.
@Suite("Letters between processes that are killed", .serialized)
struct CrashScenario {
  private static let environment = ProcessInfo.processInfo.environment
  private static let isLong = environment["LIENTHONG_LONG"] == "1"

  /// The seeds of the rounds to be made.
  private static var seeds: ClosedRange<UInt64> {
    let first = environment["LIENTHONG_CRASH_SEED"].flatMap(UInt64.init)
    let rounds = environment["LIENTHONG_CRASH_ROUNDS"].flatMap(UInt64.init) ?? (first != nil ? 1 : isLong ? 300 : 30)
    return (first ?? 1)...((first ?? 1) + max(rounds, 1) - 1)
  }

  /// Rounds on one stage; a new one keeps lists and ledgers short.
  private static let roundsOnOneStage = 20

  /// A round mostly waits, so that a machine bears more stages than it has processors.
  private static let stagesAtOnce = 2 * max(1, ProcessInfo.processInfo.activeProcessorCount)

  @Test("exist exactly once at the authority, and their final status arrives, whenever SIGKILL strikes")
  func randomKills() async throws {
    let seeds = Array(Self.seeds)
    let blocks = stride(from: 0, to: seeds.count, by: Self.roundsOnOneStage).map { start in
      Array(seeds[start..<min(start + Self.roundsOnOneStage, seeds.count)])
    }
    try await withThrowingTaskGroup(of: Void.self) { group in
      for (place, block) in blocks.enumerated() {
        if place >= Self.stagesAtOnce { try await group.next() }
        group.addTask { try await rounds(block) }
      }
      try await group.waitForAll()
    }
  }

  private func rounds(_ seeds: [UInt64]) async throws {
    try await withStage { stage in
      for (place, seed) in seeds.enumerated() {
        do {
          try await round(seed, number: 100 + place * 10, on: stage)
        } catch {
          Issue.record(
            """
            round of LIENTHONG_CRASH_SEED=\(seed): \(error)
            agency: \(stage.log(.agency))
            ca: \(stage.log(.ca))
            """)
          return
        }
      }
    }
  }

  /// A few letters, both processes killed several times each; afterwards they are left alone.
  private func round(_ seed: UInt64, number first: Int, on stage: CrashStage) async throws {
    var chance = SplitMix(seed: seed)
    try stage.faults(Self.faults(&chance))
    let numbers = (0...Int(chance.next() % 2)).map { "\(first + $0)" }
    // Waits before each kill, in milliseconds since the process was started: from before it does anything to mid-work.
    let waits = CrashStage.Side.allCases.map { side in
      (side, (0...Int(chance.next() % 3)).map { _ in 50 + Int(chance.next() % 2500) })
    }
    for side in CrashStage.Side.allCases where !stage.isRunning(side) { try stage.start(side) }
    try await withThrowingTaskGroup(of: Void.self) { group in
      for (side, waits) in waits {
        group.addTask {
          for wait in waits {
            try await Task.sleep(for: .milliseconds(wait))
            try await stage.kill(side)
            try stage.start(side)
          }
        }
      }
      group.addTask {
        for number in numbers { try await stage.ok(CrashStage.sendArguments(number)) }
        try await stage.finishAll(Set(numbers), within: 120)
      }
      try await group.waitForAll()
    }
    try await stage.expectExactlyOnce(Set(numbers))
  }

  private static func faults(_ chance: inout SplitMix) -> String {
    func rule(_ operation: String, _ fault: String, upTo most: Int, _ more: String = "") -> String {
      let probability = Double(chance.next() % 60) / 100
      return """
        {"operation": "\(operation)", "fault": "\(fault)", "probability": \(probability), "limit": \(most)\(more)}
        """
    }
    let rules = [
      rule("sendEdoc", "loseAnswer", upTo: 3), rule("sendEdoc", "loseRequest", upTo: 2),
      rule("sendEdoc", "double", upTo: 4),
      rule("sendEdoc", "delay", upTo: 3, ", \"milliseconds\": \(100 + chance.next() % 900)"),
      rule("getEdoc", "loseAnswer", upTo: 2), rule("downloadEdoc", "loseAnswer", upTo: 2),
      rule("updateStatus", "loseAnswer", upTo: 3), rule("updateStatus", "loseRequest", upTo: 2),
      rule("getReceivedEdocList", "delay", upTo: 3, ", \"milliseconds\": 300"),
      rule("getSentEdocList", "answer", upTo: 1, ", \"httpStatus\": 500, \"errorCode\": \"20\""),
    ]
    return "{\"seed\": \(chance.next() % 1_000_000), \"rules\": [\(rules.joined(separator: ", "))]}"
  }

  /// `before:n` is as the n-th commit of the process is about to be made, `n` right after it.
  @Test(
    "exist exactly once when a process is killed at every commit of a letter's life",
    arguments: isLong ? ["", "before:"] : [""])
  func everyCommit(moment: String) async throws {
    try await withStage { stage in
      var number = 500
      // The command that records the letter: nothing is recorded, or all of it.
      for commit in 1...2 {
        number += 1
        let arguments = CrashStage.sendArguments("\(number)")
        let cut = try await stage.run(arguments, environment: Self.killing(moment, commit))
        let wasCut = cut.code != 0
        if wasCut {
          let recorded = try await stage.sent().contains { $0.number == "\(number)" }
          let again = try await stage.run(arguments)
          #expect((again.code == 0) != recorded, "\(again.complaint)")
        }
        for side in CrashStage.Side.allCases { try stage.start(side) }
        try await stage.finishAll(["\(number)"], within: 120)
        for side in CrashStage.Side.allCases { try await stage.kill(side) }
        // The command makes no more commits than that.
        if !wasCut { break }
      }
      var commit = 0
      var wasKilled = true
      while wasKilled, commit < 60 {
        commit += 1
        number += 1
        for side in CrashStage.Side.allCases { try stage.start(side, environment: Self.killing(moment, commit)) }
        try await stage.ok(CrashStage.sendArguments("\(number)"))
        let restarts = Restarts(on: stage)
        async let watched: Void = restarts.watch()
        do {
          try await stage.finishAll(["\(number)"], within: 120)
        } catch {
          Issue.record("killed at commit \(moment)\(commit): \(error)\n\(stage.log(.agency))\n\(stage.log(.ca))")
          restarts.end()
          try await watched
          throw error
        }
        restarts.end()
        try await watched
        wasKilled = restarts.count > 0
        for side in CrashStage.Side.allCases { try await stage.kill(side) }
      }
      #expect(commit > 5 && commit < 60, "the life of a letter has \(commit) commits?")
      try await stage.expectExactlyOnce(Set((501...number).map(String.init)))
    }
  }

  private static func killing(_ moment: String, _ commit: Int) -> [String: String] {
    ["LIENTHONG_KILL_AT_COMMIT": "\(moment)\(commit)"]
  }

  /// Starts again, without the variable, what ended itself.
  private final class Restarts: Sendable {
    private let stage: CrashStage
    private let state = Mutex((isOn: true, count: 0))

    init(on stage: CrashStage) { self.stage = stage }

    var count: Int { state.withLock { $0.count } }
    func end() { state.withLock { $0.isOn = false } }

    func watch() async throws {
      while state.withLock({ $0.isOn }) {
        for side in CrashStage.Side.allCases where !stage.isRunning(side) {
          try stage.start(side)
          state.withLock { $0.count += 1 }
        }
        try await Task.sleep(for: .milliseconds(20))
      }
    }
  }

  private func withStage(_ body: (CrashStage) async throws -> Void) async throws {
    try await Lienthong.inFolder { folder in
      let stage = try await CrashStage(in: folder)
      defer { stage.stop() }
      try await body(stage)
    }
  }
}
