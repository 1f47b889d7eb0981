import DeliveryLedger
import DossierModel
import EdXML
import Foundation
import SigningCore
import Testing

@testable import Connector

@Suite("Letters that answer ours")
struct AnswerIntakeTests {
  /// An answer arrives that names `references`; without attachments it bears no letter that could be trusted.
  private func arrive(
    _ id: String, naming references: [String], from: String = "H99.15", by: String? = nil,
    with attachments: [OutgoingAttachment] = [], subject: String = "Trả lời", at stage: AgencyStage
  ) async throws {
    let document = EdocDocument(
      from: Organization(from, name: "Cục Chứng thực"), to: [Organization("G11.99", name: "Cục Ví dụ")],
      documentId: "answer-\(id)", code: DocumentCode(number: id, notation: "CTS-VP"),
      promulgation: Promulgation(place: "Hà Nội", date: EdocDate("2026-03-02")), subject: subject,
      responseFor: references.map { ResponseFor(organId: "G11.99", documentId: $0) })
    let file = stage.bench.folder.appending(path: "answer-\(id).edxml")
    try EdXMLWriter(checks: false).write(document, attachments: attachments, to: file.path)
    let blob = try await stage.ledger.storeBlob(try Data(contentsOf: file))
    _ = try await stage.ledger.recordArrival(
      NewArrival(
        transportDocId: UUID().uuidString, messageType: .edoc, transportFrom: by ?? from, message: blob,
        acknowledgement: .pending),
      at: stage.bench.now)
  }

  private func settle(_ stage: AgencyStage) async throws {
    let trust = stage.bench.folder.appending(path: "trust").path
    if !FileManager.default.fileExists(atPath: trust) { try stage.bench.putAnchor() }
    for arrival in try await stage.ledger.dueArrivals(now: stage.bench.now) {
      try await AnswerIntake(workplace: stage.workplace).settle(arrival)
    }
  }

  private func answers(_ id: LetterID, _ stage: AgencyStage) async throws -> [LetterRecord] {
    var answers: [LetterRecord] = []
    for answer in try await stage.ledger.letterDetail(id)?.sources(.answers) ?? [] {
      if let letter = try await stage.ledger.letter(answer) { answers.append(letter) }
    }
    return answers
  }

  @Test("One answer to several letters stands with each; a letter to another body among them does not hide it")
  func several() async throws {
    let stage = try AgencyStage()
    try await stage.sent("a")
    try await stage.sent("b", number: "22", documentId: "doc-b")
    var other = LetterDraft(
      id: "other", state: "sent", sender: "G11.99", receivers: ["H77.01"], documentId: "doc-other")
    other.number = "23"
    _ = try await stage.ledger.recordDraft(other, event: .packed, at: stage.bench.now)
    try await arrive("31", naming: ["doc-other", "doc-unknown", "doc-a", "doc-b"], at: stage)
    try await settle(stage)
    let told = try await answers("a", stage)
    #expect(told.map(\.number) == ["31"] && told.first?.state == "held")
    #expect(try await answers("b", stage).map(\.id) == told.map(\.id))
    #expect(try await answers("other", stage).isEmpty)
    for id in ["a", "b"] as [LetterID] {
      #expect(try await stage.ledger.letter(id)?.nextActor == .sender)
      #expect(try await stage.timeline(id).contains("31/CTS-VP"))
    }
    #expect(try await !stage.timeline("other").contains("31/CTS-VP"))
  }

  @Test("The very answer once more is a copy, and is told what the first was told")
  func copy() async throws {
    let stage = try AgencyStage()
    try await stage.sent("a")
    try await arrive("31", naming: ["doc-a"], at: stage)
    try await settle(stage)
    let first = try #require(try await answers("a", stage).first)
    while try await OutboxWorker(workplace: stage.workplace).pass() > 0 {}
    let told = try #require(try await stage.ledger.letterDetail(first.id)).transmissions
    #expect(!told.isEmpty && told.allSatisfy { $0.state == .sent })
    try await arrive("31", naming: ["doc-a"], at: stage)
    try await settle(stage)
    let copy = try #require(try await stage.ledger.letterDetail(first.id)?.copies.first)
    let again = try #require(try await stage.ledger.letterDetail(copy))
    #expect(again.letter.state == "copy" && again.transmissions.map(\.message) == told.map(\.message))
    #expect(again.transmissions.map(\.statusCode) == told.map(\.statusCode))
  }

