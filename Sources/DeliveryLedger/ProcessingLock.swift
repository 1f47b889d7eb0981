import Foundation

/// The right to process a ledger: held by one `lienthong run` at a time.
///
/// It is an advisory lock (`flock`) on `processing.lock` in the database folder, so the kernel frees it when the
/// process ends in whatever way. The descriptor is not inherited by child processes.
public final class ProcessingLock: Sendable {
  private let descriptor: Int32

  init(file: URL) throws {
    let descriptor = open(file.path(percentEncoded: false), O_RDWR | O_CREAT | O_CLOEXEC, 0o640)
    guard descriptor >= 0 else { throw LedgerError(errno: errno, doing: "opening \(file.lastPathComponent)") }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      let number = errno
      var holder = [UInt8](repeating: 0, count: 32)
      let count = pread(descriptor, &holder, holder.count, 0)
      close(descriptor)
      guard number == EWOULDBLOCK else { throw LedgerError(errno: number, doing: "locking \(file.lastPathComponent)") }
      let process = String(decoding: holder.prefix(max(count, 0)), as: UTF8.self)
      throw LedgerError(.alreadyRunning, detail: "another process holds \(file.lastPathComponent) (pid \(process))")
    }
    // The number is only for the message above; the lock itself is the kernel's.
    let process = String(getpid())
    _ = ftruncate(descriptor, 0)
    _ = process.withCString { pwrite(descriptor, $0, strlen($0), 0) }
    self.descriptor = descriptor
  }

  deinit { close(descriptor) }
}
