#if canImport(Glibc)
  import Glibc
#endif

/// A file that is complete and durable before it has its name; without one it goes away with its owner.
final class TemporaryFile {
  let path: String
  private let descriptor: Int32
  private var isNamed: Bool

  /// A new file with mode 0600 and a name that nobody guesses; or with none, so that it is gone with this process
  /// however that ends.
  init(in folder: String, isNamed: Bool = true) throws(EdXMLError) {
    var template = Array("\(folder)/.incoming-XXXXXX".utf8CString)
    descriptor = mkstemp(&template)
    guard descriptor >= 0 else { throw Self.failure("make a temporary file") }
    _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
    let name = template.withUnsafeBufferPointer { $0.baseAddress.map { String(cString: $0) } ?? "" }
    self.isNamed = isNamed
    path = isNamed ? name : "/proc/self/fd/\(descriptor)"
    if !isNamed { unlink(name) }
  }

  deinit {
    if descriptor >= 0 { close(descriptor) }
    if isNamed { unlink(path) }
  }

  func write(_ bytes: UnsafeRawBufferPointer) throws(EdXMLError) {
    var rest = bytes
    while !rest.isEmpty {
      let count = Glibc.write(descriptor, rest.baseAddress, rest.count)
      if count < 0 {
        if errno == EINTR { continue }
        throw Self.failure("write")
      }
      rest = UnsafeRawBufferPointer(rebasing: rest[count...])
    }
  }

  /// Syncs the file and renames it; what had that name before is replaced in one step.
  func publish(as final: String) throws(EdXMLError) {
    guard fsync(descriptor) == 0 else { throw Self.failure("fsync") }
    guard rename(path, final) == 0 else { throw Self.failure("rename") }
    isNamed = false
  }

  /// Makes the names in a folder durable.
  static func syncFolder(_ folder: String) throws(EdXMLError) {
    let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw failure("open the folder") }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else { throw failure("fsync of the folder") }
  }

  private static func failure(_ doing: String) -> EdXMLError {
    EdXMLError(code: .unwritable, detail: "\(doing): \(String(cString: strerror(errno)))")
  }
}
