/// How much an archive may ask of its reader. What passes a limit is refused, never cut.
public struct ZipLimits: Sendable, Hashable {
  public var maximumEntries = 10_000
  /// Unpacked bytes of one entry.
  public var maximumEntryBytes: UInt64 = 512 << 20
  /// Unpacked bytes of all entries together.
  public var maximumTotalBytes: UInt64 = 1 << 30
  /// Unpacked to packed bytes; applies to entries of more than 1 MB unpacked.
  public var maximumRatio: UInt64 = 200
  public var maximumNameBytes = 512

  public init() {}

  public static let standard = ZipLimits()

  /// XLSX: sheets of equal rows pack very well.
  public static let spreadsheet: ZipLimits = {
    var limits = ZipLimits()
    limits.maximumRatio = 1000
    return limits
  }()

  /// An attachment that was wrapped for the journey: one file of at most 300 MB.
  public static let wrapped: ZipLimits = {
    var limits = ZipLimits()
    limits.maximumEntries = 64
    limits.maximumEntryBytes = 300 << 20
    limits.maximumTotalBytes = 300 << 20
    limits.maximumRatio = 1000
    return limits
  }()
}
