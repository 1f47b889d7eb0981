public import VietnameseText

/// Why a child process gave no usable output.
public struct LimitedProcessError: Error, Sendable, Hashable {
  /// What went wrong.
  public enum Code: String, Sendable, Hashable, CaseIterable {
    /// The program is not installed or cannot be started.
    case notStarted = "not-started"
    /// It took too long and was killed.
    case timeExceeded = "time-exceeded"
    /// It wrote more than is taken.
    case outputExceeded = "output-exceeded"
    /// It was ended by a signal, as a memory or processor limit does.
    case killed
    /// It ended with a code other than 0.
    case failed
    /// The file that it is given could not be made or written.
    case inputFile = "input-file"
    /// The task that waited for it was cancelled.
    case cancelled
  }

  public let code: Code
  /// The program's name.
  public let program: String
  /// For the operator: exit code, signal, first line of its complaint.
  public let detail: String

  public init(_ code: Code, program: String, detail: String) {
    self.code = code
    self.program = program
    self.detail = detail
  }

  /// What the clerk is told.
  public var clerk: ClerkSentence {
    switch code {
    case .notStarted, .inputFile:
      ClerkSentence(
        vi: "Máy chủ chưa sẵn sàng để đọc tệp. Hãy báo quản trị hệ thống.",
        en: "The server is not ready to read the file. Tell the administrator.")
    case .timeExceeded, .outputExceeded, .killed:
      ClerkSentence(
        vi: "Tệp quá lớn hoặc quá phức tạp để đọc tự động. Hãy mở tệp và nhập tay, hoặc đề nghị nơi gửi xuất lại tệp.",
        en:
          "The file is too large or too complex to be read by the machine. Open it and type it in, or ask for a new one."
      )
    case .failed:
      ClerkSentence(
        vi: "Không đọc được tệp: tệp hỏng hoặc không phải PDF. Hãy đề nghị nơi gửi gửi lại.",
        en: "The file cannot be read: it is damaged or no PDF. Ask the sender to send it again.")
    case .cancelled:
      ClerkSentence(
        vi: "Việc đọc tệp đã bị dừng. Hãy thử lại.", en: "Reading the file was stopped. Try again.")
    }
  }
}
