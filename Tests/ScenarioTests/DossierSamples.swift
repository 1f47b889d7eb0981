import Foundation
import VietnameseText

/// The letters and lists of other software in `samples/dossiers`, with what a person reads in them.
enum DossierSamples {
  /// `LIENTHONG_SAMPLES_DIR`, or `../shared/samples` beside the package.
  static let folder: URL? = {
    var candidates: [URL] = []
    if let path = ProcessInfo.processInfo.environment["LIENTHONG_SAMPLES_DIR"] {
      candidates.append(URL(fileURLWithPath: path))
    }
    candidates.append(Lienthong.root.deletingLastPathComponent().appendingPathComponent("shared/samples"))
    return candidates.map { $0.appendingPathComponent("dossiers") }.first {
      FileManager.default.fileExists(atPath: $0.appendingPathComponent("expected.json").path)
    }
  }()

  /// False: tests that need samples are skipped, unless `LIENTHONG_SAMPLES=required` makes them fail.
  static var present: Bool {
    folder != nil || ProcessInfo.processInfo.environment["LIENTHONG_SAMPLES"] == "required"
  }

  struct Missing: Error {}

  static func path(_ name: String) throws -> String {
    guard let folder else { throw Missing() }
    return folder.appendingPathComponent(name).path
  }

  /// Files below `prefix`, as `expected.json` describes them.
  static func files(_ prefix: String) throws -> [JSON] {
    let data = try Data(contentsOf: URL(fileURLWithPath: try path("expected.json")))
    return try JSON(data)["files"].items.filter { $0["file"].text?.hasPrefix(prefix) == true }
  }

  /// The rows that a file has, from its own entry or from the file that the entry names.
  static func rows(of file: JSON) throws -> [JSON] {
    guard let name = file["rowsFile"].text else { return file["rows"].items }
    let rows = try JSON(try Data(contentsOf: URL(fileURLWithPath: try path(name))))
    return rows.items.isEmpty ? rows["rows"].items : rows.items
  }
}

/// A JSON value of any shape.
enum JSON: Decodable, Equatable, CustomStringConvertible {
  case null
  case bool(Bool)
  case number(Double)
  case string(String)
  case list([JSON])
  case object([String: JSON])

  init(_ data: Data) throws { self = try JSONDecoder().decode(JSON.self, from: data) }

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if container.decodeNil() {
      self = .null
    } else if let value = try? container.decode(Bool.self) {
      self = .bool(value)
    } else if let value = try? container.decode(Double.self) {
      self = .number(value)
    } else if let value = try? container.decode(String.self) {
      self = .string(value)
    } else if let value = try? container.decode([JSON].self) {
      self = .list(value)
    } else {
      self = .object(try container.decode([String: JSON].self))
    }
  }

  subscript(key: String) -> JSON {
    if case .object(let members) = self { return members[key] ?? .null }
    return .null
  }

  var members: [String: JSON] {
    if case .object(let members) = self { return members }
    return [:]
  }

  var items: [JSON] {
    if case .list(let items) = self { return items }
    return []
  }

  var text: String? {
    if case .string(let text) = self { return text }
    return nil
  }

  /// Equal after the conventions of `expected.json`: tone marks may stand on either vowel (khóa, khoá).
  func says(_ other: JSON) -> Bool {
    if let text, let otherText = other.text { return text.toneFolded == otherText.toneFolded }
    return self == other
  }

  var description: String {
    switch self {
    case .null: "null"
    case .bool(let value): "\(value)"
    case .number(let value): "\(value)"
    case .string(let value): "“\(value)”"
    case .list(let items): "\(items)"
    case .object(let members): "\(members)"
    }
  }
}

/// Counts the cells that came out right and remembers those that did not.
struct CellTally {
  private(set) var cells = 0
  private(set) var misses: [String] = []

  mutating func expect(_ expected: JSON, _ found: JSON, _ place: String) {
    cells += 1
    if !expected.says(found) { misses.append("\(place): \(found), not \(expected)") }
  }

  mutating func expect(rows expected: [JSON], _ found: [JSON], in file: String) {
    expect(.number(Double(expected.count)), .number(Double(found.count)), "\(file) number of rows")
    for (index, row) in expected.enumerated() {
      for (field, value) in row.members.sorted(by: { $0.key < $1.key }) {
        expect(value, index < found.count ? found[index][field] : .null, "\(file) row \(index + 1) \(field)")
      }
    }
  }

  /// Share of right cells, 0 to 1.
  var share: Double { cells == 0 ? 0 : 1 - Double(misses.count) / Double(cells) }
}
