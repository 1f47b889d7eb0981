import CCurl
import Foundation

/// The bytes of a request's body, read in order, from memory or a file with a suffix.
final class RequestSource {
  /// The body's length as announced to the peer.
  let byteCount: Int
  private(set) var failure: String?
  private let bytes: [UInt8]
  private let descriptor: Int32
  private let fileByteCount: Int
  private var offset = 0

  init(_ body: TransportBody) throws(TransportError) {
    switch body {
    case .none:
      (bytes, descriptor, fileByteCount) = ([], -1, 0)
    case .bytes(let given):
      (bytes, descriptor, fileByteCount) = (given, -1, 0)
    case .file(let path, let suffix):
      let opened = open(path, O_RDONLY | O_CLOEXEC)
      guard opened >= 0 else {
        throw TransportError(.bodyUnreadable, reach: .neverSent, detail: "cannot open the file to send: errno \(errno)")
      }
      var status = stat()
      guard fstat(opened, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
        close(opened)
        throw TransportError(.bodyUnreadable, reach: .neverSent, detail: "what is to be sent is not a plain file")
      }
      (bytes, descriptor, fileByteCount) = (suffix, opened, Int(status.st_size))
    }
    byteCount = fileByteCount + bytes.count
  }

  deinit {
    if descriptor >= 0 { close(descriptor) }
  }

  /// Fills `target`; 0 at the end, nil if the file cannot be read or has become shorter.
  func read(into target: UnsafeMutableRawBufferPointer) -> Int? {
    guard let start = target.baseAddress, offset < byteCount else { return 0 }
    if offset < fileByteCount {
      let wanted = min(target.count, fileByteCount - offset)
      let count = pread(descriptor, start, wanted, off_t(offset))
      guard count > 0 else {
        failure =
          count == 0 ? "the file to send became shorter under way" : "cannot read the file to send: errno \(errno)"
        return nil
      }
      offset += count
      return count
    }
    let from = offset - fileByteCount
    let count = min(target.count, bytes.count - from)
    target.copyBytes(from: bytes[from..<(from + count)])
    offset += count
    return count
  }

  /// For a repeated request only: libcurl starts again from there.
  func seek(to position: Int) -> Bool {
    guard (0...byteCount).contains(position) else { return false }
    offset = position
    return true
  }
}
