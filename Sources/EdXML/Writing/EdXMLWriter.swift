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
          if let signature = document.signature { try writer.element(signature, exactly: true) }
          try header.unknown(document.extensions.header)
        }
        try header.group("edXMLBody") {
          try manifest(attachments, document, writer, header)
          try header.unknown(document.extensions.body)
        }
        try header.unknown(document.extensions.envelope)
      } after: { outer in
        try outer.group("AttachmentEncoded") {
          for attachment in attachments {
            try self.attachment(attachment, outer.writer, workingIn: MessageFile.folder(of: path))
          }
          try outer.unknown(document.extensions.attachments)
        }
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
    _ envelope: (MarkupWriter, HeaderWriting) throws -> Void, after: (HeaderWriting) throws -> Void
  ) throws {
    let writer = MarkupWriter(to: output, indentation: 2)
    let places = RemainderPlaces(extensions.remainders, at: "edXML")
    let header = HeaderWriting(writer: writer, places: places)
    let outer = HeaderWriting(writer: writer, places: places, prefix: "")
    try writer.declaration()
    for node in extensions.before { try writer.node(node) }
    try outer.start("edXML", [("xmlns", EdXMLNames.namespace)], places.ofTop)
    try header.group("edXMLEnvelope", [("xmlns:edXML", EdXMLNames.namespace)]) { try envelope(writer, header) }
    try after(outer)
    try outer.unknown(extensions.root)
    try outer.end(places.ofTop)
    for node in extensions.after { try writer.node(node) }
    try writer.flush()
  }

  private func status(_ status: StatusMessage, _ output: any MarkupOutput) throws {
    try message(output, status.extensions) { writer, header in
      try header.group("edXMLHeader") {
        try header.messageHeader(status)
        try header.unknown(status.extensions.header)
      }
      try header.unknown(status.extensions.envelope)
    } after: { _ in
    }
  }

  private func manifest(
    _ attachments: [OutgoingAttachment], _ document: EdocDocument, _ writer: MarkupWriter, _ header: HeaderWriting
  ) throws {
    // A message that is repeated says of its attachments what it said before.
    let lines = checks || document.manifest.isEmpty ? attachments.map { line(for: $0) } : document.manifest
    try header.group("edXMLManifest", [("version", "1.0")]) {
      for line in lines {
        try reference(line, document.manifest.first { $0 == line || $0.contentId == line.contentId }, writer)
      }
    }
  }

  private func line(for attachment: OutgoingAttachment) -> ManifestReference {
    ManifestReference(
      contentId: attachment.contentId, contentType: attachment.contentType ?? attachment.transferType,
      description: attachment.description, attachmentName: attachment.name)
  }

  private func reference(_ line: ManifestReference, _ known: ManifestReference?, _ writer: MarkupWriter) throws {
    let places = RemainderPlaces(known?.remainders ?? [], at: "Reference")
    let fields = HeaderWriting(writer: writer, places: places)
    try fields.start("Reference", [], places.ofTop)
    try fields.contentId(line.contentId)
    try fields.field("ContentType", line.contentType)
    try fields.field("Description", line.description)
    try fields.field("AttachmentName", line.attachmentName)
    try fields.unknown(known?.unknown ?? [])
    try fields.end(places.ofTop)
  }

  private func attachment(
    _ attachment: OutgoingAttachment, _ writer: MarkupWriter, workingIn folder: String
  ) throws {
    let places = RemainderPlaces(attachment.remainders, at: "Attachment")
    let fields = HeaderWriting(writer: writer, places: places, prefix: "")
    try fields.start("Attachment", [], places.ofTop)
    try fields.contentId(attachment.contentId)
    try fields.field("AttachmentName", attachment.name)
    try fields.field("Description", attachment.description)
    try fields.field("FieldName", attachment.fieldName)
    try fields.field("MimeType", attachment.mimeType)
    try fields.field("ContentType", attachment.transferType)
    try fields.unknown(attachment.unknown)
    let content = places.enter("ContentTransferEncoded")
    try writer.start(
      "edXML:ContentTransferEncoded", [("xmlns:edXML", EdXMLNames.namespace)] + (content?.written ?? []))
    if attachment.isWrapped {
      let wrapped = try TemporaryFile(in: folder)
      let ending = AttachmentName.fileExtension(attachment.name)
      let archive = try ZipWriter(file: wrapped.path)
      // The true name is AttachmentName; the entry only has the same ending, as the axis operator's library does it.
      try archive.add(Self.entryName(attachment.contentId, ending), file: attachment.file)
      try archive.close()
      try withExtendedLifetime(wrapped) { try encode(wrapped.path, to: writer) }
    } else {
      try encode(attachment.file, to: writer)
    }
    try writer.end(with: content?.nodes ?? [])
    try fields.end(places.ofTop)
  }

  private static func entryName(_ contentId: String, _ ending: String) -> String {
    func isPlain(_ character: Character) -> Bool {
      character.isASCII && (character.isLetter || character.isNumber || character == "-")
    }
    let stem = contentId.filter(isPlain).prefix(64)
    let hasEnding = (1...16).contains(ending.count) && ending.allSatisfy(isPlain)
    return (stem.isEmpty ? "content" : stem) + (hasEnding ? ".\(ending)" : "")
  }

  private func encode(_ path: String, to writer: MarkupWriter) throws {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw EdXMLError(code: .unreadable, detail: "attachment: cannot be opened") }
    defer { close(descriptor) }
    // A length that three divides, so that only the last piece is padded.
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 192 << 10, alignment: 64)
    defer { buffer.deallocate() }
    let encoded = UnsafeMutableRawBufferPointer.allocate(
      byteCount: Base64Encoder.count(for: buffer.count), alignment: 64)
    defer { encoded.deallocate() }
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
      if let output = encoded.baseAddress {
        let length = Base64Encoder.encode(UnsafeRawBufferPointer(rebasing: buffer[..<filled]), into: output)
        try writer.raw(UnsafeRawBufferPointer(rebasing: encoded[..<length]))
      }
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
