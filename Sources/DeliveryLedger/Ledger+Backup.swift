public import Foundation
import GRDB

/// What a backup holds.
public struct BackupReport: Sendable, Hashable, Codable {
  public let folder: URL
  public let blobs: Int
  public let bytes: Int64
  /// The end of the event chain in the backup.
  public let head: ChainHead
  /// What the check of the finished backup found.
  public let verification: LedgerVerification
}

extension Ledger {
  /// Copies the ledger while it is in use, into a new folder that opens as a ledger by itself, and verifies the copy.
  ///
  /// The database is copied first, at one moment; then every blob that the copy mentions, hashed on the way. If a purge
  /// removes one of them meanwhile, the database is copied anew and the blobs taken so far are kept.
  /// - Parameter restoring: whether the copy is to be worked on: before it has its name it carries the condition that it
  ///   was made from a backup and has not been told so by ``noteRestored(at:steps:)``.
  /// - Throws: `.duplicate` if the folder holds a ledger already.
  public func backup(to target: URL, restoring: Bool = false, at now: Date) async throws -> BackupReport {
    let file = target.appending(path: Ledger.fileName, directoryHint: .notDirectory)
    let temporary = target.appending(path: "unfinished.sqlite", directoryHint: .notDirectory)
    try await blobs.onDisk {
      guard !FileManager.default.fileExists(atPath: file.path(percentEncoded: false)) else {
        throw LedgerError(.duplicate, detail: "\(target.lastPathComponent) holds a ledger already")
      }
      try DurableFile.makeFolder(target)
    }
    var mentioned = try await copyDatabase(to: temporary, restoring: restoring, at: now)
    let copies = try BlobStore(folder: target.appending(path: "blobs"))
    var renewals = 0
    while let purged = try await firstPurged(of: mentioned, copyingTo: copies) {
      guard renewals < 3 else {
        throw LedgerError(.notFound, detail: "blob \(purged) was purged while it was backed up")
      }
      renewals += 1
      let renewed = try await copyDatabase(to: temporary, restoring: restoring, at: now)
      let dropped = Set(mentioned).subtracting(renewed)
      try await blobs.onDisk { for hash in dropped { try copies.remove(hash) } }
      mentioned = renewed
    }
    // The file gets its name last: an interrupted backup never looks like a whole one.
    guard rename(temporary.path(percentEncoded: false), file.path(percentEncoded: false)) == 0 else {
      throw LedgerError(errno: errno, doing: "naming the backup")
    }
    try DurableFile.syncFolder(target)
    let copy = try Ledger.open(folder: target, options: options, at: now)
    let verification = try await copy.verify()
    try copy.close()
    return BackupReport(
      folder: target, blobs: mentioned.count, bytes: verification.blobBytes, head: verification.head,
      verification: verification)
  }

  /// Copies the database, at one moment and in place of an earlier copy; returns the blobs that the copy mentions.
  private func copyDatabase(to temporary: URL, restoring: Bool, at now: Date) async throws -> [BlobHash] {
    try await blobs.onDisk { [pool] in
      try LedgerError.translating {
        try Ledger.copyDatabase(of: pool, to: temporary)
        if restoring { try Ledger.markRestored(temporary, at: Moment(now)) }
        return try Ledger.mentionedBlobs(in: temporary)
      }
    }
  }

  /// Copies the blobs that the copies lack, up to the first that is gone because nothing mentions it any more; nil if
  /// all are there. A missing blob that is still mentioned is an error.
  private func firstPurged(of hashes: [BlobHash], copyingTo copies: BlobStore) async throws -> BlobHash? {
    for hash in hashes {
      do {
        try await blobs.onDisk { [blobs] in try copies.take(hash, from: blobs) }
      } catch let error as LedgerError where error.code == .notFound {
        if try await mentions(hash) { throw error }
        return hash
      }
    }
    return nil
  }

  /// Whether any row mentions the blob now.
  func mentions(_ hash: BlobHash) async throws -> Bool {
    try await read { db in try Self.mentions(hash, in: db) }
  }

  /// Whether any row mentions the blob.
  static func mentions(_ hash: BlobHash, in db: Database) throws -> Bool {
    try Bool.fetchOne(
      try db.cachedStatement(
        sql: """
          SELECT EXISTS (SELECT 1 FROM letterBlobs WHERE hash = ?1)
            OR EXISTS (SELECT 1 FROM transmissions WHERE message = ?1)
            OR EXISTS (SELECT 1 FROM arrivals WHERE message = ?1)
          """), arguments: [hash.rawValue]) ?? false
  }

  private static func mentionedBlobs(in file: URL) throws -> [BlobHash] {
    var configuration = Configuration()
    configuration.readonly = true
    let copy = try DatabaseQueue(path: file.path(percentEncoded: false), configuration: configuration)
    defer { try? copy.close() }
    return try copy.read { db in
      try String.fetchAll(
        db,
        sql: """
          SELECT hash FROM letterBlobs UNION SELECT message FROM transmissions WHERE message IS NOT NULL
          UNION SELECT message FROM arrivals ORDER BY 1
          """
      ).map { text in
        guard let hash = BlobHash(rawValue: text) else {
          throw LedgerError(.corrupt, detail: "a blob's hash is damaged")
        }
        return hash
      }
    }
  }
}

extension BlobStore {
  /// Copies one blob of another store; `.corrupt` if its bytes are no longer what its name says.
  func take(_ hash: BlobHash, from other: BlobStore) throws {
    if FileManager.default.fileExists(atPath: url(of: hash).path(percentEncoded: false)) { return }
    guard try copyIn(other.url(of: hash)) == hash else {
      throw LedgerError(.corrupt, detail: "the bytes of blob \(hash) do not have its hash")
    }
  }
}
