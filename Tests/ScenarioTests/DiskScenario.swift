import Foundation
import HTTPTransport
import Testing

/// What happens to letters when a machine's disk or clock fails under the running processes, and comes back.
///
/// Each time: nothing is lost, nothing doubled, one clear line for the operator, a sentence for the clerk, and no hand is
/// needed once the cause is gone.
@Suite("Letters on a machine in trouble", .serialized)
struct DiskScenario {
  @Test(
    "wait for room on a full disk, and then go on by themselves",
    .enabled(if: SmallDisk.isPossible, "only root may mount a small disk"))
  func diskFull() async throws {
    try await withStage { stage in
      let disks = try CrashStage.Side.allCases.map { side in
        (side, try SmallDisk(over: stage.stage.appendingPathComponent(side.rawValue), megabytes: 8))
      }
      defer { for (_, disk) in disks { disk.remove() } }
      try await Self.bind(stage)
      for (side, disk) in disks {
        for side in CrashStage.Side.allCases where !stage.isRunning(side) { try stage.start(side) }
        let number = side == .agency ? "1" : "2"
        if side == .agency {
          // Recorded before the disk is full: the letter has still to be written and signed.
          try await stage.kill(.agency)
          try await stage.ok(CrashStage.sendArguments(number))
          try stage.start(.agency)
        }
        _ = try await Self.page(of: stage, side)
        try disk.fill()
        if side == .agency {
          try await Self.expectRefused(
            try await stage.run(CrashStage.sendArguments("9")), vi: "Ổ đĩa của hệ thống đã đầy", en: "disk is full")
        } else {
          try await stage.ok(CrashStage.sendArguments(number))
        }
        try await Self.expectTrouble("diskFull", notice: "Ổ đĩa của hệ thống đã đầy", stage, side)
        disk.makeRoom()
        try await Self.expectWell(stage, side)
        try await stage.finishAll([number], within: 40)
      }
      try await stage.expectExactlyOnce(["1", "2"])
      // The refused command left nothing: its number is free.
      try await stage.ok(CrashStage.sendArguments("9"))
    }
  }

  @Test(
    "wait while the disk is read-only, whether it was so from the start or became so",
    .enabled(if: SmallDisk.isPossible && SmallDisk.canFreeze, "needs root, a mount and chattr"))
  func readOnly() async throws {
    try await withStage { stage in
      // From the start: the connector waits for its disk in place of ending.
      let disk = try SmallDisk(over: stage.stage.appendingPathComponent("ca"), megabytes: 8)
      defer { disk.remove() }
      try await Self.bind(stage)
      try disk.setReadOnly(true)
      for side in CrashStage.Side.allCases { try stage.start(side) }
      try await stage.ok(CrashStage.sendArguments("1"))
      try await Self.wait("the line") { stage.log(.ca).contains("waiting for it") }
      try await Task.sleep(for: .seconds(3))
      #expect(stage.isRunning(.ca))
      #expect(Self.lines(stage, .ca, "waiting for it") == 1 && stage.log(.ca).contains("cause=readOnly"))
      try disk.setReadOnly(false)
      try await stage.finishAll(["1"], within: 40)

      // In the middle: as the kernel does with a disk that has errors.
      let folder = stage.stage.appendingPathComponent("agency")
      _ = try await Self.page(of: stage, .agency)
      try SmallDisk.freeze(true, folder)
      defer { try? SmallDisk.freeze(false, folder) }
      let refused = try await stage.run(CrashStage.sendArguments("2"))
      #expect(refused.code == 2 && refused.lines.count <= 2, "\(refused.complaint)")
      try await Self.wait("trouble") { try await Self.health(of: stage, .agency).status == 503 }
      #expect(Self.lines(stage, .agency, "cannot be written") == 1, "\(stage.log(.agency))")
      try SmallDisk.freeze(false, folder)
      try await Self.expectWell(stage, .agency)
      try await stage.ok(CrashStage.sendArguments("2"))
      try await stage.finishAll(["2"], within: 40)
      try await stage.expectExactlyOnce(["1", "2"])
    }
  }

  @Test("wait while another program keeps the ledger locked")
  func busy() async throws {
    try await withStage { stage in
      for side in CrashStage.Side.allCases { try stage.start(side) }
      _ = try await Self.page(of: stage, .agency)
      try await stage.ok(CrashStage.sendArguments("1"))
      // Longer than anything waits for a lock.
      async let holders = withThrowingTaskGroup(of: Int32.self) { group in
        for side in CrashStage.Side.allCases {
          group.addTask {
            try await Tool.run(
              [
                "python3", "-c",
                """
                import sqlite3, time
                ledger = sqlite3.connect("\(side.rawValue)/ledger.sqlite", isolation_level=None, timeout=5)
                ledger.execute("BEGIN IMMEDIATE")
                time.sleep(13)
                ledger.execute("ROLLBACK")
                """,
              ], in: stage.stage
            ).code
          }
        }
        return try await group.reduce(into: [Int32]()) { $0.append($1) }
      }
      try await Task.sleep(for: .milliseconds(600))
      try await Self.expectRefused(
        try await stage.run(CrashStage.sendArguments("2")), vi: "Sổ giao nhận đang bận", en: "busy")
      #expect(try await holders == [0, 0])
      try await stage.ok(CrashStage.sendArguments("2"))
      try await stage.finishAll(["1", "2"], within: 40)
      for side in CrashStage.Side.allCases { try await Self.expectWell(stage, side) }
      for side in CrashStage.Side.allCases {
        #expect(Self.lines(stage, side, "cannot be written") <= 1, "\(stage.log(side))")
      }
      try await stage.expectExactlyOnce(["1", "2"])
    }
  }

