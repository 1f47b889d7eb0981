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
  var isURLSafe: Bool { decoder.isURLSafe }
  /// The first bytes, by which the kind of content is told.
  private(set) var opening: [UInt8] = []
  private var file: TemporaryFile?
  private let folder: String
  private let keepsFile: Bool
  private let digest: Digest
  private let limit: Int
  private var decoder = Base64Decoder()
  private let buffer: UnsafeMutableRawPointer
  private var filled = 0

  /// What is decoded at once; its bytes are hashed and written while they are near.
  private static let piece = 64 << 10
  private static let flushAt = 192 << 10

  /// - Parameters:
  ///   - folder: where the temporary file goes.
  ///   - keepsFile: when false there is a file only for what must be looked into, which is a ZIP archive.
  init(folder: String, keepsFile: Bool, limit: Int) throws(EdXMLError) {
    do { digest = try Digest(.sha256) } catch {
      throw EdXMLError(code: .unreadable, detail: error.detail)
    }
    self.folder = folder
    self.keepsFile = keepsFile
    self.limit = limit
    buffer = UnsafeMutableRawPointer.allocate(
      byteCount: Self.flushAt + Base64Decoder.capacity(for: Self.piece), alignment: 64)
  }

  deinit { buffer.deallocate() }

  /// Where the bytes are, once ``finish()`` was called; `nil` when they went nowhere.
  var path: String? { file?.path }

  func take(_ text: UnsafeRawBufferPointer) throws {
    var rest = text
    while !rest.isEmpty, state == .taking {
      let piece = UnsafeRawBufferPointer(rebasing: rest.prefix(Self.piece))
      rest = UnsafeRawBufferPointer(rebasing: rest[piece.count...])
      added(decoder.decode(piece, into: buffer + filled))
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
    for (index, byte) in bytes.enumerated() {
      (buffer + filled).storeBytes(of: byte, toByteOffset: index, as: UInt8.self)
    }
    added(bytes.count)
    try flush()
  }

  /// The digest of the bytes as they came.
  func sha256() throws(EdXMLError) -> [UInt8] {
    do { return try digest.finalize() } catch { throw EdXMLError(code: .unreadable, detail: error.detail) }
  }

  /// Makes the file durable and gives it its final name.
  func keep(as final: String) throws(EdXMLError) { try file?.publish(as: final) }

  private func added(_ count: Int) {
    if opening.count < 4 {
      opening.append(contentsOf: UnsafeRawBufferPointer(start: buffer + filled, count: min(count, 4 - opening.count)))
    }
    filled += count
    byteCount += count
    if byteCount > limit { state = .tooLarge }
  }

  private func flush() throws {
    guard filled > 0, state == .taking else { return }
    let bytes = UnsafeRawBufferPointer(start: buffer, count: filled)
    filled = 0
    digest.update(bytes)
    if file == nil, keepsFile || Unwrapping.looksZipped(opening) {
      file = try TemporaryFile(in: folder, isNamed: keepsFile)
    }
    try file?.write(bytes)
  }
}
