public import VietnameseText

/// Where a letter stands, as a clerk reads it.
public struct Stage: Sendable, Hashable {
  /// The stable word used in addresses (`?state=…`).
  public let key: String
  /// The name shown.
  public let name: ClerkSentence
  /// How it is coloured; never the only carrier of the meaning, the name is always shown.
  public let tone: Tone

  public init(key: String, name: ClerkSentence, tone: Tone) {
    self.key = key
    self.name = name
    self.tone = tone
  }

  /// The colour of a stage or of an entry of the timeline.
  public enum Tone: String, Sendable, Hashable, CaseIterable {
    /// Nothing to do here; another party or the machine moves next.
    case waiting
    /// Work goes on.
    case working
    /// Finished as it should.
    case done
    /// The answer is no.
    case refused
    /// A person must act.
    case attention
  }
}

/// Which way a letter goes, seen from the desk.
public enum LetterDirection: String, Sendable, Hashable, CaseIterable {
  /// Văn bản đến.
  case incoming = "in"
  /// Văn bản đi.
  case outgoing = "out"
}
