import Foundation
import Synchronization
import Testing

@testable import DeliveryLedger

@Suite struct RetentionTests {
  /// A finished letter with every kind of file.
  private func finished(_ fixture: LedgerFixture, _ id: LetterID, at time: Date) async throws {
    _ = try await fixture.outgoing(id)
    var step = LetterTransition(id, from: [], to: "finished", event: LedgerFixture.event("letter.finished"))
    step.changes.isFinished = .set(true)
    for role in BlobRole.allCases where role != .message {
      step.blobs[role] = try await fixture.blob("\(role) of \(id)")
    }
    try await fixture.ledger.advance(step, at: time)
  }

  /// Makes every file look as if it had last been used long ago.
  private func age(_ fixture: LedgerFixture) throws {
    let root = fixture.folder.appending(path: "blobs")
    for path in try FileManager.default.subpathsOfDirectory(atPath: root.path(percentEncoded: false)) {
      try FileManager.default.setAttributes(
        [.modificationDate: LedgerFixture.start], ofItemAtPath: root.appending(path: path).path(percentEncoded: false))
    }
  }

  @Test("A letter long finished loses its working files, keeps the evidence, and the log says what went")
  func workingFiles() async throws {
    let fixture = try LedgerFixture()
    let ledger = fixture.ledger
    try await finished(fixture, "old", at: LedgerFixture.start)
    try await finished(fixture, "new", at: LedgerFixture.time(80 * 86_400))
    _ = try await fixture.outgoing("open")
    let spreadsheet = try #require(try await ledger.letter("old")?.blobs[.spreadsheet])
    try age(fixture)
    let lock = try ledger.acquireProcessingLock()
    let later = LedgerFixture.time(91 * 86_400)
    let report = try await ledger.purge(RetentionPolicy(), holding: lock, at: later)
    #expect(report.letters == 1 && report.files == 6)
    let old = try #require(try await ledger.letterDetail("old"))
    #expect(Set(old.letter.blobs.keys) == RetentionPolicy.evidence)
    #expect(old.events.last?.kind == "letter.filesPurged")
    #expect(old.events.last?.parameters["spreadsheet"] == spreadsheet.rawValue)
    #expect(await errorCode { _ = try await ledger.readBlob(spreadsheet) } == .notFound)
    #expect(try await ledger.letter("new")?.blobs.count == BlobRole.allCases.count)
    #expect(try await ledger.letter("open")?.blobs.count == 1)
    let check = try await ledger.verify()
    #expect(check.isIntact, "\(check.faults)")
    #expect(try await ledger.purge(RetentionPolicy(), holding: lock, at: later).letters == 0)
  }

  /// A purge that runs from beginning to end at the moment at which the next transaction ends.
  private final class PurgeMeanwhile: Sendable {
    private let work = Mutex<(@Sendable () -> Void)?>(nil)

    /// A ledger with one letter whose working files go, and the purge that is to come.
    static func prepare(_ suite: RetentionTests) async throws -> (fixture: LedgerFixture, purge: PurgeMeanwhile) {
      let purge = PurgeMeanwhile()
      var options = Ledger.Options()
      options.trace = { purge.note($0) }
      let fixture = try LedgerFixture(options: options)
      try await suite.finished(fixture, "old", at: LedgerFixture.start)
      try suite.age(fixture)
      return (fixture, purge)
    }

    func arm(_ ledger: Ledger) throws {
      let lock = try ledger.acquireProcessingLock()
      work.withLock { work in
        work = {
          let isDone = DispatchSemaphore(value: 0)
          Task {
            _ = try? await ledger.purge(RetentionPolicy(), holding: lock, at: LedgerFixture.time(91 * 86_400))
            isDone.signal()
          }
          isDone.wait()
        }
      }
    }

    private func note(_ sql: String) {
      guard sql.hasPrefix("COMMIT") else { return }
      let armed = work.withLock { work in
        let armed = work
        work = nil
        return armed
      }
      armed?()
    }
  }

  @Test("Files that are purged while the ledger is verified are not reported missing")
  func purgeBesideVerification() async throws {
    let (fixture, purge) = try await PurgeMeanwhile.prepare(self)
    let spreadsheet = try #require(try await fixture.ledger.letter("old")?.blobs[.spreadsheet])
    try purge.arm(fixture.ledger)
    let check = try await fixture.ledger.verify()
    #expect(await errorCode { _ = try await fixture.ledger.readBlob(spreadsheet) } == .notFound)
    #expect(check.isIntact, "\(check.faults)")
    #expect(check.blobs == RetentionPolicy.evidence.count)
  }

