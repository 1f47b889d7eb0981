public import EdXML

/// Where a letter that this agency sends stands, and what its sender's side does next.
///
/// A pure value: `handle` takes an event, moves the state and says what must be done; the ledger stores the state in
/// the same transaction as the event, and the worker performs the actions, again after a restart.
public struct OutgoingLetterMachine: Sendable, Equatable {
  public enum State: String, Sendable, CaseIterable {
    /// The dossier is durable. → written, failed
    case recorded
    /// The letter is a PDF, not signed. → leaderSigned, signed, failed
    case written
    /// The leader's signature is in it. → signed, failed
    case leaderSigned
    /// The organisation's signature is in it. → queued, failed
    case signed
    /// Packed as edXML; the outbox holds it. → sent, outcomeUnknown, failed
    case queued
    /// The axis may or may not have taken it. → sent, queued (a person or the axis' own list says which), failed
    case outcomeUnknown
    /// The axis has it. → arrived, accepted, refused, and on
    case sent
    /// 01 đã đến. → accepted, refused, and on
    case arrived
    /// 03 đã tiếp nhận. → assigned, processing, finished
    case accepted
    /// 04 phân công. → processing, finished
    case assigned
    /// 05 đang xử lý. → finished
    case processing
    /// 06 hoàn thành. Final.
    case finished
    /// 02 từ chối tiếp nhận. Final; a corrected letter is a new one.
    case refused
    /// It could not be made or the axis refused it for good: a person of the agency acts. → recorded, signed (tried
    /// again: a letter that came signed is only packed anew)
    case failed
    /// Taken back or recalled: the receiver cancelled it (15), or it never left. Final.
    case withdrawn
    /// A later letter of ours, an update or a replacement, stands in its place. Final.
    case replaced
    /// Only a recall: 15, the receiver cancelled the letter that it names. Final.
    case agreed
    /// Only a recall or an update: 16, the receiver did not do what it asks. Final; a person of the agency acts.
    case declined
  }

  public enum Event: Sendable, Equatable {
    case letterWritten
    case signedByLeader
    case signedByOrganisation
    case packed
    case axisAccepted
    case axisRefused
    case axisOutcomeUnknown
    case preparationFailed
    case retried
    /// As `retried`, for a letter that came signed from the agency's own software.
    case retriedSigned
    /// A status message of the receiver (QCVN 102 status code).
    case status(StatusCode)
    /// A clerk withdrew it before anything left.
    case cancelled
    /// The receiver agreed (15) to a recall or a taking back of this letter.
    case takenBack
    /// The receiver took the update or the replacement of this letter.
    case superseded
    /// 15 and 16 as the answer to this recall or update.
    case changeAgreed
    case changeDeclined
  }

  public enum Action: Sendable, Equatable {
    case writeLetter
    case signAsLeader
    case signAsOrganisation
    case pack
    case transmit
    case askAxisWhatItHas
    case showToSender
  }

  public private(set) var state: State

  public init(state: State) { self.state = state }

  /// What is to be done in this state, e.g. after a restart.
  public var pending: [Action] {
    switch state {
    case .recorded: [.writeLetter]
    case .written: [.signAsLeader]
    case .leaderSigned: [.signAsOrganisation]
    case .signed: [.pack]
    case .queued: [.transmit]
    case .outcomeUnknown: [.askAxisWhatItHas]
    case .refused, .failed, .declined: [.showToSender]
    case .sent, .arrived, .accepted, .assigned, .processing, .finished, .withdrawn, .replaced, .agreed: []
    }
  }

  /// Applies `event`; nil means that it does not belong to this state: it is logged and nothing moves.
  public mutating func handle(_ event: Event) -> [Action]? {
    guard let next = Self.next(from: state, on: event) else { return nil }
    state = next
    return pending
  }

  static func next(from state: State, on event: Event) -> State? {
    switch (state, event) {
    case (.recorded, .letterWritten): .written
    case (.written, .signedByLeader): .leaderSigned
    case (.written, .signedByOrganisation), (.leaderSigned, .signedByOrganisation): .signed
    case (.signed, .packed): .queued
    case (.queued, .axisAccepted), (.outcomeUnknown, .axisAccepted): .sent
    case (.queued, .axisOutcomeUnknown): .outcomeUnknown
    case (.outcomeUnknown, .retried): .queued
    case (.failed, .retried): .recorded
    case (.failed, .retriedSigned): .signed
    case (.queued, .axisRefused), (.outcomeUnknown, .axisRefused): .failed
    case (.recorded, .preparationFailed), (.written, .preparationFailed), (.leaderSigned, .preparationFailed),
      (.signed, .preparationFailed):
      .failed
    case (_, .status(let status)): next(from: state, onStatus: status)
    case (.recorded, .cancelled), (.written, .cancelled), (.leaderSigned, .cancelled), (.signed, .cancelled),
      (.queued, .cancelled), (.failed, .cancelled):
      .withdrawn
    case (_, .takenBack): state.mayBeThere ? .withdrawn : nil
    case (_, .superseded): state.mayBeThere ? .replaced : nil
    case (_, .changeAgreed): state.mayBeThere ? .agreed : nil
    case (_, .changeDeclined): state.mayBeThere ? .declined : nil
    default: nil
    }
  }

  /// A status moves a letter only forward in the order of the law; what comes late or twice moves nothing.
  private static func next(from state: State, onStatus status: StatusCode) -> State? {
    guard state.mayBeThere || state == .finished, let target = State(toldBy: status) else { return nil }
    let rank = state.progressOrZero
    if status == .refused { return rank < State.accepted.progressOrZero ? .refused : nil }
    return target.progressOrZero > rank ? target : nil
  }
}

extension OutgoingLetterMachine.State {
  /// How far a letter that may have reached the receiver is; nil for one that cannot have left, or is at an end.
  var progress: Int? {
    switch self {
    // A status proves that the letter arrived, even when the axis' own answer was lost.
    case .queued, .outcomeUnknown: 0
    case .sent: 1
    case .arrived: 2
    case .accepted: 3
    case .assigned: 4
    case .processing: 5
    case .finished: 6
    case .recorded, .written, .leaderSigned, .signed, .refused, .failed, .withdrawn, .replaced, .agreed, .declined: nil
    }
  }

  /// The state of a sent letter that a status tells; nil for codes that are about a change or are not known.
  init?(toldBy status: StatusCode) {
    switch status {
    case .arrived: self = .arrived
    case .refused: self = .refused
    case .accepted: self = .accepted
    case .assigned: self = .assigned
    case .processing: self = .processing
    case .finished: self = .finished
    case .takeBack, .changeAccepted, .changeRefused, .other: return nil
    }
  }

  fileprivate var progressOrZero: Int { progress ?? 0 }

  /// As ``isUnderWay``, or the axis said that it failed: the receiver's word proves that the axis was wrong.
  var mayBeThere: Bool { isUnderWay || self == .failed }

  /// Whether it may have reached the receiver and is not at an end: only then can a change of it be agreed.
  var isUnderWay: Bool { progress != nil && self != .finished }

  /// Whether its message is not fixed yet: for the first time, or once more after the axis refused it.
  var isBeingMade: Bool {
    switch self {
    case .recorded, .written, .leaderSigned, .signed: true
    default: false
    }
  }

  /// Whether nothing more is expected.
  public var isFinal: Bool {
    switch self {
    case .finished, .refused, .withdrawn, .replaced, .agreed, .declined: true
    default: false
    }
  }
}
