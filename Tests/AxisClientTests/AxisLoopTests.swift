import AxisClient
import AxisSimulator
import Foundation
import Testing

@Suite("Client and embedded axis, over loopback")
struct AxisLoopTests {
  @Test("A letter goes from sender to receiver byte for byte, and done takes it off the list")
  func letter() async throws {
    let bench = try await AxisBench.start()
    let message = SampleMessage.document()
    let (agency, authority) = (bench.connection("SYS-A"), bench.connection("SYS-C"))
    let sent = await agency.sendEdoc(
      file: try bench.file("letter.edxml", message), from: AxisBench.agency, to: nil, messageType: .edoc)
    let senderID = try #require(sent.value, "\(word(sent))")

    #expect(await authority.countReceived(.edoc).value == 1)
    #expect(await authority.getReceivedEdocList(.status).value?.isEmpty == true)
    let entry = try #require(await authority.getReceivedEdocList(.edoc).value?.first)
    #expect(entry.from == [AxisBench.agency] && entry.to == [AxisBench.authority] && entry.status == "initial")
    for retrieval in [AxisAccount.Retrieval.downloadOnly, .getOnly] {
      let path = bench.path("fetched-\(retrieval.rawValue)")
      let fetched = await bench.connection("SYS-C", retrieval: retrieval).fetchEdoc(docID: entry.docID, into: path)
      #expect(fetched.value?.byteCount == message.count, "\(word(fetched))")
      #expect(FileManager.default.contents(atPath: path) == message)
    }
    #expect(word(await authority.updateStatus(docID: entry.docID, .done)) == "accepted")
    #expect(await authority.getReceivedEdocList(.edoc).value?.isEmpty == true)
    #expect(word(await authority.updateStatus(docID: entry.docID, .done)) == "accepted", "done twice is harmless")

    let delivery = try #require(await agency.getSentEdocList(.edoc, docID: senderID).value?.first)
    #expect(delivery.receiverDocID == entry.docID && delivery.senderDocID == senderID)
    #expect(delivery.toCode == AxisBench.authority && delivery.receiveStatus == "done")
    #expect(delivery.title == "Đề nghị cấp chứng thư số" && delivery.notation == "21/STN-VP")
    await bench.stop()
  }

  @Test("A status goes to the agency it answers; a to header goes before what the message says")
  func routing() async throws {
    let bench = try await AxisBench.start()
    let authority = bench.connection("SYS-C")
    let status = try bench.file("status.edxml", SampleMessage.status())
    #expect(
      word(await authority.sendEdoc(file: status, from: AxisBench.authority, to: nil, messageType: .status))
        == "accepted")
    let agency = bench.connection("SYS-A")
    #expect(await agency.getReceivedEdocList(.status).value?.map(\.to) == [[AxisBench.agency]])
    #expect(await agency.countReceived(.status).value == 1)

