import AxisClient
import Foundation
import Testing

/// What an attacker with an account on the axis, or a careless clerk, might try; none of it may make a dossier.
@Suite("A forger on the axis", .serialized)
struct ForgeryScenario {
  @Test("cannot finish, refuse or answer a letter in the authority's name")
  func forgedStatus() async throws {
    try await withAcceptedLetter { parts in
      let forged = parts.stage.appendingPathComponent("forged.edxml")
      try await parts.ok([
        "edxml", "pack", "--status", "06", "--for", try await parts.agencyBlob("message").path, "-o", forged.path,
      ])
      try await parts.sendAsStranger(forged, to: "H56.99", .status)
      try await parts.wait { try await parts.ledgerSays("Không tính trạng thái 06", "agency") }
      #expect(try await parts.agencyStates() == ["accepted"])
    }
  }

  @Test("cannot take a letter's name before its sender does, nor have the sender answered for it")
  func forgedSender() async throws {
    try await withAcceptedLetter { parts in
      let forged = parts.stage.appendingPathComponent("forged.edxml")
      try await parts.ok([
        "edxml", "pack", "--from", "H56.99", "--to", "G11.99", "--number", "126", "--notation", "SVD-VP", "--subject",
        "đề nghị cấp chứng thư", "--attach", try await parts.signedLetter().path, "-o", forged.path,
      ])
      try await parts.sendAsStranger(forged, to: "G11.99", .edoc)
      let held = try await parts.waitForIncoming { $0.codes.contains("SENDER_MISMATCH") }
      #expect(held.state == "held" && held.dossierCode == nil)
      #expect(try await parts.messagesForStranger() == 0)
      try await parts.send("126")
      try await parts.wait { try await parts.incoming().filter { $0.dossierCode != nil }.count == 2 }
      try await parts.wait { try await parts.agencyStates() == ["accepted", "accepted"] }
    }
  }

  @Test("cannot make two dossiers of one signed letter by another number on the envelope")
  func oneLetterTwoNumbers() async throws {
    try await withAcceptedLetter { parts in
      let letter = try await parts.signedLetter()
      try await parts.ok([
        "send", "--config", "agency.yaml", "--type", "01", "--number", "900", "--notation", "SVD-VP", "--letter",
        letter.path,
      ])
      let held = try await parts.waitForIncoming { $0.state == "held" }
      #expect(held.codes.contains("ENVELOPE_DIFFERS"))
      #expect(try await parts.incoming().filter { $0.dossierCode != nil }.count == 1)
    }
  }

  @Test("cannot stop the authority's answers to others with one odd message")
  func oddMessage() async throws {
    try await withAcceptedLetter { parts in
      let odd = parts.stage.appendingPathComponent("odd.edxml")
      let text = """
        <edXML xmlns="http://www.mic.gov.vn/TBT/QCVN_102_2016"><edXMLEnvelope><edXMLHeader><MessageHeader>
        <From><OrganId>X66.66</OrganId></From><To><OrganId>G11.99</OrganId></To><Subject>đề nghị cấp chứng thư số</Subject>
        </MessageHeader></edXMLHeader></edXMLEnvelope></edXML>
        """
      try Data(text.utf8).write(to: odd)
      try await parts.sendAsStranger(odd, to: "G11.99", .edoc)
      try await parts.wait { try await parts.incoming().count == 2 }
      try await parts.send("126")
      try await parts.wait { try await parts.agencyStates() == ["accepted", "accepted"] }
    }
  }

  /// Runs the parts, with one letter of the agency accepted.
  private func withAcceptedLetter(_ body: (HandRunParts) async throws -> Void) async throws {
    try await Lienthong.inFolder { folder in
      let parts = try await HandRunParts(in: folder, timeStamps: true, faults: nil)
      defer { parts.stop() }
      try await parts.bind()
      try await parts.send("125")
      try await parts.waitForAgency("accepted")
      try await body(parts)
    }
  }
}
