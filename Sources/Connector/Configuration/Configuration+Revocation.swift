import Foundation

// MARK: - Asking for revocation data

extension Configuration {
  /// Whether authorities are asked over the network where the trust folder leaves a certificate's status open.
  public struct Revocation: Sendable, Equatable {
    public var fetch = false
    /// Also at addresses of private networks and of this host.
    public var allowPrivateAddresses = false
    /// For one request.
    public var timeoutSeconds = 10.0
    /// Largest answer, in millions of bytes.
    public var maximumMegabytes = 20.0

    /// The fetcher's rules; answers are kept below the data folder.
    func rules(dataFolder: String) -> RevocationFetcher.Rules {
      RevocationFetcher.Rules(
        timeout: timeoutSeconds, maximumBytes: Int(maximumMegabytes * 1_000_000),
        allowsPrivateAddresses: allowPrivateAddresses,
        cacheFolder: URL(fileURLWithPath: dataFolder).appendingPathComponent("revocation").path)
    }
  }

  static func readRevocation(_ root: inout ConfigurationReader.Section, _ reader: ConfigurationReader) -> Revocation {
    guard var section = reader.section("revocation", in: &root, required: false) else { return Revocation() }
    defer { reader.finish(section) }
    return Revocation(
      fetch: reader.flag("fetch", in: &section, default: false),
      allowPrivateAddresses: reader.flag("allowPrivateAddresses", in: &section, default: false),
      timeoutSeconds: reader.seconds("timeoutSeconds", in: &section, default: 10, range: 0.1...300),
      maximumMegabytes: reader.seconds("maximumMegabytes", in: &section, default: 20, range: 0.001...60))
  }
}
