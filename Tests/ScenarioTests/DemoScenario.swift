import Foundation
import Synchronization
import Testing

@Suite("The demo", .serialized)
struct DemoScenario {
  /// What `lienthong demo --json` prints.
  private struct Report: Decodable {
    struct Letter: Decodable {
      let name: String
      let documentId: String
      let dossierType: String?
      let dossierCode: String?
      let decision: String?
      let codes: [String]
      let sentStatuses: [String]
      let receivedStatuses: [String]
      let copies: Int
    }
    struct Other: Decodable {
      let name: String
      let outcome: String
    }
    let letters: [Letter]
    let others: [Other]
    let seconds: Double
    let failures: [String]
  }

  @Test("carries a good letter to its end, refuses the unsigned and the changed one, and survives the odd messages")
  func goesThrough() async throws {
    let answer = try await Lienthong.run(["demo", "--json"])
    #expect(answer.code == 0, "\(answer.complaint)")
    let report = try JSONDecoder().decode(Report.self, from: Data(answer.output.utf8))
    expectAllCameTrue(report)
    #expect(report.seconds < 60)
  }

  @Test(
    "completes, and each dossier exists once, when a process is killed again and again",
    arguments: ["axis", "agency", "ca"])
  func survivesKilling(victim: String) async throws {
    try await Lienthong.inFolder { folder in
      let data = folder.appendingPathComponent("demo")
      let killer = Killer(pidFile: data.appendingPathComponent("processes/\(victim).pid"), times: 6)
      killer.start()
      let answer = try await Lienthong.run(["demo", "--json", "--keep", data.path])
      #expect(killer.stop() > 0)
      #expect(answer.code == 0, "\(answer.complaint)")
      let report = try JSONDecoder().decode(Report.self, from: Data(answer.output.utf8))
      expectAllCameTrue(report)
      for side in ["agency", "ca"] {
        let verification = try await Lienthong.run([
          "ledger", "verify", "--data", data.appendingPathComponent(side).path,
        ])
        #expect(verification.code == 0, "\(verification.output)\(verification.complaint)")
      }
    }
  }

  private func expectAllCameTrue(_ report: Report) {
    #expect(report.failures == [])
    #expect(report.letters.count == 3)
    guard report.letters.count == 3 else { return }
    let (good, unsigned, changed) = (report.letters[0], report.letters[1], report.letters[2])
    #expect(good.decision == "accept")
    #expect(good.dossierType == "01")
    #expect(good.copies == 1)
    #expect(good.sentStatuses == ["01", "03", "04", "05", "06"])
    #expect(good.receivedStatuses == ["01", "03", "04", "05", "06"])
    let pattern = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}-[0-9]{6}-[0-9]{4}/
    #expect(good.dossierCode?.wholeMatch(of: pattern) != nil)
    for refused in [unsigned, changed] {
      #expect(refused.decision == "reject")
      #expect(refused.dossierCode == nil)
      #expect(refused.sentStatuses == ["01", "02"])
      #expect(refused.receivedStatuses == ["01", "02"])
    }
    #expect(unsigned.codes.contains("UNSIGNED"))
    #expect(!changed.codes.contains("UNSIGNED") && !changed.codes.isEmpty)
    #expect(report.others.count == 2)
    #expect(report.others.allSatisfy { $0.outcome != "pending" })
  }
}

/// Kills a process at random moments, on a thread of its own so that nothing delays it.
private final class Killer: Sendable {
  private let pidFile: URL
  private let times: Int
  private let state = Mutex((kills: 0, isOn: true))

  init(pidFile: URL, times: Int) {
    self.pidFile = pidFile
    self.times = times
  }

  func start() {
    Thread.detachNewThread { [self] in
      var random = SplitMix(seed: UInt64(pidFile.lastPathComponent.utf8.reduce(0) { $0 &* 31 &+ UInt64($1) }))
      while state.withLock({ $0.isOn && $0.kills < times }) {
        Thread.sleep(forTimeInterval: 0.3 + Double(random.next() % 1200) / 1000)
        guard state.withLock({ $0.isOn }), let text = try? String(contentsOf: pidFile, encoding: .utf8),
          let pid = Int32(text.trimmingCharacters(in: .whitespacesAndNewlines))
        else { continue }
        if kill(pid, SIGKILL) == 0 { state.withLock { $0.kills += 1 } }
      }
    }
  }

  /// Ends the killing; how often it killed.
  func stop() -> Int {
    state.withLock { state in
      state.isOn = false
      return state.kills
    }
  }
}

/// Chance that repeats: a failing run is run again with the same numbers.
struct SplitMix: RandomNumberGenerator {
  private var state: UInt64
  init(seed: UInt64) { state = seed }
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
