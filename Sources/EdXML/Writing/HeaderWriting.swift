import VietnameseText
import XMLTree

/// Writes the parts of a message in the order of the axis operator's library, with literal prefixes, without empty
/// elements (edxml.md section 10).
struct HeaderWriting {
  let writer: MarkupWriter
  let places: RemainderPlaces
  /// Before each element's name; empty outside of the envelope, where `edXML` is not in scope.
  var prefix = "edXML:"

  func group(
    _ name: String, _ attributes: [(name: String, value: String)] = [], _ body: () throws -> Void
  ) throws {
    let rest = places.enter(name)
    try start(name, attributes, rest)
    try body()
    try end(rest)
    places.leave()
  }

  func start(_ name: String, _ attributes: [(name: String, value: String)], _ rest: Remainder?) throws {
    let kept = rest?.written ?? []
    try writer.start(prefix + name, attributes.filter { own in !kept.contains { $0.name == own.name } } + kept)
  }

  /// Ends a group after what else it held.
  func end(_ rest: Remainder?) throws {
    for node in rest?.nodes ?? [] { try writer.node(scoped(node)) }
    try writer.end()
  }

  /// The id with its `cid:`.
  func contentId(_ value: String) throws {
    try field("ContentId", value.isEmpty ? nil : "cid:\(value)", alsoAs: value)
  }

  /// - Parameter other: another form of the same value, in which it may have been read.
  func field(_ name: String, _ value: String?, alsoAs other: String? = nil) throws {
    guard let value, !value.isEmpty else { return }
    let rest = places.enter(name)
    try start(name, [], rest)
    let nodes = (rest?.nodes ?? []).map(scoped)
    let old = Element(name, children: nodes)
    if old.says(value) || other.map(old.says) == true {
      try writer.end(with: nodes)
    } else {
      // The value is another by now, or was read from another form; elements among the old text went with it.
      let markup = nodes.filter {
        if case .comment = $0 { true } else if case .processingInstruction = $0 { true } else { false }
      }
      try writer.end(with: [.text(value.nfc)] + markup)
    }
    places.leave()
  }

  func field(_ name: String, _ value: Int?) throws { try field(name, value.map(String.init)) }

  func field(_ name: String, flag: Bool?) throws { try field(name, flag.map { $0 ? "1" : "0" }) }

  func unknown(_ elements: [Element]) throws {
    for element in elements { try writer.node(scoped(.element(element))) }
  }

  /// Outside of the envelope elements declare the prefix `edXML` themselves.
  private func scoped(_ node: Node) -> Node {
    guard prefix.isEmpty, case .element(let element) = node else { return node }
    return .element(element.declaringPrefix())
  }

  func organization(_ name: String, _ value: Organization) throws {
    try group(name) {
      try field("OrganId", value.organId)
      try field("OrganizationInCharge", value.inCharge)
      try field("OrganName", value.name)
      try field("OrganAdd", value.address)
      try field("Email", value.email)
      try field("Telephone", value.telephone)
      try field("Fax", value.fax)
      try field("Website", value.website)
      try unknown(value.unknown)
    }
  }

  func responseFor(_ value: ResponseFor) throws {
    try group("ResponseFor") {
      try field("OrganId", value.organId)
      try field("Code", value.code)
      try field("DocumentId", value.documentId)
      try field("PromulgationDate", value.promulgationDate?.edxml)
      try unknown(value.unknown)
    }
  }

  func staff(_ value: StaffInfo?) throws {
    guard let value else { return }
    try group("StaffInfo") {
      try field("Department", value.department)
      try field("DepartmentId", value.departmentId)
      try field("Staff", value.staff)
      try field("StaffId", value.staffId)
      try field("Email", value.email)
      try field("Mobile", value.mobile)
      try unknown(value.unknown)
    }
  }

