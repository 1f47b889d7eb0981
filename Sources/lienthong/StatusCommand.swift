import ArgumentParser
import Connector
import DeliveryLedger
import Foundation
import VietnameseText

/// `lienthong status`: the same as the clerk's page, in the terminal.
struct StatusCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status", abstract: "Where letters stand; with one named, its timeline.")

  @OptionGroup var options: ConfigurationOptions
  @Argument(help: "Letter id, document id or dossier code; without it, all letters.") var letter: String?
  @Option(help: "Words to search for, with or without marks.") var search: String?
  @Option(help: "Language of the timeline: vi or en.") var language: String = "vi"
  @Flag(help: "JSON.") var json = false

  func run() async throws {
    guard let language = ClerkSentence.Language(rawValue: language) else {
      throw ValidationError("--language is vi or en.")
    }
    do {
      let ledger = try Workplace.openLedger(try options.load())
      if let letter {
        guard let detail = try await StatusText.find(letter, in: ledger) else {
          throw ConnectorError(
            .unknownLetter, vi: "Không có công văn “\(letter)” trong sổ.", en: "No letter “\(letter)” in the ledger.")
        }
        if json {
          Terminal.say(try Terminal.json(StatusText.Timeline(detail)))
        } else {
          StatusText.timeline(detail, language: language).forEach(Terminal.say)
        }
        return
      }
      var query = LetterQuery()
      query.search = search
      query.limit = 500
      let page = try await ledger.letters(query)
      if json {
        Terminal.say(try Terminal.json(page.letters))
      } else if page.letters.isEmpty {
        Terminal.say(language == .vietnamese ? "Chưa có công văn nào." : "No letters yet.")
      } else {
        for letter in page.letters { Terminal.say(StatusText.line(letter)) }
      }
      StatusText.sayRest(page, json: json)
    } catch {
      throw Failure.exit(for: error)
    }
  }
}

/// Letters as lines of text.
enum StatusText {
  static func line(_ letter: LetterRecord) -> String {
    let arrow = letter.direction == .outgoing ? "→" : "←"
    let other = letter.direction == .outgoing ? letter.receivers.joined(separator: ",") : letter.sender
    let codes = letter.codes.isEmpty ? "" : " [\(letter.codes.joined(separator: ", "))]"
    return [
      arrow, letter.id.rawValue, letter.joinedCode ?? "–", other, letter.state + codes, letter.dossierCode ?? "",
      letter.subject ?? "",
    ].joined(separator: "  ")
  }

  static func timeline(_ detail: LetterDetail, language: ClerkSentence.Language) -> [String] {
    [line(detail.letter)]
      + detail.events.map { event in
        "  \(time(event.at))  \(event.actor): \(event.sentence[language])"
      }
  }

  /// Says how many letters there are beside those of a page, if there are more.
  static func sayRest(_ page: LetterPage, json: Bool) {
    guard page.total > page.letters.count else { return }
    sayRest("… \(page.total - page.letters.count) more", json: json)
  }

  /// Says that a list is not the whole; beside JSON on standard error, since the other output is read by a program.
  static func sayRest(_ line: String, json: Bool) {
    if json { Terminal.complain(line) } else { Terminal.say(line) }
  }

  /// dd/MM/yyyy HH:mm:ss in Vietnam.
  static func time(_ date: Date) -> String {
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = TimeZone(secondsFromGMT: 7 * 3600) ?? .gmt
    let parts = calendar.dateComponents([.year, .month, .day, .hour, .minute, .second], from: date)
    func two(_ value: Int?) -> String { String(format: "%02d", value ?? 0) }
    return
      "\(two(parts.day))/\(two(parts.month))/\(parts.year ?? 0) \(two(parts.hour)):\(two(parts.minute)):\(two(parts.second))"
  }

  static func find(_ name: String, in ledger: Ledger) async throws -> LetterDetail? {
    if let detail = try await ledger.letterDetail(LetterID(rawValue: name)) { return detail }
    var found = try await ledger.letter(dossierCode: name)
    if found == nil { found = try await ledger.findLetters(direction: .outgoing, documentId: name).first }
    if found == nil { found = try await ledger.findLetters(direction: .incoming, documentId: name).first }
    guard let found else { return nil }
    return try await ledger.letterDetail(found.id)
  }

  /// A letter and its timeline, for `--json`.
  struct Timeline: Encodable {
    let letter: LetterRecord
    let events: [EventRecord]

    init(_ detail: LetterDetail) {
      letter = detail.letter
      events = detail.events
    }
  }
}