    let letter = try bench.file("letter.edxml", SampleMessage.document())
    let other = await agency.sendEdoc(file: letter, from: AxisBench.agency, to: ["H99.16"], messageType: .edoc)
    #expect(word(other) == "accepted")
    #expect(await authority.getReceivedEdocList(.edoc).value?.isEmpty == true)
    #expect(await agency.getReceivedEdocList(.edoc).value?.map(\.to) == [["H99.16"]])
    await bench.stop()
  }

  @Test("Codes reach an agency in either form")
  func codeForms() async throws {
    let bench = try await AxisBench.start()
    let authority = bench.connection("SYS-C")
    let letter = try bench.file(
      "letter.edxml", SampleMessage.document(from: AxisBench.authority, to: ["H99.15", "000.00.16.H99"]))
    #expect(
      word(await authority.sendEdoc(file: letter, from: "000.00.99.G11", to: nil, messageType: .edoc)) == "accepted")
    let entries = await bench.connection("SYS-A").getReceivedEdocList(.edoc).value
    #expect(entries?.map(\.to) == [[AxisBench.agency], ["H99.16"]])
    let old = await authority.getAgenciesList().value
    #expect(old?.first { $0.code == "H99.16" }?.otherCode == "000.00.16.H99")
    let new = await authority.getAgenciesListQD20(level: 1).value
    #expect(new?.first { $0.code == "H99.15" }?.otherCode == AxisBench.agency)
    await bench.stop()
  }

  @Test("Everything acknowledged is there after a restart")
  func restart() async throws {
    let first = try await AxisBench.start()
    let letter = try first.file("letter.edxml", SampleMessage.document())
    let sent = await first.connection("SYS-A").sendEdoc(
      file: letter, from: AxisBench.agency, to: nil, messageType: .edoc)
    #expect(word(sent) == "accepted")
    let registration = AgencyRegistration(code: "H99.77", name: "Phòng Thử nghiệm", mail: "thu@vi.du")
    #expect(word(await first.connection("SYS-A").registerAgency(registration)) == "accepted")
    await first.stop()

    let second = try await AxisBench.start(reusing: first.folder)
    let entry = try #require(await second.connection("SYS-C").getReceivedEdocList(.edoc).value?.first)
    let path = second.path("fetched")
    #expect(word(await second.connection("SYS-C").fetchEdoc(docID: entry.docID, into: path)) == "accepted")
    #expect(FileManager.default.contents(atPath: path) == SampleMessage.document())
    #expect(
      await second.connection("SYS-C").getAgenciesList().value?.contains { $0.name == "Phòng Thử nghiệm" } == true)
    await second.stop()
  }

  @Test("A second axis on the same folder is refused")
  func oneOwner() async throws {
    let bench = try await AxisBench.start()
    await #expect(throws: AxisServerError.self) { _ = try await AxisBench.start(reusing: bench.folder) }
    await bench.stop()
  }

  @Test("Wrong secret, unknown system, foreign sender, stale time: each refused by its code")
  func refusals() async throws {
    let bench = try await AxisBench.start()
    let letter = try bench.file("letter.edxml", SampleMessage.document())
    func send(_ connection: AxisConnection, from: String = AxisBench.agency) async -> String {
      word(await connection.sendEdoc(file: letter, from: from, to: nil, messageType: .edoc))
    }
    #expect(await send(bench.connection("SYS-A", secret: "wrong")) == "refused account 15")
    #expect(await send(bench.connection("SYS-X", secret: "wrong")) == "refused account 15")
    #expect(await send(bench.connection("SYS-A"), from: AxisBench.authority) == "refused account 19")
    let yesterday: @Sendable () -> Date = { Date().addingTimeInterval(-25 * 3600) }
    #expect(await send(bench.connection("SYS-A", now: yesterday)) == "refused account 15")
    let hoursAgo: @Sendable () -> Date = { Date().addingTimeInterval(-20 * 3600) }
    #expect(
      await send(bench.connection("SYS-A", now: hoursAgo)) == "accepted", "a client may keep its timestamp for hours")
    #expect(await send(bench.connection("SYS-A", hashForm: .paddedHex)) == "accepted")
    await bench.stop()
  }

  @Test("A message that is not edXML is kept if a to header routes it, else refused as 22")
  func unreadable() async throws {
    let bench = try await AxisBench.start()
    let (agency, authority) = (bench.connection("SYS-A"), bench.connection("SYS-C"))
    let junk = try bench.file("junk.edxml", Data("{\"not\": \"xml\"}".utf8))
    #expect(
      word(await agency.sendEdoc(file: junk, from: AxisBench.agency, to: nil, messageType: .edoc))
        == "refused message 22")
    let routed = await agency.sendEdoc(
      file: junk, from: AxisBench.agency, to: [AxisBench.authority], messageType: .edoc)
    #expect(word(routed) == "accepted")
    let entry = try #require(await authority.getReceivedEdocList(.edoc).value?.first)
    let path = bench.path("fetched")
    #expect(await authority.fetchEdoc(docID: entry.docID, into: path).value?.byteCount == 14)
    let empty = try bench.file("empty.edxml", Data())
    #expect(
      word(await agency.sendEdoc(file: empty, from: AxisBench.agency, to: [AxisBench.authority], messageType: .edoc))
        == "refused message 10")
    await bench.stop()
  }

  @Test("A message to an unknown receiver waits as undeliverable and goes out once the receiver registers")
  func unknownReceiver() async throws {
    let bench = try await AxisBench.start()
    let (agency, authority) = (bench.connection("SYS-A"), bench.connection("SYS-C"))
    let letter = try bench.file("letter.edxml", SampleMessage.document(to: ["H98.01"]))
    let sent = await agency.sendEdoc(file: letter, from: AxisBench.agency, to: nil, messageType: .edoc)
    let id = try #require(sent.value)
    #expect(await agency.getSentEdocList(.edoc, docID: id).value?.map(\.receiveStatus) == ["undeliverable"])
    #expect(
      word(await authority.registerAgency(AgencyRegistration(code: "H98.01", name: "Ban Mới", mail: "moi@vi.du")))
        == "accepted")
    #expect(await authority.getReceivedEdocList(.edoc).value?.count == 1)
    #expect(word(await agency.deleteAgency(code: "H98.01")) == "refused receiver 18", "not the agency's own code")
    #expect(word(await authority.deleteAgency(code: "H98.01")) == "accepted")
    await bench.stop()

    let strict = try await AxisBench.start(strict: true)
    let refused = await strict.connection("SYS-A").sendEdoc(
      file: letter, from: AxisBench.agency, to: nil, messageType: .edoc)
    #expect(word(refused) == "refused receiver 18")
    #expect(await strict.connection("SYS-A").getSentEdocList(.edoc, docID: nil).value?.isEmpty == true)
    await strict.stop()
  }

  @Test("Another system's message can be neither fetched nor acknowledged")
  func foreignMessage() async throws {
    let bench = try await AxisBench.start()
    let agency = bench.connection("SYS-A")
    let letter = try bench.file("letter.edxml", SampleMessage.document())
    let sent = await agency.sendEdoc(file: letter, from: AxisBench.agency, to: nil, messageType: .edoc)
    try #require(sent.value != nil, "\(sent)")
    let entry = try #require(await bench.connection("SYS-C").getReceivedEdocList(.edoc).value?.first)
    #expect(word(await agency.updateStatus(docID: entry.docID, .done)) == "refused message 10")
    #expect(word(await agency.fetchEdoc(docID: entry.docID, into: bench.path("stolen"))) == "refused message 10")
    #expect(!FileManager.default.fileExists(atPath: bench.path("stolen")))
    #expect(await bench.connection("SYS-C").getReceivedEdocList(.edoc).value?.count == 1)
    await bench.stop()
  }

  @Test("A message of 50 MB arrives whole both ways; one over the limit is refused for good")
  func large() async throws {
    let bench = try await AxisBench.start(maximumMessageBytes: 60 << 20)
    let message = SampleMessage.document(padding: 50 << 20)
    let (agency, authority) = (bench.connection("SYS-A"), bench.connection("SYS-C"))
    let sent = await agency.sendEdoc(
      file: try bench.file("large.edxml", message), from: AxisBench.agency, to: nil, messageType: .edoc)
    #expect(word(sent) == "accepted")
    let entry = try #require(await authority.getReceivedEdocList(.edoc).value?.first)
    for retrieval in [AxisAccount.Retrieval.downloadOnly, .getOnly] {
      let path = bench.path("large-\(retrieval.rawValue)")
      #expect(
        word(await bench.connection("SYS-C", retrieval: retrieval).fetchEdoc(docID: entry.docID, into: path))
          == "accepted")
      #expect(FileManager.default.contents(atPath: path) == message)
    }
    let larger = try bench.file("larger.edxml", SampleMessage.document(padding: 66 << 20))
    let refused = await agency.sendEdoc(file: larger, from: AxisBench.agency, to: nil, messageType: .edoc)
    #expect(
      word(refused) == "refused message 10" || word(refused) == "unknown interrupted transport-connection-lost",
      "\(word(refused))")
    await bench.stop()
  }
}
