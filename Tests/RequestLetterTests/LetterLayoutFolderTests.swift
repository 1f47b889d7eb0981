import DossierModel
import Foundation
import MappingFiles
import Testing

@testable import RequestLetter

@Suite("The layout of letters from a folder of mappings")
struct LetterLayoutFolderTests {
  /// A new folder with `files` in it, removed after `body`.
  private func withFolder(_ files: [String: Data], _ body: (String) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "layout-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    for (name, data) in files { try data.write(to: folder.appending(path: name)) }
    try body(folder.path)
  }

  /// A shipped file with `old` replaced.
  private func changed(_ name: String, _ old: String, _ new: String) throws -> Data {
    let text = try #require(MappingFile.named(name)?.text)
    try #require(text.contains(old))
    return Data(text.replacing(old, with: new).utf8)
  }

  @Test("is made of the folder's files and, for what it lacks, of the built-in ones")
  func overriding() throws {
    let files = [
      "letter-layout.yaml": try changed("letter-layout.yaml", "{agency} kính đề nghị", "{agency} mong"),
      "type-01.yaml": try changed("type-01.yaml", "{ title: Họ và tên, fields", "{ title: Quý danh, fields"),
    ]
    try withFolder(files) { folder in
      let layout = try LetterLayout(overriding: folder)
      #expect(layout.frame.closing.hasPrefix("{agency} mong"))
      #expect(layout.forms[.persons]?.paper.columns.first?.title == "Quý danh")
      let builtIn = try LetterLayout.builtIn()
      #expect(layout.forms[.devices]?.paper.columns.count == builtIn.forms[.devices]?.paper.columns.count)
    }
    try withFolder([:]) { folder in
      let layout = try LetterLayout(overriding: folder)
      let builtIn = try LetterLayout.builtIn()
      #expect(layout.frame.closing == builtIn.frame.closing)
    }
    let (layout, builtIn) = (try LetterLayout(overriding: nil), try LetterLayout.builtIn())
    #expect(layout.frame.closing == builtIn.frame.closing)
  }

  @Test(
    "is refused with the name of the file that is wrong, also where it can be decoded and makes no letter",
    arguments: [
      ("letter-layout.yaml", "margins: { top: 20", "margins: { top: twenty"),
      ("letter-layout.yaml", "margins: { top: 20", "margins: { top: 2000"),
      ("type-01.yaml", "  countNoun: cá nhân\n", ""),
    ])
  func wrong(_ name: String, _ old: String, _ new: String) throws {
    try withFolder([name: try changed(name, old, new)]) { folder in
      let error = #expect(throws: RequestLetterError.self) { _ = try LetterLayout(overriding: folder) }
      #expect(error?.code == .layoutInvalid && error?.detail.hasPrefix(name) == true, "\(error?.detail ?? "")")
    }
  }

  @Test("is not taken from the built-in files where the folder's cannot be read")
  func unreadable() throws {
    try withFolder(["letter-layout.yaml": Data([0xFF, 0xFE, 0x00])]) { folder in
      let error = #expect(throws: RequestLetterError.self) { _ = try LetterLayout(overriding: folder) }
      #expect(error?.detail.hasPrefix("letter-layout.yaml") == true)
      let nowhere = #expect(throws: RequestLetterError.self) { _ = try LetterLayout(overriding: folder + "/none") }
      #expect(nowhere?.detail.contains(folder + "/none") == true)
    }
  }
}
