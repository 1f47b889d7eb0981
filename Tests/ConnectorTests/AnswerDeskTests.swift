import DeliveryLedger
import DossierModel
import EdXML
import Foundation
import Testing

@testable import Connector

@Suite("The authority's answers")
struct AnswerDeskTests {
  @Test("are written only about a request for which they mean something: no result for one that was withdrawn")
  func states() async throws {
    let bench = try ConnectorBench()
    let workplace = try bench.workplace(more: "policies: {finishAfterRefusal: false}")
    let desk = AnswerDesk(configuration: workplace.configuration, ledger: bench.ledger, clock: { [bench] in bench.now })
    let blob = try await bench.ledger.storeBlob(Data("x".utf8))
    let arrival = try await bench.ledger.recordArrival(
      NewArrival(transportDocId: "1", messageType: .edoc, transportFrom: "H99.15", message: blob), at: bench.now
    ).arrival
    _ = try await bench.ledger.settleLetter(
      arrival: arrival.id,
      letter: IncomingLetter(
        id: "r", kind: .new, sender: "H99.15", receivers: ["G11.99"], documentId: "doc", contentHash: "h"),
      dossier: nil, at: bench.now
    ) { _ in IntakeEffects(state: "accepted", event: .packed) }
    typealias State = IncomingLetterMachine.State
    let open: Set<State> = [.accepted, .assigned, .processing, .supplementAsked]
    let expected: [(AnswerKind, Set<State>)] = [
      (.result, open.union([.finished])), (.refusal, open),
      (.other, open.union([.finished, .arrived, .held, .refused])),
      (.supplement, [.accepted, .assigned, .processing]),
    ]
    for state in State.allCases {
      _ = try await bench.ledger.advance(
        LetterTransition("r", from: [], to: state.rawValue, event: .packed), at: bench.now)
      for (kind, states) in expected {
        let order = AnswerDesk.Order(
          kind: kind, number: "31", notation: "CTS-VP", date: try #require(CalendarDate(iso: "2026-03-02")),
          letter: bench.folder.appending(path: "none.pdf"))
        let error = await #expect(throws: ConnectorError.self) {
          _ = try await desk.answer("r", with: order, officer: "Ví Dụ")
        }
        // What may be said fails only later here, for there is no letter.
        #expect((error?.code == .notInThisState) == !states.contains(state), "\(kind) about \(state)")
      }
    }
  }
}
