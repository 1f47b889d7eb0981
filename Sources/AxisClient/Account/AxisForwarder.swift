/// A security server (X-Road adapter) through which the axis is called: it forwards method, headers and body unchanged to
/// the provider's REST service (domain notes 8.9).
public struct AxisForwarder: Sendable, Hashable {
  /// Up to and with `…/RestService/forward`.
  public let url: String
  /// The provider's name among the adapters, `VN:GOV:<13-character code>:<subsystem>`.
  public let destinationCode: String
  /// The base address that the adapter calls; nil: the account's endpoint.
  public let providerURL: String?

  public init(url: String, destinationCode: String, providerURL: String? = nil) {
    self.url = url.withoutTrailingSlashes
    self.destinationCode = destinationCode
    self.providerURL = providerURL
  }

  func address(of operation: String, provider: String) -> String {
    let parameters = [("dstcode", destinationCode), ("providerurl", providerURL ?? provider)]
    let query = parameters.map { "\($0)=\(Self.percentEncoded($1))" }.joined(separator: "&")
    return "\(url)/\(operation)?\(query)"
  }

  /// Everything but unreserved characters and the colon, which adapters are seen to take as it is.
  static func percentEncoded(_ text: String) -> String {
    text.utf8.map { byte in
      let character = Character(Unicode.Scalar(byte))
      let isPlain = byte < 0x80 && (character.isLetter || character.isNumber || "-._~:".contains(character))
      return isPlain ? String(character) : "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
    }.joined()
  }
}
