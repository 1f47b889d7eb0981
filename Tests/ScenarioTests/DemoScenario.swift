import Foundation
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
  func goesThrough() throws {
    let answer = try Lienthong.run(["demo", "--json"])
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
      let killer = Task.detached {
        var random = SplitMix(seed: UInt64(victim.utf8.reduce(0) { $0 &* 31 &+ UInt64($1) }))
        var kills = 0
        while !Task.isCancelled, kills < 6 {
          try? await Task.sleep(for: .milliseconds(300 + Int(random.next() % 1200)))
          let file = data.appendingPathComponent("processes/\(victim).pid")
          guard let text = try? String(contentsOf: file, encoding: .utf8),
            let pid = Int32(text.trimmingCharacters(in: .whitespacesAndNewlines))
          else { continue }
          if kill(pid, SIGKILL) == 0 { kills += 1 }
        }
        return kills
      }
      let answer = try Lienthong.run(["demo", "--json", "--keep", data.path])
      killer.cancel()
      let kills = await killer.value
      #expect(kills > 0)
      #expect(answer.code == 0, "\(answer.complaint)")
      let report = try JSONDecoder().decode(Report.self, from: Data(answer.output.utf8))
      expectAllCameTrue(report)
      for side in ["agency", "ca"] {
        let verification = try Lienthong.run(["ledger", "verify", "--data", data.appendingPathComponent(side).path])
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
