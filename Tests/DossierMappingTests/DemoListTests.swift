import DossierMapping
import DossierModel
import Foundation
import MappingFiles
import Testing

@Suite("The demonstration list")
struct DemoListTests {
  static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "Mappings/samples")

  @Test("The demonstration list is what its recipe makes")
  func recipe() throws {
    let mapping = try BuiltIn.mapping.get()
    let source = try Data(contentsOf: Self.folder.appending(path: "danh-sach-01.csv"))
    let list = try DossierImporter(mapping: mapping).importList(
      Array(source), name: "danh-sach-01.csv", type: .persons,
      context: RuleContext(today: CalendarDate(iso: "2026-11-22")))
    #expect(list.findings.filter { $0.severity != .notice } == [])
    #expect(list.rows.count == 4)
    let bytes = try SheetExporter(mapping: mapping).list(list.rows, type: .persons)
    if ProcessInfo.processInfo.environment["LIENTHONG_WRITE_FIXTURES"] != nil {
      try Data(bytes).write(to: Self.folder.appending(path: "danh-sach-01.xlsx"))
    }
    #expect(try Data(contentsOf: Self.folder.appending(path: "danh-sach-01.xlsx")) == Data(bytes))
    let again = try DossierImporter(mapping: mapping).importList(bytes, name: "a.xlsx", type: nil)
    #expect(again.rows == list.rows)
  }

  @Test("The list that is built in has no fault")
  func builtIn() throws {
    let list = try DossierImporter(mapping: try BuiltIn.mapping.get()).importList(
      MappingFile.demoList.bytes, name: MappingFile.demoList.name, type: nil,
      context: RuleContext(today: CalendarDate(iso: "2026-11-22")))
    #expect(list.type == .persons)
    #expect(list.rows.count == 4)
    #expect(list.findings.filter { $0.severity != .notice } == [])
  }
}
