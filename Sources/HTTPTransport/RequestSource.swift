import CCurl
import Foundation

/// The bytes of a request's body, read in order, from memory or a file with what stands before and after it.
final class RequestSource {
  /// The body's length as announced to the peer.
  let byteCount: Int
  private(set) var failure: String?
  private let prefix: [UInt8]
  private let suffix: [UInt8]
  private let descriptor: Int32
  private let fileByteCount: Int
  private var offset = 0

  init(_ body: TransportBody) throws(TransportError) {
    let file: String?
    switch body {
    case .none: (prefix, file, suffix) = ([], nil, [])
    case .bytes(let given): (prefix, file, suffix) = (given, nil, [])
    case .file(let path, let after): (prefix, file, suffix) = ([], path, after)
    case .framedFile(let before, let path, let after): (prefix, file, suffix) = (before, path, after)
    }
    if let path = file {
      let opened = open(path, O_RDONLY | O_CLOEXEC)
      guard opened >= 0 else {
        throw TransportError(.bodyUnreadable, reach: .neverSent, detail: "cannot open the file to send: errno \(errno)")
      }
      var status = stat()
      guard fstat(opened, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
        close(opened)
        throw TransportError(.bodyUnreadable, reach: .neverSent, detail: "what is to be sent is not a plain file")
      }
      (descriptor, fileByteCount) = (opened, Int(status.st_size))
    } else {
      (descriptor, fileByteCount) = (-1, 0)
    }
    byteCount = prefix.count + fileByteCount + suffix.count
  }

  deinit {
    if descriptor >= 0 { close(descriptor) }
  }

  /// Fills `target`; 0 at the end, nil if the file cannot be read or has become shorter.
  func read(into target: UnsafeMutableRawBufferPointer) -> Int? {
    guard let start = target.baseAddress, offset < byteCount else { return 0 }
    if offset < prefix.count { return copy(prefix[offset...], into: target) }
    let place = offset - prefix.count
    guard place < fileByteCount else { return copy(suffix[(place - fileByteCount)...], into: target) }
    let count = pread(descriptor, start, min(target.count, fileByteCount - place), off_t(place))
    guard count > 0 else {
      failure =
        count == 0 ? "the file to send became shorter under way" : "cannot read the file to send: errno \(errno)"
      return nil
    }
    offset += count
    return count
  }

  private func copy(_ bytes: ArraySlice<UInt8>, into target: UnsafeMutableRawBufferPointer) -> Int {
    let count = min(target.count, bytes.count)
    target.copyBytes(from: bytes.prefix(count))
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
