import VietnameseText

/// A message as a clerk wants to see it, and as `lienthong edxml inspect --json` prints it
/// (`Schemas/edxml-inspect.schema.json`).
public struct MessageInspection: Sendable, Encodable {
  struct Party: Sendable, Encodable {
    var organId: String
    var name: String?
    var inCharge: String?
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

  struct Hop: Sendable, Encodable {
    var organId: String?
    var timestamp: String?
  }

  struct Attachment: Sendable, Encodable {
    var name: String
    var contentId: String
    var contentType: String?
    var description: String?
    var bytes: Int
    var sha256: String?
    var wrapped: Bool
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
  var from: Party
  var to: [Party]
  var documentId: String?
  var code: DocumentCode?
  var promulgationDate: String?
  var promulgationPlace: String?
  var documentType: String?
  var subject: String?
  var content: String?
  var signer: String?
  var dueDate: String?
  var priority: String?
  var status: Status?
  var responseFor: [Response]
  var replaces: [Replacement]?
  var updates: String?
  var trace: [Hop]?
  var envelopeSignature: Bool
  var attachments: [Attachment]
  var acceptable: Bool
  var findings: [Note]

  public init(_ received: ReceivedMessage) {
    kind = received.message.kind
    from = Party(received.message.from)
    envelopeSignature = received.hasEnvelopeSignature
    acceptable = received.isAcceptable
    attachments = received.attachments.map { attachment in
      Attachment(
        name: attachment.name, contentId: attachment.contentId, contentType: attachment.contentType,
        description: attachment.description, bytes: attachment.bytes,
        sha256: attachment.isUsable ? attachment.sha256 : nil, wrapped: attachment.wasWrapped)
    }
    findings = received.findings.map { finding in
      Note(
        code: finding.code.rawValue, severity: finding.severity, place: finding.place.shown,
        line: finding.place.line > 0 ? finding.place.line : nil, text: finding.text.vi, textEn: finding.text.en)
    }
    switch received.message {
    case .document(let document):
      business = document.kind.name
      to = document.to.map { Party($0) }
      documentId = document.documentId.nilIfEmpty
      code = document.code.joined.isEmpty ? nil : document.code
      promulgationDate = document.promulgation.date?.iso
      promulgationPlace = document.promulgation.place
      documentType = document.documentType?.typeName
      subject = document.subject.nilIfEmpty
      content = document.content
      signer =
        [document.signer?.competence, document.signer?.position, document.signer?.fullName].compactMap { $0 }
        .joined(separator: ", ").nilIfEmpty
      dueDate = document.dueDate?.iso
      priority = document.otherInfo?.priority?.code
      responseFor = document.responseFor.map { Response($0) }
      let replacements = document.business?.replacements ?? []
      replaces =
        replacements.isEmpty
        ? nil : replacements.map { Replacement(documentId: $0.documentId, organIds: $0.organIds) }
      updates = document.kind == .update ? document.business?.documentId : nil
      trace = document.trace.map { Hop(organId: $0.organId, timestamp: $0.timestamp?.edxml) }
    case .status(let message):
      to = message.responseFor.organId.isEmpty ? [] : [Party(Organization(message.responseFor.organId))]
      responseFor = [Response(message.responseFor)]
      documentId = message.responseFor.documentId
      status = Status(
        code: message.code.code, name: message.code.name.vi, description: message.description,
        timestamp: message.timestamp?.edxml)
    }
  }
}

extension MessageInspection.Party {
  init(_ organization: Organization) {
    self.init(organId: organization.organId, name: organization.name, inCharge: organization.inCharge)
  }

  var shown: String { name.map { "\($0) (\(organId))" } ?? organId }
}

extension MessageInspection.Response {
  init(_ response: ResponseFor) {
    self.init(
      organId: response.organId, code: response.code, documentId: response.documentId,
      promulgationDate: response.promulgationDate?.iso)
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
