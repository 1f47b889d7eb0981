import DossierMapping
import DossierModel
import Foundation
import Testing

/// The project's samples of letters and lists from other software, when they are on this machine.
enum Samples {
  static let directory: String? = {
    let given = ProcessInfo.processInfo.environment["LIENTHONG_SAMPLES_DIR"]
    let beside = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
      .appending(path: "../shared/samples").standardized.path
    return [given, beside].compactMap { $0 }.first {
      FileManager.default.fileExists(atPath: $0 + "/dossiers/expected.json")
    }
  }()

  /// Whether a test that needs them must run (and fail) although they are missing.
  static let isRequired = ProcessInfo.processInfo.environment["LIENTHONG_SAMPLES"] == "required"
  static var canRun: Bool { directory != nil || isRequired }

  struct Expectations: Decodable {
    var today: CalendarDate
    var files: [File]
  }

  struct File: Decodable, CustomTestStringConvertible {
    var id: String
    var file: String
    var kind: String
    var verdict: String
    var dossierType: String
    var rows: [ExpectedRow]?
    var rowsFile: String?
    var faults: [Fault]
    var accompaniedBy: [String]?
    var accompanies: String?
    var subject: String?
    var formNumberPrinted: String?
    var tableHeader: [String]?
    var declaredCount: Int?
    var contact: ContactPerson?
    var addressee: String?
    var documentDate: CalendarDate?
    var agency: Agency?
    var testDescription: String { id }
  }

  struct Agency: Decodable {
    var name: String
    var superior: String?
  }

  struct Fault: Decodable {
    var code: String
    var level: String
    var row: Int?
    var field: String?
    var also: [String]?
  }

  /// A row of the reference, by name; `null` is no value.
  struct ExpectedRow: Decodable {
    var row: DossierRow
    init(from decoder: any Decoder) throws { row = try DossierRow(from: decoder) }
  }

  static let expectations: Expectations? = {
    guard let directory, let data = FileManager.default.contents(atPath: directory + "/dossiers/expected.json") else {
      return nil
    }
    do {
      return try JSONDecoder().decode(Expectations.self, from: data)
    } catch {
      print("expected.json: \(error)")
      return nil
    }
  }()

  static var lists: [File] { expectations?.files.filter { $0.kind != "letter-pdf" } ?? [] }
  static var letters: [File] { expectations?.files.filter { $0.kind == "letter-pdf" } ?? [] }

  static func bytes(_ path: String) -> [UInt8]? {
    directory.flatMap { FileManager.default.contents(atPath: $0 + "/dossiers/" + path) }.map { Array($0) }
  }

  static func rows(of file: File) throws -> [DossierRow] {
    if let name = file.rowsFile, let bytes = bytes(name) {
      return try JSONDecoder().decode([ExpectedRow].self, from: Data(bytes)).map(\.row)
    }
    return file.rows?.map(\.row) ?? []
  }
}

/// The built-in mappings, read once for all tests.
enum BuiltIn {
  static let mapping = Result { try MappingSet.builtIn() }
}
