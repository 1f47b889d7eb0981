/// Letters of plain text, with pages that are turned and cut, in the forms that files have.
struct PlainLetter {
  struct Line {
    let x: Double
    let y: Double
    let size: Double
    let text: String

    init(_ x: Double, _ y: Double, _ text: String, size: Double = 12) {
      (self.x, self.y, self.text, self.size) = (x, y, text, size)
    }
  }

  struct Page {
    var lines: [Line] = []
    var mediaBox = "0 0 595 842"
    /// Further entries of the page, such as `/Rotate 90`.
    var entries = ""
  }

  /// A letter with a cross-reference table; boxes of the first page stand in the page tree, as some writers have it.
  static func pdf(_ pages: [Page]) -> [UInt8] {
    let first = 4
    let kids = pages.indices.map { "\(first + 2 * $0) 0 R" }.joined(separator: " ")
    var objects = [
      "<</Type /Catalog /Pages 2 0 R>>",
      "<</Type /Pages /Kids [\(kids)] /Count \(pages.count) /MediaBox [\(pages[0].mediaBox)]>>",
      "<</Type /Font /Subtype /Type1 /BaseFont /Times-Roman>>",
    ]
    for (index, page) in pages.enumerated() {
      let content = page.lines.map { line in
        let text = line.text.map { "()\\".contains($0) ? "\\\($0)" : "\($0)" }.joined()
        return "BT /F1 \(line.size) Tf \(line.x) \(line.y) Td (\(text)) Tj ET"
      }.joined(separator: "\n")
      let box = index == 0 ? "" : "/MediaBox [\(page.mediaBox)]"
      objects.append(
        "<</Type /Page /Parent 2 0 R \(box) \(page.entries) /Resources <</Font <</F1 3 0 R>>>> /Contents \(first + 2 * index + 1) 0 R>>"
      )
      objects.append("<</Length \(content.utf8.count)>>\nstream\n\(content)\nendstream")
    }
    var text = "%PDF-1.7\n"
    var table = "xref\n0 \(objects.count + 1)\n0000000000 65535 f \n"
    for (index, object) in objects.enumerated() {
      let offset = String(text.utf8.count)
      table += String(repeating: "0", count: 10 - offset.count) + offset + " 00000 n \n"
      text += "\(index + 1) 0 obj\n\(object)\nendobj\n"
    }
    let start = text.utf8.count
    return Array(
      (text + table + "trailer\n<</Size \(objects.count + 1) /Root 1 0 R>>\nstartxref\n\(start)\n%%EOF\n").utf8)
  }

  /// A head with open room for number and date, as NĐ 30/2020 lays it out (without accents: the standard fonts have none).
  static func open(number: String = "", date: (String, String, String) = ("", "", "")) -> [UInt8] {
    var lines = [
      Line(80, 770, "SO VI DU"), Line(80, 740, "So:"), Line(150, 740, "/SVD-VP"), Line(330, 740, "Vi Du, ngay"),
      Line(420, 740, "thang"), Line(480, 740, "nam"), Line(80, 600, "ngay 25 thang 6 nam 2024"),
      Line(350, 300, "GIAM DOC"), Line(340, 180, "Tran Thi Vi Du"), Line(80, 400, "Tran trong de nghi./."),
    ]
    let places = [(110.0, number), (395, date.0), (455, date.1), (506, date.2)]
    for (x, text) in places where !text.isEmpty { lines.append(Line(x, 740, text)) }
    let annex = Page(
      lines: [
        Line(80, 760, "DANH SACH"), Line(80, 700, "(Kem theo Cong van so"), Line(250, 700, "/SVD-VP ngay"),
        Line(360, 700, "thang"), Line(430, 700, "nam"), Line(500, 700, "cua So Vi du)"),
      ])
    return pdf([Page(lines: lines), annex])
  }
}
