import VietnameseText

extension AxisOutcomeTable {
  /// The project's reading of the protocol and of the gateway's error list (domain notes 8.5 and 8.7).
  ///
  /// Principle: an operation that must not be done twice is tried again only when the axis surely did not do it: nothing
  /// was sent, or the axis itself said no. A status made by a server on the way (502, 504, a bare 503 or 500) says
  /// nothing about what the axis did.
  public static let standard = AxisOutcomeTable(rows: transportRows + statusRows + codeRows + bodyRows)

  private static let transportRows: [Row] = [
    Row("transport:invalid-request/never-sent", .tryAgain(.local)),
    Row("transport:name-not-resolved/never-sent", .tryAgain(.notReached)),
    Row("transport:connection-refused/never-sent", .tryAgain(.notReached)),
    Row("transport:not-connected/never-sent", .tryAgain(.notReached)),
    Row("transport:connect-timed-out/never-sent", .tryAgain(.notReached)),
    Row("transport:peer-not-trusted/never-sent", .tryAgain(.notTrusted)),
    Row("transport:tls-failed/never-sent", .tryAgain(.notTrusted)),
    Row("transport:proxy-failed/never-sent", .tryAgain(.notReached)),
    Row("transport:body-unreadable/never-sent", .tryAgain(.local)),
    Row("transport:library-failed/never-sent", .tryAgain(.local)),
    Row("transport:cancelled/never-sent", .tryAgain(.interrupted)),
    Row("transport:*/never-sent", .tryAgain(.notReached)),
    Row(
      "transport:response-too-large/unknown", once: .unknown(.unreadableAnswer),
      repeatable: .tryAgain(.unreadableAnswer)),
    Row(
      "transport:malformed-response/unknown", once: .unknown(.unreadableAnswer),
      repeatable: .tryAgain(.unreadableAnswer)),
    Row("transport:body-unreadable/unknown", once: .unknown(.local), repeatable: .tryAgain(.local)),
    Row("transport:sink-failed/unknown", once: .unknown(.local), repeatable: .tryAgain(.local)),
    Row("transport:*/unknown", once: .unknown(.interrupted), repeatable: .tryAgain(.interrupted)),
  ]

  private static let statusRows: [Row] = [
    Row("http:2xx", once: .unknown(.unexpectedStatus), repeatable: .tryAgain(.unexpectedStatus)),
    Row("http:3xx", .tryAgain(.unexpectedStatus)),
    Row("http:4xx", .tryAgain(.unexpectedStatus)),
    // Something of that name is there already, perhaps ours.
    Row("http:409", once: .unknown(.unexpectedStatus), repeatable: .tryAgain(.unexpectedStatus)),
    Row("http:413", .refused(.message), clerk: sentences["http:413"]),
    Row("http:425", .tryAgain(.busy)),
    Row("http:429", .tryAgain(.busy)),
    Row("http:5xx", once: .unknown(.interrupted), repeatable: .tryAgain(.axisFault)),
    Row("http:501", .tryAgain(.unexpectedStatus)),
    Row("http:505", .tryAgain(.unexpectedStatus)),
    // With Retry-After it is the server's own refusal; without, a proxy may have lost the answer.
    Row("http:503+retry-after", .tryAgain(.busy)),
    Row("http:503", once: .unknown(.interrupted), repeatable: .tryAgain(.busy)),
  ]

  private static let codeRows: [Row] = [
    Row("code:10", .refused(.message), clerk: sentences["code:10"]),
    Row("code:15", .refused(.account), clerk: sentences["code:15"]),
    Row("code:18", .refused(.receiver), clerk: sentences["code:18"]),
    Row("code:19", .refused(.account), clerk: sentences["code:19"]),
    Row("code:20", .tryAgain(.axisFault)),
    Row("code:21", .tryAgain(.axisFault)),
    Row("code:22", .refused(.message), clerk: sentences["code:22"]),
    Row("code:23", .refused(.receiver), clerk: sentences["code:23"]),
    // The operator's SDK uses 100 for a failure of its own, after which the call may have been made.
    Row("code:100", once: .unknown(.axisFault), repeatable: .tryAgain(.axisFault)),
    Row("code:*", .tryAgain(.unrecognisedCode)),
  ]

