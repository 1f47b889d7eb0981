import Dispatch
import Foundation
import SigningCore

/// A message that arrives: written and hashed piece by piece, without the CR LF that clients append.
///
/// `@unchecked Sendable`: all mutable state is touched only in blocks on `queue`, which is serial.
final class IncomingMessage: @unchecked Sendable {
  let path: String
  private let queue = DispatchQueue(label: "vn.lienthong.axis.incoming")
  private let descriptor: Int32
  private let digest: Digest
  /// The last bytes, at most two, not yet hashed: they may be the appended CR LF.
  private var tail: [UInt8] = []
  private var byteCount = 0

  struct Summary: Sendable {
    let byteCount: Int
    let digest: [UInt8]
  }

  init(path: String) throws(AxisFailure) {
    self.path = path
    do {
      digest = try Digest(.sha256)
    } catch {
      throw AxisFailure("20", "no digest")
    }
    descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw AxisFailure("20", "the message cannot be stored: errno \(errno)") }
  }

  deinit {
    close(descriptor)
    // Gone if it was kept: then it has another name.
    unlink(path)
  }

  func append(_ bytes: [UInt8]) async throws(AxisFailure) {
    let words = await onQueue { () -> String? in
      var offset = 0
      while offset < bytes.count {
        let count = bytes.withUnsafeBytes {
          pwrite(self.descriptor, $0.baseAddress.map { $0 + offset }, bytes.count - offset, off_t(self.byteCount))
        }
        if count < 0 && errno == EINTR { continue }
        guard count > 0 else { return "errno \(errno)" }
        offset += count
        self.byteCount += count
      }
      let joined = self.tail + bytes
      self.digest.update(joined.dropLast(2))
      self.tail = joined.suffix(2)
      return nil
    }
    if let words { throw AxisFailure("20", "the message cannot be stored: \(words)") }
  }

  /// Strips exactly one CR LF from the end, syncs, and gives length and digest of what stays.
  ///
  /// `expected`: the digest the sender announced; if it is that of all bytes, the CR LF is the message's own and stays.
  func finish(expected: (([UInt8]) -> Bool)?) async throws(AxisFailure) -> Summary {
    // The closure is only called inside this call; the queue's block waits for it.
    let (count, appended, short) = await onQueue {
      (self.byteCount, self.tail == [0x0d, 0x0a], try? self.digest.finalize())
    }
    guard let short else { throw AxisFailure("20", "no digest") }
    var summary = Summary(byteCount: count, digest: short)
    if appended {
      summary = Summary(byteCount: count - 2, digest: short)
      if let expected, !expected(short), let whole = await wholeDigest(count), expected(whole) {
        summary = Summary(byteCount: count, digest: whole)
      }
    } else if let whole = await wholeDigest(count) {
      summary = Summary(byteCount: count, digest: whole)
    } else {
      throw AxisFailure("20", "no digest")
    }
    let length = summary.byteCount
    let number = await onQueue { () -> Int32 in
      guard ftruncate(self.descriptor, off_t(length)) == 0, fsync(self.descriptor) == 0 else { return errno }
      return 0
    }
    guard number == 0 else { throw AxisFailure("20", "the message cannot be stored: errno \(number)") }
    return summary
  }

  /// The digest with the tail: read again from the file, since a finished digest takes no more bytes.
  private func wholeDigest(_ count: Int) async -> [UInt8]? {
    await onQueue {
      guard let digest = try? Digest(.sha256),
        (try? digest.update(fileDescriptor: self.descriptor, range: 0..<count)) != nil
      else { return nil }
      return try? digest.finalize()
    }
  }

  private func onQueue<Value: Sendable>(_ work: @escaping @Sendable () -> Value) async -> Value {
    await withCheckedContinuation { continuation in
      queue.async { continuation.resume(returning: work()) }
    }
  }
}
