import AxisClient
import AxisSimulator
import Foundation
import Logging
import Testing

@Suite("Scripted faults of the embedded axis")
struct FaultTests {
  @Test("A lost answer is unknown to the sender, and the axis has the letter")
  func lostAnswer() async throws {
    let bench = try await AxisBench.start(
      faults: #"{"seed": 1, "rules": [{"operation": "sendEdoc", "fault": "loseAnswer", "limit": 1}]}"#)
    let agency = bench.connection("SYS-A")
    let letter = try bench.file("letter.edxml", SampleMessage.document())
    let lost = await agency.sendEdoc(file: letter, from: AxisBench.agency, to: nil, messageType: .edoc)
    #expect(word(lost) == "unknown interrupted transport-connection-lost")
    #expect(await agency.getSentEdocList(.edoc, docID: nil).value?.map(\.notation) == ["21/STN-VP"])
    #expect(await bench.connection("SYS-C").countReceived(.edoc).value == 1)
    await bench.stop()
  }

  @Test("A lost request is unknown too, and the axis has nothing")
  func lostRequest() async throws {
    let bench = try await AxisBench.start(
      faults: #"{"rules": [{"operation": "sendEdoc", "fault": "loseRequest", "limit": 1}]}"#)
    let agency = bench.connection("SYS-A")
    let letter = try bench.file("letter.edxml", SampleMessage.document())
    let lost = await agency.sendEdoc(file: letter, from: AxisBench.agency, to: nil, messageType: .edoc)
    #expect(word(lost).hasPrefix("unknown interrupted"))
    #expect(await agency.getSentEdocList(.edoc, docID: nil).value?.isEmpty == true)
    #expect(
      word(await agency.sendEdoc(file: letter, from: AxisBench.agency, to: nil, messageType: .edoc)) == "accepted")
    await bench.stop()
  }

  @Test("A doubled letter comes under two transport ids; an error answer does nothing; a delay only delays")
  func otherFaults() async throws {
    let bench = try await AxisBench.start(
      faults: #"""
        {"rules": [{"operation": "sendEdoc", "fault": "double", "limit": 1},
                   {"operation": "sendEdoc", "fault": "answer", "httpStatus": 500, "errorCode": "20", "after": 1, "limit": 1},
                   {"operation": "countReceiveEdoc", "fault": "delay", "milliseconds": 300}]}
        """#)
    let (agency, authority) = (bench.connection("SYS-A"), bench.connection("SYS-C"))
    let letter = try bench.file("letter.edxml", SampleMessage.document())
    #expect(
      word(await agency.sendEdoc(file: letter, from: AxisBench.agency, to: nil, messageType: .edoc)) == "accepted")
    #expect(Set(await authority.getReceivedEdocList(.edoc).value?.map(\.docID) ?? []).count == 2)
    #expect(
      word(await agency.sendEdoc(file: letter, from: AxisBench.agency, to: nil, messageType: .edoc))
        == "tryAgain axisFault error-20")
    let begin = ContinuousClock.now
    #expect(await authority.countReceived(.edoc).value == 2)
    #expect(ContinuousClock.now - begin >= .milliseconds(300))
    await bench.stop()
  }

  @Test("The same seed gives the same faults, and a changed file counts at once")
  func seeds() async throws {
    func losses(_ seed: Int) async throws -> [Bool] {
      let bench = try await AxisBench.start(
        faults:
          #"{"seed": \#(seed), "rules": [{"operation": "countReceiveEdoc", "fault": "answer", "errorCode": "21", "probability": 0.5}]}"#
      )
      let agency = bench.connection("SYS-A")
      var struck: [Bool] = []
      for _ in 0..<24 { struck.append(await agency.countReceived(.edoc).value == nil) }
      try Data(#"{"rules": []}"#.utf8).write(to: URL(fileURLWithPath: bench.folder + "-faults.json"))
      #expect(await agency.countReceived(.edoc).value == 0)
      await bench.stop()
      return struck
    }
    let first = try await losses(7)
    #expect(try await losses(7) == first)
    #expect(try await losses(8) != first)
    #expect(first.contains(true) && first.contains(false))
  }

  @Test(
    "A wrong script is refused before anything is served",
    arguments: [
      "{", #"{"rules": [{"operation": "fly", "fault": "double"}]}"#,
      #"{"rules": [{"operation": "*", "fault": "explode"}]}"#,
    ])
  func wrongScript(_ script: String) async throws {
    let error = await #expect(throws: AxisServerError.self) { _ = try await AxisBench.start(faults: script) }
    #expect(error?.code == .badFaults)
  }

  @Test("Wrong arguments are refused, good ones read")
  func arguments() async throws {
    for wrong in ["", "A", "A=", "A=s", "A=s:", "A=:C", "=s:C", "A=s:C,C", "A=s:C..D", "A=s:C,", "A b=s:C", "A=s:mã"] {
      #expect(throws: AxisServerError.self, "\(wrong)") { try AxisSystem(argument: wrong) }
    }
    #expect(throws: AxisServerError.self) { try AxisSystem(argument: "A=@/no/such/file:C") }
    let system = try AxisSystem(argument: "A=s=e:c:ret:000.00.15.H99,H99")
    #expect(system.codes == ["000.00.15.H99", "H99"] && !"\(system)".contains("s=e:c:ret"))
    for wrong in ["", "x", "127.0.0.1", "127.0.0.1:", "127.0.0.1:70000", ":80"] {
      #expect(throws: AxisServerError.self) { try AxisServerConfiguration.listenAddress(wrong) }
    }
    #expect(try AxisServerConfiguration.listenAddress("[::1]:8").host == "::1")
  }

  @Test("A port in use and a folder that cannot be written are told apart")
  func startFailures() async throws {
    let bench = try await AxisBench.start()
    let port = try #require(URL(string: bench.url)?.port)
    var configuration = AxisServerConfiguration(
      port: port, dataDirectory: bench.folder + "-second", systems: [AxisSystem(id: "A", secret: "s", codes: ["C"])])
    let second = try AxisServer(configuration: configuration, logger: .init(label: "axis"), now: { Date() })
    let busy = await #expect(throws: AxisServerError.self) { try await second.run { _, _ in } }
    #expect(busy?.code == .portInUse)
    configuration.dataDirectory = "/proc/no-folder"
    let error = #expect(throws: AxisServerError.self) {
      try AxisServer(configuration: configuration, logger: .init(label: "axis"), now: { Date() })
    }
    #expect(error?.code == .dataNotWritable)
    configuration.systems += [AxisSystem(id: "A", secret: "t", codes: ["D"])]
    let twice = #expect(throws: AxisServerError.self) {
      try AxisServer(configuration: configuration, logger: .init(label: "axis"), now: { Date() })
    }
    #expect(twice?.code == .badSystem)
    await bench.stop()
  }
}
