import DeliveryLedger
import Foundation
import GRDB
import Testing

@Suite struct IntakeTests {
  @Test("The same transport id is stored once; offered again after its acknowledgement, it is acknowledged again")
  func transportDuplicate() async throws {
    let fixture = try LedgerFixture()
    let ledger = fixture.ledger
    let first = try await fixture.arrival("t1")
    #expect(try await ledger.pendingAcknowledgements(now: LedgerFixture.start).map(\.id) == [first.id])
    guard
      case .known(let same) = try await ledger.recordArrival(
        NewArrival(transportDocId: "t1", messageType: .edoc, transportFrom: nil, message: first.message),
        at: LedgerFixture.time(1))
    else {
      Issue.record("the second delivery was taken for a new one")
      return
    }
    #expect(same.id == first.id)
    try await ledger.markAcknowledged([first.id], at: LedgerFixture.time(2))
    #expect(try await ledger.pendingAcknowledgements(now: LedgerFixture.time(9)).isEmpty)
    try await ledger.noteReoffered(["t1", "other"], messageType: .edoc, at: LedgerFixture.time(3))
    #expect(try await ledger.pendingAcknowledgements(now: LedgerFixture.time(3)).map(\.offers) == [2])
    #expect(try await ledger.dueArrivals(now: LedgerFixture.time(3)).count == 1)
    #expect(try await ledger.counts().arrivals == [.received: 1])
  }

