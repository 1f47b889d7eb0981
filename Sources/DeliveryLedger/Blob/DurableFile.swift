import Foundation
import SigningCore

/// File writes that are on the disk, names included, when they return.
enum DurableFile {
  /// Makes a folder if it is missing; its entry in the parent is synced.
  static func makeFolder(_ folder: URL) throws {
    let path = folder.path(percentEncoded: false)
    if mkdir(path, 0o750) == 0 {
      try syncFolder(folder.deletingLastPathComponent())
    } else if errno != EEXIST {
      throw LedgerError(errno: errno, doing: "making folder \(folder.lastPathComponent)")
    }
  }

  /// Writes a new file, read-only afterwards, and syncs its bytes; the caller renames it and syncs the folder.
  static func write(_ bytes: Data, to file: URL) throws {
    try create(file) { descriptor in
      try bytes.withUnsafeBytes { try writeAll($0, to: descriptor) }
    }
  }

  /// Copies a file in pieces and returns the SHA-256 of what was copied.
  static func copy(_ source: URL, to file: URL) throws -> [UInt8] {
    let input = open(source.path(percentEncoded: false), O_RDONLY | O_CLOEXEC)
    guard input >= 0 else { throw LedgerError(errno: errno, doing: "reading \(source.lastPathComponent)") }
    defer { close(input) }
    let digest: Digest
    do {
      digest = try Digest(.sha256)
    } catch {
      throw LedgerError(.io, detail: "SHA-256: \(error.code)")
    }
    try create(file) { output in
      var buffer = [UInt8](repeating: 0, count: 1 << 18)
      while true {
        let count = buffer.withUnsafeMutableBytes { Glibc.read(input, $0.baseAddress, $0.count) }
        if count < 0, errno == EINTR { continue }
        guard count >= 0 else { throw LedgerError(errno: errno, doing: "reading \(source.lastPathComponent)") }
        if count == 0 { break }
        try buffer.withUnsafeBytes {
          let piece = UnsafeRawBufferPointer(rebasing: $0[..<count])
          digest.update(piece)
          try writeAll(piece, to: output)
        }
      }
    }
    do {
      return try digest.finalize()
    } catch {
      throw LedgerError(.io, detail: "SHA-256: \(error.code)")
    }
  }

  static func syncFolder(_ folder: URL) throws {
    let descriptor = open(folder.path(percentEncoded: false), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw LedgerError(errno: errno, doing: "opening folder \(folder.lastPathComponent)") }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else {
      throw LedgerError(errno: errno, doing: "syncing folder \(folder.lastPathComponent)")
    }
  }

  private static func create(_ file: URL, _ fill: (Int32) throws -> Void) throws {
    let descriptor = open(file.path(percentEncoded: false), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o440)
    guard descriptor >= 0 else { throw LedgerError(errno: errno, doing: "creating \(file.lastPathComponent)") }
    do {
      try fill(descriptor)
      guard fsync(descriptor) == 0 else { throw LedgerError(errno: errno, doing: "syncing \(file.lastPathComponent)") }
    } catch {
      close(descriptor)
      throw error
    }
    guard close(descriptor) == 0 else { throw LedgerError(errno: errno, doing: "closing \(file.lastPathComponent)") }
  }

  private static func writeAll(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) throws {
    var rest = bytes
    while !rest.isEmpty {
      let count = Glibc.write(descriptor, rest.baseAddress, rest.count)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw LedgerError(errno: errno, doing: "writing a file") }
      rest = UnsafeRawBufferPointer(rebasing: rest[count...])
    }
  }
}
