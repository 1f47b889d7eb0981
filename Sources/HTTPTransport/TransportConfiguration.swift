/// How a client reaches its peers: trust, identity, proxy, number of connections.
public struct TransportConfiguration: Sendable {
  /// TLS 1.2 or later; names and chains are always verified.
  public struct TLS: Sendable {
    /// PEM file of the authorities to trust, in place of the system's.
    public var authorityFile: String?
    /// Client certificate: a PEM file, or PKCS#12 if the name ends in `.p12` or `.pfx`.
    public var clientCertificateFile: String?
    /// PEM file of the client's key, if the certificate's file does not hold it.
    public var clientKeyFile: String?
    public var clientKeyPassword: String?

    public init(
      authorityFile: String? = nil, clientCertificateFile: String? = nil, clientKeyFile: String? = nil,
      clientKeyPassword: String? = nil
    ) {
      self.authorityFile = authorityFile
      self.clientCertificateFile = clientCertificateFile
      self.clientKeyFile = clientKeyFile
      self.clientKeyPassword = clientKeyPassword
    }
  }

  public var tls: TLS
  /// `http://host:port` or `socks5h://host:port`. The environment's proxy variables are not looked at.
  public var proxy: String?
  /// Exchanges at the same time, 1–64; more wait in order.
  public var maximumConnections: Int
  /// Sent unless the request brings its own.
  public var userAgent: String?
  /// Connects to public addresses only: for addresses that strangers may have a say in. It looks at the address that is
  /// connected to, whatever name led there; behind a proxy that is the proxy's.
  public var publicAddressesOnly = false

  public init(
    tls: TLS = TLS(), proxy: String? = nil, maximumConnections: Int = 8, userAgent: String? = nil
  ) {
    self.tls = tls
    self.proxy = proxy
    self.maximumConnections = maximumConnections
    self.userAgent = userAgent
  }
}

extension TransportConfiguration.TLS: CustomStringConvertible, CustomDebugStringConvertible {
  /// Without the password.
  public var description: String {
    "TLS(authorityFile: \(authorityFile ?? "-"), clientCertificateFile: \(clientCertificateFile ?? "-"))"
  }
  public var debugDescription: String { description }
}
