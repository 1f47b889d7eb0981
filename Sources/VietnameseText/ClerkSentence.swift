/// One sentence for a clerk, in Vietnamese and in English: what is wrong or what happened, and what to do next.
///
/// It carries no internals, no secrets and no personal data. Text is kept in Unicode Normalization Form C.
public struct ClerkSentence: Sendable, Hashable, Codable {
  /// Vietnamese, the first language of all that clerks see.
  public let vi: String
  /// English, as complete as the Vietnamese.
  public let en: String

  public init(vi: String, en: String) {
    self.vi = vi.nfc
    self.en = en.nfc
  }

  /// The sentence in `language`.
  public subscript(language: Language) -> String {
    switch language {
    case .vietnamese: vi
    case .english: en
    }
  }

  /// The languages that pages, letters and reports are written in.
  public enum Language: String, Sendable, Hashable, Codable, CaseIterable {
    case vietnamese = "vi"
    case english = "en"
  }
}
