import ArgumentParser
import DossierMapping
import Foundation
import RequestLetter
import VietnameseText

/// `lienthong mapping`: look after a directory of mapping descriptions.
struct MappingCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "mapping", abstract: "Checks and exports mapping descriptions.",
    subcommands: [Check.self, Export.self])

  /// `lienthong mapping check DIR`.
  struct Check: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "check", abstract: "Says what is wrong in a directory of mappings.",
      discussion: "Exit codes: 0 it can be used, 2 it is wrong.")

    @Argument(help: "The directory.") var directory: String
    @Flag(help: "JSON.") var json = false
    @Option(help: "Language of messages: vi or en.") var language: ClerkSentence.Language = .vietnamese

    func run() async throws {
      let wrong = MappingSet.problems(in: directory)
      let problems = wrong + layoutProblems(apartFrom: Set(wrong.map(\.file)))
      if json {
        Terminal.say(try Terminal.json(problems))
      } else {
        for problem in problems {
          let line = problem.line.map { ":\($0)" } ?? ""
          Terminal.say("\(problem.file)\(line) \(problem.place): \(problem.text[language])")
        }
        if problems.isEmpty {
          Terminal.say(language == .vietnamese ? "Mô tả ánh xạ dùng được." : "The mappings can be used.")
        }
      }
      if !problems.isEmpty { throw ExitCode(2) }
    }

    /// What is wrong with the layout of letters, of which the types' files are a part: a field that one of them adds to
    /// the contact needs its labels. Files that are `wrong` as mappings are told already.
    private func layoutProblems(apartFrom wrong: Set<String>) -> [MappingProblem] {
      var texts: [String: String] = [:]
      for name in LetterLayout.fileNames where !wrong.contains(name) {
        guard let data = FileManager.default.contents(atPath: directory + "/" + name) else { continue }
        texts[name] = String(decoding: data, as: UTF8.self)
      }
      return LetterLayout.problems(overriddenBy: texts).map {
        MappingProblem(file: $0.file, place: $0.place, in: texts[$0.file] ?? "", $0.text)
      }
    }
  }

  /// `lienthong mapping export DIR`: the built-in descriptions, to be changed.
  struct Export: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "export", abstract: "Writes the built-in mappings into a directory; files that are there stay.")

    @Argument(help: "The directory.") var directory: String
    @Option(help: "Only the file of this name; repeatable.") var only: [String] = []

    func run() async throws {
      do {
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
      } catch {
        throw Terminal.fail("\(directory): không tạo được thư mục / the directory can not be made")
      }
      for file in MappingSet.builtInFiles where only.isEmpty || only.contains(file.name) {
        let path = directory + "/" + file.name
        if FileManager.default.fileExists(atPath: path) {
          Terminal.say("\(path): –")
          continue
        }
        try DossierOptions.write(file.bytes, to: path)
        Terminal.say(path)
      }
    }
  }
}
