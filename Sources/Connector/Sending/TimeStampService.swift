import Foundation
import HTTPTransport
public import LetterSignatures
public import SigningCore

/// Time stamps over HTTP (RFC 3161 section 3.4): the configured servers in order, the first good answer wins.
public struct TimeStampService: TimeStamping {
  let servers: [String]
  let transport: HTTPClient

  /// - Parameter servers: addresses of RFC 3161 servers over HTTP.
  public init(servers: [String]) {
    self.servers = servers
    transport = HTTPClient()
  }

  /// Largest answer that is read, in bytes; a token with its certificates has a few thousand.
  static let maximumResponseBytes = 256 << 10

  /// A token over `digest`.
  /// - Throws: `ConnectorError.timeStampUnavailable`; trying again later is right.
  public func token(for digest: [UInt8], algorithm: DigestAlgorithm) async throws -> [UInt8] {
    var causes: [String] = []
    for server in servers {
      do {
        let request = try TimeStampRequest(digest: digest, algorithm: algorithm, nonce: try randomBytes(8))
        var limits = TransportLimits()
        limits.totalTimeout = .seconds(20)
        limits.maximumResponseBytes = Self.maximumResponseBytes
        let response = try await transport.send(
          TransportRequest(
            .post, url: server, headers: [TransportHeader("Content-Type", "application/timestamp-query")],
            body: .bytes(request.der), limits: limits, mayRepeat: true))
        guard response.status == 200 else {
          causes.append("http-\(response.status)")
          continue
        }
        return try request.token(fromResponse: response.body)
      } catch let error as TransportError {
        causes.append(error.code.rawValue)
      } catch let error as SigningError {
        causes.append(error.code.rawValue)
      }
    }
    throw ConnectorError(
      .timeStampUnavailable,
      vi: "Chưa lấy được dấu thời gian; phần mềm sẽ tự thử lại.",
      en: "No time stamp server answered; it will be tried again.",
      detail: causes.isEmpty ? "no server configured" : causes.joined(separator: ", "))
  }
}
