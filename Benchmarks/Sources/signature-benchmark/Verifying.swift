import Foundation
import LetterSignatures
import SigningCore

/// Verifies B-T and B-LT letters of 100 KB, 1 MB and 10 MB, beside the floor, pdfsig and pyHanko, all by turns.
func benchmarkVerifying() async throws {
  let folder = FileManager.default.temporaryDirectory.appending(path: "signature-benchmark-\(UUID().uuidString)").path
  try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(atPath: folder) }
  let letters = try BenchLetters()
  try letters.pki.write(
    to: folder + "/pki", password: "x", thisUpdate: BenchLetters.now - 3_600, nextUpdate: BenchLetters.now + 86_400)
  let now = BenchLetters.now + 600
  let verifier = try LetterVerifier(trust: letters.trust)
  let floor = try OpenSSLFloor(trust: letters.trust, at: BenchLetters.now)
  // A lower one still: like the verifier, it has checked the trust store's lists once and for all.
  let least = try OpenSSLFloor(trust: letters.trust, at: BenchLetters.now)
  least.remembersLists = true

  print("Verifying, ms of the processor, the best of many rounds; user and system time of the whole child for pdfsig.")
  print("Floor: every path checks its lists' signatures; least: they are remembered, as the verifier does.")
  print("letter            ours   floor   least  /floor  /least   pdfsig  pyHanko")
  for (name, bytes, rounds) in [("100 KB", 90_000, 60), ("1 MB", 1_000_000, 40), ("10 MB", 10_000_000, 12)] {
    let stamped = try await letters.timeStamped(BenchLetters.plain(bytes: bytes))
    for (level, letter) in [("B-T", stamped), ("B-LT", try letters.longTerm(stamped))] {
      let path = "\(folder)/\(level).pdf"
      try Data(letter).write(to: URL(filePath: path))
      var place = try OpenSSLFloor.Place(of: letter)
      if level == "B-LT" {
        let pki = letters.pki
        place.certificates = [pki.issuing, pki.timeStampingCA, pki.root].map(\.certificate.der)
        place.lists = letters.trust.revocation.crls.map(\.der)
      }
      let report = verifier.verify(path: path, at: now)
      guard report.decision == .accept else { throw OpenSSLFloor.Failed(what: "not accepted: \(report.codes)") }
      var meter = Meter()
      for _ in 0..<rounds {
        // Five at a time, since the clock of the processor ticks coarsely.
        try meter.measure("floor") { for _ in 0..<5 { try floor.verify(path: path, place) } }
        try meter.measure("least") { for _ in 0..<5 { try least.verify(path: path, place) } }
        meter.measure("ours") { for _ in 0..<5 { _ = verifier.verify(path: path, at: now) } }
      }
      let spent = ["ours", "floor", "least"].map { meter[$0].processor / 5 }
      let peers = [Peers.pdfsig(path), Peers.pyHanko(path, pki: folder + "/pki", at: now)]
      print(
        "\(name) \(level)".padding(toLength: 14, withPad: " ", startingAt: 0)
          + spent.map { String(format: "%8.2f", $0 * 1000) }.joined()
          + spent.dropFirst().map { String(format: "%8.2f", spent[0] / $0) }.joined()
          + peers.map { $0.map { String(format: "%9.1f", $0 * 1000) } ?? "        –" }.joined())
    }
  }
}
