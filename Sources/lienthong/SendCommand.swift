import ArgumentParser
import Connector
import DeliveryLedger
import DossierModel
import Foundation
import Spreadsheet
import VietnameseText

/// `lienthong send`: checks a dossier and puts it on its way; `lienthong run` does the rest.
struct SendCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "send",
    abstract: "Checks a dossier, records it, and lets the running connector write, sign and send it.",
    discussion: """
      With --list the letter is written and signed here. With --letter a letter that the agency's own software has \
      signed is sent as it is (--list may go beside it). Exit code 3: the checks refuse it, with every reason.
      """)

  @OptionGroup var options: ConfigurationOptions
  @Option(help: "Dossier type, 01 to 06.") var type: String
  @Option(help: "Number of the letter (số), e.g. 125.") var number: String
  @Option(help: "Notation of the letter (ký hiệu), e.g. SVD-VP.") var notation: String
  @Option(help: "Date of issue, YYYY-MM-DD or DD/MM/YYYY; today if not given.") var date: String?
  @Option(help: "Subject (trích yếu); the form's own if not given.") var subject: String?
  @Option(help: "The list: the portal's template, .xlsx or .csv.", completion: .file()) var list: String?
  @Option(help: "A letter that is already signed (PDF).", completion: .file()) var letter: String?
  @Option(help: "Id of a letter of ours that this one replaces (kind 3, thay thế).") var replaces: String?
  @Option(help: "Id of a letter of ours that this one updates, under the same number (kind 2, cập nhật).")
  var updates: String?
  @Option(help: "Id of an earlier request to which this one brings what was asked for (bổ sung).")
  var resubmits: String?
  @Flag(help: "Send even what the checks refuse; the authority judges by itself.") var evenIfRefused = false
  @Flag(help: "JSON.") var json = false

  func validate() throws {
    guard list != nil || letter != nil else {
      throw ValidationError("Give the list (--list), a signed letter (--letter), or both.")
    }
  }

  func run() async throws {
    let configuration = try options.load()
    guard let type = DossierType(rawValue: type) else { throw ValidationError("--type is 01, 02, 03, 04, 05 or 06.") }
    let today = StatusText.time(Date()).prefix(10)
    let text = date ?? String(today)
    guard let date = CalendarDate(iso: text) ?? CalendarDate(vietnamese: text) else {
      throw ValidationError("--date is YYYY-MM-DD or DD/MM/YYYY, not “\(text)”.")
    }
    var order = LetterSubmission.Order(
      type: type, number: number, notation: notation, date: date, subject: subject,
      list: list.map { URL(fileURLWithPath: $0) }, letter: letter.map { URL(fileURLWithPath: $0) },
      evenIfRefused: evenIfRefused)
    let relations = [(LetterRelation.replaces, replaces), (.updates, updates), (.resubmits, resubmits)].compactMap {
      kind, id in id.map { (kind: kind, to: LetterID(rawValue: $0)) }
    }
    guard relations.count <= 1 else {
      throw ValidationError("Give at most one of --replaces, --updates and --resubmits.")
    }
    order.relation = relations.first
    do {
      let ledger = try Workplace.openLedger(configuration)
      let receipt = try await LetterSubmission(configuration: configuration, ledger: ledger).submit(order)
      if json {
        Terminal.say(try Terminal.json(Sent(receipt), pretty: false))
      } else {
        for finding in receipt.findings {
          Terminal.complain("\(finding.code) \(finding.cell ?? ""): \(finding.text.vi)")
        }
        Terminal.say(StatusText.line(receipt.letter))
      }
    } catch let error as ConnectorError where error.code == .dossierRefused || error.code == .letterRefused {
      Terminal.complain(error.clerk.vi)
      throw Terminal.fail(error.clerk.en, code: 3)
    } catch let error as SpreadsheetError {
      Terminal.complain(error.clerk.vi)
      throw Terminal.fail(error.clerk.en, code: 3)
    } catch let error as LedgerError where error.isTemporary {
      Terminal.complain(error.clerk.vi)
      throw Failure.exit(for: error)
    } catch {
      throw Failure.exit(for: error)
    }
  }

  private struct Sent: Encodable {
    let id: String
    let documentId: String?
    let state: String
    let findings: [DossierFinding]

    init(_ receipt: LetterSubmission.Receipt) {
      id = receipt.letter.id.rawValue
      documentId = receipt.letter.documentId
      state = receipt.letter.state
      findings = receipt.findings
    }
  }
}
