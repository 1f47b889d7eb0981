import XMLTree
import ZipArchive

/// How much a message may ask of its reader. What passes a limit is refused with a finding or an error, never cut.
///
/// | limit | default |
/// |---|---|
/// | message | 450 MB |
/// | one attachment, decoded | 300 MB |
/// | all attachments together, unpacked | 900 MB |
/// | attachments | 100 |
/// | manifest lines | 200 |
/// | receivers | 2,000 |
/// | unpacked to packed | 1000 : 1 |
/// | all but attachment text | 8 MB |
/// | depth | 64 |
/// | a start tag | 16 KB |
/// | attributes of an element | 256 |
/// | namespace declarations in scope | 512 |
/// | time | 120 s |
public struct EdXMLLimits: Sendable, Hashable {
  /// Bytes of the whole message.
  public var maximumMessageBytes = 450 << 20
  /// Bytes of one attachment after decoding, and again after unpacking.
  public var maximumAttachmentBytes = 300 << 20
  /// Bytes of all attachments together after unpacking.
  public var maximumStoredBytes = 900 << 20
  public var maximumAttachments = 100
  public var maximumReferences = 200
  public var maximumReceivers = 2000
  /// Unpacked to packed bytes of a wrapped attachment.
  public var maximumRatio = 1000
  /// Bytes of markup and text apart from attachments.
  public var maximumTreeBytes = 8 << 20
  public var maximumDepth = 64
  public var maximumDuration: Duration = .seconds(120)

  public init() {}

  public static let standard = EdXMLLimits()

  /// What the XML reader is told.
  var reading: ReadingLimits {
    var limits = ReadingLimits()
    limits.maximumBytes = maximumMessageBytes
    limits.maximumTreeBytes = maximumTreeBytes
    limits.maximumDepth = maximumDepth
    limits.maximumDuration = maximumDuration
    return limits
  }

  /// What the ZIP reader is told about a wrapped attachment.
  var unwrapping: ZipLimits {
    var limits = ZipLimits.wrapped
    limits.maximumEntryBytes = UInt64(maximumAttachmentBytes)
    limits.maximumTotalBytes = UInt64(maximumAttachmentBytes)
    limits.maximumRatio = UInt64(maximumRatio)
    return limits
  }
}
