public import Foundation
public import SigningCore
internal import XMLTree

/// Verifies the XML signature of an edXML envelope (signatures.md, section 7).
///
/// Whitelists only; the key comes from the certificate that is validated; what was verified must be what is read.
public struct EnvelopeVerifier: Sendable {
  /// Longer messages are not judged: canonical XML needs the whole tree in memory.
  public static let maximumBytes = 64 << 20
  /// Canonical bytes made for one message.
  private static let canonicalBudget = 512 << 20
  /// Steps of libxml2 for all canonical forms of one message; a second or so.
  private static let stepBudget = 100_000_000
  private static let names = (
    root: "edXML", envelope: "edXMLEnvelope", header: "edXMLHeader", attachments: "AttachmentEncoded"
  )

  /// What the tree may hold.
  static let limits: ReadingLimits = {
    var limits = ReadingLimits.standard
    limits.maximumBytes = maximumBytes
    limits.maximumNodes = 200_000
    // Just below libxml2's own bound; canonical form costs depth times size.
    limits.maximumDepth = 250
    return limits
  }()

  public let policy: LetterPolicy
  /// Nil when there is no anchor: then no certificate is trusted, and all else is still told.
  private let validator: PathValidator?

  /// - Throws: `SigningError` when the trust store cannot be used.
  public init(trust: TrustStore, policy: LetterPolicy = LetterPolicy()) throws(SigningError) {
    self.policy = policy
    validator = trust.anchors.isEmpty ? nil : try PathValidator(trust: trust, policy: policy.pathPolicy)
  }

  /// Whether a file is to be judged here and not as a PDF: its first character is `<`, whatever its name.
  public static func isMessage(path: String) -> Bool {
    guard let handle = FileHandle(forReadingAtPath: path) else { return false }
    defer { try? handle.close() }
    guard let opening = try? handle.read(upToCount: 1024) else { return false }
    let marks: [[UInt8]] = [[0xEF, 0xBB, 0xBF], [0xFF, 0xFE], [0xFE, 0xFF]]
    let mark = marks.first { opening.starts(with: $0) }
    let first = opening.dropFirst(mark?.count ?? 0).first { ![0x00, 0x09, 0x0A, 0x0D, 0x20].contains($0) }
    return first == UInt8(ascii: "<")
  }

  /// Verifies the message in a file.
  ///
  /// - Parameters:
  ///   - sender: who must have signed; nil for any organisation.
  ///   - now: the time of checking, since XML signatures carry no time stamp here.
  public func verify(path: String, sender: ExpectedSender? = nil, at now: Date) -> EnvelopeReport {
    guard let handle = FileHandle(forReadingAtPath: path) else {
      return EnvelopeReport(core: .refused, codes: [.malformed], detail: ["the file cannot be read"])
    }
    defer { try? handle.close() }
    guard let size = try? handle.seekToEnd(), (try? handle.seek(toOffset: 0)) != nil else {
      return EnvelopeReport(core: .refused, codes: [.malformed], detail: ["the file cannot be read"])
    }
    if size > UInt64(Self.maximumBytes) { return Self.tooLarge }
    guard let data = try? handle.read(upToCount: Self.maximumBytes + 1) else {
      return EnvelopeReport(core: .refused, codes: [.malformed], detail: ["the file is empty or cannot be read"])
    }
    return verify([UInt8](data), sender: sender, at: now)
  }

