/// How the embedded axis runs.
public struct AxisServerConfiguration: Sendable {
  /// Which protocol is served.
  public enum Kind: String, Sendable, CaseIterable {
    /// The national axis' (domain notes 8.4).
    case vxp
    /// A provincial gateway's (8.7): login with the system's id and secret as username and password.
    case provincial
  }

  public var kind = Kind.vxp
  /// How long a provincial gateway's token is good.
  public var tokenLifetime = Duration.seconds(30 * 60)
  public var listenHost: String
  /// 0: any free port.
  public var port: Int
  /// Made if it is not there.
  public var dataDirectory: String
  public var systems: [AxisSystem]
  /// Refuse a message to an unknown receiver with code 18 in place of keeping it as undeliverable.
  public var strictDirectory: Bool
  /// How far a request's time may be from ours. The operator's client makes its timestamp once and uses it for hours.
  public var timestampTolerance: Duration
  /// The largest message taken.
  public var maximumMessageBytes: Int
  /// The most deliveries that one list gives.
  public var maximumListEntries: Int
  /// A JSON script of faults, read again whenever it changes.
  public var faultsFile: String?

  public init(
    listenHost: String = "127.0.0.1", port: Int, dataDirectory: String, systems: [AxisSystem],
    strictDirectory: Bool = false,
    timestampTolerance: Duration = .seconds(24 * 3600), maximumMessageBytes: Int = 450 << 20,
    maximumListEntries: Int = 1000,
    faultsFile: String? = nil
  ) {
    self.listenHost = listenHost
    self.port = port
    self.dataDirectory = dataDirectory
    self.systems = systems
    self.strictDirectory = strictDirectory
    self.timestampTolerance = timestampTolerance
    self.maximumMessageBytes = maximumMessageBytes
    self.maximumListEntries = maximumListEntries
    self.faultsFile = faultsFile
  }

  /// Splits `HOST:PORT`; an IPv6 host stands in brackets.
  public static func listenAddress(_ text: String) throws(AxisServerError) -> (host: String, port: Int) {
    guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]),
      (0...65535).contains(port)
    else {
      throw AxisServerError(.badListenAddress, "--listen must be HOST:PORT with a port from 0 to 65535")
    }
    var host = String(text[..<colon])
    if host.hasPrefix("["), host.hasSuffix("]") { host = String(host.dropFirst().dropLast()) }
    guard !host.isEmpty else { throw AxisServerError(.badListenAddress, "--listen must be HOST:PORT") }
    return (host, port)
  }
}
