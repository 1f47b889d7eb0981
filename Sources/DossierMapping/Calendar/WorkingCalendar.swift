public import DossierModel

/// The working days of state bodies, from data. A year that is not in the data makes an answer provisional.
public struct WorkingCalendar: Sendable, Hashable {
  private let years: [Int: Year]
  private let deadlines: [DossierType: CalendarDescription.Deadline]
  private let steps: [Step: CalendarDescription.Step]

  /// The steps of a letter's way that have a time.
  public enum Step: String, Sendable, CaseIterable {
    /// A signed letter leaves.
    case sent
    /// 01 comes back.
    case arrived
    /// 02 or 03.
    case answered
    /// 04.
    case assigned
  }

  private struct Year: Sendable, Hashable {
    var off: Set<CalendarDate>
    var work: Set<CalendarDate>
    var isProvisional: Bool
  }

  public init(_ description: CalendarDescription) {
    years = description.years.reduce(into: [:]) { years, entry in
      guard let number = Int(entry.key) else { return }
      years[number] = Year(
        off: Set(entry.value.off), work: Set(entry.value.work), isProvisional: entry.value.provisional ?? false)
    }
    deadlines = description.deadlines.reduce(into: [:]) { deadlines, entry in
      if let type = DossierType(rawValue: entry.key) { deadlines[type] = entry.value }
    }
    steps = (description.steps ?? [:]).reduce(into: [:]) { steps, entry in
      if let step = Step(rawValue: entry.key) { steps[step] = entry.value }
    }
  }

  /// Whether offices work on `date`, and whether that may still change.
  public func isWorkingDay(_ date: CalendarDate) -> (works: Bool, provisional: Bool) {
    let isWeekend = date.weekday >= 6
    guard let year = years[date.year] else { return (!isWeekend, true) }
    if year.work.contains(date) { return (true, year.isProvisional) }
    return (!isWeekend && !year.off.contains(date), year.isProvisional)
  }

  /// The working day that is `count` working days after `date` (the day itself not counted). `nil` beyond year 9999.
  public func day(_ count: Int, workingDaysAfter date: CalendarDate) -> Deadline? {
    var day = date
    var left = max(0, count)
    var provisional = false
    // 400 calendar days hold at least 200 working days, whatever the data say.
    var steps = max(0, count) * 4 + 60
    while left > 0 {
      guard steps > 0, let next = day.adding(days: 1) else { return nil }
      steps -= 1
      day = next
      let answer = isWorkingDay(day)
      provisional = provisional || answer.provisional
      if answer.works { left -= 1 }
    }
    return Deadline(date: day, isProvisional: provisional)
  }

  /// The next working day after `date`.
  public func workingDay(after date: CalendarDate) -> CalendarDate? { day(1, workingDaysAfter: date)?.date }

  /// Day and hour in Vietnam by which `step` must be done when the step before was on `date`; `nil` when no time is known.
  public func due(_ step: Step, after date: CalendarDate) -> (date: CalendarDate, hour: Int)? {
    guard let rule = steps[step] else { return nil }
    let days = rule.workingDays == 0 && !isWorkingDay(date).works ? 1 : rule.workingDays
    return day(days, workingDaysAfter: date).map { ($0.date, rule.hour) }
  }

  /// When the authority must have answered a valid dossier that it accepted on `date`; `nil` when no time is known.
  public func deadline(for type: DossierType, acceptedOn date: CalendarDate) -> Deadline? {
    guard let rule = deadlines[type], let days = rule.workingDays, var deadline = day(days, workingDaysAfter: date)
    else { return nil }
    deadline.isProvisional = deadline.isProvisional || rule.provisional ?? false
    return deadline
  }

  /// A day that something is due.
  public struct Deadline: Sendable, Hashable, Codable {
    public var date: CalendarDate
    /// Rests on a year or rule that is not certain.
    public var isProvisional: Bool

    public init(date: CalendarDate, isProvisional: Bool) {
      self.date = date
      self.isProvisional = isProvisional
    }
  }
}
