import ClerkPages
import Foundation
import Hummingbird
import VietnameseText

/// What the reader chose in the address, and what the browser says of languages.
struct ReaderChoices: Sendable {
  /// Longest text looked for, in characters.
  static let longestSearch = 200
  /// Highest page number that can be asked for.
  static let highestPage = 1_000_000

  let language: ClerkSentence.Language
  let keepsLanguage: Bool
  let refreshIsOff: Bool
  let filter: LetterListPage.Filter
  let page: Int

  init(_ request: Request, stages: [Stage]) {
    let query = FormQuery(request.uri.query)
    let chosen = query["lang"].flatMap { ClerkSentence.Language(rawValue: $0) }
    language = chosen ?? AcceptedLanguage.preferred(request.headers[.acceptLanguage])
    keepsLanguage = chosen != nil
    refreshIsOff = query["refresh"] == "off"
    let state = query["state"]
    filter = LetterListPage.Filter(
      direction: query["direction"].flatMap { LetterDirection(rawValue: $0) },
      stage: stages.contains { $0.key == state } ? state : nil,
      search: String((query["q"] ?? "").prefix(Self.longestSearch)).trimmingCharacters(in: .whitespacesAndNewlines),
      isOverdue: query["overdue"] == "1")
    page = min(max(query["page"].flatMap { Int($0) } ?? 1, 1), Self.highestPage)
  }

  func desk(_ desk: any LetterDesk, now: Date) -> Desk {
    let identity = desk.identity
    return Desk(
      owner: identity.owner, role: identity.role, language: language, keepsLanguage: keepsLanguage, now: now,
      refreshIsOff: refreshIsOff, notice: desk.notice)
  }
}
