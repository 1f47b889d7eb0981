import DossierModel
import Foundation
import Testing
import VietnameseText

@testable import Connector

@Suite("Findings in one line")
struct FindingListTests {
  private static let findings = (1...13).map { row in
    DossierFinding(
      code: "V05", severity: .error, row: row,
      text: ClerkSentence(
        vi: "Số định danh cá nhân không đúng (không khớp năm sinh). Kiểm tra lại với căn cước của người này rồi sửa.",
        en: "The identity number is wrong (it does not agree with the year of birth). Compare it with the card."))
  }

  @Test("are ten at most, and the line says how many more there are")
  func ten() {
    let all = LetterSubmission.list(Self.findings, .vietnamese)
    #expect(all.components(separatedBy: " · ").count == 10)
    #expect(all.hasPrefix("V05 (dòng 1): ") && all.hasSuffix("rồi sửa. … và còn 3 lỗi khác."), "\(all)")
    let eleven = LetterSubmission.list(Array(Self.findings.prefix(11)), .english)
    #expect(eleven.hasSuffix("the card. … and 1 more fault."), "\(eleven)")
    #expect(!LetterSubmission.list(Array(Self.findings.prefix(10)), .vietnamese).contains("…"))
    #expect(LetterSubmission.list([], .vietnamese).isEmpty)
  }

  @Test("stand whole in whatever room there is, as many as fit, and those left out are counted")
  func whole() throws {
    for language in ClerkSentence.Language.allCases {
      let each = Self.findings.map { LetterSubmission.list([$0], language) }
      var most = 0
      for room in stride(from: 160, through: 1_800, by: 41) {
        let line = LetterSubmission.list(Self.findings, language, within: room)
        #expect(line.count <= room)
        let parts = line.components(separatedBy: " … ")
        let shown = try #require(parts.first).components(separatedBy: " · ")
        let others = parts.count == 2 ? parts[1].split(separator: " ").compactMap { Int($0) }.first : nil
        #expect(shown == Array(each.prefix(shown.count)), "\(line)")
        #expect(shown.count + (others ?? 0) == Self.findings.count, "\(line)")
        #expect(shown.count >= most, "more room shows no fewer")
        most = shown.count
      }
      #expect(most == 10)
    }
  }

  @Test("A finding that is longer than the room is cut with a sign of it")
  func tooLong() {
    let one = LetterSubmission.list([Self.findings[0]], .vietnamese, within: 40)
    #expect(one.count == 40 && one.hasPrefix("V05 (dòng 1): Số") && one.last == "…", "\(one)")
    let several = LetterSubmission.list(Self.findings, .vietnamese, within: 60)
    #expect(several.count == 60 && several.hasSuffix(" … và còn 12 lỗi khác."), "\(several)")
  }
}
