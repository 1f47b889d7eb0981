import DossierMapping
import DossierModel
import EdXML
import Foundation

/// By when a signed letter must have been sent: 12:00 of the next working day (QĐ 28/2018/QĐ-TTg Điều 6(2), "the same day
/// it is signed, at the latest the morning of the next working day").
struct SendingDeadline: Sendable {
  private let calendar: WorkingCalendar

  init(_ calendar: WorkingCalendar) { self.calendar = calendar }

  /// - Throws: `ConnectorError.mappingUnreadable`.
  init(configuration: Configuration) throws {
    do {
      self.init(try MappingSet(overriding: configuration.mappingFolder).calendar)
    } catch {
      throw ConnectorError(
        .mappingUnreadable, vi: "Bảng ánh xạ không dùng được; chạy “lienthong mapping check”.",
        en: "The mappings cannot be used; run “lienthong mapping check”.", detail: ConnectorService.cause(error))
    }
  }

  /// nil where the calendar has no next working day.
  func due(signedAt instant: Date) -> Date? {
    guard let day = CalendarDate(iso: EdocTimestamp(instant).date.iso), let next = calendar.workingDay(after: day)
    else { return nil }
    // Noon in Vietnam, seven hours ahead of UTC.
    return Date(timeIntervalSince1970: Double(next.daysSince1970 * 86_400 + (12 - 7) * 3600))
  }
}
