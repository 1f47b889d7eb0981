/// Why an archive could not be read or written.
public struct ZipError: Error, Sendable, Hashable {
  public enum Code: String, Sendable, Hashable, Codable, CaseIterable {
    case notAnArchive
    /// A header, size or check sum is wrong.
    case damaged
    case encrypted
    case tooManyEntries
    case entryTooLarge
    case totalTooLarge
    case ratioTooHigh
    /// A name that leads out of the folder, is absolute, or holds characters no name should.
    case nameUnsafe
    case duplicateName
    case noSuchEntry
    case unsupportedMethod
    case unreadable
    case unwritable
  }

  public var code: Code
  /// The number of the entry from 0, since names come from outside.
  public var entry: Int?
  /// For the operator: the library's own words.
  public var detail: String

  public init(code: Code, entry: Int? = nil, detail: String) {
    self.code = code
    self.entry = entry
    self.detail = detail
  }
}
