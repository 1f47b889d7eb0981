import Connector
import DeliveryLedger
import EdXML
import Testing

@Suite("A sent letter")
struct OutgoingLetterMachineTests {
  private typealias State = OutgoingLetterMachine.State

  @Test("goes from dossier to finished along the order of the law")
  func goodLife() {
    var machine = OutgoingLetterMachine(state: .recorded)
    let events: [OutgoingLetterMachine.Event] = [
      .letterWritten, .signedByLeader, .signedByOrganisation, .packed, .axisAccepted, .status(.arrived),
      .status(.accepted),
      .status(.assigned), .status(.processing), .status(.finished),
    ]
    let states = events.map { event -> State in
      #expect(machine.handle(event) != nil)
      return machine.state
    }
    #expect(
      states == [
        .written, .leaderSigned, .signed, .queued, .sent, .arrived, .accepted, .assigned, .processing, .finished,
      ])
  }

  @Test("is not moved back by a late, repeated or skipped status")
  func noWayBack() {
    var machine = OutgoingLetterMachine(state: .processing)
    for status in [StatusCode.arrived, .accepted, .assigned, .processing, .refused] {
      #expect(machine.handle(.status(status)) == nil)
      #expect(machine.state == .processing)
    }
    #expect(machine.handle(.status(.finished)) != nil)
    for status in StatusCode.known { #expect(machine.handle(.status(status)) == nil) }
    #expect(machine.state == .finished)
  }

  @Test("that has left is proved to be there by a status, even when the axis' answer was lost")
  func lostAnswer() {
    var machine = OutgoingLetterMachine(state: .outcomeUnknown)
    #expect(machine.handle(.status(.accepted)) != nil)
    #expect(machine.state == .accepted)
  }

  @Test(
    "that has not left cannot be moved by a status",
    arguments: [OutgoingLetterMachine.State.recorded, .written, .leaderSigned, .signed])
  func notLeft(state: OutgoingLetterMachine.State) {
    for status in StatusCode.known {
      var machine = OutgoingLetterMachine(state: state)
      #expect(machine.handle(.status(status)) == nil)
    }
  }

  @Test("that the axis said it refused is there all the same when its receiver speaks of it")
  func lateReceipt() {
    var machine = OutgoingLetterMachine(state: .failed)
    #expect(machine.handle(.status(.arrived)) == [])
    #expect(machine.state == .arrived)
    machine = OutgoingLetterMachine(state: .failed)
    #expect(machine.handle(.status(.refused)) != nil)
    #expect(machine.state == .refused)
  }

  @Test("is refused before it is accepted, and never after")
  func refusal() {
    for state in [State.queued, .outcomeUnknown, .sent, .arrived] {
      var machine = OutgoingLetterMachine(state: state)
      _ = machine.handle(.status(.refused))
      #expect(machine.state == .refused)
    }
    for state in [State.accepted, .assigned, .processing, .finished, .refused] {
      var machine = OutgoingLetterMachine(state: state)
      #expect(machine.handle(.status(.refused)) == nil)
    }
  }

  @Test("of unknown outcome is asked about, never simply sent again")
  func unknown() {
    var machine = OutgoingLetterMachine(state: .queued)
    #expect(machine.handle(.axisOutcomeUnknown) == [.askAxisWhatItHas])
    #expect(machine.handle(.letterWritten) == nil)
  }
}

@Suite("A received letter")
struct IncomingLetterMachineTests {
  @Test("is told 01 and 03 by itself, and goes no further without an officer")
  func accepted() {
    var machine = IncomingLetterMachine(state: .arrived)
    #expect(machine.handle(.judgedAcceptable) == [.tell(.arrived), .allotDossierCode, .tell(.accepted)])
    #expect(machine.officerEvents == [.assign, .start, .finish])
    #expect(machine.handle(.assign) == [.tell(.assigned)])
    #expect(machine.handle(.start) == [.tell(.processing)])
    #expect(machine.handle(.assign) == nil)
    #expect(machine.handle(.finish) == [.tell(.finished)])
    #expect(machine.officerEvents.isEmpty)
  }

  @Test("that is refused is told 01 and 02, and ends there")
  func refused() {
    var machine = IncomingLetterMachine(state: .arrived)
    #expect(machine.handle(.judgedRefusable) == [.tell(.arrived), .tell(.refused)])
    for event in [IncomingLetterMachine.Event.judgedAcceptable, .assign, .start, .finish, .judgeAgain] {
      #expect(machine.handle(event) == nil)
    }
  }

