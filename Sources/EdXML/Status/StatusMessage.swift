import XMLTree

/// A message that says how it stands with a document (edxml.md section 7).
public struct StatusMessage: Sendable, Hashable, Codable {
  /// Who issues the status.
  public var from: Organization
  /// Whom it is addressed to, and the original document.
  public var responseFor: ResponseFor
  public var staff: StaffInfo?
  public var code: StatusCode
  public var description: String?
  public var timestamp: EdocTimestamp?
  /// Elements that this version does not know, kept to be written again.
  public var extensions = Extensions()

  public init(
    from: Organization, responseFor: ResponseFor, staff: StaffInfo? = nil, code: StatusCode,
    description: String? = nil, timestamp: EdocTimestamp?
  ) {
    self.from = from
    self.responseFor = responseFor
    self.staff = staff
    self.code = code
    self.description = description
    self.timestamp = timestamp
  }

  /// The status that `from` sends about a document.
  ///
  /// - Parameter organId: whom it is addressed to; the document's sender by default. For ``StatusCode/takeBack`` the
  ///   sender is `from` and the receiver's code is given here.
  public init(
    _ code: StatusCode, about document: EdocDocument, from: Organization, to organId: String? = nil,
    staff: StaffInfo? = nil, description: String? = nil, at timestamp: EdocTimestamp
  ) {
    self.init(
      from: from,
      responseFor: ResponseFor(
        organId: organId ?? document.from.organId, code: document.code.joined.isEmpty ? nil : document.code.joined,
        documentId: document.documentId.isEmpty ? nil : document.documentId,
        promulgationDate: document.promulgation.date),
      staff: staff, code: code, description: description, timestamp: timestamp)
  }
}
