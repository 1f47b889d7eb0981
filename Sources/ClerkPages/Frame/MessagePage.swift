public import VietnameseText

/// A page with one message: nothing found, a wrong address, a failure.
public struct MessagePage: Sendable, Hashable {
  public var desk: Desk
  /// The HTTP status shown small, for the operator.
  public var status: Int
  public var title: ClerkSentence
  /// What happened and what to do.
  public var message: ClerkSentence

  public init(desk: Desk, status: Int, title: ClerkSentence, message: ClerkSentence) {
    self.desk = desk
    self.status = status
    self.title = title
    self.message = message
  }
}

extension PageRenderer {
  /// The page as HTML.
  public func html(_ page: MessagePage) throws(PageError) -> String {
    try render(MessagePage.View(page), template: "message")
  }
}

extension MessagePage {
  /// What `message.mustache` reads.
  struct View: Sendable {
    let frame: FrameView
    let words: [String: String]
    let title: String
    let message: String
    let status: String

    init(_ page: MessagePage) {
      let language = page.desk.language
      frame = FrameView(page.desk, title: page.title[language], here: PageLink("/"))
      words = PageWords(language).all
      title = page.title[language]
      message = page.message[language]
      status = String(page.status)
    }
  }
}
