public import VietnameseText

/// A page could not be made.
public struct PageError: Error, Sendable, Hashable {
  /// What went wrong.
  public enum Code: String, Sendable, Hashable, CaseIterable {
    /// A shipped template cannot be read; the build is broken.
    case templateUnreadable = "template-unreadable"
    /// No template has that name; the build is broken.
    case templateMissing = "template-missing"
  }

  public let code: Code
  /// The template's name.
  public let template: String
  /// For the operator.
  public let detail: String

  public var clerk: ClerkSentence {
    ClerkSentence(
      vi: "Không hiển thị được trang này. Hãy báo người quản trị phần mềm; dữ liệu văn bản không bị ảnh hưởng.",
      en: "This page cannot be shown. Tell the software's operator; the letters themselves are not affected.")
  }
}
