public import ArgumentParser
import DossierMapping
import DossierModel
import Foundation
public import RequestLetter
import VietnameseText

/// `lienthong dossier letter`: the request letter of a structured dossier as a PDF, ready to be signed.
struct DossierLetterCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "letter", abstract: "Writes a dossier's request letter (PDF, NĐ 30/2020).",
    discussion:
      "Exit codes: 0 written, 1 a file can not be read or written, 2 wrong mappings, 3 the dossier is not ready.")

  @Argument(help: "A structured dossier (.json).") var file: String
  @Option(name: [.short, .long], help: "Where to write the PDF.") var output: String
  @Option(help: "Where the list stands: automatic, inLetter, annex.") var list: RenderingOptions.ListPlace = .automatic
  @Flag(help: "Leave out the printed form number.") var noFormNumber = false
  @Option(help: "The PDF's creation date, YYYY-MM-DD; the letter's date, else that of the check, when left out.")
  var created: CalendarDate?
  @Flag(help: "Say where number, date, signature and seal go, as JSON.") var json = false
  @OptionGroup var options: DossierOptions

  func run() async throws {
    let dossier = try options.dossier(at: file)
    let letter: RenderedLetter
    do {
      let renderer = LetterRenderer(layout: try LetterLayout(overriding: options.mappings))
      let day = created ?? dossier.letter.date ?? options.today ?? CalendarDate(year: 2025, month: 1, day: 1)
      // 00:00 in Viet Nam (UTC+7) of a given day, not the clock: the same dossier gives the same bytes.
      let date = Date(timeIntervalSince1970: Double((day?.daysSince1970 ?? 0) * 86_400 - 7 * 3600))
      letter = try renderer.render(
        dossier, created: date,
        options: RenderingOptions(listPlace: list, showsFormNumber: !noFormNumber))
    } catch {
      throw options.failure(error, name: file)
    }
    try DossierOptions.write(Array(letter.pdf), to: output)
    if json {
      Terminal.say(try Terminal.json(Places(file: output, letter)))
    } else {
      Terminal.say("\(output): \(letter.pages) \(options.language == .vietnamese ? "trang" : "pages")")
    }
  }

  /// Boxes in PDF points, origin in the page's lower left corner; pages from 0.
  private struct Places: Encodable {
    let file: String
    let pages: Int
    let signaturePicture: PageBox
    let seal: PageBox
    let number: PageBox
    let date: PageBox

    init(file: String, _ letter: RenderedLetter) {
      self.file = file
      pages = letter.pages
      signaturePicture = letter.signaturePicture
      seal = letter.seal
      number = letter.numberPlace
      date = letter.datePlace
    }
  }
}

extension RenderingOptions.ListPlace: ExpressibleByArgument {}

extension DossierOptions {
  /// One line and the exit code that an error of the letter's writing or reading deserves.
  func failure(_ error: RequestLetterError, name: String) -> ExitCode {
    let code: Int32 =
      switch error.code {
      case .layoutInvalid: 2
      case .notWritten, .toolMissing: 1
      case .nothingRequested, .headIncomplete, .unprintable, .tooLarge, .notReadable, .tooComplex: 3
      }
    return Terminal.fail("\(name): \(error.clerk[language]) [\(error.detail)]", code: code)
  }
}
