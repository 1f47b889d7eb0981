import DossierMapping
import DossierModel
import Foundation
import Spreadsheet
import Testing
import VietnameseText

/// Lists as other programs write them, and as people bend them.
@Suite("Unusual but good lists")
struct WorkbookVariantTests {
  static let header: [String?] = [
    "STT", "Họ tên (Bắt buộc nhập)", "Ngày sinh (Bắt buộc nhập)", "CMND/Hộ chiếu (Bắt buộc nhập)", "Nơi cấp",
    "Ngày cấp",
    "Địa chỉ thư điện tử công vụ", "Tên CQTC cấp 1", "Tên CQTC cấp 2", "Tên CQTC cấp 3", "Tên CQTC cấp 4",
    "Tỉnh, thành phố",
    "Tên chức vụ", "Số điện thoại", "Số hiệu CTS cũ", "Nhà mạng (Nhà mạng: Mobifone, Viettel, Vinaphone)",
    "Chuyển số SIM PKI (Habilit: V)", "RSSP",
  ]
  static func person(_ number: Int) -> [String?] {
    [
      String(number), "Ưng Hữu Ân", "05/09/1990", "0380900012\(String(number + 10).suffix(2))", "Bộ Công an",
      "01/07/2024",
      "uhan\(number)@donvi.vidu.gov.vn", "ỦY BAN NHÂN DÂN TỈNH MẪU", "SỞ MINH HỌA", nil, nil, "Thanh Hóa",
      "Chuyên viên",
      "0912000\(String(100 + number))", nil, nil, nil, nil,
    ]
  }
  let mapping: MappingSet
  let context = RuleContext(today: CalendarDate(iso: "2026-11-22"))

  init() throws { mapping = try BuiltIn.mapping.get() }

  private func list(_ book: HandMadeWorkbook, type: DossierType? = .persons) throws -> ImportedList {
    try DossierImporter(mapping: mapping).importList(try book.bytes(), name: "ds.xlsx", type: type, context: context)
  }

  private func book(_ rows: [String], merged: [String] = []) -> HandMadeWorkbook {
    var book = HandMadeWorkbook()
    book.sheets = [("DanhSach", "", HandMadeWorkbook.sheet(rows, merged: merged))]
    return book
  }

  @Test("A head of two lines is read without merged cells too, as CSV has none")
  func twoLines() throws {
    let text = """
      STT;Tên chứng thư chữ ký số;Số hiệu chứng thư chữ ký số;Địa chỉ thư điện tử công vụ;Thông tin cần thay đổi;Thông tin mới;Dịch vụ yêu cầu;
      ;;;;;;Gia hạn;TĐTT
      1;Ưng Thị Thử;0A1B2C3D4E5F6071;utt@donvi.vidu.gov.vn;;;x;
      2;Lữ Văn Ỷ;0A1B2C3D4E5F6072;lvy@donvi.vidu.gov.vn;Chức vụ: Văn thư;Chức vụ: Chuyên viên;;X
      """
    let list = try DossierImporter(mapping: mapping).importList(
      Array(text.utf8), name: "ds.csv", type: nil, context: context)
    #expect(list.type == .renewalOrChange)
    #expect(list.rows.map(\.renew) == [true, false])
    #expect(list.rows.map(\.change) == [false, true])
    #expect(list.findings == [])
  }

  @Test("CSV keeps leading zeros as =\"…\", dates may begin with the year")
  func guarded() throws {
    var person = Self.person(1).map { $0 ?? "" }
    person[2] = "1990/09/05"
    person[3] = "\"=\"\"038090001211\"\"\""
    let header = Self.header.map { "\"\($0 ?? "")\"" }.joined(separator: ",")
    let list = try DossierImporter(mapping: mapping).importList(
      Array("\(header)\n\(person.joined(separator: ","))\n".utf8), name: "ds.csv", type: .persons, context: context)
    #expect(list.rows.map(\.citizenId) == ["038090001211"])
    #expect(list.rows.map(\.birthDate?.iso) == ["1990-09-05"])
    #expect(list.rows.map(\.centralSigning) == [false])
    #expect(!list.findings.contains { $0.severity == .error }, "\(list.findings)")
  }

