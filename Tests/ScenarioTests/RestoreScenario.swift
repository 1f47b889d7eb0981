import Foundation
import Testing

/// The drill: a ledger is lost, and the one from its backup takes its place.
@Suite("A ledger that is lost and restored", .serialized)
struct RestoreScenario {
  @Test("sends nothing a second time that left after the backup, and the letter is finished at both ends")
  func drill() async throws {
    try await Lienthong.inFolder { folder in
      let stage = try await CrashStage(in: folder)
      defer { stage.stop() }
      // The axis does not take it at once, so that the backup is made while it waits.
      try stage.faults(
        #"{"seed": 1, "rules": [{"operation": "sendEdoc", "fault": "answer", "httpStatus": 404, "limit": 3}]}"#)
      for side in CrashStage.Side.allCases { try stage.start(side) }
      try await stage.ok(CrashStage.sendArguments("61"))
      try await wait { try await stage.sent().first?.state == "queued" }
      try await stage.ok(["ledger", "backup", "--data", "agency", "--to", "backup"])
      try await wait { try await stage.sent().first?.state == "accepted" }
      try await stage.kill(.agency)
      try FileManager.default.removeItem(at: stage.stage.appendingPathComponent("agency"))
      try await stage.ok(["ledger", "restore", "--backup", "backup", "--data", "agency"])
      #expect(try await stage.sent().first?.state == "queued")
      try stage.start(.agency)
      try await stage.finishAll(["61"], within: 120)
      let received = try await stage.received()
      #expect(received.map(\.state) == ["finished"], "\(received.map(\.state))")
      let outstanding = try await stage.ok(["outstanding", "--config", "agency.yaml"])
      #expect(outstanding.contains("restored: restored since"))
      for side in CrashStage.Side.allCases { try await stage.ok(["ledger", "verify", "--data", side.rawValue]) }
    }
  }

  private func wait(_ isSo: () async throws -> Bool) async throws {
    for _ in 0..<200 {
      if try await isSo() { return }
      try await Task.sleep(for: .milliseconds(100))
    }
    throw CrashStage.Missed(description: "what was waited for did not come within 20 seconds")
  }
}
