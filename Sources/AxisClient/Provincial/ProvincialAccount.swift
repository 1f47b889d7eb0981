/// An account with a provincial gateway (domain notes 8.7): who logs in, and the system's id and key.
public struct ProvincialAccount: Sendable {
  /// Base address; operations are `{endpoint}/v1/<name>`.
  public let endpoint: String
  public let systemID: String
  let secretKey: Secret
  public let username: String
  let password: Secret
  public let applicationCode: String
  /// How long a token is used before a new one is asked for. The gateway's last about half an hour.
  public let tokenLifetime: Duration

  public init(
    endpoint: String, systemID: String, secretKey: String, username: String, password: String,
    applicationCode: String = "", tokenLifetime: Duration = .seconds(25 * 60)
  ) {
    self.endpoint = endpoint.withoutTrailingSlashes
    self.systemID = systemID
    self.secretKey = Secret(value: secretKey)
    self.username = username
    self.password = Secret(value: password)
    self.applicationCode = applicationCode
    self.tokenLifetime = tokenLifetime
  }
}
