import VietnameseText

/// A stage as a badge.
struct StageView: Sendable {
  let name: String
  let tone: String

  init(_ stage: Stage, _ language: ClerkSentence.Language) {
    name = stage.name[language]
    tone = stage.tone.rawValue
  }
}
