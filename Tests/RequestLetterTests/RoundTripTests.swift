import DossierModel
import Foundation
import LetterSignatures
import RequestLetter
import SigningCore
import Testing

/// Dossier → letter → signed by leader and agency → read back.
@Suite struct RoundTripTests {
  /// The keys of a leader and an agency; making them takes a while.
  private static let keys = Result {
    let now = SampleDossiers.created
    let pki = try ThrowAwayPKI(
      .init(notBefore: now.addingTimeInterval(-86_400), notAfter: now.addingTimeInterval(86_400)))
    return (
      pki: pki,
      leader: try pki.issuePerson(
        name: "Ưng Thị Thử", organisation: "Tỉnh Ví Dụ", unit: "Sở Thử nghiệm", province: "Tỉnh Ví Dụ",
        personalNumber: "000000000000"
      ).signer(),
      agency: try pki.issueOrganisation(
        name: "Sở Thử nghiệm", superior: "Ủy ban nhân dân tỉnh Ví Dụ", province: "Tỉnh Ví Dụ", taxCode: "0000000000"
      ).signer()
    )
  }

  private func signed(_ pdf: Data) async throws -> [UInt8] {
    let keys = try Self.keys.get()
    var letter = Array(pdf)
    for (number, key) in [keys.leader, keys.agency].enumerated() {
      letter = try await LetterSigner.sign(
        pdf: letter,
        SignatureRequest(
          reason: "Ban hành văn bản", claimedTime: SampleDossiers.created,
          identifier: [UInt8](repeating: UInt8(number + 1), count: 16), capacity: 9000), with: key)
    }
    return letter
  }

  @Test("What a signed letter was written from is read back from it, for each type", arguments: DossierType.allCases)
  func roundTrip(_ type: DossierType) async throws {
    let verifier = try LetterVerifier(
      trust: try Self.keys.get().pki.trustStore(
        thisUpdate: SampleDossiers.created.addingTimeInterval(-3600),
        nextUpdate: SampleDossiers.created.addingTimeInterval(3600)))
    let renderer = try LetterRenderer()
    let reader = try LetterReader()
    var samples = SampleDossiers(seed: UInt64(type.rawValue) ?? 1)
    let many = Int(ProcessInfo.processInfo.environment["LIENTHONG_ROUND_TRIPS"] ?? "") ?? 20
    for index in 0..<many {
      let count = [1, 2, 3, 5, 8, 9, 14, 30][index % 8] + (index % 40 == 39 ? 170 : 0)
      let dossier = samples.dossier(type, rows: count)
      let letter = try renderer.render(
        dossier, created: SampleDossiers.created,
        options: RenderingOptions(listPlace: index % 3 == 2 ? .inLetter : .automatic))
      if let out = ProcessInfo.processInfo.environment["LETTER_OUT"] {
        try letter.pdf.write(to: URL(filePath: out).appending(path: "rt-\(type.rawValue)-\(index).pdf"))
      }
      let signed = try await signed(letter.pdf)
      let report = verifier.verify(signed, at: SampleDossiers.created.addingTimeInterval(60))
      let content = try await reader.read(Data(signed))
      let comment: Comment = "letter \(index) of type \(type.rawValue)"
      #expect(report.integrity == .intact && report.signatures.count == 2, comment)
      #expect(content.textQuality == .text, comment)
      #expect(content.formNumber == type.rawValue, comment)
      #expect(content.head.number == dossier.letter.number, comment)
      #expect(content.head.notation == dossier.letter.notation, comment)
      #expect(content.head.date == dossier.letter.date, comment)
      #expect(content.head.place == dossier.letter.place, comment)
      #expect(content.head.agency == dossier.letter.agency, comment)
      #expect(content.head.signer == dossier.letter.signer, comment)
      #expect(content.head.addressee == "Cục Chứng thực số và Bảo mật thông tin, Ban Cơ yếu Chính phủ", comment)
      #expect(content.contact == dossier.contact, comment)
      #expect(content.declaredCount == count, comment)
      let table = try #require(content.tables.first, comment)
      #expect(content.tables.count == 1, comment)
      #expect(table.type == type, comment)
      #expect(table.rows.count == count, comment)
      for (read, written) in zip(table.rows, dossier.rows) {
        #expect(read.number == written.number, comment)
        for field in type.columns where field != .centralSigning {
          #expect(read[field] == written[field], "\(comment), row \(written.number ?? 0), \(field.rawValue)")
        }
      }
    }
  }
}