  private func csv(_ lines: [[String?]]) throws -> ImportedList {
    let text = lines.map { $0.map { "\"\($0 ?? "")\"" }.joined(separator: ";") }.joined(separator: "\n")
    return try DossierImporter(mapping: mapping).importList(
      Array(text.utf8), name: "ds.csv", type: .persons, context: context)
  }

  @Test("What the portal shows on its screen is taken: #, packed identity, organisations by level")
  func portalScreen() throws {
    let list = try csv([
      [
        "#", "Họ tên", "Ngày sinh", "CMND/Hộ chiếu", "Địa chỉ thư điện tử công vụ", "Tên đơn vị công tác",
        "Tỉnh thành phố", "Chức vụ", "Số điện thoại di động", "Serial CTS cũ", "Loại thiết bị", "Trạng thái",
      ],
      [
        "1", "Ưng Hữu Ân", "05/09/1990", "038090001211; 01/07/2024; Bộ Công an", "uhan@donvi.vidu.gov.vn",
        "ỦY BAN NHÂN DÂN TỈNH MẪU; SỞ MINH HỌA", "Thanh Hóa", "Chuyên viên", "0912000100", "", "Token", "Duyệt",
      ],
    ])
    let row = try #require(list.rows.first)
    #expect(row.citizenId == "038090001211")
    #expect(row.idIssueDate?.iso == "2024-07-01")
    #expect(row.idIssuePlace == "Bộ Công an")
    #expect(row.organisation == "ỦY BAN NHÂN DÂN TỈNH MẪU; SỞ MINH HỌA")
    #expect(list.findings.map(\.code) == ["X-COLUMN", "X-COLUMN"])
  }

  @Test("The portal's column \"Là chuyển số\" moves the number")
  func keepsNumber() throws {
    var header = Self.header
    header[16] = "Là chuyển số"
    var person = Self.person(1)
    person[15] = "Viettel"
    person[16] = "V"
    #expect(try csv([header, person]).rows.first?.simPKI == SIMPKI(carrier: "Viettel", keepNumber: true))
  }

  @Test("Headings of groups and the header once more between rows are no entries")
  func groups() throws {
    let empty = [String?](repeating: nil, count: Self.header.count - 2)
    let list = try csv([
      Self.header, ["I", "Sở Minh họa"] + empty, Self.person(1), Self.header, ["II.", "Sở Thử nghiệm"] + empty,
      Self.person(2),
    ])
    #expect(list.rows.map(\.number) == [1, 2])
    #expect(list.findings.map(\.code) == ["X-GROUP", "X-GROUP"])
    #expect(list.findings.map(\.cell) == ["A2", "A5"])
  }

  @Test("A given name in a column of its own is not taken for the whole name")
  func splitName() throws {
    var header = Self.header
    header[1] = "Tên"
    #expect(try csv([header, Self.person(1)]).isRefused)
    var person = Self.person(1)
    person[1] = "Ân"
    #expect(try csv([Self.header, person]).findings.map(\.code) == ["X-NAME"])
  }

  @Test("Hidden rows come in, and a person is told")
  func hiddenRow() throws {
    let hidden = HandMadeWorkbook.row(3, Self.person(2)).replacing("<row r=\"3\"", with: "<row r=\"3\" hidden=\"1\"")
    let shown = try self.list(book([HandMadeWorkbook.row(1, Self.header), HandMadeWorkbook.row(2, Self.person(1))]))
    let all = try self.list(
      book([HandMadeWorkbook.row(1, Self.header), HandMadeWorkbook.row(2, Self.person(1)), hidden]))
    #expect(shown.findings == [])
    #expect(all.rows.count == 2)
    #expect(all.findings.map { "\($0.code) \($0.severity.rawValue) \($0.cell ?? "")" } == ["X-HIDDEN warn A3"])
  }

