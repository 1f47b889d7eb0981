public import XMLTree

/// A document message of any of the four kinds, without the content of its attachments.
public struct EdocDocument: Sendable, Hashable, Codable {
  public var from: Organization
  public var to: [Organization]
  /// See ``DocumentIdentifier``; empty when the message has none.
  public var documentId: String
  public var code: DocumentCode
  public var promulgation: Promulgation
  public var documentType: DocumentType?
  /// "Trích yếu".
  public var subject: String
  public var content: String?
  public var signer: SignerInfo?
  /// Until when an answer is asked for.
  public var dueDate: EdocDate?
  public var otherInfo: OtherInfo?
  public var responseFor: [ResponseFor] = []
  public var steeringType: SteeringType?
  /// Task codes, an extension of the axis operator; `nil` when the element is absent.
  public var responseForTask: [String]?
  public var applicationType: String?
  /// "Nơi nhận".
  public var toPlaces: [String] = []
  public var trace: [TraceHeader] = []
  /// `nil` when the message has none, which means new.
  public var business: Business?
  /// `Paper` in its old place, directly under the list.
  public var paper: Bool?
  /// Attributes of the list of hops, such as `version`.
  public var traceAttributes: [Attribute] = []
  /// As read; the writer makes its own from the attachments.
  public var manifest: [ManifestReference] = []
  /// The envelope's `Signature` as it stands: advisory (edxml.md section 4).
  public var signature: Element?
  /// Elements that this version does not know, kept to be written again.
  public var extensions = Extensions()

  public init(
    from: Organization, to: [Organization], documentId: String, code: DocumentCode, promulgation: Promulgation,
    subject: String, business: Business? = Business(kind: .new, reason: BusinessKind.new.usualReason),
    documentType: DocumentType? = nil, content: String? = nil, signer: SignerInfo? = nil, dueDate: EdocDate? = nil,
    otherInfo: OtherInfo? = nil, responseFor: [ResponseFor] = [], steeringType: SteeringType? = nil,
    toPlaces: [String] = [], trace: [TraceHeader] = []
  ) {
    self.from = from
    self.to = to
    self.documentId = documentId
    self.code = code
    self.promulgation = promulgation
    self.subject = subject
    self.business = business
    self.documentType = documentType
    self.content = content
    self.signer = signer
    self.dueDate = dueDate
    self.otherInfo = otherInfo
    self.responseFor = responseFor
    self.steeringType = steeringType
    self.toPlaces = toPlaces
    self.trace = trace
  }

  public var kind: BusinessKind { business?.kind ?? .new }
}

/// One line of the manifest (`Reference`).
public struct ManifestReference: Sendable, Hashable, Codable {
  /// Without `cid:`.
  public var contentId: String
  public var contentType: String?
  public var description: String?
  public var attachmentName: String?
  public var unknown: [Element] = []
  /// What else the line holds, such as .NET's attribute `xlink:href`; paths begin with `Reference`.
  public var remainders: [Remainder] = []

  public init(
    contentId: String, contentType: String? = nil, description: String? = nil, attachmentName: String? = nil
  ) {
    self.contentId = contentId
    self.contentType = contentType
    self.description = description
    self.attachmentName = attachmentName
  }
}

/// What of a message this version does not know, kept to be written again at its place.
public struct Extensions: Sendable, Hashable, Codable {
  public var messageHeader: [Element] = []
  public var traceHeaderList: [Element] = []
  public var header: [Element] = []
  public var body: [Element] = []
  public var envelope: [Element] = []
  public var root: [Element] = []
  /// Of `AttachmentEncoded`, attachments apart.
  public var attachments: [Element] = []
  /// Comments and processing instructions before and after the root element.
  public var before: [Node] = []
  public var after: [Node] = []
  /// What known elements hold besides: attributes, comments, loose text, markup in fields.
  public var remainders: [Remainder] = []

  public init() {}

  public var isEmpty: Bool {
    messageHeader.isEmpty && traceHeaderList.isEmpty && header.isEmpty && body.isEmpty && envelope.isEmpty
      && root.isEmpty && attachments.isEmpty && before.isEmpty && after.isEmpty && remainders.isEmpty
  }
}
