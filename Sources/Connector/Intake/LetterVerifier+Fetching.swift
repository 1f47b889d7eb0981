public import Foundation
public import LetterSignatures
import SigningCore

extension LetterVerifier {
  /// Rounds of asking: a time stamp's authority must be known before it is known for which time the signer's counts.
  private static let fetchRounds = 3

  /// Judges, asks for what the report says could be asked for, and judges again with the answers.
  ///
  /// - Parameter fetcher: nil: nothing is asked.
  public func fetching(
    with fetcher: RevocationFetcher?, at now: Date, _ judge: (LetterVerifier) -> LetterReport
  ) async -> LetterReport {
    var report = judge(self)
    guard let fetcher else { return report }
    var verifier = self
    for _ in 0..<Self.fetchRounds where !report.revocationNeeds.isEmpty {
      let known = verifier.fetched
      verifier.fetched = known.merging(await fetcher.evidence(for: report.revocationNeeds, at: now))
      guard verifier.fetched != known else { break }
      report = judge(verifier)
    }
    return report
  }
}
