import Foundation
import Testing

@Suite("Dossiers of other software at the command line")
struct DossierScenario {
  private static let today = ["--today", "2026-11-22"]

  /// Runs a command that prints one object.
  private func object(_ arguments: [String], code: Int32 = 0) async throws -> JSON {
    let answer = try await Lienthong.run(arguments)
    #expect(answer.code == code, "\(arguments): \(answer.complaint)")
    return try JSON(Data(answer.output.utf8))
  }

  /// Every expected fault is among the findings, at its row and field and with its weight.
  private func expectFaults(_ file: JSON, in report: JSON, name: String) {
    for fault in file["faults"].items where fault["level"].text != "config" {
      let codes = [fault["code"]] + fault["also"].items
      let found = report["findings"].items.contains { finding in
        codes.contains(finding["code"]) && finding["row"] == fault["row"]
          && (fault["field"] == .null || finding["field"] == fault["field"] || fault["code"].text?.first == "X")
          && finding["severity"] == fault["level"]
      }
      #expect(found, "\(name): \(fault) is not among \(report["findings"])")
    }
  }

  private func expectNoError(in report: JSON, name: String) {
    let errors = report["findings"].items.filter { $0["severity"].text == "error" }
    #expect(errors.isEmpty, "\(name): \(errors)")
  }

  @Test(
    "Each letter has its type, its fields, its rows and its faults, with or without a trust folder",
    .enabled(if: DossierSamples.present, "the samples are not on this machine"), arguments: [true, false])
  func letters(trusting: Bool) async throws {
    var tally = CellTally()
    for file in try DossierSamples.files("letters/") {
      let name = file["file"].text ?? ""
      let report = try await object(
        ["dossier", "read", try DossierSamples.path(name), "--json"] + Self.today
          + (trusting ? ["--trust", try DossierSamples.path("pki")] : []))
      expectFaults(file, in: report, name: name)
      switch file["verdict"].text {
      case "manual":
        // Its text can not be trusted: no field is compared.
        #expect(report["type"].text == "manual", "\(name)")
        continue
      case "ambiguous", "none": #expect(report["type"] == file["verdict"], "\(name)")
      case "clean": expectNoError(in: report, name: name)
      default: break
      }
      tally.expect(file["dossierType"], report["type"], "\(name) type")
      let letter = report["letter"]
      for (field, expected) in [
        ("number", "documentNumber"), ("notation", "documentNotation"), ("date", "documentDate"),
        ("subject", "subject"), ("addressee", "addressee"),
      ] { tally.expect(file[expected], letter[field], "\(name) \(field)") }
      tally.expect(file["agency"]["name"], letter["agency"], "\(name) agency")
      guard file["verdict"].text != "none" else { continue }
      tally.expect(file["declaredCount"], report["declaredCount"], "\(name) declaredCount")
      for (field, value) in file["contact"].members {
        tally.expect(value, report["contact"][field], "\(name) contact.\(field)")
      }
      // Two requests in one letter: held, so no rows are taken.
      if file["verdict"].text != "ambiguous" {
        tally.expect(rows: try DossierSamples.rows(of: file), report["rows"].items, in: name)
      }
    }
    #expect(tally.cells > 3_000)
    #expect(tally.share >= 0.99, "\(tally.misses.joined(separator: "\n"))")
    if !tally.misses.isEmpty { print("Letters: \(tally.cells) cells, wrong: \(tally.misses)") }
  }

  @Test(
    "Each list has its rows and its faults, and a file that must not be taken is refused with exit code 3",
    .enabled(if: DossierSamples.present, "the samples are not on this machine"))
  func lists() async throws {
    var tally = CellTally()
    for file in try DossierSamples.files("excel/") {
      let name = file["file"].text ?? ""
      // Old .xls is refused by design, with the way out, though a person could open it.
      let isOld = file["kind"].text == "xls"
      let isRefused = file["verdict"].text == "reject" || isOld
      let arguments =
        ["dossier", "import", try DossierSamples.path(name), "--type", "01", "--json"] + Self.today
      let report = try await object(arguments, code: isRefused ? 3 : 0)
      if isRefused {
        #expect(report["rows"].items.isEmpty, "\(name)")
        #expect(report["refused"]["text"].text?.isEmpty == false, "\(name)")
        if isOld { #expect(report["refused"]["code"].text == "X-FORMAT", "\(name)") }
        if file["verdict"].text == "reject" { expectFaults(file, in: report, name: name) }
        continue
      }
      #expect(report["type"] == file["dossierType"], "\(name)")
      if file["verdict"].text == "clean" { expectNoError(in: report, name: name) }
      tally.expect(rows: try DossierSamples.rows(of: file), report["rows"].items, in: name)
      // A fault that only the letter shows is not the list's.
      if file["accompanies"] == .null { expectFaults(file, in: report, name: name) }
    }
    #expect(tally.cells > 80_000)
    #expect(tally.share >= 0.99, "\(tally.misses.prefix(50).joined(separator: "\n"))")
    if !tally.misses.isEmpty { print("Lists: \(tally.cells) cells, wrong: \(tally.misses.prefix(50))") }
  }

  @Test(
    "A list that came with a letter is compared with it",
    .enabled(if: DossierSamples.present, "the samples are not on this machine"))
  func accompanied() async throws {
    let letters = try DossierSamples.files("letters/")
    for list in try DossierSamples.files("excel/") where list["accompanies"] != .null {
      let name = list["file"].text ?? ""
      let letter = try #require(
        letters.first { $0["id"] == list["accompanies"] || $0["file"] == list["accompanies"] }, "\(name)")
      let report = try await object(
        [
          "dossier", "read", try DossierSamples.path(letter["file"].text ?? ""), "--with",
          try DossierSamples.path(name), "--json",
        ] + Self.today)
      expectFaults(list, in: report, name: name)
      if list["verdict"].text == "clean" { expectNoError(in: report, name: name) }
    }
  }
}
