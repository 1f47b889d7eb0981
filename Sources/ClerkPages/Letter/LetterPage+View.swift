import VietnameseText

extension PageRenderer {
  /// The page as HTML.
  public func html(_ page: LetterPage) throws(PageError) -> String {
    try render(LetterPage.View(page), template: "letter")
  }
}

extension LetterPage {
  /// What `letter.mustache` reads.
  struct View: Sendable {
    let frame: FrameView
    let words: [String: String]
    let direction: String
    let directionName: String
    let notation: String
    let subject: String
    let stage: StageView
    let facts: [FactView]
    let next: NextView?
    let hasProblems: Bool
    let problems: [ProblemView]
    let hasSignatures: Bool
    let signatures: [SignatureView]
    let hasTimeline: Bool
    let timeline: [EntryView]
    let hasAttachments: Bool
    let attachments: [AttachmentView]

    struct FactView: Sendable {
      let name: String
      let text: String?
      let code: String?
      let timeText: String?
      let timeISO: String?
    }

    struct NextView: Sendable {
      let what: String
      let who: String
      let byText: String?
      let byISO: String?
      let isOverdue: Bool
      let isOurs: Bool
    }

    struct ProblemView: Sendable {
      let what: String
      let whatToDo: String?
      let code: String?
    }

    struct SignatureView: Sendable {
      let signer: String
      let verdict: String
      let tone: String
      let timeText: String?
      let timeISO: String?
    }

    struct EntryView: Sendable {
      let timeText: String
      let timeISO: String
      let who: String
      let what: String
      let statusCode: String?
      let note: String?
      let tone: String
    }

    struct AttachmentView: Sendable {
      let name: String
      let size: String
      let kind: String
    }

    init(_ page: LetterPage) {
      let language = page.desk.language
      let words = PageWords(language)
      let title = page.notation.isEmpty ? words[.letters] : page.notation
      frame = FrameView(page.desk, title: title, here: PageLink.letter(page.id))
      self.words = words.all
      direction = page.direction.rawValue
      directionName = words[page.direction.word]
      notation = page.notation.isEmpty ? "—" : page.notation
      subject = page.subject.isEmpty ? "—" : page.subject
      stage = StageView(page.stage, language)
      facts = page.facts.map { FactView($0, words) }
      next = page.nextStep.map { step in
        let by = step.by.map(VietnamTime.init)
        return NextView(
          what: step.what[language], who: step.who[language], byText: by?.text, byISO: by?.iso,
          isOverdue: step.by.map { $0 <= page.desk.now } ?? false, isOurs: step.isOurs)
      }
      hasProblems = !page.problems.isEmpty
      problems = page.problems.map {
        ProblemView(what: $0.what[language], whatToDo: $0.whatToDo?[language], code: $0.code)
      }
      hasSignatures = !page.signatures.isEmpty
      signatures = page.signatures.map { signature in
        let time = signature.signedAt.map(VietnamTime.init)
        return SignatureView(
          signer: signature.signer, verdict: signature.verdict[language], tone: signature.tone.rawValue,
          timeText: time?.text, timeISO: time?.iso)
      }
      hasTimeline = !page.timeline.isEmpty
      timeline = page.timeline.map { entry in
        let time = VietnamTime(entry.at)
        return EntryView(
          timeText: time.text, timeISO: time.iso, who: entry.who[language], what: entry.what[language],
          statusCode: entry.statusCode, note: entry.note, tone: entry.tone.rawValue)
      }
      hasAttachments = !page.attachments.isEmpty
      attachments = page.attachments.map {
        AttachmentView(name: $0.name, size: FileSize.text($0.size, language), kind: $0.kind ?? "")
      }
    }
  }
}

extension LetterPage.View.FactView {
  init(_ fact: LetterPage.Fact, _ words: PageWords) {
    name = words[fact.name.word]
    switch fact.value {
    case .text(let value):
      (text, code, timeText, timeISO) = (value, nil, nil, nil)
    case .code(let value):
      (text, code, timeText, timeISO) = (nil, value, nil, nil)
    case .sentence(let value):
      (text, code, timeText, timeISO) = (value[words.language], nil, nil, nil)
    case .time(let value):
      let time = VietnamTime(value)
      (text, code, timeText, timeISO) = (nil, nil, time.text, time.iso)
    }
  }
}

extension LetterPage.Fact.Name {
  var word: PageWords.Word {
    switch self {
    case .from: .from
    case .to: .to
    case .issued: .issued
    case .documentId: .documentId
    case .dossierCode: .dossierCode
    case .dossierType: .dossierType
    case .rows: .rows
    case .related: .related
    case .localId: .localId
    case .updated: .updated
    }
  }
}
