/// How much a document may ask of its reader. What passes a limit is refused, never cut.
public struct ReadingLimits: Sendable, Hashable {
  /// Bytes of the whole document as it comes.
  public var maximumBytes = 64 << 20
  /// How deep elements may be nested.
  public var maximumDepth = 200
  /// Bytes that may come without anything complete among them: a start tag, a DOCTYPE, a name. libxml2 2.9 is
  /// quadratic in the attributes of a tag and has no limit of its own.
  public var maximumStartTagBytes = 16 << 10
  /// Bytes of one comment or processing instruction.
  public var maximumCommentBytes = 1 << 20
  public var maximumAttributes = 256
  /// Namespace declarations in scope at once; looking a prefix up is linear in them.
  public var maximumNamespaces = 512
  /// Elements, text pieces, comments and processing instructions together.
  public var maximumNodes = 2_000_000
  /// Bytes of names, attributes and text, apart from text that is streamed or discarded.
  public var maximumTreeBytes = 8 << 20
  public var maximumDuration: Duration = .seconds(60)

  public init() {}

  public static let standard = ReadingLimits()

  /// A worksheet or a table of shared strings; best read with ``DocumentReader/forEach(_:in:_:)``.
  public static let spreadsheetPart: ReadingLimits = {
    var limits = ReadingLimits()
    limits.maximumBytes = 512 << 20
    limits.maximumTreeBytes = 400 << 20
    limits.maximumNodes = 30_000_000
    return limits
  }()

  /// The words of a document with their places, as poppler's tools write them.
  public static let pageText: ReadingLimits = {
    var limits = ReadingLimits()
    limits.maximumTreeBytes = 64 << 20
    return limits
  }()
}
