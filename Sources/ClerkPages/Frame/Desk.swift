public import Foundation
public import VietnameseText

/// What every page shows or obeys, whatever it is about: whose desk it is, the language, the hour.
public struct Desk: Sendable, Hashable {
  /// The organisation whose connector shows the page.
  public var owner: String
  /// What that organisation does here, for example "Cơ quan gửi văn bản".
  public var role: ClerkSentence
  /// The language of the page.
  public var language: ClerkSentence.Language
  /// True when the reader chose the language by `?lang=`, so that every link keeps it.
  public var keepsLanguage: Bool
  /// The hour shown at the foot of the page.
  public var now: Date
  /// Seconds after which the browser loads the page again; nil when nothing on it is still moving.
  public var refreshAfter: Int?
  /// True when the reader switched the reloading off by `?refresh=off`.
  public var refreshIsOff: Bool
  /// What keeps the connector from working now, such as a full disk; shown above everything.
  public var notice: ClerkSentence?

  public init(
    owner: String, role: ClerkSentence, language: ClerkSentence.Language = .vietnamese, keepsLanguage: Bool = false,
    now: Date, refreshAfter: Int? = nil, refreshIsOff: Bool = false, notice: ClerkSentence? = nil
  ) {
    self.owner = owner.nfc
    self.role = role
    self.language = language
    self.keepsLanguage = keepsLanguage
    self.now = now
    self.refreshAfter = refreshAfter
    self.refreshIsOff = refreshIsOff
    self.notice = notice
  }
}
