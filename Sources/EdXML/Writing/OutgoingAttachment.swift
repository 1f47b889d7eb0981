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

  public init(
    name: String, file: String, contentType: String? = nil, description: String? = nil, contentId: String
  ) {
    self.name = name
    self.file = file
    self.contentType = contentType
    self.description = description
    self.contentId = contentId
  }

  /// PDF files travel byte for byte, archives are not packed twice, everything else is wrapped.
  var isWrapped: Bool { !["pdf", "zip"].contains(AttachmentName.fileExtension(name)) }

  /// What stands beside the content. A wrapped file says zip, which is how the axis operator's reader knows.
  var transferType: String {
    if isWrapped { return "application/zip" }
    return AttachmentName.fileExtension(name) == "pdf" ? "application/pdf" : "application/zip"
  }
}
