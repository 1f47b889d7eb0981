import EdXML
import Foundation

@testable import Connector
@testable import DeliveryLedger

extension MemoryEnd {
  private static let answers = [StatusCode.changeAccepted.code, StatusCode.changeRefused.code]

  // MARK: Statuses

  /// StatusIntake
  func settleStatus(_ arrival: Int, code: String, document: Int) throws {
    let content = ledger.arrivals[arrival].content
    guard let id = original(document) else { return try postpone(arrival) }
    let isRepeat = ledger.letters[id].heard.contains { $0.content == content }
    let heard = MemoryLedger.Heard(content: content, code: code, at: now)
    guard isAgency else {
      return try ledger.transact {
        try ledger.change(id, event: "heard \(code)", at: now) { $0.heard.append(heard) }
        if !isRepeat { try handle(id, .takenBack) }
        closeArrival(arrival)
      }
    }
    if OutgoingLetterMachine.State(rawValue: ledger.letters[id].state)?.isBeingMade == true {
      return try postpone(arrival)
    }
    // What was asked for is looked up before the status is counted.
    let pending = Self.answers.contains(code) ? pendingChange(of: id, isAnswered: true) : nil
    if case .recall(let request) = pending,
      OutgoingLetterMachine.State(rawValue: ledger.letters[request].state)?.isBeingMade == true
    {
      return try postpone(arrival)
    }
    try ledger.transact {
      try ledger.change(id, event: "heard \(code)", at: now) { $0.heard.append(heard) }
      if !isRepeat {
        try move(id, .status(StatusCode(code: code)), saying: "told")
        let agreed = code == StatusCode.changeAccepted.code
        switch pending {
        case .takeBack: try move(id, agreed ? .takenBack : nil, saying: "takeBackAnswered")
        case .recall:
          for other in ledger.letters(of: document) where ledger.letters[other].recall != nil {
            let state = OutgoingLetterMachine.State(rawValue: ledger.letters[other].state)
            guard let state, !state.isFinal else { continue }
            let answer: OutgoingLetterMachine.Event = agreed ? .changeAgreed : .changeDeclined
            try move(other, state.mayBeThere ? answer : .cancelled, saying: "recallAnswered") { $0.nextActionAt = nil }
          }
          try move(id, agreed ? .takenBack : nil, saying: "recallAnswered")
        case nil: break
        }
      }
      closeArrival(arrival)
    }
  }

  enum Pending {
    case takeBack
    case recall(Int)
  }

  /// PendingChange.find
  func pendingChange(of id: Int, isAnswered: Bool = false) -> Pending? {
    for other in ledger.letters(of: ledger.letters[id].document).reversed() where ledger.letters[other].recall != nil {
      guard let state = OutgoingLetterMachine.State(rawValue: ledger.letters[other].state), !state.isFinal,
        isAnswered || state != .failed
      else { continue }
      return .recall(other)
    }
    guard
      let asked = ledger.letters[id].transmissions.map({ ledger.transmissions[$0] })
        .last(where: { $0.statusCode == StatusCode.takeBack.code }),
      asked.state != .cancelled, isAnswered || asked.state != .refused
    else { return nil }
    let answered = ledger.letters[id].heard.contains { Self.answers.contains($0.code) && $0.at >= asked.queuedAt }
    return answered ? nil : .takeBack
  }

  /// The letter itself, recalls and copies apart.
  func original(_ document: Int) -> Int? {
    ledger.letters(of: document).first { ledger.letters[$0].recall == nil && !ledger.letters[$0].isCopy }
  }

  // MARK: Documents

