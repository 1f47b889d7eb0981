/// One system's account with the axis: where the axis is, who we are, and the shared secret.
public struct AxisAccount: Sendable {
  /// Base address, `http://` or `https://`; operations are `{endpoint}/<name>`.
  public let endpoint: String
  /// The `systemid` the operator gave.
  public let systemID: String
  let secret: Secret
  public let hashForm: HashFileForm
  public let retrieval: Retrieval
  /// Between us and the axis; nil: the axis is called directly.
  public let forwarder: AxisForwarder?

  /// How the digest of a sent file is written in `hash-file`.
  public enum HashFileForm: String, Sendable, Hashable, Codable, CaseIterable {
    /// As the operator's SDK writes it: each byte in hexadecimal without its leading zero.
    case operatorSDK = "operator-sdk"
    /// Two digits for each byte.
    case paddedHex = "padded-hex"
  }

  /// Which operations fetch a message.
  public enum Retrieval: String, Sendable, Hashable, Codable, CaseIterable {
    /// `downloadEdoc` (streamed), and `getEdoc` if the axis does not offer it.
    case downloadThenGet = "download-then-get"
    case downloadOnly = "download-only"
    case getOnly = "get-only"
  }

  public init(
    endpoint: String, systemID: String, secret: String, hashForm: HashFileForm = .operatorSDK,
    retrieval: Retrieval = .downloadThenGet, forwarder: AxisForwarder? = nil
  ) {
    self.endpoint = endpoint.withoutTrailingSlashes
    self.systemID = systemID
    self.secret = Secret(value: secret)
    self.hashForm = hashForm
    self.retrieval = retrieval
    self.forwarder = forwarder
  }

  /// Where an operation is called.
  func address(of operation: String) -> String {
    forwarder?.address(of: operation, provider: endpoint) ?? "\(endpoint)/\(operation)"
  }
}

extension String {
  var withoutTrailingSlashes: String {
    var text = self
    while text.hasSuffix("/") { text.removeLast() }
    return text
  }
}

/// A secret that no description, dump or mirror shows.
struct Secret: Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  let value: String
  var description: String { "(secret)" }
  var debugDescription: String { description }
  var customMirror: Mirror { Mirror(self, children: []) }
}
