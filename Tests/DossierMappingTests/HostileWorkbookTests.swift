import DossierMapping
import DossierModel
import Foundation
import Spreadsheet
import Testing
import VietnameseText

@Suite("Hostile and foreign files are refused, each with its reason")
struct HostileWorkbookTests {
  private func code(_ bytes: [UInt8], _ name: String, _ limits: SpreadsheetLimits = .standard) -> String? {
    do {
      _ = try SpreadsheetReader(limits: limits).read(bytes, name: name)
      return nil
    } catch {
      #expect(!error.clerk.vi.isEmpty && !error.clerk.en.isEmpty)
      return error.code.rawValue
    }
  }

  private func plain() -> HandMadeWorkbook {
    var book = HandMadeWorkbook()
    book.sheets = [("S", "", HandMadeWorkbook.sheet([HandMadeWorkbook.row(1, ["a"])]))]
    return book
  }

  @Test("The workbook that the others are bent from is good")
  func good() throws { #expect(code(try plain().bytes(), "a.xlsx") == nil) }

  @Test("Macros: by part, by content type, by name")
  func macros() throws {
    var book = plain()
    book.extraParts = [("xl/vbaProject.bin", [1, 2, 3])]
    #expect(code(try book.bytes(), "a.xlsx") == "X-FORMAT")
    book = plain()
    book.contentTypeExtra =
      "<Override PartName=\"/xl/workbook.xml\" ContentType=\"application/vnd.ms-excel.sheet.macroEnabled.main+xml\"/>"
    #expect(code(try book.bytes(), "a.xlsx") == "X-FORMAT")
    #expect(code(try plain().bytes(), "a.xlsm") == "X-FORMAT")
  }

  @Test("A password, by the directory entry of the encrypted package")
  func password() {
    var bytes: [UInt8] = [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1] + [UInt8](repeating: 0, count: 1016)
    bytes +=
      "EncryptedPackage".utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] } + [UInt8](repeating: 0, count: 480)
    #expect(code(bytes, "a.xlsx") == "X-ENCRYPTED")
    #expect(code(Array(bytes.prefix(1024)), "a.xlsx") == "X-FORMAT")
    #expect(code(Array(bytes.prefix(1024)), "a.xls") == "X-FORMAT")
  }

  @Test(
    "Names that lead out of the archive", arguments: ["../../etc/cron.d/x", "/etc/passwd", "xl\\..\\x", "xl/../../x"])
  func traversal(_ name: String) throws {
    var book = plain()
    book.extraParts = [("placeholder-name-of-same-length-x", [1])]
    // The writer may refuse such names itself, so the name is bent in the bytes.
    let padded = name.padding(toLength: 33, withPad: "x", startingAt: 0)
    let bytes = Self.replacing(try book.bytes(), "placeholder-name-of-same-length-x", padded)
    #expect(code(bytes, "a.xlsx") == "X-UNSAFE")
  }

  static func replacing(_ bytes: [UInt8], _ old: String, _ new: String) -> [UInt8] {
    let old = Array(old.utf8)
    let new = Array(new.utf8)
    var bytes = bytes
    var index = 0
    while index + old.count <= bytes.count {
      if bytes[index] == old[0], bytes[index..<index + old.count].elementsEqual(old) {
        bytes.replaceSubrange(index..<index + old.count, with: new)
        index += old.count
      } else {
        index += 1
      }
    }
    return bytes
  }

  @Test("DOCTYPE and entities in any part", arguments: ["sheet", "strings", "styles"])
  func doctype(_ part: String) throws {
    let evil = "<!DOCTYPE x [<!ENTITY e SYSTEM \"file:///etc/hostname\"><!ENTITY l \"&e;&e;\">]>"
    var book = plain()
    if part == "sheet" { book.sheets[0].xml = evil + book.sheets[0].xml }
    book.sharedStrings =
      (part == "strings" ? evil : "") + "<sst xmlns=\"\(HandMadeWorkbook.namespace)\"><si><t>a</t></si></sst>"
    book.styles = (part == "styles" ? evil : "") + "<styleSheet xmlns=\"\(HandMadeWorkbook.namespace)\"/>"
    #expect(code(try book.bytes(), "a.xlsx") == "X-DOCTYPE")
  }

  @Test("Bombs: a part that inflates beyond need, too many rows, too many cells, a huge cell, deep nesting")
  func bombs() throws {
    var book = plain()
    var small = SpreadsheetLimits.standard
    small.maximumPartBytes = 100_000
    small.maximumFileBytes = 50_000
    let empty = String(repeating: "<row/>", count: 20_000)
    book.sheets[0].xml =
      "<worksheet xmlns=\"\(HandMadeWorkbook.namespace)\"><sheetData>\(empty)</sheetData></worksheet>"
    #expect(code(try book.bytes(), "a.xlsx") == nil)
    #expect(code(try book.bytes(), "a.xlsx", small) == "X-BOMB")
    book.sheets[0].xml = HandMadeWorkbook.sheet((1...20_001).map { HandMadeWorkbook.row($0, ["a"]) })
    #expect(code(try book.bytes(), "a.xlsx") == "X-BOMB")
    var strings = plain()
    strings.sharedStrings =
      "<sst xmlns=\"\(HandMadeWorkbook.namespace)\"><si><t>\(String(repeating: "a", count: 140_000))</t></si></sst>"
    #expect(code(try strings.bytes(), "a.xlsx") == "X-BOMB")
    book.sheets[0].xml = HandMadeWorkbook.sheet([HandMadeWorkbook.row(1, [String(repeating: "a", count: 140_000)])])
    #expect(code(try book.bytes(), "a.xlsx") == "X-BOMB")
    book.sheets[0].xml = HandMadeWorkbook.sheet([
      String(repeating: "<x>", count: 5000) + String(repeating: "</x>", count: 5000)
    ])
    #expect(code(try book.bytes(), "a.xlsx") == "X-BOMB")
    #expect(code(Array(repeating: 0x61, count: 60_000), "a.csv", small) == "X-BOMB")
  }

  @Test("Broken files: cut anywhere, parts missing, rows and cells out of order, strings out of range")
  func broken() throws {
    let whole = try plain().bytes()
    for length in stride(from: 1, to: whole.count - 1, by: 97) {
      #expect(code(Array(whole[..<length]), "a.xlsx") != nil)
    }
    #expect(code([], "a.xlsx") == "X-UNREADABLE")
    var book = plain()
    for xml in [
      "<row r=\"2\"/><row r=\"1\"/>", "<row r=\"1\"><c r=\"B1\"><v>1</v></c><c r=\"A1\"><v>1</v></c></row>",
      "<row r=\"1\"><c r=\"A1\" t=\"s\"><v>7</v></c></row>", "<row r=\"1\"><c r=\"A1\" t=\"s\"><v>-1</v></c></row>",
      "<row r=\"1\"><c r=\"ZZZZZ1\"><v>1</v></c></row>", "<row r=\"0\"/>", "<row r=\"1\">",
    ] {
      book.sheets[0].xml = HandMadeWorkbook.sheet([xml])
      #expect(code(try book.bytes(), "a.xlsx") == "X-UNREADABLE", "\(xml)")
    }
    book = plain()
    book.sheets[0].xml = "<html/>"
    #expect(code(try book.bytes(), "a.xlsx") == "X-UNREADABLE")
  }

  @Test("A byte changed anywhere never crashes the reader")
  func flips() throws {
    let whole = try plain().bytes()
    var dice = SeededDice(seed: 5)
    for _ in 0..<400 {
      var bytes = whole
      for _ in 0..<Int.random(in: 1...4, using: &dice) {
        bytes[Int.random(in: bytes.indices, using: &dice)] = UInt8.random(in: 0...255, using: &dice)
      }
      _ = code(bytes, "a.xlsx")
    }
  }

  @Test(
    "Other formats under any name",
    arguments: [
      ("<html><table><tr><td>STT</td></tr></table></html>", "a.xls"), ("<!DOCTYPE html><html></html>", "a.xlsx"),
      ("%PDF-1.7\n", "a.xlsx"),
      ("<?xml version=\"1.0\"?><Workbook/>", "a.xls"), ("STT,Họ tên\n1,A", "a.xlsx"), ("a\u{0}b", "a.csv"),
      ("STT,Họ tên", "a.docx"), ("STT", "khongduoi"),
    ])
  func formats(_ text: String, _ name: String) { #expect(code(Array(text.utf8), name) == "X-FORMAT") }

  @Test("OpenDocument, binary and Word packages")
  func packages() throws {
    var book = plain()
    book.extraParts = [("mimetype", Array("application/vnd.oasis.opendocument.spreadsheet".utf8))]
    #expect(code(try book.bytes(), "a.xlsx") == "X-FORMAT")
    book.extraParts = [("xl/workbook.bin", [0])]
    #expect(code(try book.bytes(), "a.xlsx") == "X-FORMAT")
    #expect(code(try plain().bytes(), "a.xlsb") == "X-FORMAT")
    #expect(code(try plain().bytes(), "a.csv") == "X-FORMAT")
    #expect(code(try plain().bytes(), "a.xls") == "X-FORMAT")
  }

  @Test("CSV that is not UTF-8, or whose quotes never end")
  func csv() {
    #expect(code([0x53, 0x54, 0x54, 0x2C, 0xC3, 0x28], "a.csv") == "X-FORMAT")
    #expect(code(Array("STT,\"Họ tên\n1,A\n".utf8), "a.csv") == "X-UNREADABLE")
  }
}
