public import VietnameseText

/// Whose desk the pages show.
public struct DeskIdentity: Sendable, Hashable {
  /// The organisation's name.
  public var owner: String
  /// What it does here, for example "Cơ quan gửi văn bản".
  public var role: ClerkSentence

  public init(owner: String, role: ClerkSentence) {
    self.owner = owner.nfc
    self.role = role
  }
}
