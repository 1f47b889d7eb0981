public import Foundation
import GRDB

/// The delivery ledger: one SQLite file and one folder of blobs, the only truth about letters, messages and statuses.
///
/// Both ends, agency and certification authority, use the same schema; the Connector's state machines own the meaning
/// of states. Every writing method is one transaction that is on the disk when the method returns (WAL with
/// `synchronous=FULL`). Several processes may hold the same ledger open: `lienthong run` and commands beside it.
///
/// Methods throw ``LedgerError``, `CancellationError` when their task is cancelled (the transaction is then undone), or
/// what the caller's own closure throws.
public final class Ledger: Sendable {
  /// How a ledger is opened.
  public struct Options: Sendable {
    /// How long a transaction waits for another process before it throws `.busy`. Default 10 s.
    public var busyTimeout: Duration = .seconds(10)
    /// Mints the UUID of a sending agency, once per agency.
    public var mintUUID: @Sendable () -> UUID = { UUID() }
    /// Whether a folder without a ledger gets one; otherwise opening it throws `.notFound`. Default true.
    public var createsIfMissing = true
    /// Told of every statement, with its values: for tests that look at query plans.
    var trace: (@Sendable (String) -> Void)?
    public init() {}
  }

  /// The database folder: `ledger.sqlite`, `blobs/`, `processing.lock`.
  public let folder: URL
  let pool: DatabasePool
  let blobs: BlobStore
  let options: Options

  private init(folder: URL, pool: DatabasePool, blobs: BlobStore, options: Options) {
    self.folder = folder
    self.pool = pool
    self.blobs = blobs
    self.options = options
  }

  static let fileName = "ledger.sqlite"

  /// Opens the ledger in `folder`, or creates it there.
  ///
  /// An older file is first copied to `ledger-before-<time>.sqlite` and then migrated; the copy goes again if no step
  /// of the migration was done. A newer file is refused with `.newerFile`, another program's with `.notALedger`.
  public static func open(folder: URL, options: Options = Options(), at now: Date) throws -> Ledger {
    try open(folder: folder, options: options, migrator: LedgerSchema.migrator, at: now)
  }

  static func open(folder: URL, options: Options, migrator: DatabaseMigrator, at now: Date) throws -> Ledger {
    try LedgerError.translating {
      let file = folder.appending(path: fileName, directoryHint: .notDirectory)
      guard options.createsIfMissing || FileManager.default.fileExists(atPath: file.path(percentEncoded: false)) else {
        throw LedgerError(.notFound, detail: "no \(fileName) in \(folder.lastPathComponent)")
      }
      try FileManager.default.createParentFolders(of: folder)
      try DurableFile.makeFolder(folder)
      // Two processes that open a new or an older file at once migrate it one after the other.
      let opening = try OpeningLock(file: folder.appending(path: "opening.lock"))
      defer { opening.release() }
      try refuseForeignFile(file)
      let pool = try DatabasePool(path: file.path(percentEncoded: false), configuration: configuration(options))
      try requireFullSynchronous(pool)
      try migrate(pool, with: migrator, in: folder, at: now)
      armCommitHook(pool)
      try DurableFile.syncFolder(folder)
      return Ledger(
        folder: folder, pool: pool, blobs: try BlobStore(folder: folder.appending(path: "blobs")), options: options)
    }
  }

  /// Closes the file; later calls throw.
  public func close() throws {
    try LedgerError.translating { try pool.close() }
  }

  /// Takes the right to process this ledger; `.alreadyRunning` if another process, or another caller, has it.
  public func acquireProcessingLock() throws -> ProcessingLock {
    try ProcessingLock(file: folder.appending(path: "processing.lock", directoryHint: .notDirectory))
  }

  // MARK: - Transactions

  /// One transaction, durable when it returns.
  func write<Value: Sendable>(_ work: @escaping @Sendable (Database) throws -> Value) async throws -> Value {
    do {
      return try await pool.write { db in try LedgerError.translating { try work(db) } }
    } catch let error as DatabaseError {
      throw LedgerError(error)
    }
  }

  /// One consistent view.
  func read<Value: Sendable>(_ work: @escaping @Sendable (Database) throws -> Value) async throws -> Value {
    do {
      return try await pool.read { db in try LedgerError.translating { try work(db) } }
    } catch let error as DatabaseError {
      throw LedgerError(error)
    }
  }

  // MARK: - Opening

  private static func configuration(_ options: Options) -> Configuration {
    var configuration = Configuration()
    configuration.foreignKeysEnabled = true
    configuration.busyMode = .timeout(
      Double(options.busyTimeout.components.seconds)
        + Double(options.busyTimeout.components.attoseconds) / 1e18)
    configuration.maximumReaderCount = 4
    configuration.label = "lienthong.ledger"
    if let trace = options.trace {
      configuration.prepareDatabase { db in
        db.trace { event in
          if case .statement(let statement) = event { trace(statement.expandedSQL) }
        }
      }
    }
    return configuration
  }