  @Test("What names only letters to others, or none, is left to the agency's own system")
  func notOurs() async throws {
    let stage = try AgencyStage()
    try await stage.sent("a")
    try await arrive("31", naming: ["doc-a"], from: "H77.01", at: stage)
    try await arrive("32", naming: ["doc-unknown"], by: "H55.01", at: stage)
    try await settle(stage)
    #expect(try await stage.ledger.arrivalsSetAside().map(\.acknowledgement) == [.leave, .leave])
    #expect(try await answers("a", stage).isEmpty)
  }

  @Test("The authority may write under another of its codes, which the directory knows")
  func otherCode() async throws {
    let stage = try AgencyStage()
    try await stage.sent("a")
    try await stage.listAgency("H99.15", alsoAs: "000.00.15.H99")
    try await arrive("31", naming: ["doc-a"], from: "000.00.15.H99", by: "H99.15", at: stage)
    try await settle(stage)
    let answer = try #require(try await answers("a", stage).first)
    #expect(answer.number == "31" && !answer.codes.contains("SENDER_MISMATCH"))
  }

  @Test("An answer that the axis has from another is held, answered by no status, and stays so when judged again")
  func mismatch() async throws {
    let stage = try AgencyStage()
    try await stage.sent("a")
    try await arrive("31", naming: ["doc-a"], by: "H77.01", at: stage)
    try await settle(stage)
    let answer = try #require(try await answers("a", stage).first)
    #expect(answer.state == "held" && answer.codes.contains("SENDER_MISMATCH"))
    #expect(try await stage.ledger.letter("a")?.nextActor != .sender, "the request is as it was")
    #expect(try await stage.ledger.letterDetail(answer.id)?.transmissions.isEmpty == true)
    let officer = OfficerDesk(
      ledger: stage.ledger, configuration: stage.workplace.configuration, clock: { [bench = stage.bench] in bench.now })
    _ = try await officer.judgeAgain(answer.id.rawValue, officer: "Ví Dụ")
    try await AnswerIntake(workplace: stage.workplace).judgeDueAgain()
    let again = try #require(try await stage.ledger.letter(answer.id))
    #expect(again.state == "held" && again.codes.contains("SENDER_MISMATCH") && again.nextActionAt == nil)
    // The authority's own answer of that name is no update of the other's.
    try await arrive("31", naming: ["doc-a"], subject: "Trả lời công văn", at: stage)
    try await settle(stage)
    #expect(try await answers("a", stage).map(\.standing) == [.unconfirmed, .original])
  }

  @Test("An answer that cannot be judged again does not keep the later ones waiting")
  func starving() async throws {
    let stage = try AgencyStage()
    try await stage.sent("a")
    try await arrive("31", naming: ["doc-a"], at: stage)
    stage.bench.pass(1)
    try await settle(stage)
    try await arrive("32", naming: ["doc-a"], at: stage)
    try await settle(stage)
    let held = try await answers("a", stage)
    #expect(held.map(\.number) == ["31", "32"])
    let officer = OfficerDesk(
      ledger: stage.ledger, configuration: stage.workplace.configuration, clock: { [bench = stage.bench] in bench.now })
    for answer in held { _ = try await officer.judgeAgain(answer.id.rawValue, officer: "Ví Dụ") }
    // The first one's message is not to be read any more.
    let message = try #require(held.first?.blobs[.message])
    try FileManager.default.removeItem(at: stage.ledger.blobURL(message))
    try await AnswerIntake(workplace: stage.workplace).judgeDueAgain()
    #expect(try await stage.ledger.dueLetters(now: stage.bench.now, direction: .incoming).isEmpty)
    let first = try #require(held.first)
    #expect(try await stage.ledger.letter(first.id)?.lastCause != nil)
    #expect(try await stage.timeline(first.id).contains("Chưa làm được"))
  }

