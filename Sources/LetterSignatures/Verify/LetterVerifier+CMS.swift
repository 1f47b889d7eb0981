public import Foundation
internal import PDFDocument
internal import SigningCore
internal import VietnameseText

/// A letter whose signature is a CMS file (RFC 5652): beside its content (`.p7s`) or around it (`.p7m`).
///
/// The rules of decision are those for PDFs. Only the CMS is judged: signatures inside the content are another question.
extension LetterVerifier {
  /// Longest CMS file taken, with its content if that is inside.
  public static let maximumCMSByteCount = 64 << 20

  /// Whether a file is to be judged as CMS. Only its name decides: what is called a PDF must be one, since in the parts of
  /// a CMS that are not signed a PDF could hide, which readers would show.
  public static func isCMS(path: String) -> Bool {
    let name = path.lowercased()
    return name.hasSuffix(".p7s") || name.hasSuffix(".p7m")
  }

  /// Verifies a CMS file.
  ///
  /// - Parameters:
  ///   - content: the file that was signed, read in pieces. Nil: the content must be inside the CMS. A CMS that has a
  ///     content of its own is refused where a content is given, since the two may differ.
  ///   - sender: who must have signed; nil for any organisation.
  ///   - now: the time of checking.
  public func verify(
    cms path: String, content: String?, sender: ExpectedSender? = nil, at now: Date
  ) -> LetterReport {
    var limits = limits
    limits.fileSize = Self.maximumCMSByteCount
    limits.wholeInMemory = limits.fileSize
    let file: [UInt8]
    do throws(PDFError) {
      let source = try PDFSource(path: path, limits: limits)
      file = try source.copy(0..<source.count)
    } catch {
      return .unreadable(cms: Self.signatureUnreadable, error.detail)
    }
    var signed: PDFSource?
    if let content {
      do throws(PDFError) {
        signed = try PDFSource(path: content, limits: self.limits)
      } catch {
        return .unreadable(cms: Self.contentMissing, error.detail)
      }
    }
    return verify(cms: file, content: signed, sender: sender, at: now)
  }

  /// Verifies a CMS in memory; `content` as above.
  public func verify(
    cms bytes: [UInt8], content: [UInt8]?, sender: ExpectedSender? = nil, at now: Date
  ) -> LetterReport {
    verify(cms: bytes, content: content.map { PDFSource(bytes: $0) }, sender: sender, at: now)
  }

  private func verify(
    cms bytes: [UInt8], content: PDFSource?, sender: ExpectedSender?, at now: Date
  ) -> LetterReport {
    let der: [UInt8]
    let cms: CMSSignature
    do throws(SigningError) {
      der = try CMSSignature.der(inFile: bytes)
      cms = try CMSSignature(
        der: der, keepingContent: content == nil, maximumByteCount: Self.maximumCMSByteCount)
    } catch {
      return .unreadable(cms: Self.signatureUnreadable, error.description)
    }
    var notes: [Problem] = []
    let rest = der[cms.byteCount...]
    if rest.count > 2 || !rest.allSatisfy({ $0 == 0x0A || $0 == 0x0D }) {
      return .unreadable(cms: Self.signatureUnreadable, "\(rest.count) bytes after the CMS")
    }
    if !rest.isEmpty { notes.append(.policy(.trailingWhitespace, "an end of line after the CMS")) }
    guard let source = content ?? cms.encapsulatedContent.map({ PDFSource(bytes: $0) }) else {
      return .unreadable(cms: Self.contentMissing, "the CMS has no content inside and none was given")
    }
    let examiner = SignatureExaminer(
      source: source, takesContentInside: content == nil, store: SecurityStore(cms.revocation), trust: trust,
      policy: policy, validator: validator, fetched: fetched, now: now)
    return LetterExamination(examiner, cms: Array(der[..<cms.byteCount]), notes: notes, sender: sender).report()
  }

  private static let signatureUnreadable = ClerkSentence(
    vi: "Tệp chữ ký số (.p7s, .p7m) bị hỏng hoặc không đọc được. Trả lại bên gửi, đề nghị gửi lại tệp chữ ký gốc.",
    en: "The signature file (.p7s, .p7m) is damaged or cannot be read. Return it and ask for the original one.")
  private static let contentMissing = ClerkSentence(
    vi:
      "Không đọc được văn bản mà tệp chữ ký (.p7s) đi kèm. Hãy để văn bản cùng thư mục với tệp chữ ký hoặc đề nghị bên gửi gửi đủ hai tệp.",
    en:
      "The document that the signature file (.p7s) belongs to cannot be read. Put it beside the signature file, or ask the sender for both files."
  )
}

extension LetterReport {
  fileprivate static func unreadable(cms sentence: ClerkSentence, _ detail: String) -> LetterReport {
    LetterReport(
      file: nil, decision: .unreadable, codes: [.malformed], indication: nil, subindication: nil,
      integrity: .unreadable, signatures: [], text: sentence, detail: ["MALFORMED: \(detail)"])
  }
}
