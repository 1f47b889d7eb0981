import AxisClient
import DeliveryLedger
import EdXML
import Foundation
import Synchronization
import Testing

@testable import Connector

@Suite("The shared mailbox")
struct MailboxTests {
  private static func entry(_ id: String) -> ReceivedEntry {
    ReceivedEntry(docID: id, messageType: "edoc", from: ["H99.15"], to: ["G11.99"])
  }

  private static let status = Data(
    """
    <?xml version="1.0" encoding="UTF-8"?>
    <edXML xmlns="http://www.mic.gov.vn/TBT/QCVN_102_2016"><edXML:edXMLEnvelope xmlns:edXML="http://www.mic.gov.vn/TBT/QCVN_102_2016"><edXML:edXMLHeader><edXML:MessageHeader><edXML:From><edXML:OrganId>H99.15</edXML:OrganId></edXML:From><edXML:ResponseFor><edXML:OrganId>G11.99</edXML:OrganId><edXML:Code>7/STN-VP</edXML:Code><edXML:DocumentId>of another system</edXML:DocumentId><edXML:PromulgationDate>2026/11/20</edXML:PromulgationDate></edXML:ResponseFor><edXML:StatusCode>03</edXML:StatusCode><edXML:Timestamp>2026/11/20 09:10:11</edXML:Timestamp></edXML:MessageHeader></edXML:edXMLHeader></edXML:edXMLEnvelope></edXML>
    """.utf8)

  /// Collects and settles what the axis lists.
  private func round(_ workplace: Workplace) async throws {
    let mailbox = Mailbox(workplace: workplace)
    try await mailbox.collect(.status)
    let statuses = StatusIntake(workplace: workplace)
    for arrival in try await workplace.ledger.dueArrivals(now: workplace.clock()) { try await statuses.settle(arrival) }
    try await mailbox.acknowledge()
  }

  @Test("A status about another system's document stays there untouched, and costs nothing at the next looks")
  func left() async throws {
    let bench = try ConnectorBench()
    bench.axis.script {
      $0.received = [.status: .accepted([Self.entry("s1")])]
      $0.files = ["s1": Self.status]
    }
    let workplace = try bench.workplace()
    for _ in 0..<5 {
      try await round(workplace)
      bench.pass(600)
    }
    #expect(bench.axis.calls.fetched == ["s1"])
    #expect(bench.axis.calls.updated.isEmpty)
    #expect(bench.axis.calls.sent.isEmpty, "never answered")
    #expect(try await bench.ledger.arrivalsSetAside().map(\.acknowledgement) == [.leave])
  }

  @Test("By configuration it is handed over: whole in the folder first, then done, and once only")
  func handedOver() async throws {
    let bench = try ConnectorBench()
    bench.axis.script {
      $0.received = [.status: .accepted([Self.entry("s1")])]
      $0.files = ["s1": Self.status]
      $0.update = .tryAgain(ScriptedAxis.trouble())
    }
    let folder = bench.folder.appending(path: "others")
    let workplace = try bench.workplace(more: "mailbox: {others: handOver, folder: \(folder.path)}")
    try await round(workplace)
    let file = folder.appending(path: "status-s1.edxml")
    #expect(try Data(contentsOf: file) == Self.status)
    // The other system takes it before the axis took our word: it is not put there again.
    try FileManager.default.removeItem(at: file)
    bench.axis.script { $0.update = .accepted(()) }
    for _ in 0..<3 {
      bench.pass(2000)
      try await round(workplace)
    }
    #expect(bench.axis.calls.updated.count >= 2 && bench.axis.calls.updated.last == "s1 done")
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
    #expect(try await bench.ledger.arrivalsSetAside().first?.acknowledgedAt != nil)
    #expect(bench.axis.calls.sent.isEmpty)
  }

  @Test("As long as the folder cannot be written the axis keeps the message")
  func folderMissing() async throws {
    let bench = try ConnectorBench()
    bench.axis.script {
      $0.received = [.status: .accepted([Self.entry("s1")])]
      $0.files = ["s1": Self.status]
    }
    let workplace = try bench.workplace(more: "mailbox: {others: handOver, folder: /proc/none}")
    try await round(workplace)
    #expect(bench.axis.calls.updated.isEmpty)
    #expect(try await bench.ledger.condition("mailbox.handOver")?.state == "failing")
    #expect(try await bench.ledger.counts().unacknowledged == 1)
  }

