/// What came back: any status at all, complete.
public struct TransportResponse: Sendable {
  /// The HTTP status, 200–599.
  public let status: Int
  /// The header fields in the order they came.
  public let headers: [TransportHeader]
  /// The body, unless it went to the file.
  public let body: [UInt8]
  /// The body's length, wherever it went.
  public let bodyByteCount: Int
  /// The file that holds the body, if it went there.
  public let sinkPath: String?

  public init(status: Int, headers: [TransportHeader], body: [UInt8], bodyByteCount: Int, sinkPath: String?) {
    self.status = status
    self.headers = headers
    self.body = body
    self.bodyByteCount = bodyByteCount
    self.sinkPath = sinkPath
  }

  /// The first field of that name, upper and lower case alike.
  public func header(_ name: String) -> String? {
    let wanted = name.lowercased()
    return headers.first { $0.name.lowercased() == wanted }?.value
  }
}
