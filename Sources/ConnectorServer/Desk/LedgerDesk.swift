public import ClerkPages
public import DeliveryLedger
import Foundation
public import VietnameseText

/// The desk over a ledger: reads, never writes.
public struct LedgerDesk: LetterDesk {
  /// Letters on one page of the list.
  static let rowsPerPage = 25
  /// Seconds after which a page that shows moving letters is loaded again.
  static let refreshSeconds = 10

  public let identity: DeskIdentity
  let ledger: Ledger
  let names: [String: String]
  /// What keeps the ledger from being written now.
  let trouble: @Sendable () -> LedgerError?

  /// - Parameters:
  ///   - names: names of organisations by their codes; the ledger's directory is asked for others.
  ///   - trouble: what keeps the ledger from being written now; nil: nothing is known.
  public init(
    ledger: Ledger, identity: DeskIdentity, names: [String: String] = [:],
    trouble: @escaping @Sendable () -> LedgerError? = { nil }
  ) {
    self.ledger = ledger
    self.identity = identity
    self.names = names
    self.trouble = trouble
  }

  public var stages: [Stage] { LetterStages.all.entries.map(\.stage) }

  public var notice: ClerkSentence? { trouble()?.clerk }

  public func checkHealth() async throws {
    if let trouble = trouble() { throw trouble }
    _ = try await ledger.letters(LetterQuery(direction: nil, limit: 1))
  }

  public func list(
    _ desk: Desk, filter: LetterListPage.Filter, page: Int
  ) async throws -> LetterListPage {
    var query = LetterQuery(
      direction: filter.direction.map(Self.direction), states: LetterStages.all.states(ofStage: filter.stage),
      search: filter.search.isEmpty ? nil : filter.search, limit: Self.rowsPerPage)
    if filter.isOverdue { query.overdueAt = desk.now }
    var page = page
    query.offset = (page - 1) * Self.rowsPerPage
    var found = try await ledger.letters(query)
    let pageCount = max(1, (found.total + Self.rowsPerPage - 1) / Self.rowsPerPage)
    if page > pageCount {
      page = pageCount
      query.offset = (page - 1) * Self.rowsPerPage
      found = try await ledger.letters(query)
    }
    var late = LetterQuery(direction: query.direction, limit: 0)
    late.overdueAt = desk.now
    let names = try await names(of: found.letters)
    let rows = found.letters.map { row($0, names: names) }
    var desk = desk
    if found.letters.contains(where: Self.moves) { desk.refreshAfter = Self.refreshSeconds }
    return LetterListPage(
      desk: desk, filter: filter, stages: try await choices(filter), rows: rows, page: page, pageCount: pageCount,
      total: found.total, overdue: try await ledger.letters(late).total)
  }

  private func choices(_ filter: LetterListPage.Filter) async throws -> [LetterListPage.StageChoice] {
    let counts = try await ledger.counts().letters.filter {
      filter.direction.map(Self.direction) == nil || $0.direction == filter.direction.map(Self.direction)
    }
    return LetterStages.all.entries.map { entry in
      LetterListPage.StageChoice(
        stage: entry.stage,
        count: counts.filter { entry.states.contains($0.state) }.reduce(0) { $0 + $1.count })
    }
  }

  private func row(_ letter: LetterRecord, names: [String: String]) -> LetterListPage.Row {
    let other = otherName(letter, names: names)
    let turn = LetterTurn(letter, owner: identity.owner, other: other)
    return LetterListPage.Row(
      id: letter.id.rawValue, direction: Self.direction(letter.direction), notation: Self.notation(letter),
      subject: letter.subject ?? "", party: other, dossierCode: letter.dossierCode, time: letter.createdAt,
      stage: LetterStages.all.stage(of: letter), next: turn?.what,
      due: turn == nil ? nil : Self.due(letter), needsAction: turn?.isOurs ?? false)
  }

  // MARK: What list and letter share

  /// Whether something may happen to the letter without a person at this desk.
  static func moves(_ letter: LetterRecord) -> Bool {
    guard !letter.isFinished else { return false }
    switch letter.nextActor {
    case .connector, .receiver: return true
    case .sender: return letter.direction == .incoming
    case .officer: return letter.direction == .outgoing
    case .nobody: return false
    }
  }

  /// By when the next step is due; what has ended has no time, whatever was due before.
  static func due(_ letter: LetterRecord) -> Date? { letter.isFinished ? nil : letter.dueAt }

  static func direction(_ direction: ClerkPages.LetterDirection) -> DeliveryLedger.LetterDirection {
    switch direction {
    case .incoming: .incoming
    case .outgoing: .outgoing
    }
  }

  static func direction(_ direction: DeliveryLedger.LetterDirection) -> ClerkPages.LetterDirection {
    switch direction {
    case .incoming: .incoming
    case .outgoing: .outgoing
    }
  }

  /// Số, ký hiệu, as it stands on the letter.
  static func notation(_ letter: LetterRecord) -> String {
    [letter.number, letter.notation].compactMap { $0 }.filter { !$0.isEmpty }.joined(separator: "/")
  }

  /// The other side's name: the sender of an incoming letter, the receivers of an outgoing one.
  func otherName(_ letter: LetterRecord, names: [String: String]) -> String {
    switch letter.direction {
    case .incoming: senderName(letter, names: names)
    case .outgoing: letter.receivers.map { names[$0] ?? $0 }.joined(separator: "; ")
    }
  }

  func senderName(_ letter: LetterRecord, names: [String: String]) -> String {
    // The registered name before the one that the message claims.
    if let name = names[letter.sender] { return name }
    if let name = letter.senderName, !name.isEmpty { return name }
    return letter.sender
  }

  /// Names for every code of `letters`: the configured ones first, then the directory's.
  func names(of letters: [LetterRecord]) async throws -> [String: String] {
    var known = names
    for code in Set(letters.flatMap { $0.receivers + [$0.sender] }) where known[code] == nil {
      known[code] = try await ledger.agency(code: code)?.name
    }
    return known
  }
}
