import Foundation
import SigningCore

/// Files named by the SHA-256 of their bytes, under `blobs/ab/<hash>`.
///
/// A blob is on the disk, name included, before its hash is returned: file written under a temporary name, synced,
/// renamed, folder synced. So a row that mentions a hash never outlives its file.
struct BlobStore: Sendable {
  let folder: URL
  private let queue = DispatchQueue(label: "lienthong.ledger.blobs", attributes: .concurrent)

  init(folder: URL) throws {
    self.folder = folder
    try DurableFile.makeFolder(folder)
    try DurableFile.makeFolder(temporaryFolder)
  }

  private var temporaryFolder: URL { folder.appending(path: "tmp", directoryHint: .isDirectory) }

  func url(of hash: BlobHash) -> URL {
    folder.appending(path: String(hash.rawValue.prefix(2)), directoryHint: .isDirectory)
      .appending(path: hash.rawValue, directoryHint: .notDirectory)
  }

  /// The size in bytes; `.notFound` if the blob is missing.
  func size(of hash: BlobHash) throws -> Int64 {
    var status = stat()
    guard stat(url(of: hash).path(percentEncoded: false), &status) == 0 else {
      throw LedgerError(errno: errno, doing: "blob \(hash)")
    }
    return Int64(status.st_size)
  }