  @Test("that is doubtful is only told 01 until a person decides")
  func held() {
    var machine = IncomingLetterMachine(state: .arrived)
    #expect(machine.handle(.judgedDoubtful) == [.tell(.arrived), .showToOfficer])
    #expect(machine.handle(.assign) == nil)
    #expect(machine.handle(.judgedAcceptable) == [.allotDossierCode, .tell(.accepted)])
  }

  @Test("that came before is told nothing new by itself")
  func copy() {
    var machine = IncomingLetterMachine(state: .arrived)
    #expect(machine.handle(.foundCopy) == [])
    #expect(machine.state.isFinal)
  }

  @Test("is given back before it is accepted; after that it is too late, and nothing moves")
  func takenBack() {
    for state in [IncomingLetterMachine.State.arrived, .held] {
      var machine = IncomingLetterMachine(state: state)
      #expect(machine.handle(.takenBack) == [.tell(.changeAccepted)])
      #expect(machine.state == .withdrawn)
    }
    for state in [IncomingLetterMachine.State.accepted, .assigned, .processing, .supplementAsked, .finished, .replaced]
    {
      var machine = IncomingLetterMachine(state: state)
      #expect(machine.handle(.takenBack) == [.tell(.changeRefused)])
      #expect(machine.state == state)
    }
  }

  @Test("that was recalled, replaced, refused or finished takes no officer's word and no second recall")
  func atAnEnd() {
    let ends = IncomingLetterMachine.State.allCases.filter(\.isFinal)
    #expect(Set(ends) == [.refused, .finished, .copy, .withdrawn, .replaced, .agreed, .declined, .noted])
    for state in ends {
      for event in [
        IncomingLetterMachine.Event.judgedAcceptable, .judgedRefusable, .judgeAgain, .assign, .start, .finish,
        .askSupplement, .recalled, .superseded, .resubmitted,
      ] {
        var machine = IncomingLetterMachine(state: state)
        #expect(machine.handle(event) == nil, "\(event) in \(state)")
      }
    }
  }

  @Test(
    "is recalled and replaced wherever it stands",
    arguments: IncomingLetterMachine.State.allCases.filter { !$0.isFinal })
  func recalled(state: IncomingLetterMachine.State) {
    var machine = IncomingLetterMachine(state: state)
    #expect(machine.handle(.recalled) == [])
    #expect(machine.state == .withdrawn)
    machine = IncomingLetterMachine(state: state)
    #expect(machine.handle(.superseded) == [])
    #expect(machine.state == .replaced)
  }

  @Test(
    "waits for its sender when more is asked for, goes on at an officer's word, or ends with what comes in its place")
  func supplement() {
    var machine = IncomingLetterMachine(state: .processing)
    #expect(machine.handle(.askSupplement) == [])
    #expect(machine.state.nextActor == .sender)
    #expect(machine.handle(.resubmitted) == [.tell(.finished)])
    #expect(machine.state == .replaced)
    machine = IncomingLetterMachine(state: .supplementAsked)
    #expect(machine.handle(.start) == [.tell(.processing)])
  }
}

@Suite("A change of a sent letter")
struct SentLetterChangeTests {
  @Test(
    "can be agreed only while the letter is under way",
    arguments: OutgoingLetterMachine.State.allCases)
  func underWay(state: OutgoingLetterMachine.State) {
    let isUnderWay: Set<OutgoingLetterMachine.State> = [
      .queued, .outcomeUnknown, .sent, .arrived, .accepted, .assigned, .processing, .failed,
    ]
    for (event, end) in [
      (OutgoingLetterMachine.Event.takenBack, OutgoingLetterMachine.State.withdrawn), (.superseded, .replaced),
      (.changeAgreed, .agreed), (.changeDeclined, .declined),
    ] {
      var machine = OutgoingLetterMachine(state: state)
      #expect((machine.handle(event) != nil) == isUnderWay.contains(state))
      #expect(machine.state == (isUnderWay.contains(state) ? end : state))
    }
  }

  @Test("is made here only before anything left, and no late status moves the letter after it")
  func cancelled() {
    for state in OutgoingLetterMachine.State.allCases {
      var machine = OutgoingLetterMachine(state: state)
      let may = [.recorded, .written, .leaderSigned, .signed, .queued, .failed].contains(state)
      #expect((machine.handle(.cancelled) != nil) == may)
    }
    for end in [OutgoingLetterMachine.State.withdrawn, .replaced, .agreed, .declined, .finished, .refused] {
      #expect(end.isFinal)
      for code in [StatusCode.arrived, .accepted, .refused, .assigned, .processing, .finished] {
        var machine = OutgoingLetterMachine(state: end)
        #expect(machine.handle(.status(code)) == nil)
      }
    }
  }
}
