import ClerkPages
import Testing
import VietnameseText

@Suite("Text from outside on a page")
struct HostileTextTests {
  /// Ways to break out of text or of an attribute.
  static let attacks = [
    "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "' autofocus onfocus='alert(1)",
    // A combining mark joins the quote or bracket into one character, which character-wise escaping does not see.
    "x\"\u{301} onfocus=alert(1) autofocus=\"\u{301}", "<\u{338}b>\u{20D7}<\u{FE0F}script>", "'\u{200D} onload=x",
    "{{words.search}}{{#rows}}", "&lt;script&gt;", "a\u{0}b\u{1B}[31m",
  ]

  @Test("Hostile text changes no tag of the list", arguments: attacks)
  func list(_ attack: String) throws {
    let pages = try PageRenderer()
    func page(_ text: String) throws -> String {
      try pages.html(
        Invented.list(
          Invented.desk(owner: text, keeps: true), filter: .init(search: text),
          rows: [
            Invented.row("a", notation: text, subject: text, next: .init(vi: text, en: text)), Invented.row(text),
          ],
          page: 2, pageCount: 3))
    }
    let html = try page(attack)
    #expect(Markup.tags(html) == Markup.tags(try page("x")))
    #expect(!html.contains("<script"))
    #expect(!html.unicodeScalars.contains { $0.value == 0 || $0.value == 0x1B })
  }

  @Test("Hostile text changes no tag of a letter's page", arguments: attacks)
  func letter(_ attack: String) throws {
    let pages = try PageRenderer()
    func page(_ text: String) throws -> String {
      var letter = Invented.letter(Invented.desk(owner: text), note: text)
      letter.notation = text
      letter.subject = text
      letter.facts.append(.init(.from, .text(text)))
      letter.facts.append(.init(.documentId, .code(text)))
      letter.attachments.append(.init(name: text, size: 1))
      letter.signatures.append(.init(signer: text, verdict: .init(vi: text, en: text), tone: .refused))
      letter.problems.append(.init(what: .init(vi: text, en: text), whatToDo: .init(vi: text, en: text), code: text))
      letter.nextStep = .init(what: .init(vi: text, en: text), who: .init(vi: text, en: text), isOurs: false)
      return try pages.html(letter)
    }
    #expect(Markup.tags(try page(attack)) == Markup.tags(try page("x")))
  }

  @Test("Hostile text changes no tag of a message", arguments: attacks)
  func message(_ attack: String) throws {
    let pages = try PageRenderer()
    func page(_ text: String) throws -> String {
      let sentence = ClerkSentence(vi: text, en: text)
      return try pages.html(
        MessagePage(desk: Invented.desk(owner: text), status: 404, title: sentence, message: sentence))
    }
    #expect(Markup.tags(try page(attack)) == Markup.tags(try page("x")))
  }

  @Test("A file name cannot be turned round by bidirectional overrides")
  func bidirectional() throws {
    var letter = Invented.letter()
    letter.attachments = [.init(name: "cong-van\u{202E}fdp.exe", size: 1)]
    let html = try PageRenderer().html(letter)
    #expect(html.contains("<bdi>cong-vanfdp.exe</bdi>"))
  }

  @Test("An id with any character in it stays one path segment")
  func identifiers() throws {
    let html = try PageRenderer().html(Invented.list(rows: [Invented.row("../x?y#z/đ")]))
    #expect(html.contains("href=\"/letters/..%2Fx%3Fy%23z%2F%C4%91\""))
  }
}
