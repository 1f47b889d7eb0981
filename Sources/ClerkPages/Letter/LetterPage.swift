public import Foundation
public import VietnameseText

/// One letter: its facts, what is wrong with it, what comes next, and everything that happened to it.
public struct LetterPage: Sendable, Hashable {
  public var desk: Desk
  /// The id in the letter's address.
  public var id: String
  public var direction: LetterDirection
  /// Số, ký hiệu.
  public var notation: String
  /// Trích yếu.
  public var subject: String
  public var stage: Stage
  /// The facts shown in a table, in order.
  public var facts: [Fact]
  public var nextStep: NextStep?
  public var problems: [Problem]
  public var signatures: [Signature]
  /// What happened, oldest first.
  public var timeline: [Entry]
  public var attachments: [Attachment]

  public init(
    desk: Desk, id: String, direction: LetterDirection, notation: String, subject: String, stage: Stage,
    facts: [Fact], nextStep: NextStep? = nil, problems: [Problem] = [], signatures: [Signature] = [],
    timeline: [Entry], attachments: [Attachment] = []
  ) {
    self.desk = desk
    self.id = id
    self.direction = direction
    self.notation = notation.nfc
    self.subject = subject.nfc
    self.stage = stage
    self.facts = facts
    self.nextStep = nextStep
    self.problems = problems
    self.signatures = signatures
    self.timeline = timeline
    self.attachments = attachments
  }

  /// One line of the table of facts.
  public struct Fact: Sendable, Hashable {
    public var name: Name
    public var value: Value

    public init(_ name: Name, _ value: Value) {
      self.name = name
      self.value = value
    }

    public enum Name: String, Sendable, Hashable, CaseIterable {
      case from, to, issued, documentId, dossierCode, dossierType, rows, related, localId, updated
    }

    public enum Value: Sendable, Hashable {
      /// Text of the letter, shown as it is.
      case text(String)
      /// A code to be copied, shown in a fixed-width face.
      case code(String)
      case time(Date)
      case sentence(ClerkSentence)
    }
  }

  /// What must happen next, and who must do it.
  public struct NextStep: Sendable, Hashable {
    public var what: ClerkSentence
    public var who: ClerkSentence
    /// The last moment for it, when a rule sets one.
    public var by: Date?
    /// True when a person at this desk must act.
    public var isOurs: Bool

    public init(what: ClerkSentence, who: ClerkSentence, by: Date? = nil, isOurs: Bool) {
      self.what = what
      self.who = who
      self.by = by
      self.isOurs = isOurs
    }
  }

  /// What is wrong with the letter and what to do about it.
  public struct Problem: Sendable, Hashable {
    public var what: ClerkSentence
    public var whatToDo: ClerkSentence?
    /// The stable code, for talking to the operator.
    public var code: String?

    public init(what: ClerkSentence, whatToDo: ClerkSentence? = nil, code: String? = nil) {
      self.what = what
      self.whatToDo = whatToDo
      self.code = code
    }
  }

  /// One signature's summary.
  public struct Signature: Sendable, Hashable {
    public var signer: String
    public var verdict: ClerkSentence
    public var tone: Stage.Tone
    public var signedAt: Date?

    public init(signer: String, verdict: ClerkSentence, tone: Stage.Tone, signedAt: Date? = nil) {
      self.signer = signer.nfc
      self.verdict = verdict
      self.tone = tone
      self.signedAt = signedAt
    }
  }

  /// One thing that happened.
  public struct Entry: Sendable, Hashable {
    public var at: Date
    /// The organisation, person or program that did it.
    public var who: ClerkSentence
    public var what: ClerkSentence
    /// The status code of edXML (QCVN 102, clause on status messages), when a status was sent or came.
    public var statusCode: String?
    /// Words that came with it, such as the reason of a refusal.
    public var note: String?
    public var tone: Stage.Tone

    public init(
      at: Date, who: ClerkSentence, what: ClerkSentence, statusCode: String? = nil, note: String? = nil,
      tone: Stage.Tone
    ) {
      self.at = at
      self.who = who
      self.what = what
      self.statusCode = statusCode
      self.note = note?.nfc
      self.tone = tone
    }
  }

  /// One file of the letter; its name is shown, its content never runs.
  public struct Attachment: Sendable, Hashable {
    public var name: String
    /// Bytes.
    public var size: Int64
    /// The media type that the sender gave.
    public var kind: String?

    public init(name: String, size: Int64, kind: String? = nil) {
      self.name = name.nfc
      self.size = size
      self.kind = kind
    }
  }
}
