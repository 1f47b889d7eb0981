import Dispatch
import Foundation
import Synchronization

/// The messages' files: `incoming/` while they arrive, `messages/xx/<id>.edxml` once they are whole and on the disk.
///
/// One process owns the folder, by a lock that ends with it.
final class MessageFolder: Sendable {
  let root: String
  /// The descriptor of the lock file; nil once it is given up.
  private let lock: Mutex<Int32?>
  /// File work runs here, off the threads that serve requests.
  private let queue = DispatchQueue(label: "vn.lienthong.axis.files", attributes: .concurrent)

  init(root: String) throws(AxisServerError) {
    self.root = root
    do {
      for folder in [root, root + "/incoming", root + "/messages"] {
        try FileManager.default.createDirectory(
          atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
      }
    } catch {
      throw AxisServerError(.dataNotWritable, "cannot make the data folder \(root): \(error.localizedDescription)")
    }
    let descriptor = open(root + "/axis.lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw AxisServerError(.dataNotWritable, "cannot write in \(root): errno \(errno)") }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      close(descriptor)
      throw AxisServerError(.dataInUse, "another process holds \(root)/axis.lock")
    }
    lock = Mutex(descriptor)
    // What was still arriving when a process died was never acknowledged.
    for name in (try? FileManager.default.contentsOfDirectory(atPath: root + "/incoming")) ?? [] {
      unlink(root + "/incoming/" + name)
    }
  }

  deinit { release() }

  /// Gives the folder up, so that another axis may take it.
  func release() {
    lock.withLock { descriptor in
      if let held = descriptor { close(held) }
      descriptor = nil
    }
  }

  func path(of id: String) -> String { "\(root)/messages/\(id.prefix(2))/\(id).edxml" }

  /// A new file for a message that arrives.
  func incoming(_ id: String) throws(AxisFailure) -> IncomingMessage {
    try IncomingMessage(path: "\(root)/incoming/\(id).part")
  }

  /// Moves a whole, synced file to its place and makes the move durable; only after this may a row name it.
  func keep(_ message: IncomingMessage, as id: String) async throws(AxisFailure) {
    let (source, target) = (message.path, path(of: id))
    let folder = "\(root)/messages/\(id.prefix(2))"
    let number = await run { () -> Int32 in
      if mkdir(folder, 0o700) != 0 && errno != EEXIST { return errno }
      guard rename(source, target) == 0 else { return errno }
      return Self.sync(folder: folder) && Self.sync(folder: self.root + "/messages") ? 0 : EIO
    }
    guard number == 0 else { throw AxisFailure("20", "the message cannot be stored: errno \(number)") }
  }

  /// Removes a file whose row could not be written.
  func drop(_ id: String) {
    unlink(path(of: id))
  }

  /// Removes files without a row: a process died between the file and the commit.
  func removeOrphans(known: (String) throws -> Bool) throws {
    for folder in (try? FileManager.default.contentsOfDirectory(atPath: root + "/messages")) ?? [] {
      for name in (try? FileManager.default.contentsOfDirectory(atPath: "\(root)/messages/\(folder)")) ?? []
      where try name.hasSuffix(".edxml") && !known(String(name.dropLast(6))) {
        unlink("\(root)/messages/\(folder)/\(name)")
      }
    }
  }

  func run<Value: Sendable>(_ work: @escaping @Sendable () -> Value) async -> Value {
    await withCheckedContinuation { continuation in
      queue.async { continuation.resume(returning: work()) }
    }
  }

  private static func sync(folder: String) -> Bool {
    let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    return fsync(descriptor) == 0
  }
}
