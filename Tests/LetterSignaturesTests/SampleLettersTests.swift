import Foundation
import LetterSignatures
import Testing
import VietnameseText

@Suite("Sample letters", .enabled(if: SampleLetters.areAtHand, "the sample letters are not at hand"))
struct SampleLettersTests {
  let samples: SampleLetters

  init() throws { samples = try SampleLetters() }

  @Test("Every sample letter gets its verdict and one of its codes, from memory and from a file")
  func verdicts() throws {
    let verifier = try samples.verifier()
    #expect(samples.expected.cases.count >= 64)
    for expectation in samples.expected.cases {
      let report = verifier.verify(
        try samples.bytes(expectation.file), sender: samples.expected.sender, at: samples.now)
      let known = expectation.errors + (expectation.alsoOK ?? [])
      let codes = report.codes.map(\.rawValue)
      var isRight = report.decision.rawValue == expectation.verdict
      // On a note, refusing with a code that is also right is right.
      if expectation.verdict == "warn", report.decision == .reject {
        isRight = codes.contains(where: (expectation.alsoOK ?? []).contains)
      }
      #expect(isRight, "\(expectation.file): \(report.decision) \(codes) \(report.detail)")
      if expectation.verdict == "accept" {
        #expect(codes.isEmpty, "\(expectation.file): \(codes)")
      } else {
        #expect(
          codes.contains(where: known.contains), "\(expectation.file): \(codes) instead of \(known) \(report.detail)")
      }
      if let level = expectation.level, expectation.group == "good" || expectation.group == "timestamp" {
        let levels = report.signatures.filter { $0.kind == .signature }.map { $0.level?.rawValue }
        #expect(levels.contains(level), "\(expectation.file): \(levels) instead of \(level)")
      }
      #expect(!report.text.vi.isEmpty && !report.text.en.isEmpty)
      let fromFile = verifier.verify(
        path: "\(samples.letters)/\(expectation.file)", sender: samples.expected.sender, at: samples.now)
      #expect(fromFile == report, "\(expectation.file)")
    }
  }

  @Test("The advisory indication agrees in the clear cases")
  func indications() throws {
    let verifier = try samples.verifier()
    var differences: [String] = []
    for expectation in samples.expected.cases where expectation.verdict != "unreadable" {
      let report = verifier.verify(
        try samples.bytes(expectation.file), sender: samples.expected.sender, at: samples.now)
      if report.indication?.rawValue != expectation.indication
        || report.subindication?.rawValue != expectation.subindication
      {
        differences.append(
          "\(expectation.file): \(report.indication?.rawValue ?? "-")/\(report.subindication?.rawValue ?? "-") for \(expectation.indication ?? "-")/\(expectation.subindication ?? "-")"
        )
      }
    }
    #expect(differences.count <= 6, "\(differences.joined(separator: "\n"))")
  }
}
