import DossierModel
import Foundation
import Testing
import VietnameseText

@testable import RequestLetter

/// Letters made by other software, with what a person reads in them.
@Suite(.enabled(if: Samples.present, "samples/dossiers is not on this machine"))
struct LetterReaderSampleTests {
  @Test("Fields and cells of the sample letters are read right")
  func ruled() async throws {
    let tally = try await tally(LetterReader())
    #expect(tally.share >= 0.99, "\(tally.wrong.prefix(20))")
    #expect(tally.asked > 300)
  }

  @Test("They are read as well when nothing is known of ruling lines")
  func unruled() async throws {
    var reader = try LetterReader()
    reader.looksForRules = false
    let tally = try await tally(reader)
    #expect(tally.share >= 0.97, "\(tally.wrong.prefix(20))")
  }

  /// How many of the expected values were read.
  private struct Tally {
    var asked = 0
    var wrong: [String] = []
    var share: Double { asked == 0 ? 0 : Double(asked - wrong.count) / Double(asked) }

    mutating func compare(_ name: String, _ expected: Any?, _ read: Any?) {
      asked += 1
      // Two ways to place a tone mark are one (khóa, khoá).
      if Self.plain(expected) != Self.plain(read) { wrong.append(name) }
    }

    private static func plain(_ value: Any?) -> String {
      switch value {
      case nil, is NSNull: ""
      case let text as String: text.toneFolded
      case let strings as [String]: strings.joined(separator: "|").toneFolded
      case let other?: "\(other)"
      }
    }
  }

  private static let qualities = ["NO_TEXT": "noText", "TEXT_ENCODING": "undecodable", "OCR_TEXT": "ocr"]

  private func tally(_ reader: LetterReader) async throws -> Tally {
    var tally = Tally()
    let folder = try Samples.dossiers()
    let expected = try JSONSerialization.jsonObject(with: Data(contentsOf: folder.appending(path: "expected.json")))
    let files = try #require((expected as? [String: Any])?["files"] as? [[String: Any]])
    for file in files {
      guard let name = file["file"] as? String, name.hasSuffix(".pdf") else { continue }
      let content = try await reader.read(Data(contentsOf: folder.appending(path: name)))
      if let out = ProcessInfo.processInfo.environment["LETTER_OUT"] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted]
        let target = URL(filePath: out).appending(path: URL(filePath: name).lastPathComponent + ".json")
        try encoder.encode(content).write(to: target)
      }
      if file["verdict"] as? String == "manual" {
        let codes = (file["faults"] as? [[String: Any]] ?? []).compactMap { $0["code"] as? String }
        tally.compare("\(name) quality", codes.compactMap { Self.qualities[$0] }.first, content.textQuality.rawValue)
        continue
      }
      compareHead(file, content, name, &tally)
      try compareTables(file, content, name, &tally)
    }
    return tally
  }

  private func compareHead(
    _ file: [String: Any], _ content: LetterContent, _ name: String, _ tally: inout Tally
  ) {
    let head = content.head
    tally.compare("\(name) quality", "text", content.textQuality.rawValue)
    tally.compare("\(name) number", file["documentNumber"], head.number)
    tally.compare("\(name) notation", file["documentNotation"], head.notation)
    tally.compare("\(name) date", file["documentDate"], head.date?.iso)
    tally.compare("\(name) place", file["place"], head.place)
    tally.compare("\(name) subject", file["subject"], head.subject)
    tally.compare("\(name) addressee", file["addressee"], head.addressee)
    tally.compare("\(name) agency", (file["agency"] as? [String: Any])?["name"], head.agency)
    let form = (file["formNumberPrinted"] as? String).map { String($0.suffix(2)) }
    tally.compare("\(name) form", form, content.formNumber)
    let signer = file["signer"] as? [String: Any]
    tally.compare("\(name) signer", signer?["fullName"], head.signer?.fullName)
    tally.compare("\(name) titles", signer?["titleLines"], head.signer?.titleLines)
    tally.compare("\(name) count", file["declaredCount"], content.declaredCount)
    tally.compare("\(name) count text", file["declaredCountText"], content.declaredCountText)
    guard let contact = file["contact"] as? [String: Any] else {
      tally.compare("\(name) contact", nil, content.contact.map { _ in "one" })
      return
    }
    let read = (try? JSONSerialization.jsonObject(with: JSONEncoder().encode(content.contact))) as? [String: Any]
    for (field, value) in contact { tally.compare("\(name) contact.\(field)", value, read?[field]) }
  }

  private func compareTables(
    _ file: [String: Any], _ content: LetterContent, _ name: String, _ tally: inout Tally
  ) throws {
    var tables = [(file["rows"] as? [[String: Any]] ?? [], file["dossierType"] as? String ?? "")]
    if let second = file["secondTable"] as? [String: Any] {
      tables.append((second["rows"] as? [[String: Any]] ?? [], second["type"] as? String ?? ""))
    }
    for (index, table) in tables.enumerated() {
      let read = index < content.tables.count ? content.tables[index] : nil
      if Int(table.1) != nil { tally.compare("\(name) type", table.1, read?.type?.rawValue) }
      tally.compare("\(name) rows", table.0.count, read?.rows.count ?? 0)
      for (number, row) in table.0.enumerated() {
        let cells = try (read?.rows).flatMap { rows -> [String: Any]? in
          guard number < rows.count else { return nil }
          return try JSONSerialization.jsonObject(with: JSONEncoder().encode(rows[number])) as? [String: Any]
        }
        for (field, value) in row where field != "reasonCode" && field != "centralSigning" {
          if let sim = value as? [String: Any] {
            let cell = cells?[field] as? [String: Any]
            tally.compare("\(name) \(number + 1) \(field)", sim["carrier"], cell?["carrier"])
            tally.compare("\(name) \(number + 1) \(field)", sim["keepNumber"], cell?["keepNumber"])
          } else {
            tally.compare("\(name) \(number + 1) \(field)", value, cells?[field])
          }
        }
      }
    }
  }
}
