import Foundation
import LetterSignatures
import PDFDocument
import SigningCore
import Testing

/// Letters changed at random. The seed is fixed, so what fails once fails again.
@Suite("Mutated letters")
struct MutatedLettersTests {
  /// SplitMix64: small, fast, the same everywhere.
  struct Dice: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
      state &+= 0x9E37_79B9_7F4A_7C15
      var z = state
      z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
      z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
      return z ^ (z >> 31)
    }
  }

  let bench: SigningBench

  init() throws { bench = try SigningBench.shared.get() }

  static let rounds = ProcessInfo.processInfo.environment["LIENTHONG_MUTATIONS"].flatMap { Int($0) } ?? 2000

  @Test("Mutated letters never crash, never take two seconds, and are never accepted with other covered bytes")
  func mutations() async throws {
    var originals: [[UInt8]] = []
    for stream in [false, true] {
      let twice = try await bench.signedTwice(SigningBench.letter(crossReferenceStream: stream))
      originals.append(twice)
      originals.append(
        try LetterSigner.addSecurityStore(
          pdf: twice, certificates: [bench.pki.issuing.certificate], evidence: bench.verifier.trust.revocation,
          identifier: [UInt8](repeating: 3, count: 16)))
    }
    for original in originals { #expect(bench.verify(original).decision == .accept) }
    var dice = Dice(state: 20_260_101)
    var accepted = 0
    for round in 0..<Self.rounds {
      let original = originals[round % originals.count]
      let mutated = mutate(original, &dice)
      if mutated == original { continue }
      let clock = ContinuousClock.now
      let report = bench.verify(mutated)
      #expect(clock.duration(to: .now) < .seconds(2), "round \(round)")
      guard report.decision == .accept || report.decision == .warn else { continue }
      accepted += 1
      // What is let through differs outside of what was signed only: in the place of the signatures (the padding and
      // unsigned attributes of the CMS) or after the last signature.
      let covered = try coveredBytes(original)
      #expect(
        mutated.count >= covered.count && zip(covered, mutated).allSatisfy { $0 == nil || $0 == $1 },
        "round \(round): \(report.decision) \(report.codes)")
    }
    // Most mutations must have been met with a refusal, or this test tests nothing.
    #expect(accepted < Self.rounds / 2)
  }

  /// The original's bytes that its last signature covers; nil where it does not.
  private func coveredBytes(_ letter: [UInt8]) throws -> [UInt8?] {
    let ranges = Data(letter).ranges(of: Data("/ByteRange [".utf8))
    let last = try #require(ranges.last)
    let numbers = String(decoding: letter[last.upperBound...].prefix { $0 != UInt8(ascii: "]") }, as: UTF8.self)
      .split(separator: " ").compactMap { Int($0) }
    var covered: [UInt8?] = Array(letter[..<(numbers[2] + numbers[3])])
    for i in numbers[1]..<numbers[2] { covered[i] = nil }
    return covered
  }

  private func mutate(_ original: [UInt8], _ dice: inout Dice) -> [UInt8] {
    var bytes = original
    func place() -> Int { Int.random(in: 0..<bytes.count, using: &dice) }
    switch Int.random(in: 0..<10, using: &dice) {
    case 0, 1, 2:
      for _ in 0..<Int.random(in: 1...3, using: &dice) { bytes[place()] ^= 1 << UInt8.random(in: 0..<8, using: &dice) }
    case 3: bytes.removeLast(Int.random(in: 1..<bytes.count, using: &dice))
    case 4: bytes[place()] = UInt8.random(in: 0...255, using: &dice)
    case 5:
      let at = place()
      bytes.removeSubrange(at..<min(bytes.count, at + Int.random(in: 1...40, using: &dice)))
    case 6:
      bytes.insert(
        contentsOf: (0..<Int.random(in: 1...40, using: &dice)).map { _ in UInt8.random(in: 0...255, using: &dice) },
        at: place())
    case 7: swapObjects(&bytes, &dice)
    case 8:
      // One run of bytes over another.
      let from = place()
      let run = bytes[from..<min(bytes.count, from + Int.random(in: 1...200, using: &dice))]
      let to = Int.random(in: 0...(bytes.count - run.count), using: &dice)
      bytes.replaceSubrange(to..<(to + run.count), with: run)
    default: digits(&bytes, &dice)
    }
    return bytes
  }

  /// Exchanges the numbers of two objects.
  private func swapObjects(_ bytes: inout [UInt8], _ dice: inout Dice) {
    let heads = Data(bytes).ranges(of: Data(" 0 obj".utf8)).map(\.lowerBound).filter { $0 > 0 }
    guard let a = heads.randomElement(using: &dice), let b = heads.randomElement(using: &dice) else { return }
    bytes.swapAt(a - 1, b - 1)
  }

  /// Changes a digit somewhere in the structure: offsets, lengths, numbers.
  private func digits(_ bytes: inout [UInt8], _ dice: inout Dice) {
    let marks = [
      "xref", "/Length", "/Prev", "/ByteRange", "/Size", "startxref", "/Root", "/V ", "/Kids", "/Fields", "/W ",
    ]
    guard let mark = marks.randomElement(using: &dice),
      let range = Data(bytes).ranges(of: Data(mark.utf8)).randomElement(using: &dice)
    else { return }
    let window = range.upperBound..<min(bytes.count, range.upperBound + 60)
    guard let at = window.filter({ (0x30...0x39).contains(bytes[$0]) }).randomElement(using: &dice) else { return }
    bytes[at] = UInt8.random(in: 0x30...0x39, using: &dice)
  }
}
