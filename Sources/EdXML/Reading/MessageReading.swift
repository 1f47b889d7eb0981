import XMLTree

/// Makes a message of the tree that is left when the attachments have been taken out.
struct MessageReading {
  let findings: FindingList
  let limits: EdXMLLimits
  private let remainders = RemainderList()
  private(set) var hasSignature = false

  init(findings: FindingList, limits: EdXMLLimits) {
    self.findings = findings
    self.limits = limits
  }

  mutating func message(_ document: Document, hasAttachments: Bool) throws(EdXMLError) -> EdocMessage {
    let root = document.root
    if root.namespace != EdXMLNames.namespace {
      findings.note(.foreignNamespace, "edXML", root.line, about: root.namespace ?? "")
    }
    let envelopePath = "edXML/edXMLEnvelope"
    let headerPath = envelopePath + "/edXMLHeader"
    let envelope = try only("edXMLEnvelope", of: root, "edXML")
    let header = try only("edXMLHeader", of: envelope, envelopePath)
    let messageHeader = try only("MessageHeader", of: header, headerPath)

    var rootFields = FieldReader(root, "edXML", findings, remainders)
    _ = rootFields.children("edXMLEnvelope")
    var envelopeFields = FieldReader(envelope, envelopePath, findings, remainders)
    _ = envelopeFields.children("edXMLHeader")
    var headerFields = FieldReader(header, headerPath, findings, remainders)
    _ = headerFields.children("MessageHeader")

    let fields = FieldReader(messageHeader, headerPath + "/MessageHeader", findings, remainders)
    let hasBody = envelope.first("edXMLBody").map { !$0.isBlank } ?? false
    let isStatus =
      messageHeader.first("StatusCode")?.fieldText != nil
      || (!hasBody && !hasAttachments && messageHeader.first("StatusCode") != nil)
    let signature = headerFields.child("Signature")
    hasSignature = signature != nil
    if let signature { findings.note(.envelopeSignature, headerPath + "/Signature", signature.line) }

    var extensions = Extensions()
    extensions.before = document.before
    extensions.after = document.after
    if isStatus {
      if hasAttachments { findings.note(.statusWithAttachments, "edXML/AttachmentEncoded", root.line) }
      var status = try status(fields)
      extensions.messageHeader = status.extensions.messageHeader
      extensions.header = (signature.map { [$0.selfContained()] } ?? []) + headerFields.unknown()
      extensions.envelope = envelopeFields.unknown()
      extensions.root = rootFields.unknown()
      extensions.remainders = remainders.remainders
      status.extensions = extensions
      return .status(status)
    }
    var bodyFields = envelopeFields.frame("edXMLBody")
    let attachmentParts = [
      rootFields.frame("AttachmentEncoded"), envelopeFields.frame("AttachmentEncoded"),
      bodyFields?.frame("AttachmentEncoded"),
    ]
    var message = try self.document(fields)
    extensions.messageHeader = message.extensions.messageHeader
    extensions.traceHeaderList = trace(headerFields.group("TraceHeaderList"), headerPath, &message)
    extensions.body = manifest(bodyFields, &message)
    message.signature = signature?.selfContained()
    extensions.header = headerFields.unknown()
    extensions.envelope = envelopeFields.unknown()
    for part in attachmentParts.compactMap({ $0 }) { extensions.attachments += part.unknown() }
    extensions.root = rootFields.unknown()
    extensions.remainders = remainders.remainders
    message.extensions = extensions
    return .document(message)
  }

  /// The one child of that name. A second one that says something is an attempt to say two things at once.
  private func only(_ name: String, of parent: Element, _ path: String) throws(EdXMLError) -> Element {
    let found = parent.elements(name)
    guard let first = found.first else {
      throw EdXMLError(
        code: .noHeader, place: Place(element: "\(path)/\(name)", line: parent.line), detail: "no \(name)")
    }
    if found.count > 1 { findings.note(.duplicateStructure, "\(path)/\(name)", found[1].line) }
    return first
  }

  private func sender(_ fields: inout FieldReader) throws(EdXMLError) -> Organization {
    guard let from = fields.group("From") else {
      throw EdXMLError(
        code: .noSender, place: Place(element: fields.path + "/From", line: fields.line), detail: "no From")
    }
    let organization = HeaderReading.organization(from)
    guard !organization.organId.isEmpty else {
      throw EdXMLError(
        code: .noSender, place: Place(element: from.path + "/OrganId", line: from.line), detail: "no OrganId")
    }
    return organization
  }

  private func status(_ given: FieldReader) throws(EdXMLError) -> StatusMessage {
    var fields = given
    let from = try sender(&fields)
    let responseFor = fields.group("ResponseFor").map(HeaderReading.responseFor) ?? ResponseFor(organId: "")
    let isAboutNothing = responseFor.documentId == nil && responseFor.code == nil
    if responseFor.organId.isEmpty || isAboutNothing { fields.note(.missingResponseFor, "ResponseFor") }
    var status = StatusMessage(from: from, responseFor: responseFor, code: .other(""), timestamp: nil)
    if let code = fields.text("StatusCode") {
      status.code = StatusCode(code: code)
      if !status.code.isKnown { fields.note(.unknownCode, "StatusCode", about: code) }
    } else {
      fields.note(.missingStatusCode, "StatusCode")
    }
    status.staff = fields.group("StaffInfo").map(HeaderReading.staff)
    status.description = fields.text("Description")
    if status.code.needsReason && status.description == nil { fields.note(.missingReason, "Description") }
    status.timestamp = fields.timestamp("Timestamp")
    if status.timestamp == nil { fields.note(.missingTimestamp, "Timestamp") }
    status.extensions.messageHeader = fields.unknown()
    return status
  }