  /// A stage at which the authority's letters are signed by a key that is bound to it, and a signed answer.
  private func signedAnswer(_ answer: AnswerKind) async throws -> (AgencyStage, [OutgoingAttachment]) {
    let agency = try SigningStepsTests.Agency()
    let server = try LoopbackServer()
    defer { server.stop() }
    let authority = try agency.pki.timeStampAuthority()
    server.answer("/tsa") { request in
      let answer = try? authority.respond(to: request.body, at: ConnectorBench.start, serial: [7])
      return .init(status: answer == nil ? 500 : 200, body: answer ?? [])
    }
    let letter = try await agency.sent(
      """
        level: B-T
        leader: {pkcs12: leader.p12, passwordFile: password}
        organisation: {pkcs12: agency.p12, passwordFile: password}
      timeStampServers: ["\(server.url("/tsa"))"]
      """)
    let bench = agency.bench
    let pdf = bench.folder.appending(path: "refusal.pdf")
    try Data(try await agency.pdf(letter, .organisationSigned)).write(to: pdf)
    let note = bench.folder.appending(path: "refusal.answer.json")
    try JSONEncoder().encode(LetterNote(answer: answer)).write(to: note)
    try agency.pki.write(
      to: bench.folder.appending(path: "trust").path, password: "m", thisUpdate: ConnectorBench.start - 3600,
      nextUpdate: ConnectorBench.start + 86_400)
    let fingerprint = try Digest.of(agency.organisation.certificate.der).hexadecimal
    _ = try await bench.ledger.bind(
      organId: "H99.15", subject: nil, fingerprint: fingerprint, validFrom: ConnectorBench.start - 3600,
      validUntil: nil, by: "Ví Dụ", source: "test", at: bench.now)
    bench.pass(60)
    return (
      try AgencyStage(bench),
      [pdf, note].map { OutgoingAttachment(name: $0.lastPathComponent, file: $0.path, contentId: UUID().uuidString) }
    )
  }

