public import XMLTree

/// Attributes that a known element carried, kept to be written again at the same place.
public struct PlacedAttributes: Sendable, Hashable, Codable {
  /// Local names from the root, further elements of a name numbered: `edXML/…/MessageHeader/To[2]/OrganId`.
  public var path: String
  public var attributes: [Attribute]
  /// What their prefixes mean.
  public var namespaceDeclarations: [NamespaceDeclaration]

  /// As the markup writer takes them.
  var written: [(name: String, value: String)] {
    var written: [(name: String, value: String)] = []
    for declaration in namespaceDeclarations {
      written.append((declaration.prefix.map { "xmlns:\($0)" } ?? "xmlns", declaration.uri))
    }
    for attribute in attributes {
      written.append((attribute.prefix.map { "\($0):\(attribute.localName)" } ?? attribute.localName, attribute.value))
    }
    return written
  }
}

extension Element {
  /// The attributes of this element and of the known elements in it.
  ///
  /// Elements that say nothing are not counted, since they are not written again.
  func placedAttributes(at path: String) -> [PlacedAttributes] {
    var placed: [PlacedAttributes] = []
    collectAttributes(path, &placed)
    return placed
  }

  private func collectAttributes(_ path: String, _ placed: inout [PlacedAttributes]) {
    let kept = keptAttributes
    if !kept.isEmpty {
      // Alone, it shows which declarations its attributes need; `edXML` is not in scope everywhere.
      let alone = Element(localName, namespace: EdXMLNames.namespace, attributes: kept).selfContained()
      placed.append(
        PlacedAttributes(
          path: path, attributes: alone.attributes, namespaceDeclarations: alone.namespaceDeclarations))
    }
    var counts: [String: Int] = [:]
    for child in elements where EdXMLNames.known.contains(child.localName) && child.saysSomething {
      let place = PlaceCounter.place(child.localName, in: path, &counts)
      // Lines of the manifest and attachments keep their own.
      if ["Reference", "Attachment"].contains(child.localName) { continue }
      child.collectAttributes(place, &placed)
    }
  }

  /// Whether it is read; the content of attachments has gone to files already.
  private var saysSomething: Bool {
    ["ContentTransferEncoded", "AttachmentEncoded"].contains(localName) || !isBlank
  }

  /// Without what the model or the writer has a place of its own for.
  private var keptAttributes: [Attribute] {
    var kept = attributes
    switch localName {
    case "TraceHeaderList": kept.removeAll { $0.prefix == nil }
    case "edXMLManifest": kept.removeAll { $0 == Attribute("version", value: "1.0") }
    default: break
    }
    // Our elements carry the prefix `edXML`, so attributes get another one.
    var prefix = "x"
    while kept.contains(where: { $0.prefix == prefix }) { prefix += "x" }
    for index in kept.indices where kept[index].prefix == EdXMLNames.prefix && kept[index].namespace != nil {
      kept[index].prefix = prefix
    }
    return kept
  }
}

/// Numbers elements of one name under one parent.
enum PlaceCounter {
  static func place(_ name: String, in parent: String, _ counts: inout [String: Int]) -> String {
    let count = counts[name, default: 0] + 1
    counts[name] = count
    return count == 1 ? "\(parent)/\(name)" : "\(parent)/\(name)[\(count)]"
  }
}

extension EdXMLNames {
  /// Elements whose attributes are kept by their place; others are kept whole.
  static let known: Set<String> = [
    "edXMLEnvelope", "edXMLHeader", "MessageHeader", "TraceHeaderList", "edXMLBody", "edXMLManifest", "Reference",
    "AttachmentEncoded", "Attachment", "From", "To", "OrganId", "OrganizationInCharge", "OrganName", "OrganAdd",
    "Email", "Telephone", "Fax", "Website", "DocumentId", "Code", "CodeNumber", "CodeNotation", "PromulgationInfo",
    "Place", "PromulgationDate", "DocumentType", "Type", "TypeDetail", "TypeName", "Subject", "Content", "SignerInfo",
    "Competence", "Position", "FullName", "DueDate", "OtherInfo", "Priority", "SphereOfPromulgation",
    "TyperNotation", "PromulgationAmount", "PageAmount", "ReplyFors", "ReferenceCodes", "Direction", "Appendixes",
    "Appendix", "ResponseFor", "SteeringType", "ResponseForTask", "TaskCode", "ApplicationType", "ToPlaces",
    "TraceHeader", "Timestamp", "Paper", "Bussiness", "BussinessDocType", "BussinessDocReason",
    "BussinessDocumentInfo", "DocumentInfo", "DocumentReceiver", "ReceiverList", "Receiver", "ReceiverType",
    "ReplacementInfoList", "ReplacementInfo", "OrganIdList", "StaffInfo", "Department", "DepartmentId", "Staff",
    "StaffId", "Mobile", "StatusCode", "Description", "ContentId", "ContentType", "AttachmentName", "FieldName",
    "MimeType", "ContentTransferEncoded",
  ]
}
