import ArgumentParser
import DossierMapping
import DossierModel
import Spreadsheet
import VietnameseText

/// `lienthong dossier check`: the rules over a structured dossier or a list, before anything is sent.
struct DossierCheckCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check", abstract: "Runs all rules over a dossier (JSON) or a list (.xlsx, .csv).",
    discussion: "Exit codes: 0 no error, 1 no such file, 3 errors found or refused.")

  @Argument(help: "A structured dossier (.json) or a list (.xlsx, .csv).") var file: String
  @Option(help: "Type of a list, 01 to 06; told by its header when left out.") var type: DossierType?
  @Flag(help: "JSON.") var json = false
  @Option(
    help: "Also ask the population register behind this address (https; http on this machine only).")
  var populationURL: String?
  @Option(help: "Seconds to wait for one of its answers.")
  var populationTimeout = PopulationService.defaultTimeoutSeconds
  @Option(help: "File whose first line is sent to it as a bearer token.") var populationSecretFile: String?
  @OptionGroup var options: DossierOptions

  func validate() throws {
    if let populationURL, let problem = PopulationService.problem(with: populationURL) {
      throw ValidationError(problem.en)
    }
    guard PopulationService.timeoutRange.contains(populationTimeout) else {
      throw ValidationError("--population-timeout is 0.1 to 120 seconds.")
    }
  }

  func run() async throws {
    let mapping = try options.mappingSet()
    let report: DossierReport
    if file.lowercased().hasSuffix(".json") {
      let dossier = try options.dossier(at: file)
      let origin: DossierRules.Origin =
        dossier.rows.contains { $0.orgLevel1 != nil && $0.organisation == nil } ? .sheet : .letter
      let findings =
        DossierRules(mapping: mapping).findings(in: dossier, origin: origin, context: options.context)
        + (await population(dossier.rows, mapping))
      report = DossierReport(dossier, findings: findings)
    } else {
      do {
        let bytes = try DossierOptions.bytes(of: file)
        var list = try DossierImporter(mapping: mapping).importList(
          bytes, name: file, type: type, context: options.context)
        if !list.isRefused { list.findings += await population(list.rows, mapping) }
        report = DossierReport(list)
      } catch let error as SpreadsheetError {
        throw try options.refuse(error, name: file, json: json)
      }
    }
    if json {
      Terminal.say(String(decoding: try report.json().dropLast(), as: UTF8.self))
    } else {
      options.lines(report.findings).forEach(Terminal.say)
      if report.findings.isEmpty { Terminal.say(options.language == .vietnamese ? "Không có lỗi." : "No fault found.") }
    }
    if report.findings.contains(where: { $0.severity == .error }) { throw ExitCode(3) }
  }

  private func population(_ rows: [DossierRow], _ mapping: MappingSet) async -> [DossierFinding] {
    guard let populationURL else { return [] }
    let service = PopulationService(
      url: populationURL, timeoutSeconds: populationTimeout, secretFile: populationSecretFile)
    return await PopulationCheck(mapping: mapping, service: service).findings(in: rows)
  }
}