  private static let bodyRows: [Row] = [
    Row("body:empty", once: .unknown(.unreadableAnswer), repeatable: .tryAgain(.unreadableAnswer)),
    Row("body:not-json", once: .unknown(.unreadableAnswer), repeatable: .tryAgain(.unreadableAnswer)),
    Row("body:no-code", once: .unknown(.unreadableAnswer), repeatable: .tryAgain(.unreadableAnswer)),
    Row("body:contradictory", once: .unknown(.unreadableAnswer), repeatable: .tryAgain(.unreadableAnswer)),
    Row("body:incomplete", once: .unknown(.unreadableAnswer), repeatable: .tryAgain(.unreadableAnswer)),
  ]

  private static let sentences: [String: ClerkSentence] = [
    "http:413": ClerkSentence(
      vi: "Văn bản quá lớn so với giới hạn của trục. Giảm dung lượng tệp đính kèm rồi gửi lại.",
      en: "The message is larger than the axis allows. Make the attachments smaller and send again."),
    "code:10": ClerkSentence(
      vi: "Trục báo tệp gửi không hợp lệ. Kiểm tra lại tệp và gửi lại dưới dạng văn bản mới.",
      en: "The axis says that the file is not valid. Check the file and send it as a new message."),
    "code:15": ClerkSentence(
      vi: "Trục không chấp nhận mã hệ thống hoặc khóa bí mật. Báo người quản trị; văn bản được giữ lại và gửi sau.",
      en:
        "The axis does not accept the system's id or secret. Tell the administrator; the message is kept and sent later."
    ),
    "code:18": ClerkSentence(
      vi: "Đơn vị nhận không có trong danh bạ của trục. Kiểm tra mã đơn vị nhận.",
      en: "The receiver is not in the axis' directory. Check the receiver's code."),
    "code:19": ClerkSentence(
      vi: "Đơn vị gửi chưa được đăng ký với trục. Báo người quản trị; văn bản được giữ lại và gửi sau.",
      en: "The sender is not registered with the axis. Tell the administrator; the message is kept and sent later."),
    "code:22": ClerkSentence(
      vi: "Trục báo văn bản sai định dạng edXML. Báo người quản trị kiểm tra văn bản này.",
      en: "The axis says that the message is not proper edXML. Ask the administrator to look at this message."),
    "code:23": ClerkSentence(
      vi: "Đơn vị nhận đang bị khóa trên trục. Liên hệ đơn vị nhận rồi gửi lại khi được mở.",
      en: "The receiver is locked on the axis. Contact the receiver and send again once it is unlocked."),
  ]
}

extension AxisTrouble.Kind {
  /// The usual sentence for the clerk; `doubt`: whether the call may have been done.
  func clerk(doubt: Bool) -> ClerkSentence {
    if doubt {
      return ClerkSentence(
        vi: "Chưa rõ trục đã nhận hay chưa. Không gửi lại; hệ thống sẽ hỏi trục để xác định.",
        en: "It is not known whether the axis took it. Do not send again; the system will ask the axis.")
    }
    switch self {
    case .notReached, .interrupted, .busy, .axisFault:
      return ClerkSentence(
        vi: "Trục liên thông đang gián đoạn hoặc bận; hệ thống sẽ tự gửi lại. Không cần làm gì.",
        en: "The axis is interrupted or busy; the system will try again by itself. Nothing needs doing.")
    case .notTrusted:
      return ClerkSentence(
        vi: "Không lập được kết nối an toàn tới trục. Báo người quản trị kiểm tra chứng thư và cấu hình TLS.",
        en:
          "No secure connection to the axis could be made. Ask the administrator to check the certificates and the TLS settings."
      )
    case .unreadableAnswer, .unexpectedStatus, .unrecognisedCode:
      return ClerkSentence(
        vi: "Trục trả lời không theo quy cách; hệ thống sẽ thử lại. Nếu kéo dài, báo người quản trị.",
        en:
          "The axis' answer does not follow the protocol; the system will try again. If it lasts, tell the administrator."
      )
    case .local:
      return ClerkSentence(
        vi: "Máy này không thực hiện được việc truyền (cấu hình, tệp hoặc ổ đĩa). Báo người quản trị.",
        en: "This machine could not make the transfer (settings, file or disk). Tell the administrator.")
    }
  }
}
