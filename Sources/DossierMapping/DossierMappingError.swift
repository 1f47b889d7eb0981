public import VietnameseText

/// Why a mapping could not be used.
public struct DossierMappingError: Error, Sendable, Hashable {
  public enum Code: String, Sendable, Hashable, Codable, CaseIterable {
    /// The directory of mappings is missing or not readable.
    case directoryUnreadable
    /// A description is wrong; `problems` says where.
    case descriptionWrong
    /// The structured dossier is not what its format says.
    case structuredDossierWrong
  }

  public var code: Code
  public var clerk: ClerkSentence
  /// For the operator.
  public var detail: String
  public var problems: [MappingProblem]

  public init(code: Code, clerk: ClerkSentence, detail: String, problems: [MappingProblem] = []) {
    self.code = code
    self.clerk = clerk
    self.detail = detail
    self.problems = problems
  }
}

/// One thing wrong in a mapping description.
public struct MappingProblem: Sendable, Hashable, Codable {
  public var file: String
  /// Path of keys, `letter.columns[3].fields`.
  public var place: String
  /// From 1; `nil` when no line can be named.
  public var line: Int?
  /// What is wrong and what to do.
  public var text: ClerkSentence

  public init(file: String, place: String, line: Int? = nil, text: ClerkSentence) {
    self.file = file
    self.place = place
    self.line = line
    self.text = text
  }
}
