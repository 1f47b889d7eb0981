import Foundation

/// Takes an answer's header fields and body within limits; a good body may go to a file.
final class AnswerSink {
  enum Failure {
    case tooLarge
    case headersTooLarge
    case file(String)
  }

  private(set) var headers: [TransportHeader] = []
  private(set) var body: [UInt8] = []
  private(set) var byteCount = 0
  private(set) var failure: Failure?
  private(set) var usedFile = false
  private let limits: TransportLimits
  private let path: String?
  private var descriptor: Int32 = -1
  private var headerByteCount = 0

  /// The most that is kept of the body of an answer that is not good, whose text matters only to the operator.
  private static let otherBodyLimit = 256 << 10

  init(_ sink: TransportSink, limits: TransportLimits) {
    self.limits = limits
    path = if case .file(let path) = sink { path } else { nil }
  }

  deinit { discard() }

  /// One header line; a status line starts a new answer, so that what came with a 100 is forgotten.
  func takeHeader(_ line: UnsafeRawBufferPointer) -> Bool {
    headerByteCount += line.count
    guard headerByteCount <= limits.maximumHeaderBytes else {
      failure = .headersTooLarge
      return false
    }
    let text = String(decoding: line, as: UTF8.self)
    if text.hasPrefix("HTTP/") {
      headers = []
    } else if let colon = text.firstIndex(of: ":") {
      let value = text[text.index(after: colon)...].trimmingCharacters(in: .whitespacesAndNewlines)
      headers.append(TransportHeader(String(text[..<colon]), value))
    }
    return true
  }

  /// A piece of the body; `status` decides where it goes.
  func takeBody(_ piece: UnsafeRawBufferPointer, status: Int) -> Bool {
    byteCount += piece.count
    let good = (200...299).contains(status)
    guard byteCount <= (good || path == nil ? limits.maximumResponseBytes : Self.otherBodyLimit) else {
      failure = .tooLarge
      return false
    }
    guard good, let path else {
      body.append(contentsOf: piece)
      return true
    }
    return open(path) && write(piece)
  }

  /// Makes the answer final: the file is whole and on the disk.
  func finish(status: Int) -> Bool {
    guard let path, (200...299).contains(status), failure == nil else { return failure == nil }
    guard open(path) else { return false }
    let synced = fsync(descriptor) == 0
    let closed = close(descriptor) == 0
    descriptor = -1
    if !(synced && closed) {
      failure = .file("cannot sync the answer's file: errno \(errno)")
      unlink(path)
    }
    return synced && closed
  }

  /// Removes a file that did not become whole; without effect after `finish`.
  func discard() {
    guard descriptor >= 0, let path else { return }
    close(descriptor)
    descriptor = -1
    unlink(path)
  }

  private func open(_ path: String) -> Bool {
    if descriptor >= 0 { return true }
    descriptor = Foundation.open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0o600)
    usedFile = descriptor >= 0
    if descriptor < 0 { failure = .file("cannot create the answer's file: errno \(errno)") }
    return descriptor >= 0
  }

  private func write(_ piece: UnsafeRawBufferPointer) -> Bool {
    var rest = piece
    while let start = rest.baseAddress, rest.count > 0 {
      let count = Foundation.write(descriptor, start, rest.count)
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else {
        failure = .file("cannot write the answer's file: errno \(errno)")
        return false
      }
      rest = UnsafeRawBufferPointer(rebasing: rest[count...])
    }
    return true
  }
}
