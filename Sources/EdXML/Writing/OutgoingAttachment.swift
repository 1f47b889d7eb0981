public import XMLTree

/// A file that goes out with a document.
public struct OutgoingAttachment: Sendable, Hashable, Codable {
  /// As the receiver sees it; one path component.
  public var name: String
  /// Where the content is.
  public var file: String
  /// What the manifest says; by default made from the name.
  public var contentType: String?
  public var description: String?
  /// Without `cid:`; unique in the message. Give a UUID.
  public var contentId: String
  /// Extensions of the axis operator's library.
  public var fieldName: String?
  public var mimeType: String?
  /// What came with it besides, when it is somebody else's message that is repeated.
  public var unknown: [Element] = []
  public var remainders: [Remainder] = []

  public init(
    name: String, file: String, contentType: String? = nil, description: String? = nil, contentId: String
  ) {
    self.name = name
    self.file = file
    self.contentType = contentType
    self.description = description
    self.contentId = contentId
  }

  /// An attachment as it came, to be written again; `nil` when its content is not in a file.
  public init?(repeating received: ReceivedAttachment) {
    guard let file = received.file else { return nil }
    self.init(
      name: received.declaredName.isEmpty ? received.name : received.declaredName, file: file,
      description: received.description, contentId: received.contentId)
    fieldName = received.fieldName
    mimeType = received.mimeType
    unknown = received.unknown
    remainders = received.remainders
  }

  /// PDF files travel byte for byte, archives are not packed twice, everything else is wrapped.
  var isWrapped: Bool { !["pdf", "zip"].contains(AttachmentName.fileExtension(name)) }

  /// What stands beside the content. A wrapped file says zip, which is how the axis operator's reader knows.
  var transferType: String {
    if isWrapped { return "application/zip" }
    return AttachmentName.fileExtension(name) == "pdf" ? "application/pdf" : "application/zip"
  }
}
