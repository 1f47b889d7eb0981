public import Foundation
public import VietnameseText

/// The list of letters: what a clerk sees first.
public struct LetterListPage: Sendable, Hashable {
  public var desk: Desk
  public var filter: Filter
  /// The stages offered by the filter, in the order of a letter's life.
  public var stages: [StageChoice]
  /// The rows of this page, newest first.
  public var rows: [Row]
  /// The page shown, from 1.
  public var page: Int
  /// How many pages there are, at least 1.
  public var pageCount: Int
  /// How many letters match the filter.
  public var total: Int
  /// How many letters of the filter's direction are not done though their time has passed.
  public var overdue: Int

  public init(
    desk: Desk, filter: Filter, stages: [StageChoice], rows: [Row], page: Int, pageCount: Int, total: Int,
    overdue: Int = 0
  ) {
    self.desk = desk
    self.filter = filter
    self.stages = stages
    self.rows = rows
    self.page = page
    self.pageCount = max(1, pageCount)
    self.total = total
    self.overdue = overdue
  }

  /// What the reader asked to see.
  public struct Filter: Sendable, Hashable {
    public var direction: LetterDirection?
    /// The key of a stage.
    public var stage: String?
    /// Words as typed, with or without marks.
    public var search: String
    /// Only what should have been done by now.
    public var isOverdue: Bool

    public init(
      direction: LetterDirection? = nil, stage: String? = nil, search: String = "", isOverdue: Bool = false
    ) {
      self.direction = direction
      self.stage = stage
      self.search = search.nfc
      self.isOverdue = isOverdue
    }
  }

  /// A stage, and how many letters stand there when that is known.
  public struct StageChoice: Sendable, Hashable {
    public var stage: Stage
    public var count: Int?

    public init(stage: Stage, count: Int? = nil) {
      self.stage = stage
      self.count = count
    }
  }

  /// One letter in the list.
  public struct Row: Sendable, Hashable {
    /// The id in the letter's address.
    public var id: String
    public var direction: LetterDirection
    /// Số, ký hiệu.
    public var notation: String
    /// Trích yếu.
    public var subject: String
    /// The sender of an incoming letter, the receiver of an outgoing one.
    public var party: String
    public var dossierCode: String?
    /// When it came or was made.
    public var time: Date
    public var stage: Stage
    /// What happens next; nil when nothing does.
    public var next: ClerkSentence?
    /// By when that must be done; nil where no time is known.
    public var due: Date?
    /// True when a person at this desk must act.
    public var needsAction: Bool

    public init(
      id: String, direction: LetterDirection, notation: String, subject: String, party: String,
      dossierCode: String? = nil, time: Date, stage: Stage, next: ClerkSentence? = nil, due: Date? = nil,
      needsAction: Bool = false
    ) {
      self.id = id
      self.direction = direction
      self.notation = notation.nfc
      self.subject = subject.nfc
      self.party = party.nfc
      self.dossierCode = dossierCode
      self.time = time
      self.stage = stage
      self.next = next
      self.due = due
      self.needsAction = needsAction
    }
  }
}
