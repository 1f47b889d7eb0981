import AxisClient
import DeliveryLedger
import DossierMapping
import EdXML
import Foundation
import Testing

@testable import Connector

@Suite("The directory of agencies")
struct DirectorySyncTests {
  private static func agency(_ id: Int, _ code: String, _ name: String, other: String? = nil, under parent: Int? = nil)
    -> AgencyEntry
  {
    AgencyEntry(
      id: "\(id)", parentID: parent.map(String.init) ?? "", code: code, name: name, otherCode: other)
  }

  private static let provinces = [
    agency(1, "H99", "Tỉnh Thử Nghiệm", other: "000.00.00.H99"),
    agency(2, "H99.15", "Sở Ví dụ", other: "000.00.15.H99", under: 1),
  ]

  @Test("joins both lists: every agency once, with both forms of its code and the body above it")
  func joined() async throws {
    let bench = try ConnectorBench()
    bench.axis.script {
      $0.levels = [1: .accepted([Self.provinces[0]]), 2: .accepted([Self.provinces[1]])]
      $0.agencies = .accepted([
        Self.agency(2, "000.00.15.H99", "Sở Ví dụ", other: "X15"), Self.agency(9, "CTY-9", "Công ty Ví dụ"),
      ])
    }
    let report = try await DirectorySync(try bench.workplace()).run(at: bench.now)
    #expect(report.listed == 3 && report.changes.added == 3 && report.isComplete)
    let agency = try #require(try await bench.ledger.agency(code: "000.00.15.H99"))
    #expect(agency.code == "H99.15" && agency.code102 == "000.00.15.H99" && agency.parentCode == "H99")
    #expect(try await bench.ledger.agency(code: "CTY-9")?.name == "Công ty Ví dụ")
    #expect(try await DirectorySync(try bench.workplace()).run(at: bench.now).changes == DirectoryChanges())
  }

  @Test("removes nobody because a list could not be had, came empty, or came much shorter")
  func shortLists() async throws {
    let bench = try ConnectorBench()
    let many = (0..<200).map { Self.agency($0 + 10, "H99.\($0)", "Phòng \($0)") }
    bench.axis.script { $0.levels = [1: .accepted(many)] }
    let sync = DirectorySync(try bench.workplace())
    #expect(try await sync.run(at: bench.now).changes.added == 200)
    let answers: [AxisOutcome<[AgencyEntry]>] = [
      .accepted([]), .accepted(Array(many.prefix(120))), .tryAgain(ScriptedAxis.trouble()),
      .refused(ScriptedAxis.refusal(.account, code: "15")),
    ]
    for answer in answers {
      bench.axis.script { $0.levels = [1: answer] }
      let report = try await sync.run(at: bench.now)
      #expect(report.changes.removed == 0 && !report.isComplete)
      #expect(try await bench.ledger.agencyCount() == 200)
    }
    // The second list missing, the first complete but for a few: still nobody.
    bench.axis.script {
      $0.levels = [1: .accepted(Array(many.prefix(195)))]
      $0.agencies = .tryAgain(ScriptedAxis.trouble())
    }
    #expect(try await sync.run(at: bench.now).changes.removed == 0)
    bench.axis.script { $0.agencies = .accepted([]) }
    #expect(try await sync.run(at: bench.now).changes.removed == 5)
    bench.axis.script { $0.levels = [1: .accepted(Array(many.prefix(120)))] }
    #expect(try await sync.run(acceptingRemovals: true, at: bench.now).changes.removed == 75)
  }

  @Test("keeps both forms of every code, and nobody twice, while one of the two lists cannot be had")
  func oneList() async throws {
    let bench = try ConnectorBench()
    let old = [Self.agency(2, "H99.15", "Sở Ví dụ", other: "X15"), Self.agency(9, "CTY-9", "Công ty Ví dụ")]
    func script(_ new: AxisOutcome<[AgencyEntry]>, _ agencies: AxisOutcome<[AgencyEntry]>) {
      bench.axis.script {
        $0.levels = [1: new]
        $0.agencies = agencies
      }
    }
    let sync = DirectorySync(try bench.workplace())
    script(.accepted(Self.provinces), .accepted(old))
    #expect(try await sync.run(at: bench.now).changes.added == 3)
    let whole = try await bench.ledger.agency(code: "H99.15")
    #expect(whole?.oldCode == "X15")
    script(.accepted(Self.provinces), .tryAgain(ScriptedAxis.trouble()))
    #expect(try await sync.run(at: bench.now).changes == DirectoryChanges())
    #expect(try await bench.ledger.agency(code: "X15") == whole)
    script(.tryAgain(ScriptedAxis.trouble()), .accepted(old))
    #expect(try await sync.run(at: bench.now).changes == DirectoryChanges())
    #expect(try await bench.ledger.agencyCount() == 3)
    script(.accepted(Self.provinces), .accepted(old))
    #expect(try await sync.run(at: bench.now).changes == DirectoryChanges())
  }