  func messageHeader(_ document: EdocDocument) throws {
    try group("MessageHeader") {
      try organization("From", document.from)
      for receiver in document.to { try organization("To", receiver) }
      try field("DocumentId", document.documentId)
      if !document.code.joined.isEmpty {
        try group("Code") {
          try field("CodeNumber", document.code.number)
          try field("CodeNotation", document.code.notation)
        }
      }
      if document.promulgation != Promulgation() {
        try group("PromulgationInfo") {
          try field("Place", document.promulgation.place)
          try field("PromulgationDate", document.promulgation.date?.edxml)
          try unknown(document.promulgation.unknown)
        }
      }
      if let type = document.documentType {
        try group("DocumentType") {
          try field("Type", type.type)
          try field("TypeDetail", type.typeDetail)
          try field("TypeName", type.typeName)
          try unknown(type.unknown)
        }
      }
      try field("Subject", document.subject)
      try field("Content", document.content)
      if let signer = document.signer {
        try group("SignerInfo") {
          try field("Competence", signer.competence)
          try field("Position", signer.position)
          try field("FullName", signer.fullName)
          try unknown(signer.unknown)
        }
      }
      try field("DueDate", document.dueDate?.edxml)
      if let other = document.otherInfo { try otherInfo(other) }
      for response in document.responseFor { try responseFor(response) }
      try field("SteeringType", document.steeringType?.code)
      if let tasks = document.responseForTask {
        try group("ResponseForTask") { for task in tasks { try field("TaskCode", task) } }
      }
      try field("ApplicationType", document.applicationType)
      if !document.toPlaces.isEmpty {
        try group("ToPlaces") { for place in document.toPlaces { try field("Place", place) } }
      }
      try unknown(document.extensions.messageHeader)
    }
  }

  private func otherInfo(_ other: OtherInfo) throws {
    try group("OtherInfo") {
      try field("Priority", other.priority?.code)
      try field("SphereOfPromulgation", other.sphereOfPromulgation)
      try field("TyperNotation", other.typerNotation)
      try field("PromulgationAmount", other.promulgationAmount)
      try field("PageAmount", other.pageAmount)
      try field("ReplyFors", other.replyFors)
      try field("ReferenceCodes", other.referenceCodes)
      try field("Direction", other.direction.map { $0 ? "true" : "false" })
      if !other.appendixes.isEmpty {
        try group("Appendixes") { for appendix in other.appendixes { try field("Appendix", appendix) } }
      }
      try unknown(other.unknown)
    }
  }

  func traceHeaderList(_ document: EdocDocument) throws {
    if document.trace.isEmpty && document.business == nil && document.paper == nil
      && document.extensions.traceHeaderList.isEmpty && document.traceAttributes.isEmpty
    {
      return
    }
    try group("TraceHeaderList", document.traceAttributes.map { ($0.localName, $0.value) }) { try hops(document) }
  }

  private func hops(_ document: EdocDocument) throws {
    for hop in document.trace {
      try group("TraceHeader") {
        try field("OrganId", hop.organId)
        try field("Timestamp", hop.timestamp?.edxml)
        try unknown(hop.unknown)
      }
    }
    if let business = document.business { try self.business(business) }
    try field("Paper", flag: document.paper)
    try unknown(document.extensions.traceHeaderList)
  }

  private func business(_ business: Business) throws {
    try group("Bussiness") {
      try field("DocumentId", business.documentId)
      try field("BussinessDocType", business.kind.code)
      try field("BussinessDocReason", business.reason)
      try field("Paper", flag: business.paper)
      if let update = business.update { try self.update(update) }
      if !business.replacements.isEmpty {
        try group("ReplacementInfoList") {
          for info in business.replacements {
            try group("ReplacementInfo") {
              try field("DocumentId", info.documentId)
              if !info.organIds.isEmpty {
                try group("OrganIdList") { for code in info.organIds { try field("OrganId", code) } }
              }
              try unknown(info.unknown)
            }
          }
        }
      }
      try staff(business.staff)
      try unknown(business.unknown)
    }
  }

  private func update(_ update: UpdateInfo) throws {
    try group("BussinessDocumentInfo") {
      try field("DocumentInfo", flag: update.documentChanged)
      try field("DocumentReceiver", flag: update.receiversChanged)
      if !update.receivers.isEmpty {
        try group("ReceiverList") {
          for receiver in update.receivers {
            try group("Receiver") {
              try field("OrganId", receiver.organId)
              try field("ReceiverType", receiver.receiverType)
              try unknown(receiver.unknown)
            }
          }
        }
      }
      try unknown(update.unknown)
    }
  }

  func messageHeader(_ status: StatusMessage) throws {
    try group("MessageHeader") {
      try organization("From", status.from)
      try responseFor(status.responseFor)
      try staff(status.staff)
      try field("StatusCode", status.code.code)
      try field("Description", status.description)
      try field("Timestamp", status.timestamp?.edxml)
      try unknown(status.extensions.messageHeader)
    }
  }
}

extension Element {
  /// Whether a field with these children reads as `value`.
  fileprivate func says(_ value: String) -> Bool {
    !children.isEmpty && (localName == "Code" ? joinedCode : fieldText) == value.nfc
  }
}
