import XMLTree

#if canImport(Glibc)
  import Glibc
#endif

/// A file that has its name only when it is complete and durable.
final class MessageFile: MarkupOutput {
  private let path: String
  private let temporary: String
  private let descriptor: Int32
  private let limit: Int
  private var written = 0
  private var isPublished = false

  init(path: String, limit: Int) throws(EdXMLError) {
    self.path = path
    self.limit = limit
    (descriptor, temporary) = try TemporaryFile.make(in: MessageFile.folder(of: path))
  }

  deinit {
    close(descriptor)
    if !isPublished { unlink(temporary) }
  }

  static func folder(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  func write(_ bytes: UnsafeRawBufferPointer) throws {
    written += bytes.count
    if written > limit { throw EdXMLError(code: .tooLarge, detail: "the message would pass \(limit) bytes") }
    try TemporaryFile.write(bytes, to: descriptor)
  }

  func publish() throws(EdXMLError) {
    try TemporaryFile.publish(descriptor, temporary, as: path)
    isPublished = true
    try TemporaryFile.syncFolder(MessageFile.folder(of: path))
  }
}
