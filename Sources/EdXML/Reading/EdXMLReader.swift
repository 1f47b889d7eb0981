import XMLTree

#if canImport(Glibc)
  import Glibc
#endif

/// Reads messages as the field sends them, in flat memory, and says what is wrong with them.
public struct EdXMLReader: Sendable {
  public let limits: EdXMLLimits
  public let policy: ReadingPolicy

  public init(limits: EdXMLLimits = .standard, policy: ReadingPolicy = .intake) {
    self.limits = limits
    self.policy = policy
  }

  /// Reads a message from a file.
  ///
  /// - Parameter folder: where the attachments go, each as a file that has the SHA-256 of its content as its name,
  ///   synced and readable by the owner only; it must exist. With `nil` they are only measured and hashed.
  /// - Throws: ``EdXMLError`` when the message cannot be used at all. Attachments that were complete by then stay in the
  ///   folder, since another message may have brought the same content.
  public func read(file path: String, storingIn folder: String?) throws(EdXMLError) -> ReceivedMessage {
    try read(folder) { reader, observer in try reader.read(file: path, observer: observer) }
  }

  /// Reads a message that is in memory.
  public func read(_ bytes: [UInt8], storingIn folder: String?) throws(EdXMLError) -> ReceivedMessage {
    try read(folder) { reader, observer in try reader.read(bytes, observer: observer) }
  }

  private func read(
    _ folder: String?, _ parse: (DocumentReader, any ReadingObserver) throws -> Document
  ) throws(EdXMLError) -> ReceivedMessage {
    let findings = FindingList()
    let working = folder ?? Self.temporaryFolder
    let observer = AttachmentReading(
      findings: findings, limits: limits, folder: working, keepsFiles: folder != nil)
    do {
      let document = try parse(
        DocumentReader(limits: limits.reading, keepsComments: true, toleratesStrayBytes: true), observer)
      note(document, findings)
      var reading = MessageReading(findings: findings, limits: limits)
      let message = try reading.message(document, hasAttachments: !observer.attachments.isEmpty)
      if case .document(let document) = message { compare(document.manifest, observer.attachments, findings) }
      if let folder, !observer.attachments.isEmpty { try TemporaryFile.syncFolder(folder) }
      let sorted = findings.findings
      return ReceivedMessage(
        message: message, attachments: observer.attachments, findings: sorted,
        refusing: sorted.filter { policy.refuses.contains($0.code) }, hasEnvelopeSignature: reading.hasSignature)
    } catch {
      throw Self.wrapped(error)
    }
  }

  static func wrapped(_ error: any Error) -> EdXMLError {
    switch error {
    case let error as EdXMLError: error
    case let error as XMLReadingError: EdXMLError(error)
    default: EdXMLError(code: .unreadable, detail: "reading failed")
    }
  }

  private static var temporaryFolder: String {
    guard let folder = getenv("TMPDIR") else { return "/tmp" }
    return String(cString: folder)
  }

  private func note(_ document: Document, _ findings: FindingList) {
    if document.strayBytes > 0 { findings.note(.strayBytes, "", 1, about: String(document.strayBytes)) }
    if document.trailingBytes > 0 { findings.note(.trailingBytes, "", 0, about: String(document.trailingBytes)) }
    if let encoding = document.encoding, !["utf-8", "utf8"].contains(encoding.lowercased()) {
      findings.note(.legacyEncoding, "", 1, about: encoding)
    }
    for diagnostic in document.diagnostics {
      switch diagnostic.kind {
      case .undeclaredPrefix: findings.note(.undeclaredPrefix, "", diagnostic.line, about: diagnostic.name)
      case .namespaceProblem: findings.note(.namespaceProblem, "", diagnostic.line, about: diagnostic.name)
      case .other: break
      }
    }
  }

  /// Manifest and attachments are joined by content id; a missing id is made up for by the name.
  private func compare(
    _ manifest: [ManifestReference], _ attachments: [ReceivedAttachment], _ findings: FindingList
  ) {
    let manifestPath = "edXML/edXMLEnvelope/edXMLBody/edXMLManifest/Reference"
    let attachmentPath = "edXML/AttachmentEncoded/Attachment"
    if attachments.isEmpty && manifest.isEmpty { findings.note(.missingAttachments, "edXML/AttachmentEncoded", 0) }
    func belongs(_ reference: ManifestReference, _ attachment: ReceivedAttachment) -> Bool {
      if !reference.contentId.isEmpty && !attachment.contentId.isEmpty {
        return reference.contentId == attachment.contentId
      }
      return reference.attachmentName != nil && reference.attachmentName == attachment.declaredName
    }
    for (index, attachment) in attachments.enumerated() {
      let place = PlaceCounter.numbered(attachmentPath, index)
      guard let reference = manifest.first(where: { belongs($0, attachment) }) else {
        findings.note(.attachmentNotInManifest, place, attachment.line, about: attachment.name)
        continue
      }
      if let name = reference.attachmentName, name != attachment.declaredName, !attachment.declaredName.isEmpty {
        findings.note(.nameDiffersFromManifest, place, attachment.line, about: attachment.name)
      }
    }
    for (index, reference) in manifest.enumerated() where !attachments.contains(where: { belongs(reference, $0) }) {
      findings.note(
        .manifestWithoutAttachment, PlaceCounter.numbered(manifestPath, index), 0,
        about: reference.attachmentName ?? reference.contentId)
    }
  }
}
