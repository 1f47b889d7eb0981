import XMLTree

/// A message on its way to its file, which has its name only when it is complete and durable.
final class MessageFile: MarkupOutput {
  private let path: String
  private let file: TemporaryFile
  private let limit: Int
  private var written = 0

  init(path: String, limit: Int) throws(EdXMLError) {
    self.path = path
    self.limit = limit
    file = try TemporaryFile(in: MessageFile.folder(of: path))
  }

  static func folder(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  func write(_ bytes: UnsafeRawBufferPointer) throws {
    written += bytes.count
    if written > limit { throw EdXMLError(code: .tooLarge, detail: "the message would pass \(limit) bytes") }
    try file.write(bytes)
  }

  func publish() throws(EdXMLError) {
    try file.publish(as: path)
    try TemporaryFile.syncFolder(MessageFile.folder(of: path))
  }
}
