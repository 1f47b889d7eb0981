import DossierModel
import VietnameseText

/// Puts the parts of a letter together.
struct LetterAssembly {
  let pages: [PageText]
  let parts: [TablePart]
  /// Everything that lines rule, lists and other.
  let grids: [TableGrid]
  let layout: LetterLayout
  let headings: ColumnHeadings

  func content(_ quality: LetterContent.TextQuality) -> LetterContent {
    var content = LetterContent(textQuality: quality)
    guard let first = firstPage else { return content }
    let (head, form, found) = HeadReader(page: first).read()
    content.head = head
    content.formNumber = form
    content.furtherLetters = furtherLetters(behind: first)
    let tables = LetterTables.join(parts, headings: headings).filter { $0.match != nil }
    var boxes: [Int: [Box]] = [:]
    for part in tables.flatMap(\.parts) { boxes[part.page, default: []].append(part.box) }
    let body = BodyText(pages, first: first.index, bodyTop: found.bodyTop, tables: boxes)
    content.body = body.opening
    let forms = grids.filter { grid in
      !(boxes[grid.page] ?? []).contains { $0.contains(x: grid.box.centreX, y: grid.box.centreY) }
    }
    if let contact = ContactReader(layout).read(ContactReader.part(of: body), grids: forms) {
      content.contact = contact.contact
      for (field, words) in contact.places.sorted(by: { $0.key < $1.key }) {
        note("contact.\(field.rawValue)", words, 0.9, in: &content)
      }
    }
    let counts = CountReader.read(
      body, nouns: layout.forms.values.map(\.paper.countNoun) + (layout.frame.counted ?? []))
    content.declaredCount = counts.first?.count
    content.declaredCountText = counts.first?.text
    if let count = counts.first { note("declaredCount", count.paragraph.words, 0.9, in: &content) }
    readTables(tables, counts: counts, into: &content)
    let cells = tables.flatMap(\.rows).lazy.flatMap(\.cells).joined()
    if cells.contains(where: { $0.box.right > pages[$0.page].width - Self.edge }) { content.isCutOff = true }
    let signer = SignerReader().read(body.ending, width: first.width)
    content.head.signer = signer.signer
    content.head.copiesTo = signer.copies
    note("signer", signer.words, 0.85, in: &content)
    noteHead(found, in: &content)
    readAgency(found, body: body, into: &content)
    return content
  }

  /// No one prints as near to a page's edge (points).
  private static let edge = 3.0

  /// The page with the nation's name; a cover or a form page may stand before it.
  private var firstPage: PageText? {
    let named = pages.prefix(5).first { page in
      TextLine.lines(of: page.words).contains { $0.text.folded.contains("cong hoa xa hoi chu nghia viet nam") }
    }
    return named ?? pages.first { !$0.words.isEmpty }
  }

  /// Pages behind the first with the nation's name, an addressee and a number: further letters. Forms and minutes that
  /// are enclosed have no addressee.
  private func furtherLetters(behind first: PageText) -> Int? {
    let count = pages.filter { page in
      // Few words have a "k", and folding all lines of a long list takes its time.
      guard page.index > first.index,
        page.words.contains(where: { word in
          word.text.utf8.contains { $0 | 0x20 == UInt8(ascii: "k") } && word.text.folded.contains("kinh")
        })
      else { return false }
      let lines = TextLine.lines(of: page.words)
      guard let nation = lines.first(where: { $0.text.folded.contains("cong hoa xa hoi") }),
        let greeting = lines.first(where: { $0.text.folded.contains("kinh gui") }), greeting.box.top > nation.box.top
      else { return false }
      return lines.contains { $0.box.top < greeting.box.top && HeadReader.code(in: $0.text) != nil }
    }.count
    return count > 0 ? count : nil
  }

  // MARK: Parts

  private func readTables(
    _ tables: [LetterTables.Joined], counts: [CountReader.Declared], into content: inout LetterContent
  ) {
    for (index, table) in tables.enumerated() {
      guard let told = table.match else { continue }
      let match = headings.completed(
        told, header: table.header,
        rows: table.rows.map { row in row.cells.map { $0.lineText.filter { !$0.isWhitespace } } })
      let reader = CellReader(match: match)
      var rows = table.rows.map { reader.row($0.cells) }
      // A list without running numbers is counted.
      if rows.allSatisfy({ $0.number == nil }) {
        for row in rows.indices { rows[row].number = row + 1 }
      }
      let counted = tables.count == 1 ? counts.first : (index < counts.count ? counts[index] : nil)
      content.tables.append(
        LetterContent.Table(
          header: table.header, type: match.type, rows: rows, declaredCount: counted?.count))
      let isRuled = table.parts.allSatisfy(\.isRuled)
      note(
        "tableHeader", table.parts.first?.head?.flatMap { $0 } ?? [], min(match.score / Double(max(match.known, 1)), 1),
        in: &content)
      for (row, raw) in zip(rows, table.rows) {
        for (column, words) in raw.cells.enumerated() where column < match.meanings.count && !words.isEmpty {
          guard let field = match.meanings[column]?.fields.first else { continue }
          let number = row.number.map(String.init) ?? "?"
          note("rows[\(number)].\(field.rawValue)", words, isRuled ? 0.95 : 0.8, in: &content)
        }
      }
    }
  }

  private func noteHead(_ found: HeadReader.Found, in content: inout LetterContent) {
    let sure = found.hasNation ? 0.95 : 0.6
    note("number", found.number?.words ?? [], sure, in: &content)
    note("subject", found.subject.flatMap(\.words), sure, in: &content)
    note("date", found.date?.words ?? [], sure, in: &content)
    note("addressee", found.addressee.flatMap(\.words), sure, in: &content)
    note("formNumber", found.form?.words ?? [], sure, in: &content)
  }

  private func readAgency(_ found: HeadReader.Found, body: BodyText, into content: inout LetterContent) {
    let reference = body.ending.map(\.text).joined(separator: " ")
    let annex = reference.firstMatch(of: #/(?i)\bcủa\s+([^()]{4,160})\)/#).map { [String($0.output.1)] } ?? []
    let reader = AgencyReader(
      letterhead: found.letterhead.map(\.text), texts: body.paragraphs.map(\.text) + annex,
      abbreviations: layout.frame.abbreviations ?? [:])
    guard let agency = reader.read() else { return }
    content.head.agency = agency.agency
    content.head.superior = agency.superior
    note("agency", found.letterhead.flatMap(\.words), agency.confidence, in: &content)
  }

  private func note(_ field: String, _ words: [PageWord], _ confidence: Double, in content: inout LetterContent) {
    guard content.provenance.count < 50_000,
      let place = LetterContent.Provenance(field: field, words: words, confidence: confidence)
    else { return }
    content.provenance.append(place)
  }
}
