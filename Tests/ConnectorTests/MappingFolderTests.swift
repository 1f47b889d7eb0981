import DeliveryLedger
import DossierMapping
import Foundation
import Testing

@testable import Connector

@Suite("The operator's mapping folder", .serialized)
struct MappingFolderTests {
  /// Puts the built-in file `name` into the mapping folder of `bench`, with `old` replaced.
  private func override(_ name: String, _ old: String, with new: String, in bench: ConnectorBench) throws {
    let folder = bench.folder.appending(path: "mappings")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let file = MappingSet.builtInFiles.first { $0.name == name }
    let text = file.map { String(decoding: $0.bytes, as: UTF8.self) } ?? ""
    try #require(text.contains(old))
    try Data(text.replacing(old, with: new).utf8).write(to: folder.appending(path: name))
  }

  @Test("says how the connector writes letters: the layout, and each form's own words")
  func written() async throws {
    let agency = try SigningStepsTests.Agency()
    try override("letter-layout.yaml", "form: Mẫu số", with: "form: Biểu số", in: agency.bench)
    try override("type-01.yaml", "countNoun: cá nhân", with: "countNoun: thuê bao", in: agency.bench)
    let letter = try await agency.sent(
      """
        level: B-B
        organisation: {pkcs12: agency.p12, passwordFile: password}
      mappingFolder: mappings
      """)
    let text = try agency.text(try await agency.pdf(letter, .renderedLetter))
    #expect(text.contains("Biểu số 01") && text.contains("01 thuê bao"), "\(text.prefix(900))")
  }

  @Test(
    "is looked through at the start, and what is wrong in it is told with its file, at either end",
    arguments: [
      ("rules.yaml", "severity: warn", "severity: loud"), ("letter-layout.yaml", "body: 13.5", "body: 135"),
      ("type-06.yaml", "formNumber: \"06\"", "formNumber: \"05\""),
    ])
  func broken(_ name: String, _ old: String, _ new: String) throws {
    for role in ["agency", "ca"] {
      let bench = try ConnectorBench()
      try override(name, old, with: new, in: bench)
      let workplace = try bench.workplace(
        role: role, more: (role == "agency" ? AgencyStage.agency : "") + "\nmappingFolder: mappings")
      let error = #expect(throws: ConnectorError.self) { _ = try ConnectorService(workplace) }
      #expect(error?.code == .mappingUnreadable && error?.isConfiguration == true)
      #expect(error?.detail.contains(name) == true, "\(error?.detail ?? "")")
    }
  }

  @Test("A pattern of dossier codes that is none is told at the start, at either end")
  func pattern() throws {
    for role in ["agency", "ca"] {
      let bench = try ConnectorBench()
      let workplace = try bench.workplace(
        role: role,
        more: (role == "agency" ? AgencyStage.agency : "") + "\npolicies: {dossierCodePattern: \"{nonsense}\"}")
      let error = #expect(throws: LedgerError.self) { _ = try ConnectorService(workplace) }
      #expect(error?.code == .badPattern)
    }
  }
}
