import Foundation
import ZipArchive

/// Workbooks written part by part, as other programs (or attackers) write them.
struct HandMadeWorkbook {
  var sheets: [(name: String, state: String, xml: String)] = []
  var sharedStrings: String?
  var styles: String?
  var contentTypeExtra = ""
  var extraParts: [(String, [UInt8])] = []
  var workbookProperties = ""
  var targetPrefix = "worksheets/"

  static let namespace = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
  static let relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"

  /// A sheet of the given rows of cells; `merged` as `A1:B1`.
  static func sheet(_ rows: [String], merged: [String] = []) -> String {
    let merges =
      merged.isEmpty ? "" : "<mergeCells>\(merged.map { "<mergeCell ref=\"\($0)\"/>" }.joined())</mergeCells>"
    return "<worksheet xmlns=\"\(namespace)\"><sheetData>\(rows.joined())</sheetData>\(merges)</worksheet>"
  }

  /// A row of texts as inline strings; `nil` leaves the cell out.
  static func row(_ number: Int, _ texts: [String?]) -> String {
    let cells = texts.enumerated().compactMap { index, text -> String? in
      text.map { "<c r=\"\(letters(index))\(number)\" t=\"inlineStr\"><is><t>\(escaped($0))</t></is></c>" }
    }
    return "<row r=\"\(number)\">\(cells.joined())</row>"
  }

  static func letters(_ column: Int) -> String {
    column < 26 ? String(UnicodeScalar(UInt8(65 + column))) : letters(column / 26 - 1) + letters(column % 26)
  }

  static func escaped(_ text: String) -> String {
    text.replacing("&", with: "&amp;").replacing("<", with: "&lt;")
  }

  func bytes() throws -> [UInt8] {
    let path = FileManager.default.temporaryDirectory.appending(path: "hand-\(UUID().uuidString).xlsx").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    let archive = try ZipWriter(file: path)
    func add(_ name: String, _ text: String) throws { try archive.add(name, bytes: Array(text.utf8)) }
    let head = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>"
    try add(
      "[Content_Types].xml",
      head
        + "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"><Default Extension=\"xml\" ContentType=\"application/xml\"/>\(contentTypeExtra)</Types>"
    )
    try add(
      "_rels/.rels",
      head
        + "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"><Relationship Id=\"r1\" Type=\"\(Self.relations)/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"
    )
    let list = sheets.enumerated().map {
      "<sheet name=\"\($0.element.name)\" sheetId=\"\($0.offset + 1)\" \($0.element.state.isEmpty ? "" : "state=\"\($0.element.state)\"") r:id=\"rId\($0.offset + 1)\"/>"
    }
    try add(
      "xl/workbook.xml",
      head
        + "<workbook xmlns=\"\(Self.namespace)\" xmlns:r=\"\(Self.relations)\">\(workbookProperties)<sheets>\(list.joined())</sheets></workbook>"
    )
    var links = sheets.indices.map {
      "<Relationship Id=\"rId\($0 + 1)\" Type=\"\(Self.relations)/worksheet\" Target=\"\(targetPrefix)sheet\($0 + 1).xml\"/>"
    }
    if sharedStrings != nil {
      links.append("<Relationship Id=\"s\" Type=\"\(Self.relations)/sharedStrings\" Target=\"sharedStrings.xml\"/>")
    }
    if styles != nil {
      links.append("<Relationship Id=\"t\" Type=\"\(Self.relations)/styles\" Target=\"styles.xml\"/>")
    }
    try add(
      "xl/_rels/workbook.xml.rels",
      head
        + "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">\(links.joined())</Relationships>"
    )
    for (index, sheet) in sheets.enumerated() { try add("xl/worksheets/sheet\(index + 1).xml", head + sheet.xml) }
    if let sharedStrings { try add("xl/sharedStrings.xml", sharedStrings) }
    if let styles { try add("xl/styles.xml", styles) }
    for (name, bytes) in extraParts { try archive.add(name, bytes: bytes) }
    try archive.close()
    return Array(FileManager.default.contents(atPath: path) ?? Data())
  }
}
