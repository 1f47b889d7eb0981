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
    /// 04. → processing, finished
    case assigned
    /// 05. → finished
    case processing
    /// 06. Final.
    case finished
    /// The same letter again; it was answered before. Final.
    case copy
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
    case (.arrived, .foundCopy):
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
    case (.accepted, .start), (.assigned, .start):
      state = .processing
      return [.tell(.processing)]
    case (.accepted, .finish), (.assigned, .finish), (.processing, .finish):
      state = .finished
      return [.tell(.finished)]
    default:
      return nil
    }
  }

  /// Which of an officer's words this state takes.
  public var officerEvents: [Event] {
    [.assign, .start, .finish].filter { event in
      var probe = self
      return probe.handle(event) != nil
    }
  }
}
