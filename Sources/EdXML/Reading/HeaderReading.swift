/// Reads the parts of a header; every function takes what it knows and keeps the rest.
enum HeaderReading {
  static func organization(_ given: FieldReader) -> Organization {
    var fields = given
    var organization = Organization(fields.text("OrganId") ?? "")
    organization.inCharge = fields.text("OrganizationInCharge")
    organization.name = fields.text("OrganName")
    organization.address = fields.text("OrganAdd")
    organization.email = fields.text("Email")
    organization.telephone = fields.text("Telephone")
    organization.fax = fields.text("Fax")
    organization.website = fields.text("Website")
    organization.unknown = fields.unknown()
    if !organization.organId.isEmpty, OrganIdForm.classify(organization.organId) == nil {
      fields.note(.organIdForm, "OrganId", about: organization.organId)
    }
    return organization
  }

  static func responseFor(_ given: FieldReader) -> ResponseFor {
    var fields = given
    var response = ResponseFor(organId: fields.text("OrganId") ?? "")
    response.code = fields.joinedCode("Code")
    response.documentId = fields.text("DocumentId")
    response.promulgationDate = fields.date("PromulgationDate")
    response.unknown = fields.unknown()
    return response
  }

  static func staff(_ given: FieldReader) -> StaffInfo {
    var fields = given
    var staff = StaffInfo()
    staff.department = fields.text("Department")
    staff.departmentId = fields.text("DepartmentId")
    staff.staff = fields.text("Staff")
    staff.staffId = fields.text("StaffId")
    staff.email = fields.text("Email")
    staff.mobile = fields.text("Mobile")
    staff.unknown = fields.unknown()
    return staff
  }

  static func promulgation(_ given: FieldReader) -> Promulgation {
    var fields = given
    var promulgation = Promulgation(place: fields.text("Place"), date: fields.date("PromulgationDate"))
    promulgation.unknown = fields.unknown()
    return promulgation
  }

  static func documentType(_ given: FieldReader) -> DocumentType {
    var fields = given
    var type = DocumentType(
      type: fields.integer("Type"), typeDetail: fields.integer("TypeDetail"), typeName: fields.text("TypeName"))
    type.unknown = fields.unknown()
    return type
  }

  static func signer(_ given: FieldReader) -> SignerInfo {
    var fields = given
    var signer = SignerInfo(
      competence: fields.text("Competence"), position: fields.text("Position"), fullName: fields.text("FullName"))
    signer.unknown = fields.unknown()
    return signer
  }

  static func otherInfo(_ given: FieldReader) -> OtherInfo {
    var fields = given
    var other = OtherInfo()
    other.priority = fields.code("Priority")
    other.sphereOfPromulgation = fields.text("SphereOfPromulgation")
    other.typerNotation = fields.text("TyperNotation")
    other.promulgationAmount = fields.integer("PromulgationAmount")
    other.pageAmount = fields.integer("PageAmount")
    other.replyFors = fields.text("ReplyFors")
    other.referenceCodes = fields.text("ReferenceCodes")
    other.direction = fields.flag("Direction")
    if var appendixes = fields.group("Appendixes") {
      other.appendixes = appendixes.texts("Appendix")
      appendixes.end()
    }
    other.unknown = fields.unknown()
    return other
  }

  static func traceHeader(_ given: FieldReader) -> TraceHeader {
    var fields = given
    var header = TraceHeader(organId: fields.text("OrganId"), timestamp: fields.timestamp("Timestamp"))
    header.unknown = fields.unknown()
    return header
  }

  static func business(_ given: FieldReader) -> Business {
    var fields = given
    let code = fields.text("BussinessDocType")
    var business = Business(kind: code.map { BusinessKind(code: $0) } ?? .new)
    if !business.kind.isKnown { fields.note(.unknownCode, "BussinessDocType", about: business.kind.code) }
    business.documentId = fields.text("DocumentId")
    business.reason = fields.text("BussinessDocReason")
    business.paper = fields.flag("Paper")
    business.update = fields.group("BussinessDocumentInfo").map(updateInfo)
    if var list = fields.group("ReplacementInfoList") {
      business.replacements = list.groups("ReplacementInfo").map(replacement)
      list.end()
    }
    business.staff = fields.group("StaffInfo").map(staff)
    business.unknown = fields.unknown()
    return business
  }

  private static func updateInfo(_ given: FieldReader) -> UpdateInfo {
    var fields = given
    var update = UpdateInfo()
    update.documentChanged = fields.flag("DocumentInfo")
    update.receiversChanged = fields.flag("DocumentReceiver")
    if var list = fields.group("ReceiverList") {
      update.receivers = list.groups("Receiver").map(receiver)
      list.end()
    }
    update.unknown = fields.unknown()
    return update
  }

  private static func receiver(_ given: FieldReader) -> UpdateInfo.Receiver {
    var fields = given
    var receiver = UpdateInfo.Receiver(
      organId: fields.text("OrganId") ?? "", receiverType: fields.text("ReceiverType"))
    receiver.unknown = fields.unknown()
    return receiver
  }

  private static func replacement(_ given: FieldReader) -> ReplacementInfo {
    var fields = given
    var info = ReplacementInfo(documentId: fields.text("DocumentId") ?? "", organIds: [])
    if var list = fields.group("OrganIdList") {
      info.organIds = list.texts("OrganId")
      list.end()
    }
    info.unknown = fields.unknown()
    return info
  }
}
