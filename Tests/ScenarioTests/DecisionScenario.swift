import AxisClient
import Foundation
import Testing

/// What only a person can say about a letter, and what is none of the authority's business.
@Suite("An officer's decision", .serialized)
struct DecisionScenario {
  @Test("lets a doubtful letter in, can be taken back before that, and is no way around a bad signature")
  func accepts() async throws {
    try await withParts { parts in
      try await parts.bind()
      try await parts.send("125")
      let first = try await parts.waitForIncoming { $0.state == "accepted" }
      // The same signed letter under another number on the envelope.
      try await parts.ok([
        "send", "--config", "agency.yaml", "--type", "01", "--number", "130", "--notation", "SVD-VP", "--letter",
        try await parts.signedLetter().path,
      ])
      let held = try await parts.waitForIncoming { $0.state == "held" }
      #expect(held.codes.contains("ENVELOPE_DIFFERS"))
      try await decide(parts, held.id, "--undo")
      try await parts.wait { try await timeline(parts, held.id).contains("Rút lại quyết định") }
      #expect(try await parts.incoming().first { $0.id == held.id }?.state == "held")
      try await decide(parts, held.id, "--accept", "--reason", "Bên gửi xác nhận số 130.")
      let accepted = try await parts.waitForIncoming { $0.id == held.id && $0.state == "accepted" }
      #expect(accepted.dossierCode != nil && accepted.dossierCode != first.dossierCode)
      #expect(try await timeline(parts, held.id).contains("Bên gửi xác nhận số 130."))
      let late = try await parts.run(arguments(held.id, ["--accept"]))
      #expect(late.code == 1 && late.lines.count == 1, "\(late.complaint)")
    }
  }

  @Test("is not asked about a document that is no request: it is left in the mailbox and never answered")
  func noRequest() async throws {
    try await withParts { parts in
      try await parts.bind()
      try await parts.send("125")
      _ = try await parts.waitForIncoming { $0.state == "accepted" }
      let text = parts.stage.appendingPathComponent("letters/thu-moi.txt")
      try Data("Kính mời dự họp.\n".utf8).write(to: text)
      let message = parts.stage.appendingPathComponent("letters/thu-moi.edxml")
      try await parts.ok([
        "edxml", "pack", "--from", "X66.66", "--from-name", "Một cơ quan khác", "--to", "G11.99", "--number", "8",
        "--notation", "GM-VP", "--subject", "Mời họp giao ban quý IV", "--place", "Hà Nội", "--attach", text.path,
        "--output", message.path,
      ])
      try await parts.sendAsStranger(message, to: "G11.99", .edoc)
      try await parts.wait {
        try await parts.ok(["intake", "list", "--config", "ca.yaml"]).contains("NOT_A_REQUEST")
      }
      #expect(try await parts.incoming().count == 1)
      let aside = try await listed(parts).filter { $0.setAside == true }
      #expect(aside.map(\.state) == ["setAside"] && aside.first?.transportFrom == "X66.66")
      #expect(aside.first?.lastCause?.contains("NOT_A_REQUEST") == true)
      #expect(try await parts.isDocumentOfStrangerOffered())
      #expect(try await parts.messagesForStranger() == 0)
    }
  }

  /// A line of `intake list --json`: a letter, or a document that was set aside.
  private struct Listed: Decodable {
    let id: String
    let state: String
    let setAside: Bool?
    let transportFrom: String?
    let lastCause: String?
  }

  private func listed(_ parts: HandRunParts) async throws -> [Listed] {
    let lines = try await parts.ok(["intake", "list", "--config", "ca.yaml", "--json"]).split(separator: "\n")
    return try lines.map { try JSONDecoder().decode(Listed.self, from: Data($0.utf8)) }
  }

  private func arguments(_ id: String, _ more: [String]) -> [String] {
    ["intake", "decide", "--config", "ca.yaml", "--officer", "Cán bộ Ví Dụ"] + more + [id]
  }

  private func decide(_ parts: HandRunParts, _ id: String, _ more: String...) async throws {
    try await parts.ok(arguments(id, more))
  }

  private func timeline(_ parts: HandRunParts, _ id: String) async throws -> String {
    try await parts.ok(["status", "--config", "ca.yaml", id])
  }

  private func withParts(_ body: (HandRunParts) async throws -> Void) async throws {
    try await Lienthong.inFolder { folder in
      let parts = try await HandRunParts(in: folder, timeStamps: true, faults: nil)
      defer { parts.stop() }
      try await body(parts)
    }
  }
}
