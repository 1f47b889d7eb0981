import VietnameseText
import XMLTree

#if canImport(Glibc)
  import Glibc
#endif

/// Checks a message before it is sent: presence, lengths, codes, dates, attachments.
public struct SendingCheck: Sendable {
  /// The day on which it is sent; without it dates are not compared with today.
  public let today: EdocDate?
  public let limits: EdXMLLimits

  public init(today: EdocDate?, limits: EdXMLLimits = .standard) {
    self.today = today
    self.limits = limits
  }

  /// What is wrong with a document and its attachments, in the order of the header.
  public func violations(of document: EdocDocument, attachments: [OutgoingAttachment]) -> [RuleViolation] {
    var list = ViolationList()
    organization(document.from, "From", &list)
    receivers(document.to, &list)
    list.require(document.documentId, "DocumentId", Clause.header)
    list.limit(document.documentId, 255, "DocumentId", Clause.header)
    list.require(document.code.number, "Code/CodeNumber", Clause.header)
    list.limit(document.code.number, 11, "Code/CodeNumber", Clause.decree30)
    list.require(document.code.notation, "Code/CodeNotation", Clause.header)
    list.limit(document.code.notation, 30, "Code/CodeNotation", Clause.decree30)
    promulgation(document.promulgation, &list)
    agreement(document, &list)
    list.limit(document.documentType?.typeName, 100, "DocumentType/TypeName", Clause.decree30)
    list.require(document.subject, "Subject", Clause.header)
    list.limit(document.subject, 500, "Subject", Clause.decree30)
    list.limit(document.content, 500, "Content", Clause.practice)
    list.limit(document.signer?.competence, 100, "SignerInfo/Competence", Clause.practice)
    list.limit(document.signer?.position, 100, "SignerInfo/Position", Clause.decree30)
    list.limit(document.signer?.fullName, 50, "SignerInfo/FullName", Clause.decree30)
    otherInfo(document.otherInfo, &list)
    for (index, response) in document.responseFor.enumerated() {
      responseFor(response, "ResponseFor[\(index + 1)]", &list)
    }
    for (index, place) in document.toPlaces.enumerated() {
      list.limit(place, 150, "ToPlaces/Place[\(index + 1)]", Clause.practice)
    }
    business(document, &list)
    self.attachments(attachments, &list)
    return list.violations
  }

  /// What is wrong with a status.
  public func violations(of status: StatusMessage) -> [RuleViolation] {
    var list = ViolationList()
    organization(status.from, "From", &list)
    responseFor(status.responseFor, "ResponseFor", &list)
    list.require(status.responseFor.code ?? "", "ResponseFor/Code", Clause.status)
    list.require(status.responseFor.documentId ?? "", "ResponseFor/DocumentId", Clause.status)
    if !status.code.isKnown {
      list.add(
        "StatusCode", .notAllowed, Clause.status,
        "Dùng một trong các mã 01, 02, 03, 04, 05, 06, 13, 15, 16", "Use one of the codes 01 to 06, 13, 15 and 16")
    }
    if status.code.needsReason {
      list.require(status.description ?? "", "Description", Clause.status)
    }
    list.limit(status.description, 2000, "Description", Clause.practice)
    if status.timestamp == nil { list.require("", "Timestamp", Clause.status) }
    return list.violations
  }

  private func organization(_ organization: Organization, _ path: String, _ list: inout ViolationList) {
    list.require(organization.organId, "\(path)/OrganId", Clause.header)
    if !organization.organId.isEmpty {
      switch OrganIdForm.classify(organization.organId) {
      case nil:
        list.add(
          "\(path)/OrganId", .badForm, Clause.identifiers, "Sửa mã định danh theo danh mục của trục liên thông",
          "Correct the code by the directory of the axis")
      case .lenient:
        list.add(
          "\(path)/OrganId", .badForm, Clause.identifiers,
          "Đối chiếu mã định danh với danh mục của trục liên thông", "Compare the code with the directory of the axis",
          severity: .warning)
      case .qcvn102, .qd20, .enterprise, .scheme: break
      }
    }
    if (organization.name ?? "").isEmpty {
      list.add(
        "\(path)/OrganName", .required, Clause.header, "Bổ sung tên cơ quan", "Add the organisation's name",
        severity: .warning)
    }
    list.limit(organization.name, 200, "\(path)/OrganName", Clause.decree30)
    list.limit(organization.inCharge, 500, "\(path)/OrganizationInCharge", Clause.practice)
    list.limit(organization.address, 500, "\(path)/OrganAdd", Clause.practice)
    list.limit(organization.email, 100, "\(path)/Email", Clause.practice)
    list.limit(organization.telephone, 20, "\(path)/Telephone", Clause.practice)
    list.limit(organization.fax, 20, "\(path)/Fax", Clause.practice)
    list.limit(organization.website, 100, "\(path)/Website", Clause.practice)
  }

