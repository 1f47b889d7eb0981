import EdXML
import Foundation
import LetterSignatures
import SigningCore

/// A PDF of a message that may be its letter, and the CMS that signs it where the PDF itself has no signature.
struct LetterFile: Sendable {
  /// A CMS outside the PDF (RFC 5652).
  enum Signature: Sendable {
    /// Path of a `.p7s` that came beside it.
    case beside(String)
    /// Path of the `.p7m` that it was taken from.
    case around(String)
  }

  /// As the message names it; of a letter inside a CMS, the name of that CMS.
  let name: String
  /// Of the attachment.
  let sha256: String
  /// Nil when the content could not be used.
  let path: String?
  let signature: Signature?
}

extension LetterVerifier {
  /// The report on a letter by its own signatures, or where it has none by the CMS that came with it.
  func verify(_ letter: LetterFile, sender: ExpectedSender?, at now: Date) -> LetterReport {
    let report = verify(path: letter.path ?? "", sender: sender, at: now)
    switch letter.signature {
    case .beside(let cms) where report.integrity == .unsigned:
      return verify(cms: cms, content: letter.path, sender: sender, at: now)
    case .around(let cms) where report.integrity == .unsigned:
      return verify(cms: cms, content: nil, sender: sender, at: now)
    default: return report
    }
  }
}

extension ReceivedMessage {
  /// The PDFs of a message: its attachments, and what is inside those that are a CMS around a PDF (`.p7m`).
  ///
  /// - Parameter folder: where what is taken out of a CMS is put.
  func letters(openedIn folder: URL) throws -> [LetterFile] {
    try attachments.enumerated().compactMap { place, attachment in
      if attachment.isPDF {
        return LetterFile(
          name: attachment.name, sha256: attachment.sha256, path: attachment.file,
          signature: signature(beside: attachment).map { .beside($0) })
      }
      guard attachment.name.lowercased().hasSuffix(".p7m"), let cms = attachment.file,
        let content = Self.content(ofCMS: cms), content.starts(with: Data("%PDF-".utf8))
      else { return nil }
      // A name that no attachment has, since each of those lies where the message said.
      let file = folder.appendingPathComponent("\(UUID().uuidString)-\(place).pdf")
      try Data(content).write(to: file)
      return LetterFile(
        name: attachment.name, sha256: attachment.sha256, path: file.path, signature: .around(cms))
    }
  }

  /// What a CMS has inside; nil when it is none, is too long, or signs something outside it.
  private static func content(ofCMS path: String) -> [UInt8]? {
    let most = LetterVerifier.maximumCMSByteCount
    guard let handle = FileHandle(forReadingAtPath: path), let bytes = try? handle.read(upToCount: most + 1),
      bytes.count <= most, let der = try? CMSSignature.der(inFile: [UInt8](bytes)),
      let cms = try? CMSSignature(der: der, keepingContent: true, maximumByteCount: most)
    else { return nil }
    return cms.encapsulatedContent
  }

  /// The file of a detached CMS signature that came beside `letter`: `a.pdf.p7s` or `a.p7s` for `a.pdf`.
  private func signature(beside letter: ReceivedAttachment) -> String? {
    let name = letter.name.lowercased()
    let names = ["\(name).p7s", "\((name as NSString).deletingPathExtension).p7s"]
    return names.lazy.compactMap { name in attachments.first { $0.name.lowercased() == name }?.file }.first
  }
}
