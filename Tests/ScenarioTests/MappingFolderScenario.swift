import Foundation
import Testing

/// `mappingFolder` of the configuration, as an operator uses it: export, change, name it, check, run.
@Suite("The operator's own mappings", .serialized)
struct MappingFolderScenario {
  /// A built-in file and what is changed in it.
  private typealias Change = (file: String, old: String, new: String)

  /// Puts changed copies of built-in files into a folder of the stage, and names it in both configurations.
  private static func override(_ changes: [Change], on stage: URL) async throws {
    let folder = stage.appendingPathComponent("mappings")
    for change in changes {
      let exported = try await Lienthong.run(["mapping", "export", folder.path, "--only", change.file])
      try #require(exported.code == 0, "\(exported.complaint)")
      let file = folder.appendingPathComponent(change.file)
      let text = try String(contentsOf: file, encoding: .utf8)
      try #require(text.contains(change.old))
      try Data(text.replacingOccurrences(of: change.old, with: change.new).utf8).write(to: file)
    }
    for name in ["agency.yaml", "ca.yaml"] {
      let file = stage.appendingPathComponent(name)
      let text = try String(contentsOf: file, encoding: .utf8)
      try Data((text + "mappingFolder: mappings\n").utf8).write(to: file)
    }
  }

  @Test(
    "A wrong file in it is told in one line with its name, exit code 2, by every command that needs it",
    arguments: [
      ("rules.yaml", "severity: warn", "severity: loud"),
      ("letter-layout.yaml", "margins: { top: 20", "margins: { top: 2000"),
    ])
  func wrong(_ name: String, _ old: String, _ new: String) async throws {
    try await Lienthong.inFolder { folder in
      let stage = folder.appendingPathComponent("stage")
      let staged = try await Lienthong.run(["demo", "--stage", stage.path])
      try #require(staged.code == 0, "\(staged.complaint)")
      try await Self.override([(name, old, new)], on: stage)
      var commands: [[String]] = []
      for file in ["agency.yaml", "ca.yaml"] { commands += [["config", "check", file], ["run", "--config", file]] }
      if name == "rules.yaml" {
        commands.append([
          "send", "--config", "agency.yaml", "--type", "01", "--number", "125", "--notation", "SVD-VP", "--list",
          "letters/danh-sach-01.xlsx",
        ])
      }
      for command in commands {
        let answer = try await Lienthong.run(command, in: stage)
        #expect(answer.code == 2 && answer.lines.count == 1, "\(command): \(answer.complaint)")
        #expect(answer.complaint.contains(name) && !answer.complaint.contains("Error("), "\(answer.complaint)")
      }
      #expect(try await Lienthong.run(["mapping", "check", "mappings"], in: stage).code == 2)
    }
  }

  @Test("A form that was changed in it is the one that the connectors write and read")
  func changedForm() async throws {
    let changes: [Change] = [
      ("type-01.yaml", "{ title: Họ và tên, fields", "{ title: Quý danh, fields"),
      ("letter-layout.yaml", "{agency} kính đề nghị", "{agency} trân trọng đề nghị"),
    ]
    try await Lienthong.inFolder { folder in
      let parts = try await HandRunParts(in: folder, timeStamps: true, faults: nil) { stage in
        try await Self.override(changes, on: stage)
      }
      defer { parts.stop() }
      try await parts.ok(["mapping", "check", "mappings"])
      try await parts.ok(["config", "check", "ca.yaml"])
      try await parts.bind()
      try await parts.send("125")
      // The names stand below a heading that only the changed form knows.
      let accepted = try await parts.waitForIncoming { $0.state == "accepted" }
      #expect(accepted.dossierType == "01" && !accepted.codes.contains("V04"), "\(accepted.codes)")
      let letter = try await Tool.run(["pdftotext", try await parts.agencyBlob("renderedLetter").path, "-"])
      let text = letter.output.split(whereSeparator: \.isWhitespace).joined(separator: " ")
      #expect(text.contains("Quý") && text.contains("trân trọng đề nghị"), "\(text)")
    }
  }

  @Test("A field that a form and the layout both have is right for mapping check as for the letter")
  func addedField() async throws {
    try await Lienthong.inFolder { folder in
      let stage = folder.appendingPathComponent("stage")
      let staged = try await Lienthong.run(["demo", "--stage", stage.path])
      try #require(staged.code == 0, "\(staged.complaint)")
      let form: Change = ("type-01.yaml", "mobile, email, address]", "mobile, email, address, fax]")
      try await Self.override([form], on: stage)
      let alone = try await Lienthong.run(["mapping", "check", "mappings"], in: stage)
      #expect(alone.code == 2 && alone.output.contains("letter-layout.yaml"), "\(alone.output)")
      #expect(try await Lienthong.run(["config", "check", "agency.yaml"], in: stage).code == 2)
      let labels = stage.appendingPathComponent("mappings/letter-layout.yaml")
      let exported = try await Lienthong.run(
        ["mapping", "export", "mappings", "--only", "letter-layout.yaml"], in: stage)
      try #require(exported.code == 0, "\(exported.complaint)")
      let text = try String(contentsOf: labels, encoding: .utf8)
      try Data(text.replacingOccurrences(of: "\ncontact:\n", with: "\ncontact:\n  fax: [Số fax]\n").utf8)
        .write(to: labels)
      let both = try await Lienthong.run(["mapping", "check", "mappings"], in: stage)
      #expect(both.code == 0, "\(both.output)")
      let good = try await Lienthong.run(["config", "check", "agency.yaml"], in: stage)
      #expect(good.code == 0, "\(good.complaint)")
    }
  }
}
