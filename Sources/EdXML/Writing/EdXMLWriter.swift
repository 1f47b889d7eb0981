import XMLTree
import ZipArchive

#if canImport(Glibc)
  import Glibc
#endif

/// Writes messages as the field takes them (edxml.md section 10); attachments go from their files to the message in
/// pieces.
public struct EdXMLWriter: Sendable {
  public let limits: EdXMLLimits
  /// Whether what breaks the rules is refused. Off only for repeating a message of somebody else.
  public let checks: Bool

  public init(limits: EdXMLLimits = .standard, checks: Bool = true) {
    self.limits = limits
    self.checks = checks
  }

  /// Writes a document with its attachments into a new file, which replaces what was there.
  ///
  /// The file has its name only when it is complete and durable.
  /// - Throws: ``EdXMLError``; with code `notValid` when ``SendingCheck`` finds an error.
  public func write(
    _ document: EdocDocument, attachments: [OutgoingAttachment], to path: String
  ) throws(EdXMLError) {
    try check(SendingCheck(today: nil, limits: limits).violations(of: document, attachments: attachments))
    try publishing(path) { output in
      try message(output, document.extensions) { writer, header in
        try header.group("edXMLHeader") {
          try header.messageHeader(document)
          try header.traceHeaderList(document)
          if let signature = document.signature { try writer.element(signature) }
          try header.unknown(document.extensions.header)
        }
        try header.group("edXMLBody") { try manifest(attachments, document, writer, header) }
        try header.unknown(document.extensions.envelope)
      } after: { writer, places in
        try writer.start("AttachmentEncoded", places.enter("AttachmentEncoded"))
        for attachment in attachments {
          try self.attachment(attachment, writer, workingIn: MessageFile.folder(of: path))
        }
        for element in document.extensions.attachments { try writer.element(element.declaringPrefix()) }
        try writer.end()
        places.leave()
      }
    }
  }

  /// Writes a status into a new file, which replaces what was there.
  public func write(_ status: StatusMessage, to path: String) throws(EdXMLError) {
    try check(SendingCheck(today: nil, limits: limits).violations(of: status))
    try publishing(path) { try self.status(status, $0) }
  }

  /// A status as bytes.
  public func bytes(_ status: StatusMessage) throws(EdXMLError) -> [UInt8] {
    try check(SendingCheck(today: nil, limits: limits).violations(of: status))
    let buffer = MarkupBuffer()
    do { try self.status(status, buffer) } catch { throw EdXMLReader.wrapped(error) }
    return buffer.bytes
  }

  private func check(_ violations: [RuleViolation]) throws(EdXMLError) {
    guard checks else { return }
    let errors = violations.filter { $0.severity == .error }
    guard let first = errors.first else { return }
    throw EdXMLError(
      code: .notValid, place: Place(element: first.element, line: 0), violations: errors,
      detail: "\(errors.count) rules broken, first \(first.rule.rawValue) at \(first.element)")
  }

  private func publishing(_ path: String, _ body: (MessageFile) throws -> Void) throws(EdXMLError) {
    do {
      let file = try MessageFile(path: path, limit: limits.maximumMessageBytes)
      try body(file)
      try file.publish()
    } catch {
      throw EdXMLReader.wrapped(error)
    }
  }

  private func message(
    _ output: any MarkupOutput, _ extensions: Extensions,
    _ envelope: (MarkupWriter, HeaderWriting) throws -> Void,
    after: (MarkupWriter, AttributePlaces) throws -> Void
  ) throws {
    let writer = MarkupWriter(to: output, indentation: 2)
    let places = AttributePlaces(extensions.attributes, at: "edXML")
    let header = HeaderWriting(writer: writer, places: places)
    try writer.declaration()
    try writer.start("edXML", [("xmlns", EdXMLNames.namespace)] + places.ofTop)
    try header.group("edXMLEnvelope", [("xmlns:edXML", EdXMLNames.namespace)]) { try envelope(writer, header) }
    try after(writer, places)
    for element in extensions.root { try writer.element(element.declaringPrefix()) }
    try writer.end()
    try writer.flush()
  }

  private func status(_ status: StatusMessage, _ output: any MarkupOutput) throws {
    try message(output, status.extensions) { writer, header in
      try header.group("edXMLHeader") {
        try header.messageHeader(status)
        try header.unknown(status.extensions.header)
      }
      try header.unknown(status.extensions.envelope)
    } after: { _, _ in
    }
  }

