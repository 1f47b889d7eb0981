import Connector
import DeliveryLedger
import Foundation
import Synchronization
import VietnameseText

/// Looks into both ledgers, as the demo's audience: says what is new and waits for what must come.
struct DemoWatch {
  let agency: Ledger
  let authority: Ledger
  let deadline: Date
  let say: @Sendable (String) -> Void
  private let told = SeenEvents()

  init(agency: Ledger, authority: Ledger, deadline: Date, say: @escaping @Sendable (String) -> Void) {
    self.agency = agency
    self.authority = authority
    self.deadline = deadline
    self.say = say
  }

  /// Waits until the agency sees its letter in one of `states`.
  func wait(for id: String, states: Set<String>) async throws {
    while true {
      try await tell()
      let letter = try await agency.letter(LetterID(rawValue: id))
      if let letter, states.contains(letter.state) || letter.isFinished { return }
      if letter?.state == "failed" {
        throw Terminal.fail("letter \(id) could not be sent: \(letter?.lastCause ?? "?")")
      }
      guard Date() < deadline else {
        throw Terminal.fail(
          "letter \(id) is still “\(letter?.state ?? "missing")”, not \(states.sorted().joined(separator: "/"))")
      }
      try await Task.sleep(for: .milliseconds(100))
    }
  }

  func dossierCode(of id: String) async throws -> String {
    guard let code = try await agency.letter(LetterID(rawValue: id))?.dossierCode else {
      throw Terminal.fail("status 03 brought no dossier code")
    }
    return code
  }

  /// A letter as both ends know it.
  func letter(_ name: String, _ id: String) async throws -> DemoReport.Letter {
    guard let sent = try await agency.letterDetail(LetterID(rawValue: id)) else {
      throw Terminal.fail("letter \(id) is lost")
    }
    var report = DemoReport.Letter(name: name, documentId: sent.letter.documentId ?? "")
    report.receivedStatuses = sent.statuses.map(\.code).unique
    let received = try await authority.findLetters(direction: .incoming, documentId: report.documentId)
    report.copies = received.filter { $0.dossierCode != nil }.count
    guard let original = received.first(where: { $0.standing == .original }) else { return report }
    report.dossierType = original.dossierType
    report.dossierCode = original.dossierCode
    report.decision = original.decision
    report.codes = original.codes
    report.sentStatuses =
      try await authority.letterDetail(original.id)?.transmissions
      .filter { $0.state == .sent }.compactMap(\.statusCode).unique ?? []
    return report
  }

  /// What intake made of the odd messages; waits until each is settled.
  func others(_ sent: [DemoReport.Other]) async throws -> [DemoReport.Other] {
    var report = sent
    for index in report.indices {
      while report[index].outcome == "pending", Date() < deadline {
        if let outcome = try await outcome(of: report[index].name) { report[index].outcome = outcome }
        try await Task.sleep(for: .milliseconds(100))
      }
    }
    try await tell()
    return report
  }

  private func outcome(of name: String) async throws -> String? {
    switch name {
    case DemoOddMessages.notXML:
      return try await authority.events(after: 0, limit: 1000).contains { $0.kind == "arrival.unreadable" }
        ? "set aside, kept" : nil
    default:
      let found = try await authority.findLetters(direction: .incoming, documentId: DemoOddMessages.documentId)
      return found.first.map { "\($0.state) \($0.codes.joined(separator: " "))".trimmingCharacters(in: .whitespaces) }
    }
  }

  /// Says every event of both ledgers once.
  private func tell() async throws {
    for (side, ledger) in [("agency", agency), ("CA", authority)] {
      for event in try await ledger.events(after: told.last(side), limit: 200) {
        told.note(side, event.seq)
        say("   \(side.padding(toLength: 6, withPad: " ", startingAt: 0))  \(event.sentence.vi)")
      }
    }
  }
}

/// The newest event of each side that was told.
private final class SeenEvents: Sendable {
  private let newest = Mutex<[String: Int64]>([:])
  func last(_ side: String) -> Int64 { newest.withLock { $0[side] ?? 0 } }
  func note(_ side: String, _ seq: Int64) { newest.withLock { $0[side] = seq } }
}

extension Sequence where Element == String {
  /// Each once, in order of first appearance.
  var unique: [String] {
    var seen: Set<String> = []
    return filter { seen.insert($0).inserted }
  }
}
