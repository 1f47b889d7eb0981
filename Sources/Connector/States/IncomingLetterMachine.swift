public import EdXML

/// Where a letter that the authority received stands, and which status its sender is told.
public struct IncomingLetterMachine: Sendable, Equatable {
  public enum State: String, Sendable, CaseIterable {
    /// Durable, not yet judged. → accepted, refused, held
    case arrived
    /// A person must look: nothing is guessed. → accepted, refused, arrived (judged again, e.g. after a binding)
    case held
    /// 03: a dossier with a code exists. → assigned, processing, finished
    case accepted
    /// 02. Final.
    case refused
    /// 04. → processing, supplementAsked, finished
    case assigned
    /// 05. → supplementAsked, finished
    case processing
    /// A letter asked its sender for more. → processing, finished, replaced (by what the sender sends)
    case supplementAsked
    /// 06. Final.
    case finished
    /// The same letter again; it was answered before. Final.
    case copy
    /// Its sender took it back or recalled it: nobody works on it any more. Final.
    case withdrawn
    /// An update, a replacement or a resubmission stands in its place. Final.
    case replaced
    /// Only a recall: 15, what it names is cancelled. Final.
    case agreed
    /// Only a recall or an update: 16. Final.
    case declined
    /// Only an answer to a letter of ours: taken in and shown with that letter. Final.
    case noted
  }

  public enum Event: Sendable, Equatable {
    case judgedAcceptable
    case judgedRefusable
    case judgedDoubtful
    case foundCopy
    case judgeAgain
    /// An officer's word: phân công.
    case assign
    /// An officer's word: bắt đầu xử lý.
    case start
    /// An officer's word: hoàn thành.
    case finish
    /// The authority asked for more by a letter (yêu cầu bổ sung); no status code says so.
    case askSupplement
    /// 13 of the sender: before 03 it is agreed to, after it is too late.
    case takenBack
    /// A recall names this letter (QĐ 28/2018 Điều 9(2): the receiver cancels it).
    case recalled
    /// An update or a replacement of this letter was taken in.
    case superseded
    /// What was asked for came as a new letter.
    case resubmitted
    /// This recall did its work, or came too late.
    case changeDone
    case changeTooLate
    /// An answer to a letter of ours.
    case foundAnswer
  }

  public enum Action: Sendable, Equatable {
    case tell(StatusCode)
    case allotDossierCode
    case judge
    case showToOfficer
  }

  public private(set) var state: State

  public init(state: State) { self.state = state }

  /// Applies `event`; nil means that the event does not belong to this state.
  public mutating func handle(_ event: Event) -> [Action]? {
    switch (state, event) {
    case (.arrived, .judgedAcceptable):
      state = .accepted
      return [.tell(.arrived), .allotDossierCode, .tell(.accepted)]
    case (.arrived, .judgedRefusable):
      state = .refused
      return [.tell(.arrived), .tell(.refused)]
    case (.arrived, .judgedDoubtful):
      state = .held
      return [.tell(.arrived), .showToOfficer]
    case (.arrived, .foundCopy), (.held, .foundCopy):
      state = .copy
      return []
    case (.held, .judgedAcceptable):
      state = .accepted
      return [.allotDossierCode, .tell(.accepted)]
    case (.held, .judgedRefusable):
      state = .refused
      return [.tell(.refused)]
    case (.held, .judgeAgain):
      return [.judge]
    case (.accepted, .assign):
      state = .assigned
      return [.tell(.assigned)]
    case (.accepted, .start), (.assigned, .start), (.supplementAsked, .start):
      state = .processing
      return [.tell(.processing)]
    case (.accepted, .finish), (.assigned, .finish), (.processing, .finish), (.supplementAsked, .finish):
      state = .finished
      return [.tell(.finished)]
    case (.accepted, .askSupplement), (.assigned, .askSupplement), (.processing, .askSupplement):
      state = .supplementAsked
      return []
    default:
      return change(on: event)
    }
  }

  /// The events by which a sender changes what it sent (statuses 13, 15, 16; kinds 1 to 3).
  private mutating func change(on event: Event) -> [Action]? {
    switch (state, event) {
    case (.arrived, .takenBack), (.held, .takenBack):
      state = .withdrawn
      return [.tell(.changeAccepted)]
    case (.withdrawn, .takenBack), (.refused, .takenBack):
      // Nothing is being done with it any more, which is what the sender asks for.
      return [.tell(.changeAccepted)]
    case (.accepted, .takenBack), (.assigned, .takenBack), (.processing, .takenBack), (.supplementAsked, .takenBack),
      (.finished, .takenBack), (.replaced, .takenBack):
      // What replaced it is worked on: that is what its sender must take back or recall.
      return [.tell(.changeRefused)]
    case (_, .recalled) where isOpen:
      state = .withdrawn
      return []
    case (_, .superseded) where isOpen:
      state = .replaced
      return []
    case (.supplementAsked, .resubmitted):
      state = .replaced
      return [.tell(.finished)]
    case (.arrived, .changeDone):
      state = .agreed
      return [.tell(.arrived), .tell(.changeAccepted)]
    case (.held, .changeDone):
      state = .agreed
      return [.tell(.changeAccepted)]
    case (.arrived, .changeTooLate):
      state = .declined
      return [.tell(.arrived), .tell(.changeRefused)]
    case (.held, .changeTooLate):
      state = .declined
      return [.tell(.changeRefused)]
    case (.arrived, .foundAnswer):
      state = .noted
      return [.tell(.arrived), .tell(.accepted)]
    case (.held, .foundAnswer):
      state = .noted
      return [.tell(.accepted)]
    default:
      return nil
    }
  }

  /// Whether it is not at an end.
  private var isOpen: Bool { !state.isFinal }

  /// Which of an officer's words this state takes.
  public var officerEvents: [Event] {
    [.assign, .start, .finish].filter { event in
      var probe = self
      return probe.handle(event) != nil
    }
  }
}
