import Connector
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
    arguments: [OutgoingLetterMachine.State.recorded, .written, .leaderSigned, .signed, .failed])
  func notLeft(state: OutgoingLetterMachine.State) {
    for status in StatusCode.known {
      var machine = OutgoingLetterMachine(state: state)
      #expect(machine.handle(.status(status)) == nil)
    }
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
}
