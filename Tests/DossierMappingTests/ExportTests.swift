import DossierMapping
import DossierModel
import Foundation
import Spreadsheet
import Testing
import VietnameseText

@Suite("Lists that we write")
struct ExportTests {
  let mapping: MappingSet

  init() throws { mapping = try BuiltIn.mapping.get() }

  @Test("A template is read back as an empty list of its type", arguments: DossierType.allCases)
  func templates(_ type: DossierType) throws {
    let bytes = try SheetExporter(mapping: mapping).template(type)
    let list = try DossierImporter(mapping: mapping).importList(bytes, name: "mau.xlsx", type: nil)
    #expect(list.type == type)
    #expect(!list.isRefused)
    #expect(list.findings.map(\.code) == ["X-EMPTY"])
    #expect(try SheetExporter(mapping: mapping).template(type) == bytes)
  }

  @Test(
    "Rows written as a list come back equal, cell by cell", arguments: DossierType.allCases,
    [SheetExporter.Format.xlsx, .csv])
  func roundTrip(_ type: DossierType, _ format: SheetExporter.Format) throws {
    var dice = SeededDice(seed: 7)
    let rows = (1...40).map { InventedRows.row($0, type, .sheet, &dice) }
    let bytes = try SheetExporter(mapping: mapping).list(rows, type: type, as: format)
    let list = try DossierImporter(mapping: mapping).importList(
      bytes, name: "ds.\(format.rawValue)", type: nil,
      context: RuleContext(today: CalendarDate(year: 2026, month: 11, day: 22)))
    #expect(list.type == type)
    #expect(list.findings.filter { $0.severity == .error } == [])
    #expect(list.rows.count == rows.count)
    for (row, wanted) in zip(list.rows, rows) {
      for field in Set(row.values.keys).union(wanted.values.keys) where field != .reasonCode {
        #expect(row[field] == wanted[field], "\(field.rawValue)")
      }
    }
  }

  @Test("A report of errors names every wrong cell")
  func report() throws {
    var dice = SeededDice(seed: 3)
    var rows = (1...3).map { InventedRows.row($0, .persons, .sheet, &dice) }
    rows[1].email = "ai.do@gmail.com"
    rows[2].fullName = nil
    let exporter = SheetExporter(mapping: mapping)
    let list = try DossierImporter(mapping: mapping).importList(
      try exporter.list(rows, type: .persons), name: "a.xlsx", type: .persons)
    #expect(
      Set(list.findings.filter { $0.severity == .error }.map { "\($0.code) \($0.cell ?? "-")" }) == [
        "V06 G3", "V04 B4",
      ])
    let workbook = try SpreadsheetReader().read(try exporter.errorReport(list), name: "loi.xlsx")
    let texts = try #require(workbook.sheets.first).rows.map { $0.cells.last?.value.text ?? "" }
    #expect(texts[1] == "Hợp lệ")
    #expect(texts[2].hasPrefix("G3: "))
    #expect(texts[3].hasPrefix("B4: "))
  }

  @Test("Text that looks like a formula stays text in both formats")
  func formulas() throws {
    var row = DossierRow(number: 1)
    row.fullName = "=HYPERLINK(\"http://x\")"
    let exporter = SheetExporter(mapping: mapping)
    let sheet = try SpreadsheetReader().read(try exporter.list([row], type: .persons), name: "a.xlsx").sheets[0]
    #expect(sheet.rows[1][1]?.value == .text("=HYPERLINK(\"http://x\")"))
    let csv = String(decoding: try exporter.list([row], type: .persons, as: .csv), as: UTF8.self)
    #expect(csv.contains("'=HYPERLINK"))
  }
}

/// Repeatable randomness.
struct SeededDice: RandomNumberGenerator {
  private var state: UInt64
  init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 | 1 }

  mutating func next() -> UInt64 {
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    return state
  }
}

/// Invented rows that break no rule.
enum InventedRows {
  static let families = ["Nguyễn", "Trần Đặng", "Phùng", "Ưng", "Ỷ", "Đỗ", "Lữ", "Ksor", "Hồ Thuỷ", "Quàng"]
  static let given = [
    "Ánh Nguyệt", "Khuyến", "Hữu Thuỷ", "Quỳnh Như", "Đức Thịnh", "Yến Oanh", "Ngọc Hoà", "Mỹ Lệ Thu Hương", "Ân",
  ]
  static let provinces: [(String, String)] = [
    ("Thanh Hóa", "038"), ("Huế", "046"), ("Hồ Chí Minh", "079"), ("Đắk Lắk", "066"),
  ]

