public import Foundation

#if canImport(Glibc)
  import Glibc
#endif

/// A file in the temporary folder (`TMPDIR`) whose name is taken away before anything is written into it.
///
/// A letter holds personal data: a process that is killed leaves nothing of it behind, since the kernel frees the file
/// with its last reader.
public final class UnnamedFile: Sendable {
  /// Open for reading and writing, closed with its owner.
  public let descriptor: Int32

  /// By which this process, and no child of it, opens the file anew.
  public var path: String { "/proc/self/fd/\(descriptor)" }

  /// Throws `POSIXError` when the temporary folder takes no file.
  public init(_ content: Data = Data()) throws {
    let name = FileManager.default.temporaryDirectory.appending(path: "lienthong-\(UUID().uuidString)")
      .path(percentEncoded: false)
    descriptor = open(name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw Self.failure() }
    unlink(name)
    try write(content)
  }

  deinit { if descriptor >= 0 { close(descriptor) } }

  private func write(_ content: Data) throws {
    try content.withUnsafeBytes { bytes in
      var rest = bytes
      while !rest.isEmpty {
        let count = Glibc.write(descriptor, rest.baseAddress, rest.count)
        if count < 0 {
          if errno == EINTR { continue }
          throw Self.failure()
        }
        rest = UnsafeRawBufferPointer(rebasing: rest[count...])
      }
    }
  }

  private static func failure() -> POSIXError { POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
}
