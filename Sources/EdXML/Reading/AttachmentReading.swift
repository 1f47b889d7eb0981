import SigningCore
import XMLTree

/// Watches a message while it is read: attachments go to files, everything else to the tree.
final class AttachmentReading: ReadingObserver {
  let findings: FindingList
  private let limits: EdXMLLimits
  private let folder: String
  private let keepsFiles: Bool
  private(set) var attachments: [ReceivedAttachment] = []
  private var spool: AttachmentSpool?
  private var isStreaming = false
  private var storedBytes = 0

  /// - Parameter folder: where files are made; they stay there only when `keepsFiles`.
  init(findings: FindingList, limits: EdXMLLimits, folder: String, keepsFiles: Bool) {
    self.findings = findings
    self.limits = limits
    self.folder = folder
    self.keepsFiles = keepsFiles
  }

  func started(_ element: Element, path: [String]) throws -> Treatment {
    if path.count == 1, element.localName != "edXML" {
      throw EdXMLError(
        code: .notEdXML, place: Place(element: "", line: element.line), detail: "the root element is another one")
    }
    guard path.count >= 3 else { return .keep }
    if Self.isAttachment(path) {
      spool = nil
      if attachments.count >= limits.maximumAttachments {
        throw EdXMLError(
          code: .tooManyAttachments, place: Place(element: path.joined(separator: "/"), line: element.line),
          detail: "more than \(limits.maximumAttachments)")
      }
    }
    guard element.localName == "ContentTransferEncoded", Self.isAttachment(path.dropLast()) else { return .keep }
    if spool != nil {
      findings.note(.duplicateStructure, path.joined(separator: "/"), element.line)
      return .discard
    }
    spool = try AttachmentSpool(folder: folder, keepsFile: keepsFiles, limit: limits.maximumAttachmentBytes)
    isStreaming = true
    return .stream
  }

  func text(_ bytes: UnsafeRawBufferPointer) throws { try spool?.take(bytes) }

  func ended(_ element: Element, path: [String]) throws -> Continuation {
    if isStreaming, element.localName == "ContentTransferEncoded" {
      isStreaming = false
      try spool?.finish()
      return .keep
    }
    guard Self.isAttachment(path) else { return .keep }
    try take(element, PlaceCounter.numbered(path.joined(separator: "/"), attachments.count))
    spool = nil
    return .drop
  }

  /// Only where attachments belong: under the root, in the envelope or its body. What stands elsewhere, say in the part of the
  /// signature that it does not cover, is an unknown element.
  private static func isAttachment(_ path: some Collection<String>) -> Bool {
    guard (3...5).contains(path.count) else { return false }
    return path.elementsEqual(["edXML", "AttachmentEncoded", "Attachment"])
      || path.elementsEqual(["edXML", "edXMLEnvelope", "AttachmentEncoded", "Attachment"])
      || path.elementsEqual(["edXML", "edXMLEnvelope", "edXMLBody", "AttachmentEncoded", "Attachment"])
  }

  private func take(_ element: Element, _ path: String) throws {
    let remainders = RemainderList()
    var fields = FieldReader(element, path, place: "Attachment", findings, remainders)
    let content = fields.frame("ContentTransferEncoded")
    let contentId = MessageReading.withoutScheme(fields.text("ContentId") ?? "")
    let declared = fields.text("AttachmentName") ?? ""
    let name = AttachmentName(declared, fallback: "tep-dinh-kem-\(attachments.count + 1)")
    var attachment = ReceivedAttachment(
      contentId: contentId, name: name.safe, declaredName: declared, contentType: fields.text("ContentType"),
      description: fields.text("Description"), fieldName: fields.text("FieldName"), mimeType: fields.text("MimeType"),
      bytes: 0, sha256: "", file: nil, wasWrapped: false, line: element.line)
    content?.end()
    attachment.unknown = fields.unknown()
    attachment.remainders = remainders.remainders
    if contentId.isEmpty {
      fields.note(.missingContentId, "ContentId")
    } else if attachments.contains(where: { $0.contentId == contentId }) {
      fields.note(.duplicateContentId, "ContentId", about: contentId)
    }
    if declared.isEmpty {
      fields.note(.missingAttachmentName, "AttachmentName")
    } else {
      switch name.verdict {
      case .fine: break
      case .repaired: fields.note(.repairedAttachmentName, "AttachmentName", about: name.safe)
      case .unsafe: fields.note(.unsafeAttachmentName, "AttachmentName", about: name.safe)
      }
    }
    try store(&attachment, fields)
    attachments.append(attachment)
  }

  /// Decides what the content is and gives it its file.
  private func store(_ attachment: inout ReceivedAttachment, _ fields: FieldReader) throws {
    func note(_ code: FindingCode) { fields.note(code, "ContentTransferEncoded", about: attachment.name) }
    guard let spool else { return note(.attachmentEmpty) }
    switch spool.state {
    case .tooLarge: return note(.attachmentTooLarge)
    case .notBase64: return note(.attachmentNotBase64)
    case .taking: break
    }
    if spool.byteCount == 0 { return note(.attachmentEmpty) }
    if !spool.isPadded { note(.base64Unpadded) }
    if spool.isURLSafe { note(.base64URLSafe) }
    let remaining = limits.maximumStoredBytes - storedBytes
    if spool.byteCount > remaining { return note(.attachmentTooLarge) }
    let isZipped = Unwrapping.looksZipped(spool.opening)
    let saysZip = attachment.contentType?.lowercased() == "application/zip"
    let ending = AttachmentName.fileExtension(attachment.name)
    if !isZipped {
      if saysZip { note(.typeSaysZip) }
      if !saysZip, ContentKind.contradicts(attachment.contentType, opening: spool.opening) {
        note(.contentTypeMismatch)
      }
    } else if !saysZip, !Unwrapping.archiveFormats.contains(ending) {
      note(.contentTypeMismatch)
    }
    var outcome = Unwrapping.Outcome.notWrapped
    if isZipped, let path = spool.path {
      outcome = try Unwrapping.unwrap(
        path, name: attachment.name, folder: keepsFiles ? folder : nil, limits: limits, remaining: remaining)
    }
    switch outcome {
    case .refused(let code): note(code)
    case .notWrapped, .holdsMany:
      if case .holdsMany = outcome { note(.wrapperHoldsMany) }
      attachment.bytes = spool.byteCount
      attachment.sha256 = try spool.sha256().hexadecimal
      storedBytes += spool.byteCount
      guard keepsFiles else { return }
      let file = "\(folder)/\(attachment.sha256)"
      try spool.keep(as: file)
      attachment.file = file
    case .unwrapped(let unpacked, let bytes, let sha256):
      if bytes == 0 { return note(.attachmentEmpty) }
      attachment.bytes = bytes
      attachment.sha256 = sha256.hexadecimal
      attachment.wasWrapped = true
      storedBytes += bytes
      guard let unpacked else { return }
      let file = "\(folder)/\(attachment.sha256)"
      try unpacked.publish(as: file)
      attachment.file = file
    }
  }
}

/// What the first bytes of a file say about its kind.
enum ContentKind {
  /// Whether a declared type is certainly not that of the content.
  static func contradicts(_ declared: String?, opening: [UInt8]) -> Bool {
    guard let declared = declared?.lowercased() else { return false }
    let isPDF = opening.starts(with: Array("%PDF".utf8))
    return declared == "application/pdf" ? !isPDF : isPDF && declared != "application/octet-stream"
  }
}
