import Foundation
import LetterSignatures
import SigningCore
import VietnameseText

/// Verifies letters as the configuration asks: its trust folder, its policy.
struct LetterJudge: Sendable {
  let verifier: LetterVerifier

  /// Reads the trust folder anew, so that a fresh CRL counts without a restart.
  /// - Throws: `ConnectorError.trustUnreadable`.
  init(configuration: Configuration) throws {
    let trust: TrustStore
    do {
      trust = try TrustStore(folder: configuration.trustFolder)
    } catch {
      throw ConnectorError(
        .trustUnreadable,
        vi: "Không đọc được thư mục chứng thư tin cậy \(configuration.trustFolder): \(error.clerk.vi)",
        en: "Cannot read the trust folder \(configuration.trustFolder): \(error.clerk.en)", detail: error.code.rawValue)
    }
    var policy = LetterPolicy()
    policy.requirePerson = configuration.policies.requireLeaderSignature
    policy.organisationPolicyOID = configuration.policies.organisationPolicyOID
    policy.personPolicyOID = configuration.policies.personPolicyOID
    policy.organisationWords = OrganisationWords.builtIn()
    verifier = try LetterVerifier(trust: trust, policy: policy)
  }

  /// The report on a letter, made off the cooperative pool's way: verification is work for a whole core.
  func report(on letter: URL, sender: ExpectedSender?, at now: Date) -> LetterReport {
    verifier.verify(path: letter.path, sender: sender, at: now)
  }
}
