import DossierModel
import Foundation
import MappingFiles
import Testing
import VietnameseText

@testable import RequestLetter

@Suite struct LetterReaderTests {
  @Test(
    "A file that is no whole PDF is refused with its reason",
    arguments: [Data(), Data("xin chào".utf8), Data("%PDF-1.7\nrubbish".utf8), Data(repeating: 0xFF, count: 5000)])
  func refused(_ bytes: Data) async throws {
    let reader = try LetterReader()
    let error = await #expect(throws: RequestLetterError.self) { try await reader.read(bytes) }
    #expect(error?.code == .notReadable)
  }

  @Test("A letter cut anywhere is refused or read, never a crash")
  func cut() async throws {
    let pdf = try LetterRenderer().render(SampleDossiers.persons(2), created: SampleDossiers.created).pdf
    let reader = try LetterReader()
    for part in [100, pdf.count / 3, pdf.count / 2, pdf.count - 30] {
      do {
        _ = try await reader.read(pdf.prefix(part))
      } catch {
        #expect([.notReadable, .tooComplex].contains(error.code))
      }
    }
  }

  @Test("A file above the limit is not even opened")
  func tooLarge() async throws {
    var tools = PopplerTools()
    tools.maximumBytes = 1000
    let reader = LetterReader(layout: try LetterLayout.builtIn(), tools: tools)
    let error = await #expect(throws: RequestLetterError.self) { try await reader.read(Data(count: 1001)) }
    #expect(error?.code == .tooLarge)
  }

  @Test("Number and notation are read in the ways letters print them")
  func codes() {
    #expect(HeadReader.code(in: "Số: 1245/SNV-VP")?.number == "1245")
    #expect(HeadReader.code(in: "Số 07 /STN- VP")?.notation == "STN-VP")
    #expect(HeadReader.code(in: "Số:      /UBND-VP")?.number == nil)
    #expect(HeadReader.code(in: "Số:      /UBND-VP")?.notation == "UBND-VP")
    #expect(HeadReader.code(in: "Số: 15a/TTr-SNV")?.number == "15a")
    #expect(HeadReader.code(in: "Số 8 đường Thử, phường Mẫu") == nil)
  }

  @Test("The subject loses V/v, the addressee its greeting and full stop")
  func texts() {
    #expect(HeadReader.subject(["V/v đề nghị cấp chứng thư", "cho cá nhân"]) == "đề nghị cấp chứng thư cho cá nhân")
    #expect(HeadReader.subject(["Về việc thu hồi chứng thư"]) == "thu hồi chứng thư")
    #expect(HeadReader.addressee(["Kính gửi: Cục Thử nghiệm, Ban Ví dụ."]) == "Cục Thử nghiệm, Ban Ví dụ")
    #expect(HeadReader.formNumber("Mẫu số 01") == "01")
    #expect(HeadReader.formNumber("theo quy định") == nil)
  }

  @Test("Cells are joined by what they hold: addresses without spaces, names with them")
  func cells() {
    #expect(CellText(["nguoi.dung-", "12@vidu.gov.", "vn"]).joined == "nguoi.dung-12@vidu.gov.vn")
    #expect(CellText(["Nguyễn Thị", "Thuỳ Ưu"]).spaced == "Nguyễn Thị Thuỳ Ưu")
    #expect(CellText(["Cổng dịch vụ (dvc.thu.gov.v", "n)"]).spaced == "Cổng dịch vụ (dvc.thu.gov.vn)")
    #expect(CellText(["Kế toán trưởn", "g"]).spaced == "Kế toán trưởng")
    #expect(CellText(["03/11", "/1990"]).date == CalendarDate(year: 1990, month: 11, day: 3))
  }

  @Test(
    "A layout that can be read but makes no letter is named with key and remedy",
    arguments: [
      ("margins: { top: 20", "margins: { top: 2000", "margins.top"), ("body: 13.5", "body: 135", "sizes.body"),
      ("  fullName: [", "  fulName: [", "contact.fulName"),
      ("{agency} đề nghị {addressee} {request}", "đề nghị", "introduction"),
    ])
  func layoutProblems(_ old: String, _ new: String, _ place: String) throws {
    let text = try #require(MappingFile.named("letter-layout.yaml")?.text)
    #expect(text.contains(old))
    let problems = LetterLayout.problems(overriddenBy: ["letter-layout.yaml": text.replacing(old, with: new)])
    #expect(problems.contains { $0.place == place && !$0.text.vi.isEmpty }, "\(problems)")
    #expect(LetterLayout.problems(overriddenBy: ["letter-layout.yaml": text]).isEmpty)
  }

  @Test("A wrong layout file is named with the place that is wrong")
  func layout() throws {
    let error = #expect(throws: RequestLetterError.self) {
      _ = try LetterLayout.builtIn(overriddenBy: ["letter-layout.yaml": "version: 1\nmargins: {top: 20}"])
    }
    #expect(error?.code == .layoutInvalid)
    #expect(error?.detail.hasPrefix("letter-layout.yaml") == true)
  }
}