  @Test(
    "arrive whatever the clocks of both ends do",
    .enabled(if: SetClock.compiler != nil, "needs a C compiler for a clock that can be set"))
  func clocks() async throws {
    try await withStage { stage in
      var clocks: [CrashStage.Side: SetClock] = [:]
      for side in CrashStage.Side.allCases {
        let clock = try await SetClock(side.rawValue, in: stage.stage)
        clocks[side] = clock
        try stage.start(side, environment: clock.environment)
      }
      let agency = try #require(clocks[.agency])
      var number = 0
      // Hours ahead, agency and authority, one after the other; a letter is under way at each change.
      for (atAgency, atAuthority) in [(6, 0), (-6, 0), (0, 7), (0, -7), (72, 0), (0, 0)] {
        number += 1
        let sent = try await stage.run(CrashStage.sendArguments("\(number)"), environment: agency.environment)
        try #require(sent.code == 0, "\(sent.complaint)")
        try await Task.sleep(for: .milliseconds(300))
        try agency.set(hoursAhead: atAgency)
        try clocks[.ca]?.set(hoursAhead: atAuthority)
        try await Task.sleep(for: .seconds(2))
      }
      let numbers = Set((1...number).map(String.init))
      try await stage.finishAll(numbers, within: 40)
      try await stage.expectExactlyOnce(numbers)
      #expect(stage.log(.agency, lines: 200).contains("the clock was set back"))
      // The letter that the authority got with its clock far behind was held, not refused, and judged again by itself.
      let events = try await stage.ok(["ledger", "events", "--data", "ca", "--limit", "1000"])
      #expect(events.contains("tự được xét lại"), "\(events)")
    }
  }

  // MARK: -

  private static func bind(_ stage: CrashStage) async throws {
    try await stage.ok([
      "trust", "bind", "--config", "ca.yaml", "--code", "H56.99", "--certificate", "pki/keys/agency.crt",
    ])
  }

  /// Where the clerk's page of `side` is, once it is served.
  private static func page(of stage: CrashStage, _ side: CrashStage.Side) async throws -> String {
    var address: String?
    try await wait("the page of \(side)") {
      address = stage.log(side, lines: 1000).split(separator: "\n").last { $0.hasPrefix("clerk's page at ") }
        .map { String($0.dropFirst("clerk's page at ".count)) }
      return address != nil
    }
    return try #require(address)
  }

  private static func get(_ url: String) async throws -> (status: Int, text: String) {
    let answer = try await HTTPClient().send(TransportRequest(.get, url: url))
    return (answer.status, String(decoding: answer.body, as: UTF8.self))
  }

  private static func health(of stage: CrashStage, _ side: CrashStage.Side) async throws -> (status: Int, text: String)
  {
    try await get(try await page(of: stage, side) + "health")
  }

  private static func lines(_ stage: CrashStage, _ side: CrashStage.Side, _ text: String) -> Int {
    stage.log(side, lines: 10_000).split(separator: "\n").count { $0.contains(text) }
  }

  /// One line in the log, a sentence on the page, 503 for the watching program, and the process goes on.
  private static func expectTrouble(
    _ cause: String, notice: String, _ stage: CrashStage, _ side: CrashStage.Side
  ) async throws {
    try await wait("\(side) in trouble: \(cause)") { try await health(of: stage, side).status == 503 }
    let page = try await get(try await page(of: stage, side))
    #expect(page.status == 200 && page.text.contains(notice), "\(side)")
    let shown = try await stage.ok(["outstanding", "--config", "\(side.rawValue).yaml"])
    #expect(shown.contains("cannot be written: \(cause)"), "\(shown)")
    // More passes of every worker do not say it again.
    try await Task.sleep(for: .seconds(3))
    let log = stage.log(side, lines: 1000)
    #expect(lines(stage, side, "cannot be written") == 1 && log.contains("cause=\(cause)"), "\(log)")
    // Each question after its health has a line of its own, from the page's server.
    let troubles = log.split(separator: "\n").count { line in
      line.contains("[Connector]") && [" error ", " warning "].contains { line.contains($0) }
    }
    #expect(troubles == 1, "\(log)")
    #expect(stage.isRunning(side))
  }

  private static func expectWell(_ stage: CrashStage, _ side: CrashStage.Side) async throws {
    try await wait("\(side) well") { try await health(of: stage, side).status == 200 }
    #expect(lines(stage, side, "can be written again") == lines(stage, side, "cannot be written"))
  }

  private static func expectRefused(_ answer: Lienthong.Answer, vi: String, en: String) async throws {
    #expect(answer.code == 1 && answer.lines.count == 2, "\(answer.code): \(answer.complaint)")
    #expect(answer.lines.first?.contains(vi) == true && answer.lines.last?.contains(en) == true, "\(answer.complaint)")
  }

  private static func wait(_ what: String, _ condition: () async throws -> Bool) async throws {
    for _ in 0..<150 {
      if try await condition() { return }
      try await Task.sleep(for: .milliseconds(200))
    }
    throw CrashStage.Missed(description: what)
  }

  private func withStage(_ body: (CrashStage) async throws -> Void) async throws {
    try await Lienthong.inFolder { folder in
      let stage = try await CrashStage(in: folder)
      defer { stage.stop() }
      do {
        try await body(stage)
      } catch {
        Issue.record("\(error)\nagency: \(stage.log(.agency, lines: 40))\nca: \(stage.log(.ca, lines: 40))")
      }
    }
  }
}