  @Test("A message that cannot be fetched is tried again ever more rarely, shown, and does not stop the others")
  func unfetchable() async throws {
    let bench = try ConnectorBench()
    bench.axis.script {
      $0.received = [.status: .accepted([Self.entry("bad"), Self.entry("s1")])]
      $0.files = ["s1": Self.status]
    }
    let workplace = try bench.workplace()
    for _ in 0..<1_000 {
      try await Mailbox(workplace: workplace).collect(.status)
      bench.pass(10)
    }
    let tries = bench.axis.calls.fetched.filter { $0 == "bad" }.count
    #expect((8...16).contains(tries), "\(tries)")
    #expect(bench.axis.calls.fetched.filter { $0 == "s1" }.count == 1)
    let work = try #require(try await bench.ledger.outstanding(now: bench.now).first { $0.reason == .notFetched })
    #expect(work.transportDocId == "bad" && work.cause == "test-axisFault" && work.since == ConnectorBench.start)
    // Another system took it.
    bench.axis.script { $0.received = [.status: .accepted([])] }
    try await Mailbox(workplace: workplace).collect(.status)
    #expect(try await bench.ledger.fetchTroubles(.status).isEmpty)
  }

  @Test(
    "An axis that lists by days is asked for those of the trouble, and one too old to be listed is not forgotten",
    arguments: [(80.0, false), (91.0, true)])
  func listedByDays(_ pair: (Double, Bool)) async throws {
    let (days, isKept) = pair
    let bench = try ConnectorBench()
    bench.axis.script { $0.received = [.status: .accepted([Self.entry("bad")])] }
    let axis = AxisByDays(bench.axis)
    let usual = try bench.workplace()
    let workplace = try Workplace(
      configuration: usual.configuration, ledger: bench.ledger, axis: axis, logger: usual.logger, clock: usual.clock,
      chance: usual.chance)
    try await Mailbox(workplace: workplace).collect(.status)
    bench.pass(days * 86_400)
    bench.axis.script { $0.received = [.status: .accepted([])] }
    try await Mailbox(workplace: workplace).collect(.status)
    let asked = axis.asked.withLock { $0 }
    #expect(asked == [nil, ConnectorBench.start])
    #expect(try await bench.ledger.fetchTroubles(.status).isEmpty == !isKept)
  }

  @Test("Nothing is said to the axis about a message before it is known whose it is")
  func pending() async throws {
    let bench = try ConnectorBench()
    bench.axis.script {
      $0.received = [.status: .accepted([Self.entry("s1")])]
      $0.files = ["s1": Self.status]
    }
    let mailbox = Mailbox(workplace: try bench.workplace())
    try await mailbox.collect(.status)
    try await mailbox.acknowledge()
    #expect(bench.axis.calls.updated.isEmpty)
    let arrival = try #require(try await bench.ledger.dueArrivals(now: bench.now).first)
    #expect(arrival.acknowledgement == .pending)
    try await bench.queue("a")
    let status = IncomingStatus(
      from: "H99.15", code: "03", description: nil, statedAt: nil, letter: "a", documentId: nil)
    _ = try await bench.ledger.settleStatus(arrival: arrival.id, status: status, event: .packed, at: bench.now) { _ in
      []
    }
    try await mailbox.acknowledge()
    #expect(bench.axis.calls.updated == ["s1 done"])
  }

  @Test("A status 03 that comes after the end moves nothing, but the dossier that it names is kept")
  func lateAcceptance() async throws {
    let bench = try ConnectorBench()
    try await bench.queue("a")
    let text = String(decoding: Self.status, as: UTF8.self).replacing("of another system", with: "doc-a")
    let answers = ["06": "Hoàn thành", "03": "Đã tiếp nhận. Mã hồ sơ: X-261123-0001"]
    let messages = answers.map { code, words in
      let told = text.replacing(">03<", with: ">\(code)<").replacing(
        "<edXML:Timestamp>", with: "<edXML:Description>\(words)</edXML:Description><edXML:Timestamp>")
      return (code, Data(told.utf8))
    }
    bench.axis.script {
      $0.received = [.status: .accepted([Self.entry("06"), Self.entry("03")])]
      $0.files = Dictionary(uniqueKeysWithValues: messages)
    }
    try await round(try bench.workplace())
    let letter = try #require(try await bench.letter("a"))
    #expect(letter.state == "finished" && letter.isFinished)
    #expect(letter.dossierCode == "X-261123-0001" && letter.decision == "accept")
  }