  private func receivers(_ receivers: [Organization], _ list: inout ViolationList) {
    if receivers.isEmpty { list.require("", "To", Clause.header) }
    if receivers.count > limits.maximumReceivers {
      list.add("To", .notAllowed, Clause.limits, "Chia danh sách bên nhận ra nhiều lần gửi", "Send in several parts")
    }
    var seen: Set<String> = []
    for (index, receiver) in receivers.enumerated() {
      organization(receiver, "To[\(index + 1)]", &list)
      if !seen.insert(receiver.organId).inserted {
        list.add(
          "To[\(index + 1)]/OrganId", .duplicate, Clause.practice, "Bỏ bên nhận bị lặp", "Remove the repeated receiver")
      }
    }
  }

  private func promulgation(_ promulgation: Promulgation, _ list: inout ViolationList) {
    list.limit(promulgation.place, 50, "PromulgationInfo/Place", Clause.practice)
    guard let date = promulgation.date else {
      return list.require("", "PromulgationInfo/PromulgationDate", Clause.header)
    }
    if let today, date > today {
      list.add(
        "PromulgationInfo/PromulgationDate", .notInFuture, Clause.practice,
        "Sửa ngày ban hành, không được sau ngày gửi", "Correct the date of issue, which is after today")
    }
  }

  /// Receivers recover number and date from the identifier, so all three must say the same.
  private func agreement(_ document: EdocDocument, _ list: inout ViolationList) {
    if let parts = DocumentIdentifier.parts(of: document.documentId),
      parts.code != document.code || parts.date != document.promulgation.date
    {
      list.add(
        "DocumentId", .badForm, Clause.practice, "DocumentId nêu số hoặc ngày khác với văn bản; sửa cho khớp",
        "DocumentId names another number or date than the document; make them agree", severity: .warning)
    }
    if let due = document.dueDate, let date = document.promulgation.date, due < date {
      list.add(
        "DueDate", .notAllowed, Clause.practice, "Hạn trả lời trước ngày ban hành; sửa lại hạn",
        "The answer is due before the date of issue; correct it", severity: .warning)
    }
  }

  private func otherInfo(_ other: OtherInfo?, _ list: inout ViolationList) {
    guard let other else { return }
    if let priority = other.priority, !priority.isKnown {
      list.add("OtherInfo/Priority", .notAllowed, Clause.decree30, "Dùng độ khẩn từ 0 đến 4", "Use 0 to 4")
    }
    list.limit(other.sphereOfPromulgation, 100, "OtherInfo/SphereOfPromulgation", Clause.practice)
    list.limit(other.typerNotation, 10, "OtherInfo/TyperNotation", Clause.practice)
    for (name, value) in [("PromulgationAmount", other.promulgationAmount), ("PageAmount", other.pageAmount)] {
      guard let value, !(0...999).contains(value) else { continue }
      list.add("OtherInfo/\(name)", .notAllowed, Clause.decree30, "Dùng số từ 0 đến 999", "Use 0 to 999")
    }
  }

  private func responseFor(_ response: ResponseFor, _ path: String, _ list: inout ViolationList) {
    list.require(response.organId, "\(path)/OrganId", Clause.header)
    if !response.organId.isEmpty, OrganIdForm.classify(response.organId) == nil {
      list.add(
        "\(path)/OrganId", .badForm, Clause.identifiers, "Sửa mã định danh theo danh mục của trục liên thông",
        "Correct the code by the directory of the axis")
    }
  }

  private func business(_ document: EdocDocument, _ list: inout ViolationList) {
    guard let business = document.business else {
      return list.add(
        "Bussiness", .required, Clause.business, "Bổ sung nghiệp vụ (mới, thu hồi, cập nhật, thay thế)",
        "Say what the message does: new, recall, update or replace")
    }
    if !business.kind.isKnown {
      list.add("Bussiness/BussinessDocType", .notAllowed, Clause.business, "Dùng mã 0, 1, 2 hoặc 3", "Use 0, 1, 2 or 3")
    }
    if (business.reason ?? "").isEmpty, business.kind != .new {
      list.require("", "Bussiness/BussinessDocReason", Clause.business)
    }
    switch business.kind {
    case .recall where document.responseFor.isEmpty:
      list.require("", "ResponseFor", Clause.business)
    case .update where (business.documentId ?? "").isEmpty:
      list.require("", "Bussiness/DocumentId", Clause.business)
    case .replace where business.replacements.isEmpty:
      list.require("", "Bussiness/ReplacementInfoList", Clause.business)
    case .new, .recall, .update, .replace, .other: break
    }
    if business.kind != .update, business.update != nil {
      list.add(
        "Bussiness/BussinessDocumentInfo", .notAllowed, Clause.business, "Chỉ dùng khi cập nhật", "Only for an update")
    }
    if business.kind != .replace, !business.replacements.isEmpty {
      list.add(
        "Bussiness/ReplacementInfoList", .notAllowed, Clause.business, "Chỉ dùng khi thay thế", "Only for a replacement"
      )
    }
    for (index, info) in business.replacements.enumerated() {
      list.require(
        info.documentId, "Bussiness/ReplacementInfoList/ReplacementInfo[\(index + 1)]/DocumentId", Clause.business)
    }
  }

