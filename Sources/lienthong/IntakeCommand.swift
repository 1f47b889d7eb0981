import ArgumentParser
import Connector
import DeliveryLedger
import DossierModel
import Foundation
import VietnameseText

/// `lienthong intake …`: what an officer of the authority says of received letters.
struct IntakeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "intake", abstract: "An officer's words about received letters and dossiers.",
    subcommands: [
      List.self, Assign.self, Start.self, Finish.self, Refuse.self, JudgeAgain.self, Decide.self, Answer.self,
      OrganisationUUID.self,
    ])

  /// What every word of an officer needs.
  struct Words: ParsableArguments {
    @OptionGroup var options: ConfigurationOptions
    @Option(help: "Who says it; stands in the timeline.") var officer: String = NSUserName()
    @Argument(help: "Dossier code, or the letter's id while it has none.") var code: String

    func desk() throws -> OfficerDesk {
      let configuration = try options.load()
      return OfficerDesk(ledger: try Workplace.openLedger(configuration), configuration: configuration)
    }

    func say(_ word: OfficerDesk.Word, note: String?) async throws {
      try ReasonText.check(note, of: "--note")
      do {
        let letter = try await desk().say(word, to: code, officer: officer, note: note)
        Terminal.say("\(letter.dossierCode ?? letter.id.rawValue): \(letter.state)")
      } catch {
        throw Failure.exit(for: error)
      }
    }
  }

  struct Assign: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "assign", abstract: "Phân công: the sender is told 04.")
    @OptionGroup var words: Words
    @Option(help: "Text that goes with the status.") var note: String?
    func run() async throws { try await words.say(.assign, note: note) }
  }

  struct Start: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "start", abstract: "Bắt đầu xử lý: the sender is told 05.")
    @OptionGroup var words: Words
    @Option(help: "Text that goes with the status.") var note: String?
    func run() async throws { try await words.say(.start, note: note) }
  }

  struct Finish: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "finish", abstract: "Hoàn thành: the sender is told 06.")
    @OptionGroup var words: Words
    @Option(help: "Text that goes with the status.") var note: String?
    func run() async throws { try await words.say(.finish, note: note) }
  }

  struct Refuse: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "refuse", abstract: "Refuses a held letter: the sender is told 02 and the reason.")
    @OptionGroup var words: Words
    @Option(help: "Why, in Vietnamese, and what the sender should do.") var reason: String
    func run() async throws {
      try ReasonText.check(reason, of: "--reason")
      do {
        let letter = try await words.desk().refuse(words.code, officer: words.officer, reason: reason)
        Terminal.say("\(letter.id.rawValue): \(letter.state)")
      } catch {
        throw Failure.exit(for: error)
      }
    }
  }

  struct JudgeAgain: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "judge-again", abstract: "Judges a held letter again, e.g. after “lienthong trust bind”.")
    @OptionGroup var words: Words
    func run() async throws {
      do {
        let letter = try await words.desk().judgeAgain(words.code, officer: words.officer)
        Terminal.say("\(letter.id.rawValue): will be judged again")
      } catch {
        throw Failure.exit(for: error)
      }
    }
  }

  struct Decide: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "decide", abstract: "What a person decides about a held letter; it is judged again with that.",
      discussion: """
        --type says the dossier type where it is uncertain, --letter which PDF is the letter, --accept that a letter whose \
        number differs from the message, whose rows are not inside the signed PDF, or that repeats an id with other \
        content is right all the same. Bad signatures and faulty dossiers stay refused. --undo takes the word back.
        """)
    @OptionGroup var words: Words
    @Option(help: "Dossier type, 01 to 06.") var type: String?
    @Option(help: "Name of the attachment that is the letter.") var letter: String?
    @Flag(help: "Accept what was held for a look.") var accept = false
    @Flag(help: "Take the earlier word back.") var undo = false
    @Option(help: "Why; stands in the timeline.") var reason: String?
    func run() async throws {
      let named = type.map { DossierType(rawValue: $0) }
      if let named, named == nil { throw ValidationError("--type is 01, 02, 03, 04, 05 or 06.") }
      guard undo != (type != nil || letter != nil || accept) else {
        throw ValidationError("Give --type, --letter or --accept, or else --undo.")
      }
      try ReasonText.check(reason, of: "--reason")
      var decision = OfficerDecision(by: words.officer)
      decision.type = named ?? nil
      decision.attachment = letter
      decision.accepts = accept
      decision.reason = reason
      do {
        let record = try await words.desk().decide(words.code, undo ? nil : decision, officer: words.officer)
        Terminal.say("\(record.id.rawValue): will be judged again")
      } catch {
        throw Failure.exit(for: error)
      }
    }
  }

  struct Answer: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "answer",
      abstract: "Sends a signed letter of the authority about a dossier: supplement, result, refusal, other.",
      discussion: """
        No status code asks for more, brings a result, or refuses what was accepted: a letter does. “supplement” makes \
        the dossier wait for its sender, “refusal” ends it with 06.
        """)
    @OptionGroup var words: Words
    @Option(help: "supplement, result, refusal or other.") var kind: String
    @Option(help: "Number of the letter (số).") var number: String
    @Option(help: "Notation of the letter (ký hiệu).") var notation: String
    @Option(help: "Date of issue, YYYY-MM-DD or DD/MM/YYYY; today if not given.") var date: String?
    @Option(help: "Subject (trích yếu); made from the kind if not given.") var subject: String?
    @Option(help: "The signed letter (PDF).", completion: .file()) var letter: String
    func run() async throws {
      guard let kind = AnswerKind(rawValue: kind) else {
        throw ValidationError("--kind is supplement, result, refusal or other.")
      }
      let text = date ?? String(StatusText.time(Date()).prefix(10))
      guard let date = CalendarDate(iso: text) ?? CalendarDate(vietnamese: text) else {
        throw ValidationError("--date is YYYY-MM-DD or DD/MM/YYYY, not “\(text)”.")
      }
      do {
        let configuration = try words.options.load()
        let desk = AnswerDesk(configuration: configuration, ledger: try Workplace.openLedger(configuration))
        let order = AnswerDesk.Order(
          kind: kind, number: number, notation: notation, date: date, subject: subject,
          letter: URL(fileURLWithPath: letter))
        let record = try await desk.answer(words.code, with: order, officer: words.officer)
        Terminal.say(StatusText.line(record))
      } catch {
        throw Failure.exit(for: error)
      }
    }
  }

  struct List: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "list", abstract: "Received letters and where they stand; then documents that were set aside.",
      discussion: """
        Of what was set aside first what nobody could read or vouches for, then what is not ours. The newest 500 letters \
        and the newest 500 documents; that there are more is said in a line, with --json on standard error.
        """)
    @OptionGroup var options: ConfigurationOptions
    @Flag(help: "One JSON object a line; a document that was set aside has “setAside”.") var json = false

    /// At most so many letters, and so many documents that were set aside, are named.
    private static let limit = 500

    func run() async throws {
      do {
        let ledger = try Workplace.openLedger(try options.load())
        let page = try await ledger.letters(LetterQuery(direction: .incoming, limit: Self.limit))
        for letter in page.letters {
          Terminal.say(json ? try Terminal.json(letter, pretty: false) : StatusText.line(letter))
        }
        StatusText.sayRest(page, json: json)
        // One more than is named tells whether there is more: all that was left to others is not counted.
        let aside = try await ledger.documentsSetAside(limit: Self.limit + 1)
        for document in aside.prefix(Self.limit).map(SetAsideLine.init) {
          Terminal.say(json ? try Terminal.json(document, pretty: false) : document.text)
        }
        if aside.count > Self.limit { StatusText.sayRest("… more were set aside", json: json) }
      } catch {
        throw Failure.exit(for: error)
      }
    }
  }

  /// A document that was set aside, for the list; it has what a letter has too, so that who reads letters may read on.
  private struct SetAsideLine: Encodable {
    /// The axis' id of the document.
    let id: String
    let state: String
    let setAside = true
    let transportDocId: String
    let transportFrom: String?
    let lastCause: String?
    /// The blob with the message as it came.
    let message: String

    init(_ arrival: ArrivalRecord) {
      id = arrival.transportDocId
      state = arrival.state.rawValue
      transportDocId = arrival.transportDocId
      transportFrom = arrival.transportFrom
      lastCause = arrival.lastCause
      message = arrival.message.rawValue
    }

    var text: String {
      "set aside  \(transportDocId)  from \(transportFrom ?? "?")  \(lastCause ?? "")  blob \(message)"
    }
  }

  struct OrganisationUUID: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "organisation-uuid", abstract: "Imports the portal's UUID of an agency, used in its dossier codes.")
    @OptionGroup var options: ConfigurationOptions
    @Argument(help: "The agency's code.") var organisation: String
    @Argument(help: "The UUID.") var uuid: String
    func run() async throws {
      guard let uuid = UUID(uuidString: uuid) else { throw ValidationError("“\(uuid)” is not a UUID.") }
      do {
        let ledger = try Workplace.openLedger(try options.load())
        try await ledger.setOrganisationUUID(uuid, organId: organisation, source: "command line", at: Date())
        Terminal.say("\(organisation): \(uuid.uuidString.lowercased())")
      } catch {
        throw Failure.exit(for: error)
      }
    }
  }
}
