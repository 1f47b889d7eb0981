import MappingFiles
import Yams

/// How the names of organisations begin (`Mappings/organisation-words.yaml`).
public enum OrganisationWords {
  private struct Description: Decodable {
    let words: [String]
  }

  /// The shipped list. Empty if it cannot be read, which is the strict side: then no name makes an organisation.
  public static func builtIn() -> [String] {
    guard let text = MappingFile.named("organisation-words.yaml")?.text else { return [] }
    return (try? YAMLDecoder().decode(Description.self, from: text))?.words ?? []
  }
}
