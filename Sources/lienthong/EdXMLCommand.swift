import ArgumentParser
import EdXML
import Foundation
import VietnameseText

/// `lienthong edxml`: look at messages, check them, take them apart, put them together.
struct EdXMLCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "edxml", abstract: "Look at edXML messages, check, unpack and make them.",
    subcommands: [
      EdXMLInspectCommand.self, EdXMLValidateCommand.self, EdXMLExtractCommand.self, EdXMLPackCommand.self,
    ])
}

/// What the subcommands share: how they answer when a message cannot be read.
enum EdXMLAnswer {
  struct Failure: Encodable {
    struct Cause: Encodable {
      var code: String
      var place: String
      var text: String
      var textEn: String
    }

    var error: Cause

    init(_ error: EdXMLError) {
      self.error = Cause(
        code: error.code.rawValue, place: error.place?.shown ?? "file", text: error.clerk.vi, textEn: error.clerk.en)
    }
  }

  static func language(_ name: String) throws -> ClerkSentence.Language {
    guard let language = ClerkSentence.Language(rawValue: name) else {
      throw ValidationError("--language is vi or en.")
    }
    return language
  }

  /// Says why a message cannot be used: one line, and as JSON an object with `error`.
  static func fail(_ error: any Error, json: Bool) throws -> any Error {
    guard let error = error as? EdXMLError else { return lienthong.Failure.exit(for: error) }
    if json { Terminal.say(try Terminal.json(Failure(error))) }
    return lienthong.Failure.exit(for: error)
  }

  /// A folder of its own for the time of `body`.
  static func withScratchFolder<Result>(in parent: String?, _ body: (String) throws -> Result) throws -> Result {
    let base = parent.map { URL(filePath: $0) } ?? FileManager.default.temporaryDirectory
    let folder = base.appending(path: ".edxml-\(UUID().uuidString)").path
    do {
      try FileManager.default.createDirectory(
        atPath: folder, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
    } catch {
      throw EdXMLError(code: .unwritable, detail: "no folder can be made in \(base.path)")
    }
    defer { try? FileManager.default.removeItem(atPath: folder) }
    return try body(folder)
  }
}