  private func manifest(
    _ attachments: [OutgoingAttachment], _ document: EdocDocument, _ writer: MarkupWriter, _ header: HeaderWriting
  ) throws {
    try header.group("edXMLManifest", [("version", "1.0")]) {
      for attachment in attachments {
        let known = document.manifest.first { $0.contentId == attachment.contentId }
        let places = AttributePlaces(known?.attributes ?? [], at: "Reference")
        let line = HeaderWriting(writer: writer, places: places)
        try writer.start("edXML:Reference", places.ofTop)
        try line.field("ContentId", "cid:\(attachment.contentId)")
        try line.field("ContentType", attachment.contentType ?? attachment.transferType)
        try line.field("Description", attachment.description)
        try line.field("AttachmentName", attachment.name)
        try line.unknown(known?.unknown ?? [])
        try writer.end()
      }
      try header.unknown(document.extensions.body)
    }
  }

  private func attachment(
    _ attachment: OutgoingAttachment, _ writer: MarkupWriter, workingIn folder: String
  ) throws {
    let places = AttributePlaces(attachment.attributes, at: "Attachment")
    func field(_ name: String, _ value: String?) throws {
      guard let value, !value.isEmpty else { return }
      try writer.start(name, places.enter(name))
      try writer.text(value)
      try writer.end()
      places.leave()
    }
    try writer.start("Attachment", places.ofTop)
    try field("ContentId", "cid:\(attachment.contentId)")
    try field("AttachmentName", attachment.name)
    try field("Description", attachment.description)
    try field("FieldName", attachment.fieldName)
    try field("MimeType", attachment.mimeType)
    try field("ContentType", attachment.transferType)
    for element in attachment.unknown { try writer.element(element.declaringPrefix()) }
    try writer.start(
      "edXML:ContentTransferEncoded",
      [("xmlns:edXML", EdXMLNames.namespace)] + places.enter("ContentTransferEncoded"))
    if attachment.isWrapped {
      let (descriptor, wrapped) = try TemporaryFile.make(in: folder)
      close(descriptor)
      defer { unlink(wrapped) }
      let ending = AttachmentName.fileExtension(attachment.name)
      let archive = try ZipWriter(file: wrapped)
      // The true name is AttachmentName; the entry only has the same ending, as the axis operator's library does it.
      try archive.add(Self.entryName(attachment.contentId, ending), file: attachment.file)
      try archive.close()
      try encode(wrapped, to: writer)
    } else {
      try encode(attachment.file, to: writer)
    }
    try writer.end()
    try writer.end()
  }

  private static func entryName(_ contentId: String, _ ending: String) -> String {
    let stem = contentId.filter { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") }
    return (stem.isEmpty ? "content" : stem) + (ending.isEmpty ? "" : ".\(ending)")
  }

  private func encode(_ path: String, to writer: MarkupWriter) throws {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw EdXMLError(code: .unreadable, detail: "attachment: cannot be opened") }
    defer { close(descriptor) }
    // A length that three divides, so that only the last piece is padded.
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 192 << 10, alignment: 16)
    defer { buffer.deallocate() }
    var total = 0
    var filled = 0
    while true {
      let count = read(descriptor, buffer.baseAddress?.advanced(by: filled), buffer.count - filled)
      if count < 0 {
        if errno == EINTR { continue }
        throw EdXMLError(code: .unreadable, detail: "attachment: cannot be read")
      }
      filled += count
      total += count
      if total > limits.maximumAttachmentBytes {
        throw EdXMLError(code: .tooLarge, detail: "an attachment passes \(limits.maximumAttachmentBytes) bytes")
      }
      if count > 0 && filled < buffer.count { continue }
      let encoded = Base64Encoder.encode(UnsafeRawBufferPointer(rebasing: buffer[..<filled]))
      try encoded.withUnsafeBytes { try writer.raw($0) }
      filled = 0
      if count == 0 { break }
    }
  }
}

extension Element {
  /// With the prefix `edXML` declared on it: outside of the envelope it is not in scope.
  func declaringPrefix() -> Element {
    var copy = self
    if !copy.namespaceDeclarations.contains(where: { $0.prefix == EdXMLNames.prefix }) {
      copy.namespaceDeclarations.insert(
        NamespaceDeclaration(prefix: EdXMLNames.prefix, uri: EdXMLNames.namespace), at: 0)
    }
    return copy
  }
}