  @Test("A backup beside a purge is made of what the purge leaves")
  func purgeBesideBackup() async throws {
    let (fixture, purge) = try await PurgeMeanwhile.prepare(self)
    let spreadsheet = try #require(try await fixture.ledger.letter("old")?.blobs[.spreadsheet])
    let target = fixture.folder.appending(path: "backup")
    // One of the files that go was taken before, by a backup that was cut off.
    let shelf = target.appending(path: "blobs/\(spreadsheet.rawValue.prefix(2))")
    try FileManager.default.createDirectory(at: shelf, withIntermediateDirectories: true)
    let taken = shelf.appending(path: spreadsheet.rawValue)
    try FileManager.default.copyItem(at: fixture.ledger.blobURL(spreadsheet), to: taken)
    try purge.arm(fixture.ledger)
    let report = try await fixture.ledger.backup(to: target, at: LedgerFixture.start)
    #expect(await errorCode { _ = try await fixture.ledger.readBlob(spreadsheet) } == .notFound)
    #expect(report.verification.isIntact, "\(report.verification.faults)")
    #expect(report.blobs == RetentionPolicy.evidence.count)
    #expect(!FileManager.default.fileExists(atPath: taken.path(percentEncoded: false)))
    let copy = try Ledger.open(folder: target, at: LedgerFixture.start)
    #expect(try await copy.letter("old").map { Set($0.blobs.keys) } == RetentionPolicy.evidence)
    try copy.close()
  }

  @Test("A message that was not ours loses its content after its time, and is not taken in again")
  func otherMail() async throws {
    let fixture = try LedgerFixture()
    let ledger = fixture.ledger
    func setAside(_ name: String, _ said: Acknowledgement) async throws -> ArrivalRecord {
      let arrival = try await fixture.arrival(name)
      try await ledger.setArrivalAside(
        arrival.id, cause: "x", acknowledgement: said, event: LedgerFixture.event("x"), at: LedgerFixture.start)
      return arrival
    }
    let left = try await setAside("left", .leave)
    // It was told to the axis as done under a name that its sender may not have: an officer may want to see it.
    let forged = try await setAside("forged", .done)
    try await fixture.take(LedgerFixture.incoming("a", documentId: "d"), as: "ours")
    try age(fixture)
    let lock = try ledger.acquireProcessingLock()
    #expect(
      try await ledger.purge(RetentionPolicy(), holding: lock, at: LedgerFixture.time(29 * 86_400)).otherMail == 0)
    let later = LedgerFixture.time(31 * 86_400)
    #expect(try await ledger.purge(RetentionPolicy(), holding: lock, at: later).otherMail == 1)
    #expect(try await ledger.purge(RetentionPolicy(), holding: lock, at: later).otherMail == 0)
    #expect(await errorCode { _ = try await ledger.readBlob(left.message) } == .notFound)
    #expect(try await ledger.readBlob(forged.message) == Data("raw forged".utf8))
    #expect(try await ledger.arrival(left.id)?.state == .setAside)
    #expect(try await ledger.events(after: 0).contains { $0.kind == "mail.purged" })
    let check = try await ledger.verify()
    #expect(check.isIntact, "\(check.faults)")
  }

  @Test("No policy removes evidence")
  func evidence() async throws {
    let fixture = try LedgerFixture()
    try await finished(fixture, "a", at: LedgerFixture.start)
    var policy = RetentionPolicy()
    policy.workingFiles = Set(BlobRole.allCases)
    policy.workingFilesFor = 0
    let lock = try fixture.ledger.acquireProcessingLock()
    _ = try await fixture.ledger.purge(policy, holding: lock, at: LedgerFixture.time(1))
    #expect(try await fixture.ledger.letter("a").map { Set($0.blobs.keys) } == RetentionPolicy.evidence)
  }

  @Test("A file that nothing mentions goes after its time, unless the same bytes were stored again meanwhile")
  func unmentioned() async throws {
    let fixture = try LedgerFixture()
    let lock = try fixture.ledger.acquireProcessingLock()
    let forgotten = try await fixture.blob("forgotten")
    let renewed = try await fixture.blob("renewed")
    try age(fixture)
    _ = try await fixture.blob("renewed")
    let report = try await fixture.ledger.purge(RetentionPolicy(), holding: lock, at: Date())
    #expect(report.files == 1)
    #expect(await errorCode { _ = try await fixture.ledger.readBlob(forgotten) } == .notFound)
    #expect(try await fixture.ledger.readBlob(renewed) == Data("renewed".utf8))
    let draft = LetterDraft(
      id: "a", state: "drafted", sender: "H01", receivers: ["H99"], documentId: "d", blobs: [.message: forgotten])
    #expect(
      await errorCode {
        _ = try await fixture.ledger.recordDraft(draft, event: LedgerFixture.event("x"), at: LedgerFixture.start)
      } == .notFound)
  }
}
