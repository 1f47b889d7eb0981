import Connector
import Foundation
import Testing

@Suite struct OrganisationWordsTests {
  private func folder(_ text: String?) throws -> URL {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("words-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    if let text { try Data(text.utf8).write(to: folder.appendingPathComponent("organisation-words.yaml")) }
    return folder
  }

  @Test("The operator's words stand in place of the shipped ones")
  func overridden() throws {
    let own = try folder("mapping: lienthong.organisation-words\nversion: 1\nwords: [Liên hiệp]\n")
    defer { try? FileManager.default.removeItem(at: own) }
    #expect(OrganisationWords.words(overriding: own.path) == ["Liên hiệp"])
  }

  @Test("Without a file of the operator's the shipped words count")
  func shipped() throws {
    let empty = try folder(nil)
    defer { try? FileManager.default.removeItem(at: empty) }
    #expect(OrganisationWords.builtIn().contains("Ủy ban"))
    #expect(OrganisationWords.words(overriding: empty.path) == OrganisationWords.builtIn())
    #expect(OrganisationWords.words(overriding: nil) == OrganisationWords.builtIn())
  }

  @Test("A file that cannot be read makes no name an organisation", arguments: ["words: {", "other: [Sở]", "words: 3"])
  func broken(_ text: String) throws {
    let own = try folder(text)
    defer { try? FileManager.default.removeItem(at: own) }
    #expect(OrganisationWords.words(overriding: own.path).isEmpty)
  }
}
