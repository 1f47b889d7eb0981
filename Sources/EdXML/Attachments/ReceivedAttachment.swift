public import XMLTree

/// An attachment that came with a message, its content in a file.
public struct ReceivedAttachment: Sendable, Hashable, Codable {
  /// Without `cid:`; empty when the message gives none.
  public var contentId: String
  /// One path component that is safe to use as a file name.
  public var name: String
  /// As it stands in the message.
  public var declaredName: String
  /// As the attachment declares it.
  public var contentType: String?
  public var description: String?
  public var fieldName: String?
  public var mimeType: String?
  /// Length of the content, unwrapped; 0 when it could not be used.
  public var bytes: Int
  /// Lower-case hexadecimal of the unwrapped content's SHA-256; empty when the content could not be used.
  public var sha256: String
  /// Where the content is; `nil` when it was only measured or could not be used.
  public var file: String?
  /// Whether it came inside a ZIP archive that was taken off.
  public var wasWrapped: Bool
  /// The line of its start tag.
  public var line: Int
  public var unknown: [Element] = []
  /// What else the element holds; paths begin with `Attachment`.
  public var remainders: [Remainder] = []

  /// Whether there is content.
  public var isUsable: Bool { !sha256.isEmpty }
}