  /// GRDB sets `synchronous=NORMAL` when it turns on WAL; a commit would then not survive a power cut.
  private static func requireFullSynchronous(_ pool: DatabasePool) throws {
    let (synchronous, journal) = try pool.writeWithoutTransaction { db in
      try db.execute(sql: "PRAGMA synchronous = FULL")
      return (
        try Int.fetchOne(db, sql: "PRAGMA synchronous"), try String.fetchOne(db, sql: "PRAGMA journal_mode")
      )
    }
    guard synchronous == 2, journal == "wal" else {
      throw LedgerError(.io, detail: "SQLite does not take synchronous=FULL in WAL (\(journal ?? "no journal"))")
    }
  }

  /// A file that is not a database, or another program's, is left alone before SQLite writes to it.
  private static func refuseForeignFile(_ file: URL) throws {
    guard let handle = FileHandle(forReadingAtPath: file.path(percentEncoded: false)) else { return }
    defer { try? handle.close() }
    let header = [UInt8]((try? handle.read(upToCount: 100)) ?? Data())
    if header.isEmpty { return }
    guard header.count == 100, header.starts(with: Array("SQLite format 3\0".utf8)) else {
      throw LedgerError(.notALedger, detail: "\(file.lastPathComponent) is not an SQLite file")
    }
    let identity = header[68..<72].reduce(Int32(0)) { $0 << 8 | Int32($1) }
    guard identity == LedgerSchema.applicationID || identity == 0 else {
      throw LedgerError(.notALedger, detail: "\(file.lastPathComponent) belongs to another program")
    }
  }

  private static func migrate(
    _ pool: DatabasePool, with migrator: DatabaseMigrator, in folder: URL, at now: Date
  ) throws {
    let (isNewer, isCurrent, isFresh, applied) = try pool.read { db in
      // A process that was killed while it made the file may have left just the migrator's own table.
      let isFresh =
        try Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_master WHERE tbl_name <> 'grdb_migrations'") == 0
      let applied = try migrator.appliedIdentifiers(db)
      guard isFresh || !applied.isEmpty else {
        throw LedgerError(.notALedger, detail: "the file holds tables of another program")
      }
      return (try migrator.hasBeenSuperseded(db), try migrator.hasCompletedMigrations(db), isFresh, applied)
    }
    if isNewer {
      throw LedgerError(.newerFile, detail: "the file has migrations that this release does not know")
    }
    if isCurrent { return }
    if isFresh { return try migrator.migrate(pool) }
    let copy = folder.appending(
      path: "ledger-before-\(Moment(now).milliseconds).sqlite", directoryHint: .notDirectory)
    do {
      try keepCopy(of: pool, as: copy)
      try migrator.migrate(pool)
    } catch {
      // While no step is committed the file still holds what the copy does, and every further try makes another.
      let reached = try? pool.read { db in try migrator.appliedIdentifiers(db) }
      if reached == applied { removeDatabase(copy) }
      throw error
    }
  }

  /// Copies the file; the copy gets its name when it is whole.
  private static func keepCopy(of pool: DatabasePool, as file: URL) throws {
    let folder = file.deletingLastPathComponent()
    let temporary = folder.appending(path: "ledger-unfinished.sqlite", directoryHint: .notDirectory)
    try copyDatabase(of: pool, to: temporary)
    guard rename(temporary.path(percentEncoded: false), file.path(percentEncoded: false)) == 0 else {
      let cause = errno
      // Another process migrates the same file just now, and took the name for its own copy.
      if cause == ENOENT { throw LedgerError(.busy, detail: "the ledger is being migrated by another process") }
      throw LedgerError(errno: cause, doing: "naming \(file.lastPathComponent)")
    }
    try DurableFile.syncFolder(folder)
  }

  /// SQLite's online backup into a new file, synced, in place of one that was left there; a failure leaves none.
  static func copyDatabase(of pool: DatabasePool, to file: URL) throws {
    removeDatabase(file)
    do {
      let copy = try DatabaseQueue(path: file.path(percentEncoded: false))
      try pool.backup(to: copy)
      try copy.close()
      try DurableFile.syncFolder(file.deletingLastPathComponent())
    } catch {
      removeDatabase(file)
      throw error
    }
  }

  /// Removes a database that is not open, and what SQLite may have left beside it.
  private static func removeDatabase(_ file: URL) {
    for suffix in ["", "-journal", "-wal", "-shm"] { unlink(file.path(percentEncoded: false) + suffix) }
  }
}

extension FileManager {
  /// Makes the folders above `folder`; the folder itself is made, and synced, by the caller.
  fileprivate func createParentFolders(of folder: URL) throws {
    let parent = folder.deletingLastPathComponent()
    do {
      try createDirectory(at: parent, withIntermediateDirectories: true)
    } catch {
      throw LedgerError(.notWritable, detail: "folder \(parent.lastPathComponent) cannot be made")
    }
  }
}

/// Held only while a ledger is opened and migrated; waits for its turn.
private final class OpeningLock {
  private let descriptor: Int32

  init(file: URL) throws {
    descriptor = Foundation.open(file.path(percentEncoded: false), O_RDWR | O_CREAT | O_CLOEXEC, 0o640)
    guard descriptor >= 0 else { throw LedgerError(errno: errno, doing: "opening \(file.lastPathComponent)") }
    while flock(descriptor, LOCK_EX) != 0 {
      let number = errno
      if number == EINTR { continue }
      close(descriptor)
      throw LedgerError(errno: number, doing: "locking \(file.lastPathComponent)")
    }
  }

  func release() { close(descriptor) }
}
