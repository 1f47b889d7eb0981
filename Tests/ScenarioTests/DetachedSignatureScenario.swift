import AxisClient
import Foundation
import Testing

/// A letter whose signature is a CMS of its own, beside the PDF (`.p7s`) or around it (`.p7m`), as some software makes them.
@Suite("A letter signed outside its PDF", .serialized)
struct DetachedSignatureScenario {
  @Test("is accepted with its .p7s, and refused when letter and signature do not belong together")
  func detached() async throws {
    try await withLetter(signed: "p7s") { parts in
      try await pack(["other/letter.pdf", "letter.pdf.p7s"], on: parts)
      let refused = try await parts.waitForIncoming { $0.state == "refused" }
      #expect(refused.dossierCode == nil && !refused.codes.contains("UNSIGNED"), "\(refused.codes)")
      try await pack(["letter.pdf", "letter.pdf.p7s"], on: parts)
      try await parts.wait { try await parts.incoming().filter { $0.state == "accepted" }.count == 2 }
    }
  }

  @Test("is taken out of its .p7m, which vouches for nothing but what is inside it")
  func enveloping() async throws {
    try await withLetter(signed: "p7m") { parts in
      try await pack(["letter.pdf.p7m"], on: parts)
      try await parts.wait { try await parts.incoming().filter { $0.state == "accepted" }.count == 2 }
      try await pack(["other/letter.pdf", "letter.pdf.p7m"], on: parts)
      let held = try await parts.waitForIncoming { $0.state == "held" }
      #expect(held.codes.contains("SEVERAL_LETTERS"), "\(held.codes)")
    }
  }

  /// One letter accepted in the usual way; its PDF before signing as `letter.pdf` with a CMS that its organisation made,
  /// and another PDF as `other/letter.pdf`.
  private func withLetter(signed format: String, _ body: (HandRunParts) async throws -> Void) async throws {
    try await Lienthong.inFolder { folder in
      let parts = try await HandRunParts(in: folder, timeStamps: true, faults: nil)
      defer { parts.stop() }
      try await parts.bind()
      try await parts.send("125")
      try await parts.waitForAgency("accepted")
      try await parts.ok([
        "trust", "bind", "--config", "ca.yaml", "--code", "X66.66", "--certificate", "pki/keys/agency.crt",
      ])
      let letter = try Data(contentsOf: try await parts.agencyBlob("renderedLetter"))
      try letter.write(to: parts.stage.appendingPathComponent("letter.pdf"))
      let other = parts.stage.appendingPathComponent("other")
      try FileManager.default.createDirectory(at: other, withIntermediateDirectories: true)
      try (letter + Data("\n".utf8)).write(to: other.appendingPathComponent("letter.pdf"))
      try await parts.ok([
        "sign", "letter.pdf", "--format", format, "--output", "letter.pdf.\(format)", "--tsa", parts.timeStampAddress,
        "--key", "pki/keys/agency.p12", "--password-file", "secrets/key.password",
      ])
      try await body(parts)
    }
  }

  /// Sends the files as a message of X66.66 and waits until it is settled.
  private func pack(_ files: [String], on parts: HandRunParts) async throws {
    let message = "\(UUID().uuidString).edxml"
    try await parts.ok(
      [
        "edxml", "pack", "--from", "X66.66", "--to", "G11.99", "--number", "125", "--notation", "SVD-VP",
        "--subject", "đề nghị cấp chứng thư số cho cá nhân", "--document-id", "X66.66,\(message)", "--output", message,
      ] + files.flatMap { ["--attach", $0] })
    let before = try await parts.incoming().count
    try await parts.sendAsStranger(parts.stage.appendingPathComponent(message), to: "G11.99", .edoc)
    try await parts.wait { try await parts.incoming().count == before + 1 }
  }
}