  @Test("makes nobody a second agency under another code because of an answer that lacks the new codes")
  func newCodesMissing() async throws {
    let bench = try ConnectorBench()
    let old = [
      Self.agency(1, "000.00.00.H99", "Tỉnh Thử Nghiệm"), Self.agency(2, "000.00.15.H99", "Sở Ví dụ"),
    ]
    let more = old + [Self.agency(9, "CTY-9", "Công ty Ví dụ")]
    func run(
      _ new: AxisOutcome<[AgencyEntry]>, _ agencies: [AgencyEntry], accepting: Bool = false
    ) async throws -> DirectorySync.Report {
      bench.axis.script {
        $0.levels = [1: new]
        $0.agencies = .accepted(agencies)
      }
      return try await DirectorySync(try bench.workplace()).run(acceptingRemovals: accepting, at: bench.now)
    }
    #expect(try await run(.accepted(Self.provinces), old).changes.added == 2)
    // An empty answer is in doubt, so that nothing new is believed at all.
    let empty = try await run(.accepted([]), more)
    #expect(empty.changes == DirectoryChanges() && empty.missingButKept == 2)
    // What is listed under another of its codes is neither new nor gone.
    #expect(try await run(.accepted([Self.provinces[0]]), old).changes == DirectoryChanges())
    let notOffered = AxisOutcome<[AgencyEntry]>.refused(ScriptedAxis.refusal(.message, code: AxisRefusal.notOffered))
    #expect(try await run(notOffered, more).changes == DirectoryChanges(added: 1))
    #expect(try await bench.ledger.agency(code: "000.00.15.H99")?.code == "H99.15")
    #expect(try await bench.ledger.agencyCount() == 3)
    #expect(try await run(.accepted(Self.provinces), more).changes == DirectoryChanges())
    // A person believes that there are no new codes any more.
    #expect(try await run(.accepted([]), more, accepting: true).changes == DirectoryChanges(added: 2, removed: 2))
  }

  @Test("takes new agencies from the only list that the axis ever filled")
  func onlyOldCodes() async throws {
    let bench = try ConnectorBench()
    let sync = DirectorySync(try bench.workplace())
    bench.axis.script { $0.agencies = .accepted([Self.agency(2, "000.00.15.H99", "Sở Ví dụ", other: "X15")]) }
    #expect(try await sync.run(at: bench.now).changes.added == 1)
    bench.axis.script {
      $0.agencies = .accepted([
        Self.agency(2, "000.00.15.H99", "Sở Ví dụ", other: "X15"), Self.agency(9, "CTY-9", "Công ty Ví dụ"),
      ])
    }
    #expect(try await sync.run(at: bench.now).changes == DirectoryChanges(added: 1))
  }

  @Test("knows an agency by its earlier code, though that was an agency of its own before")
  func earlierCode() async throws {
    let bench = try ConnectorBench()
    let ledger = bench.ledger
    func list(_ agencies: DirectoryAgency...) async throws {
      try await ledger.synchroniseAgencies(agencies, source: "axis", complete: true, at: bench.now)
    }
    try await list(
      DirectoryAgency(code: "CTY-9", name: "Công ty Ví dụ"),
      DirectoryAgency(code: "H99.15", code102: "000.00.15.H99", name: "Sở Ví dụ"))
    try await list(
      DirectoryAgency(code: "H99.77", code102: "CTY-9", name: "Công ty Ví dụ"),
      DirectoryAgency(code: "H99.16", code102: "000.00.15.H99", name: "Sở Ví dụ"))
    #expect(try await ledger.isOneAgency("H99.77", "CTY-9"))
    #expect(try await ledger.isOneAgency("CTY-9", "H99.77"))
    for code in ["H99.15", "000.00.15.H99"] { #expect(try await ledger.isOneAgency(code, "H99.16"), "\(code)") }
    #expect(try await ledger.isOneAgency("H99.15", "000.00.15.H99"))
    #expect(try await ledger.isOneAgency("H99.15", "H99.77") == false)
    // Two agencies of the directory, of which one has the other's code too.
    try await list(
      DirectoryAgency(code: "H99.77", code102: "CTY-9", name: "Công ty Ví dụ"),
      DirectoryAgency(code: "CTY-9", name: "Công ty Ví dụ"))
    #expect(try await ledger.isOneAgency("CTY-9", "H99.77"))
  }

  @Test("is synchronised at once, then each so many hours, and sooner but ever more rarely after a failure")
  func due() async throws {
    let bench = try ConnectorBench()
    let workplace = try bench.workplace(more: "directory: {hours: 24}")
    let daily = DailyWork(workplace: workplace, lock: try bench.ledger.acquireProcessingLock())
    bench.axis.script { $0.levels = [1: .tryAgain(ScriptedAxis.trouble())] }
    try await daily.synchroniseDirectoryIfDue()
    let failed = try #require(try await bench.ledger.condition("directory"))
    #expect(failed.state == "failed")
    #expect(!DailyWork.isDue(failed, hours: 24, at: bench.now.addingTimeInterval(59)))
    #expect(DailyWork.isDue(failed, hours: 24, at: bench.now.addingTimeInterval(60)))
    bench.pass(60)
    bench.axis.script { $0.levels = [1: .accepted(Self.provinces)] }
    try await daily.synchroniseDirectoryIfDue()
    let current = try #require(try await bench.ledger.condition("directory"))
    #expect(current.state == "current" && current.since == bench.now)
    #expect(!DailyWork.isDue(current, hours: 24, at: bench.now.addingTimeInterval(23 * 3600)))
    #expect(DailyWork.isDue(current, hours: 24, at: bench.now.addingTimeInterval(24 * 3600)))
    #expect(DailyWork.isDue(current, hours: 24, at: bench.now.addingTimeInterval(-86_400)), "a clock set back")
  }

  @Test("is purged once a day")
  func purge() async throws {
    let bench = try ConnectorBench()
    let daily = DailyWork(
      workplace: try bench.workplace(), lock: try bench.ledger.acquireProcessingLock())
    try await daily.purgeIfDue()
    let first = try #require(try await bench.ledger.condition("purge")).notedAt
    bench.pass(3600)
    try await daily.purgeIfDue()
    #expect(try await bench.ledger.condition("purge")?.notedAt == first)
    bench.pass(86_400)
    try await daily.purgeIfDue()
    #expect(try await bench.ledger.condition("purge")?.notedAt == bench.now)
  }
}