  /// Ledger.settleLetter with DocumentIntake's effects.
  func settleLetter(_ arrival: Int, document: Int, recall: Int?) throws {
    let earlier = ledger.letters(of: document).first {
      ledger.letters[$0].recall == recall && !ledger.letters[$0].isCopy
    }
    try ledger.transact {
      var letter = MemoryLedger.Letter(
        document: document, recall: recall, state: IncomingLetterMachine.State.arrived.rawValue)
      letter.isCopy = earlier != nil
      let id = try ledger.add(letter, event: "arrived", at: now)
      closeArrival(arrival)
      if let earlier {
        try handle(id, .foundCopy)
        // What was told is told again, the very same bytes; what waits in the outbox will be told anyway.
        for told in ledger.letters[earlier].transmissions.map({ ledger.transmissions[$0] }) where told.state == .sent {
          ledger.queue(told.content, for: id, at: now)
        }
      } else if recall != nil {
        try settleRecall(id, of: document)
      } else if case let waiting = waitingRecalls(of: document), !waiting.isEmpty {
        try handle(id, .recalled)
        ledger.tell(.arrived, about: document, for: id, at: now)
        for recall in waiting { try handle(recall, .changeDone) }
      } else {
        switch SimulatedEnd.judgement(ofNumber: "\(document)").decision {
        case .accept: try handle(id, .judgedAcceptable)
        case .reject: try handle(id, .judgedRefusable)
        case .hold, .leave: try handle(id, .judgedDoubtful)
        }
      }
    }
  }

  private func settleRecall(_ id: Int, of document: Int) throws {
    guard let target = original(document) else { return try handle(id, .judgedDoubtful) }
    if ledger.letters[target].state == IncomingLetterMachine.State.finished.rawValue {
      return try handle(id, .changeTooLate)
    }
    try handle(target, .recalled)
    try handle(id, .changeDone)
  }

  private func waitingRecalls(of document: Int) -> [Int] {
    ledger.letters(of: document).filter {
      ledger.letters[$0].recall != nil && ledger.letters[$0].state == IncomingLetterMachine.State.held.rawValue
    }
  }

  /// Moves a received letter and queues what its sender is told; an event that does not belong to its state does nothing.
  func handle(_ id: Int, _ event: IncomingLetterMachine.Event) throws {
    var machine = IncomingLetterMachine(state: .init(rawValue: ledger.letters[id].state) ?? .finished)
    guard let actions = machine.handle(event) else { return }
    try ledger.change(id, event: "\(event)", at: now) {
      $0.state = machine.state.rawValue
      if actions.contains(.allotDossierCode) { $0.hasDossier = true }
    }
    for case .tell(let code) in actions { ledger.tell(code, about: ledger.letters[id].document, for: id, at: now) }
    if machine.state.isFinal { ledger.close(id) }
  }

  // MARK: People

  /// SenderDesk.recall and takeBack
  func change(_ id: Int, byRecall: Bool) throws {
    guard let state = OutgoingLetterMachine.State(rawValue: ledger.letters[id].state), state.isUnderWay,
      pendingChange(of: id) == nil
    else { return }
    let document = ledger.letters[id].document
    try ledger.transact {
      if byRecall {
        let number = ledger.letters(of: document).count
        var recall = MemoryLedger.Letter(
          document: document, recall: number, state: OutgoingLetterMachine.State.signed.rawValue)
        recall.nextActionAt = now
        _ = try ledger.add(recall, event: "recallOrdered", at: now)
      } else {
        ledger.tell(.takeBack, about: document, for: id, at: now)
        try ledger.change(id, event: "takeBackOrdered", at: now) { _ in }
      }
    }
  }

  /// OutcomeDesk.say
  func answerUnknown() throws {
    for id in ledger.openTransmissions.sorted() {
      let unknown = ledger.transmissions[id]
      guard unknown.state == .unknown, unknown.statusCode == nil, unknown.checks >= 6 else { continue }
      let has = axis.has(unknown.content)
      try ledger.transact {
        ledger.settle(id) { ($0.state, $0.nextAt, $0.checks) = (has ? .sent : .queued, has ? nil : now, 0) }
        try move(unknown.letter, has ? .axisAccepted : .retried, saying: "said")
      }
    }
  }
}
