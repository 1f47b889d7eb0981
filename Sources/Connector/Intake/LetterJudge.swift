import Foundation
import LetterSignatures
import SigningCore
import VietnameseText

/// Verifies letters as the configuration asks: its trust folder, its policy.
struct LetterJudge: Sendable {
  let verifier: LetterVerifier
  /// Nil where the configuration allows no network.
  let fetcher: RevocationFetcher?

  /// Looks whether the trust folder has changed, so that a fresh CRL counts without a restart.
  /// - Throws: `ConnectorError.trustUnreadable`.
  init(configuration: Configuration) throws {
    var policy = LetterPolicy()
    policy.requirePerson = configuration.policies.requireLeaderSignature
    policy.organisationPolicyOID = configuration.policies.organisationPolicyOID
    policy.personPolicyOID = configuration.policies.personPolicyOID
    policy.organisationWords = OrganisationWords.words(overriding: configuration.mappingFolder)
    do {
      verifier = try KnownVerifiers.verifier(folder: configuration.trustFolder, policy: policy)
    } catch {
      throw ConnectorError(
        .trustUnreadable,
        vi: "Không đọc được thư mục chứng thư tin cậy \(configuration.trustFolder): \(error.clerk.vi)",
        en: "Cannot read the trust folder \(configuration.trustFolder): \(error.clerk.en)", detail: error.code.rawValue)
    }
    fetcher = RevocationFetcher.shared(configuration)
  }

  /// The report on a letter, made off the cooperative pool's way: verification is work for a whole core.
  func report(on letter: URL, sender: ExpectedSender?, at now: Date) -> LetterReport {
    verifier.verify(path: letter.path, sender: sender, at: now)
  }

  /// The report on a letter; where a certificate's status is open and the configuration allows it, authorities are asked
  /// and the letter is judged again with their answers.
  func reportFetching(on letter: LetterFile, sender: ExpectedSender?, at now: Date) async -> LetterReport {
    await verifier.fetching(with: fetcher, at: now) { $0.verify(letter, sender: sender, at: now) }
  }
}
