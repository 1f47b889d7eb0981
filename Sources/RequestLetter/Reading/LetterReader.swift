public import DossierModel
public import Foundation
import VietnameseText

/// Reads a letter's PDF back into values: words with positions by poppler, then head, contact, count, table, signer.
///
/// It says what stands in the letter, where, and how sure that is; what it means is for `DossierMapping` to judge.
public struct LetterReader: Sendable {
  let layout: LetterLayout
  private let titles: ColumnHeadings.Titles
  let tools: PopplerTools
  /// Off only in tests that read ruled letters as if they had no lines.
  var looksForRules = true

  public init(layout: LetterLayout, tools: PopplerTools = PopplerTools()) {
    self.layout = layout
    titles = ColumnHeadings.Titles(layout)
    self.tools = tools
  }

  /// With the words that are shipped.
  public init() throws(RequestLetterError) {
    self.init(layout: try LetterLayout.builtIn())
  }

  /// Reads one file. Throws only when there are no pages to look at; a scan or a letter of another kind is a result.
  public func read(_ pdf: Data) async throws(RequestLetterError) -> LetterContent {
    let file = try PopplerFile(pdf, tools: tools)
    let pages = try await file.pages()
    let quality = TextQualityReader.judge(pages, pictures: try await file.pictures())
    guard quality != .noText, quality != .undecodable else { return LetterContent(textQuality: quality) }
    let headings = ColumnHeadings(titles)
    let (parts, grids) = await tableParts(of: pages, in: file, headings: headings)
    return LetterAssembly(pages: pages, parts: parts, grids: grids, layout: layout, headings: headings).content(quality)
  }

  /// Tables of all pages: where lines rule them, else by positions; and everything that lines rule.
  private func tableParts(
    of pages: [PageText], in file: PopplerFile, headings: ColumnHeadings
  ) async -> (parts: [TablePart], grids: [TableGrid]) {
    var parts: [TablePart] = []
    var grids: [TableGrid] = []
    let feet = pages.runningFeet
    var next = 0
    while next < pages.count {
      let end = min(next + Self.pagesAtOnce, pages.count) - 1
      let rules = await file.rules(pages: next...end)
      for page in pages[next...end] {
        let lines = looksForRules ? rules[page.index] ?? PageRules() : PageRules()
        let found = TableGrid.tables(lines, page: page.index)
        grids += found
        let ruled = found.compactMap { TablePart($0, words: page.words, headings: headings) }
        var bare = page
        if !feet.isEmpty { bare.words.removeAll { feet.contains($0) } }
        parts += withUnruled(ruled, on: bare, rules: lines, after: parts.last, headings: headings)
      }
      next = end + 1
    }
    return (parts, grids)
  }

  /// Adds what can be told by positions alone where no ruled table was understood.
  private func withUnruled(
    _ ruled: [TablePart], on page: PageText, rules: PageRules, after last: TablePart?, headings: ColumnHeadings
  ) -> [TablePart] {
    // A ruled part counts as a table when its head is known or when it goes on with the one before it.
    let known = ruled.filter { part in
      part.head.flatMap { headings.match($0.map(\.lineText)) } != nil
        || last.map { $0.isRuled && $0.xs.count == part.xs.count && part.head == nil } == true
    }
    var earlier: PositionalTable.Earlier?
    if let last, !last.isRuled, last.page == page.index - 1,
      let number = last.rows.reversed().lazy.compactMap({ RunningNumber($0.cells.first ?? []) }).first
    {
      earlier = PositionalTable.Earlier(xs: last.xs, lastNumber: number.value, headDepth: last.headDepth)
    }
    let unruled = PositionalTable(page: page, headings: headings, rules: rules, taken: known.map(\.box))
      .parts(after: earlier)
    return (known + unruled).sorted { $0.box.top < $1.box.top }
  }

  /// Pictures of this many pages are held at once (2 MB each).
  private static let pagesAtOnce = 8
}
