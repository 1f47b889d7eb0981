import AxisClient
import Foundation
import Testing

/// A letter whose signature comes beside it: a PDF without one and a CMS of its own (`.p7s`), as some software makes them.
@Suite("A letter signed beside itself", .serialized)
struct DetachedSignatureScenario {
  @Test("is accepted with its .p7s, and refused when letter and signature do not belong together")
  func detached() async throws {
    try await Lienthong.inFolder { folder in
      let parts = try await HandRunParts(in: folder, timeStamps: true, faults: nil)
      defer { parts.stop() }
      try await parts.bind()
      try await parts.send("125")
      try await parts.waitForAgency("accepted")
      try await parts.ok([
        "trust", "bind", "--config", "ca.yaml", "--code", "X66.66", "--certificate", "pki/keys/agency.crt",
      ])
      let path = { parts.stage.appendingPathComponent($0).path }
      let letter = try Data(contentsOf: try await parts.agencyBlob("renderedLetter"))
      try letter.write(to: URL(fileURLWithPath: path("letter.pdf")))
      try await parts.ok([
        "sign", "letter.pdf", "--format", "p7s", "--output", "letter.pdf.p7s", "--tsa", parts.timeStampAddress, "--key",
        "pki/keys/agency.p12", "--password-file", "secrets/key.password",
      ])
      // Another letter under the same signature.
      try FileManager.default.createDirectory(atPath: path("other"), withIntermediateDirectories: true)
      try (letter + Data("\n".utf8)).write(to: URL(fileURLWithPath: path("other/letter.pdf")))
      try FileManager.default.copyItem(atPath: path("letter.pdf.p7s"), toPath: path("other/letter.p7s"))
      for (name, files) in [
        ("forged", ["other/letter.pdf", "other/letter.p7s"]), ("good", ["letter.pdf", "letter.pdf.p7s"]),
      ] {
        try await parts.ok(
          [
            "edxml", "pack", "--from", "X66.66", "--to", "G11.99", "--number", "125", "--notation", "SVD-VP",
            "--subject", "đề nghị cấp chứng thư số cho cá nhân", "--output", "\(name).edxml",
          ] + files.flatMap { ["--attach", $0] })
        let number = try await parts.incoming().count
        try await parts.sendAsStranger(URL(fileURLWithPath: path("\(name).edxml")), to: "G11.99", .edoc)
        try await parts.wait { try await parts.incoming().count == number + 1 }
      }
      let refused = try await parts.waitForIncoming { $0.state == "refused" }
      #expect(refused.dossierCode == nil && !refused.codes.contains("UNSIGNED"), "\(refused.codes)")
      try await parts.wait { try await parts.incoming().filter { $0.dossierCode != nil }.count == 2 }
      #expect(try await parts.incoming().filter { $0.state == "accepted" }.count == 2)
    }
  }
}