  private func attachments(_ attachments: [OutgoingAttachment], _ list: inout ViolationList) {
    if attachments.isEmpty {
      list.add(
        "AttachmentEncoded", .required, Clause.attachments, "Đính kèm ít nhất một tệp", "Attach at least one file")
    }
    if attachments.count > limits.maximumAttachments {
      list.add("AttachmentEncoded", .notAllowed, Clause.limits, "Bớt tệp đính kèm", "Attach fewer files")
    }
    var seen: Set<String> = []
    for (index, attachment) in attachments.enumerated() {
      let path = "AttachmentEncoded/Attachment[\(index + 1)]"
      let shown = String(attachment.name.withoutControls.prefix(80))
      list.require(attachment.contentId, "\(path)/ContentId", Clause.attachments)
      if !seen.insert(attachment.contentId).inserted {
        list.add(
          "\(path)/ContentId", .duplicate, Clause.attachments, "Đặt mã khác cho tệp “\(shown)”",
          "Give the file “\(shown)” another id")
      }
      let name = AttachmentName(attachment.name, fallback: "")
      if attachment.name.isEmpty || name.safe != attachment.name.nfc {
        list.add(
          "\(path)/AttachmentName", .badForm, Clause.attachments,
          "Đổi tên tệp “\(shown)”, bỏ đường dẫn và ký tự đặc biệt",
          "Rename the file “\(shown)”, without a path or special characters")
      }
      var status = stat()
      guard stat(attachment.file, &status) == 0, status.st_mode & S_IFMT == S_IFREG, access(attachment.file, R_OK) == 0
      else {
        list.add(
          path, .attachment, Clause.attachments, "Kiểm tra tệp đính kèm “\(shown)”, không đọc được",
          "Check the attached file “\(shown)”, it cannot be read")
        continue
      }
      if status.st_size == 0 {
        list.add(
          path, .attachment, Clause.attachments, "Chọn lại tệp “\(shown)”, tệp này rỗng",
          "Choose another file for “\(shown)”, it is empty")
      }
      if status.st_size > limits.maximumAttachmentBytes {
        list.add(
          path, .attachment, Clause.limits, "Giảm dung lượng tệp “\(shown)”", "Make the file “\(shown)” smaller")
      }
    }
  }
}

/// Where the rules come from.
enum Clause {
  static let header = "QCVN 102:2016/BTTTT, MessageHeader"
  static let business = "QCVN 102:2016/BTTTT, Bussiness"
  static let attachments = "QCVN 102:2016/BTTTT, edXMLManifest"
  static let status = "QCVN 102:2016/BTTTT, thông điệp trạng thái"
  static let decree30 = "NĐ 30/2020/NĐ-CP, Phụ lục VI"
  static let identifiers = "QĐ 20/2020/QĐ-TTg, Điều 4–6; QCVN 102:2016/BTTTT"
  static let practice = "Thực tế kết nối trên trục"
  static let limits = "Giới hạn của LienThong"
}

struct ViolationList {
  private(set) var violations: [RuleViolation] = []

  mutating func add(
    _ element: String, _ rule: RuleViolation.Rule, _ clause: String, _ vi: String, _ en: String,
    severity: Severity = .error
  ) {
    violations.append(
      RuleViolation(
        element: element, rule: rule, severity: severity, clause: clause,
        remedy: ClerkSentence(vi: "\(vi) (\(element))", en: "\(en) (\(element))")))
  }

  mutating func require(_ value: String, _ element: String, _ clause: String) {
    if value.trimmingBlanks.isEmpty {
      add(element, .required, clause, "Bổ sung thông tin còn thiếu", "Add what is missing")
    }
  }

  mutating func limit(_ value: String?, _ length: Int, _ element: String, _ clause: String) {
    guard let value else { return }
    if value.unicodeScalars.contains(where: {
      $0.value < 0x20 && ![0x09, 0x0A, 0x0D].contains($0.value) || $0.value == 0xFFFE || $0.value == 0xFFFF
    }) {
      add(element, .badForm, clause, "Bỏ ký tự điều khiển", "Remove control characters")
    }
    if value.nfc.count > length {
      add(element, .tooLong, clause, "Rút gọn còn tối đa \(length) ký tự", "Shorten it to \(length) characters")
    }
  }
}
