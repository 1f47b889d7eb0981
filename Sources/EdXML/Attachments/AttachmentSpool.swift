import SigningCore

#if canImport(Glibc)
  import Glibc
#endif

/// Takes the base64 text of one attachment in pieces and leaves its bytes in a file of its own, hashed on the way.
final class AttachmentSpool {
  enum State: Equatable {
    case taking
    case tooLarge
    case notBase64
  }

  private(set) var state = State.taking
  private(set) var byteCount = 0
  private(set) var isPadded = true
  /// The first bytes, by which the kind of content is told.
  private(set) var opening: [UInt8] = []
  let path: String
  private let descriptor: Int32
  private let digest: Digest
  private let limit: Int
  private var decoder = Base64Decoder()
  private let buffer = UnsafeMutablePointer<UInt8>.allocate(capacity: AttachmentSpool.capacity)
  private var filled = 0
  private var isKept = false

  private static let capacity = 160 << 10
  private static let flushAt = 64 << 10

  /// - Parameter folder: where the temporary file goes.
  init(folder: String, limit: Int) throws(EdXMLError) {
    do { digest = try Digest(.sha256) } catch {
      throw EdXMLError(code: .unreadable, detail: error.detail)
    }
    (descriptor, path) = try TemporaryFile.make(in: folder)
    self.limit = limit
  }

  deinit {
    close(descriptor)
    if !isKept { unlink(path) }
    buffer.deallocate()
  }

  func take(_ text: UnsafeRawBufferPointer) throws {
    var rest = text
    while !rest.isEmpty, state == .taking {
      let piece = UnsafeRawBufferPointer(rebasing: rest.prefix(64 << 10))
      rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(piece.count))
      let count = decoder.decode(piece, into: buffer + filled)
      added(count)
      if decoder.isBroken { state = .notBase64 }
      if filled >= Self.flushAt { try flush() }
    }
  }

  /// Ends the text; the file then holds everything.
  func finish() throws {
    let (bytes, isPadded) = decoder.finish()
    self.isPadded = isPadded
    if decoder.isBroken { state = .notBase64 }
    guard state == .taking else { return }
    for (index, byte) in bytes.enumerated() { buffer[filled + index] = byte }
    added(bytes.count)
    try flush()
  }

  /// The digest of the bytes as they came.
  func sha256() throws(EdXMLError) -> [UInt8] {
    do { return try digest.finalize() } catch { throw EdXMLError(code: .unreadable, detail: error.detail) }
  }

  /// Makes the file durable and gives it its final name.
  func keep(as final: String) throws(EdXMLError) {
    try TemporaryFile.publish(descriptor, path, as: final)
    isKept = true
  }

  private func added(_ count: Int) {
    if opening.count < 4 {
      opening.append(contentsOf: UnsafeBufferPointer(start: buffer + filled, count: min(count, 4 - opening.count)))
    }
    filled += count
    byteCount += count
    if byteCount > limit { state = .tooLarge }
  }

  private func flush() throws {
    guard filled > 0, state == .taking else { return }
    let bytes = UnsafeRawBufferPointer(start: buffer, count: filled)
    digest.update(bytes)
    try TemporaryFile.write(bytes, to: descriptor)
    filled = 0
  }
}

/// Files that are complete and durable before they have their name.
enum TemporaryFile {
  /// A new file with mode 0600 and a name that nobody guesses.
  static func make(in folder: String) throws(EdXMLError) -> (descriptor: Int32, path: String) {
    var template = Array("\(folder)/.incoming-XXXXXX".utf8CString)
    let descriptor = mkstemp(&template)
    guard descriptor >= 0 else { throw failure("make a temporary file") }
    _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
    let path = template.withUnsafeBufferPointer { $0.baseAddress.map { String(cString: $0) } ?? "" }
    return (descriptor, path)
  }

  static func write(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) throws(EdXMLError) {
    var rest = bytes
    while !rest.isEmpty {
      let count = Glibc.write(descriptor, rest.baseAddress, rest.count)
      if count < 0 {
        if errno == EINTR { continue }
        throw failure("write")
      }
      rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(count))
    }
  }

  /// Syncs the file and renames it; what had that name before is replaced in one step.
  static func publish(_ descriptor: Int32, _ path: String, as final: String) throws(EdXMLError) {
    guard fsync(descriptor) == 0 else { throw failure("fsync") }
    guard rename(path, final) == 0 else { throw failure("rename") }
  }

  /// Makes the names in a folder durable.
  static func syncFolder(_ folder: String) throws(EdXMLError) {
    let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw failure("open the folder") }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else { throw failure("fsync of the folder") }
  }

  static func failure(_ doing: String) -> EdXMLError {
    EdXMLError(code: .unwritable, detail: "\(doing): \(String(cString: strerror(errno)))")
  }
}
