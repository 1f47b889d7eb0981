import EdXML

@testable import Connector

/// The letters' states and transitions as Promela, made from the code's own machines.
enum LetterTransitions {
  /// All that `Model/transitions.pml` holds.
  static var promela: String {
    """
    /* The transition tables of OutgoingLetterMachine and IncomingLetterMachine, made from the code; do not edit.
     * LIENTHONG_WRITE_MODEL=1 swift test --filter DeliveryModelTests writes them anew. */
    \(numbered(sentStates.map { name("O", $0.rawValue) }))
    #define OUT_STATES \(sentStates.count)

    \(numbered(sentEvents.map { name("E", $0.name) }))
    #define OUT_EVENTS \(sentEvents.count)

    \(numbered(receivedStates.map { name("I", $0.rawValue) }))
    #define I_NONE \(receivedStates.count) /* it is not here */
    #define IN_STATES \(receivedStates.count + 1)

    \(numbered(receivedEvents.map { name("F", $0.name) }))
    #define IN_EVENTS \(receivedEvents.count)

    /* Statuses, a bit each. */
    \(codes.enumerated().map { "#define TELL_\($1.code) \(1 << $0)" }.joined(separator: "\n"))

    /* The state after an event, plus 1; 0 where the event does not belong to the state. */
    hidden byte outNext[OUT_STATES * OUT_EVENTS];
    hidden byte inNext[IN_STATES * IN_EVENTS];
    /* What its sender is told. */
    hidden short inTells[IN_STATES * IN_EVENTS];
    hidden byte outFinal[OUT_STATES];
    hidden byte inFinal[IN_STATES];
    /* How far a letter is that may have left. */
    #define NO_RANK 99
    hidden byte outRank[OUT_STATES];

    #define OUT(s, e, t) outNext[(s) * OUT_EVENTS + (e)] = (t) + 1
    #define IN(s, e, t, told) inNext[(s) * IN_EVENTS + (e)] = (t) + 1; inTells[(s) * IN_EVENTS + (e)] = (told)

    inline loadTransitions() {
    \(lines(sentSteps))
    \(lines(sentStates.filter(\.isFinal).map { "outFinal[\(name("O", $0.rawValue))] = 1" }))
    \(lines(sentStates.map { "outRank[\(name("O", $0.rawValue))] = \($0.progress.map(String.init) ?? "NO_RANK")" }))
    \(lines(receivedSteps))
    \(lines(receivedStates.filter(\.isFinal).map { "inFinal[\(name("I", $0.rawValue))] = 1" }))
    }

    """
  }

  private static let sentStates = OutgoingLetterMachine.State.allCases
  private static let receivedStates = IncomingLetterMachine.State.allCases

  private static let codes: [StatusCode] = [
    .arrived, .refused, .accepted, .assigned, .processing, .finished, .changeAccepted, .changeRefused,
  ]

  private static let sentEvents: [(name: String, event: OutgoingLetterMachine.Event)] = {
    let plain: [OutgoingLetterMachine.Event] = [
      .letterWritten, .signedByLeader, .signedByOrganisation, .packed, .axisAccepted, .axisRefused, .axisOutcomeUnknown,
      .preparationFailed, .retried, .retriedSigned, .cancelled, .takenBack, .superseded, .changeAgreed, .changeDeclined,
    ]
    return (plain + codes.map { .status($0) }).map { (name(of: $0), $0) }
  }()

  /// Exhaustive, so that a new event does not stay out of the model unseen.
  private static func name(of event: OutgoingLetterMachine.Event) -> String {
    switch event {
    case .letterWritten, .signedByLeader, .signedByOrganisation, .packed, .axisAccepted, .axisRefused,
      .axisOutcomeUnknown, .preparationFailed, .retried, .retriedSigned, .cancelled, .takenBack, .superseded,
      .changeAgreed, .changeDeclined:
      "\(event)"
    case .status(let code): "status_\(code.code)"
    }
  }

  private static let receivedEvents: [(name: String, event: IncomingLetterMachine.Event)] = {
    let all: [IncomingLetterMachine.Event] = [
      .judgedAcceptable, .judgedRefusable, .judgedDoubtful, .foundCopy, .judgeAgain, .assign, .start, .finish,
      .askSupplement, .takenBack, .recalled, .superseded, .resubmitted, .changeDone, .changeTooLate, .foundAnswer,
    ]
    return all.map { (name(of: $0), $0) }
  }()

  private static func name(of event: IncomingLetterMachine.Event) -> String {
    switch event {
    case .judgedAcceptable, .judgedRefusable, .judgedDoubtful, .foundCopy, .judgeAgain, .assign, .start, .finish,
      .askSupplement, .takenBack, .recalled, .superseded, .resubmitted, .changeDone, .changeTooLate, .foundAnswer:
      "\(event)"
    }
  }

  private static var sentSteps: [String] {
    sentStates.flatMap { state in
      sentEvents.compactMap { event -> String? in
        var machine = OutgoingLetterMachine(state: state)
        guard machine.handle(event.event) != nil else { return nil }
        let words = [name("O", state.rawValue), name("E", event.name), name("O", machine.state.rawValue)]
        return "OUT(\(words.joined(separator: ", ")))"
      }
    }
  }

  private static var receivedSteps: [String] {
    receivedStates.flatMap { state in
      receivedEvents.compactMap { event -> String? in
        var machine = IncomingLetterMachine(state: state)
        guard let actions = machine.handle(event.event) else { return nil }
        let told = actions.compactMap { action -> String? in
          if case .tell(let code) = action { "TELL_\(code.code)" } else { nil }
        }
        let words = [
          name("I", state.rawValue), name("F", event.name), name("I", machine.state.rawValue),
          told.isEmpty ? "0" : told.joined(separator: " | "),
        ]
        return "IN(\(words.joined(separator: ", ")))"
      }
    }
  }

  private static func lines(_ statements: [String]) -> String {
    statements.map { "  \($0);" }.joined(separator: "\n")
  }

  private static func numbered(_ names: [String]) -> String {
    names.enumerated().map { "#define \($1) \($0)" }.joined(separator: "\n")
  }

  /// `axisAccepted` → `E_AXIS_ACCEPTED`.
  private static func name(_ prefix: String, _ word: String) -> String {
    prefix + "_" + word.map { $0.isUppercase ? "_\($0)" : $0.uppercased() }.joined()
  }
}
