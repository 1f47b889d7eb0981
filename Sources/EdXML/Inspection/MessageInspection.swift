import VietnameseText

/// A message as a clerk wants to see it, and as `lienthong edxml inspect --json` prints it
/// (`Schemas/edxml-inspect.schema.json`).
public struct MessageInspection: Sendable, Encodable {
  struct Party: Sendable, Encodable {
    var organId: String
    var name: String?
    var inCharge: String?
    var address: String?
    var email: String?
    var telephone: String?
    var fax: String?
    var website: String?
  }

  struct Status: Sendable, Encodable {
    var code: String
    var name: String
    var description: String?
    var timestamp: String?
  }

  struct Response: Sendable, Encodable {
    var organId: String
    var code: String?
    var documentId: String?
    var promulgationDate: String?
  }

  struct Replacement: Sendable, Encodable {
    var documentId: String
    var organIds: [String]
  }

  struct Receiver: Sendable, Encodable {
    var organId: String
    var receiverType: String?
  }

  /// What an update changes.
  struct Update: Sendable, Encodable {
    var documentId: String?
    var documentChanged: Bool?
    var receiversChanged: Bool?
    var receivers: [Receiver]
  }

  struct Staff: Sendable, Encodable {
    var department: String?
    var departmentId: String?
    var staff: String?
    var staffId: String?
    var email: String?
    var mobile: String?
  }

  struct Kind: Sendable, Encodable {
    var type: Int?
    var typeDetail: Int?
    var name: String?
  }

  struct Other: Sendable, Encodable {
    var sphereOfPromulgation: String?
    var typerNotation: String?
    var promulgationAmount: Int?
    var pageAmount: Int?
    var replyFors: String?
    var referenceCodes: String?
    var direction: Bool?
    var appendixes: [String]?
  }

  struct Hop: Sendable, Encodable {
    var organId: String?
    var timestamp: String?
  }

  struct Attachment: Sendable, Encodable {
    var name: String
    /// Only when the name had to be made safe.
    var declaredName: String?
    var contentId: String
    var contentType: String?
    var description: String?
    var fieldName: String?
    var mimeType: String?
    var bytes: Int
    var sha256: String?
    var wrapped: Bool
  }

  struct Line: Sendable, Encodable {
    var contentId: String
    var contentType: String?
    var description: String?
    var name: String?
  }

  struct Note: Sendable, Encodable {
    var code: String
    var severity: Severity
    var place: String
    var line: Int?
    var text: String
    var textEn: String
  }

  var kind: MessageKind
  var business: String?
  var reason: String?
  /// Whether a paper copy is sent as well.
  var paper: Bool?
  var from: Party
  var to: [Party]
  var documentId: String?
  var code: DocumentCode?
  var promulgationDate: String?
  var promulgationPlace: String?
  var documentType: String?
  var documentTypeCode: Kind?
  var subject: String?
  var content: String?
  var signer: String?
  var dueDate: String?
  var priority: String?
  var otherInfo: Other?
  var steeringType: String?
  var tasks: [String]?
  var applicationType: String?
  var toPlaces: [String]?
  var staff: Staff?
  var status: Status?
  var responseFor: [Response]
  var replaces: [Replacement]?
  var updates: String?
  var update: Update?
  var trace: [Hop]?
  var envelopeSignature: Bool
  var manifest: [Line]?
  var attachments: [Attachment]
  var acceptable: Bool
  var findings: [Note]

  public init(_ received: ReceivedMessage) {
    kind = received.message.kind
    from = Party(received.message.from)
    envelopeSignature = received.hasEnvelopeSignature
    acceptable = received.isAcceptable
    attachments = received.attachments.map { Attachment($0) }
    findings = received.findings.map { Note($0) }
    switch received.message {
    case .document(let document):
      to = document.to.map { Party($0) }
      responseFor = document.responseFor.map { Response($0) }
      fill(document)
    case .status(let message):
      to = message.responseFor.organId.isEmpty ? [] : [Party(Organization(message.responseFor.organId))]
      responseFor = [Response(message.responseFor)]
      documentId = message.responseFor.documentId
      staff = message.staff.map { Staff($0) }
      status = Status(
        code: message.code.code, name: message.code.name.vi, description: message.description,
        timestamp: message.timestamp?.edxml)
    }
  }

  private mutating func fill(_ document: EdocDocument) {
    business = document.kind.name
    reason = document.business?.reason
    paper = document.business?.paper ?? document.paper
    documentId = document.documentId.nilIfEmpty
    code = document.code.joined.isEmpty ? nil : document.code
    promulgationDate = document.promulgation.date?.iso
    promulgationPlace = document.promulgation.place
    documentType = document.documentType?.typeName
    documentTypeCode = document.documentType.map {
      Kind(type: $0.type, typeDetail: $0.typeDetail, name: $0.typeName)
    }
    subject = document.subject.nilIfEmpty
    content = document.content
    signer =
      [document.signer?.competence, document.signer?.position, document.signer?.fullName].compactMap { $0 }
      .joined(separator: ", ").nilIfEmpty
    dueDate = document.dueDate?.iso
    priority = document.otherInfo?.priority?.code
    otherInfo = document.otherInfo.map { Other($0) }
    steeringType = document.steeringType?.code
    tasks = document.responseForTask
    applicationType = document.applicationType
    toPlaces = document.toPlaces.isEmpty ? nil : document.toPlaces
    staff = document.business?.staff.map { Staff($0) }
    let replacements = document.business?.replacements ?? []
    replaces =
      replacements.isEmpty ? nil : replacements.map { Replacement(documentId: $0.documentId, organIds: $0.organIds) }
    updates = document.kind == .update ? document.business?.documentId : nil
    update = document.business?.update.map { Update($0, of: document.business?.documentId) }
    trace = document.trace.map { Hop(organId: $0.organId, timestamp: $0.timestamp?.edxml) }
    manifest =
      document.manifest.isEmpty
      ? nil
      : document.manifest.map {
        Line(
          contentId: $0.contentId, contentType: $0.contentType, description: $0.description, name: $0.attachmentName)
      }
  }
}

extension Place {
  /// `edXML/…/To, dòng 12` in one word that needs no translation: the path and the line.
  public var shown: String {
    switch (element.isEmpty, line > 0) {
    case (false, true): "\(element):\(line)"
    case (false, false): element
    case (true, true): "line \(line)"
    case (true, false): "file"
    }
  }
}

extension String {
  var nilIfEmpty: String? { isEmpty ? nil : self }

  /// Fit for a terminal: no control characters and nothing that turns the direction of text.
  public var withoutControls: String {
    String(
      String.UnicodeScalarView(
        unicodeScalars.map { scalar in
          switch scalar.properties.generalCategory {
          case .control, .format, .lineSeparator, .paragraphSeparator: " "
          default: scalar
          }
        }))
  }
}
