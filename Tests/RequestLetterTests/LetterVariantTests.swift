import DossierModel
import Foundation
import Testing

@testable import RequestLetter

/// Letters that other agencies lay out and word in their own way.
@Suite struct LetterVariantTests {
  private func read(_ change: (inout ForeignLetter) -> Void = { _ in }) async throws -> LetterContent {
    var letter = ForeignLetter()
    change(&letter)
    return try await LetterReader().read(letter.pdf())
  }

  @Test(
    "The contact person is read from lines, from a ruled table and from two columns",
    arguments: [ForeignLetter.Contact.lines, .ruled, .columns])
  func contact(_ layout: ForeignLetter.Contact) async throws {
    let contact = try await read { $0.contact = layout }.contact
    #expect(contact?.fullName == "Ưng Thị Khuê Mẫu")
    #expect(contact?.citizenId == "020185001234")
    #expect(contact?.idIssueDate?.iso == "2023-06-05")
    #expect(contact?.idIssuePlace == "Cục Cảnh sát quản lý hành chính về trật tự xã hội")
    #expect(contact?.position == "Văn thư")
    #expect(contact?.mobile == "0912000345")
    #expect(contact?.email == "mau.utk@langson.vidu.gov.vn")
    #expect(contact?.address == "Trường THPT Thử Mẫu, thôn Thử, xã Mẫu Một, tỉnh Lạng Sơn")
  }

  @Test("Headings in an agency's own words are told by what they share with the form's and by what the cells hold")
  func headings() async throws {
    let content = try await read { letter in
      letter.heads[4] = "Hộp thư"
      letter.heads[8] = "Liên lạc (nếu có)"
    }
    let table = try #require(content.tables.first)
    #expect(table.type == .persons)
    #expect(table.rows.map(\.organisation) == ["Tổ Toán - Tin", "Tổ Văn"])
    #expect(table.rows.map(\.email) == ["yen.qt@langson.vidu.gov.vn", "on.lv@langson.vidu.gov.vn"])
    #expect(table.rows.map(\.mobile) == ["0912000111", "0912000222"])
    #expect(table.rows.map(\.birthDate?.iso) == ["1985-02-01", "1990-12-15"])
  }

  @Test("A column that the form does not have is left out, whatever it holds")
  func remark() async throws {
    let content = try await read { letter in
      letter.heads.append("Ghi chú")
      for row in letter.rows.indices { letter.rows[row].append("0912000999") }
      letter.heads[8] = "Ngạch"
      for row in letter.rows.indices { letter.rows[row][8] = "V.07.05.15" }
    }
    let rows = try #require(content.tables.first?.rows)
    #expect(rows.map(\.mobile) == [nil, nil])
    #expect(rows.map(\.fullName) == ["Quách Thuỳ Yến", "Lỗ Văn Ổn"])
  }

  @Test("A list without running numbers is counted")
  func unnumbered() async throws {
    let content = try await read { letter in
      letter.heads.removeFirst()
      letter.rows = letter.rows.map { Array($0.dropFirst()) }
    }
    #expect(content.tables.first?.rows.map(\.number) == [1, 2])
    #expect(content.tables.first?.rows.map(\.citizenId) == ["020185001111", "020090002222"])
  }

  @Test(
    "The declared number is read in digits and in words",
    arguments: [
      ("2. Số lượng: 02 cá nhân, gồm:", 2), ("2. Tổng số: hai cá nhân (có danh sách kèm theo).", 2),
      ("2. Danh sách đề nghị: hai mươi lăm (25) cá nhân, cụ thể:", 25), ("2. Số lượng: mười bốn cá nhân.", 14),
      ("2. Số lượng: 03 (ba) cá nhân, gồm:", 3), ("2. Số lượng: một trăm linh hai cá nhân, gồm:", 102),
    ])
  func count(_ text: String, _ number: Int) async throws {
    #expect(try await read { $0.count = text }.declaredCount == number)
  }

  @Test("Number, date, agency and signer of a school's letter are read")
  func head() async throws {
    let content = try await read()
    #expect(content.head.code == "27/THPT-VP")
    #expect(content.head.date?.iso == "2026-11-03")
    #expect(content.head.place == "Lạng Sơn")
    #expect(content.head.agency == "Trường Trung học phổ thông Thử Mẫu")
    #expect(content.head.superior == "Ủy ban nhân dân tỉnh Lạng Sơn")
    #expect(content.head.subject == "đề nghị cấp mới chứng thư số cho cá nhân")
    #expect(content.head.signer?.titleLines == ["KT. HIỆU TRƯỞNG", "PHÓ HIỆU TRƯỞNG"])
    #expect(content.head.signer?.fullName == "Nghiêm Thị Thử")
    #expect(content.furtherLetters == nil)
  }

  @Test("A signer's name in capitals is no title")
  func capitals() async throws {
    let signer = try await read { $0.signerName = "NGHIÊM THỊ THỬ" }.head.signer
    #expect(signer?.titleLines == ["KT. HIỆU TRƯỞNG", "PHÓ HIỆU TRƯỞNG"])
    #expect(signer?.fullName == "NGHIÊM THỊ THỬ")
  }

  @Test("A long place of issue that reaches into the left half keeps the number clean")
  func longPlace() async throws {
    let content = try await read { $0.date = "Thành phố Hồ Chí Minh, ngày 20 tháng 11 năm 2026" }
    #expect(content.head.code == "27/THPT-VP")
    #expect(content.head.place == "Thành phố Hồ Chí Minh")
  }

  @Test("A second letter in the file is told")
  func further() async throws {
    #expect(try await read { $0.isFollowed = true }.furtherLetters == 1)
  }

  @Test("Words that a narrow column broke anywhere are whole again, and two words stay two")
  func broken() {
    #expect(CellText(["Chuy", "ển công tác"]).spaced == "Chuyển công tác")
    #expect(CellText(["Cục Cảnh sát QLH", "C về TTXH"]).spaced == "Cục Cảnh sát QLHC về TTXH")
    #expect(CellText(["Nguy", "ệt"]).spaced == "Nguyệt")
    #expect(CellText(["Chăn nuôi và Thú", "y"]).spaced == "Chăn nuôi và Thú y")
    #expect(CellText(["Nghỉ", "hưu"]).spaced == "Nghỉ hưu")
    #expect(CellText(["Trung", "ương"]).spaced == "Trung ương")
    #expect(CellText(["Cổng (dichvu", "cong.sothu.gov.vn", ")"]).spaced == "Cổng (dichvucong.sothu.gov.vn)")
    #expect(CellText(["Số 8 đường Thử", ", phường Mẫu"]).spaced == "Số 8 đường Thử, phường Mẫu")
    #expect(Syllable.isOne("nguyễn") && Syllable.isOne("khuỷu") && Syllable.isOne("ỷ"))
    #expect(!Syllable.isOne("qlhc") && !Syllable.isOne("trungương"))
  }
}
