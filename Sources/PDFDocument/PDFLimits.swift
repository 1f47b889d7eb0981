/// What reading a PDF may cost at most. Every file from outside is read under such limits.
public struct PDFLimits: Sendable, Hashable {
  /// Largest file, bytes.
  public var fileSize = 512 << 20
  /// Deepest nesting of arrays and dictionaries.
  public var nesting = 64
  /// Most entries of all cross-reference sections together.
  public var objects = 2_000_000
  /// Most cross-reference sections, so most revisions.
  public var sections = 256
  /// Largest object without its stream data, bytes of the file.
  public var objectSize = 16 << 20
  /// Most bytes that one cross-reference or object stream may inflate to.
  public var inflatedStream = 32 << 20
  /// Most bytes that all such streams together may inflate to.
  public var inflatedTotal = 128 << 20
  /// Most values read from the file in all (numbers, names, strings, arrays, dictionaries).
  public var values = 20_000_000
  /// Files up to this size are held in memory whole; larger ones are read in pieces.
  public var wholeInMemory = 24 << 20

  public init() {}
}
