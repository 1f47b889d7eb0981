import XMLTree

/// Makes a message of the tree that is left when the attachments have been taken out.
struct MessageReading {
  let findings: FindingList
  let limits: EdXMLLimits
  private(set) var hasSignature = false

  init(findings: FindingList, limits: EdXMLLimits) {
    self.findings = findings
    self.limits = limits
  }

  mutating func message(_ root: Element, hasAttachmentPart: Bool) throws(EdXMLError) -> EdocMessage {
    if root.namespace != EdXMLNames.namespace {
      findings.note(.foreignNamespace, "edXML", root.line, about: root.namespace ?? "")
    }
    let envelopePath = "edXML/edXMLEnvelope"
    let headerPath = envelopePath + "/edXMLHeader"
    var rootFields = FieldReader(root, "edXML", findings)
    let envelope = try only("edXMLEnvelope", of: root, "edXML")
    _ = rootFields.children("edXMLEnvelope")
    let attachmentParts = rootFields.children("AttachmentEncoded")
    var envelopeFields = FieldReader(envelope, envelopePath, findings)
    let header = try only("edXMLHeader", of: envelope, envelopePath)
    _ = envelopeFields.children("edXMLHeader")
    let innerParts = envelopeFields.children("AttachmentEncoded")
    let messageHeader = try only("MessageHeader", of: header, headerPath)
    var headerFields = FieldReader(header, headerPath, findings)
    _ = headerFields.children("MessageHeader")
    let body = envelopeFields.fields("edXMLBody")
    let traceList = headerFields.child("TraceHeaderList")
    let signature = headerFields.child("Signature")
    hasSignature = signature != nil
    if let signature { findings.note(.envelopeSignature, headerPath + "/Signature", signature.line) }

    var extensions = Extensions()
    extensions.root = rootFields.unknown()
    extensions.envelope = envelopeFields.unknown()
    extensions.header = headerFields.unknown()
    for part in attachmentParts + innerParts {
      extensions.attachments += FieldReader(part, "edXML/AttachmentEncoded", findings).unknown()
    }
    extensions.attributes = root.placedAttributes(at: "edXML")

    let fields = FieldReader(messageHeader, headerPath + "/MessageHeader", findings)
    let hasStatusCode = messageHeader.first("StatusCode")?.fieldText != nil
    let isStatus = hasStatusCode || (body == nil && !hasAttachmentPart && messageHeader.first("StatusCode") != nil)
    if isStatus {
      if let traceList { extensions.header.append(traceList.selfContained()) }
      if let signature { extensions.header.append(signature.selfContained()) }
      if let body { extensions.envelope.append(body.element.selfContained()) }
      return .status(try status(fields, extensions))
    }
    var document = try document(fields, extensions)
    document.signature = signature.map { $0.selfContained() }
    trace(traceList, headerPath + "/TraceHeaderList", &document)
    manifest(body, &document)
    return .document(document)
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
    let path = fields.path + "/From"
    let line = fields.line
    guard let from = fields.child("From") else {
      throw EdXMLError(code: .noSender, place: Place(element: path, line: line), detail: "no From")
    }
    let organization = HeaderReading.organization(from, path, findings)
    guard !organization.organId.isEmpty else {
      throw EdXMLError(code: .noSender, place: Place(element: path + "/OrganId", line: from.line), detail: "no OrganId")
    }
    return organization
  }

  private func status(_ given: FieldReader, _ extensions: Extensions) throws(EdXMLError) -> StatusMessage {
    var fields = given
    var extensions = extensions
    let from = try sender(&fields)
    var responseFor = ResponseFor(organId: "")
    if let element = fields.child("ResponseFor"), !element.isBlank {
      responseFor = HeaderReading.responseFor(element, fields.path + "/ResponseFor", findings)
    }
    let isAboutNothing = responseFor.documentId == nil && responseFor.code == nil
    if responseFor.organId.isEmpty || isAboutNothing { fields.note(.missingResponseFor, "ResponseFor") }
    var status = StatusMessage(from: from, responseFor: responseFor, code: .other(""), timestamp: nil)
    if let code = fields.text("StatusCode") {
      status.code = StatusCode(code: code)
      if !status.code.isKnown { fields.note(.unknownCode, "StatusCode", about: code) }
    } else {
      fields.note(.missingStatusCode, "StatusCode")
    }
    if let staff = fields.fields("StaffInfo") { status.staff = HeaderReading.staff(staff) }
    status.description = fields.text("Description")
    if status.code.needsReason && status.description == nil { fields.note(.missingReason, "Description") }
    status.timestamp = fields.timestamp("Timestamp")
    if status.timestamp == nil { fields.note(.missingTimestamp, "Timestamp") }
    extensions.messageHeader = fields.unknown()
    status.extensions = extensions
    return status
  }

