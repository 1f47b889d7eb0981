import DossierModel
import Foundation
import RequestLetter
import Testing

/// Dossier → letter → read back.
@Suite struct RoundTripTests {
  @Test("What a letter is written from is read back from it, for each type", arguments: DossierType.allCases)
  func roundTrip(_ type: DossierType) async throws {
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
      let content = try await reader.read(letter.pdf)
      let comment: Comment = "letter \(index) of type \(type.rawValue)"
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