  @Test("A row that says what must be filled in is no entry")
  func hints() throws {
    let hints = [nil, "Bắt buộc nhập", "Bắt buộc nhập", "Bắt buộc nhập", nil, "dd/MM/yyyy", "Bắt buộc nhập"]
    let rows = [
      HandMadeWorkbook.row(1, Self.header.map { $0?.split(separator: "(").first.map(String.init) }),
      HandMadeWorkbook.row(2, hints), HandMadeWorkbook.row(3, Self.person(1)),
    ]
    let list = try list(book(rows))
    #expect(list.rows.map(\.fullName) == ["Ưng Hữu Ân"])
    #expect(!list.findings.contains { $0.severity == .error }, "\(list.findings)")
  }

  @Test("Zeros that were lost before the list was saved as CSV are put back, and said")
  func zerosLostInText() throws {
    var person = Self.person(1).map { $0 ?? "" }
    person[3] = "38090000111"
    person[13] = "912000101"
    let header = Self.header.map { "\"\($0 ?? "")\"" }.joined(separator: ",")
    let list = try DossierImporter(mapping: mapping).importList(
      Array("\(header)\n\(person.joined(separator: ","))\n".utf8), name: "ds.csv", type: .persons, context: context)
    #expect(list.rows.map(\.citizenId) == ["038090000111"])
    #expect(list.rows.map(\.mobile) == ["0912000101"])
    #expect(list.findings.filter { $0.code == "X-ZERO" }.map(\.field) == ["citizenId", "mobile"])
    #expect(!list.findings.contains { $0.severity == .error }, "\(list.findings)")
  }

  @Test("Title rows, a numbering row, empty rows, notes below: the rows alone come in")
  func surroundings() throws {
    let rows = [
      HandMadeWorkbook.row(1, ["UBND TỈNH MẪU"]), HandMadeWorkbook.row(2, ["DANH SÁCH ĐỀ NGHỊ CẤP CHỨNG THƯ"]),
      HandMadeWorkbook.row(5, Self.header), HandMadeWorkbook.row(6, (1...18).map { "(\($0))" }),
      HandMadeWorkbook.row(7, Self.person(1)), HandMadeWorkbook.row(9, Self.person(2)), HandMadeWorkbook.row(10, ["3"]),
      HandMadeWorkbook.row(
        14, [nil, "Người lập biểu", nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, "THỦ TRƯỞNG"]),
      HandMadeWorkbook.row(
        16, [nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, "Mẫu, ngày 20 tháng 11 năm 2026"]),
      HandMadeWorkbook.row(18, [nil, "Lữ Văn Ỷ"]),
    ]
    let list = try list(book(rows, merged: ["A1:R1", "A2:R2"]))
    #expect(list.rows.map(\.number) == [1, 2])
    #expect(list.findings.map(\.code) == ["X-FOOTER"])
    #expect(list.cell(rowIndex: 1, field: .email) == "G9")
  }

