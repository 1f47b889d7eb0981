public import Foundation
import GRDB
import VietnameseText

/// What may be removed, and when.
///
/// Never removed: letters, statuses, attempts and the log; the messages as sent and received; the letter as signed by
/// the organisation and as taken out of a message; the report of its signatures. They are the evidence. Messages that
/// were not ours are nobody's evidence here, and other people's mail: of those only the fact that they came is kept.
public struct RetentionPolicy: Sendable, Hashable {
  /// The event that names, by role and hash, the files of a letter that went.
  static let purgedEvent = "letter.filesPurged"

  /// How long after its last step a finished letter keeps its working files. Default 90 days.
  public var workingFilesFor: TimeInterval = 90 * 86_400
  /// What counts as a working file; roles that are evidence are ignored here.
  public var workingFiles: Set<BlobRole> = [
    .spreadsheet, .dossier, .renderedLetter, .personSigned, .attachment, .other,
  ]
  /// How long a message that was not ours is kept after it was set aside; one that still waits to be handed over is.
  /// Default 30 days.
  public var otherMailFor: TimeInterval = 30 * 86_400
  /// How long a file that nothing mentions is kept: it may be about to be mentioned. Default one day, at least an hour.
  public var unmentionedFilesFor: TimeInterval = 86_400

  /// The roles that no policy removes.
  public static let evidence: Set<BlobRole> = [.message, .organisationSigned, .letter, .report, .decision]

  public init() {}
}

/// What a purge removed.
public struct PurgeReport: Sendable, Hashable, Codable {
  /// Finished letters that lost their working files.
  public internal(set) var letters = 0
  /// Messages that were not ours whose content went.
  public internal(set) var otherMail = 0
  /// Files removed from the disk.
  public internal(set) var files = 0
  public internal(set) var bytes: Int64 = 0
}

extension Ledger {
  /// Removes working files of letters long finished, and files that nothing mentions.
  ///
  /// Each letter's log says which files went, by role and hash, so that their absence is not a fault. It may be called
  /// while the ledger is in use; who holds the processing lock does it, so that it is not done twice at once.
  public func purge(_ policy: RetentionPolicy, holding lock: ProcessingLock, at now: Date) async throws -> PurgeReport {
    let moment = Moment(now)
    let limit = Moment(now.addingTimeInterval(-policy.workingFilesFor))
    let roles = policy.workingFiles.subtracting(RetentionPolicy.evidence).map(\.rawValue).sorted()
    var report = PurgeReport()
    var more = true
    while more {
      let step = try await write { db in try Retention.dropWorkingFiles(roles, until: limit, at: moment, in: db) }
      report.letters += step.dropped
      more = step.looked == Retention.batch
    }
    // What stands in the place of such a message, since a row without one would be damaged.
    let nothing = try await storeBlob(Data())
    let before = Moment(now.addingTimeInterval(-policy.otherMailFor))
    more = true
    while more {
      let dropped = try await write { [blobs] db in
        try Retention.dropOtherMail(until: before, leaving: nothing, blobs: blobs, at: moment, in: db)
      }
      report.otherMail += dropped
      more = dropped == Retention.batch
    }
    let unused = now.addingTimeInterval(-max(policy.unmentionedFilesFor, 3_600))
    for shelf in try await blobs.onDisk({ [blobs] in try blobs.shelves() }) {
      let files = try await blobs.onDisk { [blobs] in try blobs.files(of: shelf, unusedSince: unused) }
      // Nearly all are mentioned: those are found without the writer's lock.
      let unmentioned = try await read { db in try files.filter { try !Self.mentions($0.hash, in: db) } }
      for start in stride(from: 0, to: unmentioned.count, by: Retention.batch) {
        let piece = Array(unmentioned[start..<min(start + Retention.batch, unmentioned.count)])
        let removed = try await write { [blobs] db in
          try Retention.removeUnmentioned(piece.map(\.hash), unusedSince: unused, blobs: blobs, in: db)
        }
        report.files += removed.count
        report.bytes += piece.reduce(0) { removed.contains($1.hash) ? $0 + $1.bytes : $0 }
      }
    }
    withExtendedLifetime(lock) {}
    return report
  }
}

