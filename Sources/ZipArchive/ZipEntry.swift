/// One entry of an archive, as its directory tells.
public struct ZipEntry: Sendable, Hashable {
  /// Its place in the directory, from 0.
  public var index: Int
  /// With `/` between folders; checked to stay inside the archive's folder.
  public var name: String
  public var isDirectory: Bool
  /// Unpacked.
  public var bytes: UInt64
  public var packedBytes: UInt64
  public var isEncrypted: Bool
}
