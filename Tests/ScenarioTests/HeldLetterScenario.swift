import Foundation
import Testing

/// The parts run by hand, as the README says, with one thing left out or broken at a time.
@Suite("A letter and the people around it", .serialized)
struct HeldLetterScenario {
  @Test("from a body that nobody vouched for is held, and accepted once a person binds its certificate")
  func firstContact() async throws {
    try await withParts { parts in
      try await parts.send("125")
      let held = try await parts.waitForIncoming { $0.state == "held" }
      #expect(held.codes.contains("SENDER_UNBOUND"))
      #expect(held.dossierCode == nil)
      // By the end of the working day in Vietnam it must be answered.
      #expect(held.dueAt?.hasSuffix("T16:59:59Z") == true, "\(held.dueAt ?? "no deadline")")
      try await parts.waitForAgency("arrived")
      try await parts.bind()
      try await parts.ok(["intake", "judge-again", "--config", "ca.yaml", "--officer", "Cán bộ Ví Dụ", held.id])
      let accepted = try await parts.waitForIncoming { $0.state == "accepted" }
      #expect(accepted.dossierCode != nil && accepted.dossierType == "01")
      try await parts.waitForAgency("accepted")
      let due = (held.dueAt ?? "", accepted.dueAt ?? "", try await parts.agencyLetters().last?.dueAt ?? "")
      // On a day off the first two fall on the same next working day.
      #expect(due.0 <= due.1 && due.1 < due.2, "answered, assigned, done: \(due)")
    }
  }

  @Test("is refused a number that was used before, and may be refused by an officer with a reason")
  func officerRefuses() async throws {
    try await withParts { parts in
      try await parts.send("125")
      let again = try await parts.run(parts.sendArguments("125"))
      #expect(again.code == 1)
      #expect(again.lines.count == 1 && again.complaint.contains("125/SVD-VP"), "\(again.complaint)")
      let held = try await parts.waitForIncoming { $0.state == "held" }
      for words in [["refuse", "--reason"], ["assign", "--note"], ["decide", "--accept", "--reason"]] {
        for text in ["", String(repeating: "x", count: 501)] {
          let answer = try await parts.run(["intake"] + words + [text, "--config", "ca.yaml", held.id])
          #expect(answer.code == 64 && answer.complaint.contains("1 to 500 characters"), "\(answer.complaint)")
        }
      }
      try await parts.ok([
        "intake", "refuse", "--config", "ca.yaml", "--officer", "Cán bộ Ví Dụ", "--reason",
        "Không xác nhận được bên gửi.",
        held.id,
      ])
      try await parts.waitForAgency("refused")
      let late = try await parts.run(["intake", "assign", "--config", "ca.yaml", held.id])
      #expect(late.code == 1 && late.lines.count == 1, "\(late.complaint)")
    }
  }

  @Test("waits for a time stamp server that is away, and goes on when it is back")
  func timeStampServerAway() async throws {
    try await withParts(timeStamps: false) { parts in
      try await parts.bind()
      try await parts.send("125")
      try await parts.wait { try await parts.agencyTimeline().contains { $0.contains("dấu thời gian") } }
      #expect(try await parts.agencyStates() == ["written"])
      try parts.startTimeStamps()
      try await parts.waitForAgency("accepted")
    }
  }

  @Test("whose answer the axis loses and which it delivers twice is one dossier, and its sender learns so")
  func lostAnswers() async throws {
    let faults = """
      {"seed": 7, "rules": [
        {"operation": "sendEdoc", "fault": "loseAnswer", "probability": 0.6, "limit": 4},
        {"operation": "sendEdoc", "fault": "double", "probability": 0.5, "limit": 4},
        {"operation": "updateStatus", "fault": "loseAnswer", "probability": 0.5, "limit": 4}
      ]}
      """
    try await withParts(faults: faults) { parts in
      try await parts.bind()
      try await parts.send("125")
      try await parts.send("126")
      try await parts.wait { try await parts.agencyStates() == ["accepted", "accepted"] }
      let codes = try await parts.incoming().compactMap(\.dossierCode)
      #expect(codes.count == 2 && Set(codes).count == 2)
      let states = try await parts.incoming().map(\.state)
      #expect(states.filter { $0 == "accepted" }.count == 2)
      #expect(states.allSatisfy { ["accepted", "copy"].contains($0) }, "\(states)")
      try await parts.ok(["ledger", "verify", "--data", "ca"])
    }
  }

  private func withParts(timeStamps: Bool = true, faults: String? = nil, _ body: (HandRunParts) async throws -> Void)
    async throws
  {
    try await Lienthong.inFolder { folder in
      let parts = try await HandRunParts(in: folder, timeStamps: timeStamps, faults: faults)
      do {
        try await body(parts)
      } catch {
        parts.stop()
        throw error
      }
      parts.stop()
    }
  }
}
