public import XMLTree

/// What the message does and why (`Bussiness`, spelled so in the standard).
public struct Business: Sendable, Hashable, Codable {
  /// For an update: the document that is updated.
  public var documentId: String?
  public var kind: BusinessKind
  public var reason: String?
  /// Whether a paper copy is sent as well.
  public var paper: Bool?
  /// Only for an update.
  public var update: UpdateInfo?
  /// Only for a replacement.
  public var replacements: [ReplacementInfo] = []
  public var staff: StaffInfo?
  public var unknown: [Element] = []

  public init(
    kind: BusinessKind, documentId: String? = nil, reason: String? = nil, paper: Bool? = nil,
    update: UpdateInfo? = nil, replacements: [ReplacementInfo] = [], staff: StaffInfo? = nil
  ) {
    self.kind = kind
    self.documentId = documentId
    self.reason = reason
    self.paper = paper
    self.update = update
    self.replacements = replacements
    self.staff = staff
  }
}

/// What an update changes (`BussinessDocumentInfo`).
public struct UpdateInfo: Sendable, Hashable, Codable {
  /// The document's data or files changed (`DocumentInfo`).
  public var documentChanged: Bool?
  /// The list of receivers changed (`DocumentReceiver`).
  public var receiversChanged: Bool?
  public var receivers: [Receiver] = []
  public var unknown: [Element] = []

  /// One receiver; whether 0 or 1 stands for added is not published.
  public struct Receiver: Sendable, Hashable, Codable {
    public var organId: String
    public var receiverType: String?
    public var unknown: [Element] = []

    public init(organId: String, receiverType: String? = nil) {
      self.organId = organId
      self.receiverType = receiverType
    }
  }

  public init(documentChanged: Bool? = nil, receiversChanged: Bool? = nil, receivers: [Receiver] = []) {
    self.documentChanged = documentChanged
    self.receiversChanged = receiversChanged
    self.receivers = receivers
  }
}

/// A document that is replaced, and for whom (`ReplacementInfo`).
public struct ReplacementInfo: Sendable, Hashable, Codable {
  public var documentId: String
  public var organIds: [String]
  public var unknown: [Element] = []

  public init(documentId: String, organIds: [String]) {
    self.documentId = documentId
    self.organIds = organIds
  }
}

/// One hop on the way (`TraceHeader`), the sender first. The axis adds hops that may lack a code.
public struct TraceHeader: Sendable, Hashable, Codable {
  public var organId: String?
  public var timestamp: EdocTimestamp?
  public var unknown: [Element] = []

  public init(organId: String?, timestamp: EdocTimestamp?) {
    self.organId = organId
    self.timestamp = timestamp
  }
}
