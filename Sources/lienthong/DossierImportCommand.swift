import ArgumentParser
import DossierMapping
import DossierModel
import Spreadsheet
import VietnameseText

/// `lienthong dossier import`: a list from a spreadsheet becomes rows, with everything that is wrong cell by cell.
struct DossierImportCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import", abstract: "Reads a list (.xlsx, .csv) and checks every cell.",
    discussion: "Exit codes: 0 read, 1 no such file, 3 refused (or, with --output, not free of errors).")

  @Argument(help: "The list, .xlsx or .csv.") var file: String
  @Option(help: "Type of the list, 01 to 06; told by its header when left out.") var type: DossierType?
  @Option(help: "Write the rows as a structured dossier (JSON), if there is no error.") var output: String?
  @Option(help: "Write a report of errors beside each row, .xlsx or .csv.") var report: String?
  @Flag(help: "JSON.") var json = false
  @OptionGroup var options: DossierOptions

  func run() async throws {
    let mapping = try options.mappingSet()
    let bytes = try DossierOptions.bytes(of: file)
    let list: ImportedList
    do {
      list = try DossierImporter(mapping: mapping).importList(bytes, name: file, type: type, context: options.context)
    } catch {
      throw try options.refuse(error, name: file, json: json)
    }
    if json {
      Terminal.say(String(decoding: try DossierReport(list).json().dropLast(), as: UTF8.self))
    } else {
      options.lines(list.findings).forEach(Terminal.say)
      Terminal.say(
        "\(list.type?.rawValue ?? "–"): \(list.rows.count) \(options.language == .vietnamese ? "dòng" : "rows")")
    }
    if let report {
      let format: SheetExporter.Format = report.lowercased().hasSuffix(".csv") ? .csv : .xlsx
      do {
        try DossierOptions.write(try SheetExporter(mapping: mapping).errorReport(list, as: format), to: report)
      } catch let error as SpreadsheetError {
        throw Terminal.fail(error.clerk[options.language])
      }
    }
    if list.isRefused {
      throw Terminal.fail(
        "\(file): \(list.findings.first.map { "\($0.code): \($0.text[options.language])" } ?? "")", code: 3)
    }
    guard let output, let type = list.type else { return }
    guard !list.findings.contains(where: { $0.severity == .error }) else {
      throw Terminal.fail(
        options.language == .vietnamese
          ? "Danh sách còn lỗi nên chưa ghi hồ sơ." : "The list has errors, no dossier was written.", code: 3)
    }
    var dossier = Dossier(type: type, declaredCount: list.rows.count, rows: list.rows)
    dossier.centralSigning = type == .persons && !list.rows.isEmpty && list.rows.allSatisfy(\.centralSigning)
    do {
      try DossierOptions.write(try StructuredDossier.encode(dossier), to: output)
    } catch let error as DossierMappingError {
      throw Terminal.fail(error.clerk[options.language])
    }
  }
}
