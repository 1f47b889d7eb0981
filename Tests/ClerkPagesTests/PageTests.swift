import ClerkPages
import Foundation
import Testing
import VietnameseText

@Suite("The clerk's pages")
struct PageTests {
  /// The page's words alone, one line per block, as a reader meets them.
  static func text(_ html: String) -> String {
    var text = ""
    var inTag = false
    var skipped = html[...]
    if let body = skipped.range(of: "<body>") { skipped = skipped[body.upperBound...] }
    for character in skipped {
      switch character {
      case "<":
        inTag = true
      case ">":
        inTag = false
        text.append(" ")
      default: if !inTag { text.append(character) }
      }
    }
    return text.split(separator: "\n").map {
      $0.split(separator: " ", omittingEmptySubsequences: true).joined(separator: " ")
    }.filter { !$0.isEmpty }.joined(separator: "\n")
  }

  /// Compares with the snapshot beside the tests; `LIENTHONG_RECORD=1` writes it anew, and then the test fails so that
  /// a recording is never taken for a pass.
  private func expectSnapshot(_ html: String, _ name: String) throws {
    let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Snapshots/\(name).txt")
    let shown = Self.text(html) + "\n"
    if ProcessInfo.processInfo.environment["LIENTHONG_RECORD"] == "1" {
      try FileManager.default.createDirectory(
        at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(shown.utf8).write(to: file)
      Issue.record("snapshot \(name) recorded")
      return
    }
    #expect(shown == String(decoding: try Data(contentsOf: file), as: UTF8.self))
  }

  @Test("The list reads so in Vietnamese")
  func list() throws {
    let page = Invented.list(
      Invented.desk(refresh: 15), filter: .init(direction: .outgoing, search: "chung thu"),
      rows: [
        Invented.row("a1", next: .init(vi: "Chờ phân công", en: "Waits for assignment")),
        Invented.row("a2", notation: "13/SNV-VP", stage: Invented.refused), Invented.row("a3", stage: Invented.held),
      ], page: 2, pageCount: 3)
    try expectSnapshot(PageRenderer().html(page), "list-vi")
  }

  @Test("A refused letter reads so in Vietnamese and in English")
  func letter() throws {
    let pages = try PageRenderer()
    try expectSnapshot(pages.html(Invented.letter()), "letter-vi")
    try expectSnapshot(pages.html(Invented.letter(Invented.desk(.english, keeps: true))), "letter-en")
  }

  @Test("A message reads so, and its status is shown")
  func message() throws {
    let page = MessagePage(
      desk: Invented.desk(), status: 404, title: .init(vi: "Không tìm thấy", en: "Not found"),
      message: .init(vi: "Không có văn bản này. Hãy tìm trong danh sách.", en: "There is no such letter."))
    try expectSnapshot(PageRenderer().html(page), "message-vi")
  }

  @Test("Times are Vietnam's, whatever the machine's zone")
  func times() throws {
    var letter = Invented.letter()
    letter.timeline = [
      .init(
        at: Date(timeIntervalSince1970: 1_798_736_399), who: .init(vi: "a", en: "a"), what: .init(vi: "b", en: "b"),
        tone: .done)
    ]
    let html = try PageRenderer().html(letter)
    #expect(html.contains("<time datetime=\"2026-12-31T23:59:59+07:00\">31/12/2026 23:59</time>"))
  }

  @Test("A page reloads only while something on it moves and the reader lets it")
  func reloading() throws {
    let pages = try PageRenderer()
    let meta = "http-equiv=\"refresh\""
    #expect(try !pages.html(Invented.list(rows: [])).contains(meta))
    #expect(try pages.html(Invented.list(Invented.desk(refresh: 15), rows: [])).contains(meta + " content=\"15\""))
    let off = try pages.html(Invented.list(Invented.desk(refresh: 15, off: true), rows: [Invented.row("a")]))
    #expect(!off.contains(meta))
    #expect(off.contains("href=\"/letters/a?refresh=off\""))
    #expect(off.contains("Bật tự làm mới"))
  }

  @Test("The reader's language and filter stay in every link")
  func links() throws {
    let page = Invented.list(
      Invented.desk(.english, keeps: true),
      filter: .init(direction: .incoming, stage: "held", search: "sở nội vụ & 1"), rows: [Invented.row("a")], page: 2,
      pageCount: 3)
    let html = try PageRenderer().html(page)
    let query = "q=s%E1%BB%9F%20n%E1%BB%99i%20v%E1%BB%A5%20%26%201&amp;direction=in&amp;state=held"
    #expect(html.contains("href=\"/?\(query)&amp;page=3&amp;lang=en\""))
    #expect(html.contains("href=\"/?\(query)&amp;lang=en\""))
    #expect(html.contains("href=\"/?\(query)&amp;page=2&amp;lang=vi\""))
    #expect(html.contains("href=\"/letters/a?lang=en\""))
    #expect(html.contains("<html lang=\"en\">"))
  }

  @Test("What is late says so by when it was due, and can be picked out of the list")
  func overdue() throws {
    var rows = [Invented.row("a"), Invented.row("b"), Invented.row("c")]
    rows[0].due = Invented.now.addingTimeInterval(-60)
    rows[1].due = Invented.now.addingTimeInterval(60)
    var page = Invented.list(rows: rows)
    let pages = try PageRenderer()
    func times(_ words: String) throws -> Int { try pages.html(page).components(separatedBy: words).count - 1 }
    #expect(try times("<span class=\"next overdue\">Quá hạn: ") == 1)
    #expect(try times("<span class=\"next\">Hạn: ") == 1)
    #expect(try times("overdue=1") == 0)
    page.overdue = 1
    #expect(try times("href=\"/?overdue=1\">Quá hạn <b>1</b>") == 1)
    page.filter.isOverdue = true
    #expect(try times("<input type=\"hidden\" name=\"overdue\" value=\"1\">") == 1)
    #expect(try times("href=\"/\" aria-current=\"true\">Quá hạn") == 1)
  }

  @Test("An empty list says why and how to see more")
  func empty() throws {
    let pages = try PageRenderer()
    #expect(try pages.html(Invented.list(rows: [])).contains("Không có văn bản nào"))
    #expect(try !pages.html(Invented.list(rows: [])).contains("điều kiện lọc"))
    #expect(try pages.html(Invented.list(filter: .init(search: "x"), rows: [])).contains("điều kiện lọc"))
  }

  @Test(
    "A file's size has one digit after the mark of the language",
    arguments: [
      (Int64(0), "0 B", "0 B"), (999, "999 B", "999 B"), (1000, "1 kB", "1 kB"), (148_213, "148,2 kB", "148.2 kB"),
      (1_363_148, "1,4 MB", "1.4 MB"), (2_500_000_000, "2,5 GB", "2.5 GB"), (-1, "0 B", "0 B"),
      (Int64.max, "9223372036,9 GB", "9223372036.9 GB"),
    ])
  func sizes(_ bytes: Int64, _ vietnamese: String, _ english: String) throws {
    var letter = Invented.letter()
    letter.attachments = [.init(name: "a.pdf", size: bytes)]
    let pages = try PageRenderer()
    #expect(try pages.html(letter).contains(">\(vietnamese)</span>"))
    letter.desk = Invented.desk(.english)
    #expect(try pages.html(letter).contains(">\(english)</span>"))
  }
}
