import ArgumentParser
import DossierMapping
import DossierModel
import Foundation
import Spreadsheet
import VietnameseText

/// `lienthong dossier export`: an empty template, or the rows of a dossier or list in the template's columns.
struct DossierExportCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export", abstract: "Writes a template or a list (.xlsx, .csv).")

  @Argument(help: "A structured dossier (.json) or a list; left out with --template.") var file: String?
  @Flag(help: "An empty template with drop-down lists.") var template = false
  @Option(help: "Type, 01 to 06; of a file told by itself when left out.") var type: DossierType?
  @Option(name: [.short, .long], help: "Where to write, .xlsx or .csv.") var output: String
  @Flag(help: "Say what was written as JSON.") var json = false
  @OptionGroup var options: DossierOptions

  func validate() throws {
    if template, type == nil { throw ValidationError("--template needs --type.") }
    if !template, file == nil { throw ValidationError("A file, or --template, is needed.") }
  }

  func run() async throws {
    let mapping = try options.mappingSet()
    let exporter = SheetExporter(mapping: mapping)
    let format: SheetExporter.Format = output.lowercased().hasSuffix(".csv") ? .csv : .xlsx
    do {
      let bytes: [UInt8]
      let written: (type: DossierType, rows: Int)
      if template, let type {
        bytes = format == .csv ? try exporter.list([], type: type, as: .csv) : try exporter.template(type)
        written = (type, 0)
      } else {
        let (rows, type) = try rows(mapping)
        bytes = try exporter.list(rows, type: type, as: format)
        written = (type, rows.count)
      }
      try DossierOptions.write(bytes, to: output)
      Terminal.say(
        json
          ? try Terminal.json(Written(file: output, type: written.type.rawValue, rows: written.rows))
          : "\(output): \(written.type.rawValue), \(written.rows) \(options.language == .vietnamese ? "dòng" : "rows")")
    } catch let error as SpreadsheetError {
      throw Terminal.fail(error.clerk[options.language], code: error.code == .writing ? 1 : 3)
    }
  }

  private func rows(_ mapping: MappingSet) throws -> ([DossierRow], DossierType) {
    guard let file else { throw ValidationError("A file is needed.") }
    if file.lowercased().hasSuffix(".json") {
      let dossier = try options.dossier(at: file)
      return (dossier.rows, dossier.type)
    }
    let list = try DossierImporter(mapping: mapping).importList(
      try DossierOptions.bytes(of: file), name: file, type: type, context: options.context)
    guard !list.isRefused, let type = list.type else {
      throw Terminal.fail("\(file): \(list.findings.first?.text[options.language] ?? "")", code: 3)
    }
    return (list.rows, type)
  }

  private struct Written: Encodable {
    let file: String
    let type: String
    let rows: Int
  }
}