  @Test("An unreadable message is declined by the authority and left alone by an agency")
  func unreadable() async throws {
    for (role, expected) in [("ca", Acknowledgement.fail), ("agency", .pending)] {
      let bench = try ConnectorBench()
      bench.axis.script {
        $0.received = [.edoc: .accepted([Self.entry("e")])]
        $0.files = ["e": Data("not XML".utf8)]
      }
      let more =
        role == "ca"
        ? "" : "signers: {organisation: {pkcs12: a, passwordFile: b}}\naddressees: {default: {code: G1, name: C}}"
      try await Mailbox(workplace: try bench.workplace(role: role, more: more)).collect(.edoc)
      #expect(try await bench.ledger.dueArrivals(now: bench.now).map(\.acknowledgement) == [expected])
    }
  }

  @Test("An unreadable document is handed over where the others get what is not ours, and an unreadable status always")
  func unreadableShared() async throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "others-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    for (type, more) in [
      (AxisMessageType.edoc, "mailbox: {others: handOver, folder: \(folder.path)}"), (.status, ""),
    ] {
      let bench = try ConnectorBench()
      try bench.putAnchor()
      bench.axis.script {
        $0.received = [type: .accepted([Self.entry("e")])]
        $0.files = ["e": Data("<not-edxml/>".utf8)]
      }
      let workplace = try bench.workplace(more: more)
      try await Mailbox(workplace: workplace).collect(type)
      let arrival = try #require(try await bench.ledger.dueArrivals(now: bench.now).first)
      #expect(arrival.acknowledgement == .pending)
      if type == .edoc { try await DocumentIntake(workplace: workplace).settle(arrival) }
      if type == .status { try await StatusIntake(workplace: workplace).settle(arrival) }
      #expect(
        try await bench.ledger.arrival(arrival.id)?.acknowledgement == (type == .edoc ? .handOver : .leave))
    }
  }

  @Test("What the axis calls a message never leaves the folder")
  func names() {
    #expect(HandOverFolder.fileName(of: "0a1b-2c", .edoc) == "0a1b-2c.edxml")
    #expect(HandOverFolder.fileName(of: "0a1b-2c", .status) == "status-0a1b-2c.edxml")
    for odd in ["../x", ".hidden", "a/b", "a\0b", String(repeating: "x", count: 200)] {
      let name = HandOverFolder.fileName(of: odd, .edoc)
      #expect(name.count == 64 + 6 && !name.contains("/"), "\(name)")
    }
  }
}

/// A scripted axis whose lists do not go back for ever.
private final class AxisByDays: AxisOperations {
  let listedBack: TimeInterval? = 90 * 86_400
  /// Since when messages were asked for.
  let asked = Mutex<[Date?]>([])
  private let axis: ScriptedAxis

  init(_ axis: ScriptedAxis) { self.axis = axis }

  func getReceivedEdocList(
    _ messageType: AxisMessageType, waitingSince since: Date?
  ) async -> AxisOutcome<[ReceivedEntry]> {
    asked.withLock { $0.append(since) }
    return await axis.getReceivedEdocList(messageType)
  }

  func getReceivedEdocList(_ messageType: AxisMessageType) async -> AxisOutcome<[ReceivedEntry]> {
    await axis.getReceivedEdocList(messageType)
  }

  func sendEdoc(file path: String, from: String, to: [String]?, messageType: AxisMessageType) async -> AxisOutcome<
    String
  > {
    await axis.sendEdoc(file: path, from: from, to: to, messageType: messageType)
  }

  func fetchEdoc(docID: String, into path: String) async -> AxisOutcome<FetchedMessage> {
    await axis.fetchEdoc(docID: docID, into: path)
  }

  func updateStatus(docID: String, _ state: TransportState) async -> AxisOutcome<Void> {
    await axis.updateStatus(docID: docID, state)
  }

  func getSentEdocList(_ messageType: AxisMessageType, docID: String?) async -> AxisOutcome<[SentEntry]> {
    await axis.getSentEdocList(messageType, docID: docID)
  }

  func getAgenciesList() async -> AxisOutcome<[AgencyEntry]> { await axis.getAgenciesList() }
  func getAgenciesListQD20(level: Int) async -> AxisOutcome<[AgencyEntry]> {
    await axis.getAgenciesListQD20(level: level)
  }
  func getSynchronizeUnit() async -> AxisOutcome<[SynchronizedUnit]> { await axis.getSynchronizeUnit() }
  func registerAgency(_ registration: AgencyRegistration) async -> AxisOutcome<Void> {
    await axis.registerAgency(registration)
  }
  func deleteAgency(code: String) async -> AxisOutcome<Void> { await axis.deleteAgency(code: code) }
  func countReceived(_ messageType: AxisMessageType) async -> AxisOutcome<Int> {
    await axis.countReceived(messageType)
  }
}