  private func document(_ given: FieldReader, _ extensions: Extensions) throws(EdXMLError) -> EdocDocument {
    var fields = given
    let from = try sender(&fields)
    let receivers = fields.children("To").filter { !$0.isBlank }
    if receivers.count > limits.maximumReceivers { fields.note(.tooManyReceivers, "To") }
    let to = receivers.prefix(limits.maximumReceivers).map {
      HeaderReading.organization($0, fields.path + "/To", findings)
    }
    if !to.contains(where: { !$0.organId.isEmpty }) { fields.note(.missingReceiver, "To") }
    var seen: Set<String> = []
    for receiver in to where !receiver.organId.isEmpty && !seen.insert(receiver.organId).inserted {
      fields.note(.duplicateReceiver, "To", about: receiver.organId)
    }
    var document = EdocDocument(
      from: from, to: to, documentId: fields.text("DocumentId") ?? "", code: DocumentCode(number: "", notation: ""),
      promulgation: Promulgation(), subject: fields.text("Subject") ?? "", business: nil)
    var left: [Element] = []
    if let code = fields.child("Code"), !code.isBlank {
      var codeFields = FieldReader(code, fields.path + "/Code", findings)
      if code.elements.isEmpty, let text = code.fieldText {
        document.code = DocumentCode(joined: text) ?? DocumentCode(number: text, notation: "")
      } else {
        document.code = DocumentCode(
          number: codeFields.text("CodeNumber") ?? "", notation: codeFields.text("CodeNotation") ?? "")
        left += codeFields.unknown()
      }
    }
    if document.documentId.isEmpty { fields.note(.missingDocumentId, "DocumentId") }
    if document.code.number.isEmpty || document.code.notation.isEmpty { fields.note(.missingCode, "Code") }
    if document.subject.isEmpty { fields.note(.missingSubject, "Subject") }
    if let part = fields.fields("PromulgationInfo") { document.promulgation = HeaderReading.promulgation(part) }
    if document.promulgation.date == nil { fields.note(.missingPromulgationDate, "PromulgationInfo/PromulgationDate") }
    document.documentType = fields.fields("DocumentType").map(HeaderReading.documentType)
    document.content = fields.text("Content")
    document.signer = fields.fields("SignerInfo").map(HeaderReading.signer)
    document.dueDate = fields.date("DueDate")
    document.otherInfo = fields.fields("OtherInfo").map(HeaderReading.otherInfo)
    document.responseFor = fields.children("ResponseFor").filter { !$0.isBlank }.map {
      HeaderReading.responseFor($0, fields.path + "/ResponseFor", findings)
    }
    document.steeringType = fields.code("SteeringType")
    if var tasks = fields.fields("ResponseForTask") {
      document.responseForTask = tasks.texts("TaskCode")
      left += tasks.unknown()
    }
    document.applicationType = fields.text("ApplicationType")
    if var places = fields.fields("ToPlaces") {
      document.toPlaces = places.texts("Place")
      left += places.unknown()
    }
    document.extensions = extensions
    document.extensions.messageHeader = left + fields.unknown()
    return document
  }

  private func trace(_ list: Element?, _ path: String, _ document: inout EdocDocument) {
    guard let list else {
      findings.note(.missingTrace, path, 0)
      findings.note(.missingBusiness, path + "/Bussiness", 0)
      return
    }
    var fields = FieldReader(list, path, findings)
    document.traceAttributes = list.attributes.filter { $0.prefix == nil }
    document.trace = fields.children("TraceHeader").filter { !$0.isBlank }.map {
      HeaderReading.traceHeader($0, path + "/TraceHeader", findings)
    }
    if document.trace.isEmpty { fields.note(.missingTrace, "TraceHeader") }
    document.business = fields.fields("Bussiness").map(HeaderReading.business)
    if document.business == nil { fields.note(.missingBusiness, "Bussiness") }
    document.paper = fields.flag("Paper")
    document.extensions.traceHeaderList = fields.unknown()
  }

  private func manifest(_ body: FieldReader?, _ document: inout EdocDocument) {
    guard var body else { return }
    if var manifest = body.fields("edXMLManifest") {
      let references = manifest.children("Reference")
      if references.count > limits.maximumReferences { manifest.note(.tooManyReferences, "Reference") }
      for element in references.prefix(limits.maximumReferences) where !element.isBlank || !element.attributes.isEmpty {
        var fields = FieldReader(element, manifest.path + "/Reference", findings)
        // .NET writers repeat the id in an attribute.
        let contentId = fields.text("ContentId") ?? element.attribute("href") ?? ""
        var reference = ManifestReference(contentId: Self.withoutScheme(contentId))
        reference.contentType = fields.text("ContentType")
        reference.description = fields.text("Description")
        reference.attachmentName = fields.text("AttachmentName")
        reference.unknown = fields.unknown()
        reference.attributes = element.placedAttributes(at: "Reference")
        document.manifest.append(reference)
      }
      document.extensions.body = manifest.unknown()
    }
    document.extensions.body += body.unknown()
  }

  /// A content id without its `cid:`.
  static func withoutScheme(_ contentId: String) -> String {
    contentId.lowercased().hasPrefix("cid:") ? String(contentId.dropFirst(4)) : contentId
  }
}
