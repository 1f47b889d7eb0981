import Foundation

/// The bytes of a PDF, in memory or in a file that is read in pieces.
///
/// A large file is never mapped or held whole. It must not change while it is read; the connector reads from its own store.
public final class PDFSource {
  /// Length, bytes.
  public let count: Int
  private let bytes: [UInt8]?
  private let handle: FileHandle?
  /// The last piece read from the file.
  private var window: [UInt8] = []
  private var windowStart = 0
  private static let piece = 64 << 10

  public init(bytes: [UInt8]) {
    self.bytes = bytes
    self.count = bytes.count
    self.handle = nil
  }

  /// - Throws: ``PDFError`` with `inaccessible` or `tooLarge`.
  public init(path: String, limits: PDFLimits = PDFLimits()) throws(PDFError) {
    guard let handle = FileHandle(forReadingAtPath: path) else {
      throw PDFError(.inaccessible, "the file cannot be opened")
    }
    var status = stat()
    guard fstat(handle.fileDescriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      throw PDFError(.inaccessible, "no regular file")
    }
    let length: UInt64
    do { length = try handle.seekToEnd() } catch { throw PDFError(.inaccessible, "the file has no length") }
    guard length <= UInt64(limits.fileSize) else { throw PDFError(.tooLarge, "file of \(length) bytes") }
    count = Int(length)
    if count <= limits.wholeInMemory {
      bytes = try Self.read(handle, 0..<count)
      self.handle = nil
    } else {
      bytes = nil
      self.handle = handle
    }
  }

  /// The bytes in `range`, without a copy when they are in memory.
  /// - Throws: ``PDFError`` with `inaccessible` when the file cannot be read or has become shorter, else what `body` throws.
  public func withBytes<R>(
    _ range: Range<Int>, _ body: (UnsafeRawBufferPointer) throws(PDFError) -> R
  ) throws(PDFError) -> R {
    guard range.lowerBound >= 0, range.upperBound <= count else {
      throw PDFError(.objectBroken, at: range.lowerBound, "beyond the end of the file")
    }
    if let bytes {
      var result: Result<R, PDFError>?
      bytes.withUnsafeBytes { buffer in
        result = Result { () throws(PDFError) in try body(UnsafeRawBufferPointer(rebasing: buffer[range])) }
      }
      guard let result else { throw PDFError(.inaccessible, "no bytes") }
      return try result.get()
    }
    guard let handle else { throw PDFError(.inaccessible, "the file is closed") }
    if range.lowerBound < windowStart || range.upperBound > windowStart + window.count {
      let start = range.lowerBound
      window = try Self.read(handle, start..<min(count, max(range.upperBound, start + Self.piece)))
      windowStart = start
    }
    let inside = (range.lowerBound - windowStart)..<(range.upperBound - windowStart)
    let piece = window
    var result: Result<R, PDFError>?
    piece.withUnsafeBytes { buffer in
      result = Result { () throws(PDFError) in try body(UnsafeRawBufferPointer(rebasing: buffer[inside])) }
    }
    guard let result else { throw PDFError(.inaccessible, "no bytes") }
    return try result.get()
  }

  /// A copy of the bytes in `range`.
  public func copy(_ range: Range<Int>) throws(PDFError) -> [UInt8] {
    try withBytes(range) { Array($0) }
  }

  /// Hands the bytes of `range` to `body` in pieces, in order.
  public func forEachPiece(
    of range: Range<Int>, _ body: (UnsafeRawBufferPointer) throws(PDFError) -> Void
  ) throws(PDFError) {
    let step = bytes == nil ? 1 << 20 : max(range.count, 1)
    var at = range.lowerBound
    while at < range.upperBound {
      let end = min(range.upperBound, at + step)
      try withBytes(at..<end, body)
      at = end
    }
  }

  private static func read(_ handle: FileHandle, _ range: Range<Int>) throws(PDFError) -> [UInt8] {
    var done = 0
    let descriptor = handle.fileDescriptor
    let result = [UInt8](unsafeUninitializedCapacity: range.count) { buffer, initialized in
      while done < range.count {
        guard let base = buffer.baseAddress else { break }
        let n = pread(descriptor, base + done, range.count - done, off_t(range.lowerBound + done))
        if n < 0 && errno == EINTR { continue }
        if n <= 0 { break }
        done += n
      }
      initialized = done
    }
    guard done == range.count else { throw PDFError(.inaccessible, at: range.lowerBound, "the file cannot be read") }
    return result
  }
}
