import DossierMapping
import DossierModel
import Testing

@Suite("Working days")
struct CalendarTests {
  let calendar: WorkingCalendar

  init() throws { calendar = try BuiltIn.mapping.get().calendar }

  private func day(_ text: String) throws -> CalendarDate { try #require(CalendarDate(iso: text)) }

  @Test(
    "Holidays, swapped days and weekends are off, paid-back Saturdays are not",
    arguments: [
      ("2026-01-02", false), ("2026-01-10", true), ("2026-01-17", false), ("2026-02-16", false), ("2026-02-23", true),
      ("2026-04-26", false), ("2026-04-27", false), ("2026-08-22", true), ("2026-08-31", false), ("2026-09-03", true),
      ("2026-11-24", false), ("2025-05-02", false), ("2025-04-26", true), ("2024-05-04", true), ("2024-04-29", false),
    ])
  func days(_ text: String, _ works: Bool) throws {
    #expect(try calendar.isWorkingDay(day(text)).works == works)
  }

  @Test("Three working days jump over weekend and holiday")
  func threeDays() throws {
    // Friday 20/11/2026: Monday 23, (Tuesday 24 off), Wednesday 25, Thursday 26.
    let deadline = try #require(calendar.day(3, workingDaysAfter: day("2026-11-20")))
    #expect(deadline.date.iso == "2026-11-26")
    #expect(!deadline.isProvisional)
    #expect(try calendar.deadline(for: .persons, acceptedOn: day("2026-11-20"))?.date.iso == "2026-11-26")
  }

  @Test("Tết is jumped over")
  func newYear() throws {
    #expect(try calendar.day(1, workingDaysAfter: day("2026-02-13"))?.date.iso == "2026-02-23")
  }

  @Test("A year without data makes the answer provisional, never silently wrong")
  func provisional() throws {
    #expect(try calendar.day(3, workingDaysAfter: day("2031-05-05"))?.isProvisional == true)
    #expect(try calendar.day(3, workingDaysAfter: day("2027-05-10"))?.isProvisional == true)
    #expect(try calendar.day(1, workingDaysAfter: day("2026-12-31"))?.isProvisional == true)
    #expect(try calendar.isWorkingDay(day("2026-12-31")).provisional == false)
  }

  @Test("Where the law's time is not known no deadline is made up, old rules are provisional")
  func unknown() throws {
    #expect(try calendar.deadline(for: .revocation, acceptedOn: day("2026-11-20")) == nil)
    #expect(try calendar.deadline(for: .renewalOrChange, acceptedOn: day("2026-11-20"))?.isProvisional == true)
  }
}

@Suite("Days")
struct CalendarDateTests {
  @Test("Every day from 1900 to 2100 survives its count, its texts and its weekday")
  func roundTrip() throws {
    var date = try #require(CalendarDate(year: 1900, month: 1, day: 1))
    var weekday = 1  // a Monday
    while date.year < 2101 {
      #expect(CalendarDate(daysSince1970: date.daysSince1970) == date)
      #expect(CalendarDate(iso: date.iso) == date && CalendarDate(vietnamese: date.vietnamese) == date)
      #expect(date.weekday == weekday)
      let next = try #require(date.adding(days: 1))
      #expect(next > date && next.daysSince1970 == date.daysSince1970 + 1)
      date = next
      weekday = weekday % 7 + 1
    }
  }

  @Test(
    "What is no day is none",
    arguments: [
      "31/02/2024", "29/02/2023", "00/01/2024", "1/13/2024", "12/07/87", "", "//", "a/b/cccc", "1/1/20245", "１/1/2024",
    ])
  func noDay(_ text: String) { #expect(CalendarDate(vietnamese: text) == nil) }

  @Test("Days are read as people write them", arguments: ["5/9/1990", "05-09-1990", "05.09.1990", " 05 / 09 / 1990 "])
  func writings(_ text: String) { #expect(CalendarDate(vietnamese: text)?.iso == "1990-09-05") }
}
