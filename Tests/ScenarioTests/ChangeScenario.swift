import Foundation
import Testing

/// Recalls, updates, replacements and answers, as a clerk and an officer cause them by commands, on both ends.
@Suite("A letter that its sender or its receiver changes", .serialized)
struct ChangeScenario {
  @Test("is given back before it is accepted, and not any more after")
  func takeBack() async throws {
    try await withParts { parts in
      try await parts.send("125")
      let held = try await parts.waitForIncoming { $0.state == "held" }
      try await parts.waitForAgency("arrived")
      try await recall(parts, "125", "--take-back")
      try await parts.waitForAgency("withdrawn")
      #expect(try await state(parts, held.id) == "withdrawn")
      let late = try await parts.run(["intake", "judge-again", "--config", "ca.yaml", held.id])
      #expect(late.code == 1)

      try await parts.bind()
      try await parts.send("126")
      let accepted = try await parts.waitForIncoming { $0.state == "accepted" }
      try await waitForAgency(parts, "126", "accepted")
      try await recall(parts, "126", "--take-back")
      try await parts.wait { try await timeline(parts, "126").contains("16 ") }
      #expect(try await agency(parts, "126")?.state == "accepted")
      #expect(try await state(parts, accepted.id) == "accepted")
    }
  }

  @Test("is recalled wherever it stands, and both ends show it; once finished it is too late")
  func recalled() async throws {
    try await withParts { parts in
      try await parts.bind()
      try await parts.send("125")
      let accepted = try await parts.waitForIncoming { $0.state == "accepted" }
      try await waitForAgency(parts, "125", "accepted")
      try await parts.ok(["intake", "start", "--config", "ca.yaml", try #require(accepted.dossierCode)])
      try await recall(parts, "125")
      try await waitForAgency(parts, "125", "withdrawn")
      #expect(try await parts.agencyLetters().filter { $0.kind == "recall" }.map(\.state) == ["agreed"])
      #expect(try await state(parts, accepted.id) == "withdrawn")
      let word = try await parts.run(["intake", "finish", "--config", "ca.yaml", try #require(accepted.dossierCode)])
      #expect(word.code == 1)

      try await parts.send("126")
      let second = try await parts.waitForIncoming { $0.state == "accepted" }
      try await parts.ok(["intake", "finish", "--config", "ca.yaml", try #require(second.dossierCode)])
      // The recall leaves while the agency does not know yet that the dossier is finished, or it is refused at once.
      try await waitForAgency(parts, "126", "finished")
      let late = try await parts.run(recallArguments(try #require(try await agency(parts, "126")).id))
      #expect(late.code == 1 && late.lines.count == 1, "\(late.complaint)")
      #expect(try await state(parts, second.id) == "finished")
    }
  }

  @Test("never leaves when it is cancelled before it was sent")
  func cancelled() async throws {
    try await withParts(timeStamps: false) { parts in
      try await parts.bind()
      try await parts.send("125")
      try await parts.wait { try await parts.agencyTimeline().contains { $0.contains("dấu thời gian") } }
      try await recall(parts, "125")
      try parts.startTimeStamps()
      try await parts.send("126")
      _ = try await parts.waitForIncoming { $0.state == "accepted" }
      #expect(try await parts.incoming().map(\.number) == ["126"])
      #expect(try await agency(parts, "125")?.state == "withdrawn")
    }
  }

  @Test("is replaced by another, and updated under its own number")
  func replacedAndUpdated() async throws {
    try await withParts { parts in
      try await parts.bind()
      try await parts.send("125")
      try await waitForAgency(parts, "125", "accepted")
      let first = try #require(try await agency(parts, "125")).id
      try await parts.ok(parts.sendArguments("126") + ["--replaces", first])
      try await waitForAgency(parts, "126", "accepted")
      try await waitForAgency(parts, "125", "replaced")
      #expect(try await parts.incoming().first { $0.number == "125" }?.state == "replaced")

      let second = try #require(try await agency(parts, "126")).id
      try await parts.ok(parts.sendArguments("126") + ["--updates", second])
      try await parts.wait {
        try await parts.agencyLetters().filter { $0.number == "126" }.map(\.state).sorted() == ["accepted", "replaced"]
      }
      let received = try await parts.incoming().filter { $0.number == "126" }
      #expect(Set(received.map(\.state)) == ["accepted", "replaced"])
      #expect(received.first { $0.state == "accepted" }?.kind == "update")
      #expect(Set(received.compactMap(\.dossierCode)).count == 2)
      let other = try await parts.run(parts.sendArguments("127") + ["--updates", second])
      #expect(other.code != 0, "an update under another number must be refused")
    }
  }

  @Test("is answered by a signed letter that asks for more, and what then comes is linked to it")
  func answered() async throws {
    try await withParts { parts in
      try await parts.bind()
      try await parts.ok([
        "trust", "bind", "--config", "agency.yaml", "--code", "G11.99", "--certificate", "pki/keys/authority.crt",
      ])
      try await parts.send("125")
      let accepted = try await parts.waitForIncoming { $0.state == "accepted" }
      try await waitForAgency(parts, "125", "accepted")
      let code = try #require(accepted.dossierCode)
      let letter = try await authoritySigned(parts)
      try await parts.ok([
        "intake", "answer", "--config", "ca.yaml", "--kind", "supplement", "--number", "31", "--notation", "CTS-VP",
        "--letter", letter.path, "--officer", "Cán bộ Ví Dụ", code,
      ])
      #expect(try await state(parts, accepted.id) == "supplementAsked")
      try await parts.wait { try await timeline(parts, "125").contains("31/CTS-VP: yêu cầu bổ sung") }
      try await parts.wait {
        let text = try await parts.ok(["status", "--config", "ca.yaml", "--search", "31 CTS-VP"])
        return text.contains("accepted")
      }
      let first = try #require(try await agency(parts, "125")).id
      try await parts.ok(parts.sendArguments("126") + ["--resubmits", first])
      try await waitForAgency(parts, "126", "accepted")
      try await waitForAgency(parts, "125", "finished")
      #expect(try await state(parts, accepted.id) == "replaced")
    }
  }

  @Test(
    "is refused by a signed letter after it was accepted, with 06 or without, and gets a result: the agency shows which"
  )
  func decidedByLetter() async throws {
    for finishes in [true, false] {
      func configure(_ stage: URL) throws {
        guard !finishes else { return }
        let file = stage.appendingPathComponent("ca.yaml")
        let text = try String(contentsOf: file, encoding: .utf8)
        try Data((text + "\npolicies: {finishAfterRefusal: false}\n").utf8).write(to: file)
      }
      try await withParts(preparing: configure) { parts in
        try await parts.bind()
        try await parts.ok([
          "trust", "bind", "--config", "agency.yaml", "--code", "G11.99", "--certificate", "pki/keys/authority.crt",
        ])
        try await parts.send("125")
        let accepted = try await parts.waitForIncoming { $0.state == "accepted" }
        try await waitForAgency(parts, "125", "accepted")
        let letter = try await authoritySigned(parts)
        let code = try #require(accepted.dossierCode)
        try await answer(parts, code, "refusal", "31", letter)
        try await parts.wait { try await timeline(parts, "125").contains("31/CTS-VP: từ chối") }
        #expect(try await decisions(parts)["125"] == "reject")
        if finishes {
          try await waitForAgency(parts, "125", "finished")
          try await parts.wait { try await timeline(parts, "125").contains("đã từ chối bằng công văn") }
        } else {
          #expect(try await agency(parts, "125")?.state == "accepted")
          #expect(try await state(parts, accepted.id) == "accepted")
        }
        guard finishes else { return }
        let late = try await parts.run(answerArguments(code, "result", "32", letter))
        #expect(late.code == 0, "a result may follow the end")

        try await parts.send("126")
        let second = try await parts.waitForIncoming { $0.number == "126" && $0.state == "accepted" }
        try await waitForAgency(parts, "126", "accepted")
        let other = try #require(second.dossierCode)
        try await answer(parts, other, "result", "33", letter)
        try await parts.ok(["intake", "finish", "--config", "ca.yaml", other])
        try await waitForAgency(parts, "126", "finished")
        try await parts.wait { try await timeline(parts, "126").contains("33/CTS-VP: kết quả") }
        #expect(try await decisions(parts)["126"] == "accept")

        try await parts.send("127")
        let third = try await parts.waitForIncoming { $0.number == "127" && $0.state == "accepted" }
        try await waitForAgency(parts, "127", "accepted")
        try await recall(parts, "127")
        try await waitForAgency(parts, "127", "withdrawn")
        let refused = try await parts.run(answerArguments(try #require(third.dossierCode), "result", "34", letter))
        #expect(refused.code == 1 && refused.complaint.contains("withdrawn"), "\(refused.complaint)")
      }
    }
  }

  // MARK: What the tests do by commands

  private func answerArguments(_ code: String, _ kind: String, _ number: String, _ letter: URL) -> [String] {
    [
      "intake", "answer", "--config", "ca.yaml", "--kind", kind, "--number", number, "--notation", "CTS-VP", "--letter",
      letter.path, "--officer", "Cán bộ Ví Dụ", code,
    ]
  }

  private func answer(
    _ parts: HandRunParts, _ code: String, _ kind: String, _ number: String, _ letter: URL
  ) async throws {
    try await parts.ok(answerArguments(code, kind, number, letter))
  }

  /// What the agency holds to be decided about each number.
  private func decisions(_ parts: HandRunParts) async throws -> [String: String] {
    struct Decided: Decodable {
      let number: String?
      let decision: String?
    }
    let text = try await parts.ok(["status", "--config", "agency.yaml", "--json"])
    let letters = try JSONDecoder().decode([Decided].self, from: Data(text.utf8))
    return Dictionary(
      letters.compactMap { letter in letter.number.flatMap { number in letter.decision.map { (number, $0) } } },
      uniquingKeysWith: { first, _ in first })
  }

  private func recallArguments(_ id: String) -> [String] {
    ["recall", "--config", "agency.yaml", "--reason", "Danh sách nhầm người.", id]
  }

  private func recall(_ parts: HandRunParts, _ number: String, _ more: String...) async throws {
    let letter = try #require(try await agency(parts, number))
    try await parts.ok(recallArguments(letter.id) + more)
  }

  private func agency(_ parts: HandRunParts, _ number: String) async throws -> HandRunParts.Letter? {
    try await parts.agencyLetters().last { $0.number == number && $0.kind != "recall" }
  }

  private func waitForAgency(_ parts: HandRunParts, _ number: String, _ state: String) async throws {
    try await parts.wait { try await agency(parts, number)?.state == state }
  }

  private func state(_ parts: HandRunParts, _ id: String) async throws -> String? {
    try await parts.incoming().first { $0.id == id }?.state
  }

  private func timeline(_ parts: HandRunParts, _ number: String) async throws -> String {
    guard let letter = try await agency(parts, number) else { return "" }
    return try await parts.ok(["status", "--config", "agency.yaml", letter.id])
  }

  /// Any letter, signed by the authority's organisation key with a time stamp.
  private func authoritySigned(_ parts: HandRunParts) async throws -> URL {
    let text = try String(contentsOf: parts.stage.appendingPathComponent("agency.yaml"), encoding: .utf8)
    let servers = try #require(text.firstMatch(of: /timeStampServers: \["([^"]+)"\]/)).output.1
    try await parts.ok([
      "sign", try await parts.agencyBlob("renderedLetter").path, "--key", "pki/keys/authority.p12", "--password-file",
      "secrets/key.password", "--tsa", String(servers), "--output", "letters/tra-loi.pdf",
    ])
    return parts.stage.appendingPathComponent("letters/tra-loi.pdf")
  }

  private func withParts(
    timeStamps: Bool = true, preparing: (URL) async throws -> Void = { _ in },
    _ body: (HandRunParts) async throws -> Void
  ) async throws {
    try await Lienthong.inFolder { folder in
      let parts = try await HandRunParts(in: folder, timeStamps: timeStamps, faults: nil, preparing: preparing)
      defer { parts.stop() }
      try await body(parts)
    }
  }
}
