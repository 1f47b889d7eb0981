import ArgumentParser
import EdXML

/// `lienthong edxml inspect`: a message as a clerk wants to see it.
struct EdXMLInspectCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect", abstract: "Show what a message says and what is odd about it.")

  @Argument(help: "The message.") var file: String
  @Option(help: "Language of the text: vi or en.") var language: String = "vi"
  @Flag(help: "JSON (Schemas/edxml-inspect.schema.json).") var json = false

  func run() async throws {
    let language = try EdXMLAnswer.language(language)
    do {
      let inspection = MessageInspection(try EdXMLReader().read(file: file, storingIn: nil))
      if json { return Terminal.say(try Terminal.json(inspection)) }
      inspection.lines(language).forEach(Terminal.say)
    } catch {
      throw try EdXMLAnswer.fail(error, json: json)
    }
  }
}