  @Test("An answer leaves under that code of the authority to which its request went")
  func ownCode() async throws {
    let (stage, signed) = try await signedAnswer(.refusal)
    let bench = stage.bench
    let plain = try bench.workplace()
    var configuration = plain.configuration
    configuration.organisation.otherCodes = ["000.00.11.G11"]
    let authority = try Workplace(
      configuration: configuration, ledger: bench.ledger, axis: bench.axis, logger: plain.logger,
      clock: { bench.now }, chance: { 0 })
    let arrival = try await bench.ledger.recordArrival(
      NewArrival(
        transportDocId: "1", messageType: .edoc, transportFrom: "H37.02",
        message: try await bench.ledger.storeBlob(Data("x".utf8))), at: bench.now
    ).arrival
    var request = IncomingLetter(
      id: "r", kind: .new, sender: "H37.02", receivers: ["000.00.11.G11"], documentId: "doc", contentHash: "h")
    request.number = "7"
    request.notation = "SVD-VP"
    _ = try await bench.ledger.settleLetter(arrival: arrival.id, letter: request, dossier: nil, at: bench.now) {
      _ in IntakeEffects(state: "processing", event: .packed)
    }
    let desk = AnswerDesk(configuration: configuration, ledger: bench.ledger, clock: { bench.now })
    let answer = try await desk.answer(
      "r",
      with: AnswerDesk.Order(
        kind: .refusal, number: "31", notation: "CTS-VP", date: try #require(CalendarDate(iso: "2026-03-02")),
        letter: URL(fileURLWithPath: try #require(signed.first?.file))), officer: "Ví Dụ")
    let message = try await LetterPacking(workplace: authority).pack(answer)
    let packed = try EdXMLReader().peek(file: bench.ledger.blobURL(message).path)
    #expect(packed.from == "000.00.11.G11" && packed.to == ["H37.02"])
    let told = try #require(try await bench.ledger.letterDetail("r")?.transmissions.last)
    #expect(told.statusCode == "06" && told.from == "000.00.11.G11")
  }

  @Test("While a trusted letter asks for a supplement, nothing is due from the authority")
  func supplement() async throws {
    let (stage, signed) = try await signedAnswer(.supplement)
    try await stage.sent("a")
    try await stage.accept("X-1")
    let due = stage.bench.now.addingTimeInterval(86_400)
    var step = LetterTransition("a", from: [], to: nil, event: .packed)
    step.changes.dueAt = .set(due)
    try await stage.ledger.advance(step, at: stage.bench.now)
    try await arrive("31", naming: ["doc-a"], at: stage)
    try await settle(stage)
    #expect(try await stage.ledger.letter("a")?.dueAt == due)
    try await arrive("32", naming: ["doc-a"], with: signed, at: stage)
    try await settle(stage)
    let letter = try #require(try await stage.ledger.letter("a"))
    #expect(letter.dueAt == nil && letter.state == "accepted" && letter.nextActor == .sender)
  }

  @Test("A letter stamped ahead of our clock is held, and judged again by itself once its time has come")
  func stampedAhead() async throws {
    let (stage, signed) = try await signedAnswer(.supplement)
    try await stage.sent("a")
    try await stage.accept("X-1")
    stage.bench.pass(-60 - 1800)
    try await arrive("31", naming: ["doc-a"], with: signed, at: stage)
    try await settle(stage)
    let held = try #require(try await answers("a", stage).first)
    #expect(held.state == "held" && held.codes.contains("CLOCK_DOUBTFUL"), "\(held.codes)")
    #expect(held.nextActionAt == ConnectorBench.start)
    try await AnswerIntake(workplace: stage.workplace).judgeDueAgain()
    #expect(try await stage.state(held.id) == "held")
    stage.bench.pass(1801)
    try await AnswerIntake(workplace: stage.workplace).judgeDueAgain()
    #expect(try await stage.state(held.id) == "noted")
  }

  @Test("A signed refusal ends its request without success, before 06 and after it, under any of the sender's codes")
  func refusal() async throws {
    let (stage, signed) = try await signedAnswer(.refusal)
    try await stage.listAgency("H99.15", alsoAs: "000.00.15.H99")
    try await stage.sent("a")
    try await stage.sent("b", number: "22", documentId: "doc-b")
    try await stage.accept("X-1")
    try await stage.hear(.accepted, about: "doc-b")
    try await arrive("31", naming: ["doc-a"], from: "000.00.15.H99", with: signed, at: stage)
    try await settle(stage)
    let answer = try #require(try await answers("a", stage).first)
    #expect(answer.state == "noted", "\(answer.codes)")
    try await stage.hear(.finished, at: 30)
    try await stage.hear(.finished, about: "doc-b", at: 30)
    #expect(try await stage.ledger.letter("b")?.decision == "accept")
    try await arrive("32", naming: ["doc-b"], with: signed, at: stage)
    try await settle(stage)
    for id in ["a", "b"] as [LetterID] {
      let letter = try #require(try await stage.ledger.letter(id))
      #expect(letter.state == "finished" && letter.decision == "reject" && letter.nextActor == .sender, "\(id)")
      #expect(try await stage.timeline(id).contains("vì đã từ chối bằng công văn"))
    }
  }

  @Test("What came beside another answer under its id, or from another by the axis, is let in by a person's word")
  func decided() async throws {
    let (stage, signed) = try await signedAnswer(.refusal)
    try await stage.sent("a")
    try await arrive("31", naming: ["doc-a"], with: signed, at: stage)
    try await arrive("31", naming: ["doc-a"], with: signed, subject: "Trả lời khác", at: stage)
    try await arrive("32", naming: ["doc-a"], by: "H77.01", with: signed, at: stage)
    try await settle(stage)
    let arrived = try await answers("a", stage)
    #expect(arrived.map(\.state) == ["noted", "held", "held"])
    #expect(arrived.map(\.standing) == [.original, .presumedUpdate, .unconfirmed])
    let officer = OfficerDesk(
      ledger: stage.ledger, configuration: stage.workplace.configuration, clock: { [bench = stage.bench] in bench.now })
    let intake = AnswerIntake(workplace: stage.workplace)
    for answer in arrived.dropFirst() {
      _ = try await officer.judgeAgain(answer.id.rawValue, officer: "Ví Dụ")
      try await intake.judgeDueAgain()
      #expect(try await stage.ledger.letter(answer.id)?.state == "held")
      var decision = OfficerDecision(by: "Ví Dụ")
      decision.accepts = true
      _ = try await officer.decide(answer.id.rawValue, decision, officer: "Ví Dụ")
      try await intake.judgeDueAgain()
      #expect(try await stage.ledger.letter(answer.id)?.state == "noted")
    }
  }
}
