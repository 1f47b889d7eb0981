import Foundation
import MappingFiles
import Yams

/// How the names of organisations begin (`Mappings/organisation-words.yaml`).
public enum OrganisationWords {
  private struct Description: Decodable {
    let words: [String]
  }

  private static let fileName = "organisation-words.yaml"
  /// A longer file is no list of words.
  private static let maximumBytes = 1 << 20

  /// The shipped list. Empty if it cannot be read, which is the strict side: then no name makes an organisation.
  public static func builtIn() -> [String] { words(in: MappingFile.named(fileName)?.text) }

  /// The list of the operator's mapping folder, or the shipped one where the folder has none.
  ///
  /// A list that is there and cannot be read counts as empty, never as the shipped one: the operator may have taken
  /// words away.
  public static func words(overriding folder: String?) -> [String] {
    guard let folder else { return builtIn() }
    let path = URL(fileURLWithPath: folder).appendingPathComponent(fileName).path
    guard FileManager.default.fileExists(atPath: path) else { return builtIn() }
    guard let file = FileHandle(forReadingAtPath: path) else { return [] }
    defer { try? file.close() }
    guard let data = try? file.read(upToCount: maximumBytes + 1), data.count <= maximumBytes else { return [] }
    return words(in: String(validating: data, as: UTF8.self))
  }

  private static func words(in text: String?) -> [String] {
    guard let text else { return [] }
    return (try? YAMLDecoder().decode(Description.self, from: text))?.words ?? []
  }
}