  private func document(_ given: FieldReader) throws(EdXMLError) -> EdocDocument {
    var fields = given
    let from = try sender(&fields)
    let receivers = fields.groups("To")
    if receivers.count > limits.maximumReceivers { fields.note(.tooManyReceivers, "To") }
    let to = receivers.prefix(limits.maximumReceivers).map(HeaderReading.organization)
    if !to.contains(where: { !$0.organId.isEmpty }) { fields.note(.missingReceiver, "To") }
    var seen: Set<String> = []
    for receiver in to where !receiver.organId.isEmpty && !seen.insert(receiver.organId).inserted {
      fields.note(.duplicateReceiver, "To", about: receiver.organId)
    }
    var document = EdocDocument(
      from: from, to: to, documentId: fields.text("DocumentId") ?? "", code: DocumentCode(number: "", notation: ""),
      promulgation: Promulgation(), subject: fields.text("Subject") ?? "", business: nil)
    if var code = fields.group("Code") {
      if code.element.elements.isEmpty, let text = code.element.fieldText {
        document.code = DocumentCode(joined: text) ?? DocumentCode(number: text, notation: "")
        code.end(textIsRead: true)
      } else {
        document.code = DocumentCode(
          number: code.text("CodeNumber") ?? "", notation: code.text("CodeNotation") ?? "")
        code.end()
      }
    }
    if document.documentId.isEmpty { fields.note(.missingDocumentId, "DocumentId") }
    if document.code.number.isEmpty || document.code.notation.isEmpty { fields.note(.missingCode, "Code") }
    if document.subject.isEmpty { fields.note(.missingSubject, "Subject") }
    if let part = fields.group("PromulgationInfo") { document.promulgation = HeaderReading.promulgation(part) }
    if document.promulgation.date == nil { fields.note(.missingPromulgationDate, "PromulgationInfo/PromulgationDate") }
    document.documentType = fields.group("DocumentType").map(HeaderReading.documentType)
    document.content = fields.text("Content")
    document.signer = fields.group("SignerInfo").map(HeaderReading.signer)
    document.dueDate = fields.date("DueDate")
    document.otherInfo = fields.group("OtherInfo").map(HeaderReading.otherInfo)
    document.responseFor = fields.groups("ResponseFor").map(HeaderReading.responseFor)
    document.steeringType = fields.code("SteeringType")
    if var tasks = fields.group("ResponseForTask") {
      document.responseForTask = tasks.texts("TaskCode")
      tasks.end()
    }
    document.applicationType = fields.text("ApplicationType")
    if var places = fields.group("ToPlaces") {
      document.toPlaces = places.texts("Place")
      places.end()
    }
    document.extensions.messageHeader = fields.unknown()
    return document
  }

  /// - Returns: unknown elements of the list.
  private func trace(_ list: FieldReader?, _ headerPath: String, _ document: inout EdocDocument) -> [Element] {
    guard var fields = list else {
      findings.note(.missingTrace, headerPath + "/TraceHeaderList", 0)
      findings.note(.missingBusiness, headerPath + "/TraceHeaderList/Bussiness", 0)
      return []
    }
    document.traceAttributes = fields.element.attributes.filter { $0.prefix == nil }
    document.trace = fields.groups("TraceHeader").map(HeaderReading.traceHeader)
    if document.trace.isEmpty { fields.note(.missingTrace, "TraceHeader") }
    document.business = fields.group("Bussiness").map(HeaderReading.business)
    if document.business == nil { fields.note(.missingBusiness, "Bussiness") }
    document.paper = fields.flag("Paper")
    return fields.unknown(omitting: { $0.prefix == nil })
  }

  /// - Returns: unknown elements of the body.
  private func manifest(_ given: FieldReader?, _ document: inout EdocDocument) -> [Element] {
    guard var body = given else { return [] }
    if var manifest = body.frame("edXMLManifest") {
      let lines = manifest.children("Reference").filter { !$0.isBare }
      if lines.count > limits.maximumReferences { manifest.note(.tooManyReferences, "Reference") }
      for (index, element) in lines.prefix(limits.maximumReferences).enumerated() {
        let path = PlaceCounter.numbered(manifest.path + "/Reference", index)
        document.manifest.append(Self.reference(element, path, findings))
      }
      manifest.end(omitting: { $0 == Attribute("version", value: "1.0") })
    }
    return body.unknown()
  }

  private static func reference(_ element: Element, _ path: String, _ findings: FindingList) -> ManifestReference {
    let remainders = RemainderList()
    var fields = FieldReader(element, path, place: "Reference", findings, remainders)
    // .NET writers repeat the id in an attribute.
    let contentId = fields.text("ContentId") ?? element.attribute("href") ?? ""
    var reference = ManifestReference(contentId: withoutScheme(contentId))
    reference.contentType = fields.text("ContentType")
    reference.description = fields.text("Description")
    reference.attachmentName = fields.text("AttachmentName")
    reference.unknown = fields.unknown()
    reference.remainders = remainders.remainders
    return reference
  }

  /// A content id without its `cid:`.
  static func withoutScheme(_ contentId: String) -> String {
    contentId.lowercased().hasPrefix("cid:") ? String(contentId.dropFirst(4)) : contentId
  }
}
