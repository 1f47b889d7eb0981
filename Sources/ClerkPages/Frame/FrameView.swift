import VietnameseText

/// What the frame around every page shows.
struct FrameView: Sendable {
  let language: String
  let title: String
  let owner: String
  let role: String
  let home: String
  let languages: [LanguageLink]
  let refreshSeconds: String?
  let refreshSwitch: RefreshSwitch?
  let notice: String?
  let nowText: String
  let nowISO: String

  struct LanguageLink: Sendable {
    let code: String
    let name: String
    let address: String
    let isCurrent: Bool
  }

  struct RefreshSwitch: Sendable {
    let text: String
    let address: String
  }

  init(_ desk: Desk, title: String, here: PageLink) {
    language = desk.language.rawValue
    self.title = title
    owner = desk.owner
    role = desk.role[desk.language]
    home = PageLink("/").address(desk)
    languages = [("vi", "Tiếng Việt", ClerkSentence.Language.vietnamese), ("en", "English", .english)].map {
      (code, name, language) in
      var other = desk
      other.language = language
      other.keepsLanguage = true
      return LanguageLink(
        code: code, name: name, address: here.address(other), isCurrent: language == desk.language)
    }
    let words = PageWords(desk.language)
    if let seconds = desk.refreshAfter {
      var other = desk
      other.refreshIsOff.toggle()
      refreshSeconds = desk.refreshIsOff ? nil : String(max(5, seconds))
      refreshSwitch = RefreshSwitch(
        text: desk.refreshIsOff ? words[.refreshOn] : words[.refreshOff], address: here.address(other))
    } else {
      refreshSeconds = nil
      refreshSwitch = nil
    }
    notice = desk.notice?[desk.language]
    let now = VietnamTime(desk.now)
    nowText = now.text
    nowISO = now.iso
  }
}