private enum Retention {
  /// Letters or files per transaction: a purge must not keep others from writing.
  static let batch = 200

  static func dropWorkingFiles(_ roles: [String], until limit: Moment, at moment: Moment, in db: Database) throws
    -> (looked: Int, dropped: Int)
  {
    let letters = try Row.fetchAll(
      db,
      sql: """
        SELECT id, state FROM letters
        WHERE isFinished = 1 AND filesPurgedAt IS NULL AND updatedAt <= ? ORDER BY updatedAt LIMIT ?
        """, arguments: [limit.milliseconds, batch])
    let list = try CanonicalJSON.text(roles)
    var dropped = 0
    for row in letters {
      let id = LetterID(row["id"])
      let gone = try Row.fetchAll(
        db,
        sql: """
          DELETE FROM letterBlobs WHERE letter = ? AND role IN (SELECT value FROM json_each(?)) RETURNING role, hash
          """, arguments: [id.rawValue, list])
      try db.execute(
        sql: "UPDATE letters SET filesPurgedAt = ? WHERE id = ?", arguments: [moment.milliseconds, id.rawValue])
      guard !gone.isEmpty else { continue }
      var parameters: [String: String] = [:]
      for file in gone { parameters[file["role"]] = file["hash"] }
      try LetterWriter.append([event(parameters)], to: id, state: row["state"], at: moment, in: db)
      dropped += 1
    }
    return (letters.count, dropped)
  }

  /// Lets go of the content of messages that were left to others or handed over to them; the file goes as one that
  /// nothing mentions any more.
  static func dropOtherMail(
    until limit: Moment, leaving nothing: BlobHash, blobs: BlobStore, at moment: Moment, in db: Database
  ) throws -> Int {
    let arrivals = try Int64.fetchAll(
      db,
      sql: """
        SELECT id FROM arrivals
        WHERE state = 'setAside' AND settledAt <= ? AND message <> ? AND nextAcknowledgementAt IS NULL
          AND (acknowledgement = 'leave' OR handedOverAt IS NOT NULL)
        ORDER BY settledAt LIMIT ?
        """, arguments: [limit.milliseconds, nothing.rawValue, batch])
    guard !arrivals.isEmpty else { return 0 }
    try LetterWriter.mention(nothing, at: moment, blobs: blobs, in: db)
    try db.execute(
      sql: "UPDATE arrivals SET message = ? WHERE id IN (SELECT value FROM json_each(?))",
      arguments: [nothing.rawValue, try CanonicalJSON.text(arrivals)])
    try EventChain.append(otherMailEvent(arrivals.count), letter: nil, state: nil, at: moment, in: db)
    return arrivals.count
  }

  private static func otherMailEvent(_ count: Int) -> NewEvent {
    NewEvent(
      kind: "mail.purged", actor: "system",
      sentence: ClerkSentence(
        vi: "Đã xóa nội dung \(count) gói tin không phải của cơ quan này theo thời hạn lưu.",
        en: "The content of \(count) messages that were not ours was removed at the end of its retention."))
  }

  /// Removes the files inside the transaction: while it holds the writer's lock, no row can begin to mention them.
  static func removeUnmentioned(_ hashes: [BlobHash], unusedSince limit: Date, blobs: BlobStore, in db: Database) throws
    -> Set<BlobHash>
  {
    var removed: Set<BlobHash> = []
    for hash in hashes {
      // Who stores the same bytes again renews the file's time; then it is about to be mentioned.
      guard try !Ledger.mentions(hash, in: db), try blobs.isUnused(hash, since: limit) else { continue }
      try db.cachedStatement(sql: "DELETE FROM blobs WHERE hash = ?").execute(arguments: [hash.rawValue])
      try blobs.remove(hash)
      removed.insert(hash)
    }
    return removed
  }

  private static func event(_ files: [String: String]) -> NewEvent {
    NewEvent(
      kind: RetentionPolicy.purgedEvent, actor: "system",
      sentence: ClerkSentence(
        vi: "Đã xóa các tệp làm việc theo thời hạn lưu; văn bản đã ký và thông điệp vẫn được lưu.",
        en: "Working files were removed at the end of their retention; the signed letter and the messages are kept."),
      parameters: files)
  }
}
