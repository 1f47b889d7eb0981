import DossierModel
import Testing

@testable import RequestLetter

/// Lists that narrow columns, page breaks, stray lines and poor fonts spoil.
@Suite struct LetterBreakTests {
  /// Words of a text from `left`, each as wide as its letters.
  private func words(_ text: String, left: Double, top: Double, page: Int = 0) -> [PageWord] {
    var x = left
    return text.split(separator: " ").map { part in
      let width = 4.5 * Double(part.count)
      defer { x += width + 3 }
      return PageWord(text: String(part), page: page, box: Box(left: x, top: top, right: x + width, bottom: top + 10))
    }
  }

  private static let heads = ["TT", "Họ và tên", "Ngày sinh", "Email công vụ"]
  private static let lefts = [52.0, 82, 182, 282]
  private static let xs = [50.0, 80, 180, 280, 420]
  private static let rows = [
    ["1", "Ưng Thị Khuê", "01/02/1985", "khue.ut@thu.vidu.gov.vn"],
    ["2", "Lỗ Văn Ổn", "15/12/1990", "on@thu.vidu.gov.vn"],
  ]

  private func headings() throws -> ColumnHeadings { ColumnHeadings(.init(try LetterLayout.builtIn())) }

  @Test("A line that strays into the head does not make it a row")
  func strayLine() throws {
    var rules = PageRules()
    rules.horizontal = [100.0, 140, 160, 180].map { PageRules.Rule(at: $0, start: 50, end: 420, thickness: 0.5) }
    // The picture of a signature, an underlined word.
    rules.horizontal.append(PageRules.Rule(at: 121, start: 48, end: 68, thickness: 0.5))
    rules.vertical = Self.xs.map { PageRules.Rule(at: $0, start: 100, end: 180, thickness: 0.5) }
    var page = zip(Self.heads, Self.lefts).flatMap { words($0, left: $1, top: 106) }
    for (index, row) in Self.rows.enumerated() {
      page += zip(row, Self.lefts).flatMap { words($0, left: $1, top: 145 + 20 * Double(index)) }
    }
    let grid = try #require(TableGrid.tables(rules, page: 0).first)
    let part = try #require(TablePart(grid, words: page, headings: try headings()))
    #expect(part.head?.map(\.lineText) == Self.heads)
    #expect(part.rows.map { $0.cells.map(\.lineText) } == Self.rows)
  }

  @Test("A row without a number that a page break cut is one row")
  func unnumberedOverPages() throws {
    func part(_ page: Int, head: Bool, _ rows: [[String]]) -> TablePart {
      let lefts = Self.lefts.dropFirst()
      return TablePart(
        page: page, box: Box(left: 80, top: 100, right: 420, bottom: 700), xs: Array(Self.xs.dropFirst()),
        head: head ? zip(Self.heads.dropFirst(), lefts).map { words($0, left: $1, top: 102, page: page) } : nil,
        rows: rows.enumerated().map { index, row in
          TablePart.Row(
            cells: zip(row, lefts).map { words($0, left: $1, top: 120 + 20 * Double(index), page: page) })
        }, isRuled: true)
    }
    let first = part(0, head: true, [["Ưng Thị", "01/02/1985", "khue.ut@thu"]])
    let rest = part(1, head: true, [["Khuê", "", ".vidu.gov.vn"], ["Lỗ Văn Ổn", "15/12/1990", "on@thu.vidu.gov.vn"]])
    let whole = part(1, head: true, [["Lỗ Văn Ổn", "15/12/1990", "on@thu.vidu.gov.vn"]])
    let cut = try #require(LetterTables.join([first, rest], headings: try headings()).first)
    #expect(cut.rows.map { $0.cells[0].lineText } == ["Ưng Thị Khuê", "Lỗ Văn Ổn"])
    #expect(CellText(TextLine.lines(of: cut.rows[0].cells[2]).map(\.text)).joined == "khue.ut@thu.vidu.gov.vn")
    #expect(LetterTables.join([first, whole], headings: try headings()).first?.rows.count == 2)
  }

  @Test("A stroke in a cell means that nothing is there", arguments: ["-", "–", "/", "…", "--", "..."])
  func strokes(_ stroke: String) async throws {
    var letter = ForeignLetter()
    letter.rows[1][8] = stroke
    letter.rows[1][7] = stroke
    let rows = try #require(try await LetterReader().read(letter.pdf()).tables.first?.rows)
    #expect(rows.map(\.mobile) == ["0912000111", nil])
    #expect(rows.map(\.position) == ["Giáo viên", nil])
  }

  @Test("The end of a broken name begins with a small letter")
  func names() {
    #expect(CellText(["Bế Thị Bích Nghĩ", "a"]).name == "Bế Thị Bích Nghĩa")
    #expect(CellText(["Phan Thị", "Khánh Ly"]).name == "Phan Thị Khánh Ly")
    #expect(CellText(["Thú", "y"]).spaced == "Thú y")
  }