  @Test("A document and a status may have the same transport id: neither hides the other")
  func listsApart() async throws {
    let fixture = try LedgerFixture()
    let document = try await fixture.arrival("t1")
    let status = try await fixture.arrival("t1", type: .status)
    #expect(document.id != status.id)
    #expect(
      try await fixture.ledger.knownTransportDocIds(among: ["t1", "t2"], messageType: .status) == ["t1"])
  }

  @Test("Ten thousand listed ids are looked up in one call")
  func manyIds() async throws {
    let fixture = try LedgerFixture()
    _ = try await fixture.arrival("t7777")
    let known = try await fixture.ledger.knownTransportDocIds(
      among: (0..<10_000).map { "t\($0)" }, messageType: .edoc)
    #expect(known == ["t7777"])
  }

  @Test("An accepted letter gets letter, dossier, code, answers and log in one transaction")
  func accepted() async throws {
    let fixture = try LedgerFixture()
    let settled = try await fixture.take(LedgerFixture.incoming("a", documentId: "d1"), as: "t1")
    let code = try #require(settled.letter.dossierCode)
    #expect(settled.finding.standing == .original && settled.finding.dossierCode == code)
    #expect(code.hasSuffix("-260302-0001") && code.count == 48)
    #expect(settled.transmissions.map(\.statusCode) == ["01", "03"])
    #expect(settled.transmissions.last?.description == code)
    let dossier = try #require(try await fixture.ledger.dossier(code: code))
    #expect(dossier.letter == "a" && dossier.rowCount == 3)
    #expect(try await fixture.ledger.dueArrivals(now: LedgerFixture.time(9)).isEmpty)
    #expect(try await fixture.ledger.letterDetail("a")?.arrivals.count == 1)
  }

  @Test("Effects that fail undo letter, code and dossier, and the arrival can be settled later")
  func atomic() async throws {
    struct Refused: Error {}
    let fixture = try LedgerFixture()
    let arrival = try await fixture.arrival("t1")
    await #expect(throws: Refused.self) {
      _ = try await fixture.ledger.settleLetter(
        arrival: arrival.id, letter: LedgerFixture.incoming("a", documentId: "d1"),
        dossier: NewDossier(type: "01", json: Data(), rowCount: 0), at: LedgerFixture.start
      ) { _ in throw Refused() }
    }
    #expect(try await fixture.ledger.letter("a") == nil)
    #expect(try await fixture.ledger.organisationUUID("H01.02.03") == nil)
    #expect(try await fixture.ledger.dueArrivals(now: LedgerFixture.start).map(\.id) == [arrival.id])
    let again = try await fixture.take(LedgerFixture.incoming("a", documentId: "d1"), as: "t2")
    #expect(again.letter.dossierCode?.hasSuffix("-0001") == true)
  }

  @Test("An arrival is settled once")
  func settledOnce() async throws {
    let fixture = try LedgerFixture()
    try await fixture.take(LedgerFixture.incoming("a", documentId: "d1"), as: "t1")
    #expect(
      await errorCode { try await fixture.take(LedgerFixture.incoming("b", documentId: "d2"), as: "t1") }
        == .stateConflict)
  }

  @Test("The same letter once more is a copy with the stored answers, without code or dossier")
  func copy() async throws {
    let fixture = try LedgerFixture()
    let first = try await fixture.take(LedgerFixture.incoming("a", documentId: "d1"), as: "t1")
    let second = try await fixture.take(LedgerFixture.incoming("b", documentId: "d1"), as: "t2")
    #expect(second.finding.standing == .copy && second.letter.copyOf == "a")
    #expect(second.letter.dossierCode == nil)
    #expect(second.finding.existingStatuses.map(\.description) == first.transmissions.map(\.description))
    #expect(try await fixture.ledger.counts().dossiers == 1)
    #expect(try await fixture.ledger.letterDetail("a")?.copies == ["b"])
    let third = try await fixture.take(LedgerFixture.incoming("c", documentId: "d1"), as: "t3")
    #expect(third.letter.copyOf == "a")
  }

  @Test("The same DocumentId with other content is held as a presumed update")
  func presumedUpdate() async throws {
    let fixture = try LedgerFixture()
    try await fixture.take(LedgerFixture.incoming("a", documentId: "d1"), as: "t1")
    let second = try await fixture.take(LedgerFixture.incoming("b", documentId: "d1", content: "other"), as: "t2")
    #expect(second.finding.standing == .presumedUpdate && second.letter.copyOf == "a")
    #expect(second.finding.dossierCode == nil && second.finding.sameNumber == ["a"])
    #expect(
      try await fixture.ledger.outstanding(now: LedgerFixture.start).contains {
        $0.reason == .presumedUpdate && $0.letter == "b"
      })
  }

  @Test("The same number, date and content under a new DocumentId is a copy")
  func businessIdentity() async throws {
    let fixture = try LedgerFixture()
    try await fixture.take(LedgerFixture.incoming("a", documentId: "d1"), as: "t1")
    let second = try await fixture.take(LedgerFixture.incoming("b", documentId: "d2"), as: "t2")
    #expect(second.finding.standing == .copy && second.letter.copyOf == "a")
    let corrected = try await fixture.take(
      LedgerFixture.incoming("c", documentId: "d3", content: "corrected"), as: "t3")
    #expect(corrected.finding.standing == .original && corrected.finding.sameNumber == ["a", "b"])
    let unnumbered = try await fixture.take(
      LedgerFixture.incoming("d", documentId: "d4", number: nil), as: "t4")
    #expect(unnumbered.finding.standing == .original)
    let other = try await fixture.take(
      LedgerFixture.incoming("e", documentId: "d1", sender: "H02"), as: "t5")
    #expect(other.finding.standing == .original)
  }

  @Test("Recalls and updates of one document are each their own; the same one twice is a copy")
  func kinds() async throws {
    let fixture = try LedgerFixture()
    try await fixture.take(LedgerFixture.incoming("a", documentId: "d1"), as: "t1")
    var standings: [LetterStanding] = []
    for (number, (kind, content)) in [
      (LetterKind.update, "u1"), (.update, "u2"), (.update, "u1"), (.recall, "r"), (.recall, "r"),
    ].enumerated() {
      let letter = LedgerFixture.incoming(LetterID("k\(number)"), documentId: "d1", content: content, kind: kind)
      standings.append(try await fixture.take(letter, as: "k\(number)").finding.standing)
    }
    #expect(standings == [.original, .original, .copy, .original, .copy])
  }

  @Test("Numbers run per agency and Vietnamese day, without gaps or doubles, also from two handles at once")
  func concurrentCodes() async throws {
    let fixture = try LedgerFixture()
    let other = try Ledger.open(folder: fixture.folder, at: LedgerFixture.start)
    // 23:59 and 00:01 in Vietnam.
    let evening = LedgerFixture.time(57_540)
    let morning = LedgerFixture.time(57_660)
    let codes = try await withThrowingTaskGroup(of: String.self) { group in
      for number in 0..<40 {
        group.addTask {
          let settled = try await fixture.take(
            LedgerFixture.incoming(
              LetterID("l\(number)"), documentId: "d\(number)", content: "c\(number)",
              sender: number % 2 == 0 ? "H01" : "H02"),
            as: "t\(number)", at: number % 4 < 2 ? evening : morning, ledger: number % 3 == 0 ? other : fixture.ledger)
          return settled.letter.dossierCode ?? ""
        }
      }
      return try await group.reduce(into: Set<String>()) { $0.insert($1) }
    }
    #expect(codes.count == 40)
    let first = try #require(try await fixture.ledger.organisationUUID("H01")).uuidString.lowercased()
    let second = try #require(try await fixture.ledger.organisationUUID("H02")).uuidString.lowercased()
    #expect(first != second)
    for organisation in [first, second] {
      for day in ["260302", "260303"] {
        let expected = (1...10).map { "\(organisation)-\(day)-\($0 < 10 ? "000" : "00")\($0)" }
        #expect(Set(expected).isSubset(of: codes))
      }
    }
    #expect(try await fixture.ledger.verify().isIntact)
    try other.close()
  }

  @Test("An imported UUID is the one in the codes; it cannot change once codes have it")
  func importedUUID() async throws {
    let fixture = try LedgerFixture()
    let uuid = try #require(UUID(uuidString: "0C8D7B5E-58F5-4C2B-9B4F-9A3C9E4B7A11"))
    try await fixture.ledger.setOrganisationUUID(uuid, organId: "H01.02.03", source: "portal", at: LedgerFixture.start)
    let settled = try await fixture.take(LedgerFixture.incoming("a", documentId: "d1"), as: "t1")
    #expect(settled.letter.dossierCode == "0c8d7b5e-58f5-4c2b-9b4f-9a3c9e4b7a11-260302-0001")
    try await fixture.ledger.setOrganisationUUID(uuid, organId: "H01.02.03", source: "again", at: LedgerFixture.start)
    #expect(
      await errorCode {
        try await fixture.ledger.setOrganisationUUID(
          UUID(), organId: "H01.02.03", source: "other", at: LedgerFixture.start)
      } == .stateConflict)
    #expect(
      await errorCode {
        try await fixture.ledger.setOrganisationUUID(uuid, organId: "H02", source: "x", at: LedgerFixture.start)
      } == .duplicate)
  }

  @Test("The pattern of codes is configuration")
  func patterns() async throws {
    let fixture = try LedgerFixture()
    let pattern = try DossierCodePattern("HS/{type}.{yyMMdd}.{number:6}")
    let one = try await fixture.take(
      LedgerFixture.incoming("a", documentId: "d1", content: "a", sender: "H01"), as: "t1", pattern: pattern)
    let two = try await fixture.take(
      LedgerFixture.incoming("b", documentId: "d2", content: "b", sender: "H02"), as: "t2", pattern: pattern)
    #expect(one.letter.dossierCode == "HS/01.260302.000001" && two.letter.dossierCode == "HS/01.260302.000002")
  }

  @Test(
    "A pattern that cannot give unique codes is refused",
    arguments: [
      "", "{organisation}", "{number}", "{number:0}", "{number:4}{number:4}", "{year}-{number:4}", "{number:4",
      "a b{number:4}",
      "đ{number:4}",
    ])
  func badPatterns(_ text: String) async {
    #expect(await errorCode { _ = try DossierCodePattern(text) } == .badPattern)
  }

  @Test("An unreadable message is set aside, kept, and told to the axis as configured")
  func setAside() async throws {
    let fixture = try LedgerFixture()
    let ledger = fixture.ledger
    let arrival = try await fixture.arrival("t1")
    try await ledger.postponeArrival(arrival.id, until: LedgerFixture.time(60), cause: "disk", at: LedgerFixture.start)
    #expect(try await ledger.dueArrivals(now: LedgerFixture.time(59)).isEmpty)
    #expect(try await ledger.dueArrivals(now: LedgerFixture.time(60)).map(\.attempts) == [1])
    try await ledger.setArrivalAside(
      arrival.id, cause: "notXML", acknowledgement: .fail, event: LedgerFixture.event("arrival.unreadable"),
      at: LedgerFixture.time(61))
    #expect(try await ledger.dueArrivals(now: LedgerFixture.time(99)).isEmpty)
    #expect(try await ledger.pendingAcknowledgements(now: LedgerFixture.time(99)).map(\.acknowledgement) == [.fail])
    #expect(try await ledger.arrivalsSetAside().map(\.lastCause) == ["notXML"])
    let other = try await fixture.arrival("t2")
    try await ledger.setArrivalAside(
      other.id, cause: "notOurs", acknowledgement: .leave, event: LedgerFixture.event("arrival.notOurs"),
      at: LedgerFixture.time(62))
    #expect(try await ledger.pendingAcknowledgements(now: LedgerFixture.time(99)).map(\.id) == [arrival.id])
  }

  @Test("A held update that is delivered twice is one update and its copy")
  func updateTwice() async throws {
    let fixture = try LedgerFixture()
    try await fixture.take(LedgerFixture.incoming("a", documentId: "d1"), as: "t1")
    try await fixture.take(LedgerFixture.incoming("b", documentId: "d1", content: "other"), as: "t2")
    let third = try await fixture.take(LedgerFixture.incoming("c", documentId: "d1", content: "other"), as: "t3")
    #expect(third.finding.standing == .copy && third.letter.copyOf == "b")
    let fourth = try await fixture.take(LedgerFixture.incoming("d", documentId: "d1", content: "third"), as: "t4")
    #expect(fourth.finding.standing == .presumedUpdate && fourth.letter.copyOf == "a")
  }

  @Test("Messages without a DocumentId are not all the same letter")
  func withoutDocumentId() async throws {
    let fixture = try LedgerFixture()
    let first = try await fixture.take(LedgerFixture.incoming("a", documentId: "", number: nil), as: "t1")
    let second = try await fixture.take(
      LedgerFixture.incoming("b", documentId: "", content: "2", number: nil), as: "t2")
    #expect([first, second].map(\.finding.standing) == [.original, .original])
    let same = try await fixture.take(LedgerFixture.incoming("c", documentId: "", content: "3"), as: "t3")
    let again = try await fixture.take(LedgerFixture.incoming("d", documentId: "", content: "3"), as: "t4")
    #expect(same.finding.standing == .original && again.letter.copyOf == "c")
  }

  @Test("A corrected letter comes in the place of a refused one under the same DocumentId")
  func superseded() async throws {
    let fixture = try LedgerFixture()
    let ledger = fixture.ledger
    try await fixture.take(LedgerFixture.incoming("a", documentId: "d1"), as: "t1")
    var corrected = LedgerFixture.incoming("b", documentId: "d1", content: "corrected")
    corrected.supersedes = "a"
    let fixed = corrected
    #expect(await errorCode { try await fixture.take(fixed, as: "t2") } == .stateConflict)
    var refuse = LetterTransition("a", from: [], to: "refused", event: LedgerFixture.event("letter.refused"))
    refuse.changes.isFinished = .set(true)
    try await ledger.advance(refuse, at: LedgerFixture.start)
    let settled = try await fixture.take(fixed, as: "t2")
    #expect(settled.finding.standing == .original && settled.letter.dossierCode != nil)
    let old = try #require(try await ledger.letterDetail("a"))
    #expect(old.letter.supersededBy == "b" && old.events.last?.kind == "letter.superseded")
    #expect(old.linkedFrom == [LetterLink(to: "b", relation: "supersedes")])
    let copy = try await fixture.take(
      LedgerFixture.incoming("c", documentId: "d1", content: "corrected"), as: "t3")
    #expect(copy.letter.copyOf == "b")
    var stranger = LedgerFixture.incoming("e", documentId: "d1", sender: "H77")
    stranger.supersedes = "b"
    let other = stranger
    #expect(await errorCode { try await fixture.take(other, as: "t4") } == .invalid)
    #expect(try await ledger.verify().isIntact)
  }

  @Test("What a corrected letter superseded is a copy when it comes once more, and supersedes nothing itself")
  func supersededAgain() async throws {
    let fixture = try LedgerFixture()
    let ledger = fixture.ledger
    func refuse(_ id: LetterID) async throws {
      var refuse = LetterTransition(id, from: [], to: "refused", event: LedgerFixture.event("letter.refused"))
      refuse.changes.isFinished = .set(true)
      try await ledger.advance(refuse, at: LedgerFixture.start)
    }
    let first = try await fixture.take(LedgerFixture.incoming("a", documentId: "d1"), as: "t1")
    try await fixture.take(LedgerFixture.incoming("p", documentId: "d1", content: "update"), as: "t2")
    try await refuse("a")
    var corrected = LedgerFixture.incoming("b", documentId: "d1", content: "corrected")
    corrected.supersedes = "a"
    try await fixture.take(corrected, as: "t3")
    try await refuse("b")
    for (id, documentId, content, copied) in [
      ("c", "d1", "content", "a"), ("d", "d1", "update", "p"), ("e", "d2", "content", "a"),
    ] {
      var late = LedgerFixture.incoming(LetterID(id), documentId: documentId, content: content)
      late.supersedes = "b"
      let settled = try await fixture.take(late, as: "late \(id)")
      #expect(settled.finding.standing == .copy && settled.letter.copyOf == LetterID(copied))
    }
    #expect(try await ledger.letter("b")?.supersededBy == nil)
    let copy = try await fixture.take(LedgerFixture.incoming("f", documentId: "d1"), as: "t9")
    #expect(copy.finding.existingStatuses.map(\.description) == first.transmissions.map(\.description))
    #expect(try await ledger.verify().isIntact)
  }

  @Test("The versions of a document are found among any number of copies, and apart from other senders' and recalls")
  func versions() async throws {
    let fixture = try LedgerFixture()
    let ledger = fixture.ledger
    try await fixture.take(LedgerFixture.incoming("a", documentId: "d1"), as: "t1")
    for number in 0..<120 {
      try await fixture.take(LedgerFixture.incoming(LetterID("c\(number)"), documentId: "d1"), as: "c\(number)")
    }
    try await fixture.take(LedgerFixture.incoming("r", documentId: "d1", kind: .recall), as: "t2")
    try await fixture.take(LedgerFixture.incoming("s", documentId: "d1", sender: "H77"), as: "t3")
    try await fixture.take(LedgerFixture.incoming("p", documentId: "d1", content: "update"), as: "t4")
    #expect(try await ledger.received(from: "H01.02.03", documentId: "d1").map(\.id) == ["a", "p"])
    let numbered = try await ledger.received(
      from: "H01.02.03", number: "7", notation: "TTr-SDT", promulgationDate: "2026-03-02")
    #expect(numbered.map(\.id) == ["a", "p"])
    #expect(
      try await ledger.received(from: "H01.02.03", number: "7", notation: "TTr-SDT", promulgationDate: nil).count == 2)
  }

  @Test("Changes that intake marked are found by an index of their sender; statuses that wait, by who sent them")
  func marked() async throws {
    let fixture = try LedgerFixture()
    let ledger = fixture.ledger
    for (id, kind) in [("u", LetterKind.update), ("r", .replace), ("n", .new)] {
      let arrival = try await fixture.arrival(id)
      _ = try await ledger.settleLetter(
        arrival: arrival.id, letter: LedgerFixture.incoming(LetterID(id), documentId: id, content: id, kind: kind),
        dossier: nil, at: LedgerFixture.start
      ) { _ in
        var effects = IntakeEffects(state: "held", event: LedgerFixture.event("letter.held"))
        effects.codes = ["TARGET", "V16"]
        return effects
      }
    }
    #expect(try await ledger.receivedChanges(.update, from: "H01.02.03", marked: "TARGET").map(\.id) == ["u"])
    #expect(try await ledger.receivedChanges(.replace, from: "H01.02.03", marked: "TARGET").map(\.id) == ["r"])
    #expect(try await ledger.receivedChanges(.replace, from: "H01.02.03", marked: "V1").isEmpty)
    #expect(try await ledger.receivedChanges(.update, from: "H77", marked: "TARGET").isEmpty)
    let waiting = try await fixture.arrival("s1", type: .status)
    _ = try await fixture.arrival("s2", type: .status)
    try await ledger.postponeArrival(waiting.id, until: LedgerFixture.time(60), cause: "x", at: LedgerFixture.start)
    #expect(try await ledger.waitingStatuses(from: "H01.02.03").map(\.id) == [waiting.id])
    #expect(try await ledger.waitingStatuses(from: "H77").isEmpty)
    let plan = try fixture.raw { db in
      try Row.fetchAll(
        db,
        sql: """
          EXPLAIN QUERY PLAN SELECT * FROM letters
          WHERE standing = 'original' AND supersededBy IS NULL AND direction = 'incoming' AND documentId IS NOT NULL
            AND kind IN ('new', 'replace') AND sender = 'a' AND kind = 'replace' AND instr(codes, 'b') > 0
          ORDER BY row DESC LIMIT 100
          """
      ).map { $0["detail"] as String }
    }
    #expect(plan.contains { $0.hasPrefix("SEARCH letters USING INDEX letters_by_") }, "\(plan)")
  }

  @Test("A held letter gets its code later, once, in the transaction of its step")
  func registeredLater() async throws {
    let fixture = try LedgerFixture()
    let ledger = fixture.ledger
    let arrival = try await fixture.arrival("t1")
    _ = try await ledger.settleLetter(
      arrival: arrival.id, letter: LedgerFixture.incoming("a", documentId: "d1"), dossier: nil, at: LedgerFixture.start
    ) { _ in IntakeEffects(state: "held", event: LedgerFixture.event("letter.held")) }
    let dossier = NewDossier(type: "02", json: Data("{}".utf8), rowCount: 1)
    @Sendable func accept(from state: String, _ code: String) -> LetterTransition {
      var step = LetterTransition("a", from: [state], to: "accepted", event: LedgerFixture.event("letter.accepted"))
      step.transmissions = [NewTransmission(status: "03", description: code, from: "H99", to: ["H01"])]
      return step
    }
    #expect(
      await errorCode {
        _ = try await ledger.register(dossier, for: "a", officerState: nil, at: LedgerFixture.start) {
          accept(from: "elsewhere", $0)
        }
      } == .stateConflict)
    #expect(try await ledger.counts().dossiers == 0)
    let letter = try await ledger.register(dossier, for: "a", officerState: "new", at: LedgerFixture.start) {
      accept(from: "held", $0)
    }
    let code = try #require(letter.dossierCode)
    #expect(code.hasSuffix("-0001") && letter.state == "accepted")
    let detail = try #require(try await ledger.letterDetail("a"))
    #expect(detail.dossier?.officerState == "new" && detail.transmissions.map(\.description) == [code])
    #expect(
      await errorCode {
        _ = try await ledger.register(dossier, for: "a", officerState: nil, at: LedgerFixture.start) {
          accept(from: "accepted", $0)
        }
      } == .stateConflict)
  }
}
