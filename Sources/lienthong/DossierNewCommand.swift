import ArgumentParser
import DossierMapping
import DossierModel
import Foundation
import Spreadsheet
import VietnameseText

/// `lienthong dossier new`: a structured dossier from a list and the letter's data.
struct DossierNewCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "new", abstract: "Makes a structured dossier (JSON) from a list and the letter's data.",
    discussion: "Exit codes: 0 written, 1 a file can not be read or written, 3 the list is refused or has errors.")

  @Option(help: "Type, 01 to 06.") var type: DossierType
  @Option(help: "The list, .xlsx or .csv; without it the dossier has no rows yet.") var list: String?
  @Option(name: [.short, .long], help: "Where to write the dossier.") var output: String
  @Option(help: "The issuing agency in full.") var agency: String?
  @Option(help: "Its superior body.") var superior: String?
  @Option(help: "Place before the date.") var place: String?
  @Option(help: "Number of the letter; left out until it is issued.") var number: String?
  @Option(help: "Notation of the letter, SNV-VP.") var notation: String?
  @Option(help: "Date of the letter, YYYY-MM-DD.") var date: CalendarDate?
  @Option(help: "Name of the signer.") var signer: String?
  @Option(help: "Line of the signer's title; repeatable.") var signerTitle: [String] = []
  @Option(
    help:
      "JSON file with the contact person (fullName, citizenId, idIssueDate, idIssuePlace, position, mobile, email, address, organisation)."
  )
  var contact: String?
  @Flag(help: "Central signing for all rows (type 01).") var centralSigning = false
  @Flag(help: "Print the dossier's findings as JSON.") var json = false
  @OptionGroup var options: DossierOptions

  func run() async throws {
    let mapping = try options.mappingSet()
    var dossier = Dossier(type: type, centralSigning: centralSigning)
    dossier.letter = LetterHead(
      number: number, notation: notation, date: date, place: place, agency: agency, superior: superior,
      signer: signer == nil && signerTitle.isEmpty ? nil : LetterHead.Signer(fullName: signer, titleLines: signerTitle))
    if let contact {
      do {
        dossier.contact = try JSONDecoder().decode(
          ContactPerson.self, from: Data(try DossierOptions.bytes(of: contact)))
      } catch is DecodingError {
        throw Terminal.fail("\(contact): không phải JSON của người tiếp nhận / not the JSON of a contact person")
      }
    }
    let mapper = EnvelopeMapper(mapping: mapping)
    if let list {
      do {
        let imported = try DossierImporter(mapping: mapping).importList(
          try DossierOptions.bytes(of: list), name: list, type: type, context: options.context)
        let errors = imported.findings.filter { $0.severity == .error }
        guard errors.isEmpty else {
          options.lines(errors).forEach(Terminal.complain)
          throw ExitCode(3)
        }
        dossier.rows = imported.rows
        if type == .persons, !dossier.rows.isEmpty, dossier.rows.allSatisfy(\.centralSigning) {
          dossier.centralSigning = true
        }
      } catch let error as SpreadsheetError {
        throw try options.refuse(error, name: list, json: json)
      }
      dossier.declaredCount = dossier.rows.count
    }
    dossier.letter.subject = mapper.subject(of: dossier)
    dossier.letter.addressee = mapper.addressee(of: dossier, senderProvince: nil)
    do {
      try DossierOptions.write(try StructuredDossier.encode(dossier), to: output)
    } catch let error as DossierMappingError {
      throw Terminal.fail(error.clerk[options.language])
    }
    let origin: DossierRules.Origin = dossier.rows.contains { $0.orgLevel1 != nil } ? .sheet : .letter
    let findings = DossierRules(mapping: mapping).findings(in: dossier, origin: origin, context: options.context)
    if json {
      Terminal.say(String(decoding: try DossierReport(dossier, findings: findings).json().dropLast(), as: UTF8.self))
    } else {
      options.lines(findings).forEach(Terminal.say)
      Terminal.say(
        "\(output): \(type.rawValue), \(dossier.rows.count) \(options.language == .vietnamese ? "dòng" : "rows")")
    }
  }
}
