/// Puts together the usual messages from little: what `lienthong edxml pack` takes.
public struct MessageDraft: Sendable {
  public var from: Organization
  public var to: [Organization]
  public var code: DocumentCode
  public var subject: String
  public var date: EdocDate
  public var place: String?
  public var kind: BusinessKind
  /// The document that is recalled, updated or replaced.
  public var reference: String?
  public var documentId: String?

  public init(
    from: Organization, to: [Organization], code: DocumentCode, subject: String, date: EdocDate, place: String? = nil,
    kind: BusinessKind = .new, reference: String? = nil, documentId: String? = nil
  ) {
    self.from = from
    self.to = to
    self.code = code
    self.subject = subject
    self.date = date
    self.place = place
    self.kind = kind
    self.reference = reference
    self.documentId = documentId
  }

  /// The document, with the sender's hop in its trace.
  ///
  /// A recall points at its document by `ResponseFor`, one for each receiver; an update by `Bussiness/DocumentId`; a
  /// replacement by its list (edxml.md section 3.2).
  public func document(at now: EdocTimestamp) -> EdocDocument {
    let identifier = documentId ?? DocumentIdentifier.make(organId: from.organId, date: date, code: code)
    var document = EdocDocument(
      from: from, to: to, documentId: identifier, code: code, promulgation: Promulgation(place: place, date: date),
      subject: subject, business: Business(kind: kind, reason: kind.usualReason, paper: false),
      documentType: DocumentType(type: 1, typeName: "Công văn"),
      trace: [TraceHeader(organId: from.organId, timestamp: now)])
    guard let reference else { return document }
    let parts = DocumentIdentifier.parts(of: reference)
    switch kind {
    case .recall:
      document.responseFor = to.map {
        ResponseFor(
          organId: $0.organId, code: parts?.code.joined, documentId: reference, promulgationDate: parts?.date)
      }
    case .update:
      document.business?.documentId = reference
      document.business?.update = UpdateInfo(documentChanged: true, receiversChanged: false)
    case .replace:
      document.business?.replacements = [ReplacementInfo(documentId: reference, organIds: to.map(\.organId))]
    case .new, .other: break
    }
    return document
  }
}
