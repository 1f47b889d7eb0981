import DossierMapping
import DossierModel
import Spreadsheet
import Testing
import VietnameseText

@Suite("Lists from other software", .enabled(if: Samples.canRun, "samples not found: set LIENTHONG_SAMPLES_DIR"))
struct SampleListTests {
  let mapping: MappingSet

  init() throws { mapping = try BuiltIn.mapping.get() }

  @Test("The samples are there when they are required")
  func samplesAreThere() { #expect(!Samples.lists.isEmpty) }

  @Test(
    "Rows, fields and faults come out as the reference says",
    arguments: Samples.lists.filter { $0.verdict != "reject" && $0.kind != "xls" })
  func rowsComeOut(_ file: Samples.File) throws {
    let bytes = try #require(Samples.bytes(file.file))
    let today = try #require(Samples.expectations?.today)
    let list = try DossierImporter(mapping: mapping).importList(
      bytes, name: file.file, type: DossierType(rawValue: file.dossierType), context: RuleContext(today: today))
    #expect(!list.isRefused, "\(list.findings)")
    let expected = try Samples.rows(of: file)
    #expect(list.rows.count == expected.count)
    for (row, wanted) in zip(list.rows, expected) {
      #expect(row.number == wanted.number)
      for field in Set(row.values.keys).union(wanted.values.keys) {
        #expect(row[field] == wanted[field], "row \(wanted.number ?? 0) \(field.rawValue)")
      }
    }
    for fault in file.faults where fault.field != "rowCount" {
      #expect(
        list.findings.contains { finding in
          ([fault.code] + (fault.also ?? [])).contains(finding.code) && finding.row == fault.row
            && finding.field == fault.field
            && finding.cell != nil
        }, "\(fault)")
    }
    let wantedErrors = file.faults.filter { $0.level == "error" }
    for finding in list.findings where finding.severity == .error {
      #expect(wantedErrors.contains { $0.row == finding.row }, "\(finding)")
    }
  }

  @Test(
    "Hostile and foreign files are refused with the reason", arguments: Samples.lists.filter { $0.verdict == "reject" })
  func refusals(_ file: Samples.File) throws {
    let bytes = try #require(Samples.bytes(file.file))
    let accepted = Set(file.faults.flatMap { [$0.code] + ($0.also ?? []) })
    do {
      let list = try DossierImporter(mapping: mapping).importList(bytes, name: file.file, type: .persons)
      #expect(list.isRefused)
      #expect(list.rows.isEmpty)
      #expect(list.findings.contains { accepted.contains($0.code) }, "\(list.findings)")
    } catch {
      #expect(accepted.contains(error.code.rawValue), "\(error)")
      #expect(error.clerk.vi.count > 30)
    }
  }

  @Test(
    "Old binary workbooks are refused and told what to do",
    arguments: Samples.lists.filter { $0.kind == "xls" && $0.verdict != "reject" })
  func oldWorkbooks(_ file: Samples.File) throws {
    let bytes = try #require(Samples.bytes(file.file))
    let error = #expect(throws: SpreadsheetError.self) {
      try DossierImporter(mapping: mapping).importList(bytes, name: file.file, type: .persons)
    }
    #expect(error?.code == .format)
    #expect(error?.clerk.vi.contains(".xlsx") == true)
  }
}
