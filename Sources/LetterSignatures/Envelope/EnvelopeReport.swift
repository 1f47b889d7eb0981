public import VietnameseText

/// What the XML signature of an edXML envelope is worth.
///
/// The axis writes messages anew, so at intake this is advisory: legal weight lies in the signature inside the PDF.
public struct EnvelopeReport: Sendable, Hashable, Codable {
  /// Only the command line sets it.
  public var file: String?
  /// Core validity (XML Signature, section 3.2), trust apart.
  public let core: Core
  public let decision: LetterReport.Decision
  /// All that hold, the weightiest first.
  public let codes: [EnvelopeCode]
  /// The certificate's subject (RFC 4514); `nil` when there is no readable certificate.
  public let signer: String?
  public let text: ClerkSentence
  /// For the operator; no content.
  public let detail: [String]

  public enum Core: String, Sendable, Hashable, Codable, CaseIterable {
    /// Digests and signature value hold with the key of the certificate.
    case valid
    case invalid
    /// It cannot be judged: no signature, an algorithm that is not known here, or a message that is too large.
    case unsupported
    /// It uses what only attackers use, or is malformed; nothing of it was executed.
    case refused
  }

  init(core: Core, codes: Set<EnvelopeCode>, signer: String? = nil, detail: [String] = []) {
    let sorted = EnvelopeCode.allCases.filter(codes.contains)
    self.core = core
    self.codes = sorted
    self.signer = signer
    self.detail = detail
    if sorted.contains(where: { !$0.isWarning }) || core != .valid {
      decision = .reject
    } else {
      decision = sorted.isEmpty ? .accept : .warn
    }
    text = sorted.first?.clerk ?? EnvelopeCode.accepted
  }
}
