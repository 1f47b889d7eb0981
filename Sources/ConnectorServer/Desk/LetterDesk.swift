public import ClerkPages
public import VietnameseText

/// Where the pages' models come from. The routes know nothing else of letters.
public protocol LetterDesk: Sendable {
  /// The stages that the list can be filtered by.
  var stages: [Stage] { get }
  /// The organisation's name and role with the reader's choices; the reading sets `refreshAfter`.
  var identity: DeskIdentity { get }
  /// What keeps the connector from working now, for every page; nil: nothing.
  var notice: ClerkSentence? { get }
  /// One page of the list; a page beyond the last is the last.
  func list(_ desk: Desk, filter: LetterListPage.Filter, page: Int) async throws -> LetterListPage
  /// One letter; nil if there is none of that id.
  func letter(_ desk: Desk, id: String) async throws -> LetterPage?
  /// Reads something small, to see that the store answers; throws as well when it is known not to take what is written.
  func checkHealth() async throws
}

extension LetterDesk {
  public var notice: ClerkSentence? { nil }
}