  /// Verifies a message in memory.
  public func verify(_ bytes: [UInt8], sender: ExpectedSender? = nil, at now: Date) -> EnvelopeReport {
    if bytes.count > Self.maximumBytes { return Self.tooLarge }
    let document: CanonicalDocument
    do {
      document = try CanonicalDocument(bytes, limits: Self.limits)
    } catch {
      let code: EnvelopeCode = error.code == .doctypeForbidden ? .documentTypeForbidden : .malformed
      return EnvelopeReport(core: .refused, codes: [code], detail: ["line \(error.line): \(error.detail)"])
    }
    let named = document.elements.filter { document.localName($0) == "Signature" }
    let signatures = named.filter { document.namespace($0) == SignatureElement.namespace }
    guard !signatures.isEmpty else {
      let hasOther = named.contains { !document.children($0).isEmpty }
      return EnvelopeReport(
        core: .unsupported, codes: [hasOther ? .notVerifiable : .unsigned],
        detail: [hasOther ? "a Signature outside the namespace of XML Signature" : "no Signature"])
    }
    return judge(document, signatures, sender: sender, at: now)
  }

  private static let tooLarge = EnvelopeReport(
    core: .unsupported, codes: [.tooLarge], detail: ["more than \(maximumBytes) bytes"])

  private func judge(
    _ document: CanonicalDocument, _ signatures: [CanonicalDocument.Place], sender: ExpectedSender?, at now: Date
  ) -> EnvelopeReport {
    var codes: Set<EnvelopeCode> = []
    var detail: [String] = []
    if signatures.count > 1 || !Self.isAtItsPlace(document, signatures[0]) {
      codes.insert(.signatureWrapping)
      detail.append("\(signatures.count) signatures, or not in the header that is read")
    }
    var cores: [EnvelopeReport.Core] = []
    var signer: String?
    for place in signatures.prefix(4) {
      let result = Self.core(document, place)
      cores.append(result.core)
      codes.formUnion(result.codes)
      detail += result.detail
      guard let certificate = result.certificates.first else { continue }
      signer = signer ?? certificate.subject.description
      guard result.core == .valid else { continue }
      if !Self.coversAll(document, result.views) {
        codes.insert(result.isFiltered ? .transformForbidden : .partialCoverage)
      }
      codes.formUnion(trust(certificate, result.certificates, sender: sender, at: now))
    }
    if document.hasCommentInsideText { codes.insert(.comment) }
    let order: [EnvelopeReport.Core] = [.invalid, .refused, .unsupported]
    return EnvelopeReport(
      core: order.first(where: cores.contains) ?? .valid, codes: codes, signer: signer, detail: detail)
  }

  /// Whether a signature stands in the header that the reader reads: first envelope, first header, none twice.
  private static func isAtItsPlace(_ document: CanonicalDocument, _ signature: CanonicalDocument.Place) -> Bool {
    guard document.localName(document.root) == names.root else { return false }
    let parts = document.children(document.root)
    let envelopes = parts.filter { document.localName($0) == names.envelope }
    guard envelopes.count == 1, parts.filter({ document.localName($0) == names.attachments }).count <= 1 else {
      return false
    }
    let headers = document.children(envelopes[0]).filter { document.localName($0) == names.header }
    return headers.count == 1 && document.parent(signature) == headers[0]
  }

  /// Whether the references cover all that the root element holds.
  private static func coversAll(_ document: CanonicalDocument, _ views: [ReferenceView]) -> Bool {
    let whole = views.filter { !$0.isFiltered }
    if whole.contains(where: { $0.apex == nil || $0.apex == document.root }) { return true }
    let covered = Set(whole.compactMap(\.apex))
    return document.children(document.root).allSatisfy(covered.contains)
  }

  private struct CoreResult {
    var core: EnvelopeReport.Core
    var codes: Set<EnvelopeCode> = []
    var detail: [String] = []
    var certificates: [Certificate] = []
    var views: [ReferenceView] = []

    var isFiltered: Bool { views.contains(where: \.isFiltered) }
  }

  /// Whether a message has exactly one signature, at its place, over everything, and it holds with its certificate's key.
  static func coreHolds(_ bytes: [UInt8]) -> Bool {
    guard let document = try? CanonicalDocument(bytes, limits: limits) else { return false }
    let signatures = document.elements.filter {
      document.localName($0) == "Signature" && document.namespace($0) == SignatureElement.namespace
    }
    guard signatures.count == 1, isAtItsPlace(document, signatures[0]) else { return false }
    let result = core(document, signatures[0])
    return result.core == .valid && coversAll(document, result.views)
  }

