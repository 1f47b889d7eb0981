import ArgumentParser
import EdXML
import Foundation
import VietnameseText

/// `lienthong edxml validate`: would it be taken; with `--strict`, could it be ours.
struct EdXMLValidateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "validate", abstract: "Check a message; exit code 3 when it would not be accepted.")

  @Argument(help: "The message.") var file: String
  @Flag(help: "Also ask for everything that we ask of what we send: rules and schema.") var strict = false
  @Option(help: "Language of the text: vi or en.") var language: String = "vi"
  @Flag(help: "JSON.") var json = false

  func run() async throws {
    let language = try EdXMLAnswer.language(language)
    let isGood: Bool
    do {
      let today = EdocTimestamp(Date()).date
      let result = try EdXMLAnswer.withScratchFolder(in: nil) { folder in
        try MessageValidation(file: file, workingIn: folder, today: today)
      }
      isGood = strict ? result.strict : result.acceptable
      if json {
        Terminal.say(try Terminal.json(result))
      } else {
        for finding in result.findings {
          Terminal.say(
            "\(finding.severity.rawValue): \(finding.text[language].withoutControls) [\(finding.place.shown)]")
        }
        for violation in result.violations where strict {
          Terminal.say(
            "\(violation.severity.rawValue): \(violation.remedy[language]) [\(violation.rule.rawValue), \(violation.clause)]"
          )
        }
        for breach in result.schema ?? [] where strict { Terminal.say("schema: \(breach.withoutControls)") }
        Terminal.say(verdict(isGood, language))
      }
    } catch {
      throw try EdXMLAnswer.fail(error, json: json)
    }
    if !isGood { throw ExitCode(3) }
  }

  private func verdict(_ isGood: Bool, _ language: ClerkSentence.Language) -> String {
    let sentence =
      isGood
      ? ClerkSentence(vi: "Đủ điều kiện.", en: "It is fine.")
      : ClerkSentence(vi: "Không đủ điều kiện.", en: "It would not be accepted.")
    return sentence[language]
  }
}