  /// Runs blocking file work off the cooperative pool.
  func onDisk<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
      queue.async { continuation.resume(with: Result(catching: work)) }
    }
  }

  func store(_ bytes: Data) throws -> BlobHash {
    let hash = try Self.hash { try Digest.of(bytes) }
    if try touchExisting(hash, size: Int64(bytes.count)) { return hash }
    let temporary = temporaryFolder.appending(path: UUID().uuidString, directoryHint: .notDirectory)
    do {
      try DurableFile.write(bytes, to: temporary)
      guard try install(temporary, as: hash) else {
        throw LedgerError(.io, detail: "the blob folder spans two file systems")
      }
    } catch {
      unlink(temporary.path(percentEncoded: false))
      throw error
    }
    return hash
  }

  func adopt(_ file: URL) throws -> BlobHash {
    let path = file.path(percentEncoded: false)
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
    guard descriptor >= 0 else { throw LedgerError(errno: errno, doing: "adopting a file") }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw LedgerError(errno: errno, doing: "adopting a file") }
    guard status.st_mode & S_IFMT == S_IFREG else { throw LedgerError(.invalid, detail: "not a regular file") }
    let size = Int(status.st_size)
    let hash = try Self.hash {
      let digest = try Digest(.sha256)
      try digest.update(fileDescriptor: descriptor, range: 0..<size)
      return try digest.finalize()
    }
    if try touchExisting(hash, size: Int64(size)) {
      unlink(path)
      return hash
    }
    guard fsync(descriptor) == 0 else { throw LedgerError(errno: errno, doing: "syncing a blob") }
    _ = fchmod(descriptor, 0o440)
    guard try install(file, as: hash) else {
      // Another file system: a rename cannot move it, so its bytes are copied and hashed again on the way.
      let copied = try copyIn(file)
      guard copied == hash else { throw LedgerError(.invalid, detail: "the file changed while it was adopted") }
      unlink(path)
      return hash
    }
    return hash
  }

  func read(_ hash: BlobHash, limit: Int) throws -> Data {
    guard try size(of: hash) <= limit else {
      throw LedgerError(.invalid, detail: "blob \(hash) is larger than \(limit) bytes")
    }
    let bytes: Data
    do {
      bytes = try Data(contentsOf: url(of: hash))
    } catch {
      throw LedgerError(.io, detail: "blob \(hash) cannot be read")
    }
    guard try Self.hash({ try Digest.of(bytes) }) == hash else {
      throw LedgerError(.corrupt, detail: "the bytes of blob \(hash) do not have its hash")
    }
    return bytes
  }

  /// The hash of the bytes that are on the disk now, for verification.
  func actualHash(of hash: BlobHash) throws -> BlobHash {
    let descriptor = open(url(of: hash).path(percentEncoded: false), O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw LedgerError(errno: errno, doing: "blob \(hash)") }
    defer { close(descriptor) }
    let size = Int(try self.size(of: hash))
    return try Self.hash {
      let digest = try Digest(.sha256)
      try digest.update(fileDescriptor: descriptor, range: 0..<size)
      return try digest.finalize()
    }
  }

  /// The folders among which the blobs are spread.
  func shelves() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder.path(percentEncoded: false)).filter { $0.count == 2 }
      .sorted()
  }

  /// Every blob of a shelf that was last used before `limit`, with its size.
  func files(of shelf: String, unusedSince limit: Date) throws -> [(hash: BlobHash, bytes: Int64)] {
    let path = folder.appending(path: shelf).path(percentEncoded: false)
    var found: [(hash: BlobHash, bytes: Int64)] = []
    for name in try FileManager.default.contentsOfDirectory(atPath: path).sorted() {
      guard let hash = BlobHash(rawValue: name) else { continue }
      var status = stat()
      guard stat(path + "/" + name, &status) == 0 else { continue }
      if Date(timeIntervalSince1970: TimeInterval(status.st_mtim.tv_sec)) <= limit {
        found.append((hash, Int64(status.st_size)))
      }
    }
    return found
  }

  /// Whether the blob is there and was last used before `limit`.
  func isUnused(_ hash: BlobHash, since limit: Date) throws -> Bool {
    var status = stat()
    guard stat(url(of: hash).path(percentEncoded: false), &status) == 0 else { return false }
    return Date(timeIntervalSince1970: TimeInterval(status.st_mtim.tv_sec)) <= limit
  }

  func remove(_ hash: BlobHash) throws {
    guard unlink(url(of: hash).path(percentEncoded: false)) == 0 || errno == ENOENT else {
      throw LedgerError(errno: errno, doing: "removing blob \(hash)")
    }
  }

  /// Removes temporary files that a killed process left behind; only for who holds the processing lock.
  func removeLeftovers(olderThan limit: Date) throws {
    for name in try FileManager.default.contentsOfDirectory(atPath: temporaryFolder.path(percentEncoded: false)) {
      let path = temporaryFolder.appending(path: name).path(percentEncoded: false)
      var status = stat()
      if stat(path, &status) == 0, Date(timeIntervalSince1970: TimeInterval(status.st_mtim.tv_sec)) < limit {
        unlink(path)
      }
    }
  }

  // MARK: -

  /// True if the blob is there with the right size: its time of last use is renewed, so that a purge leaves it alone.
  private func touchExisting(_ hash: BlobHash, size: Int64) throws -> Bool {
    let target = url(of: hash)
    var status = stat()
    guard stat(target.path(percentEncoded: false), &status) == 0, Int64(status.st_size) == size else { return false }
    guard utimensat(AT_FDCWD, target.path(percentEncoded: false), nil, 0) == 0 else { return false }
    // The process that made it may have died between its rename and its sync of the folder.
    try DurableFile.syncFolder(target.deletingLastPathComponent())
    return true
  }

  /// Gives the synced file its name for good; false if it lies on another file system.
  private func install(_ file: URL, as hash: BlobHash) throws -> Bool {
    let target = url(of: hash)
    let shelf = target.deletingLastPathComponent()
    try DurableFile.makeFolder(shelf)
    guard rename(file.path(percentEncoded: false), target.path(percentEncoded: false)) == 0 else {
      if errno == EXDEV { return false }
      throw LedgerError(errno: errno, doing: "naming a blob")
    }
    try DurableFile.syncFolder(shelf)
    return true
  }

  /// Copies a file of any file system in, hashed on the way.
  func copyIn(_ file: URL) throws -> BlobHash {
    let temporary = temporaryFolder.appending(path: UUID().uuidString, directoryHint: .notDirectory)
    do {
      let digest = try DurableFile.copy(file, to: temporary)
      let hash = try Self.hash { digest }
      guard try install(temporary, as: hash) else {
        throw LedgerError(.io, detail: "the blob folder spans two file systems")
      }
      return hash
    } catch {
      unlink(temporary.path(percentEncoded: false))
      throw error
    }
  }

  static func hash(_ digest: () throws -> [UInt8]) throws -> BlobHash {
    let bytes: [UInt8]
    do {
      bytes = try digest()
    } catch let error as SigningError {
      throw LedgerError(.io, detail: "SHA-256: \(error.code)")
    }
    guard let hash = BlobHash(rawValue: bytes.hexadecimal) else {
      throw LedgerError(.io, detail: "SHA-256 has the wrong length")
    }
    return hash
  }
}