  @Test("Addresses that a line breaks at their sign are whole")
  func addresses() {
    #expect(CellText(["Thư điện tử: moi13@", "thu.gov.vn"]).spaced == "Thư điện tử: moi13@thu.gov.vn")
    #expect(CellText(["Thư điện tử: cu", "07@thu.gov.vn"]).spaced == "Thư điện tử: cu07@thu.gov.vn")
    #expect(CellText(["Hộp thư cũ", "cu07@thu.gov.vn"]).spaced == "Hộp thư cũ cu07@thu.gov.vn")
  }

  @Test(
    "A moved number is told with and without signs",
    arguments: ["Viettel(cs)", "VIETTEL cs", "viettelcs", "Viettel/CS"])
  func moved(_ cell: String) {
    #expect(SIMPKI(cell: cell) == SIMPKI(carrier: "Viettel", keepNumber: true))
  }

  @Test("The wide spaces of a justified line part no columns")
  func justified() async throws {
    var letter = ForeignLetter()
    letter.values = [
      ("Họ và tên", "Ưng Thị Khuê Mẫu; Số căn cước: 020185001234; Ngày cấp: 14/06/2024; Nơi cấp: Bộ Công an"),
      ("Chức vụ", "Chuyên viên chính; Số điện thoại: 0984 438 900; Thư điện tử công vụ: mau.utk@langson.vidu.gov.vn"),
      ("Địa chỉ tiếp nhận", "Số 89 đường Mẫu Đơn, phường Giả Lập, tỉnh Lạng Sơn"),
    ]
    let contact = try #require(try await LetterReader().read(letter.pdf()).contact)
    #expect(contact.position == "Chuyên viên chính")
    #expect(contact.mobile == "0984438900")
    #expect(contact.email == "mau.utk@langson.vidu.gov.vn")
    #expect(contact.idIssueDate?.iso == "2024-06-14")
  }

  @Test("Text whose font lacks the letters of Vietnamese is not trusted")
  func lackingLetters() {
    let whole = """
      CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM Độc lập - Tự do - Hạnh phúc Kính gửi: Cục Chứng thực số và Bảo mật thông tin, \
      Ban Cơ yếu Chính phủ. Thực hiện quy định về chữ ký số chuyên dùng công vụ, Trường Thử Mẫu đề nghị Cục cấp chứng \
      thư chữ ký số chuyên dùng công vụ cho cá nhân với các thông tin như sau: Họ và tên, chức vụ, số điện thoại di động, \
      địa chỉ thư điện tử công vụ, địa chỉ tiếp nhận, số hiệu thiết bị lưu khoá bí mật.
      """
    let poor = String(
      String.UnicodeScalarView(
        whole.unicodeScalars.filter { !(0x1EA0...0x1EF9).contains($0.value) && !"ơưƠƯ".unicodeScalars.contains($0) }))
    func quality(_ text: String) -> LetterContent.TextQuality {
      TextQualityReader.judge(
        [PageText(index: 0, width: 595, height: 842, words: words(text, left: 0, top: 100))], pictures: [:])
    }
    #expect(quality(whole) == .text)
    // A letter has more text than this part of one.
    #expect(quality(poor + " " + poor) == .undecodable)
  }

  @Test("A heading of one column that shares words with a heading over several is none of those")
  func groupHeadings() throws {
    let narrow =
      words("Nội dung", left: 50, top: 100) + words("cần thay", left: 50, top: 112) + words("đổi", left: 50, top: 124)
    #expect(try headings().groupWords(in: narrow).isEmpty)
    let wide = words("Nội dung thay", left: 50, top: 100) + words("đổi", left: 60, top: 112)
    #expect(try headings().groupWords(in: wide) == Set(wide))
  }

  @Test("What stands alike at the foot of several pages is in no table")
  func feet() {
    let pages = (0..<2).map { page in
      PageText(
        index: page, width: 595, height: 842,
        words: words("Địa chỉ: số 1 phố Thử, ĐT: 0243 000 111", left: 80, top: 800, page: page)
          + words("dân cư", left: 80, top: 780, page: page) + words("Hàng \(page) của một bảng", left: 80, top: 400))
    }
    #expect(pages.runningFeet == Set(pages.flatMap { $0.words.filter { $0.box.top == 800 } }))
  }

  @Test("A table that runs off the page is told", arguments: [false, true])
  func edge(_ runsOff: Bool) throws {
    var rows = Self.rows
    rows[0][3] = runsOff ? String(repeating: "khue", count: 17) + "@th" : rows[0][3]
    let part = TablePart(
      page: 0, box: Box(left: 50, top: 100, right: 595, bottom: 700), xs: Self.xs,
      head: zip(Self.heads, Self.lefts).map { words($0, left: $1, top: 102) },
      rows: rows.enumerated().map { index, row in
        TablePart.Row(cells: zip(row, Self.lefts).map { words($0, left: $1, top: 120 + 20 * Double(index)) })
      }, isRuled: true)
    let page = PageText(index: 0, width: 595, height: 842, words: part.rows.flatMap(\.cells).flatMap { $0 })
    let assembly = LetterAssembly(
      pages: [page], parts: [part], grids: [], layout: try LetterLayout.builtIn(), headings: try headings())
    #expect(assembly.content(.text).isCutOff == (runsOff ? true : nil))
  }
}
