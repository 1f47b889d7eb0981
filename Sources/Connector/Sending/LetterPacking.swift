import DeliveryLedger
import DossierModel
import EdXML
import Foundation
import VietnameseText

/// Packs a signed letter as edXML: the PDF as it is, beside it the structured dossier and the list it was made from.
struct LetterPacking: Sendable {
  let workplace: Workplace

  /// The finished message, durable as a blob.
  func pack(_ letter: LetterRecord) async throws -> BlobHash {
    let folder = try workplace.workFolder("packing").appendingPathComponent(letter.id.rawValue)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appendingPathComponent("message.edxml")
    let document = try await document(of: letter)
    try EdXMLWriter().write(document, attachments: try attachments(of: letter), to: file.path)
    return try await workplace.ledger.adoptBlob(fileAt: file)
  }

  private func document(of letter: LetterRecord) async throws -> EdocDocument {
    guard let number = letter.number, let notation = letter.notation, let documentId = letter.documentId,
      let date = letter.promulgationDate.flatMap(EdocDate.init)
    else {
      throw ConnectorError(
        .dossierRefused, vi: "Công văn chưa có số, ký hiệu và ngày.",
        en: "The letter has no number, notation and date yet.")
    }
    let configuration = workplace.configuration
    var document = EdocDocument(
      from: Organization(
        letter.sender, name: configuration.organisation.name, inCharge: configuration.organisation.superior),
      to: letter.receivers.map { code in Organization(code, name: name(of: code)) }, documentId: documentId,
      code: DocumentCode(number: number, notation: notation),
      promulgation: Promulgation(place: configuration.organisation.place, date: date), subject: letter.subject ?? "",
      business: Business(kind: .new, reason: BusinessKind.new.usualReason))
    try await relate(&document, letter)
    document.documentType = DocumentType(type: 1, typeDetail: nil, typeName: "Công văn")
    if let name = configuration.leaderName {
      document.signer = SignerInfo(competence: nil, position: configuration.leaderTitle, fullName: name)
    }
    document.trace = [TraceHeader(organId: letter.sender, timestamp: EdocTimestamp(workplace.clock()))]
    return document
  }

  /// What the document does to others (edxml.md 3.2): kind, reason, and the letters that it names.
  private func relate(_ document: inout EdocDocument, _ letter: LetterRecord) async throws {
    guard let detail = try await workplace.ledger.letterDetail(letter.id) else { return }
    let note = try await LetterNote.read(of: letter, in: workplace.ledger)
    for relation in LetterRelation.allCases {
      for id in detail.targets(relation) {
        guard let other = try await workplace.ledger.letter(id) else { continue }
        let named = other.documentId
        switch relation {
        case .answers, .resubmits, .recalls:
          // A letter without an id is known by its number and date.
          guard named != nil || other.joinedCode != nil else { continue }
          // A recall names the receiver, as the operator's library does; the others name whose letter it is.
          let organ = relation == .recalls ? letter.receivers.first : other.sender
          document.responseFor.append(
            ResponseFor(
              organId: organ ?? other.sender, code: other.joinedCode, documentId: named,
              promulgationDate: other.promulgationDate.flatMap(EdocDate.init)))
          if relation == .recalls {
            document.business = Business(kind: .recall, reason: note?.reason ?? BusinessKind.recall.usualReason)
          }
        case .updates:
          guard let named else { continue }
          document.business = Business(
            kind: .update, documentId: named, reason: note?.reason ?? BusinessKind.update.usualReason,
            update: UpdateInfo(documentChanged: true, receiversChanged: false))
        case .replaces:
          guard let named else { continue }
          var list = document.business?.kind == .replace ? document.business?.replacements ?? [] : []
          list.append(ReplacementInfo(documentId: named, organIds: letter.receivers))
          document.business = Business(
            kind: .replace, reason: note?.reason ?? BusinessKind.replace.usualReason, replacements: list)
        }
      }
    }
  }

  private func name(of code: String) -> String? {
    let configuration = workplace.configuration
    let all = Array(configuration.addresseesByType.values) + [configuration.defaultAddressee].compactMap(\.self)
    return all.first { $0.code == code }?.name
  }

  private func attachments(of letter: LetterRecord) throws -> [OutgoingAttachment] {
    let base = Self.fileName(letter)
    let parts: [(BlobRole, String, String)] =
      [
        (.organisationSigned, "\(base).pdf", "Công văn đã ký số"),
        (.dossier, "\(base).dossier.json", "Hồ sơ có cấu trúc"),
        (.spreadsheet, "\(base).danh-sach", "Danh sách"),
      ]
      + (letter.direction == .outgoing && workplace.configuration.role.receives
        ? [(.other, "\(base).answer.json", "Nội dung trả lời có cấu trúc")] : [])
    return parts.compactMap { role, name, description in
      letter.blobs[role].map { hash in
        let file = workplace.ledger.blobURL(hash)
        let name = role == .spreadsheet ? name + (Self.isZip(file) ? ".xlsx" : ".csv") : name
        return OutgoingAttachment(
          name: name, file: file.path, description: description, contentId: UUID().uuidString)
      }
    }
  }

  /// At most 40 ASCII characters (document systems refuse longer names), from number and notation.
  static func fileName(_ letter: LetterRecord) -> String {
    let text = (letter.joinedCode ?? letter.id.rawValue).folded.uppercased()
    let safe = text.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "-" }
    return String(String(safe).prefix(30))
  }

  /// Lists come as XLSX, which is a zip archive, or as CSV, which is not.
  private static func isZip(_ file: URL) -> Bool {
    guard let handle = try? FileHandle(forReadingFrom: file) else { return false }
    defer { try? handle.close() }
    return (try? handle.read(upToCount: 2)) == Data("PK".utf8)
  }
}
