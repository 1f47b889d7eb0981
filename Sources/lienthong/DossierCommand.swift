public import ArgumentParser
import DossierMapping
public import DossierModel
import Foundation
import Spreadsheet
public import VietnameseText

/// `lienthong dossier`: dossiers as files, without a connector: new, check, letter, import, export, read.
struct DossierCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "dossier",
    abstract: "Dossiers as files: make, check, import and export lists, write and read letters.",
    subcommands: [
      DossierNewCommand.self, DossierCheckCommand.self, DossierLetterCommand.self, DossierImportCommand.self,
      DossierExportCommand.self, DossierReadCommand.self,
    ])
}

/// What the dossier commands share: mappings, the day of the check, language.
struct DossierOptions: ParsableArguments {
  @Option(help: "Directory of mappings that override the built-in ones.") var mappings: String?
  @Option(help: "The day to check against, YYYY-MM-DD; today in Viet Nam when left out.") var today: CalendarDate?
  @Option(help: "Language of messages: vi or en.") var language: ClerkSentence.Language = .vietnamese

  func mappingSet() throws -> MappingSet {
    do {
      return try MappingSet(overriding: mappings)
    } catch {
      for problem in error.problems { Terminal.complain("\(problem.file) \(problem.place): \(problem.text[language])") }
      throw Terminal.fail(error.clerk[language], code: 2)
    }
  }

  var context: RuleContext { RuleContext(today: today ?? Self.vietnameseToday()) }

  /// The Vietnamese day of the clock (UTC+7, no daylight saving).
  static func vietnameseToday() -> CalendarDate? {
    CalendarDate(daysSince1970: Int(((Date().timeIntervalSince1970 + 7 * 3600) / 86_400).rounded(.down)))
  }

  /// The bytes of a file that the user named; one line and exit code 1 when it can not be read.
  static func bytes(of path: String) throws -> [UInt8] {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw Terminal.fail("\(path): không đọc được tệp / the file can not be read")
    }
    return Array(data)
  }

  static func write(_ bytes: [UInt8], to path: String) throws {
    do {
      try Data(bytes).write(to: URL(filePath: path), options: .atomic)
    } catch {
      throw Terminal.fail("\(path): không ghi được tệp / the file can not be written")
    }
  }

  /// The structured dossier in a file.
  func dossier(at path: String) throws -> Dossier {
    let bytes = try Self.bytes(of: path)
    do {
      return try StructuredDossier.decode(bytes)
    } catch {
      throw Terminal.fail("\(path): \(error.clerk[language]) [\(error.detail)]")
    }
  }

  /// Findings as lines, the worst first.
  func lines(_ findings: [DossierFinding]) -> [String] {
    findings.sorted { ($1.severity, $0.row ?? 0) < ($0.severity, $1.row ?? 0) }.map { finding in
      let level: String
      switch finding.severity {
      case .error: level = language == .vietnamese ? "Lỗi" : "Error"
      case .warning: level = language == .vietnamese ? "Cảnh báo" : "Warning"
      case .notice: level = language == .vietnamese ? "Lưu ý" : "Notice"
      }
      var place = ""
      if let cell = finding.cell { place += " \(language == .vietnamese ? "ô" : "cell") \(cell)" }
      if let row = finding.row { place += " \(language == .vietnamese ? "dòng" : "row") \(row)" }
      if place.isEmpty, let field = finding.field { place = " \(field)" }
      return "\(level) \(finding.code)\(place): \(finding.text[language])"
    }
  }

  /// Says "refused" for a file that could not be taken, as JSON too when asked, and ends with 3.
  func refuse(_ error: SpreadsheetError, name: String, json: Bool) throws -> ExitCode {
    if json {
      let finding = DossierFinding(code: error.code.rawValue, severity: .error, text: error.clerk)
      let report = DossierReport(refused: finding)
      Terminal.say(String(decoding: try report.json().dropLast(), as: UTF8.self))
    }
    return Terminal.fail("\(name): \(error.code.rawValue): \(error.clerk[language])", code: 3)
  }
}

extension CalendarDate: ExpressibleByArgument {
  /// From `YYYY-MM-DD` or `dd/MM/yyyy`.
  public init?(argument: String) {
    guard let date = CalendarDate(iso: argument) ?? CalendarDate(vietnamese: argument) else { return nil }
    self = date
  }
}

extension DossierType: ExpressibleByArgument {}
extension ClerkSentence.Language: ExpressibleByArgument {}
