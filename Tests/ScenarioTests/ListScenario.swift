import Foundation
import Testing

@Suite("Lists that are longer than what is shown")
struct ListScenario {
  @Test("say how many letters there are more, beside JSON on standard error, and name what was set aside in JSON too")
  func cutShort() async throws {
    try await withAuthority { folder in
      let list = ["intake", "list", "--config", "ca.yaml"]
      let text = try await ok(list, in: folder)
      #expect(text.output.split(separator: "\n").count == 502 && text.complaint.isEmpty)
      #expect(text.output.contains("\n… 3 more\n"))
      #expect(text.output.contains("set aside  d1  from X66.66  notXML  blob 00"))

      let json = try await ok(list + ["--json"], in: folder)
      let lines = try json.output.split(separator: "\n").map {
        try JSONDecoder().decode(CrashStage.Letter.self, from: Data($0.utf8))
      }
      #expect(lines.count == 501 && lines.last?.id == "d1" && lines.last?.state == "setAside")
      #expect(json.output.contains(#""setAside":true"#))
      #expect(json.complaint == "… 3 more\n")

      let status = try await ok(["status", "--config", "ca.yaml", "--json"], in: folder)
      let letters = try JSONDecoder().decode([CrashStage.Letter].self, from: Data(status.output.utf8))
      #expect(letters.count == 500 && status.complaint == "… 4 more\n")
    }
  }

  @Test("show a letter that failed until it is withdrawn")
  func failed() async throws {
    try await withAuthority { folder in
      let waiting = try await ok(["outstanding", "--config", "ca.yaml"], in: folder).output
      #expect(waiting.contains("failed  f  since ") && waiting.contains("noSigner"))
      _ = try await ok(["recall", "--config", "ca.yaml", "--reason", "Không gửi nữa.", "f"], in: folder)
      #expect(try await !ok(["outstanding", "--config", "ca.yaml"], in: folder).output.contains("failed"))
    }
  }

  private func ok(_ arguments: [String], in folder: URL) async throws -> Lienthong.Answer {
    let answer = try await Lienthong.run(arguments, in: folder)
    try #require(answer.code == 0, "\(arguments): \(answer.complaint)")
    return answer
  }

  /// An authority that received 503 letters, could not read one document, and failed to make an answer.
  private func withAuthority(_ body: (URL) async throws -> Void) async throws {
    try await Lienthong.inFolder { parent in
      let folder = parent.appendingPathComponent("stage")
      let staged = try await Lienthong.run(["demo", "--stage", folder.path])
      try #require(staged.code == 0, "\(staged.complaint)")
      _ = try await ok(["status", "--config", "ca.yaml"], in: folder)
      let filled = try await Tool.run(["python3", "-c", Self.filling], in: folder)
      try #require(filled.code == 0, "\(filled.output)")
      try await body(folder)
    }
  }

  private static let filling = """
    import sqlite3
    ledger = sqlite3.connect("ca/ledger.sqlite", isolation_level=None)
    letter = '''INSERT INTO letters (id, direction, state, kind, standing, sender, receivers, number, notation, codes,
      lastCause, nextActor, isFinished, createdAt, updatedAt)
      VALUES (?, ?, ?, 'new', 'original', 'H56.99', '["G11.99"]', ?, 'SVD-VP', '[]', ?, 'nobody', ?, 1, 1)'''
    ledger.execute("BEGIN")
    for number in range(503):
      ledger.execute(letter, (f"l{number}", "incoming", "finished", str(number), None, 1))
    ledger.execute(letter, ("f", "outgoing", "failed", "9", "noSigner", 0))
    ledger.execute("INSERT INTO blobs (hash, bytes, addedAt) VALUES (?, 0, 1)", ("0" * 64,))
    ledger.execute('''INSERT INTO arrivals (transportDocId, messageType, transportFrom, transportTo, message, state,
      acknowledgement, acknowledgedAt, lastCause, receivedAt, settledAt)
      VALUES ('d1', 'edoc', 'X66.66', '[]', ?, 'setAside', 'fail', 1, 'notXML', 1, 1)''', ("0" * 64,))
    ledger.execute("COMMIT")
    ledger.close()
    """
}
