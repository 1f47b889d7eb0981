import ArgumentParser
import EdXML
import Foundation

/// `lienthong edxml extract`: the attachments as files under their own, made safe, names.
struct EdXMLExtractCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "extract", abstract: "Write the attachments of a message into a folder.")

  @Argument(help: "The message.") var file: String
  @Option(name: [.short, .customLong("output")], help: "The folder; made when it is missing.") var output: String = "."
  @Flag(help: "Replace files that are there.") var force = false
  @Flag(help: "JSON.") var json = false

  struct Extracted: Encodable {
    var name: String
    var path: String?
    var bytes: Int
    var sha256: String?
  }

  struct Answer: Encodable {
    var attachments: [Extracted]
    var acceptable: Bool
  }

  func run() async throws {
    var answer: Answer
    do {
      try FileManager.default.createDirectory(atPath: output, withIntermediateDirectories: true)
      answer = try EdXMLAnswer.withScratchFolder(in: output) { folder in
        let received = try EdXMLReader().read(file: file, storingIn: folder)
        return Answer(attachments: try place(received.attachments), acceptable: received.isAcceptable)
      }
    } catch {
      throw try EdXMLAnswer.fail(error, json: json)
    }
    if json {
      Terminal.say(try Terminal.json(answer))
    } else {
      for attachment in answer.attachments {
        Terminal.say("\(attachment.path ?? "✗ \(attachment.name)")  \(attachment.bytes) byte".withoutControls)
      }
    }
    // An attachment that could not be used is work that was not done.
    if answer.attachments.contains(where: { $0.path == nil }) { throw ExitCode(1) }
  }

  private func place(_ attachments: [ReceivedAttachment]) throws -> [Extracted] {
    var taken: Set<String> = []
    var extracted: [Extracted] = []
    // Attachments with the same content share one file; the last one of them takes it.
    var users: [String: Int] = [:]
    for case let file? in attachments.map(\.file) { users[file, default: 0] += 1 }
    for attachment in attachments {
      guard let source = attachment.file else {
        extracted.append(Extracted(name: attachment.name, path: nil, bytes: 0, sha256: nil))
        continue
      }
      let name = Self.free(attachment.name, &taken)
      let target = URL(filePath: output).appending(path: name).path
      if FileManager.default.fileExists(atPath: target) {
        guard force else {
          throw EdXMLError(code: .unwritable, detail: "\(target) is there already; use --force to replace it")
        }
        try FileManager.default.removeItem(atPath: target)
      }
      users[source, default: 1] -= 1
      if users[source] == 0 {
        try FileManager.default.moveItem(atPath: source, toPath: target)
      } else {
        try FileManager.default.copyItem(atPath: source, toPath: target)
      }
      extracted.append(
        Extracted(name: attachment.name, path: target, bytes: attachment.bytes, sha256: attachment.sha256))
    }
    return extracted
  }

  /// The name, numbered when another attachment has it; letter case does not part names everywhere.
  private static func free(_ name: String, _ taken: inout Set<String>) -> String {
    var candidate = name
    var number = 2
    while !taken.insert(candidate.lowercased()).inserted {
      let url = URL(filePath: name)
      let ending = url.pathExtension.isEmpty ? "" : ".\(url.pathExtension)"
      candidate = "\(name.dropLast(ending.count)) (\(number))\(ending)"
      number += 1
    }
    return candidate
  }
}
