public import Foundation
internal import PDFDocument
public import SigningCore

/// Verifies signed letters: facts for each signature, and one decision under a policy.
///
/// It trusts only the anchors it is given and fails closed: what is not understood is a reason to refuse. It fetches
/// nothing itself; ``LetterReport/revocationNeeds`` says what could be asked for, and ``fetched`` takes the answers.
public struct LetterVerifier: Sendable {
  public let trust: TrustStore
  public let policy: LetterPolicy
  /// Lists and responses that were asked for over the network; they count like those at hand.
  public var fetched = RevocationEvidence()
  /// What reading one file may cost.
  var limits = PDFLimits()
  /// Most signatures looked at in one file.
  static let signatureLimit = 64
  /// Nil when there is no anchor: then no certificate is trusted, and all else is still told.
  let validator: PathValidator?

  /// - Throws: `SigningError` when the trust store cannot be used.
  public init(trust: TrustStore, policy: LetterPolicy = LetterPolicy()) throws(SigningError) {
    self.trust = trust
    self.policy = policy
    validator = trust.anchors.isEmpty ? nil : try PathValidator(trust: trust, policy: policy.pathPolicy)
  }

  /// Verifies the letter in a file, which is read in pieces.
  ///
  /// - Parameter sender: who must have signed; nil for any organisation.
  /// - Parameter now: the time of checking.
  public func verify(path: String, sender: ExpectedSender? = nil, at now: Date) -> LetterReport {
    let source: PDFSource
    do throws(PDFError) {
      source = try PDFSource(path: path, limits: limits)
    } catch {
      return .unreadable(error)
    }
    return verify(source, sender: sender, at: now)
  }

  /// Verifies a letter in memory.
  public func verify(_ bytes: [UInt8], sender: ExpectedSender? = nil, at now: Date) -> LetterReport {
    verify(PDFSource(bytes: bytes), sender: sender, at: now)
  }

  private func verify(_ source: PDFSource, sender: ExpectedSender?, at now: Date) -> LetterReport {
    do throws(PDFError) {
      let file = try PDFFile(source, limits: limits)
      let examiner = SignatureExaminer(
        source: source, store: SecurityStore(file), trust: trust, policy: policy, validator: validator,
        fetched: fetched,
        now: now)
      let examination = try LetterExamination(examiner, of: file, sender: sender)
      return examination.report()
    } catch {
      return DamagedLetter(source, limits: limits, error: error).report()
    }
  }
}
