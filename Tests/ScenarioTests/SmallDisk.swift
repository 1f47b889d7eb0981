import Foundation
import Testing

/// A small file system of its own (tmpfs) over a data folder, so that it can be full, or read-only, alone.
struct SmallDisk {
  /// Whether this test may mount; without that the drills that need a disk of their own are skipped.
  static let isPossible: Bool = {
    guard geteuid() == 0 else { return false }
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("lienthong-mount-\(UUID().uuidString)")
    guard mkdir(folder.path, 0o700) == 0 else { return false }
    defer { rmdir(folder.path) }
    guard mount("tmpfs", folder.path, "tmpfs", 0, "size=64k") == 0 else { return false }
    return umount2(folder.path, 0) == 0
  }()

  /// Whether files can be made unchangeable, even for root and for who has them open: what a disk does to its users when
  /// the kernel makes it read-only after an error.
  static let canFreeze: Bool = {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("lienthong-freeze-\(UUID().uuidString)")
    guard mkdir(folder.path, 0o700) == 0 else { return false }
    defer { rmdir(folder.path) }
    let file = folder.appendingPathComponent("x").path
    let descriptor = open(file, O_RDWR | O_CREAT, 0o600)
    defer {
      close(descriptor)
      unlink(file)
    }
    guard (try? change("+i", [file])) == true else { return false }
    let isFrozen = write(descriptor, "x", 1) == -1
    return (try? change("-i", [file])) == true && isFrozen
  }()

  let folder: URL
  private var filler: URL { folder.appendingPathComponent("filler") }

  /// Mounts it; what the folder held is hidden until it is gone.
  init(over folder: URL, megabytes: Int) throws {
    self.folder = folder
    try #require(mount("tmpfs", folder.path, "tmpfs", 0, "size=\(megabytes)m") == 0, "mount: errno \(errno)")
  }

  func remove() { umount2(folder.path, Int32(MNT_DETACH)) }

  /// Takes every byte that is left.
  func fill() throws {
    let descriptor = open(filler.path, O_WRONLY | O_CREAT | O_APPEND, 0o600)
    try #require(descriptor >= 0)
    defer { close(descriptor) }
    let block = [UInt8](repeating: 0, count: 4096)
    while write(descriptor, block, block.count) > 0 {}
    try #require(errno == ENOSPC)
  }

  func makeRoom() { unlink(filler.path) }

  /// While no process has it open for writing.
  func setReadOnly(_ isReadOnly: Bool) throws {
    let flags = UInt(MS_REMOUNT) | (isReadOnly ? UInt(MS_RDONLY) : 0)
    try #require(mount("tmpfs", folder.path, "tmpfs", flags, nil) == 0, "remount: errno \(errno)")
  }

  /// Freezes or thaws what lies in `folder`, SQLite's shared memory excepted: that is memory and no file.
  static func freeze(_ isFrozen: Bool, _ folder: URL) throws {
    let all = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)?.compactMap { $0 as? URL }
    let paths = [folder.path] + (all ?? []).map(\.path).filter { !$0.hasSuffix("-shm") }
    try #require(try change(isFrozen ? "+i" : "-i", paths))
  }

  private static func change(_ flag: String, _ paths: [String]) throws -> Bool {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["chattr", flag] + paths
    process.standardError = FileHandle.nullDevice
    try process.launchAlone()
    process.waitUntilExit()
    return process.terminationStatus == 0
  }
}
