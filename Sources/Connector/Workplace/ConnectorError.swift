public import VietnameseText

/// Work of the connector that could not be done.
public struct ConnectorError: Error, Sendable {
  public enum Code: String, Sendable, CaseIterable {
    case secretUnreadable
    case dataNotWritable
    case keyUnreadable
    case passwordMissing
    case trustUnreadable
    case mappingUnreadable
    case noSigner
    case noAddressee
    case dossierRefused
    case letterRefused
    case numberInUse
    case unknownLetter
    case notInThisState
    case timeStampUnavailable
    case fileUnreadable
    case notThisRole
  }

  public let code: Code
  /// What the clerk reads: what is wrong and what to do.
  public let clerk: ClerkSentence
  /// What the operator reads: no secrets, no content.
  public let detail: String

  public init(_ code: Code, vi: String, en: String, detail: String = "") {
    self.code = code
    self.clerk = ClerkSentence(vi: vi, en: en)
    self.detail = detail
  }

  /// Whether it is the configuration that must be mended (exit code 2; not restarted).
  public var isConfiguration: Bool {
    switch code {
    case .secretUnreadable, .dataNotWritable, .keyUnreadable, .passwordMissing, .trustUnreadable, .mappingUnreadable,
      .noSigner,
      .noAddressee:
      true
    case .dossierRefused, .letterRefused, .numberInUse, .unknownLetter, .notInThisState, .timeStampUnavailable,
      .fileUnreadable, .notThisRole:
      false
    }
  }
}
