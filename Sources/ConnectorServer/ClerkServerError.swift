public import VietnameseText

/// The clerk's pages could not be served.
public struct ClerkServerError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What went wrong.
  public enum Code: String, Sendable, Hashable, CaseIterable {
    /// The listen address is not `HOST:PORT`.
    case listenAddressMalformed = "listen-address-malformed"
    /// The address can be reached from other machines; there is no login yet.
    case listenAddressNotLoopback = "listen-address-not-loopback"
    /// Another program listens there.
    case listenAddressInUse = "listen-address-in-use"
    /// The system refuses the address or port to this user.
    case listenAddressRefused = "listen-address-refused"
    /// The server stopped before it listened.
    case notListening = "not-listening"
    /// The shipped templates cannot be read.
    case pagesUnreadable = "pages-unreadable"
  }

  public let code: Code
  /// The address concerned, as given.
  public let address: String
  /// For the operator.
  public let detail: String

  init(_ code: Code, address: String, detail: String) {
    self.code = code
    self.address = address
    self.detail = detail
  }

  public var description: String { "\(code.rawValue): \(detail)" }

  public var clerk: ClerkSentence {
    switch code {
    case .listenAddressMalformed:
      ClerkSentence(
        vi: "Địa chỉ lắng nghe “\(address)” không đúng dạng. Hãy ghi như 127.0.0.1:8080.",
        en: "The listen address “\(address)” is malformed. Write it like 127.0.0.1:8080.")
    case .listenAddressNotLoopback:
      ClerkSentence(
        vi:
          "Địa chỉ “\(address)” mở ra ngoài máy này. Trang theo dõi chưa có đăng nhập, nên chỉ nhận 127.0.0.1, [::1] hoặc localhost.",
        en:
          "The address “\(address)” can be reached from other machines. The pages have no login yet: use 127.0.0.1, [::1] or localhost."
      )
    case .listenAddressInUse:
      ClerkSentence(
        vi: "Cổng \(address) đang được chương trình khác dùng. Hãy chọn cổng khác hoặc dừng chương trình đó.",
        en: "Another program already listens on \(address). Choose another port or stop that program.")
    case .listenAddressRefused:
      ClerkSentence(
        vi: "Hệ thống không cho mở \(address). Hãy chọn cổng từ 1024 trở lên hoặc kiểm tra cấu hình mạng.",
        en: "The system refuses to open \(address). Choose a port from 1024 up or check the network settings.")
    case .notListening:
      ClerkSentence(
        vi: "Trang theo dõi đã dừng. Hãy khởi động lại chương trình.",
        en: "The clerk's pages have stopped. Start the program again.")
    case .pagesUnreadable:
      ClerkSentence(
        vi: "Bản cài đặt thiếu mẫu trang. Hãy cài lại chương trình.",
        en: "The installation lacks its page templates. Install the program again.")
    }
  }
}
