/// Why a document could not be read, and where.
public struct XMLReadingError: Error, Sendable, Hashable {
  public enum Code: String, Sendable, Hashable, Codable, CaseIterable {
    case notWellFormed
    /// A DOCTYPE: never read, so that no entity is ever declared.
    case doctypeForbidden
    case tooLarge
    case tooDeep
    case tooManyNodes
    case tooManyAttributes
    case tooManyNamespaces
    case startTagTooLong
    case tooSlow
    case unknownEncoding
    /// Bytes that are no characters of the encoding, or characters that XML does not allow.
    case invalidCharacters
    case empty
    /// The file could not be opened or read.
    case unreadable
    /// The observer asked to stop, so there is no whole document.
    case stopped
    /// The observer failed.
    case observerFailed
    /// The schema itself could not be used.
    case badSchema
    /// A text or name that XML cannot carry was to be written.
    case unwritableText
  }

  public var code: Code
  /// From 1; 0 when there is no line to name.
  public var line: Int
  /// For the operator; the parser's own words, no content of the document.
  public var detail: String

  public init(code: Code, line: Int = 0, detail: String) {
    self.code = code
    self.line = line
    self.detail = detail
  }
}
