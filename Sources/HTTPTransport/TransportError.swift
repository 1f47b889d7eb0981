public import VietnameseText

/// Why an exchange gave no complete answer, and whether the peer may have got the request.
public struct TransportError: Error, Sendable, Hashable {
  public enum Code: String, Sendable, Hashable, CaseIterable {
    /// The address, a header or a limit of the request cannot be used; nothing was sent.
    case invalidRequest = "invalid-request"
    case nameNotResolved = "name-not-resolved"
    case connectionRefused = "connection-refused"
    /// No route, network down, address unreachable.
    case notConnected = "not-connected"
    case connectTimedOut = "connect-timed-out"
    /// The peer's certificate is not trusted or is for another name.
    case peerNotTrusted = "peer-not-trusted"
    /// The TLS handshake failed, or our own certificate, key or trust file cannot be used.
    case tlsFailed = "tls-failed"
    case proxyFailed = "proxy-failed"
    /// `totalTimeout` passed after the connection was made.
    case timedOut = "timed-out"
    /// `stallTimeout` passed without a byte.
    case stalled = "stalled"
    /// Reset, or closed before the answer was complete.
    case connectionLost = "connection-lost"
    case responseTooLarge = "response-too-large"
    case malformedResponse = "malformed-response"
    /// The file to send cannot be read, or changed its length under way.
    case bodyUnreadable = "body-unreadable"
    /// The answer cannot be written to the file.
    case sinkFailed = "sink-failed"
    case cancelled
    case libraryFailed = "library-failed"
  }

  public enum Reach: String, Sendable, Hashable {
    /// No byte of the request left; the peer has surely done nothing.
    case neverSent = "never-sent"
    /// The peer may have got the request and done what it asks.
    case unknown
  }

  public let code: Code
  public let reach: Reach
  /// For the operator: libcurl's words; no header, no body, no secret.
  public let detail: String

  public init(_ code: Code, reach: Reach, detail: String) {
    self.code = code
    self.reach = reach
    self.detail = detail
  }

  /// For the clerk: what is wrong and what to do.
  public var clerk: ClerkSentence {
    switch code {
    case .nameNotResolved, .connectionRefused, .notConnected, .connectTimedOut, .proxyFailed:
      ClerkSentence(
        vi: "Không kết nối được tới máy chủ; hệ thống sẽ tự thử lại. Nếu kéo dài, báo người quản trị kiểm tra mạng.",
        en:
          "The server cannot be reached; the system will try again by itself. If it lasts, ask the administrator to check the network."
      )
    case .peerNotTrusted, .tlsFailed:
      ClerkSentence(
        vi: "Không lập được kết nối an toàn tới máy chủ. Báo người quản trị kiểm tra chứng thư và cấu hình TLS.",
        en:
          "No secure connection to the server could be made. Ask the administrator to check the certificates and the TLS settings."
      )
    case .timedOut, .stalled, .connectionLost, .cancelled:
      ClerkSentence(
        vi: "Kết nối bị ngắt giữa chừng, chưa rõ máy chủ đã nhận hay chưa. Không cần gửi lại; hệ thống sẽ kiểm tra.",
        en:
          "The connection broke off; it is not known whether the server got the request. Do not send again; the system will check."
      )
    case .responseTooLarge, .malformedResponse:
      ClerkSentence(
        vi: "Máy chủ trả lời không đúng quy cách. Báo người quản trị.",
        en: "The server's answer breaks the protocol. Tell the administrator.")
    case .invalidRequest, .bodyUnreadable, .sinkFailed, .libraryFailed:
      ClerkSentence(
        vi: "Máy này không thực hiện được việc truyền (cấu hình, tệp hoặc ổ đĩa). Báo người quản trị.",
        en: "This machine could not make the transfer (settings, file or disk). Tell the administrator.")
    }
  }
}
