import AxisClient
import Connector
import DeliveryLedger
import DossierModel
import Foundation
import HTTPTransport
import LetterSignatures
import RequestLetter
import SigningCore

/// The demo, act by act. Every act uses the doors that a user has: commands, the axis' protocol, the ledgers.
struct DemoPlay {
  let scene: DemoScene
  let deadline: Date
  let say: @Sendable (String) -> Void

  /// Letters by the name the report gives them.
  private static let good = "good"
  private static let unsigned = "unsigned"
  private static let changed = "changed-after-signing"

  func run(whileUp: (@Sendable () async -> Void)?) async throws -> DemoReport {
    let start = Date()
    say("1. Making a throw-away PKI in the style of the government CA …")
    try DemoKeys(scene: scene).make(at: start)
    let processes = DemoProcesses(scene: scene)
    do {
      var report = try await perform(processes)
      report.seconds = (Date().timeIntervalSince(start) * 10).rounded() / 10
      say(DemoTable(report: report).text)
      say("Took \(report.seconds) s. Clerk's page of the agency: \(report.page)")
      if scene.isKept {
        say("Data in \(scene.folder.path); the page again: lienthong run --config \(scene.agencyConfiguration.path)")
      }
      if let whileUp { await whileUp() }
      await processes.stop()
      return report
    } catch {
      await processes.stop()
      throw error
    }
  }

  private func perform(_ processes: DemoProcesses) async throws -> DemoReport {
    var report = DemoReport()
    say("2. Starting the embedded axis and a time stamp server …")
    let (axis, timeStamps) = try await processes.startServers()
    say("   axis at \(axis), time stamps at \(timeStamps)")
    try scene.writeConfigurations(axis: axis, timeStamps: timeStamps)
    _ = try await processes.command(DemoProcesses.bindArguments(scene))
    say("3. Starting the agency's connector and the authority's connector …")
    report.page = try await processes.startConnectors()
    say(
      "4. The agency sends a type 01 dossier (\(scene.list.lastPathComponent)): check, write, sign twice, pack, send …")
    let good = try await processes.send(number: "125", ["--list", scene.list.path])
    say("5. … an unsigned letter, and one that was changed after signing …")
    let letters = DemoLetters(scene: scene, timeStampServer: timeStamps)
    let unsigned = try await processes.send(
      number: "126",
      ["--letter", try letters.unsigned(number: "126").path, "--list", scene.list.path, "--even-if-refused"])
    let changed = try await processes.send(
      number: "127",
      [
        "--letter", try await letters.changedAfterSigning(number: "127").path, "--list", scene.list.path,
        "--even-if-refused",
      ])
    say("6. … and two odd messages straight onto the axis …")
    let others = try await DemoOddMessages(scene: scene, axis: axis).send(until: deadline)

    let agency = try Ledger.open(folder: scene.path("agency"), at: Date())
    let authority = try Ledger.open(folder: scene.path("ca"), at: Date())
    let watch = DemoWatch(agency: agency, authority: authority, deadline: deadline, say: say)
    say("7. The authority verifies, maps and answers …")
    try await watch.wait(for: good, states: ["accepted"])
    try await watch.wait(for: unsigned, states: ["refused"])
    try await watch.wait(for: changed, states: ["refused"])
    say("8. An officer assigns, starts and finishes the dossier …")
    let code = try await watch.dossierCode(of: good)
    for (word, state) in [("assign", "assigned"), ("start", "processing"), ("finish", "finished")] {
      _ = try await processes.command(
        ["intake", word, "--config", scene.authorityConfiguration.path, "--officer", "Cán bộ Ví Dụ", code])
      try await watch.wait(for: good, states: [state])
    }
    report.letters = [
      try await watch.letter(Self.good, good), try await watch.letter(Self.unsigned, unsigned),
      try await watch.letter(Self.changed, changed),
    ]
    report.others = try await watch.others(others)
    report.failures = DemoExpectations.failures(in: report)
    for ledger in [agency, authority] {
      let verification = try await ledger.verify()
      if !verification.isIntact {
        report.failures.append("the event log of \(ledger.folder.lastPathComponent) does not verify")
      }
    }
    return report
  }
}

/// What must have come true at the end.
enum DemoExpectations {
  static func failures(in report: DemoReport) -> [String] {
    var failures: [String] = []
    func expect(_ condition: Bool, _ text: String) { if !condition { failures.append(text) } }
    let expected = [
      ("accept", ["01", "03", "04", "05", "06"], 1), ("reject", ["01", "02"], 0), ("reject", ["01", "02"], 0),
    ]
    for (letter, (decision, statuses, copies)) in zip(report.letters, expected) {
      expect(letter.decision == decision, "\(letter.name): decision \(letter.decision ?? "none"), not \(decision)")
      expect(
        letter.sentStatuses == statuses, "\(letter.name): the authority sent \(letter.sentStatuses), not \(statuses)")
      expect(
        letter.receivedStatuses == statuses,
        "\(letter.name): the agency saw \(letter.receivedStatuses), not \(statuses)")
      expect(letter.copies == copies, "\(letter.name): \(letter.copies) dossiers, not \(copies)")
    }
    expect(report.letters.first?.dossierCode != nil, "the good letter has no dossier code")
    expect(report.letters.first?.dossierType == "01", "the good letter is not of type 01")
    expect(
      report.letters.dropFirst().first?.codes.contains("UNSIGNED") == true, "the unsigned letter was not found unsigned"
    )
    expect(report.others.allSatisfy { $0.outcome != "pending" }, "an odd message was not settled")
    return failures
  }
}
