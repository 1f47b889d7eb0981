import VietnameseText

extension PageRenderer {
  /// The page as HTML.
  public func html(_ page: LetterListPage) throws(PageError) -> String {
    try render(LetterListPage.View(page), template: "letters")
  }
}

extension LetterListPage {
  /// What `letters.mustache` reads.
  struct View: Sendable {
    let frame: FrameView
    let words: [String: String]
    let search: String
    let keptLanguage: String?
    let refreshOff: Bool
    let isOverdue: Bool
    let directions: [Option]
    let stages: [Option]
    let chips: [Chip]
    let isFiltered: Bool
    let clearAddress: String
    let total: String
    let hasRows: Bool
    let rows: [RowView]
    let paging: Paging?

    struct Option: Sendable {
      let value: String
      let name: String
      let isSelected: Bool
    }

    struct Chip: Sendable {
      let name: String
      let tone: String
      let count: String
      let address: String
      let isCurrent: Bool
    }

    struct RowView: Sendable {
      let address: String
      let directionName: String
      let direction: String
      let notation: String
      let subject: String
      let party: String
      let dossierCode: String?
      let timeText: String
      let timeISO: String
      let stage: StageView
      let needsAction: Bool
      let next: String?
      let dueText: String?
      let dueISO: String?
      let isOverdue: Bool
    }

    struct Paging: Sendable {
      let position: String
      let previous: String?
      let next: String?
    }

    init(_ page: LetterListPage) {
      let desk = page.desk
      let language = desk.language
      let words = PageWords(language)
      let filter = page.filter
      frame = FrameView(desk, title: words[.letters], here: Self.link(filter, page: page.page))
      self.words = words.all
      search = filter.search
      keptLanguage = desk.keepsLanguage ? language.rawValue : nil
      refreshOff = desk.refreshIsOff
      isOverdue = filter.isOverdue
      directions =
        [Option(value: "", name: words[.any], isSelected: filter.direction == nil)]
        + LetterDirection.allCases.map {
          Option(value: $0.rawValue, name: words[$0.word], isSelected: filter.direction == $0)
        }
      stages =
        [Option(value: "", name: words[.any], isSelected: filter.stage == nil)]
        + page.stages.map {
          Option(
            value: $0.stage.key, name: $0.stage.name[language], isSelected: filter.stage == $0.stage.key)
        }
      var chips: [Chip] = []
      if page.overdue > 0 || filter.isOverdue {
        var chosen = filter
        chosen.isOverdue = !filter.isOverdue
        chips.append(
          Chip(
            name: words[.overdue], tone: Stage.Tone.refused.rawValue, count: String(page.overdue),
            address: Self.link(chosen, page: 1).address(desk), isCurrent: filter.isOverdue))
      }
      chips += page.stages.compactMap { choice in
        guard let count = choice.count, count > 0 else { return nil }
        var chosen = filter
        let isCurrent = filter.stage == choice.stage.key
        chosen.stage = isCurrent ? nil : choice.stage.key
        return Chip(
          name: choice.stage.name[language], tone: choice.stage.tone.rawValue, count: String(count),
          address: Self.link(chosen, page: 1).address(desk), isCurrent: isCurrent)
      }
      self.chips = chips
      isFiltered = filter != Filter()
      clearAddress = PageLink("/").address(desk)
      total = String(page.total)
      hasRows = !page.rows.isEmpty
      rows = page.rows.map { row in
        let time = VietnamTime(row.time)
        let due = row.due.map(VietnamTime.init)
        return RowView(
          address: PageLink.letter(row.id).address(desk), directionName: words[row.direction.word],
          direction: row.direction.rawValue, notation: row.notation.isEmpty ? "—" : row.notation,
          subject: row.subject.isEmpty ? "—" : row.subject, party: row.party, dossierCode: row.dossierCode,
          timeText: time.text, timeISO: time.iso, stage: StageView(row.stage, language),
          needsAction: row.needsAction, next: row.next?[language], dueText: due?.text, dueISO: due?.iso,
          isOverdue: row.due.map { $0 <= desk.now } ?? false)
      }
      if page.pageCount > 1 {
        paging = Paging(
          position: "\(page.page) / \(page.pageCount)",
          previous: page.page > 1 ? Self.link(filter, page: page.page - 1).address(desk) : nil,
          next: page.page < page.pageCount ? Self.link(filter, page: page.page + 1).address(desk) : nil)
      } else {
        paging = nil
      }
    }

    private static func link(_ filter: Filter, page: Int) -> PageLink {
      PageLink(
        "/",
        [
          ("q", filter.search), ("direction", filter.direction?.rawValue ?? ""), ("state", filter.stage ?? ""),
          ("overdue", filter.isOverdue ? "1" : ""), ("page", page > 1 ? String(page) : ""),
        ])
    }
  }
}

extension LetterDirection {
  var word: PageWords.Word {
    switch self {
    case .incoming: .incoming
    case .outgoing: .outgoing
    }
  }
}