  @Test("A head of two merged lines is read by its lower cells")
  func mergedHead() throws {
    let upper: [String?] = [
      "STT", "Tên chứng thư chữ ký số", "Số hiệu chứng thư chữ ký số", "Địa chỉ thư điện tử công vụ",
      "Thông tin cần thay đổi", "Thông tin mới", "Dịch vụ yêu cầu", nil,
    ]
    let rows = [
      HandMadeWorkbook.row(1, upper), HandMadeWorkbook.row(2, [nil, nil, nil, nil, nil, nil, "Gia hạn", "TĐTT"]),
      HandMadeWorkbook.row(3, ["01", "Ưng Hữu Ân", "2A3B4C", "a@b.gov.vn", nil, nil, "x", nil]),
      HandMadeWorkbook.row(4, ["02", "Lữ Ỷ", "2A3B4D", "b@b.gov.vn", "Cũ", "Mới", "X", "✓"]),
      HandMadeWorkbook.row(5, ["03", "Hồ Ân", "2A3B4E", "c@b.gov.vn", nil, nil, nil, "x"]),
    ]
    let list = try list(book(rows, merged: ["A1:A2", "B1:B2", "C1:C2", "D1:D2", "E1:E2", "F1:F2", "G1:H1"]), type: nil)
    #expect(list.type == .renewalOrChange)
    #expect(list.rows.map { [$0.renew, $0.change] } == [[true, false], [true, true], [false, true]])
    #expect(
      Set(list.findings.filter { $0.severity == .error }.map { "\($0.code) \($0.cell ?? "")" }) == ["V11 E5", "V11 F5"])
  }

  @Test("Dates as serial number, as styled number, as ISO typed cell and as text are the same day, in both day systems")
  func dates() throws {
    let styles =
      "<styleSheet xmlns=\"\(HandMadeWorkbook.namespace)\"><numFmts><numFmt numFmtId=\"170\" formatCode=\"[$-42A]dd/mm/yyyy;@\"/><numFmt numFmtId=\"171\" formatCode=\"000000000000\"/></numFmts><cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/><xf numFmtId=\"170\"/><xf numFmtId=\"171\"/></cellXfs></styleSheet>"
    // 05/09/1990 is 33121 in the 1900 system, 31659 in that of 1904.
    for (system, serial) in [("", 33121), ("<workbookPr date1904=\"1\"/>", 31659)] {
      var rows = [HandMadeWorkbook.row(1, Self.header)]
      for (index, cell) in [
        "<c r=\"C2\" s=\"1\"><v>\(serial)</v></c>", "<c r=\"C3\" s=\"2\"><v>\(serial).0</v></c>",
        "<c r=\"C4\" t=\"d\"><v>1990-09-05T00:00:00</v></c>",
        "<c r=\"C5\" t=\"inlineStr\"><is><t>5-9-1990</t></is></c>",
      ].enumerated() {
        var person = Self.person(index + 1)
        person[2] = nil
        person[3] = nil
        let text = HandMadeWorkbook.row(index + 2, person)
        let identity = "<c r=\"D\(index + 2)\" s=\"3\"><v>3809000121\(index)</v></c>"
        rows.append(text.replacing("<c r=\"E\(index + 2)\"", with: cell + identity + "<c r=\"E\(index + 2)\""))
      }
      var book = book(rows)
      book.styles = styles
      book.workbookProperties = system
      let list = try list(book)
      #expect(list.rows.map { $0.birthDate?.iso } == Array(repeating: "1990-09-05", count: 4))
      #expect(list.rows.map(\.citizenId) == (0..<4).map { "03809000121\($0)" })
      #expect(list.findings == [])
    }
  }

  @Test("Shared strings with runs, phonetic hints and escapes; cells without addresses; an absolute target")
  func strings() throws {
    let cells = Self.header.indices.map { "<c t=\"s\"><v>\($0)</v></c>" }.joined()
    let person = Self.person(1).enumerated().map { index, text in
      text == nil ? "<c/>" : "<c t=\"s\"><v>\(18 + index)</v></c>"
    }.joined()
    var strings = Self.header.map { "<si><t xml:space=\"preserve\"> \($0 ?? "")_x000D_\n</t></si>" }
    for (index, text) in Self.person(1).enumerated() {
      let text = HandMadeWorkbook.escaped(text ?? "")
      strings.append(
        index == 1
          ? "<si><r><rPr><b/></rPr><t xml:space=\"preserve\">Ưng Hữu </t></r><r><t>Ân</t></r><rPh sb=\"0\" eb=\"1\"><t>rác</t></rPh></si>"
          : "<si><t>\(text)</t></si>")
    }
    var book = HandMadeWorkbook()
    book.sheets = [
      (
        "S", "",
        "<worksheet xmlns=\"\(HandMadeWorkbook.namespace)\"><sheetData><row>\(cells)</row><row>\(person)</row></sheetData></worksheet>"
      )
    ]
    book.sharedStrings = "<sst xmlns=\"\(HandMadeWorkbook.namespace)\">\(strings.joined())</sst>"
    book.targetPrefix = "/xl/worksheets/"
    let list = try list(book)
    #expect(list.rows.first?.fullName == "Ưng Hữu Ân")
    #expect(list.rows.count == 1 && list.findings == [])
  }

  @Test("A formula counts as its saved value; without one, or with an error, the cell is reported")
  func formulas() throws {
    var person = Self.person(1)
    person[6] = nil
    person[11] = nil
    person[12] = nil
    let row = HandMadeWorkbook.row(2, person)
      .replacing("<c r=\"H2\"", with: "<c r=\"G2\" t=\"str\"><f>A1&amp;\"x\"</f><v>a@b.gov.vn</v></c><c r=\"H2\"")
      .replacing(
        "<c r=\"N2\"",
        with: "<c r=\"L2\"><f>VLOOKUP(1,2,3)</f><v></v></c><c r=\"M2\" t=\"e\"><f>1/0</f><v>#DIV/0!</v></c><c r=\"N2\"")
    let list = try list(book([HandMadeWorkbook.row(1, Self.header), row]))
    #expect(list.rows.first?.email == "a@b.gov.vn")
    #expect(list.findings.map { "\($0.code) \($0.cell ?? "")" } == ["X-FORMULA L2", "X-FORMULA M2"])
  }

  @Test("A numeric cell that lost its leading zero gets it back, and says so")
  func zeros() throws {
    var person = Self.person(1)
    person[3] = nil
    person[13] = nil
    let row = HandMadeWorkbook.row(2, person)
      .replacing("<c r=\"E2\"", with: "<c r=\"D2\"><v>3.8090001211E10</v></c><c r=\"E2\"")
      .replacing("</row>", with: "<c r=\"N2\"><v>912000101</v></c></row>")
    let list = try list(book([HandMadeWorkbook.row(1, Self.header), row]))
    #expect(list.rows.first?.citizenId == "038090001211")
    #expect(list.rows.first?.mobile == "0912000101")
    #expect(list.findings.map(\.code) == ["X-ZERO", "X-ZERO"])
    #expect(list.findings.allSatisfy { $0.severity == .notice })
  }

  @Test("A value merged over several rows counts for each of them")
  func mergedValues() throws {
    var second = Self.person(2)
    second[7] = nil
    second[8] = nil
    let rows = [
      HandMadeWorkbook.row(1, Self.header), HandMadeWorkbook.row(2, Self.person(1)), HandMadeWorkbook.row(3, second),
    ]
    let list = try list(book(rows, merged: ["H2:H4", "I2:I4"]))
    #expect(list.rows.map(\.orgLevel2) == ["SỞ MINH HỌA", "SỞ MINH HỌA"])
    #expect(list.findings == [])
  }

  @Test("Hidden sheets and sheets of notes do not matter; two lists in one file are refused")
  func sheets() throws {
    let filled = HandMadeWorkbook.sheet([HandMadeWorkbook.row(1, Self.header), HandMadeWorkbook.row(2, Self.person(1))])
    var book = HandMadeWorkbook()
    book.sheets = [
      ("Hướng dẫn", "", HandMadeWorkbook.sheet([HandMadeWorkbook.row(1, ["Cách điền Họ tên, Ngày sinh"])])),
      ("DS", "", filled),
      ("Cũ", "hidden", filled),
    ]
    #expect(try list(book).rows.count == 1)
    book.sheets.append(("DS 2", "", filled))
    let refused = try list(book)
    #expect(refused.isRefused && refused.findings.map(\.code) == ["X-SHEETS"] && refused.rows.isEmpty)
  }

  @Test("A header that lacks needed columns is refused with all of them named")
  func lackingColumns() throws {
    var header = Self.header
    header[6] = nil
    header[11] = "Ghi chú"
    let list = try list(book([HandMadeWorkbook.row(1, header), HandMadeWorkbook.row(2, Self.person(1))]))
    #expect(list.isRefused && list.rows.isEmpty)
    #expect(list.findings.first?.text.vi.contains("Tỉnh, thành phố") == true)
    #expect(list.findings.first?.text.vi.contains("Địa chỉ thư điện tử công vụ") == true)
  }

  @Test("A list in the letter's own columns is taken, with number, date and place in one cell")
  func letterColumns() throws {
    let header = [
      "TT", "Họ và tên", "Ngày sinh", "Số định danh cá nhân; ngày cấp, nơi cấp", "Địa chỉ thư điện tử công vụ (2)",
      "Tên cơ quan, tổ chức công tác", "Tỉnh/ Thành phố (3)", "Chức vụ", "Số điện thoại di động",
      "Số hiệu chứng thư chữ ký số cũ (nếu có)", "SIM PKI (4)",
    ]
    let row = [
      "01", "Ưng Hữu Ân", "05/09/1990", "038090001211; 01/07/2024, Bộ Công an", "a@b.gov.vn", "Phòng Mẫu, Sở Minh họa",
      "Thanh Hóa", "Chuyên viên", "0968.111.222", "", "Viettel(cs)",
    ]
    let list = try list(book([HandMadeWorkbook.row(1, header), HandMadeWorkbook.row(2, row)]), type: nil)
    let person = try #require(list.rows.first)
    #expect(list.findings == [])
    #expect(
      person.citizenId == "038090001211" && person.idIssueDate?.iso == "2024-07-01"
        && person.idIssuePlace == "Bộ Công an")
    #expect(person.simPKI == SIMPKI(carrier: "Viettel", keepNumber: true))
    #expect(person.mobile == "0968111222" && person.asPrinted[.mobile] == "0968.111.222")
  }

  @Test(
    "CSV with semicolon, with tab in UTF-16, with sep=, with quoted line breaks",
    arguments: ["semicolon", "utf16", "sep", "comma"])
  func csv(_ kind: String) throws {
    let separator = ["semicolon": ";", "utf16": "\t", "sep": "|", "comma": ","][kind] ?? ","
    let lines = [Self.header, Self.person(1), Self.person(2)].map { line in
      line.map { "\"\(($0 ?? "").replacing("Minh họa", with: "Minh\nhọa"))\"" }.joined(separator: separator)
    }
    let text = (kind == "sep" ? "sep=|\r\n" : "") + lines.joined(separator: "\r\n")
    let bytes =
      kind == "utf16" ? [0xFF, 0xFE] + text.utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] } : Array(text.utf8)
    let list = try DossierImporter(mapping: mapping).importList(bytes, name: "DS.CSV", type: .persons, context: context)
    #expect(list.rows.count == 2 && list.findings == [])
  }

  @Test("Every wrong cell of every row is reported at once, with its address")
  func allFaults() throws {
    var first = Self.person(1)
    first[2] = "31/02/1990"
    first[6] = "khong phai thu"
    first[11] = "Atlantis"
    first[13] = "12"
    var second = Self.person(2)
    second[5] = "01/07/2054"
    second[11] = "Hà Nam"
    second[15] = "Viettel"
    second[13] = nil
    second[17] = "RSSP"
    var third = Self.person(3)
    third[16] = "V"
    third[17] = "hai"
    third[9] = nil
    third[10] = "Tổ"
    let rows = [Self.header, first, second, third].enumerated().map { HandMadeWorkbook.row($0.offset + 1, $0.element) }
    let list = try list(book(rows))
    #expect(
      Set(list.findings.map { "\($0.code) \($0.cell ?? "-")" }) == [
        "X-DATE C2", "X-EMAIL G2", "X-PROVINCE L2", "X-PHONE N2", "X-DATE F3", "V19 L3", "V08 P3", "X-SIM-RSSP P3",
        "V10 R3",
        "V08 Q4", "X-TICK R4", "X-LEVEL J4",
      ])
    #expect(list.rows.count == 3 && list.rows[0].birthDate == nil && list.rows[0].asPrinted[.birthDate] == "31/02/1990")
  }
}