  static func row(_ number: Int, _ type: DossierType, _ origin: DossierRules.Origin, _ dice: inout SeededDice)
    -> DossierRow
  {
    var row = DossierRow(number: number)
    let name = "\(families.randomElement(using: &dice) ?? "Lê") \(given.randomElement(using: &dice) ?? "An")"
    let place = provinces.randomElement(using: &dice) ?? ("Huế", "046")
    let birth = CalendarDate(
      year: Int.random(in: 1966...2004, using: &dice), month: Int.random(in: 1...12, using: &dice),
      day: Int.random(in: 1...28, using: &dice))
    let female = Bool.random(using: &dice)
    let year = birth?.year ?? 1990
    let digit = (year < 2000 ? 0 : 2) + (female ? 1 : 0)
    let id = place.1 + "\(digit)" + String(String(year).suffix(2)) + String(String(1_000_000 + number * 37).suffix(6))
    let serial = String(String(0xA1B2_C3D4_0000_0000 + UInt64(number), radix: 16).uppercased().prefix(16))
    let email = "nguoi\(number)@donvi.vidu.gov.vn"
    switch type {
    case .persons:
      row.fullName = name
      row.birthDate = birth
      row.citizenId = id
      row.idIssueDate = CalendarDate(year: 2023, month: Int.random(in: 1...12, using: &dice), day: 9)
      row.idIssuePlace = "Bộ Công an"
      row.email = email
      if origin == .letter {
        row.organisation = "Phòng Mẫu \(number), Sở Minh họa"
      } else {
        row.orgLevel1 = "ỦY BAN NHÂN DÂN TỈNH MẪU"
        row.orgLevel2 = "SỞ MINH HỌA"
        if Bool.random(using: &dice) { row.orgLevel3 = "PHÒNG MẪU, \"SỐ\" \(number)" }
      }
      row.province = place.0
      row.position = "Chuyên viên"
      row.mobile = "09121\(String(10000 + number))"
      row.centralSigning = false
      if number % 5 == 0 { row.oldCertificateSerial = serial }
      if number % 4 == 0 { row.simPKI = SIMPKI(carrier: "Vinaphone", keepNumber: number % 8 == 0) }
    case .organisations:
      row.organisationName = "Trung tâm Mẫu số \(number)"
      row.address = "Số \(number) đường Giả Định, phường Minh Họa"
      row.taxCode = String(String(2_900_000_000 + number * 11).suffix(10))
      row.budgetCode = String(1_000_000 + number)
      row.province = place.0
      row.email = email
    case .devices:
      row.deviceName = "Máy chủ \(number) (ten\(number).vidu.gov.vn)"
      row.organisation = "Sở Minh họa"
      row.address = "Số \(number) đường Giả Định"
      row.province = place.0
      row.email = email
    case .renewalOrChange:
      row.certificateName = name
      row.certificateSerial = serial
      if number % 6 == 0 { row.signingPhone = "09121\(String(20000 + number))" }
      row.email = email
      row.renew = number % 3 != 0
      row.change = number % 3 == 0 || number % 5 == 0
      if row.change {
        row.oldInfo = "Cơ quan công tác: Phòng Mẫu \(number)"
        row.newInfo = "Cơ quan công tác: Phòng Giả Định"
      }
    case .revocation:
      row.certificateName = name
      if number % 4 == 0 {
        row.taxCode = String(2_900_000_000 + number * 11)
        row.budgetCode = String(1_000_000 + number)
      } else {
        row.citizenId = id
        row.idIssueDate = CalendarDate(year: 2022, month: 5, day: 17)
        row.idIssuePlace = "Bộ Công an"
      }
      row.email = email
      row.certificateSerial = serial
      row.deviceNumber = String(String(0x0A00_0000 + number, radix: 16, uppercase: true).suffix(7))
      row.reason = "Nghỉ hưu"
      row.reasonCode = "NGHI_HUU"
    case .deviceRestoration:
      row.deviceNumber = String(String(0x0A00_0000 + number, radix: 16, uppercase: true).suffix(7))
      row.certificateName = name
      row.organisation = "Phòng Mẫu \(number), Sở Minh họa"
      row.email = email
    }
    return row
  }
}
