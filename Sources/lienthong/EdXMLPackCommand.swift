import ArgumentParser
import EdXML
import Foundation
import VietnameseText

/// `lienthong edxml pack`: a document from files, or a status about a document.
struct EdXMLPackCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "pack", abstract: "Make a document message or a status message.",
    usage: """
      lienthong edxml pack --from CODE --to CODE… --number N --notation S --subject TEXT [--date YYYY-MM-DD] \
      [--kind new|recall|update|replace --ref DOCUMENTID] --attach FILE… -o OUT.edxml
      lienthong edxml pack --status 03 --for FILE.edxml [--description TEXT] -o OUT.edxml
      """)

  @Option(help: "Sender's code.") var from: String?
  @Option(help: "Sender's name.") var fromName: String?
  @Option(name: .customLong("to"), help: "A receiver's code; repeatable.") var receivers: [String] = []
  @Option(help: "Number of the document.") var number: String?
  @Option(help: "Notation of the document.") var notation: String?
  @Option(help: "Subject.") var subject: String?
  @Option(help: "Date of issue, YYYY-MM-DD; today in Vietnam by default.") var date: String?
  @Option(help: "Place of issue.") var place: String?
  @Option(help: "new, recall, update or replace.") var kind: String = "new"
  @Option(name: .customLong("ref"), help: "The document that is recalled, updated or replaced.") var reference: String?
  @Option(help: "DocumentId; made from sender, date and number by default.") var documentId: String?
  @Option(name: .customLong("attach"), help: "A file to attach; repeatable.") var files: [String] = []
  @Option(help: "A status code, 01 to 06, 13, 15 or 16.") var status: String?
  @Option(name: .customLong("for"), help: "The document that the status is about.") var about: String?
  @Option(help: "The status's reason or remark.") var description: String?
  @Option(name: [.short, .customLong("output")], help: "The message to write.") var output: String
  @Flag(help: "JSON.") var json = false

  struct Answer: Encodable {
    var file: String
    var kind: String
    var documentId: String?
  }

  func validate() throws {
    if let status {
      guard about != nil else { throw ValidationError("--status needs --for FILE.edxml.") }
      guard StatusCode(code: status).isKnown else {
        throw ValidationError("--status is one of \(StatusCode.known.map(\.code).joined(separator: ", ")).")
      }
      return
    }
    guard from != nil, !receivers.isEmpty, number != nil, notation != nil, subject != nil, !files.isEmpty else {
      throw ValidationError("A document needs --from, --to, --number, --notation, --subject and --attach.")
    }
    let kind = BusinessKind(name: kind)
    guard kind.isKnown else { throw ValidationError("--kind is new, recall, update or replace.") }
    if kind != .new, reference == nil { throw ValidationError("--kind \(kind.name) needs --ref DOCUMENTID.") }
    if let date, EdocDate(date) == nil { throw ValidationError("--date is a day as YYYY-MM-DD.") }
  }

  func run() async throws {
    let now = EdocTimestamp(Date())
    do {
      let answer = try status.map { try writeStatus(StatusCode(code: $0), now) } ?? writeDocument(now)
      Terminal.say(json ? try Terminal.json(answer) : answer.file)
    } catch let error as EdXMLError where error.code == .notValid {
      for violation in error.violations {
        Terminal.complain("\(violation.remedy.vi) [\(violation.rule.rawValue), \(violation.clause)]")
      }
      if json { Terminal.say(try Terminal.json(EdXMLAnswer.Failure(error))) }
      throw ExitCode(3)
    } catch {
      throw try EdXMLAnswer.fail(error, json: json)
    }
  }

  private func writeDocument(_ now: EdocTimestamp) throws -> Answer {
    let draft = MessageDraft(
      from: Organization(from ?? "", name: fromName), to: receivers.map { Organization($0) },
      code: DocumentCode(number: number ?? "", notation: notation ?? ""), subject: subject ?? "",
      date: date.flatMap { EdocDate($0) } ?? now.date, place: place, kind: BusinessKind(name: kind),
      reference: reference, documentId: documentId)
    let document = draft.document(at: now)
    let attachments = files.map { file in
      OutgoingAttachment(
        name: URL(filePath: file).lastPathComponent, file: file, contentId: UUID().uuidString.lowercased())
    }
    try EdXMLWriter().write(document, attachments: attachments, to: output)
    return Answer(file: output, kind: "document", documentId: document.documentId)
  }

  private func writeStatus(_ code: StatusCode, _ now: EdocTimestamp) throws -> Answer {
    guard let about else { throw ValidationError("--status needs --for FILE.edxml.") }
    let received = try EdXMLReader(policy: .lenient).read(file: about, storingIn: nil)
    guard case .document(let document) = received.message else {
      throw EdXMLError(code: .notEdXML, detail: "--for names a status; a status is about a document")
    }
    // 13 goes from the sender to a receiver, all others the other way.
    let receiver = receivers.first ?? document.to.first?.organId
    let issuer: Organization
    if code == .takeBack {
      issuer = document.from
    } else if let from {
      issuer = document.to.first { $0.organId == from } ?? Organization(from, name: fromName)
    } else if document.to.count == 1 {
      issuer = document.to[0]
    } else {
      throw ValidationError("The document has \(document.to.count) receivers: say with --from which of them answers.")
    }
    let message = StatusMessage(
      code, about: document, from: issuer, to: code == .takeBack ? receiver : nil, description: description, at: now)
    try EdXMLWriter().write(message, to: output)
    return Answer(file: output, kind: "status", documentId: message.responseFor.documentId)
  }
}
