import DeliveryLedger
import DossierMapping
import DossierModel
import EdXML
import Foundation

/// By when the next step of a letter must be done, so that one that is stuck is seen: by the side that must act, and by the
/// one that waits. The times are those of `Mappings/calendar.yaml`.
struct Deadlines: Sendable {
  private let calendar: WorkingCalendar

  init(_ calendar: WorkingCalendar) { self.calendar = calendar }

  /// - Throws: `ConnectorError.mappingUnreadable`.
  init(configuration: Configuration) throws {
    self.init(try Self.timesAndStatuses(configuration).calendar)
  }

  static func timesAndStatuses(
    _ configuration: Configuration
  ) throws -> (calendar: WorkingCalendar, statuses: StatusesDescription) {
    do {
      return try MappingSet.timesAndStatuses(overriding: configuration.mappingFolder)
    } catch {
      throw ConnectorError(error)
    }
  }

  /// Of a letter that this side sent and that came to `state` at `instant`; nil where nothing is due or no time is known.
  func due(_ state: OutgoingLetterMachine.State, type: String?, since instant: Date) -> Date? {
    switch state {
    case .queued: due(.sent, since: instant)
    case .sent: due(.arrived, since: instant)
    case .arrived: due(.answered, since: instant)
    case .accepted, .assigned, .processing: due(type, acceptedAt: instant)
    case .recorded, .written, .leaderSigned, .signed, .outcomeUnknown, .finished, .refused, .failed, .withdrawn,
      .replaced, .agreed, .declined:
      nil
    }
  }

  /// Of a letter that this side received: in `state` since `instant`, its dossier accepted at `acceptedAt`.
  func due(_ state: IncomingLetterMachine.State, type: String?, acceptedAt: Date?, since instant: Date) -> Date? {
    switch state {
    case .held: due(.answered, since: instant)
    case .accepted: [due(.assigned, since: instant), due(type, acceptedAt: instant)].compactMap(\.self).min()
    case .assigned, .processing: due(type, acceptedAt: acceptedAt ?? instant)
    // What was asked for must come from its sender, and no law says when.
    case .supplementAsked: nil
    case .arrived, .refused, .finished, .copy, .withdrawn, .replaced, .agreed, .declined, .noted: nil
    }
  }

  /// Sets by when the next step is due where `step` moves `letter`.
  ///
  /// - Parameter acceptedAt: when a received letter became a dossier, if that was before.
  func set(on step: inout LetterTransition, of letter: LetterRecord, acceptedAt: Date? = nil, at now: Date) {
    guard let target = step.to else { return }
    let due: Date?
    switch letter.direction {
    case .outgoing:
      guard let earlier = OutgoingLetterMachine.State(rawValue: letter.state),
        let state = OutgoingLetterMachine.State(rawValue: target)
      else { return }
      switch (earlier, state) {
      case (_, .queued), (_, .outcomeUnknown), (.accepted, .assigned), (.accepted, .processing),
        (.assigned, .processing):
        // The time goes on: only the work does, or nothing is known.
        return
      default: due = self.due(state, type: letter.dossierType, since: now)
      }
    case .incoming:
      guard let state = IncomingLetterMachine.State(rawValue: target) else { return }
      var type = letter.dossierType
      if case .set(let new) = step.changes.dossierType { type = new }
      due = self.due(state, type: type, acceptedAt: acceptedAt, since: now)
    }
    step.changes.dueAt = due.map { .set($0) } ?? .clear
  }

  private func due(_ step: WorkingCalendar.Step, since instant: Date) -> Date? {
    guard let day = Self.day(instant), let due = calendar.due(step, after: day) else { return nil }
    return Self.instant(due.date, hour: due.hour)
  }

  private func due(_ type: String?, acceptedAt instant: Date) -> Date? {
    guard let type = type.flatMap(DossierType.init), let day = Self.day(instant),
      let deadline = calendar.deadline(for: type, acceptedOn: day)
    else { return nil }
    return Self.instant(deadline.date, hour: 24)
  }

  private static func day(_ instant: Date) -> CalendarDate? { CalendarDate(iso: EdocTimestamp(instant).date.iso) }

  /// Vietnam is seven hours ahead of UTC. The end of a day is its last second, so that it is shown with that day's date.
  private static func instant(_ day: CalendarDate, hour: Int) -> Date {
    Date(timeIntervalSince1970: Double(day.daysSince1970 * 86_400 + (hour - 7) * 3600 - (hour == 24 ? 1 : 0)))
  }
}