  /// Core validation: each digest, then the value over SignedInfo with the certificate's key.
  private static func core(_ document: CanonicalDocument, _ place: CanonicalDocument.Place) -> CoreResult {
    var result = CoreResult(core: .valid)
    do throws(SignatureElement.Refusal) {
      let signature = try SignatureElement(document, place)
      // The signer's comes first; where it does not, it is the one that issues nothing.
      let leaf = signature.certificates.first { !$0.isCA } ?? signature.certificates[0]
      result.certificates = [leaf] + signature.certificates.filter { $0 != leaf }
      var budget = canonicalBudget
      guard document.steps <= stepBudget / (signature.references.count + 1) else {
        throw SignatureElement.Refusal(.refused, .malformed, "canonical forms would take too long")
      }
      for reference in signature.references {
        result.views.append(try ReferenceView(document, reference, of: place))
      }
      var isModified = false
      for (reference, view) in zip(signature.references, result.views) {
        let digest = try view.digest(document, reference.digestAlgorithm, budget: &budget)
        if digest != reference.digestValue { isModified = true }
      }
      var signed: [UInt8] = []
      do {
        try document.write(
          signature.signedInfo, method: signature.method.method, comments: signature.method.comments,
          prefixes: signature.prefixes
        ) { signed.append(contentsOf: $0) }
      } catch {
        throw SignatureElement.Refusal(.refused, .malformed, "canonical form of SignedInfo")
      }
      let holds: Bool
      do { holds = try leaf.verifies(signature.value, over: signed, scheme: signature.scheme) } catch {
        throw SignatureElement.Refusal(.refused, .signatureInvalid, error.detail)
      }
      if !holds {
        result.codes.insert(.signatureInvalid)
      } else if isModified {
        result.codes.insert(.modified)
      }
      if !holds || isModified { result.core = .invalid }
    } catch {
      result.core = error.core
      result.codes.insert(error.code)
      result.detail.append(error.detail)
    }
    return result
  }

  /// Whether the certificate is the sending organisation's and holds now.
  private func trust(
    _ certificate: Certificate, _ given: [Certificate], sender: ExpectedSender?, at now: Date
  ) -> Set<EnvelopeCode> {
    var codes: Set<EnvelopeCode> = []
    if let validator {
      codes = Self.codes(
        of: validator.validate(
          certificate, untrusted: Array(given.dropFirst()), purpose: .documentSigning, at: now, now: now))
    } else {
      codes.insert(.certificateUntrusted)
    }
    // Also where no path was found, in which the algorithms would be judged.
    if policy.pathPolicy.algorithms.finding(key: certificate.publicKey).isFailed { codes.insert(.weakCryptography) }
    let identity = SignerIdentity(certificate, policy: policy, sender: sender)
    if identity.kind != .organisation { codes.insert(.wrongSignerKind) }
    switch identity.isSender {
    case true: break
    case false: codes.formUnion([.wrongOrganisation, .wrongSignerKind])
    case nil: if sender != nil { codes.insert(.senderUnregistered) }
    }
    return codes
  }

  private static func codes(of path: PathReport) -> Set<EnvelopeCode> {
    var codes: Set<EnvelopeCode> = []
    if !path.path.isPassed { codes.insert(.certificateUntrusted) }
    if !path.validity.isPassed {
      codes.insert(path.validity.reason == .notYetValid ? .certificateNotYetValid : .certificateExpired)
    }
    if !path.keyUsage.isPassed { codes.insert(.certificateKeyUsage) }
    if !path.algorithms.isPassed { codes.insert(.weakCryptography) }
    if path.revocation.isFailed {
      codes.insert(.certificateRevoked)
    } else if path.path.isPassed, !path.revocation.isPassed {
      codes.insert(.revocationUnknown)
    }
    return codes
  }
}
