public import Foundation
import GRDB

extension Ledger {
  /// Writes a small file beside the blobs, syncs it and removes it; with `committing`, makes a durable commit as well.
  ///
  /// It shows whether the disk takes what work would write, before work needs it. Throws what work would meet:
  /// `.diskFull`, `.readOnly`, `.notWritable`, `.busy`, `.io`.
  public func checkWritable(committing: Bool) async throws {
    try await blobs.onDisk { [blobs] in try blobs.tryWriting(bytes: 1 << 16) }
    guard committing else { return }
    try await write { db in try db.execute(sql: "UPDATE ledger SET value = value WHERE key = 'identity'") }
  }

  /// Makes due at `now` whatever was to wait until after `limit`; returns how much that is.
  ///
  /// For a clock that was set back: what was put off by minutes would otherwise wait for the hours that are gone.
  @discardableResult
  public func bringForward(waitingBeyond limit: Date, at now: Date) async throws -> Int {
    let (limit, moment) = (Moment(limit).milliseconds, Moment(now).milliseconds)
    return try await write { db in
      var count = 0
      // The conditions are those of the partial indices.
      for (table, column, condition) in [
        ("transmissions", "nextAttemptAt", "state = 'queued'"), ("transmissions", "nextAttemptAt", "state = 'unknown'"),
        ("letters", "nextActionAt", "nextActionAt IS NOT NULL"), ("arrivals", "nextActionAt", "state = 'received'"),
        ("arrivals", "nextAcknowledgementAt", "nextAcknowledgementAt IS NOT NULL"),
        ("fetchTroubles", "nextAttemptAt", "TRUE"),
      ] {
        try db.execute(
          sql: "UPDATE \(table) SET \(column) = ?1 WHERE \(condition) AND \(column) > ?2", arguments: [moment, limit])
        count += db.changesCount
      }
      return count
    }
  }

  /// Makes due at `now` what waited because the axis was away, in the order in which it was queued; returns how much.
  ///
  /// A message to which the axis itself answered keeps its own time: it would come first again, and fail again, before
  /// those that it can take.
  @discardableResult
  public func resumeAfterOutage(at now: Date) async throws -> Int {
    let moment = Moment(now).milliseconds
    return try await write { db in
      try db.execute(
        sql: """
          UPDATE transmissions SET nextAttemptAt = queuedAt
          WHERE state = 'queued' AND nextAttemptAt > queuedAt AND attempts > 0
            AND coalesce(lastCause, '') NOT GLOB 'error-*' AND coalesce(lastCause, '') NOT GLOB 'http-4*'
          """)
      var count = db.changesCount
      try db.execute(
        sql: "UPDATE transmissions SET nextAttemptAt = ?1 WHERE state = 'unknown' AND nextAttemptAt > ?1",
        arguments: [moment])
      count += db.changesCount
      try db.execute(
        sql: """
          UPDATE arrivals SET nextAcknowledgementAt = ?1
          WHERE nextAcknowledgementAt IS NOT NULL AND nextAcknowledgementAt > ?1
          """, arguments: [moment])
      return count + db.changesCount
    }
  }
}

extension BlobStore {
  fileprivate func tryWriting(bytes: Int) throws {
    let file = folder.appending(path: "tmp/probe-\(UUID().uuidString)", directoryHint: .notDirectory)
    defer { unlink(file.path(percentEncoded: false)) }
    try DurableFile.write(Data(count: bytes), to: file)
  }
}
