/// One header field; the name is sent in the very letters given here.
public struct TransportHeader: Sendable, Hashable {
  public var name: String
  public var value: String

  public init(_ name: String, _ value: String) {
    self.name = name
    self.value = value
  }
}

/// What a request carries.
public enum TransportBody: Sendable {
  case none
  case bytes([UInt8])
  /// The file's bytes, streamed, then `suffix` (the axis wants CR LF after a message).
  case file(path: String, suffix: [UInt8])
  /// The file's bytes between `prefix` and `suffix`, streamed: one part of a multipart body.
  case framedFile(prefix: [UInt8], path: String, suffix: [UInt8])
}

/// Where the body of a good answer (status 200–299) goes; any other answer's body stays in memory.
public enum TransportSink: Sendable {
  case memory
  /// Made with mode 0600, replaced if it was there, synced to the disk; removed if the transfer fails.
  case file(path: String)
}

/// Limits of one exchange. Every one of them is enforced here, whatever the other side says.
public struct TransportLimits: Sendable, Hashable {
  /// From the first look-up of the name to the end of the TLS handshake.
  public var connectTimeout: Duration
  /// The whole exchange.
  public var totalTimeout: Duration
  /// The longest time without a byte in either direction.
  public var stallTimeout: Duration
  /// The most that is taken of an answer's body; more is an error, not a cut text.
  public var maximumResponseBytes: Int
  /// The most that is taken of an answer's header fields together.
  public var maximumHeaderBytes: Int

  public init(
    connectTimeout: Duration = .seconds(15), totalTimeout: Duration = .seconds(600),
    stallTimeout: Duration = .seconds(90), maximumResponseBytes: Int = 16 << 20, maximumHeaderBytes: Int = 64 << 10
  ) {
    self.connectTimeout = connectTimeout
    self.totalTimeout = totalTimeout
    self.stallTimeout = stallTimeout
    self.maximumResponseBytes = maximumResponseBytes
    self.maximumHeaderBytes = maximumHeaderBytes
  }
}

/// One request over HTTP/1.1.
public struct TransportRequest: Sendable {
  public enum Method: String, Sendable, Hashable {
    case get = "GET"
    case post = "POST"
    case put = "PUT"
    case delete = "DELETE"
    case head = "HEAD"
  }

  public var method: Method
  public var url: String
  public var headers: [TransportHeader]
  public var body: TransportBody
  public var limits: TransportLimits
  /// Whether the exchange may be made twice without harm.
  ///
  /// libcurl by itself repeats a request, a POST too, when a kept connection turns out to be dead before any byte of
  /// the answer came, although the peer may have done what was asked. With `false` the request gets a connection of
  /// its own, on which libcurl never repeats.
  public var mayRepeat: Bool

  public init(
    _ method: Method, url: String, headers: [TransportHeader] = [], body: TransportBody = .none,
    limits: TransportLimits = TransportLimits(), mayRepeat: Bool = false
  ) {
    self.method = method
    self.url = url
    self.headers = headers
    self.body = body
    self.limits = limits
    self.mayRepeat = mayRepeat
  }
}
