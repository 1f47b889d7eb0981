import DeliveryLedger
import EdXML
import Foundation
import Testing

@testable import Connector

@Suite("A document whose sender the axis does not confirm")
struct SenderMismatchTests {
  private let bench: ConnectorBench
  private let workplace: Workplace

  init() throws {
    bench = try ConnectorBench()
    try bench.putAnchor()
    workplace = try bench.workplace()
  }

  private func settle(
    _ id: String, to: String = "G11.99", subject: String = "Đề nghị cấp chứng thư số", by: String? = "H77.01",
    from: String = "H99.15", business: Business? = Business(kind: .new, reason: "Văn bản mới")
  ) async throws -> ArrivalRecord {
    let document = EdocDocument(
      from: Organization(from, name: "Sở Ví dụ"), to: [Organization(to, name: "Cục Ví dụ")], documentId: "doc-\(id)",
      code: DocumentCode(number: id, notation: "SVD-VP"),
      promulgation: Promulgation(place: "Hà Nội", date: EdocDate("2026-03-02")), subject: subject, business: business)
    let file = bench.folder.appending(path: "\(id).edxml")
    try EdXMLWriter(checks: false).write(document, attachments: [], to: file.path)
    let blob = try await bench.ledger.storeBlob(try Data(contentsOf: file))
    let arrival = try await bench.ledger.recordArrival(
      NewArrival(
        transportDocId: UUID().uuidString, messageType: .edoc, transportFrom: by, message: blob,
        acknowledgement: .pending), at: bench.now
    ).arrival
    try await DocumentIntake(workplace: workplace).settle(arrival)
    return try #require(try await bench.ledger.arrival(arrival.id))
  }

  @Test("is left to others when it is no request to us")
  func notOurs() async throws {
    let other = try await settle("1", to: "G22.01")
    #expect(other.state == .setAside && other.acknowledgement == .leave)
    let noRequest = try await settle("2", subject: "Mời họp")
    #expect(noRequest.state == .setAside && noRequest.acknowledgement == .leave)
  }

  @Test("is held without a word to anybody, until an officer says so, and a copy of it is answered as little")
  func held() async throws {
    let arrival = try await settle("1")
    #expect(arrival.acknowledgement == .done)
    let first = try #require(arrival.letter)
    let detail = try #require(try await bench.ledger.letterDetail(first))
    #expect(detail.letter.state == "held" && detail.letter.codes.first == "SENDER_MISMATCH")
    #expect(detail.transmissions.isEmpty && detail.letter.nextActor == .officer)
    #expect(try await bench.ledger.dueLetters(now: bench.now + 86_400).isEmpty, "nothing happens by itself")
    let copy = try await settle("1")
    let copied = try #require(copy.letter)
    let second = try #require(try await bench.ledger.letterDetail(copied))
    #expect(second.letter.standing == .copy && second.transmissions.isEmpty)
    let officer = OfficerDesk(
      ledger: bench.ledger, configuration: workplace.configuration, clock: { [bench] in bench.now })
    let id = detail.letter.id
    _ = try await officer.judgeAgain(id.rawValue, officer: "Ví Dụ")
    try await DocumentIntake(workplace: workplace).judgeDueAgain()
    let judged = try #require(try await bench.ledger.letterDetail(id))
    #expect(judged.letter.state == "held" && judged.letter.codes.contains("SENDER_MISMATCH"))
    #expect(judged.transmissions.isEmpty)
    var decision = OfficerDecision(by: "Ví Dụ")
    decision.accepts = true
    _ = try await officer.decide(id.rawValue, decision, officer: "Ví Dụ")
    try await DocumentIntake(workplace: workplace).judgeDueAgain()
    let released = try #require(try await bench.ledger.letterDetail(id))
    // Released, it is judged as any other: this one has no letter.
    #expect(released.letter.state == "refused" && released.transmissions.map(\.statusCode) == ["02"])
  }

  @Test("cannot take a letter's identity before its sender does, in whatever order a person lets them in")
  func identity() async throws {
    let forged = try #require(try await settle("1", subject: "Đề nghị cấp chứng thư số, bản giả").letter)
    let real = try #require(try await settle("1", by: "H99.15").letter)
    let kept = try #require(try await bench.letter(real))
    // It is judged as if the other had not come: this one has no letter.
    #expect(kept.standing == .original && kept.state == "refused")
    #expect(try await bench.letter(forged)?.standing == .unconfirmed)
    let same = try #require(try await settle("1").letter)
    #expect(try await bench.letter(same)?.copyOf == real, "a copy of the real one, whoever sends it")
    let found = try await LetterLookup(ledger: bench.ledger).letters(
      receivedFrom: "H99.15", named: ResponseFor(organId: "H99.15", documentId: "doc-1"))
    #expect(found.map(\.id) == [real])

    // Let in by a person, it finds its place taken, and the same person is asked again.
    let officer = OfficerDesk(
      ledger: bench.ledger, configuration: workplace.configuration, clock: { [bench] in bench.now })
    var decision = OfficerDecision(by: "Ví Dụ")
    decision.accepts = true
    _ = try await officer.decide(forged.rawValue, decision, officer: "Ví Dụ")
    try await DocumentIntake(workplace: workplace).judgeDueAgain()
    let held = try #require(try await bench.letter(forged))
    #expect(held.standing == .presumedUpdate && held.copyOf == real && held.state == "held")
    #expect(held.codes.first == "PRESUMED_UPDATE")
    _ = try await officer.decide(forged.rawValue, decision, officer: "Ví Dụ")
    try await DocumentIntake(workplace: workplace).judgeDueAgain()
    #expect(try await bench.letter(forged)?.state == "refused", "judged in the other's place")

    // Let in first, it is the letter of that name.
    let vouched = try #require(try await settle("2").letter)
    _ = try await officer.decide(vouched.rawValue, decision, officer: "Ví Dụ")
    try await DocumentIntake(workplace: workplace).judgeDueAgain()
    #expect(try await bench.letter(vouched)?.standing == .original)
    let late = try #require(try await settle("2", by: "H99.15").letter)
    #expect(try await bench.letter(late)?.copyOf == vouched)
  }

  @Test("that recalls a letter cancels nothing, and is set aside for an officer")
  func recall() async throws {
    let letter = try await settle("1", by: "H99.15")
    let refused = try #require(letter.letter)
    #expect(try await bench.letter(refused)?.state == "refused")
    let recall = try await settle("1", business: Business(kind: .recall, reason: "Nhầm"))
    #expect(recall.state == .setAside && recall.acknowledgement == .done && recall.lastCause == "SENDER_MISMATCH")
    let other = try await settle("2", business: Business(kind: .recall, reason: "Nhầm"))
    #expect(other.state == .setAside && other.acknowledgement == .leave)
  }

  @Test("in words only is none: the directory knows both codes as one agency's")
  func otherForm() async throws {
    let unknown = try await settle("1", by: "000.00.15.H99")
    let first = try #require(unknown.letter)
    #expect(try await bench.letter(first)?.codes.contains("SENDER_MISMATCH") == true)
    try await bench.ledger.synchroniseAgencies(
      [DirectoryAgency(code: "H99.15", code102: "000.00.15.H99", name: "Sở Ví dụ")], source: "test", complete: false,
      at: bench.now)
    let known = try await settle("2", by: "000.00.15.H99")
    let second = try #require(known.letter)
    #expect(try await bench.letter(second)?.codes.contains("SENDER_MISMATCH") == false)
  }
}
