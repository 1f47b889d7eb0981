import VietnameseText

extension MessageInspection.Party {
  init(_ organization: Organization) {
    self.init(
      organId: organization.organId, name: organization.name, inCharge: organization.inCharge,
      address: organization.address, email: organization.email, telephone: organization.telephone,
      fax: organization.fax, website: organization.website)
  }

  var shown: String { name.map { "\($0) (\(organId))" } ?? organId }
}

extension MessageInspection.Response {
  init(_ response: ResponseFor) {
    self.init(
      organId: response.organId, code: response.code, documentId: response.documentId,
      promulgationDate: response.promulgationDate?.iso)
  }
}

extension MessageInspection.Update {
  init(_ update: UpdateInfo, of documentId: String?) {
    self.init(
      documentId: documentId, documentChanged: update.documentChanged, receiversChanged: update.receiversChanged,
      receivers: update.receivers.map { .init(organId: $0.organId, receiverType: $0.receiverType) })
  }
}

extension MessageInspection.Staff {
  init(_ staff: StaffInfo) {
    self.init(
      department: staff.department, departmentId: staff.departmentId, staff: staff.staff, staffId: staff.staffId,
      email: staff.email, mobile: staff.mobile)
  }

  var shown: String? {
    [staff, department, mobile, email].compactMap { $0 }.joined(separator: ", ").nilIfEmpty
  }
}

extension MessageInspection.Other {
  init(_ other: OtherInfo) {
    self.init(
      sphereOfPromulgation: other.sphereOfPromulgation, typerNotation: other.typerNotation,
      promulgationAmount: other.promulgationAmount, pageAmount: other.pageAmount, replyFors: other.replyFors,
      referenceCodes: other.referenceCodes, direction: other.direction,
      appendixes: other.appendixes.isEmpty ? nil : other.appendixes)
  }
}

extension MessageInspection.Attachment {
  init(_ attachment: ReceivedAttachment) {
    let isRenamed = attachment.declaredName != attachment.name && !attachment.declaredName.isEmpty
    self.init(
      name: attachment.name, declaredName: isRenamed ? attachment.declaredName : nil, contentId: attachment.contentId,
      contentType: attachment.contentType, description: attachment.description, fieldName: attachment.fieldName,
      mimeType: attachment.mimeType, bytes: attachment.bytes,
      sha256: attachment.isUsable ? attachment.sha256 : nil, wrapped: attachment.wasWrapped)
  }
}

extension MessageInspection.Note {
  init(_ finding: MessageFinding) {
    self.init(
      code: finding.code.rawValue, severity: finding.severity, place: finding.place.shown,
      line: finding.place.line > 0 ? finding.place.line : nil, text: finding.text.vi, textEn: finding.text.en)
  }
}
